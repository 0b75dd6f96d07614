"""The administrator's page of accounts: make, give a new link, change roles, end.

It shows what the use cases give; whoever changes anything has shown a second factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from usecases import accounts
from usecases.refusal import Refusal
from usecases.walls import STAFF, StaffRole
from web.access import read_signed_form
from web.desk import by, frame, site_of
from web.pages import go_to, show

_PAGE: Final = "/staff/accounts"
_ROLES: Final = (*(each.value for each in StaffRole), STAFF)
_WEAK: Final = (
    "Changing accounts takes a sign-in with a second factor. Sign in by name and password, or use "
    "`starling accounts` on the machine."
)


def accounts_router() -> APIRouter:
    """Return the page and its forms."""
    router = APIRouter(include_in_schema=False)
    _add_list(router)
    _add_changes(router)
    return router


def _add_list(router: APIRouter) -> None:
    @router.get(_PAGE)
    async def page(request: Request) -> Response:
        return await _show(request)

    @router.post(_PAGE)
    async def add(request: Request) -> Response:
        form = await read_signed_form(request)
        who = form.get("who", "")
        try:
            _must_be_strong(request)
            code = await accounts.add(site_of(request).service, who, _roles(form), by(request))
        except Refusal as refusal:
            return await _show(request, str(refusal))
        return _show_link(request, who, code)


def _add_changes(router: APIRouter) -> None:
    @router.post("/staff/accounts/{account}/reset")
    async def reset(request: Request, account: str) -> Response:
        form = await read_signed_form(request)
        try:
            _must_be_strong(request)
            code = await accounts.reset(site_of(request).service, account, by(request))
        except Refusal as refusal:
            return await _show(request, str(refusal))
        return _show_link(request, form.get("who", ""), code)

    @router.post("/staff/accounts/{account}/roles")
    async def change_roles(request: Request, account: str) -> Response:
        form = await read_signed_form(request)
        try:
            _must_be_strong(request)
            service = site_of(request).service
            await accounts.set_roles(service, account, _roles(form), by(request))
        except Refusal as refusal:
            return await _show(request, str(refusal))
        return go_to(_PAGE)

    @router.post("/staff/accounts/{account}/end")
    async def end(request: Request, account: str) -> Response:
        await read_signed_form(request)
        try:
            _must_be_strong(request)
            await accounts.end(site_of(request).service, account, by(request))
        except Refusal as refusal:
            return await _show(request, str(refusal))
        return go_to(_PAGE)


async def _show(request: Request, refused: str = "") -> Response:
    site = site_of(request)
    values = {
        **frame(request),
        "accounts": await accounts.list_accounts(site.service),
        "now": site.clock(),
        "roles": _ROLES,
        "refused": refused,
        "strong": request.state.someone.strong,
    }
    return show("accounts.html", values, 422 if refused else 200)


def _show_link(request: Request, who: str, code: str) -> Response:
    link = f"{site_of(request).service.public_url}/account/{code}"
    return show("account_link.html", {**frame(request), "for_whom": who, "link": link})


def _must_be_strong(request: Request) -> None:
    if not request.state.someone.strong:
        raise Refusal(_WEAK)


def _roles(form: Mapping[str, str]) -> str:
    return " ".join(each for each in _ROLES if form.get(f"role-{each}"))
