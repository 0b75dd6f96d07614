"""The staff's page of alerts: what nobody took first; take in hand, close with a reason, undo.

It shows what the use cases give and hands on what staff choose; it shows nobody's words.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from storage.alert_list import Listed
from usecases import alerting_desk
from usecases.alerting_desk import ClosedBecause
from usecases.inviting import By
from usecases.ladder import RUNGS
from usecases.refusal import Refusal
from usecases.service import Service
from web import labels
from web.access import read_signed_form
from web.desk import by, frame, name_people, site_of
from web.pages import go_to, show

PAGE: Final = "/staff/alerts"
_CHOOSE: Final = "Choose from the list how it came out."


def alerts_router() -> APIRouter:
    """Return the page and its buttons."""
    router = APIRouter(include_in_schema=False)

    @router.get(PAGE)
    async def list_alerts(request: Request) -> Response:
        return await _show(request)

    @router.post("/staff/alerts/{alert}/take")
    async def take(request: Request, alert: str) -> Response:
        await read_signed_form(request)
        return await _do(request, alert, alerting_desk.acknowledge)

    @router.post("/staff/alerts/{alert}/close")
    async def close(request: Request, alert: str) -> Response:
        form = await read_signed_form(request)
        because = labels.pick(ClosedBecause, form.get("because", ""))
        if because is None:
            return await _show(request, _CHOOSE)
        return await _do(request, alert, partial(alerting_desk.close, because=because))

    @router.post("/staff/alerts/{alert}/undo")
    async def undo(request: Request, alert: str) -> Response:
        await read_signed_form(request)
        return await _do(request, alert, alerting_desk.reopen)

    return router


async def count_alerts(request: Request) -> None:
    """Let every staff page say how many alerts wait: a dependency that follows the guard."""
    if hasattr(request.state, "sight"):
        site = site_of(request)
        request.state.red_alerts = await alerting_desk.how_many_red(site.service, by(request))


async def _do(
    request: Request, alert: str, deed: Callable[[Service, str, By], Awaitable[None]]
) -> Response:
    try:
        await deed(site_of(request).service, alert, by(request))
    except Refusal as refusal:
        return await _show(request, str(refusal))
    return go_to(PAGE)


async def _show(request: Request, refused: str = "") -> Response:
    site, who = site_of(request), by(request)
    board = await alerting_desk.look(site.service, who)
    listed = (*board.standing, *board.closed)
    whose = {each.participant_id for each in listed if each.participant_id is not None}
    request.state.red_alerts = sum(each.is_red for each in board.standing)
    values = {
        **frame(request),
        "board": board,
        "people": await name_people(site, whose, who.sight),
        "reasons": [(each.value, _REASONS[each]) for each in ClosedBecause],
        "reason_of": _reason_of,
        "told": _told,
        "rungs": [labels.name_of(each.value) for each in RUNGS],
        "now": who.now,
        "refused": refused,
    }
    return show("alerts.html", values, 422 if refused else 200)


def _told(alert: Listed) -> str:
    """Return who was told by which ways, in a line: rungs by name, ways by kind."""
    parts = []
    for number, rung in enumerate(RUNGS):
        ways = sorted(
            f"{step.channel.partition('-')[0]} {step.state.value}"
            for step in alert.steps
            if step.rung == number
        )
        if ways:
            parts.append(f"{labels.name_of(rung.value)} ({', '.join(ways)})")
    return "; ".join(parts)


def _reason_of(value: str) -> str:
    known = {each.value: each for each in ClosedBecause}
    return _REASONS[known[value]] if value in known else labels.name_of(value)


_REASONS: Final[Mapping[ClosedBecause, str]] = {
    ClosedBecause.SPOKE: "Spoken with them",
    ClosedBecause.TOLD_SOCIAL_WORKER: "Told the social worker",
    ClosedBecause.TOLD_LEAD: "Told the safeguarding lead",
    ClosedBecause.TOLD_EMERGENCY: "Called 999 or 111",
    ClosedBecause.TOLD_LADO: "Told the designated officer (LADO)",
    ClosedBecause.KNOWN: "Known already, and somebody has it in hand",
    ClosedBecause.DRILL: "It was a drill",
    ClosedBecause.NOT_MEANT: "Not a concern: a way of speaking",
    ClosedBecause.NOT_REAL: "Not a concern: a song, a game or a story",
    ClosedBecause.NOT_THEM: "Not a concern: about somebody else, and looked into",
    ClosedBecause.NOT_READ_RIGHT: "Not a concern: the words were read wrongly",
    ClosedBecause.NOT_OURS: "Not a concern: a test or a mistake",
}
