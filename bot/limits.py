"""Lets the lines of chats through at the pace that a channel permits; it sends nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from bot.lines import Line
from bot.pace import Bucket, Gate, Pace
from storage.outbox import OutgoingKind

AHEAD: Final = 2.0
"""For how many seconds of the permitted pace askings are taken over before their time."""

_NEW: Final = (OutgoingKind.SEND, OutgoingKind.PICTURE)


def most_ahead(pace: Pace) -> int:
    """Return how many askings are taken over before their time: no more than go out soon."""
    return max(2, round(AHEAD * pace.overall_rate))


class Limits:
    """The gates of all channels, and the limit of each chat."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._gates: dict[str, Gate] = {}

    async def let_through(self, pace: Pace, line: Line) -> None:
        """Return when the first message of this line may go, or when the line is empty.

        Safety never waits for its own chat; what is more urgent never for what came before it.
        """
        loop = asyncio.get_running_loop()
        while (parcel := line.first) is not None:
            bucket = line.bucket if parcel.sending.outgoing.kind in _NEW else None
            if bucket is not None and parcel.rank > 0:
                wait = bucket.wait(loop.time())
                if wait > 0:
                    await line.rest(wait)
                    continue
            turn = self._gate(parcel.sending.channel, pace).enter(parcel.rank)
            if turn is None or await line.wait_for(turn):
                if bucket is not None:
                    bucket.take(loop.time())
                return

    def slow_down(self, channel: str, quiet: timedelta | None) -> None:
        """We were too fast: begin with no tokens, or let nobody through for so long."""
        gate = self._gates.get(channel)
        if gate is not None:
            seconds = quiet.total_seconds() if quiet is not None else 0.0
            gate.bucket.empty(asyncio.get_running_loop().time(), seconds)

    def _gate(self, channel: str, pace: Pace) -> Gate:
        gate = self._gates.get(channel)
        if gate is None:
            bucket = Bucket(pace.overall_rate, pace.overall_burst)
            gate = self._gates[channel] = Gate(bucket, asyncio.get_running_loop().time)
        return gate
