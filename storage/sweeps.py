"""What should have been sent against what was sent: what a sweep reads, and what it found.

It must not judge, and it holds ids only: no name, no words, no address.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.casework import AnyRow, Casework
from storage.occasions import OccasionState
from storage.outbox import Delivery, OutgoingKind
from storage.sequence import number_at
from storage.tables import (
    occasions,
    outbox,
    participants,
    participations,
    support_episodes,
    suppressions,
    sweeps,
)
from surveys.people import AgeBand, OwnTime, Suits

KEPT_FOR: Final = timedelta(days=400)
"""How long sweeps are kept: a year back can be told."""

MOST: Final = 10_000
"""How many askings one sweep names at most; there is no need to name more to be alarmed."""

_MARGIN: Final = timedelta(hours=1)
"""How far the clocks of processes that number messages may be apart."""

_WHILE_OPEN: Final = ("start", "review")


class Cause(StrEnum):
    """Why an asking that should have been sent was not."""

    NOT_LOOKED_AT = "not-looked-at"
    NEVER_ASKED = "never-asked"
    NOT_WRITTEN = "not-written"
    STUCK = "stuck"
    NOT_SENT = "not-sent"


@dataclass(frozen=True, slots=True)
class Sweep:
    """What one look found: how many should have been sent, how many were, which were not."""

    id: str
    at: datetime
    should: int
    was: int
    missing: Mapping[Cause, tuple[str, ...]]

    @property
    def missing_in_all(self) -> int:
        """How many should have been sent and were not."""
        return self.should - self.was


@dataclass(frozen=True, slots=True)
class Overdue:
    """A planned asking that the clock should have looked at, and what decides about its time."""

    occasion_id: str
    next_at: datetime
    resting_until: datetime | None
    own_time: OwnTime


@dataclass(frozen=True, slots=True)
class Message:
    """A message that asks: its state, and until when it may be under way."""

    state: Delivery
    under_way_until: datetime | None


@dataclass(frozen=True, slots=True)
class Begun:
    """An asking that was offered lately, with its messages, the oldest first."""

    occasion_id: str
    state: OccasionState
    next_at: datetime | None
    window_ends_at: datetime
    messages: tuple[Message, ...]


def overdue(connection: Connection, before: datetime, now: datetime) -> list[Overdue]:
    """Return planned askings at which the clock should have looked before a moment.

    Only of those who may be asked now: joined, taking part, not resting, not held by staff.
    """
    query = (
        select(
            occasions.c.id,
            occasions.c.next_at,
            participants.c.resting_until,
            participants.c.age_band,
            participants.c.council,
            participants.c.suits,
            participants.c.at_most_days,
        )
        .join(participants, participants.c.id == occasions.c.participant_id)
        .join(
            participations,
            and_(
                participations.c.participant_id == occasions.c.participant_id,
                participations.c.episode_id == occasions.c.episode_id,
            ),
        )
        .join(support_episodes, support_episodes.c.id == occasions.c.episode_id)
        .where(
            occasions.c.next_at <= before,
            occasions.c.state == OccasionState.PLANNED.value,
            participations.c.until.is_(None),
            _fits_the_support(),
            *_may_be_asked(now),
        )
        .order_by(occasions.c.next_at, occasions.c.id)
        .limit(MOST)
    )
    return [
        Overdue(row.id, row.next_at, row.resting_until, _own_time(row))
        for row in connection.execute(query)
    ]


def missed(connection: Connection, since: datetime) -> list[str]:
    """Return askings that ended since a moment without anybody having been asked.

    Not of those who rested or were held meanwhile, or who want long quiet between two askings.
    """
    resting = participants.c.resting_until
    held = select(suppressions.c.id).where(
        suppressions.c.participant_id == participants.c.id,
        suppressions.c.lifted_at > occasions.c.due_at,
    )
    query = (
        select(occasions.c.id)
        .join(participants, participants.c.id == occasions.c.participant_id)
        .where(
            occasions.c.state == OccasionState.LAPSED.value,
            occasions.c.ended_at >= since,
            occasions.c.offered_at.is_(None),
            or_(resting.is_(None), resting <= occasions.c.due_at),
            ~held.exists(),
            participants.c.at_most_days <= 1,
            participants.c.status == "joined",
            participants.c.suppressed_at.is_(None),
        )
        .order_by(occasions.c.id)
        .limit(MOST)
    )
    return list(connection.execute(query).scalars())


def begun(connection: Connection, since: datetime, before: datetime, now: datetime) -> list[Begun]:
    """Return what was offered first between two moments, to those who may be asked now."""
    ends_of_ours = (OccasionState.SUPPRESSED.value, OccasionState.UNDELIVERABLE.value)
    query = (
        select(occasions.c.id, occasions.c.state, occasions.c.next_at, occasions.c.window_ends_at)
        .join(participants, participants.c.id == occasions.c.participant_id)
        .where(
            occasions.c.offered_at > since,
            occasions.c.offered_at <= before,
            occasions.c.state.not_in(ends_of_ours),
            *_may_be_asked(now),
        )
        .order_by(occasions.c.id)
    )
    messages = _messages(connection, since)
    return [
        Begun(
            row.id,
            OccasionState(row.state),
            row.next_at,
            row.window_ends_at,
            tuple(messages.get(row.id, ())),
        )
        for row in connection.execute(query)
    ]


def _messages(connection: Connection, since: datetime) -> Mapping[str, list[Message]]:
    """Return the messages since a moment that ask, by asking: one walk along their numbers."""
    query = (
        select(outbox.c.occasion_id, outbox.c.state, outbox.c.due_at, outbox.c.leased_until)
        .where(
            outbox.c.id >= number_at(since - _MARGIN),
            outbox.c.occasion_id.is_not(None),
            outbox.c.kind == OutgoingKind.SEND.value,
        )
        .order_by(outbox.c.id)
    )
    found: dict[str, list[Message]] = defaultdict(list)
    for row in connection.execute(query):
        message = Message(Delivery(row.state), row.due_at or row.leased_until)
        found[row.occasion_id].append(message)
    return found


def _may_be_asked(now: datetime) -> tuple[ColumnElement[bool], ...]:
    resting = participants.c.resting_until
    return (
        participants.c.status == "joined",
        participants.c.suppressed_at.is_(None),
        or_(resting.is_(None), resting <= now),
    )


def _fits_the_support() -> ColumnElement[bool]:
    """While support goes on the start and reviews are asked, after it the rest."""
    while_open = occasions.c.wave.in_(_WHILE_OPEN)
    is_open = support_episodes.c.closed_on.is_(None)
    return or_(and_(while_open, is_open), and_(~while_open, ~is_open))


def _own_time(row: AnyRow) -> OwnTime:
    suits = Suits(row.suits) if row.suits is not None else None
    return OwnTime(AgeBand(row.age_band), row.council, suits, row.at_most_days)


# --- what was found -------------------------------------------------------------------


def add(work: Casework, sweep: Sweep) -> bool:
    """Write down what a sweep found; False where one of this id is there already."""
    build = postgresql.insert if work.connection.dialect.name == "postgresql" else sqlite.insert
    row: dict[str, Any] = {
        "id": sweep.id,
        "at": sweep.at,
        "should": sweep.should,
        "was": sweep.was,
        "missing": json.dumps(
            {cause.value: list(ids) for cause, ids in sweep.missing.items()},
            separators=(",", ":"),
        ),
    }
    statement = build(sweeps).values(row).on_conflict_do_nothing()
    return work.connection.execute(statement).rowcount == 1


def forget_old(work: Casework, now: datetime) -> None:
    """Forget sweeps that nobody needs any more."""
    work.connection.execute(delete(sweeps).where(sweeps.c.at < now - KEPT_FOR))


def newest(connection: Connection) -> Sweep | None:
    """Return what the last sweep found, or None before the first."""
    query = select(sweeps).order_by(sweeps.c.at.desc(), sweeps.c.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    missing = {Cause(cause): tuple(ids) for cause, ids in json.loads(row.missing).items()}
    return Sweep(row.id, row.at, row.should, row.was, missing)


def is_there(connection: Connection, sweep_id: str) -> bool:
    """Tell whether a sweep of this id was made."""
    return (
        connection.execute(select(sweeps.c.id).where(sweeps.c.id == sweep_id)).first() is not None
    )
