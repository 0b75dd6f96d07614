"""The staff's board of follow-ups: what is due, late and answered, who has gone quiet, what to do.

It must not show what anybody answered, or change anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Final, assert_never

from storage import board, episodes, sweeps
from storage.board import BoardList, BoardRow, Chosen, Group, Moment, QuietRow
from storage.casework import Casework
from storage.counts import STUCK_AFTER
from storage.occasions import OccasionState
from storage.silences import SilenceKind
from storage.sweeps import Sweep
from usecases.service import Service

PAGE: Final = 50
"""How many rows are shown at a time."""

EVERYTHING: Final = Chosen()
"""Every kind of support and every worker."""

_DAY: Final = timedelta(days=1)

Local = Callable[[datetime], datetime]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to see: which list, of whom, and from which row on."""

    which: BoardList = BoardList.DUE_TODAY
    chosen: Chosen = EVERYTHING
    start: int = 0
    most: int = PAGE


@dataclass(frozen=True, slots=True)
class GroupOnBoard:
    """How much stands on each list for one kind of support and one worker."""

    intervention: str | None
    worker: str | None
    numbers: Mapping[BoardList, int]


@dataclass(frozen=True, slots=True)
class Board:
    """One view of the board.

    `totals` and `groups` count what was chosen. `interventions` and `workers` are all that could be
    chosen. `rows` holds askings, or `quiet` those who have gone quiet, of whom `handled` are those
    whom somebody takes care of. `cases` are case references by child. `more`: there are more rows.
    """

    wanted: Wanted
    totals: Mapping[BoardList, int]
    groups: tuple[GroupOnBoard, ...]
    interventions: tuple[str, ...]
    workers: tuple[str, ...]
    rows: tuple[BoardRow, ...]
    quiet: tuple[QuietRow, ...]
    handled: tuple[QuietRow, ...]
    cases: Mapping[str, str]
    more: bool
    sweep: Sweep | None


async def look(service: Service, wanted: Wanted, now: datetime) -> Board:
    """Return what somebody wants to see: with the same few queries, however much there is."""
    today = service.rhythm.local(now).date()
    begins, ends = (service.rhythm.instant(day, time(0)) for day in (today, today + _DAY))
    moment = Moment(now, begins, ends)
    return await service.lane.read(
        lambda connection: _look(service.open(connection), wanted, moment)
    )


def _look(work: Casework, wanted: Wanted, moment: Moment) -> Board:
    connection = work.connection
    counted = board.count_groups(connection, moment, wanted.chosen.within)
    groups = _groups(counted, wanted.chosen)
    rows: Sequence[BoardRow] = ()
    quiet: Sequence[QuietRow] = ()
    handled: Sequence[QuietRow] = ()
    one_more = wanted.most + 1
    if wanted.which is BoardList.QUIET:
        some = {"start": wanted.start, "most": one_more}
        quiet = board.quiet(connection, wanted.chosen, handled=False, **some)
        handled = board.quiet(connection, wanted.chosen, handled=True, start=0, most=wanted.most)
    else:
        rows = board.askings(
            connection, wanted.which, wanted.chosen, moment, start=wanted.start, most=one_more
        )
    shown, shown_quiet = rows[: wanted.most], quiet[: wanted.most]
    children: set[str | None] = {each.child_id for each in shown}
    children |= {each.child_id for each in (*shown_quiet, *handled)}
    return Board(
        wanted=wanted,
        totals={each: sum(group.numbers[each] for group in groups) for each in BoardList},
        groups=groups,
        interventions=_names(intervention for intervention, _ in counted),
        workers=_names(worker for _, worker in counted),
        rows=tuple(shown),
        quiet=tuple(shown_quiet),
        handled=tuple(handled),
        cases=episodes.case_references(work, [each for each in children if each is not None]),
        more=len(rows) > wanted.most or len(quiet) > wanted.most,
        sweep=sweeps.newest(connection),
    )


def _groups(
    counted: Mapping[Group, Mapping[BoardList, int]], chosen: Chosen
) -> tuple[GroupOnBoard, ...]:
    return tuple(
        GroupOnBoard(*group, {each: numbers.get(each, 0) for each in BoardList})
        for group, numbers in sorted(counted.items(), key=lambda each: _alphabetically(each[0]))
        if _fits(group, chosen)
    )


def _alphabetically(group: Group) -> tuple[str, str]:
    return group[0] or "", group[1] or ""


def _fits(group: Group, chosen: Chosen) -> bool:
    intervention, worker = group
    same_kind = chosen.intervention in (None, intervention)
    return same_kind and chosen.worker in (None, worker or board.NOBODY)


def _names(found: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({each for each in found if each is not None}))


# --- in words -----------------------------------------------------------------------------

_WAVES: Final = MappingProxyType(
    {
        "start": "at the start",
        "end": "at the end",
        "3-months": "3 months after",
        "6-months": "6 months after",
    }
)

_WHAT_TO_DO: Final[Mapping[SilenceKind, str]] = MappingProxyType(
    {
        SilenceKind.BLOCKED: "Nothing we write arrives. Ring or visit, ask whether they still want "
        "to be asked, and if so hand over a new link.",
        SilenceKind.UNDELIVERABLE: "What we wrote did not arrive. Ring or visit, and hand over a "
        "new link if the old chat is gone.",
        SilenceKind.UNANSWERED_TWICE: "Two in a row without a reply. At the next visit, ask "
        "whether the questions, the time and the way of asking suit them.",
        SilenceKind.DISENGAGED: "No sign for a long time. Talk with the worker: does the support "
        "go on, and is everything all right?",
        SilenceKind.RE_ENGAGED: "They are back. There is nothing to do.",
    }
)


def what_to_do(kind: str) -> str:
    """Return the next thing to do about somebody who has gone quiet, in plain words."""
    return _WHAT_TO_DO[SilenceKind(kind)]


def wave_in_words(row: BoardRow) -> str:
    """Return at which moment of the support this is asked."""
    return _WAVES.get(row.wave) or f"{row.wave} {row.round}"


def is_half_done(row: BoardRow) -> bool:
    """Tell whether somebody began and has not come to the end: what they said is kept."""
    return row.state in (OccasionState.ANSWERING, OccasionState.PART_ANSWERED)


def state_in_words(row: BoardRow, now: datetime, local: Local) -> str:
    """Return how an asking stands, without anything that was answered."""
    state = OccasionState(row.state)
    if not state.over and row.held_since is not None:
        return f"{_begun(row, state)}; held back by staff since {_day(row.held_since, local)}"
    if not state.over and row.next_at is not None and row.next_at < now - STUCK_AFTER:
        return f"{_begun(row, state)}; should have been looked at {_at(row.next_at, local)}"
    match state:
        case OccasionState.PLANNED:
            return _why_not_asked(row, state, now, local)
        case OccasionState.ANSWERED | OccasionState.PART_ANSWERED | OccasionState.DECLINED:
            ended = f" {_at(row.ended_at, local)}" if row.ended_at is not None else ""
            return f"{_begun(row, state)}{ended}"
        case (
            OccasionState.OFFERED
            | OccasionState.ANSWERING
            | OccasionState.LAPSED
            | OccasionState.SUPPRESSED
            | OccasionState.UNDELIVERABLE
        ):
            return _begun(row, state)
        case _:
            assert_never(state)


_STATES: Final[Mapping[OccasionState, str]] = MappingProxyType(
    {
        OccasionState.PLANNED: "not asked yet",
        OccasionState.OFFERED: "asked, no answer yet",
        OccasionState.ANSWERING: "half done",
        OccasionState.ANSWERED: "answered",
        OccasionState.PART_ANSWERED: "answered in part",
        OccasionState.DECLINED: "did not want to this time",
        OccasionState.LAPSED: "no reply",
        OccasionState.SUPPRESSED: "not to be asked any more",
        OccasionState.UNDELIVERABLE: "could not be delivered",
    }
)


def _begun(row: BoardRow, state: OccasionState) -> str:
    if state is OccasionState.PLANNED and row.offered_at is not None:
        return "asked, wants to be asked later"
    return _STATES[state]


def _why_not_asked(row: BoardRow, state: OccasionState, now: datetime, local: Local) -> str:
    """Return what a planned asking waits for."""
    if row.resting_until is not None and row.resting_until > now:
        return f"wants quiet until {_day(row.resting_until, local)}"
    if row.next_at is not None and row.next_at > max(now, row.due_at):
        return f"{_begun(row, state)}; next time {_at(row.next_at, local)}"
    return _begun(row, state)


def _at(moment: datetime, local: Local) -> str:
    return f"{_day(moment, local)}, {local(moment):%H:%M}"


def _day(moment: datetime, local: Local) -> str:
    here = local(moment)
    return f"{here.day} {here:%b}"
