"""The weekly drill through the live path, and the report: what was a false alarm, how drills went.

A drill is an alert like any other but for its kind: what leaves says the same words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from storage import alert_list, alerts, audit
from storage.alert_list import Listed
from storage.alerts import AlertKind
from storage.casework import Connection
from usecases import alerting
from usecases.alerting_desk import ClosedBecause
from usecases.inviting import By
from usecases.service import Service

DRILLS_SHOWN: Final = timedelta(weeks=8)
"""How far back a report tells of drills."""

_CLOCK: Final = "clock"


async def raise_weekly(service: Service, now: datetime) -> str | None:
    """Raise this week's drill when it is due, in duty hours; return its id, or None.

    The id names the week, so that a week has one drill whatever restarts and however many clocks
    ring. A week in which nobody was there after that moment has none.
    """
    drill = service.ladder.drill
    local = service.rhythm.local(now)
    if drill is None or not service.rhythm.staffed(now):
        return None
    if (local.weekday(), local.time()) < (drill.weekday.number, drill.at):
        return None
    year, week, _ = local.date().isocalendar()
    return await _raise(service, now, _CLOCK, f"drill-{year}-w{week:02}")


async def raise_now(service: Service, by: By) -> str:
    """Raise a drill at once; return its id."""
    raised = await _raise(service, by.now, by.who, None)
    return raised or ""


async def _raise(service: Service, now: datetime, who: str, alert_id: str | None) -> str | None:
    def work(connection: Connection) -> str | None:
        casework = service.open(connection)
        if alert_id is not None and alerts.exists(casework, alert_id):
            return None
        raised = alerting.raise_watch(casework, service, AlertKind.DRILL, now, alert_id)
        audit.note(casework, who, "raised drill", raised, now)
        casework.flush()
        return raised

    return await service.lane.write(work)


# --- the report -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Precision:
    """How many alerts of one category were closed, and how many of them were no concern."""

    category: str
    closed: int
    no_concern: int

    @property
    def share(self) -> float:
        """The share that was no concern, 0 to 1."""
        return self.no_concern / self.closed if self.closed else 0.0


@dataclass(frozen=True, slots=True)
class DrillOutcome:
    """How one drill went: who took it after how long, and how far up it had to go."""

    raised_at: datetime
    taken_by: str | None
    minutes: int | None
    rung: int
    unanswered: bool
    failed: bool


@dataclass(frozen=True, slots=True)
class Report:
    """Alerts closed since a moment, in all and by category, and the drills of the last weeks."""

    since: datetime
    all: Precision
    categories: tuple[Precision, ...]
    drills: tuple[DrillOutcome, ...]


async def report(service: Service, weeks: int, now: datetime) -> Report:
    """Return how many of the alerts closed in so many weeks were no concern, by category.

    Words with several categories count under each. Drills are told apart and count nowhere else.
    """
    since = now - timedelta(weeks=weeks)

    def work(connection: Connection) -> Report:
        closed = alert_list.closed_since(connection, since, most=100_000)
        drills = alert_list.drills_since(connection, now - max(DRILLS_SHOWN, now - since))
        return summarise(since, closed, drills)

    return await service.lane.read(work)


def summarise(since: datetime, closed: Iterable[Listed], drills: Sequence[Listed]) -> Report:
    """Return the report on these alerts."""
    total: Counter[str] = Counter()
    false: Counter[str] = Counter()
    everything = [each for each in closed if each.kind is not AlertKind.DRILL]
    for each in everything:
        for category in each.categories or (each.kind.value,):
            total[category] += 1
            false[category] += _was_no_concern(each)
    wrong = sum(map(_was_no_concern, everything))
    return Report(
        since=since,
        all=Precision("all", len(everything), wrong),
        categories=tuple(
            Precision(category, number, false[category])
            for category, number in sorted(total.items(), key=lambda item: (-item[1], item[0]))
        ),
        drills=tuple(map(_outcome, drills)),
    )


def _was_no_concern(alert: Listed) -> bool:
    known = {each.value: each for each in ClosedBecause}
    reason = known.get(alert.closed_because or "")
    return reason is not None and reason.was_no_concern


def _outcome(drill: Listed) -> DrillOutcome:
    taken = drill.acknowledged_at
    minutes = None if taken is None else int((taken - drill.raised_at).total_seconds() // 60)
    return DrillOutcome(
        raised_at=drill.raised_at,
        taken_by=drill.acknowledged_by,
        minutes=minutes,
        rung=drill.rung,
        unanswered=drill.is_unanswered,
        failed=drill.has_failed,
    )
