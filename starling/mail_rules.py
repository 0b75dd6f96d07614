"""Says what the settings of e-mail may look like, and whether they fit together: sends nothing.

Like starling.setting_rules it never repeats what somebody wrote.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starling.setting_rules import Refusal, split_address
from usecases.letters import read_address

NOT_MAIL_SERVER = Refusal(
    "is not a mail server", "write for example smtps://starling@mail.example.org:465"
)
PASSWORD_IN_MAIL_SERVER = Refusal(
    "has a password in it", "write the password into STARLING_MAIL_PASSWORD and leave it out here"
)
NOT_MAIL_FROM = Refusal(
    "is not an e-mail address", "write the address alone, for example hello@example.org"
)
NO_MAIL_SERVER = Refusal(
    "is missing, and without it nothing is sent",
    "write for example smtps://starling@mail.example.org:465, or leave the others out",
    "mail_server",
)
NO_MAIL_FROM = Refusal(
    "is missing, and e-mails have to come from somebody",
    "write for example hello@example.org",
    "mail_from",
)
NO_MAIL_PASSWORD = Refusal(
    "is missing for the user on the mail server", "write the password of that user", "mail_password"
)
NO_MAIL_USER = Refusal(
    "names no user for the password",
    "write the user before the host, for example smtps://starling@mail.example.org:465",
    "mail_server",
)


def check_mail_server(text: str) -> str:
    """Return the address of a mail server, smtp or smtps, without a password."""
    parts = split_address(text)
    if parts is None or parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise NOT_MAIL_SERVER.fault()
    if parts.password is not None:
        raise PASSWORD_IN_MAIL_SERVER.fault()
    if parts.path.strip("/") or parts.query or parts.fragment or parts.port == 0:
        raise NOT_MAIL_SERVER.fault()
    return text.rstrip("/")


def check_mail_from(text: str) -> str:
    """Return a bare e-mail address: no name stands beside it, as that would say who we are."""
    address = read_address(text)
    if address is None:
        raise NOT_MAIL_FROM.fault()
    return address


def check_mail(server: str | None, sender: str | None, *, has_password: bool) -> None:
    """Refuse settings of which one is missing for another."""
    if server is None:
        if sender is not None or has_password:
            raise NO_MAIL_SERVER.fault()
        return
    if sender is None:
        raise NO_MAIL_FROM.fault()
    has_user = bool(urlsplit(server).username)
    if has_user and not has_password:
        raise NO_MAIL_PASSWORD.fault()
    if has_password and not has_user:
        raise NO_MAIL_USER.fault()
