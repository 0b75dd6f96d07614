"""Alerts and how far up the ladder each has gone: rows that a clock looks at, and who took which.

It must not hold a word of what was written, and it decides neither who is told nor when.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import select, update

from storage.casework import AnyRow, Casework
from storage.tables import (
    alert_steps,
    alerts,
    participations,
    support_episodes,
    wishes,
    words,
)


class AlertKind(StrEnum):
    """What an alert is about; what was written stays with the words."""

    CONCERN = "concern"
    CARER = "carer-breaking-point"
    NOT_UNDERSTOOD = "not-understood"
    WANTS_PERSON = "wants-person"
    ANOTHER = "wants-another-person"
    HELP_NOW = "help-now"
    MEDIA = "media-came"
    MATCHER = "matcher-fails"
    OVERDUE = "words-overdue"
    STUCK = "updates-stuck"
    WISHES = "wishes-due"
    DRILL = "drill"


class Route(StrEnum):
    """Who may know of an alert at all.

    `not-worker`: not the child's own worker. `lead-only`: from the safeguarding lead upwards, and
    never the child's own worker, whatever else they are.
    """

    ALL = "all"
    NOT_WORKER = "not-worker"
    LEAD_ONLY = "lead-only"


class StepState(StrEnum):
    """How one notice stands. `shown` is the staff page; `stopped`: taken before it left."""

    SHOWN = "shown"
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    STOPPED = "stopped"


PAGE: Final = "page"
"""The channel that every rung has: the staff page."""


@dataclass(frozen=True, slots=True)
class NewAlert:
    """An alert on its way in; `rung` counts from 0 at the bottom of the ladder."""

    id: str
    participant_id: str | None
    concern_id: str | None
    kind: AlertKind
    level: str
    route: Route
    rung: int
    due_at: datetime
    next_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert that is not closed; `climbs`: nobody took it yet, and somebody is still told."""

    kind: AlertKind
    route: Route
    climbs: bool


@dataclass(frozen=True, slots=True)
class NewStep:
    """That an alert is put before a rung by one way; `due_at` while a notice has to leave."""

    id: str
    alert_id: str
    rung: int
    channel: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Climber:
    """An alert whose time on its rung is over."""

    id: str
    participant_id: str | None
    kind: AlertKind
    level: str
    route: Route
    rung: int
    next_at: datetime


def add(work: Casework, new: NewAlert, now: datetime) -> None:
    """Gather a new alert."""
    work.insert(
        alerts,
        {
            "id": new.id,
            "participant_id": new.participant_id,
            "concern_id": new.concern_id,
            "kind": new.kind.value,
            "level": new.level,
            "route": new.route.value,
            "rung": new.rung,
            "raised_at": now,
            "due_at": new.due_at,
            "next_at": new.next_at,
            "acknowledged_at": None,
            "acknowledged_by": None,
            "closed_at": None,
            "closed_by": None,
            "closed_because": None,
        },
    )


def add_step(work: Casework, new: NewStep, now: datetime) -> None:
    """Gather that an alert is put before a rung: at once on the page, or by a notice to leave."""
    state = StepState.SHOWN if new.due_at is None else StepState.WAITING
    work.insert(
        alert_steps,
        {
            "id": new.id,
            "alert_id": new.alert_id,
            "rung": new.rung,
            "channel": new.channel,
            "at": now,
            "due_at": new.due_at,
            "attempts": 0,
            "sent_at": None,
            "state": state.value,
        },
    )


# --- what is known before one is raised -----------------------------------------------------------


def standing(work: Casework, participant_id: str) -> list[Standing]:
    """Return each alert of theirs that is not closed."""
    query = select(alerts.c.kind, alerts.c.route, alerts.c.next_at).where(
        alerts.c.participant_id == participant_id, alerts.c.closed_at.is_(None)
    )
    return [
        Standing(AlertKind(row.kind), Route(row.route), row.next_at is not None)
        for row in work.connection.execute(query)
    ]


def wants_no_worker(work: Casework, participant_id: str) -> bool:
    """Tell whether somebody ever said that they do not want their worker.

    What they were told then holds for good: also when that alert is closed.
    """
    query = select(alerts.c.id).where(
        alerts.c.participant_id == participant_id, alerts.c.kind == AlertKind.ANOTHER.value
    )
    return work.connection.execute(query.limit(1)).first() is not None


def is_standing(work: Casework, kind: AlertKind, since: datetime) -> bool:
    """Tell whether an alert of this kind, about nobody, raised since then, is not closed."""
    query = select(alerts.c.id).where(
        alerts.c.kind == kind.value,
        alerts.c.participant_id.is_(None),
        alerts.c.closed_at.is_(None),
        alerts.c.raised_at > since,
    )
    return work.connection.execute(query.limit(1)).first() is not None


def are_words_overdue(work: Casework, now: datetime) -> bool:
    """Tell whether any words should have been read by now and were not."""
    query = select(words.c.id).where(words.c.read_at.is_(None), words.c.read_by_at < now)
    return work.connection.execute(query.limit(1)).first() is not None


def are_wishes_due(work: Casework, before: datetime) -> bool:
    """Tell whether anybody waits for an answer that they were promised before this moment."""
    query = select(wishes.c.id).where(wishes.c.decided_at.is_(None), wishes.c.due_at < before)
    return work.connection.execute(query.limit(1)).first() is not None


def was_raised(work: Casework, kind: AlertKind, since: datetime) -> bool:
    """Tell whether an alert of this kind, about nobody, was raised since then, closed or not."""
    query = select(alerts.c.id).where(
        alerts.c.kind == kind.value,
        alerts.c.participant_id.is_(None),
        alerts.c.raised_at > since,
    )
    return work.connection.execute(query.limit(1)).first() is not None


def exists(work: Casework, alert_id: str) -> bool:
    """Tell whether there is an alert with this id."""
    query = select(alerts.c.id).where(alerts.c.id == alert_id)
    return work.connection.execute(query).first() is not None


def workers_of(work: Casework, participant_ids: Collection[str]) -> dict[str, frozenset[str]]:
    """Return who looks after the child of each, in any support that goes on and they answer in."""
    query = (
        select(participations.c.participant_id, support_episodes.c.worker)
        .join(support_episodes, support_episodes.c.id == participations.c.episode_id)
        .where(
            participations.c.participant_id.in_(sorted(participant_ids)),
            support_episodes.c.closed_on.is_(None),
            support_episodes.c.worker.is_not(None),
        )
    )
    found: dict[str, set[str]] = {each: set() for each in participant_ids}
    for row in work.connection.execute(query) if found else ():
        found[row.participant_id].add(row.worker)
    return {each: frozenset(workers) for each, workers in found.items()}


# --- climbing -------------------------------------------------------------------------------------

_CLIMBER: Final = tuple(
    alerts.c[name] for name in ("id", "participant_id", "kind", "level", "route", "rung", "next_at")
)


def turn(work: Casework, participant_id: str, route: Route) -> list[Climber]:
    """Keep what stands of somebody from more people; what is kept from more of them stays so.

    Returns those that were turned and still climb, as they are now: whoever knew of one may not be
    told any more.
    """
    wider = (
        [Route.ALL.value]
        if route is Route.NOT_WORKER
        else [Route.ALL.value, Route.NOT_WORKER.value]
    )
    these = (
        alerts.c.participant_id == participant_id,
        alerts.c.closed_at.is_(None),
        alerts.c.route.in_(wider),
    )
    rows = list(work.connection.execute(select(*_CLIMBER).where(*these)))
    work.connection.execute(update(alerts).where(*these).values(route=route.value))
    return [replace(_climber(row), route=route) for row in rows if row.next_at is not None]


def claim_climbers(work: Casework, now: datetime, most: int) -> list[Climber]:
    """Return alerts whose time on their rung is over; on PostgreSQL others skip these rows."""
    query = (
        select(*_CLIMBER)
        .where(alerts.c.next_at <= now, alerts.c.acknowledged_at.is_(None))
        .order_by(alerts.c.next_at, alerts.c.id)
        .limit(most)
    )
    if work.connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    return [_climber(row) for row in work.connection.execute(query)]


def _climber(row: AnyRow) -> Climber:
    return Climber(
        row.id,
        row.participant_id,
        AlertKind(row.kind),
        row.level,
        Route(row.route),
        row.rung,
        row.next_at,
    )


def climb(work: Casework, seen: Climber, rung: int, next_at: datetime | None) -> bool:
    """Move an alert up, if it stands as it was read; `next_at` None where there is no rung left."""
    moved = (
        update(alerts)
        .where(
            alerts.c.id == seen.id,
            alerts.c.rung == seen.rung,
            alerts.c.next_at == seen.next_at,
            alerts.c.acknowledged_at.is_(None),
        )
        .values(rung=rung, next_at=next_at)
    )
    return work.connection.execute(moved).rowcount == 1
