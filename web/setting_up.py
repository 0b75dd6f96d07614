"""How somebody sets up their account: a link that works once, a password, a second factor.

Looking at a link uses nothing up. What is shown once is stored nowhere in the clear.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from usecases import accounts, proofs
from usecases.refusal import Refusal
from web.desk import site_of
from web.doors import read_door_form, show_door
from web.invitation import draw_code
from web.pages import show

_LONGEST_CODE: Final = 80
_GONE: Final = 403
_WRONG: Final = 422
_DIFFERENT: Final = "These are two different passwords. Write the same one twice."
_NOT_THESE: Final = "These digits do not fit. Look at the app again: they change twice a minute."


def setting_up_router() -> APIRouter:
    """Return the pages behind the link of a new account."""
    router = APIRouter(include_in_schema=False)

    @router.get("/account/{code}")
    async def ask(request: Request, code: str) -> Response:
        return await _ask(request, code[:_LONGEST_CODE])

    @router.post("/account/{code}")
    async def choose(request: Request, code: str) -> Response:
        form, code = await read_door_form(request), code[:_LONGEST_CODE]
        site = site_of(request)
        if form.get("password", "") != form.get("again", ""):
            return await _ask(request, code, _DIFFERENT)
        try:
            factor = await accounts.choose_password(
                site.service, code, form.get("password", ""), site.clock()
            )
        except Refusal as refusal:
            return await _ask(request, code, str(refusal))
        grouped = " ".join(factor.secret[at : at + 4] for at in range(0, len(factor.secret), 4))
        picture = draw_code(factor.address)
        return _ask_digits(request, code, {"factor": factor, "secret": grouped, "picture": picture})

    @router.post("/account/{code}/confirm")
    async def confirm(request: Request, code: str) -> Response:
        form, code = await read_door_form(request), code[:_LONGEST_CODE]
        site = site_of(request)
        digits = form.get("digits", "")
        try:
            if not await accounts.confirm(site.service, code, digits, site.clock()):
                refused = {"factor": None, "refused": _NOT_THESE}
                return _ask_digits(request, code, refused, _WRONG)
        except Refusal:
            return await _ask(request, code)
        return show("account_ready.html")

    return router


async def _ask(request: Request, code: str, refused: str = "") -> Response:
    """Ask for a password, or say that the link is over."""
    site = site_of(request)
    who = await accounts.whose_link(site.service, code, site.clock())
    values = {"who": who, "code": code, "refused": refused, "shortest": proofs.SHORTEST}
    status = _GONE if who is None else (_WRONG if refused else 200)
    return show_door(request, "account.html", values, status)


def _ask_digits(
    request: Request, code: str, values: Mapping[str, object], status: int = 200
) -> Response:
    shown = {"refused": "", "code": code, **values}
    return show_door(request, "account_factor.html", shown, status)
