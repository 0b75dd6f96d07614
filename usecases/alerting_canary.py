"""Watches over the reading: texts of our own by the live rules, and words that wait too long.

It must not look into anybody's words. Every text waits for a person, whatever the rules do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from storage import alerts, inbox
from storage.alerts import AlertKind
from storage.casework import Connection
from surveys.concerns import Concern, ConcernLevel, notice
from usecases import alerting
from usecases.service import Service
from usecases.stranded import TRIES

PATIENCE: Final = 5.0
"""Seconds in which a short text must be graded, also on a busy machine."""

CANARIES: Final = (
    ("i want to kill myself", ConcernLevel.CRISIS),
    ("my foster dad hits me with a belt", ConcernLevel.CONCERN),
    ("we had pizza and it was nice", ConcernLevel.NONE),
)
"""Plain texts, and how urgent each must come out at least; the last must not come out at all."""

BEFORE_AN_ANSWER_IS_DUE: Final = timedelta(days=3)
"""How long before an answer is owed to somebody those who decide are told, each day."""

Grade = Callable[[str], Concern | None]


async def sing(service: Service, now: datetime, grade: Grade = notice) -> bool:
    """Grade every canary; where one comes out wrong or slowly, raise an alert once.

    The alert goes up the ladder like any other. Returns whether all came out right.
    """
    if await _all_come_out_right(grade):
        return True

    await service.lane.write(
        lambda connection: _raise_once(service, connection, AlertKind.MATCHER, now)
    )
    return False


async def look_for_overdue(service: Service, now: datetime) -> bool:
    """Raise an alert where words wait that should have been read; return whether one was.

    And one where something that was sent is not tried any more, and nobody made anything of it; one
    a day where somebody is soon owed an answer about what is kept of them.
    """

    def work(connection: Connection) -> bool:
        raised = []
        if alerts.are_words_overdue(service.open(connection), now):
            raised.append(_raise_once(service, connection, AlertKind.OVERDUE, now))
        if inbox.given_up(connection, 1, TRIES):
            raised.append(_raise_once(service, connection, AlertKind.STUCK, now))
        raised.append(_raise_for_wishes(service, connection, now))
        return any(raised)

    return await service.lane.write(work)


def _raise_for_wishes(service: Service, connection: Connection, now: datetime) -> bool:
    """Raise an alert before an answer is late: to decide takes days, so once a day is enough."""
    work = service.open(connection)
    if not alerts.are_wishes_due(work, now + BEFORE_AN_ANSWER_IS_DUE):
        return False
    if alerts.was_raised(work, AlertKind.WISHES, now - alerting.AGAIN_AFTER):
        return False
    return _raise_once(service, connection, AlertKind.WISHES, now)


def _raise_once(service: Service, connection: Connection, kind: AlertKind, now: datetime) -> bool:
    work = service.open(connection)
    raised = alerting.raise_once(work, service, kind, now)
    work.flush()
    return raised


async def _all_come_out_right(grade: Grade) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            graded = await asyncio.to_thread(lambda: [grade(text) for text, _ in CANARIES])
    except Exception:  # noqa: BLE001 - whatever breaks, the rules cannot be trusted now
        return False
    return all(map(_is_right, graded, (level for _, level in CANARIES)))


def _is_right(found: Concern | None, least: ConcernLevel) -> bool:
    """Tell whether a text came out as it must; one that the rules broke on never does."""
    if found is None:
        return least is ConcernLevel.NONE
    if least is ConcernLevel.NONE or "matcher.broken" in found.reasons:
        return False
    return found.level >= least
