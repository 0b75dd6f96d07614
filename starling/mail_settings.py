"""What an operator may set about e-mail; read with all the others.

It must not send anything: starling.mail does.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from starling import mail_rules


class MailSettings(BaseSettings):
    """The part of the settings that names the mail server."""

    mail_server: Annotated[str, AfterValidator(mail_rules.check_mail_server)] | None = Field(
        default=None,
        repr=False,
        description="A mail server for the e-mail that says that something is waiting in the web "
        "chat, and nothing else: smtps:// or smtp://, with a user name where it wants one (an @ "
        "in it is %40). It is always spoken to encrypted, unless it is this machine. Without it "
        "nobody is offered e-mails.",
        examples=["smtps://starling@mail.example.org:465"],
    )
    mail_password: SecretStr | None = Field(
        default=None, description="The password of that user on the mail server."
    )
    mail_from: Annotated[str, AfterValidator(mail_rules.check_mail_from)] | None = Field(
        default=None,
        repr=False,
        description="The address that e-mails come from. Choose one that does not say what the "
        "service is for: anybody may see it.",
        examples=["hello@example.org"],
    )

    @model_validator(mode="after")
    def _mail_fits_together(self) -> Self:
        has_password = self.mail_password is not None
        mail_rules.check_mail(self.mail_server, self.mail_from, has_password=has_password)
        return self
