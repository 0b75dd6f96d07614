"""The lists of the follow-ups' board: how askings stand and who has gone quiet, in a few queries.

It must not read an answer, a word or a name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, assert_never

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from storage.counts import STUCK_AFTER
from storage.occasions import OccasionState
from storage.tables import occasions, participants, silences, support_episodes
from storage.walls import Caseload, is_own

ANSWERED_SINCE: Final = timedelta(days=28)
"""For how long an answer stands on the board."""

_WAITING: Final = (
    OccasionState.PLANNED.value,
    OccasionState.OFFERED.value,
    OccasionState.ANSWERING.value,
)
_ANSWERED: Final = (OccasionState.ANSWERED.value, OccasionState.PART_ANSWERED.value)


class BoardList(StrEnum):
    """The lists of the board.

    `due-today`: falls due on this local day and is not over. `late`: fell due before today and
    nobody was asked, or its time ran out, or the clock has not looked at it when it should have.
    `answered`: in the last four weeks. `quiet`: people who have gone quiet, and whom nobody of the
    staff takes care of yet.
    """

    DUE_TODAY = "due-today"
    LATE = "late"
    ANSWERED = "answered"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, and when the local day begins and ends."""

    now: datetime
    day_begins: datetime
    day_ends: datetime


NOBODY: Final = "-"
"""The worker of support that no worker is named for."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which kind of support and whose; None is every one. A worker may be NOBODY.

    `within` is the caseload beyond which nothing is found, None for everybody's.
    """

    intervention: str | None = None
    worker: str | None = None
    within: Caseload | None = None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One asking on the staff's board: when and how it stands, and nothing that was answered.

    `child_id` names the child whose case reference it goes by. `held_since` is set while staff let
    nobody ask this person.
    """

    occasion_id: str
    participant_id: str
    role: str
    age_band: str
    child_id: str
    intervention: str
    worker: str | None
    instrument: str
    wave: str
    round: int
    state: str
    due_at: datetime
    next_at: datetime | None
    window_ends_at: datetime
    offered_at: datetime | None
    ended_at: datetime | None
    reminders: int
    resting_until: datetime | None
    held_since: datetime | None


@dataclass(frozen=True, slots=True)
class QuietRow:
    """Somebody who has gone quiet; `intervention` is None where no support is named."""

    fact_id: str
    participant_id: str
    role: str
    age_band: str
    child_id: str | None
    intervention: str | None
    worker: str | None
    kind: str
    at: datetime
    handled_at: datetime | None
    handled_by: str | None


_ROW: Final = (
    occasions.c.id,
    occasions.c.participant_id,
    occasions.c.role,
    participants.c.age_band,
    support_episodes.c.child_id,
    support_episodes.c.intervention,
    support_episodes.c.worker,
    occasions.c.instrument,
    occasions.c.wave,
    occasions.c.round,
    occasions.c.state,
    occasions.c.due_at,
    occasions.c.next_at,
    occasions.c.window_ends_at,
    occasions.c.offered_at,
    occasions.c.ended_at,
    occasions.c.reminders,
    participants.c.resting_until,
    participants.c.suppressed_at,
)


def askings(
    connection: Connection,
    which: BoardList,
    chosen: Chosen,
    moment: Moment,
    *,
    start: int,
    most: int,
) -> list[BoardRow]:
    """Return some askings of one list: the oldest first, but the newest answers first."""
    by = occasions.c.ended_at.desc() if which is BoardList.ANSWERED else occasions.c.due_at
    query = (
        _of_askings(select(*_ROW))
        .where(_condition(which, moment), *_is_chosen(chosen))
        .order_by(by, occasions.c.id)
        .offset(start)
        .limit(most)
    )
    return [BoardRow(*row) for row in connection.execute(query)]


def quiet(
    connection: Connection, chosen: Chosen, *, handled: bool, start: int, most: int
) -> list[QuietRow]:
    """Return some of those who have gone quiet, the longest first.

    `handled`: those of whom somebody takes care, the newest first, so that it can be undone.
    """
    columns = (
        silences.c.id,
        silences.c.participant_id,
        participants.c.role,
        participants.c.age_band,
        support_episodes.c.child_id,
        support_episodes.c.intervention,
        support_episodes.c.worker,
        silences.c.kind,
        silences.c.at,
        silences.c.handled_at,
        silences.c.handled_by,
    )
    by = silences.c.handled_at.desc() if handled else silences.c.at
    query = (
        _of_silences(select(*columns), handled=handled)
        .where(*_is_chosen(chosen))
        .order_by(by, silences.c.id)
        .offset(start)
        .limit(most)
    )
    return [QuietRow(*row) for row in connection.execute(query)]


Group = tuple[str | None, str | None]
"""A kind of support and its worker."""


def count_groups(
    connection: Connection, moment: Moment, within: Caseload | None = None
) -> Mapping[Group, Mapping[BoardList, int]]:
    """Return how much stands on each list, by kind of support and worker: two queries."""
    walls = _is_chosen(Chosen(within=within))
    lists = (BoardList.DUE_TODAY, BoardList.LATE, BoardList.ANSWERED)
    conditions = [_condition(each, moment) for each in lists]
    group = (support_episodes.c.intervention, support_episodes.c.worker)
    counted = _of_askings(
        select(*group, *(func.sum(case((each, 1), else_=0)) for each in conditions))
    ).where(or_(*conditions), *walls)
    found: dict[Group, dict[BoardList, int]] = defaultdict(dict)
    for row in connection.execute(counted.group_by(*group)):
        found[row[0], row[1]].update(zip(lists, map(int, row[2:]), strict=True))
    gone_quiet = _of_silences(select(*group, func.count()), handled=False).where(*walls)
    for row in connection.execute(gone_quiet.group_by(*group)):
        found[row[0], row[1]][BoardList.QUIET] = row[2]
    return found


def _of_askings(query: Select[Any]) -> Select[Any]:
    return query.select_from(
        occasions.join(participants, participants.c.id == occasions.c.participant_id).join(
            support_episodes, support_episodes.c.id == occasions.c.episode_id
        )
    )


def _of_silences(query: Select[Any], *, handled: bool) -> Select[Any]:
    """Silences that have not ended, of those whom we may ask."""
    cared_for = silences.c.handled_at.is_not(None) if handled else silences.c.handled_at.is_(None)
    return query.select_from(
        silences.join(participants, participants.c.id == silences.c.participant_id).outerjoin(
            support_episodes, support_episodes.c.id == silences.c.episode_id
        )
    ).where(
        silences.c.over_at.is_(None),
        cared_for,
        participants.c.status == "joined",
        participants.c.suppressed_at.is_(None),
    )


def _is_chosen(chosen: Chosen) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if chosen.intervention is not None:
        found.append(support_episodes.c.intervention == chosen.intervention)
    if chosen.worker == NOBODY:
        found.append(support_episodes.c.worker.is_(None))
    elif chosen.worker is not None:
        found.append(support_episodes.c.worker == chosen.worker)
    if chosen.within is not None:
        found.append(is_own(chosen.within))
    return found


def _condition(which: BoardList, moment: Moment) -> ColumnElement[bool]:
    waits = occasions.c.state.in_(_WAITING)
    due = occasions.c.due_at
    match which:
        case BoardList.DUE_TODAY:
            return and_(waits, due >= moment.day_begins, due < moment.day_ends)
        case BoardList.LATE:
            return or_(_never_asked(moment), and_(waits, _let_slip(moment)))
        case BoardList.ANSWERED:
            since = moment.now - ANSWERED_SINCE
            return and_(occasions.c.state.in_(_ANSWERED), occasions.c.ended_at > since)
        case BoardList.QUIET:
            msg = "who has gone quiet is no asking"
            raise ValueError(msg)
        case _:
            assert_never(which)


def _never_asked(moment: Moment) -> ColumnElement[bool]:
    """Fell due before today, nobody was asked, and the person wants no quiet."""
    resting = participants.c.resting_until
    return and_(
        occasions.c.state == OccasionState.PLANNED.value,
        occasions.c.offered_at.is_(None),
        occasions.c.due_at < moment.day_begins,
        participants.c.status == "joined",
        participants.c.suppressed_at.is_(None),
        or_(resting.is_(None), resting <= moment.now),
    )


def _let_slip(moment: Moment) -> ColumnElement[bool]:
    """The clock should have looked at it and has not, or its time is over."""
    return or_(
        occasions.c.next_at < moment.now - STUCK_AFTER,
        occasions.c.window_ends_at <= moment.now,
    )
