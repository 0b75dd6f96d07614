"""Who may open which page: one table of rules, and what is not in it is refused.

It must not know what a page shows. Secrets live in cookies that scripts cannot read.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Container, Mapping
from enum import StrEnum
from typing import Final, assert_never

from starlette.requests import Request
from starlette.responses import Response

from storage.access import SignedIn
from usecases import signing_in, transcribing
from web.forms import read_form
from web.site import Site


class Rule(StrEnum):
    """Who may open a page."""

    ANYONE = "anyone"
    VISITOR = "visitor"
    """A browser that came in by an invitation."""
    STAFF = "staff"
    COMMISSIONER = "commissioner"
    SIGNED_IN = "signed-in"
    """Staff, a commissioner or a program of theirs; each is shown no more than their own pages."""
    TELEGRAM = "telegram"
    """Whoever knows the webhook's secret: the page itself checks it."""
    CASE_SYSTEM = "case-system"
    """A program with a key of its own; no cookie opens this."""


RULES: Final[Mapping[str, Rule]] = {
    "/": Rule.ANYONE,
    "/join": Rule.ANYONE,
    "/join/{code}": Rule.ANYONE,
    "/help": Rule.ANYONE,
    "/mail/{token}": Rule.ANYONE,
    "/static/{name}": Rule.ANYONE,
    "/favicon.ico": Rule.ANYONE,
    "/enter/{code}": Rule.ANYONE,
    "/leave": Rule.ANYONE,
    "/healthz": Rule.ANYONE,
    "/readyz": Rule.ANYONE,
    "/metrics": Rule.ANYONE,
    "/api/v1/openapi.json": Rule.ANYONE,
    "/telegram/webhook": Rule.TELEGRAM,
    "/chat": Rule.VISITOR,
    "/chat/say": Rule.VISITOR,
    "/chat/tap": Rule.VISITOR,
    "/chat/news": Rule.VISITOR,
    "/chat/picture/{run}": Rule.VISITOR,
    "/chat/nudges": Rule.VISITOR,
    "/chat/nudges/off": Rule.VISITOR,
    "/staff": Rule.STAFF,
    "/staff/episodes": Rule.STAFF,
    "/staff/episodes/{episode}/close": Rule.STAFF,
    "/staff/episodes/{episode}/invite": Rule.STAFF,
    "/staff/episodes/{episode}/reopen": Rule.STAFF,
    "/staff/episodes/{episode}/change": Rule.STAFF,
    "/staff/episodes/{episode}/leave/{participant}": Rule.STAFF,
    "/staff/episodes/{episode}/rejoin/{participant}": Rule.STAFF,
    "/staff/contract/{episode}": Rule.STAFF,
    "/staff/contract/{episode}/facts": Rule.STAFF,
    "/staff/contract/{episode}/given": Rule.STAFF,
    "/staff/contract/{episode}/totals": Rule.STAFF,
    "/staff/contract/{episode}/totals/{total}/out": Rule.STAFF,
    "/staff/find": Rule.STAFF,
    "/staff/people/{participant}": Rule.STAFF,
    "/staff/people/{participant}/hold": Rule.STAFF,
    "/staff/held": Rule.STAFF,
    "/staff/held/{action}/ask": Rule.STAFF,
    "/staff/held/{action}/lift": Rule.STAFF,
    "/staff/words": Rule.STAFF,
    "/staff/words/again": Rule.STAFF,
    "/staff/words/{words}/read": Rule.STAFF,
    "/staff/words/{words}/themes": Rule.STAFF,
    "/staff/themes": Rule.STAFF,
    "/staff/themes/{theme}/rename": Rule.STAFF,
    "/staff/themes/{theme}/retire": Rule.STAFF,
    "/staff/themes/{theme}/take-up": Rule.STAFF,
    "/staff/themes/{theme}/done": Rule.STAFF,
    "/staff/themes/{theme}/done/{reply}/take-back": Rule.STAFF,
    "/staff/indicators": Rule.STAFF,
    "/staff/notices/{notice}/seen": Rule.STAFF,
    "/staff/followups": Rule.STAFF,
    "/staff/followups/quiet/{fact}/handled": Rule.STAFF,
    "/staff/followups/quiet/{fact}/undo": Rule.STAFF,
    "/staff/outbox": Rule.STAFF,
    "/staff/outbox/{message}/release": Rule.STAFF,
    "/staff/outbox/{message}/drop": Rule.STAFF,
    "/staff/releases": Rule.STAFF,
    "/staff/releases/compile": Rule.STAFF,
    "/staff/releases/{release}": Rule.STAFF,
    "/staff/releases/{release}/approve": Rule.STAFF,
    "/staff/releases/{release}/publish": Rule.STAFF,
    "/staff/releases/{release}/drop": Rule.STAFF,
    "/commissioner": Rule.COMMISSIONER,
    "/commissioner/{release}": Rule.COMMISSIONER,
    "/commissioner/{release}/pictures/{name}": Rule.COMMISSIONER,
    "/api/v1/episodes": Rule.CASE_SYSTEM,
    "/api/v1/releases": Rule.SIGNED_IN,
    "/api/v1/releases/{release}": Rule.SIGNED_IN,
    "/api/v1/releases/{release}/files/{name}": Rule.SIGNED_IN,
}

CHAT_LASTS: Final = 400 * 24 * 60 * 60
"""Seconds that a browser stays known: a chat comes back months later. Browsers allow no more."""

DESK_LASTS: Final = 12 * 60 * 60
"""Seconds that staff stay signed in; the sign-in itself ends after the same time."""

_LONGEST_SECRET: Final = 200


class TurnedAway(Exception):
    """This page is not for whoever asks; `known` says that we know them, in another role."""

    def __init__(self, rule: Rule, *, known: bool = False) -> None:
        """Take the rule that turned them away."""
        super().__init__(rule.value)
        self.rule = rule
        self.known = known


class FormIsOld(Exception):
    """A form came without the mark of this browser's own page: it is stale, or somebody else's."""


async def guard(request: Request) -> None:
    """Let a request pass, or raise TurnedAway: what has no rule is for nobody."""
    rule = RULES.get(request.scope["route"].path)
    site: Site = request.app.state.site
    match rule:
        case Rule.ANYONE | Rule.TELEGRAM:
            return
        case Rule.VISITOR:
            request.state.visitor = await _visitor(request, site)
        case Rule.STAFF | Rule.COMMISSIONER:
            request.state.someone = await _someone(request, site, rule)
        case Rule.SIGNED_IN if _shows_a_key(request):
            roles = signing_in.PROGRAM_ROLES.keys()
            request.state.someone = await _program(request, site, rule, roles)
        case Rule.SIGNED_IN:
            request.state.someone = await _someone(request, site, rule)
        case Rule.CASE_SYSTEM:
            request.state.someone = await _program(request, site, rule, {signing_in.CASE_SYSTEM})
        case None:
            raise TurnedAway(Rule.STAFF, known=True)
        case _:
            assert_never(rule)


async def _visitor(request: Request, site: Site) -> int:
    visitor = await visitor_of(request, site)
    if visitor is None:
        raise TurnedAway(Rule.VISITOR)
    return visitor


async def visitor_of(request: Request, site: Site) -> int | None:
    """Return the number of the browser that asks, or None when it has no chat."""
    token = _chat_cookie(request, site)[0]
    return await transcribing.visitor_of(site.service, token) if token else None


async def _someone(request: Request, site: Site, rule: Rule) -> SignedIn:
    token = _desk_cookie(request, site)
    someone = await signing_in.who_is(site.service, token, site.clock()) if token else None
    if someone is None:
        raise TurnedAway(rule)
    staff = someone.role == signing_in.STAFF
    commissioner = signing_in.audience_of(someone) is not None
    allowed = {
        Rule.STAFF: staff,
        Rule.COMMISSIONER: commissioner,
        Rule.SIGNED_IN: staff or commissioner,
    }
    if not allowed.get(rule, False):
        raise TurnedAway(rule, known=True)
    return someone


def _shows_a_key(request: Request) -> bool:
    return request.headers.get("authorization", "").lower().startswith("bearer")


async def _program(request: Request, site: Site, rule: Rule, roles: Container[str]) -> SignedIn:
    """Return which program calls, by the key in its header. Raises TurnedAway."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    fits = kind.lower() == "bearer" and token.isascii() and 0 < len(token) <= _LONGEST_SECRET
    someone = await signing_in.who_calls(site.service, token, site.clock()) if fits else None
    if someone is None:
        raise TurnedAway(rule)
    if someone.role not in roles:
        raise TurnedAway(rule, known=True)
    return someone


# --- the chat's cookie ----------------------------------------------------------------------------


def remember_chat(response: Response, site: Site, token: str, code: str) -> None:
    """Let this browser come back to its chat; a mark tells by which link it came."""
    value = f"{token}.{_mark_of(code)}"
    _set_cookie(response, site, "chat", value, CHAT_LASTS)


def refresh_chat(response: Response, request: Request, site: Site) -> None:
    """Let the time run anew: whoever comes back stays known."""
    value = request.cookies.get(_name(site, "chat"), "")
    _set_cookie(response, site, "chat", value, CHAT_LASTS)


def came_by(request: Request, site: Site, code: str) -> bool:
    """Tell whether this browser's chat was opened by this very link."""
    return hmac.compare_digest(_chat_cookie(request, site)[1], _mark_of(code))


def _chat_cookie(request: Request, site: Site) -> tuple[str, str]:
    value = _cookie(request, site, "chat")
    token, _, mark = value.partition(".")
    return token, mark


def _mark_of(code: str) -> str:
    """Return a mark of a code that is used up anyway; the code itself stays nowhere."""
    return hashlib.blake2b(code.encode(), digest_size=6, person=b"starling-came-by").hexdigest()


# --- the cookie of staff and commissioners --------------------------------------------------------


def sign_in(response: Response, site: Site, token: str) -> None:
    """Remember in this browser who signed in."""
    _set_cookie(response, site, "desk", token, DESK_LASTS)


def sign_out(response: Response, site: Site) -> None:
    """Forget in this browser who signed in."""
    response.delete_cookie(
        _name(site, "desk"), path="/", secure=site.is_secure, httponly=True, samesite="lax"
    )


def desk_token(request: Request) -> str:
    """Return the secret of whoever is signed in, or an empty one."""
    return _desk_cookie(request, request.app.state.site)


def form_key(request: Request) -> str:
    """Return the mark that every form of this signed-in browser carries."""
    token = desk_token(request).encode()
    return hashlib.blake2b(token, digest_size=16, person=b"starling-form").hexdigest()


async def read_signed_form(request: Request) -> Mapping[str, str]:
    """Return the fields of a form of our own page. Raises FormIsOld, or BadRequestBody."""
    form = await read_form(request)
    if not hmac.compare_digest(form.get("key", "").encode(), form_key(request).encode()):
        raise FormIsOld
    return form


def _desk_cookie(request: Request, site: Site) -> str:
    return _cookie(request, site, "desk")


# --- cookies --------------------------------------------------------------------------------------


def _name(site: Site, name: str) -> str:
    """Return a cookie's name: over https one that no other host can set."""
    return f"__Host-{name}" if site.is_secure else name


def _cookie(request: Request, site: Site, name: str) -> str:
    value = request.cookies.get(_name(site, name), "")
    return value if value.isascii() and len(value) <= _LONGEST_SECRET else ""


def _set_cookie(response: Response, site: Site, name: str, value: str, lasts: int) -> None:
    response.set_cookie(
        _name(site, name),
        value,
        max_age=lasts,
        path="/",
        secure=site.is_secure,
        httponly=True,
        samesite="lax",
    )
