"""How fast we may send: token buckets in plain arithmetic, and a gate that lets safety go first.

It must not know what is sent.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Pace:
    """What one bot may send: in messages per second, and how many at once after a quiet moment.

    The Bot API's documented limits are about 30 messages a second to all chats together and about
    one a second to one chat, where short bursts are fine. A burst to all chats together comes on
    top of the rate in some second, so it is only as large as a program that wakes up late needs.
    """

    overall_rate: float = 30.0
    overall_burst: int = 3
    chat_rate: float = 1.0
    chat_burst: int = 6


_LATE: Final = 0.1
"""Seconds for which the program may be busy elsewhere without falling behind the rate."""


def pace_of(overall_rate: float, chat_rate: float) -> Pace:
    """Return the pace for these messages a second: to all chats together, and to one chat."""
    return Pace(overall_rate, max(1, round(overall_rate * _LATE)), chat_rate)


class Bucket:
    """Tokens that come back at a steady rate, up to a number; times are seconds of one clock."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: int) -> None:
        """Begin full: `rate` tokens come back a second, and at most `burst` are kept."""
        self._rate = rate
        self._burst = float(burst)
        self._tokens = float(burst)
        self._at = 0.0

    def wait(self, at: float) -> float:
        """Return in how many seconds a token is there; 0.0 when one is there now."""
        self._refill(at)
        return 0.0 if self._tokens >= 1 else (1 - self._tokens) / self._rate

    def draw(self, at: float) -> float:
        """Take a token where one is there; return in how many seconds one will be, or 0.0."""
        self._refill(at)
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._rate

    def take(self, at: float) -> None:
        """Take a token, also one that is not there yet: those after it wait the longer."""
        self._refill(at)
        self._tokens -= 1

    def empty(self, at: float, seconds: float = 0.0) -> None:
        """Take all tokens, so that none is there for so long: we were told that we are too fast."""
        self._refill(at)
        self._tokens = min(self._tokens, -seconds * self._rate)

    def is_full(self, at: float) -> bool:
        """Tell whether nothing was taken for so long that it makes no difference."""
        self._refill(at)
        return self._tokens >= self._burst

    def _refill(self, at: float) -> None:
        if at > self._at:
            self._tokens = min(self._burst, self._tokens + (at - self._at) * self._rate)
        self._at = max(at, self._at)


class Gate:
    """Lets callers through at the pace of a bucket; the lowest rank that waits goes first."""

    def __init__(self, bucket: Bucket, monotonic: Callable[[], float]) -> None:
        """Take the bucket and the clock (seconds) that it is read with."""
        self.bucket = bucket
        self._monotonic = monotonic
        self._order = itertools.count()
        self._waiting: list[tuple[int, int, asyncio.Future[bool]]] = []
        self._timer: asyncio.TimerHandle | None = None

    async def pass_through(self, rank: int) -> None:
        """Return when a token is there and nobody of a lower rank waits for it. Takes it."""
        turn = self.enter(rank)
        if turn is not None:
            await turn

    def enter(self, rank: int) -> asyncio.Future[bool] | None:
        """Return None where a token was there, which is taken, or a turn that will be True.

        Whoever waits may end a turn with another result, or cancel it: then it takes no token.
        """
        if not self._waiting and self.bucket.draw(self._monotonic()) <= 0:
            return None
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (rank, next(self._order), turn))
        self._open()
        return turn

    def _open(self) -> None:
        """Let through as many as there are tokens, and come back when the next one is there."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = self._monotonic()
        while self._waiting:
            wait = self.bucket.wait(now)
            if wait > 0:
                self._timer = asyncio.get_running_loop().call_later(wait, self._open)
                return
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                self.bucket.take(now)
                turn.set_result(True)
