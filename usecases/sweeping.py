"""Compares every hour what should have been sent with what was sent; a difference is an alarm.

It must not send or repair anything: a sweep that mended what it finds would hide that it broke.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from storage import sweeps
from storage.casework import Casework, Connection
from storage.occasions import OccasionState
from storage.outbox import Delivery
from storage.sequence import new_id
from storage.sweeps import Begun, Cause, Overdue, Sweep
from usecases.ports import Rhythm
from usecases.service import Service

GRACE: Final = timedelta(minutes=5)
"""How long an asking may be late before it counts as missing."""

LOOK_BACK: Final = timedelta(hours=48)
"""How far back each look goes: sweeps overlap, so that none is lost between two of them."""

STALE: Final = timedelta(hours=2)
"""After how long without a sweep nobody knows whether everything was sent."""

_HOUR: Final = 3600
_AGAIN: Final = 300
_REACTED: Final = (
    OccasionState.ANSWERING,
    OccasionState.ANSWERED,
    OccasionState.PART_ANSWERED,
    OccasionState.DECLINED,
)
_UNDER_WAY: Final = (Delivery.PENDING, Delivery.SENDING)


async def sweep(service: Service, now: datetime) -> Sweep:
    """Look now and keep what was found.

    *Should* are the askings that ought to have been sent by now; *was* are those of them of which
    a message was sent, or to which somebody reacted; the others are missing, each by one cause:

    - `not-looked-at`: planned, and the clock should have looked at it more than five minutes ago,
      however long ago. The five minutes begin when the person may be asked: after quiet and school
      hours and after a pause of their own.
    - `never-asked`: its time ran out in the last 48 hours and nobody was ever asked.
    - `not-written`: offered in the last 48 hours, and there is no message.
    - `stuck`: its newest message should be on its way, and nothing has moved for five minutes.
    - `not-sent`: its newest message failed, was taken back or has an unknown fate, and it will not
      be asked again: it is not planned, and no reminder is to come.

    No difference are: those who rest, are held by staff, have not joined, have stopped or take no
    part any more; askings that were looked at and wait, for quiet hours or for their turn, as only
    one is asked a day (the clock gave them a new moment); what was suppressed or cannot be
    delivered, and blocked chats: staff are told of these as silence; and what is under way.
    """
    found = await service.lane.read(lambda connection: _compare(service, connection, now))
    return await _keep(service, found, new_id(service.open.entropy))


async def sweep_hourly(service: Service, now: datetime) -> Sweep | None:
    """Look once in every hour of the clock, whoever rings; None where this hour has its sweep.

    While something is missing it looks every five minutes, so that an alarm ends soon after its
    cause: after a standstill the clock makes up for what was late within seconds.
    """
    last = await newest(service)
    seconds = int(now.timestamp())
    name = f"hour-{seconds // _HOUR}"
    if last is not None and last.missing_in_all:
        name = f"again-{seconds // _AGAIN}"
        if now - last.at < timedelta(seconds=_AGAIN) / 2:
            return None
    if await service.lane.read(lambda connection: sweeps.is_there(connection, name)):
        return None
    found = await service.lane.read(lambda connection: _compare(service, connection, now))
    return await _keep(service, found, name)


async def newest(service: Service) -> Sweep | None:
    """Return what the last sweep found, or None before the first."""
    return await service.lane.read(sweeps.newest)


def _compare(service: Service, connection: Connection, now: datetime) -> Sweep:
    late, since = now - GRACE, now - LOOK_BACK
    planned = sweeps.overdue(connection, late, now)
    missing = {
        Cause.NOT_LOOKED_AT: [
            each.occasion_id for each in planned if _could_be_asked(service.rhythm, each) <= late
        ],
        Cause.NEVER_ASKED: sweeps.missed(connection, since),
    }
    was, lost = _judge_all(sweeps.begun(connection, since, late, now), late)
    kept = {cause: tuple(ids) for cause, ids in {**missing, **lost}.items() if ids}
    should = was + sum(len(ids) for ids in kept.values())
    return Sweep("", now, should, was, kept)


def _could_be_asked(rhythm: Rhythm, overdue: Overdue) -> datetime:
    """Return from when on this person could have been asked."""
    resting = overdue.resting_until
    since = max(overdue.next_at, resting) if resting is not None else overdue.next_at
    return rhythm.allowed(overdue.own_time, since)


def _judge_all(offered: Iterable[Begun], late: datetime) -> tuple[int, Mapping[Cause, list[str]]]:
    """Return how many were sent, and which were not, by cause."""
    was = 0
    lost: dict[Cause, list[str]] = {}
    for each in offered:
        if _arrived(each):
            was += 1
        elif (cause := _why_missing(each, late)) is not None:
            lost.setdefault(cause, []).append(each.occasion_id)
    return was, lost


def _arrived(asking: Begun) -> bool:
    sent = any(each.state is Delivery.SENT for each in asking.messages)
    return sent or asking.state in _REACTED


def _why_missing(asking: Begun, late: datetime) -> Cause | None:
    """Return why an asking that did not arrive is missing, or None where it is not."""
    if asking.state is OccasionState.PLANNED:
        return None
    if not asking.messages:
        return Cause.NOT_WRITTEN
    newest_one = asking.messages[-1]
    if newest_one.state is Delivery.BLOCKED:
        return None
    if newest_one.state in _UNDER_WAY:
        until = newest_one.under_way_until
        return Cause.STUCK if until is None or until <= late else None
    comes_again = asking.next_at is not None and asking.next_at < asking.window_ends_at
    return None if comes_again else Cause.NOT_SENT


async def _keep(service: Service, found: Sweep, name: str) -> Sweep:
    kept = Sweep(name, found.at, found.should, found.was, found.missing)

    def work(casework: Casework) -> None:
        if sweeps.add(casework, kept):
            sweeps.forget_old(casework, kept.at)

    await service.lane.write(lambda connection: work(service.open(connection)))
    return kept
