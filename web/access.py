"""Who may open which page: one table of rules, and what is not in it is refused.

It must not know what a page shows. Secrets live in cookies that scripts cannot read.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Container, Mapping
from typing import Final, assert_never

from starlette.requests import Request
from starlette.responses import Response

from storage.access import SignedIn
from usecases import signing_in, transcribing, walls
from usecases.signing_in import Present
from usecases.walls import Thing
from web.forms import read_form
from web.rules import CASE_PAGES, FIGURE_PAGES, NOBODYS, WALLED, StaffPage
from web.rules import RULES as RULES  # noqa: PLC0414 (others name both from here)
from web.rules import Rule as Rule  # noqa: PLC0414
from web.site import Site

CHAT_LASTS: Final = 400 * 24 * 60 * 60
"""Seconds that a browser stays known: a chat comes back months later. Browsers allow no more."""

DESK_LASTS: Final = 12 * 60 * 60
"""Seconds that staff stay signed in; the sign-in itself ends after the same time."""

JOURNEY_LASTS: Final = 10 * 60
"""Seconds for signing in at one's organisation."""

_PROGRAMS: Final = {Rule.CASE_SYSTEM: signing_in.CASE_SYSTEM, Rule.MONITOR: signing_in.MONITOR}

_LONGEST_SECRET: Final = 200
_ONLY_LOOKS: Final = frozenset({"GET", "HEAD"})


class TurnedAway(Exception):
    """This page is not for whoever asks; `known` says that we know them, in another role."""

    def __init__(self, rule: Rule, *, known: bool = False) -> None:
        """Take the rule that turned them away."""
        super().__init__(rule.value)
        self.rule = rule
        self.known = known


class NotThere(Exception):
    """For whoever asks there is no such page: it is somebody else's, or it has no rule."""


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
        case StaffPage() | Rule.STAFF:
            await _staff(request, site, CASE_PAGES if rule is Rule.STAFF else rule)
        case Rule.COMMISSIONER:
            await _someone(request, site, rule, signing_in.COMMISSIONER_ROLES)
        case Rule.SIGNED_IN if _shows_a_key(request):
            roles = signing_in.PROGRAM_ROLES.keys()
            request.state.someone = await _program(request, site, rule, roles)
        case Rule.SIGNED_IN:
            present = await _someone(request, site, rule)
            if not may_pull(present):
                raise TurnedAway(rule, known=True)
        case Rule.CASE_SYSTEM | Rule.MONITOR:
            request.state.someone = await _program(request, site, rule, {_PROGRAMS[rule]})
        case None:
            raise NotThere
        case _:
            assert_never(rule)


async def _staff(request: Request, site: Site, page: StaffPage) -> None:
    """Let somebody of the staff look, or send a form. Raises TurnedAway or NotThere.

    What is not theirs is not there: so nobody learns what there is.
    """
    present = await _someone(request, site, Rule.STAFF)
    allowed = page.see if request.method in _ONLY_LOOKS else page.do
    if not present.sight.roles & allowed:
        raise NotThere
    if present.sight.sees_everybody:
        # An accusation is nevertheless not for the one whom it is about.
        checked = {name for name in request.path_params if name == Thing.WORDS}
    else:
        checked = set(request.path_params) - NOBODYS
    for name in checked:
        thing = WALLED.get(name)
        row = request.path_params[name]
        if thing is None or not await is_within(site, present, thing, row):
            raise NotThere
    if page.for_others:
        await _looks_not_after(request, site, present)


async def _looks_not_after(request: Request, site: Site, present: Present) -> None:
    """Raise NotThere for whoever looks after the child that an address names, or did."""
    for name, row in request.path_params.items():
        thing = WALLED.get(name)
        if thing is not None and await walls.is_their_own(
            site.service, present.someone.who, thing, row
        ):
            raise NotThere


async def is_within(site: Site, present: Present, thing: Thing, row_id: str) -> bool:
    """Tell whether somebody who is signed in sees this thing at all."""
    who, sight = present.someone.who, present.sight
    if "\0" in row_id:  # PostgreSQL refuses a text with this character in it
        return False
    return await walls.may_be_shown(site.service, sight, who, thing, row_id)


def may_pull(present: Present) -> bool:
    """Tell whether a browser that is signed in may read releases as data."""
    is_commissioner = signing_in.audience_of(present.someone) is not None
    return is_commissioner or bool(present.sight.roles & FIGURE_PAGES.see)


async def _visitor(request: Request, site: Site) -> int:
    visitor = await visitor_of(request, site)
    if visitor is None:
        raise TurnedAway(Rule.VISITOR)
    return visitor


async def visitor_of(request: Request, site: Site) -> int | None:
    """Return the number of the browser that asks, or None when it has no chat."""
    token = _chat_cookie(request, site)[0]
    return await transcribing.visitor_of(site.service, token) if token else None


async def _someone(
    request: Request, site: Site, rule: Rule, roles: Container[str] | None = None
) -> Present:
    """Return who is signed in, and keep it with the request. Raises TurnedAway or NotThere."""
    token = _desk_cookie(request, site)
    present = await signing_in.who_is(site.service, token, site.clock()) if token else None
    if present is None:
        raise TurnedAway(rule)
    if roles is not None and present.someone.role not in roles:
        raise NotThere
    request.state.someone = present.someone
    request.state.sight = present.sight
    return present


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


def begin_journey(response: Response, site: Site, secret: str) -> None:
    """Remember for a few minutes that this browser went to its organisation to sign in."""
    _set_cookie(response, site, "journey", secret, JOURNEY_LASTS)


def end_journey(response: Response, site: Site) -> None:
    """Forget it: the way back is walked once."""
    response.delete_cookie(
        _name(site, "journey"), path="/", secure=site.is_secure, httponly=True, samesite="lax"
    )


def journey_secret(request: Request) -> str:
    """Return the secret with which this browser set out, or an empty one."""
    return _cookie(request, request.app.state.site, "journey")


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
