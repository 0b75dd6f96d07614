"""The staff's board of follow-ups: what is due, late, answered, and who has gone quiet.

It shows what the use cases give and hands on what staff tap; it decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from storage.board import NOBODY, BoardList, Chosen
from storage.sweeps import Cause
from usecases import board, silence, sweeping
from usecases.board import Board, Wanted
from web import labels
from web.access import read_signed_form
from web.desk import by, frame, site_of
from web.labels import pick
from web.pages import go_to, show

_BOARD: Final = "/staff/followups"
_LONGEST: Final = 200
_MOST_DIGITS: Final = 7

LISTS: Final[Mapping[BoardList, str]] = MappingProxyType(
    {
        BoardList.DUE_TODAY: "Due today",
        BoardList.LATE: "Late",
        BoardList.ANSWERED: "Answered",
        BoardList.QUIET: "Gone quiet",
    }
)

SILENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "blocked": "Blocked the chat",
        "undeliverable": "Messages do not arrive",
        "unanswered-twice": "No reply, twice in a row",
        "disengaged": "No sign for a long time",
    }
)

CAUSES: Final[Mapping[Cause, str]] = MappingProxyType(
    {
        Cause.NOT_LOOKED_AT: "the clock has not looked at them",
        Cause.NEVER_ASKED: "their time ran out before anybody was asked",
        Cause.NOT_WRITTEN: "no message was written",
        Cause.STUCK: "the message does not move",
        Cause.NOT_SENT: "the message did not go out",
    }
)


def board_router() -> APIRouter:
    """Return the board of follow-ups."""
    router = APIRouter(include_in_schema=False)

    @router.get(_BOARD)
    async def followups(request: Request) -> Response:
        site = site_of(request)
        now = site.clock()
        wanted = _wanted(request.query_params)
        within = replace(wanted.chosen, within=request.state.sight.caseload)
        found = await board.look(site.service, replace(wanted, chosen=within), now)
        values = {
            **frame(request),
            "board": found,
            "now": now,
            "lists": LISTS,
            "silences": SILENCES,
            "causes": CAUSES,
            "words": board,
            "nobody": NOBODY,
            "supports": labels.choices(found.interventions),
            "workers": [(NOBODY, "Nobody named"), *((each, each) for each in found.workers)],
            "link": _links(found),
            "stale": found.sweep is None or now - found.sweep.at > sweeping.STALE,
        }
        return show("followups.html", values)

    @router.post("/staff/followups/quiet/{fact}/handled")
    async def take_care(request: Request, fact: str) -> Response:
        form = await read_signed_form(request)
        await silence.take_care(site_of(request).service, fact, by(request))
        return go_to(_back(form))

    @router.post("/staff/followups/quiet/{fact}/undo")
    async def undo_care(request: Request, fact: str) -> Response:
        form = await read_signed_form(request)
        await silence.undo_care(site_of(request).service, fact, by(request))
        return go_to(_back(form))

    return router


def _wanted(given: Mapping[str, str]) -> Wanted:
    """Return what an address asks for; what we do not know of it is left out."""
    start = given.get("from", "")
    return Wanted(
        which=pick(BoardList, given.get("list", "")) or BoardList.DUE_TODAY,
        chosen=_chosen(given),
        start=int(start) if start.isdecimal() and len(start) <= _MOST_DIGITS else 0,
    )


def _chosen(given: Mapping[str, str]) -> Chosen:
    return Chosen(_name(given, "intervention"), _name(given, "worker"))


def _name(given: Mapping[str, str], field: str) -> str | None:
    # PostgreSQL refuses a text with this character in it.
    return given.get(field, "").replace("\0", "")[:_LONGEST] or None


def _back(form: Mapping[str, str]) -> str:
    """Return the address of the list of those who have gone quiet, as it was chosen."""
    return _address(BoardList.QUIET, _chosen(form), 0)


class _Links:
    """Makes addresses of other views from the one that is shown."""

    def __init__(self, shown: Wanted) -> None:
        self._shown = shown

    def to(self, which: BoardList) -> str:
        """Return the address of another list, chosen alike."""
        return _address(which, self._shown.chosen, 0)

    def of(self, which: BoardList, intervention: str | None, worker: str | None) -> str:
        """Return the address of a list of one kind of support and one worker."""
        return _address(which, Chosen(intervention, worker or NOBODY), 0)

    def page(self, start: int) -> str:
        """Return the address of other rows of the same list."""
        return _address(self._shown.which, self._shown.chosen, max(start, 0))


def _links(found: Board) -> _Links:
    return _Links(found.wanted)


def _address(which: BoardList, chosen: Chosen, start: int) -> str:
    given = {
        "list": which.value,
        "intervention": chosen.intervention,
        "worker": chosen.worker,
        "from": str(start) if start else None,
    }
    return f"{_BOARD}?{urlencode({name: value for name, value in given.items() if value})}"
