"""What we tell somebody on the way in, by meaning: who we are, and what became of a code.

No sentence stands here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JoinPage:
    """One of the three short pages: 1 who we are, 2 what we ask and who sees it, 3 when we tell."""

    page: int


@dataclass(frozen=True, slots=True)
class MoreAboutUs:
    """Tell me more: a little more about all three, with the same choice after it."""


@dataclass(frozen=True, slots=True)
class JoinPutOff:
    """They said not now: nothing is asked; the way back stays open."""


@dataclass(frozen=True, slots=True)
class Joined:
    """They said yes."""


@dataclass(frozen=True, slots=True)
class AlreadyJoined:
    """They opened a link though they are in already; `stopped` where they had ended everything."""

    stopped: bool = False


@dataclass(frozen=True, slots=True)
class CodeNotKnown:
    """Used, expired and wrong codes get this one answer."""


@dataclass(frozen=True, slots=True)
class TooManyCodes:
    """Codes were tried too often; a little later it works again."""


@dataclass(frozen=True, slots=True)
class ComeToTheWeb:
    """Too young for Telegram: here is the link to our own chat."""

    link: str


@dataclass(frozen=True, slots=True)
class NotKnownYet:
    """Somebody whom we do not know writes: ask for the code or link; help is there at once."""
