"""What the web asks of the rest of the house: contracts only, nothing is done here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Fed(StrEnum):
    """What became of an input that was fed to the dispatcher."""

    DONE = "done"
    LATER = "later"
    """It is stored, and will be dealt with in a little while."""
    NOT_STORED = "not-stored"
    """Nothing is stored: whoever sent it has to send it again."""


class Feed(Protocol):
    """Hands one update of a browser, in the shape of the Bot API, to the dispatcher's intake.

    When it returns anything but NOT_STORED, the input is stored for good.
    """

    async def __call__(self, update: Mapping[str, object]) -> Fed:
        """Feed one update; never raises on what it holds."""
        ...


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where Telegram's own calls go: the secret that proves them, and what takes their bodies.

    `take(body)` returns True when the update is stored (or holds nothing to keep), False when it
    could not be stored and Telegram has to send it again.
    """

    secret: str = field(repr=False)
    take: Callable[[bytes], Awaitable[bool]]


Check = Callable[[], Awaitable[bool]]
"""Tells whether one thing that the service stands on is well; may raise, which means no."""
