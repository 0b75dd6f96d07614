"""Says what the settings of signing in through an organisation may look like: calls nobody.

Like starling.setting_rules it never repeats what somebody wrote.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from starling.setting_rules import Refusal, is_loopback, split_address

NOT_ISSUER = Refusal(
    "is not the address of an organisation's sign-in",
    "write it as the organisation does, for example https://login.example.org/tenant",
)
NOT_ROLES = Refusal(
    "does not say which groups there have which roles here",
    "write group=role, several with commas, for example carers-team=worker,leads=safeguarding-lead",
)
NO_CLIENT = Refusal(
    "is missing, and the organisation has to know who asks",
    "write the id that the organisation gave for Starling",
    "oidc_client_id",
)
NOT_DOMAINS = Refusal(
    "does not say whose mail addresses count",
    "write the domains of your own organisation with commas between them, such as example.org",
)
NO_DOMAINS = Refusal(
    "is missing, and names are mail addresses: a guest from elsewhere could have a worker's name",
    "write the domains of your own organisation, such as example.org",
    "oidc_domains",
)
NO_ISSUER = Refusal(
    "is missing for signing in through an organisation",
    "write for example https://login.example.org/tenant, or leave the others out",
    "oidc_issuer",
)
MAIL_CLAIM = "email"
"""The claim that is always a mail address (OpenID Connect Core, 5.1); others may be one."""

_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_GROUP = re.compile(r"[^\s,=]{1,200}")


def check_issuer(text: str) -> str:
    """Return an issuer's address: https, or this very machine; its last slash may matter."""
    parts = split_address(text)
    if parts is None or not parts.hostname or parts.query or parts.fragment:
        raise NOT_ISSUER.fault()
    here = parts.scheme == "http" and is_loopback(parts.hostname)
    if parts.scheme != "https" and not here:
        raise NOT_ISSUER.fault()
    return text


def split_roles(text: object) -> object:
    """Return which roles each group has, from group=role and commas between them."""
    # Reading settings loads no database, unless this one is set.
    from usecases import signing_in  # noqa: PLC0415
    from usecases.refusal import Refusal as NotARole  # noqa: PLC0415

    if not isinstance(text, str):
        return text
    found: dict[str, str] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        group, _, role = part.partition("=")
        if not _GROUP.fullmatch(group.strip()):
            raise NOT_ROLES.fault()
        try:
            found[group.strip()] = signing_in.check_roles(role)
        except NotARole:
            raise NOT_ROLES.fault() from None
    return found


def split_words(text: object) -> object:
    """Return words with commas between them."""
    if not isinstance(text, str):
        return text
    return tuple(filter(None, (each.strip() for each in text.split(","))))


def split_domains(text: object) -> object:
    """Return domains with commas between them, in small letters; an @ before one is taken off."""
    if not isinstance(text, str):
        return text
    found = tuple(each.strip().removeprefix("@").lower() for each in text.split(","))
    if not all(map(_DOMAIN.fullmatch, found)):
        raise NOT_DOMAINS.fault()
    return found


def check_names(issuer: str | None, name_claim: str, domains: tuple[str, ...]) -> None:
    """Raise a fault where names are mail addresses and nobody said whose."""
    if issuer is not None and name_claim == MAIL_CLAIM and not domains:
        raise NO_DOMAINS.fault()


def check_organisation(
    issuer: str | None, client_id: str | None, roles: Mapping[str, str], *, has_secret: bool
) -> None:
    """Raise a fault where one of the settings needs another."""
    if issuer is not None and client_id is None:
        raise NO_CLIENT.fault()
    if issuer is None and (client_id is not None or roles or has_secret):
        raise NO_ISSUER.fault()


def host_of(issuer: str) -> str:
    """Return the host of an issuer."""
    return urlsplit(issuer).hostname or ""
