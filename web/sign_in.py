"""The sign-in page: name, password and six digits at once, or through one's own organisation.

It says the same whatever was wrong, and decides nothing.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from usecases import accounts, signing_in
from usecases.accounts import Pace, Try
from web.access import desk_token, read_signed_form, sign_in, sign_out
from web.desk import frame, site_of
from web.doors import close_door, read_door_form, show_door
from web.pages import go_to, show
from web.places import place_of
from web.rules import first_page

_PAGE: Final = "/sign-in"
_UNAUTHORISED: Final = 401
_TOO_MANY: Final = 429
_SLOWER: Final = 2.0
"""Seconds that a try waits while many fail and nobody knows from where: staff still come in."""
_NOT_RIGHT: Final = (
    "That did not work. Check the name, the password and the six digits, and use digits that you "
    "have not used yet. After five wrong tries an account rests for 15 minutes."
)
_WAIT: Final = "Too many tries came from here. Wait a quarter of an hour, then try again."


def sign_in_router() -> APIRouter:
    """Return the sign-in page, and the page about one's own sign-in."""
    router = APIRouter(include_in_schema=False)

    @router.get(_PAGE)
    async def ask(request: Request) -> Response:
        return show_sign_in(request)

    @router.post(_PAGE)
    async def take(request: Request) -> Response:
        form = await read_door_form(request)
        site = site_of(request)
        now, place = site.clock(), place_of(request)
        pace = await accounts.pace_of(site.service, place, now)
        if pace is Pace.NOT_NOW:
            return show_sign_in(request, _WAIT, _TOO_MANY)
        if pace is Pace.SLOWLY:
            await site.pause(_SLOWER)
        attempt = Try(
            form.get("who", ""),
            form.get("password", ""),
            form.get("digits", ""),
            place,
            desk_token(request),
        )
        entered = await accounts.sign_in(site.service, attempt, now)
        if entered is None:
            return show_sign_in(request, _NOT_RIGHT, _UNAUTHORISED)
        someone, token = entered
        response = go_to(first_page(someone.role))
        sign_in(response, site, token)
        close_door(response, site)
        return response

    _add_own_page(router)
    return router


def _add_own_page(router: APIRouter) -> None:
    @router.get("/staff/me")
    async def me(request: Request) -> Response:
        values = {**frame(request), "roles": request.state.someone.role.split()}
        return show("me.html", {**values, "strong": request.state.someone.strong})

    @router.post("/staff/me/out")
    async def out_everywhere(request: Request) -> Response:
        await read_signed_form(request)
        site = site_of(request)
        who = request.state.someone.who
        await signing_in.leave_everywhere(site.service, who, site.clock())
        response = show("left.html")
        sign_out(response, site)
        return response


def show_sign_in(request: Request, refused: str = "", status: int = 200) -> Response:
    """Return the sign-in page, and what did not work."""
    has_organisation = site_of(request).organisation is not None
    values = {"refused": refused, "organisation": has_organisation}
    return show_door(request, "sign_in.html", values, status)
