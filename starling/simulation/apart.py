"""Kills the process that serves at random moments, starts it again, and repeats what was asked.

The made-up world lives on meanwhile, as real phones do. It must not look into the database.
"""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from multiprocessing.connection import Connection as Pipe
from multiprocessing.context import ForkServerProcess
from random import Random
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from starling.settings import Settings
from starling.simulation.orders import Order
from starling.simulation.serving import Answered, Ordered, Start, serve

T = TypeVar("T")

STUCK: Final = 300.0
"""Seconds after which a process that does not answer counts as stuck."""

_ORDERS_A_DAY: Final = 12
_QUICK: Final = 0.01

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["starling.simulation.serving"])


class ServiceFailed(Exception):
    """The process that serves ended by itself, or answers no more: a fault of the service."""


class _Killed(Exception):
    """The process was killed before its answer was heard."""


@dataclass(frozen=True, slots=True)
class Kills:
    """When to kill: at which of the orders of which days."""

    moments: tuple[tuple[date, int], ...]

    @classmethod
    def draw(cls, number: int, first: date, last: date, chance: Random) -> Self:
        """Return so many random moments between two days, the earliest first."""
        days = (last - first).days + 1
        drawn = [
            (first + timedelta(days=chance.randrange(days)), chance.randrange(_ORDERS_A_DAY))
            for _ in range(number)
        ]
        return cls(tuple(sorted(drawn)))


@dataclass(slots=True)
class Apart:
    """A room in another process that dies when its time has come. Use it with `async with`."""

    settings: Settings
    seed: int
    kills: Kills
    chance: Random
    deaths: int = 0
    _starts: int = 0
    _pipe: Pipe | None = None
    _process: ForkServerProcess | None = None
    _given: Counter[date] = field(default_factory=Counter)
    _seconds: dict[str, float] = field(default_factory=lambda: defaultdict(lambda: _QUICK))

    async def __aenter__(self) -> Self:
        """Hand it out; the process begins with the first order."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the process go."""
        if self._pipe is not None and self._process is not None:
            self._pipe.close()
            self._process.join(STUCK)
            self._process.kill()
            self._process.join()

    async def do(self, order: Order[T]) -> T:
        """Carry out one order, whatever it takes; return its answer.

        What became of the messages before is known to the process that sent them only: a new one
        is not told. Raises ServiceFailed, and what the order raised.
        """
        if self._process is None:
            self._start(order.now)
        ordered = Ordered(order, again=False)
        for _ in range(len(self.kills.moments) + 1):
            try:
                answer: T = self._exchange(ordered)
            except _Killed:
                self._start(order.now)
                ordered = Ordered(replace(order, reports=()), again=True)  # type: ignore[type-var]  # orders are dataclasses
            else:
                return answer
        msg = "an order was never answered"
        raise ServiceFailed(msg)

    def _exchange(self, ordered: Ordered) -> Any:
        """Send an order and wait for its answer, unless the time to kill has come."""
        if not self._is_time(ordered.order.now.date()):
            return self._ask(ordered)
        before, during = self.chance.random() < 0.2, self.chance.random() < 0.75
        if not before:
            assert self._pipe is not None  # noqa: S101 (do starts it)
            self._pipe.send(ordered)
            usual = self._seconds[type(ordered.order).__name__]
            wait = self.chance.random() * usual * 1.2 if during else STUCK
            self._pipe.poll(wait)  # what it answers now is not heard any more
        self._kill()
        raise _Killed

    def _is_time(self, today: date) -> bool:
        number = self._given[today]
        self._given[today] += 1
        left = self.kills.moments[self.deaths :]
        return bool(left) and left[0] <= (today, number)

    def _ask(self, ordered: Ordered) -> Any:
        assert self._pipe is not None  # noqa: S101
        began = time.perf_counter()
        with suppress(BrokenPipeError):
            self._pipe.send(ordered)
        answered = self._hear()
        kind = type(ordered.order).__name__
        self._seconds[kind] += ((time.perf_counter() - began) - self._seconds[kind]) * 0.1
        if answered.error is not None:
            raise answered.error
        return answered.answer

    def _hear(self) -> Answered:
        assert self._pipe is not None  # noqa: S101
        try:
            if self._pipe.poll(STUCK):
                answered: Answered = self._pipe.recv()
                return answered
        except (EOFError, ConnectionResetError) as error:
            msg = "the process that serves ended by itself: what it wrote stands above"
            raise ServiceFailed(msg) from error
        self._kill()
        msg = "the process that serves does not answer any more"
        raise ServiceFailed(msg)

    def _start(self, now: datetime) -> None:
        """Start it (again); returns when it serves."""
        start = Start(self.settings, self.seed, self._starts, now)
        self._pipe, theirs = _context.Pipe()
        self._process = _context.Process(target=serve, args=(theirs, start), daemon=True)
        self._process.start()
        theirs.close()
        self._starts += 1
        self._hear()

    def _kill(self) -> None:
        """End it as a power cut would: kill -9."""
        assert self._process is not None  # noqa: S101
        assert self._pipe is not None  # noqa: S101
        self._process.kill()
        self._process.join()
        self._pipe.close()
        self.deaths += 1
