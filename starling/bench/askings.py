"""Dispatches what is due to a stand-in for Telegram, at any pace, and notes how late each was."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from aiogram import Bot

from bot.courier import Courier, Route
from bot.pace import Pace
from followups.dispatch import EVERY, Hatch, dispatch_due
from starling.bench.post import PostBox
from starling.bench.sides import UNHURRIED
from storage.outbox import Sending
from usecases import picturing
from usecases.arrival import Channel
from usecases.service import Service

_TOKEN: Final = "1:made-up"  # noqa: S105 - of a bot that does not exist
_FOR_EVER: Final = 1e9


class Moment:
    """A clock that starts at a moment of our choosing and goes on as time does."""

    def __init__(self, start: datetime) -> None:
        """Start it now."""
        self._start = start
        self._began = time.perf_counter()

    def __call__(self) -> datetime:
        """Return what it shows."""
        return self._start + timedelta(seconds=time.perf_counter() - self._began)

    def seconds_after(self, moment: datetime, at: float) -> float:
        """Return how long after a moment of this clock `at` (perf_counter) was."""
        return at - self._began + (self._start - moment).total_seconds()


@asynccontextmanager
async def open_courier(
    service: Service, clock: Moment, pace: Pace = UNHURRIED, journey: float | None = None
) -> AsyncIterator[tuple[Courier, PostBox]]:
    """Open a courier whose messages go to a stand-in; `journey` is how long each call takes."""
    box = PostBox(journey)
    async with asyncio.TaskGroup() as tasks:
        routes = {Channel.TELEGRAM: Route(Bot(_TOKEN, session=box), pace)}
        courier = Courier(service, clock, routes, tasks, partial(picturing.picture_of, service))
        tasks.create_task(courier.run())  # as in earnest: it also forgets chats that are done with
        yield courier, box
        await courier.drain(1)


async def dispatch_all(service: Service, courier: Courier, clock: Moment) -> None:
    """Dispatch until nothing is due, everything has left, and that is stored."""
    await dispatch_due(service, courier, clock, seconds=_FOR_EVER)
    await courier.settled()
    await service.lane.settled()


async def ring(service: Service, hatch: Hatch, clock: Moment, seconds: float) -> None:
    """Ring as the program's clock does, for so many seconds."""
    ends = time.perf_counter() + seconds
    while (began := time.perf_counter()) < ends:
        await dispatch_due(service, hatch, clock)
        await asyncio.sleep(max(0.0, began + EVERY - time.perf_counter()))


@dataclass(slots=True)
class Watched:
    """A courier of which is noted when askings were made, in perf_counter's seconds."""

    courier: Courier
    made_at: list[float] = field(default_factory=list)

    def deliver(self, sendings: Iterable[Sending]) -> None:
        """Note them, and hand them on."""
        several = list(sendings)
        self.made_at += [time.perf_counter()] * len(several)
        self.courier.deliver(several)

    async def room(self) -> int:
        """Return the courier's room."""
        return await self.courier.room()
