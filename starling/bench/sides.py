"""The two programs that are measured side by side, and how people are let loose on them.

Both get the same bytes and hand their methods to the same kind of session. It judges nothing.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from aiogram import Bot

from bot.courier import Courier, Route
from bot.dispatcher import build_dispatcher
from bot.doorway import Doorway
from bot.intake import Intake, Outcome
from bot.pace import Pace
from starling.bench.figures import Round
from starling.bench.floor import Echo, Keep
from starling.bench.phones import Phones, Unexpected
from starling.bench.taps import Tap
from starling.compose import clock
from usecases import picturing
from usecases.arrival import Channel
from usecases.receiving import Reception
from usecases.service import Service

METHODS: Final = 3
"""What one answer brings about: its question is edited, the next is asked, the tap is answered."""

ECHOES: Final = 1

_TOKEN: Final = "1:made-up"  # noqa: S105 - of a bot that does not exist
UNHURRIED: Final = Pace(overall_rate=1e9, overall_burst=10**9, chat_rate=1e9, chat_burst=10**9)
"""The pace is kept as in earnest but makes nobody wait: there is no server that must be spared."""


@dataclass(frozen=True, slots=True)
class Side:
    """One program: where its methods go, how many a tap causes, its door, and how it comes to rest.

    `settle` returns when everything that a tap caused is done and stored.
    """

    phones: Phones
    methods: int
    feed: Callable[[bytes], Awaitable[None]]
    settle: Callable[[], Awaitable[None]]

    async def run(self, people: Sequence[Sequence[Tap]], at_once: int) -> Round:
        """Let so many people tap side by side until all have done all their taps.

        Each of them waits for the replies to one tap before the next. Raises Unexpected where more
        comes out than an answer brings about.
        """
        turn = iter(people)
        waits: list[float] = []
        ends: list[float] = []
        gc.collect()
        cpu, began = time.process_time(), time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for _ in range(at_once):
                tasks.create_task(self._tap_in_turn(turn, waits, ends))
        await self.settle()
        used = time.process_time() - cpu
        if self.phones.surplus:
            raise Unexpected
        return Round(len(waits), max(ends) - began, used, waits)

    async def _tap_in_turn(
        self, turn: Iterator[Sequence[Tap]], waits: list[float], ends: list[float]
    ) -> None:
        for taps in turn:
            for tap in taps:
                complete = self.phones.expect(tap, self.methods)
                began = time.perf_counter()
                await self.feed(tap.body)
                ended = await complete
                waits.append(ended - began)
                ends.append(ended)


@asynccontextmanager
async def open_starling(service: Service) -> AsyncIterator[Side]:
    """Put the real rooms together around a service, with a session that has no network."""
    phones = Phones()
    bot = Bot(_TOKEN, session=phones)
    async with asyncio.TaskGroup() as tasks:
        routes = {Channel.TELEGRAM: Route(bot, UNHURRIED)}
        courier = Courier(service, clock, routes, tasks, partial(picturing.picture_of, service))
        doorway = Doorway(Reception(service), courier, clock)
        intake = Intake(build_dispatcher(doorway), doorway, {Channel.TELEGRAM: bot}, tasks)

        async def feed(body: bytes) -> None:
            if await intake.feed_raw(Channel.TELEGRAM, body) is not Outcome.HANDLED:
                raise Unexpected

        async def settle() -> None:
            await courier.settled()
            await service.lane.settled()

        yield Side(phones, METHODS, feed, settle)


def build_floor(keep: Keep) -> Side:
    """Return the bare echo bot, with the same kind of session."""
    phones = Phones()
    echo = Echo(Bot(_TOKEN, session=phones), keep)

    async def settle() -> None:
        """Do nothing: it leaves nothing behind."""

    return Side(phones, ECHOES, echo.feed_raw, settle)
