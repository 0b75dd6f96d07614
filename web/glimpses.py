"""Pages for looking beyond a caseload, and for those who look at who did, and why.

They show what the use cases give; they decide nothing.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from usecases import glimpsing
from usecases.glimpsing import OPEN_FOR, Why
from usecases.refusal import Refusal
from web import labels
from web.access import read_signed_form
from web.desk import by, frame, site_of
from web.labels import pick
from web.pages import go_to, show

_OPEN: Final = "/staff/open"
_CHOOSE: Final = "Choose why you need to look."


def glimpses_router() -> APIRouter:
    """Return the page that opens a child and the list of what was opened."""
    router = APIRouter(include_in_schema=False)
    _add_opening(router)
    _add_looking(router)
    return router


def _add_opening(router: APIRouter) -> None:
    @router.get(_OPEN)
    async def ask(request: Request) -> Response:
        return _ask(request)

    @router.post(_OPEN)
    async def open_one(request: Request) -> Response:
        form = await read_signed_form(request)
        why = pick(Why, form.get("why", ""))
        case = form.get("case", "")
        if why is None:
            return _ask(request, case, _CHOOSE)
        try:
            episode = await glimpsing.open_child(site_of(request).service, case, why, by(request))
        except Refusal as refusal:
            return _ask(request, case, str(refusal))
        return go_to(f"/staff?beside={episode}")


def _add_looking(router: APIRouter) -> None:
    @router.get("/staff/opened")
    async def opened(request: Request) -> Response:
        found = await glimpsing.list_opened(site_of(request).service, by(request))
        days = glimpsing.SHOWN_FOR.days
        return show("opened.html", {**frame(request), "opened": found, "days": days})


def _ask(request: Request, case: str = "", refused: str = "") -> Response:
    values = {
        **frame(request),
        "case": case,
        "refused": refused,
        "reasons": labels.choices(Why),
        "hours": OPEN_FOR.seconds // 3600,
    }
    return show("open.html", values, 422 if refused else 200)
