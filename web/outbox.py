"""The staff's page of messages that were set aside after a restore: let each go, or drop it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from usecases import restoring
from web.access import read_signed_form
from web.desk import by, frame, name_people, site_of
from web.pages import go_to, show

_PAGE = "/staff/outbox"
_EVERY = "all"


def outbox_router() -> APIRouter:
    """Return the page and its two buttons."""
    router = APIRouter(include_in_schema=False)

    @router.get(_PAGE)
    async def set_aside(request: Request) -> Response:
        site = site_of(request)
        rows = await restoring.list_set_aside(site.service)
        whose = {each.participant_id for each in rows if each.participant_id is not None}
        values = {**frame(request), "rows": rows, "people": await name_people(site, whose)}
        return show("outbox.html", values)

    @router.post("/staff/outbox/{message}/release")
    async def release(request: Request, message: str) -> Response:
        await read_signed_form(request)
        await restoring.release(site_of(request).service, _numbers(message), by(request))
        return go_to(_PAGE)

    @router.post("/staff/outbox/{message}/drop")
    async def drop(request: Request, message: str) -> Response:
        await read_signed_form(request)
        await restoring.drop(site_of(request).service, _numbers(message), by(request))
        return go_to(_PAGE)

    return router


def _numbers(written: str) -> list[int] | None:
    """Return which message is meant, None for all; what is no number means none."""
    if written == _EVERY:
        return None
    return [int(written)] if written.isascii() and written.isdigit() else []
