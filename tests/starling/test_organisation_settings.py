"""What an operator sets for signing in through an organisation is taken as meant, or refused."""

from __future__ import annotations

import pytest

from starling.organisation import open_organisation
from starling.settings import SettingsRefused, load_settings, setting_name

WHOLE = {
    "oidc_issuer": "https://login.made-up.example/tenant",
    "oidc_client_id": "made-up-client",
    "oidc_roles": "carers-team=worker, leads = safeguarding-lead duty",
}


def refusal(**written: str) -> str:
    with pytest.raises(SettingsRefused) as refused:
        load_settings({setting_name(name): text for name, text in written.items()}, None)
    return str(refused.value)


def test_groups_there_have_roles_here() -> None:
    settings = load_settings({setting_name(name): text for name, text in WHOLE.items()}, None)
    assert settings.oidc_roles == {"carers-team": "worker", "leads": "safeguarding-lead duty"}
    assert (settings.oidc_mfa_required, settings.oidc_mfa_values) == (True, ("mfa",))
    assert open_organisation(settings) is not None


def test_domains_are_taken_as_people_write_them() -> None:
    written = {**WHOLE, "oidc_name_claim": "email", "oidc_domains": "@Made-up.example, b.example"}
    settings = load_settings({setting_name(name): text for name, text in written.items()}, None)
    assert settings.oidc_domains == ("made-up.example", "b.example")


def test_nobody_signs_in_through_an_organisation_unless_it_is_set() -> None:
    assert open_organisation(load_settings({}, None)) is None


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"oidc_issuer": "http://login.made-up.example"}, "OIDC_ISSUER"),
        ({"oidc_issuer": "login"}, "OIDC_ISSUER"),
        ({"oidc_issuer": ""}, "OIDC_ISSUER"),
        ({"oidc_client_id": ""}, "OIDC_CLIENT_ID"),
        ({"oidc_roles": "carers-team"}, "OIDC_ROLES"),
        ({"oidc_roles": "carers-team=king"}, "OIDC_ROLES"),
        ({"oidc_roles": "=worker"}, "OIDC_ROLES"),
        ({"oidc_mfa_required": "perhaps"}, "OIDC_MFA_REQUIRED"),
        ({"oidc_name_claim": "email"}, "OIDC_DOMAINS is missing"),
        ({"oidc_domains": "example"}, "OIDC_DOMAINS does not say"),
        ({"oidc_domains": "made-up.example,"}, "OIDC_DOMAINS does not say"),
        ({"oidc_domains": "*.made-up.example"}, "OIDC_DOMAINS does not say"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(changed: dict[str, str], told: str) -> None:
    assert f"STARLING_{told}" in refusal(**{**WHOLE, **changed})


def test_the_secret_is_never_shown() -> None:
    secret = "made-up-secret-of-a-client"
    settings = load_settings(
        {
            setting_name(name): text
            for name, text in {**WHOLE, "oidc_client_secret": secret}.items()
        },
        None,
    )
    assert secret not in repr(settings)
    assert secret not in repr(open_organisation(settings))
