"""What staff do with alerts: see what waits, take it in hand, close it with a reason, undo that.

An alert is not there for somebody who must not know of it; it never shows what was written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from storage import alert_list, alert_taking, alert_walls, audit
from storage.alert_list import Counted, Listed
from storage.alerts import AlertKind, Route
from storage.casework import Casework, Connection
from usecases import walls
from usecases.inviting import By
from usecases.ladder import Rung
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.walls import EVERYTHING

LATELY: Final = timedelta(days=7)
"""How long a closed alert is shown, so that a slip can be undone."""

NOT_THERE: Final = "There is no such alert, or somebody has it in hand already."


class ClosedBecause(StrEnum):
    """How an alert came out; those that begin with `not-` were no concern."""

    SPOKE = "spoke-with-them"
    TOLD_SOCIAL_WORKER = "told-social-worker"
    TOLD_LEAD = "told-safeguarding-lead"
    TOLD_EMERGENCY = "told-999-or-111"
    TOLD_LADO = "told-designated-officer"
    KNOWN = "known-and-in-hand"
    DRILL = "drill"
    NOT_MEANT = "not-a-concern-way-of-speaking"
    NOT_REAL = "not-a-concern-song-game-or-story"
    NOT_THEM = "not-a-concern-about-somebody-else"
    NOT_READ_RIGHT = "not-a-concern-words-read-wrongly"
    NOT_OURS = "not-a-concern-test-or-mistake"

    @property
    def was_no_concern(self) -> bool:
        """Whether the alert was a false alarm."""
        return self.value.startswith("not-")


@dataclass(frozen=True, slots=True)
class Board:
    """The alerts that somebody may see: open ones, those closed lately; who cannot be reached."""

    standing: tuple[Listed, ...]
    closed: tuple[Listed, ...]
    unreached: tuple[Rung, ...]
    counted: Counted


async def look(service: Service, by: By) -> Board:
    """Return what is not closed, what nobody took first, and what was closed lately."""

    def work(connection: Connection) -> Board:
        casework = service.open(connection)
        may = _sieve(casework, by)
        return Board(
            tuple(filter(may, alert_list.still_open(connection))),
            tuple(filter(may, alert_list.closed_since(connection, by.now - LATELY))),
            unreached(service),
            alert_list.count(connection, by.now),
        )

    return await service.lane.read(work)


async def how_many_red(service: Service, by: By) -> int:
    """Return how many alerts wait to be taken in hand by somebody, of those they may see."""

    def work(connection: Connection) -> int:
        found = alert_list.red(connection)
        if not found:
            return 0
        return sum(map(_sieve(service.open(connection), by), found))

    return await service.lane.read(work)


def unreached(service: Service) -> tuple[Rung, ...]:
    """Return the rungs on which nobody can be reached but by the staff page."""
    reached = service.ladder.reached
    return tuple(rung for rung in Rung if rung not in reached)


async def count(service: Service, now: datetime) -> Counted:
    """Return how alerts stand, for metrics."""
    return await service.lane.read(lambda connection: alert_list.count(connection, now))


async def acknowledge(service: Service, alert_id: str, by: By) -> None:
    """Take an alert in hand, by name. Raises Refusal where it is not there or is taken."""

    def work(casework: Casework) -> bool:
        done = alert_taking.acknowledge(casework, alert_id, by.who, by.now)
        if done:
            audit.note(casework, by.who, "took alert", alert_id, by.now)
        return done

    await _do(service, alert_id, by, work)


async def close(service: Service, alert_id: str, by: By, because: ClosedBecause) -> None:
    """Close an alert with a reason from the list. Raises Refusal where it is not there."""

    def work(casework: Casework) -> bool:
        done = alert_taking.close(casework, alert_id, by.who, because.value, by.now)
        if done:
            audit.note(casework, by.who, f"closed alert: {because.value}", alert_id, by.now)
        return done

    await _do(service, alert_id, by, work)


async def reopen(service: Service, alert_id: str, by: By) -> None:
    """Open again what was closed by mistake. Raises Refusal where it is not there."""

    def work(casework: Casework) -> bool:
        done = alert_taking.reopen(casework, alert_id)
        if done:
            audit.note(casework, by.who, "opened alert again", alert_id, by.now)
        return done

    await _do(service, alert_id, by, work)


async def _do(service: Service, alert_id: str, by: By, work: Callable[[Casework], bool]) -> None:
    def inside(connection: Connection) -> bool:
        casework = service.open(connection)
        found = alert_list.one(connection, alert_id)
        if found is None or not _sieve(casework, by)(found):
            return False
        done = work(casework)
        casework.flush()
        return done

    if not await service.lane.write(inside):
        raise Refusal(NOT_THERE)


def _sieve(work: Casework, by: By) -> Callable[[Listed], bool]:
    """Return what tells whether somebody may know of an alert.

    Never one that may be about themselves; an allegation only from the safeguarding lead upwards;
    of the others, those of their caseload, and those about nobody.
    """
    kept = frozenset[str]() if by.sight is EVERYTHING else alert_walls.kept_alerts(work, by.who)
    leads = bool(by.sight.roles & walls.LEADS)
    casework = bool(by.sight.roles & walls.CASEWORK)

    def may(alert: Listed) -> bool:
        if not casework or alert.id in kept or (alert.route is Route.LEAD_ONLY and not leads):
            return False
        if alert.participant_id is None:
            return by.sight.sees_everybody or alert.kind is AlertKind.DRILL
        return walls.may_see_person(work, by.sight, alert.participant_id)

    return may
