"""Sends the notices of alerts after the commit, again and again until one arrives or is not needed.

A notice says that a message needs reading, and where: never whose it is, nor what it is about.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from storage import alert_notices, alerts
from storage.alert_notices import DueStep
from storage.alerts import StepState
from storage.casework import Connection
from usecases.ladder import RUNGS, Way
from usecases.service import Service

PAGE: Final = "/staff/alerts"
"""Where the link of every notice leads."""

SENTENCE: Final = "A message needs reading."
"""All that a notice says, besides the link; a drill says the same."""

MOST: Final = 100
"""Notices of one ring of the bell at most."""

LEASE: Final = timedelta(minutes=2)
"""How long a process has to send what it took; then another takes it: at least once."""

TRIES: Final = 12
"""How often one way is tried: with the waits below for about an hour and a half."""

_FIRST_WAIT: Final = timedelta(seconds=15)
_LONGEST_WAIT: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Notice:
    """What leaves: fixed words and a link. `key` is the same for every try of one notice."""

    key: str
    sentence: str
    link: str


Send = Callable[[Way, Notice], Awaitable[bool]]
"""Sends a notice by a way and tells whether it was taken; it never raises."""


async def send_due(service: Service, send: Send, now: datetime) -> Counter[StepState]:
    """Send every notice that is due; count what became of them.

    Each is claimed and committed before it leaves. What goes by the same way at the same time goes
    as one notice: it says nothing more for being sent twice.
    """
    claimed = await service.lane.write(lambda connection: _claim(service, connection, now))
    outcomes = await asyncio.gather(
        *(_send_one(service, send, way, steps) for way, steps in claimed.sent)
    )
    taken = {step: done for done, steps in outcomes for step in steps}
    return await service.lane.write(
        lambda connection: _settle(service, connection, (claimed.gone, taken), now)
    )


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What to send by which way; `gone` has no way any more: the ladder was changed."""

    sent: list[tuple[Way, list[DueStep]]]
    gone: list[DueStep]


def _claim(service: Service, connection: Connection, now: datetime) -> _Claimed:
    work = service.open(connection)
    ways: dict[str, Way] = {}
    by_channel: dict[str, list[DueStep]] = defaultdict(list)
    gone = []
    claimed = alert_notices.claim_steps(work, now, now + LEASE, MOST)
    about = {step.participant_id for step in claimed if step.participant_id is not None}
    workers_of = alerts.workers_of(work, about)
    for step in claimed:
        workers = None if step.participant_id is None else workers_of[step.participant_id]
        # Looked up anew: a way that is theirs no more, or must not know, gets nothing.
        way = service.ladder.ways(RUNGS[step.rung], step.route, workers).get(step.channel)
        if way is None:
            gone.append(step)
        else:
            ways[step.channel] = way
            by_channel[step.channel].append(step)
    return _Claimed([(ways[channel], steps) for channel, steps in by_channel.items()], gone)


async def _send_one(
    service: Service, send: Send, way: Way, steps: Sequence[DueStep]
) -> tuple[bool, Sequence[DueStep]]:
    notice = Notice(steps[0].id, SENTENCE, f"{service.public_url}{PAGE}")
    return await send(way, notice), steps


def _settle(
    service: Service,
    connection: Connection,
    came: tuple[Sequence[DueStep], dict[DueStep, bool]],
    now: datetime,
) -> Counter[StepState]:
    work = service.open(connection)
    gone, taken = came
    ends: dict[tuple[StepState, int], list[DueStep]] = defaultdict(list)
    for step in gone:
        ends[StepState.STOPPED, step.attempts].append(step)
    for step, done in taken.items():
        ends[StepState.SENT if done else StepState.FAILED, step.attempts].append(step)
    fates: Counter[StepState] = Counter()
    for (state, attempts), steps in ends.items():
        failed = state is StepState.FAILED and attempts < TRIES
        again = now + wait_after(attempts) if failed else None
        sent_at = now if state is StepState.SENT else None
        alert_notices.settle_steps(work, steps, state, sent_at, again)
        fates[state] += len(steps)
    return fates


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many tries that failed: longer each time."""
    doubled = 1 << (attempts - 1)
    return min(_FIRST_WAIT * doubled, _LONGEST_WAIT)
