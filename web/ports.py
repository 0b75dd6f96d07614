"""What the web asks of the rest of the house: contracts only, nothing is done here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from usecases.outside import Vouched


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


@dataclass(frozen=True, slots=True)
class Journey:
    """One browser's way to its organisation and back: secrets that belong together.

    `state` comes back in the address, `nonce` in the signed answer, and `verifier` proves to the
    organisation that whoever fetches the answer is who asked (PKCE).
    """

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


class NotVouched(StrEnum):
    """Why nobody came in through their organisation."""

    NOT_RIGHT = "not-right"
    NO_SECOND_FACTOR = "no-second-factor"
    AWAY = "away"


class Organisation(Protocol):
    """The organisation through which staff sign in."""

    async def address_of(self, journey: Journey) -> str | NotVouched:
        """Return where a browser is sent to sign in."""
        ...

    async def who_came(self, code: str, journey: Journey, now: datetime) -> Vouched | NotVouched:
        """Return whom the organisation vouches for, by the code that came back."""
        ...


Check = Callable[[], Awaitable[bool]]
"""Tells whether one thing that the service stands on is well; may raise, which means no."""
