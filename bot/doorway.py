"""The way of every input from a chat: committed first, and only then is our reply on its way.

It must not know what an input means.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from bot.courier import Courier
from storage.inbox import Waiting
from storage.outbox import OutgoingKind
from surveys.people import Voice
from surveys.phrasebook import phrasebook
from usecases import receiving, sending
from usecases.arrival import Arrival, Channel, Knock, What
from usecases.receiving import Received, Reception

NEW: Final = (OutgoingKind.SEND, OutgoingKind.PICTURE)
"""Kinds of message that bring up something new in a chat."""


class Doorway:
    """Hands what comes in to the use cases and what they say to the courier."""

    def __init__(
        self, reception: Reception, courier: Courier, clock: Callable[[], datetime]
    ) -> None:
        """Take where inputs go, where replies go, and a clock (aware UTC)."""
        self.courier = courier
        self._reception = reception
        self._clock = clock

    async def take(self, knock: Knock, what: What) -> Received:
        """Return when the input and all it caused are stored for good; replies leave after that.

        Raises storage.errors.DatabaseAway when nothing was stored.
        """
        received = await self._reception.receive(Arrival(knock, what, self._clock()))
        if received.sendings:
            self.courier.deliver(received.sendings)
        return received

    async def take_blocked(self, knock: Knock, *, blocked: bool) -> None:
        """Take in that somebody blocked us, or let us in again. Raises DatabaseAway."""
        await sending.take_blocked(self._reception.service, knock, self._clock(), blocked=blocked)

    async def park(self, channel: Channel, update_id: int, payload: bytes) -> None:
        """Keep an update that could not be dealt with now. Raises DatabaseAway."""
        service = self._reception.service
        await receiving.park(service, channel, update_id, payload, self._clock())

    async def take_parked(self) -> list[Waiting]:
        """Return parked updates that are to be tried again. Raises DatabaseAway."""
        return await receiving.take_waiting(self._reception.service)


def toast_for(received: Received) -> str | None:
    """Return a small note for somebody who tapped and to whom nothing new is said; else None."""
    if received.duplicate:
        return phrasebook().say("commands.got-it-already", Voice.OLDER)
    if not any(each.outgoing.kind in NEW for each in received.sendings):
        return phrasebook().say("commands.got-it", Voice.OLDER)
    return None
