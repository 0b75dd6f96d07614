"""Due moments to ask one person: rows with the local intent, the zone and the UTC instant.

It must not do calendar arithmetic and sends nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Insert, Integer, bindparam, case, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.casework import END_OCCASION, MOVE_OCCASION, AnyRow, Casework
from storage.prepared import Prepared
from storage.tables import Instant, occasions


class OccasionState(StrEnum):
    """Where a due moment stands; the last six are ends."""

    PLANNED = "planned"
    OFFERED = "offered"
    ANSWERING = "answering"
    ANSWERED = "answered"
    PART_ANSWERED = "part-answered"
    DECLINED = "declined"
    LAPSED = "lapsed"
    SUPPRESSED = "suppressed"
    UNDELIVERABLE = "undeliverable"

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        waiting = (OccasionState.PLANNED, OccasionState.OFFERED, OccasionState.ANSWERING)
        return self not in waiting


@dataclass(frozen=True, slots=True)
class Occasion:
    """One due moment; `next_at` is when the clock looks at it again, None when never.

    `rhythm` names the rules by which it was planned; an unknown name means the default ones.
    """

    id: str
    participant_id: str
    participant_key: str
    episode_id: str
    episode_key: str
    role: str
    instrument: str
    wave: str
    round: int
    state: OccasionState
    local_time: str
    zone: str
    due_at: datetime
    window_ends_at: datetime
    next_at: datetime | None
    reminders: int
    offered_at: datetime | None
    ended_at: datetime | None
    run_id: str | None
    rhythm: str = "otherwise"


def _planning(dialect: str) -> Insert:
    """Add a due moment; one that is planned already stays as it is."""
    build = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return build(occasions).on_conflict_do_nothing()


def _planning_anew(dialect: str) -> Insert:
    """Add a due moment; one that was suppressed is planned again, for its new day."""
    build = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = build(occasions)
    keys = ("participant_id", "episode_id", "instrument", "wave", "round")
    moved = ("state", "local_time", "zone", "due_at", "window_ends_at", "next_at", "rhythm")
    return statement.on_conflict_do_update(
        index_elements=[occasions.c[key] for key in keys],
        set_={key: statement.excluded[key] for key in (*moved, "ended_at", "reminders")},
        where=occasions.c.state == OccasionState.SUPPRESSED.value,
    )


_PLAN: Final = Prepared(_planning("sqlite"), _planning("postgresql"))
_PLAN_ANEW: Final = Prepared(_planning_anew("sqlite"), _planning_anew("postgresql"))


def plan(work: Casework, planned: Sequence[Occasion]) -> None:
    """Add due moments at once; one that is planned already stays as it is."""
    if planned:
        _PLAN.run(work.connection, [_row(each) for each in planned])


def plan_later(work: Casework, planned: Occasion) -> None:
    """Gather a due moment; one that is planned already stays as it is."""
    work.change(_PLAN, _row(planned))


def plan_anew(work: Casework, planned: Sequence[Occasion]) -> None:
    """Add due moments at once; one that was suppressed before is planned again, for its new day.

    That is how a support episode ends a second time.
    """
    if planned:
        _PLAN_ANEW.run(work.connection, [_row(each) for each in planned])


def load(work: Casework, occasion_id: str) -> Occasion | None:
    """Return one occasion, or None."""
    row = work.connection.execute(
        select(occasions).where(occasions.c.id == occasion_id)
    ).one_or_none()
    return occasion_from(row) if row is not None else None


def of_participant(work: Casework, participant_id: str) -> list[Occasion]:
    """Return all due moments of one person, oldest first."""
    query = select(occasions).where(occasions.c.participant_id == participant_id)
    rows = work.connection.execute(query.order_by(occasions.c.due_at, occasions.c.id))
    return [occasion_from(row) for row in rows]


def waiting_for(work: Casework, participant_id: str, now: datetime) -> Occasion | None:
    """Return the oldest due moment that somebody could answer now, or None."""
    query = (
        select(occasions)
        .where(
            occasions.c.participant_id == participant_id,
            occasions.c.state.in_([OccasionState.PLANNED.value, OccasionState.OFFERED.value]),
            occasions.c.due_at <= now,
            occasions.c.window_ends_at > now,
        )
        .order_by(occasions.c.due_at, occasions.c.id)
        .limit(1)
    )
    row = work.connection.execute(query).one_or_none()
    return occasion_from(row) if row is not None else None


def move(work: Casework, occasion: Occasion) -> None:
    """Gather the new state of a due moment."""
    work.change(
        MOVE_OCCASION,
        {
            "row_id": occasion.id,
            "state": occasion.state.value,
            "next_at": occasion.next_at,
            "reminders": occasion.reminders,
            "offered_at": occasion.offered_at,
            "ended_at": occasion.ended_at,
            "run_id": occasion.run_id,
        },
    )


def offer(work: Casework, occasion: Occasion, now: datetime, next_at: datetime) -> None:
    """Gather that somebody was asked `now`, the first time or again; look again at `next_at`."""
    work.change(
        MOVE_OCCASION,
        {
            "row_id": occasion.id,
            "state": OccasionState.OFFERED.value,
            "next_at": next_at,
            "reminders": occasion.reminders,
            "offered_at": occasion.offered_at or now,
            "ended_at": occasion.ended_at,
            "run_id": occasion.run_id,
        },
    )


def end(work: Casework, occasion_id: str, state: OccasionState, now: datetime) -> None:
    """Gather the end of a due moment."""
    ended = {"row_id": occasion_id, "state": state.value, "next_at": None, "ended_at": now}
    work.change(END_OCCASION, ended)


_NAMES: Final = tuple(each.name for each in fields(Occasion))
_STATE_AT: Final = _NAMES.index("state")
_DUE: Final = (
    select(*(occasions.c[name] for name in _NAMES))
    .where(occasions.c.next_at <= bindparam("now", type_=Instant))
    .order_by(occasions.c.next_at)
    .limit(bindparam("most", type_=Integer))
)
_CLAIM: Final = Prepared(_DUE, _DUE.with_for_update(skip_locked=True))


def claim_due(work: Casework, now: datetime, most: int) -> list[Occasion]:
    """Take due moments that the clock must look at, oldest first.

    They are dealt with in this same transaction: on PostgreSQL others skip the locked rows, on
    SQLite there is one writer. So none is lost and none is doubled, and no lease is needed.
    Those of one moment come as the index holds them: to sort a whole service's four o'clock anew
    for every fifty costs more than all the rest.
    """
    (due,) = _CLAIM.fetch(work.connection, [{"now": now, "most": most}])
    for row in due:
        row[_STATE_AT] = OccasionState(row[_STATE_AT])
    return [Occasion(*row) for row in due]


def suppress(
    work: Casework, participant_id: str, now: datetime, *, episode_id: str | None = None
) -> int:
    """End what is planned for or offered to somebody, in one support episode or in all.

    Returns how many due moments that were.
    """
    theirs = occasions.c.participant_id == participant_id
    here = () if episode_id is None else (occasions.c.episode_id == episode_id,)
    return _suppress(work, now, theirs, *here)


def _suppress(work: Casework, now: datetime, *which: ColumnElement[bool]) -> int:
    """End those of these due moments with which nobody has begun."""
    not_begun = [OccasionState.PLANNED.value, OccasionState.OFFERED.value]
    ended = work.connection.execute(
        update(occasions)
        .where(occasions.c.state.in_(not_begun), *which)
        .values(state=OccasionState.SUPPRESSED.value, next_at=None, ended_at=now)
    )
    return ended.rowcount


def revive(
    work: Casework, participant_id: str, episode_id: str, waves: Sequence[str], now: datetime
) -> None:
    """Plan again what was suppressed of these waves, where answers still count."""
    work.connection.execute(
        update(occasions)
        .where(
            occasions.c.participant_id == participant_id,
            occasions.c.episode_id == episode_id,
            occasions.c.wave.in_(waves),
            occasions.c.state == OccasionState.SUPPRESSED.value,
            occasions.c.window_ends_at > now,
        )
        .values(
            state=OccasionState.PLANNED.value,
            next_at=case(
                (occasions.c.due_at > now, occasions.c.due_at),
                else_=literal(now, occasions.c.due_at.type),
            ),
            ended_at=None,
        )
    )


_END_REVIEWS: Final = Prepared(
    update(occasions)
    .where(
        occasions.c.episode_id == bindparam("episode"),
        occasions.c.wave == "review",
        or_(
            occasions.c.state == OccasionState.PLANNED.value,
            occasions.c.state == OccasionState.OFFERED.value,
        ),
    )
    .values(state=OccasionState.SUPPRESSED.value, next_at=None, ended_at=bindparam("ended_at"))
)


def end_reviews(work: Casework, episode_id: str, now: datetime) -> None:
    """End the reviews of a support episode that has ended: the end is asked instead."""
    _END_REVIEWS.run(work.connection, [{"episode": episode_id, "ended_at": now}])


def end_what_follows(work: Casework, episode_id: str, now: datetime) -> None:
    """Take back what is asked at the end and after it: the support goes on."""
    after = occasions.c.wave.not_in(["start", "review"])
    _suppress(work, now, occasions.c.episode_id == episode_id, after)


def occasion_from(row: AnyRow) -> Occasion:
    """Build an occasion from a row of the table."""
    return Occasion(
        id=row.id,
        participant_id=row.participant_id,
        participant_key=row.participant_key,
        episode_id=row.episode_id,
        episode_key=row.episode_key,
        role=row.role,
        instrument=row.instrument,
        wave=row.wave,
        round=row.round,
        state=OccasionState(row.state),
        local_time=row.local_time,
        zone=row.zone,
        due_at=row.due_at,
        window_ends_at=row.window_ends_at,
        next_at=row.next_at,
        reminders=row.reminders,
        offered_at=row.offered_at,
        ended_at=row.ended_at,
        run_id=row.run_id,
        rhythm=row.rhythm,
    )


def _row(each: Occasion) -> dict[str, Any]:
    return {
        "id": each.id,
        "participant_id": each.participant_id,
        "participant_key": each.participant_key,
        "episode_id": each.episode_id,
        "episode_key": each.episode_key,
        "role": each.role,
        "instrument": each.instrument,
        "wave": each.wave,
        "round": each.round,
        "state": each.state.value,
        "local_time": each.local_time,
        "zone": each.zone,
        "due_at": each.due_at,
        "window_ends_at": each.window_ends_at,
        "next_at": each.next_at,
        "reminders": each.reminders,
        "offered_at": each.offered_at,
        "ended_at": each.ended_at,
        "run_id": each.run_id,
        "rhythm": each.rhythm,
    }
