"""Staff pages about wishes to see, correct or be forgotten, and about what is due to go.

They show what the use cases give and hand on what staff enter; they decide nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from storage.reasons import WhyRefused
from storage.wishes import WishKind
from usecases import holding_legally, retaining, rights, wishes
from usecases.own_file import write_file
from usecases.own_page import tell_page
from usecases.refusal import Refusal
from web.access import read_signed_form
from web.desk import by, frame, label_of, site_of
from web.labels import choices, pick
from web.pages import go_to, show

_PAGE: Final = "/staff/rights"
_NOT_THERE: Final = 404
_ANSWERED_SHOWN: Final = timedelta(days=30)


def rights_router() -> APIRouter:
    """Return the pages about wishes."""
    router = APIRouter(include_in_schema=False)
    _add_list(router)
    _add_answers(router)
    return router


def _add_list(router: APIRouter) -> None:
    @router.get(_PAGE)
    async def waiting(request: Request) -> Response:
        return await _show(request)

    @router.get("/staff/rights/{wish}/page")
    async def look_at(request: Request, wish: str) -> Response:
        service, who = site_of(request).service, by(request)
        found = [each.wish for each in await wishes.list_waiting(service, who)]
        ours = [each for each in found if each.id == wish and each.kind is WishKind.SEE]
        if not ours:
            raise HTTPException(_NOT_THERE)
        everything = await rights.export(service, ours[0].participant_id, who)
        page = tell_page(everything, service.rhythm.local, whole=True)
        return HTMLResponse(write_file(page), headers={"content-disposition": "attachment"})

    @router.post("/staff/episodes/{episode}/filed")
    async def filed(request: Request, episode: str) -> Response:
        form = await read_signed_form(request)
        noting = retaining.file(
            site_of(request).service, episode, form.get("receipt", ""), by(request)
        )
        return await _do(request, noting)


def _add_answers(router: APIRouter) -> None:
    @router.post("/staff/rights/{wish}/look")
    async def look(request: Request, wish: str) -> Response:
        await read_signed_form(request)
        return await _do(request, wishes.look_through(site_of(request).service, wish, by(request)))

    @router.post("/staff/rights/{wish}/grant")
    async def grant(request: Request, wish: str) -> Response:
        await read_signed_form(request)
        return await _do(request, wishes.grant(site_of(request).service, wish, by(request)))

    @router.post("/staff/rights/{wish}/refuse")
    async def refuse(request: Request, wish: str) -> Response:
        form = await read_signed_form(request)
        why = pick(WhyRefused, form.get("reason", ""))
        if why is None:
            return await _show(request, "Choose why: they are told in plain words.")
        return await _do(request, wishes.refuse(site_of(request).service, wish, why, by(request)))


async def _do(request: Request, work: Awaitable[None]) -> Response:
    try:
        await work
    except Refusal as refusal:
        return await _show(request, str(refusal))
    return go_to(_PAGE)


async def _show(request: Request, refused: str = "") -> Response:
    """Show what waits; `refused` says what could not be done."""
    site, who = site_of(request), by(request)
    values = {
        **frame(request),
        "now": who.now,
        "waiting": await wishes.list_waiting(site.service, who),
        "answered": await wishes.list_decided(site.service, who, who.now - _ANSWERED_SHOWN),
        "held": await holding_legally.list_held(site.service, who.sight),
        "due": await retaining.look(site.service, site.service.retention, who),
        "refused": refused,
        "label_of": label_of,
        "reasons": choices(WhyRefused),
    }
    return show("rights.html", values, 422 if refused else 200)
