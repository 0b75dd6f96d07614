"""What made-up people do without being asked, and what happens to the machine: chances, by the day.

It must not do anything: it draws, and the life carries out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from starling.simulation.pretend import REMARKS, Pretend
from usecases.arrival import Channel, MenuInput, MenuWish, TextInput, What

_OWN_TIMES: Final = (
    MenuWish.SUITS_AFTER_SCHOOL,
    MenuWish.SUITS_EVENING,
    MenuWish.SUITS_WEEKEND,
    MenuWish.SUITS_ANY_TIME,
    MenuWish.OFTEN_EVERY_TIME,
    MenuWish.OFTEN_ONE_WEEK,
    MenuWish.OFTEN_TWO_WEEKS,
    MenuWish.OFTEN_FOUR_WEEKS,
)
_OFF: Final = (-2, -2, -1, 1, 2, 26)
"""By how many hours the clock may be wrong for the rest of a day."""


@dataclass(frozen=True, slots=True)
class WrongClock:
    """By how much the clock is wrong on a day, from which ring of the bells on."""

    off: timedelta
    ring: int


@dataclass(frozen=True, slots=True)
class Machine:
    """What happens to the machine: days on which nothing runs, and days of a wrong clock."""

    still: frozenset[date] = frozenset()
    wrong: Mapping[date, WrongClock] = field(default_factory=dict)

    @classmethod
    def draw(cls, first: date, last: date, chance: Random) -> Machine:
        """Let it stand still three times and its clock be wrong eight times a year."""
        days = (last - first).days + 1
        still: set[date] = set()
        wrong: dict[date, WrongClock] = {}
        for _ in range(round(days * 3 / 365)):
            begins = first + timedelta(days=chance.randrange(days))
            still |= {begins + timedelta(days=n) for n in range(chance.choice((1, 2, 5, 9)))}
        for _ in range(round(days * 8 / 365)):
            begins = first + timedelta(days=chance.randrange(days))
            off = timedelta(hours=chance.choice(_OFF))
            wrong[begins] = WrongClock(off, chance.randrange(1, 5))
        return cls(frozenset(still), wrong)

    def clock(self, right: datetime, day: date, ring: int) -> datetime:
        """Return what the clock says at a right moment."""
        wrong = self.wrong.get(day)
        return right if wrong is None or ring < wrong.ring else right + wrong.off


@dataclass(frozen=True, slots=True)
class Wandering:
    """What somebody does today without being asked: says something, or blocks or lets in."""

    says: What | None = None
    blocks: bool | None = None


def wander(person: Pretend) -> Wandering | None:
    """Return what somebody does today without being asked, or None for nothing, as mostly."""
    fate = person.chance.random()
    if not person.joined:
        return None
    if person.blocked:
        return _let_in(person, fate)
    if person.stopped or person.quiet:
        return _come_back(person, fate)
    if fate < 0.0008:
        person.quiet = True
        long = MenuWish.PAUSE_A_WEEK if fate < 0.0005 else MenuWish.PAUSE_A_MONTH
        return Wandering(MenuInput(long))
    if fate < 0.0011:
        person.stopped = True
        return Wandering(MenuInput(MenuWish.STOP_ALL_SURELY))
    if fate < 0.0016:
        return Wandering(TextInput(person.chance.choice(REMARKS)))
    if fate < 0.0020:
        return Wandering(MenuInput(MenuWish.WHATS_NEXT))
    if fate > 0.9985:
        return Wandering(MenuInput(person.chance.choice(_OWN_TIMES)))
    if fate < 0.0024 and person.channel is Channel.TELEGRAM:
        person.blocked = True
        # Half of the apps tell at once; the other half is found when we write the next time.
        return Wandering(blocks=True) if fate < 0.0022 else None
    return None


def _let_in(person: Pretend, fate: float) -> Wandering | None:
    if fate > 0.03:
        return None
    person.blocked = False
    return Wandering(blocks=False)


def _come_back(person: Pretend, fate: float) -> Wandering | None:
    if fate > (0.02 if person.stopped else 0.1):
        return None
    person.stopped = person.quiet = False
    return Wandering(MenuInput(MenuWish.COME_BACK))
