"""Messages that wait for one chat, in the order in which they leave; it sends nothing."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.pace import Bucket
from storage.outbox import Sending, Urgency

RANK: Final = {Urgency.SAFETY: 0, Urgency.REPLY: 1, Urgency.ASKING: 2}
"""Safety before replies before askings, within one chat and between chats."""

LAST: Final = max(RANK.values())
"""The rank of askings: what nobody waits for."""


@dataclass(frozen=True, slots=True, order=True)
class Parcel:
    """A message in a line: `since` is when it was handed over to us."""

    rank: int
    number: int
    since: datetime
    sending: Sending


class Line:
    """What waits for one chat. `held_until` is set when the server told us to wait.

    `turn` is set while the line waits for leave to send: something more urgent ends it with False.
    `stirred_at` is the number of the parcel that something other than an asking came in before.
    """

    __slots__ = ("_numbers", "_parcels", "bucket", "busy", "held_until", "stirred_at", "turn")

    def __init__(self, bucket: Bucket | None) -> None:
        """Begin empty, at the pace of a bucket or at none."""
        self._parcels: list[Parcel] = []
        self._numbers = itertools.count()
        self.bucket = bucket
        self.busy = False
        self.held_until: datetime | None = None
        self.stirred_at = 0
        self.turn: asyncio.Future[bool] | None = None

    def __len__(self) -> int:
        """Return how many messages wait."""
        return len(self._parcels)

    @property
    def first(self) -> Parcel | None:
        """The message that is next to leave."""
        return self._parcels[0] if self._parcels else None

    def add(self, sending: Sending, since: datetime) -> None:
        """Put a message into the line, behind those of its urgency."""
        rank, number = RANK[sending.outgoing.urgency], next(self._numbers)
        if rank < LAST:
            self.stirred_at = number
        first = self.first
        heapq.heappush(self._parcels, Parcel(rank, number, since, sending))
        if first is not None and rank < first.rank:
            self.end_turn()

    def next(self) -> Parcel | None:
        """Take the first message out of the line, or None where nothing waits."""
        return heapq.heappop(self._parcels) if self._parcels else None

    def was_stirred(self, parcel: Parcel) -> bool:
        """Tell whether anything was said in this chat after this message was handed over."""
        return self.stirred_at > parcel.number

    def end_turn(self) -> None:
        """End the waiting for leave to send: there is something else to send, or nothing."""
        if self.turn is not None and not self.turn.done():
            self.turn.set_result(False)

    async def wait_for(self, turn: asyncio.Future[bool]) -> bool:
        """Wait for leave to send; False where something more urgent came meanwhile."""
        self.turn = turn
        try:
            return await turn
        finally:
            self.turn = None

    async def rest(self, seconds: float) -> None:
        """Wait so long, or until something more urgent comes."""
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        timer = asyncio.get_running_loop().call_later(seconds, _end, turn)
        try:
            await self.wait_for(turn)
        finally:
            timer.cancel()

    def is_held(self, now: datetime) -> bool:
        """Tell whether the server wants this chat to be left alone now."""
        return self.held_until is not None and now < self.held_until

    def is_idle(self, now: datetime, at: float) -> bool:
        """Tell whether nothing about this line needs to be remembered."""
        if self.busy or self._parcels:
            return False
        if self.is_held(now):
            return False
        return self.bucket is None or self.bucket.is_full(at)


def _end(turn: asyncio.Future[bool]) -> None:
    if not turn.done():
        turn.set_result(True)
