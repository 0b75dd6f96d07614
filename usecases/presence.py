"""Whether people of the team are there now: until when, or when they are back.

It must not hold words: they are drawn from these moments where somebody is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from usecases.ports import Rhythm


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether people are there, on the clock of the service's zone.

    `turns` is when that changes: when they leave where they are `here`, else when they are back.
    """

    here: bool
    now: datetime
    turns: datetime


def look_for_team(rhythm: Rhythm, now: datetime) -> Presence:
    """Return whether the team is there at this moment, by the hours in which alerts are due too."""
    opens, closes = rhythm.next_duty(now)
    here = opens <= now
    return Presence(here, rhythm.local(now), rhythm.local(closes if here else opens))
