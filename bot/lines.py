"""Messages that wait for one chat, in the order in which they leave; it sends nothing."""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.pace import Bucket
from storage.outbox import Sending, Urgency

RANK: Final = {Urgency.SAFETY: 0, Urgency.REPLY: 1, Urgency.ASKING: 2}
"""Safety before replies before askings, within one chat and between chats."""


@dataclass(frozen=True, slots=True, order=True)
class Parcel:
    """A message in a line: `since` is when it was handed over to us."""

    rank: int
    number: int
    since: datetime
    sending: Sending


class Line:
    """What waits for one chat. `held_until` is set when the server told us to wait."""

    __slots__ = ("_numbers", "_parcels", "bucket", "busy", "held_until")

    def __init__(self, bucket: Bucket | None) -> None:
        """Begin empty, at the pace of a bucket or at none."""
        self._parcels: list[Parcel] = []
        self._numbers = itertools.count()
        self.bucket = bucket
        self.busy = False
        self.held_until: datetime | None = None

    def __len__(self) -> int:
        """Return how many messages wait."""
        return len(self._parcels)

    def add(self, sending: Sending, since: datetime) -> None:
        """Put a message into the line, behind those of its urgency."""
        rank = RANK[sending.outgoing.urgency]
        heapq.heappush(self._parcels, Parcel(rank, next(self._numbers), since, sending))

    def next(self) -> Parcel | None:
        """Take the first message out of the line, or None where nothing waits."""
        return heapq.heappop(self._parcels) if self._parcels else None

    def is_idle(self, now: datetime, at: float) -> bool:
        """Tell whether nothing about this line needs to be remembered."""
        if self.busy or self._parcels:
            return False
        if self.held_until is not None and now < self.held_until:
            return False
        return self.bucket is None or self.bucket.is_full(at)
