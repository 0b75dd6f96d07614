"""What an operator may set about signing in through an organisation; read with all the others.

It must not call anybody: starling.organisation does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from starling import organisation_rules


class OrganisationSettings(BaseSettings):
    """The part of the settings that names the organisation of the staff."""

    oidc_issuer: Annotated[str, AfterValidator(organisation_rules.check_issuer)] | None = Field(
        default=None,
        description="Your organisation's sign-in (OpenID Connect), as it names itself. Without it "
        "staff have accounts of their own: starling accounts.",
        examples=["https://login.example.org/tenant"],
    )
    oidc_client_id: str | None = Field(
        default=None, description="The id under which your organisation knows Starling."
    )
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="The secret that goes with that id, where there is one."
    )
    oidc_roles: Annotated[Mapping[str, str], BeforeValidator(organisation_rules.split_roles)] = (
        Field(
            default_factory=dict,
            description="Which groups there have which roles here: group=role, with commas. Then "
            "roles follow the groups at every sign-in. Without it each person needs an account "
            "here, made with starling accounts add, and has its roles.",
            examples=["carers-team=worker,leads=safeguarding-lead"],
        )
    )
    oidc_roles_claim: str = Field(
        default="groups", description="The claim of the signed answer that holds the groups."
    )
    oidc_name_claim: str = Field(
        default="preferred_username",
        description="The claim that holds the name by which support episodes know a worker; of a "
        "mail address, what stands before the @. Of email, only what was verified there counts.",
        examples=["email"],
    )
    oidc_domains: Annotated[tuple[str, ...], BeforeValidator(organisation_rules.split_domains)] = (
        Field(
            default=(),
            description="The domains of your own mail addresses. Needed where names are mail "
            "addresses; then names of other domains, guests' for example, are nobody's here.",
            examples=["example.org"],
        )
    )
    oidc_mfa_claim: str = Field(
        default="amr",
        description="The claim that says how somebody proved who they are: amr or acr.",
        examples=["acr"],
    )
    oidc_mfa_values: Annotated[tuple[str, ...], BeforeValidator(organisation_rules.split_words)] = (
        Field(
            default=("mfa",),
            description="Which values there mean a second factor; one of them is enough.",
            examples=["mfa,otp,hwk"],
        )
    )
    oidc_mfa_required: bool = Field(
        default=True,
        description="Whether nobody comes in through the organisation without a second factor.",
        examples=["false"],
    )

    @model_validator(mode="after")
    def _organisation_fits_together(self) -> Self:
        has_secret = self.oidc_client_secret is not None
        organisation_rules.check_organisation(
            self.oidc_issuer, self.oidc_client_id, self.oidc_roles, has_secret=has_secret
        )
        organisation_rules.check_names(self.oidc_issuer, self.oidc_name_claim, self.oidc_domains)
        return self
