"""Hands askings on as fast as they can be sent and no faster: small batches, by the room there is.

It must not send anything, and it holds nothing: what was not handed on stays due.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final, Protocol

from followups.occasions import BATCH, fire_some
from storage.outbox import Sending
from usecases.service import Service

EVERY: Final = 1.0
"""Seconds from one ring to the next: what falls due waits no longer to be looked at."""

FOR: Final = 0.8
"""Seconds after which one ring begins nothing more: the next one goes on."""


class Hatch(Protocol):
    """Where askings are handed through to whoever sends them."""

    def deliver(self, sendings: Iterable[Sending]) -> None:
        """Take over messages that are committed; returns at once."""
        ...

    async def room(self) -> int:
        """Return how many more may be handed over, once it is worth while; 0 for no more."""
        ...


async def dispatch_due(
    service: Service, hatch: Hatch, clock: Callable[[], datetime], *, seconds: float = FOR
) -> int:
    """Look after what is due until nothing is, for so long at most; return how many it was.

    No more is claimed than there is room for, so that an asking is made a moment before it goes
    out and somebody who wants quiet gets it. Raises DatabaseAway when the last batch was not
    stored; those before it were handed on.
    """
    ends = asyncio.get_running_loop().time() + seconds
    done = 0
    while (most := min(BATCH, await _room_until(hatch, ends))) > 0:
        fired = await fire_some(service, clock(), most)
        hatch.deliver(fired.sendings)
        done += fired.claimed
        if fired.claimed < most:
            break
    return done


async def _room_until(hatch: Hatch, ends: float) -> int:
    """Return how much room there is before this moment of the event loop, or 0."""
    if asyncio.get_running_loop().time() >= ends:
        return 0
    try:
        async with asyncio.timeout_at(ends):
            return await hatch.room()
    except TimeoutError:
        return 0
