"""Lists alerts as staff see them, and counts how those that are over came out.

It must not change anything, and it holds no word of what was written.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, case, func, select

from storage.alerts import AlertKind, Route, StepState
from storage.casework import AnyRow
from storage.tables import alert_steps, alerts, concerns, words

MOST: Final = 200
"""How many alerts are listed at once."""


@dataclass(frozen=True, slots=True)
class Step:
    """By which way a rung was told, and how that went."""

    rung: int
    channel: str
    at: datetime
    state: StepState
    attempts: int
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listed:
    """An alert as staff see it."""

    id: str
    participant_id: str | None
    words_id: str | None
    read_at: datetime | None
    kind: AlertKind
    level: str
    categories: tuple[str, ...]
    route: Route
    rung: int
    raised_at: datetime
    due_at: datetime
    next_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    closed_because: str | None
    steps: tuple[Step, ...] = ()

    @property
    def is_red(self) -> bool:
        """Whether nobody has taken it in hand."""
        return self.acknowledged_at is None

    @property
    def is_unanswered(self) -> bool:
        """Whether it went up the whole ladder and nobody took it: an incident."""
        return self.is_red and self.next_at is None

    @property
    def has_failed(self) -> bool:
        """Whether a notice about it could not leave."""
        return any(step.state is StepState.FAILED for step in self.steps)


_ALERTS: Final = select(
    alerts, concerns.c.categories, concerns.c.words_id, words.c.read_at
).select_from(
    alerts.outerjoin(concerns, concerns.c.id == alerts.c.concern_id).outerjoin(
        words, words.c.id == concerns.c.words_id
    )
)
_SEVERITY: Final = case(
    (alerts.c.level == "crisis", 0),
    (alerts.c.kind == AlertKind.CARER.value, 1),
    (alerts.c.level == "concern", 2),
    else_=3,
)


def still_open(connection: Connection, most: int = MOST) -> list[Listed]:
    """Return what is not closed: what nobody took first, then the gravest, then the oldest."""
    taken = alerts.c.acknowledged_at.is_not(None)
    query = _ALERTS.where(alerts.c.closed_at.is_(None))
    ordered = query.order_by(taken, _SEVERITY, alerts.c.raised_at, alerts.c.id)
    return _listed(connection, ordered.limit(most))


def red(connection: Connection, most: int = MOST) -> list[Listed]:
    """Return what nobody took, the gravest first; without saying who was told."""
    query = _ALERTS.where(alerts.c.acknowledged_at.is_(None))
    ordered = query.order_by(_SEVERITY, alerts.c.raised_at, alerts.c.id)
    return [_one(row, ()) for row in connection.execute(ordered.limit(most))]


def closed_since(connection: Connection, since: datetime, most: int = MOST) -> list[Listed]:
    """Return what was closed since a moment, the newest first."""
    query = _ALERTS.where(alerts.c.closed_at >= since)
    return _listed(connection, query.order_by(alerts.c.closed_at.desc(), alerts.c.id).limit(most))


def drills_since(connection: Connection, since: datetime) -> list[Listed]:
    """Return the drills raised since a moment, the newest first."""
    query = _ALERTS.where(alerts.c.kind == AlertKind.DRILL.value, alerts.c.raised_at >= since)
    return _listed(connection, query.order_by(alerts.c.raised_at.desc(), alerts.c.id))


def one(connection: Connection, alert_id: str) -> Listed | None:
    """Return one alert, or None."""
    found = _listed(connection, _ALERTS.where(alerts.c.id == alert_id))
    return found[0] if found else None


def _listed(connection: Connection, query: Select[Any]) -> list[Listed]:
    rows = list(connection.execute(query))
    steps = _steps(connection, [row.id for row in rows])
    return [_one(row, tuple(steps[row.id])) for row in rows]


def _steps(connection: Connection, ids: Collection[str]) -> dict[str, list[Step]]:
    found: dict[str, list[Step]] = defaultdict(list)
    query = select(alert_steps).where(alert_steps.c.alert_id.in_(ids))
    ordered = query.order_by(alert_steps.c.rung, alert_steps.c.at, alert_steps.c.channel)
    for row in connection.execute(ordered):
        state = StepState(row.state)
        step = Step(row.rung, row.channel, row.at, state, row.attempts, row.sent_at)
        found[row.alert_id].append(step)
    return found


def _one(row: AnyRow, steps: tuple[Step, ...]) -> Listed:
    return Listed(
        id=row.id,
        participant_id=row.participant_id,
        words_id=row.words_id,
        read_at=row.read_at,
        kind=AlertKind(row.kind),
        level=row.level,
        categories=tuple(json.loads(row.categories)) if row.categories else (),
        route=Route(row.route),
        rung=row.rung,
        raised_at=row.raised_at,
        due_at=row.due_at,
        next_at=row.next_at,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        closed_because=row.closed_because,
        steps=steps,
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """How alerts stand now, about nobody: for metrics and for every staff page."""

    red: dict[str, int]
    unanswered: int
    overdue: int
    failed_notices: int
    matcher_fails: bool

    @property
    def red_in_all(self) -> int:
        """How many nobody has taken in hand."""
        return sum(self.red.values())


def count(connection: Connection, now: datetime) -> Counted:
    """Count what waits: by level what nobody took, what is late, and notices that cannot leave."""
    untaken = alerts.c.acknowledged_at.is_(None)
    by_level = select(alerts.c.level, func.count()).where(untaken).group_by(alerts.c.level)
    over = select(func.count()).where(untaken, alerts.c.next_at.is_(None))
    late = select(func.count()).where(untaken, alerts.c.due_at < now)
    failed = (
        select(func.count())
        .select_from(alert_steps.join(alerts, alerts.c.id == alert_steps.c.alert_id))
        .where(untaken, alert_steps.c.state == StepState.FAILED.value)
    )
    not_closed = alerts.c.closed_at.is_(None)
    broken = select(alerts.c.id).where(not_closed, alerts.c.kind == AlertKind.MATCHER.value)
    return Counted(
        red={row[0]: row[1] for row in connection.execute(by_level)},
        unanswered=connection.execute(over).scalar_one(),
        overdue=connection.execute(late).scalar_one(),
        failed_notices=connection.execute(failed).scalar_one(),
        matcher_fails=connection.execute(broken.limit(1)).first() is not None,
    )
