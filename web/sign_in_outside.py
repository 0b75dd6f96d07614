"""Signing in through one's organisation: there and back, bound to the browser that set out.

What is needed on the way back is worked out from one secret in a cookie; nothing is stored.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from usecases import outside
from web.access import begin_journey, desk_token, end_journey, journey_secret, sign_in
from web.desk import site_of
from web.pages import go_to
from web.ports import Journey, NotVouched
from web.rules import first_page
from web.sign_in import show_sign_in

_UNAUTHORISED: Final = 401
_SECRET_BYTES: Final = 32
_LONGEST_CODE: Final = 4000
_TOLD: Final = {
    NotVouched.NOT_RIGHT: "That did not work. Please begin again here.",
    NotVouched.NO_SECOND_FACTOR: "Your organisation did not ask you for a second factor, and this "
    "service needs one. Ask your IT support to switch it on for Starling.",
    NotVouched.AWAY: "Your organisation's sign-in does not answer. Try again in a few minutes.",
}
_UNKNOWN: Final = (
    "Your organisation knows you, but this service does not. Ask whoever looks after accounts."
)


def outside_router() -> APIRouter:
    """Return the way to the organisation, and the way back."""
    router = APIRouter(include_in_schema=False)

    @router.get("/sign-in/organisation")
    async def set_out(request: Request) -> Response:
        site = site_of(request)
        if site.organisation is None:
            return go_to("/sign-in")
        secret = site.entropy(_SECRET_BYTES).hex()
        address = await site.organisation.address_of(_journey(secret))
        if isinstance(address, NotVouched):
            return show_sign_in(request, _TOLD[address], 503)
        response = RedirectResponse(address, 303)
        begin_journey(response, site, secret)
        return response

    @router.get("/sign-in/back")
    async def come_back(request: Request) -> Response:
        response = await _let_in(request)
        end_journey(response, site_of(request))
        return response

    return router


async def _let_in(request: Request) -> Response:
    site, secret = site_of(request), journey_secret(request)
    asked = request.query_params
    code, state = asked.get("code", ""), asked.get("state", "")
    if site.organisation is None or not secret or not 0 < len(code) <= _LONGEST_CODE:
        return _refuse(request, NotVouched.NOT_RIGHT)
    journey = _journey(secret)
    if not hmac.compare_digest(state.encode(), journey.state.encode()):
        return _refuse(request, NotVouched.NOT_RIGHT)
    now = site.clock()
    known = await site.organisation.who_came(code, journey, now)
    if isinstance(known, NotVouched):
        return _refuse(request, known)
    entered = await outside.enter(site.service, known, now, desk_token(request))
    if entered is None:
        return show_sign_in(request, _UNKNOWN, _UNAUTHORISED)
    someone, token = entered
    response = go_to(first_page(someone.role))
    sign_in(response, site, token)
    return response


def _refuse(request: Request, why: NotVouched) -> Response:
    return show_sign_in(request, _TOLD[why], _UNAUTHORISED)


def _journey(secret: str) -> Journey:
    """Return what belongs to one secret; none of it tells another."""

    def derive(use: bytes) -> str:
        return hashlib.blake2b(secret.encode(), digest_size=32, person=use).hexdigest()

    return Journey(derive(b"starling-state"), derive(b"starling-nonce"), derive(b"starling-pkce"))
