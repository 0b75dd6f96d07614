"""Speaks OpenID Connect with the organisation of the staff: where to send them, and who came back.

It must not decide who may come in. An answer counts only with the right signature, issuer,
audience, time and nonce; what it holds is never logged.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import httpx
from authlib.oauth2.rfc6749.parameters import (  # type: ignore[import-untyped] # has no types
    prepare_grant_uri,
)
from authlib.oauth2.rfc7636 import (  # type: ignore[import-untyped] # has no types
    create_s256_code_challenge,
)
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped] # has no types
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from starling.organisation_rules import MAIL_CLAIM, host_of
from starling.setting_rules import is_loopback
from starling.settings import Settings
from usecases.outside import Vouched
from web.ports import Journey, NotVouched

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
"""Signatures with a key pair only: "none", and shared secrets, prove nothing here."""

_PATIENCE: Final = 10.0
_LEEWAY: Final = 60
"""Seconds by which clocks may differ."""
_LARGEST: Final = 200_000
_DISCOVERY: Final = "/.well-known/openid-configuration"

_log = logging.getLogger(__name__)


class _Wrong(Exception):
    """The organisation answered something that proves nothing; the message names no content."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are there, and how its answers are read. See the settings of the same names."""

    issuer: str
    client_id: str
    redirect_uri: str
    client_secret: str | None = field(default=None, repr=False)
    roles: Mapping[str, str] = field(default_factory=dict)
    roles_claim: str = "groups"
    name_claim: str = "preferred_username"
    domains: tuple[str, ...] = ()
    mfa_claim: str = "amr"
    mfa_values: tuple[str, ...] = ("mfa",)
    mfa_required: bool = True


def open_organisation(settings: Settings) -> OpenIdOrganisation | None:
    """Return the organisation that the settings name, None where there is none."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    secret = settings.oidc_client_secret
    return OpenIdOrganisation(
        Client(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            redirect_uri=f"{settings.public_url.rstrip('/')}/sign-in/back",
            client_secret=secret.get_secret_value() if secret is not None else None,
            roles=settings.oidc_roles,
            roles_claim=settings.oidc_roles_claim,
            name_claim=settings.oidc_name_claim,
            domains=settings.oidc_domains,
            mfa_claim=settings.oidc_mfa_claim,
            mfa_values=settings.oidc_mfa_values,
            mfa_required=settings.oidc_mfa_required,
        )
    )


class OpenIdOrganisation:
    """An organisation that describes itself as OpenID Connect Discovery 1.0 says."""

    def __init__(self, client: Client) -> None:
        """Take who we are there."""
        self._client = client
        self._is_here = is_loopback(host_of(client.issuer))

    async def address_of(self, journey: Journey) -> str | NotVouched:
        """Return where a browser is sent to sign in: code flow with PKCE, state and nonce."""
        try:
            async with self._open() as web:
                about = await self._describe(web)
                where = self._address(about, "authorization_endpoint")
        except (_Wrong, httpx.HTTPError) as error:
            return _away(error)
        address: str = prepare_grant_uri(
            where,
            self._client.client_id,
            "code",
            self._client.redirect_uri,
            "openid profile email",
            journey.state,
            nonce=journey.nonce,
            code_challenge=create_s256_code_challenge(journey.verifier),
            code_challenge_method="S256",
        )
        return address

    async def who_came(self, code: str, journey: Journey, now: datetime) -> Vouched | NotVouched:
        """Return whom the organisation vouches for, by the code that came back."""
        try:
            async with self._open() as web:
                about = await self._describe(web)
                answer = await self._redeem(
                    web, self._address(about, "token_endpoint"), code, journey
                )
                keys = await _fetch(web, self._address(about, "jwks_uri"))
        except httpx.HTTPError as error:
            return _away(error)
        except _Wrong as error:
            _log.warning("nobody was vouched for: %s", error)
            return NotVouched.NOT_RIGHT
        try:
            claims = self._check(answer, keys, journey, now)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            _log.warning("nobody was vouched for: %s", type(error).__name__)
            return NotVouched.NOT_RIGHT
        return self._read(claims)

    def _open(self) -> httpx.AsyncClient:
        # What is asked of this very machine never goes through a proxy.
        return httpx.AsyncClient(
            timeout=_PATIENCE, follow_redirects=False, trust_env=not self._is_here
        )

    async def _describe(self, web: httpx.AsyncClient) -> Mapping[str, Any]:
        issuer = self._client.issuer
        about = await _fetch(web, f"{issuer.rstrip('/')}{_DISCOVERY}")
        if about.get("issuer") != issuer:
            msg = "the description is of another issuer"
            raise _Wrong(msg)
        return about

    def _address(self, about: Mapping[str, Any], name: str) -> str:
        """Return an address of the description: encrypted, unless the issuer is this machine."""
        found = about.get(name)
        allowed = ("https://", "http://") if self._is_here else ("https://",)
        if not isinstance(found, str) or not found.startswith(allowed):
            msg = f"the description names no {name}"
            raise _Wrong(msg)
        return found

    async def _redeem(
        self, web: httpx.AsyncClient, where: str, code: str, journey: Journey
    ) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._client.redirect_uri,
            "client_id": self._client.client_id,
            "code_verifier": journey.verifier,
        }
        if self._client.client_secret is not None:
            form["client_secret"] = self._client.client_secret
        return _read_json(await web.post(where, data=form))

    def _check(
        self, answer: Mapping[str, Any], keys: Mapping[str, Any], journey: Journey, now: datetime
    ) -> CodeIDToken:
        """Return the claims of a signed answer that is meant for us, now, and this journey."""
        key_set = KeySet.import_key_set(dict(keys))  # type: ignore[arg-type] # checked inside
        token = jwt.decode(str(answer["id_token"]), key_set, algorithms=list(ALGORITHMS))
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": self._client.issuer},
                "aud": {"essential": True, "value": self._client.client_id},
                "nonce": {"essential": True, "value": journey.nonce},
            },
            params={"nonce": journey.nonce, "client_id": self._client.client_id},
        )
        claims.validate(now=int(now.timestamp()), leeway=_LEEWAY)
        return claims

    def _read(self, claims: Mapping[str, Any]) -> Vouched | NotVouched:
        shown = {*_words(claims.get(self._client.mfa_claim))}
        strong = not shown.isdisjoint(self._client.mfa_values)
        if self._client.mfa_required and not strong:
            return NotVouched.NO_SECOND_FACTOR
        return Vouched(
            subject=f"{self._client.issuer} {claims['sub']}",
            name=self._name_of(claims),
            roles=self._roles_of(claims),
            strong=strong,
        )

    def _name_of(self, claims: Mapping[str, Any]) -> str:
        """Return by which name episodes know somebody; empty where it may be somebody else's.

        A mail address counts with a domain of our own, and of the claim `email` only a verified one
        (OpenID Connect Core, 5.1 and 5.7): others may write what they like there.
        """
        claim, domains = self._client.name_claim, self._client.domains
        written = str(claims.get(claim) or "")
        if claim == MAIL_CLAIM and claims.get("email_verified") not in (True, "true"):
            _log.warning("a name does not count: its mail address was not verified there")
            return ""
        name, at, domain = written.rpartition("@")
        if not at and not domains:
            return written
        if domain.lower() not in domains:
            _log.warning("a name does not count: its domain is not one of STARLING_OIDC_DOMAINS")
            return ""
        return name

    def _roles_of(self, claims: Mapping[str, Any]) -> str | None:
        if not self._client.roles:
            return None
        groups = _words(claims.get(self._client.roles_claim))
        named = [role for each in groups for role in self._client.roles.get(each, "").split()]
        return " ".join(dict.fromkeys(named))


async def _fetch(web: httpx.AsyncClient, address: str) -> Mapping[str, Any]:
    return _read_json(await web.get(address))


def _read_json(answer: httpx.Response) -> Mapping[str, Any]:
    if answer.status_code != httpx.codes.OK or len(answer.content) > _LARGEST:
        msg = f"an answer with status {answer.status_code}"
        raise _Wrong(msg)
    try:
        content = answer.json()
    except ValueError:
        content = None
    if not isinstance(content, dict):
        msg = "an answer that is no JSON object"
        raise _Wrong(msg)
    return content


def _words(claim: object) -> list[str]:
    """Return the words of a claim, which may be one or a list."""
    if isinstance(claim, str):
        return [claim]
    return [each for each in claim if isinstance(each, str)] if isinstance(claim, list) else []


def _away(error: Exception) -> NotVouched:
    _log.warning("the organisation's sign-in does not answer: %s", type(error).__name__)
    return NotVouched.AWAY
