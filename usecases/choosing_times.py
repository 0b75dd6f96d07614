"""A person's own time: in which part of the week we ask them, and how often at most.

It must not begin, end or move anything that somebody is answering.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from storage import occasions, participants, recalls
from storage.occasions import OccasionState
from storage.people import Person
from surveys.people import OwnTime, Suits
from surveys.understanding import TimeWish
from usecases.arrival import MenuWish
from usecases.desk import Desk
from usecases.quiet import (
    OwnTimeSet,
    OwnTimeShown,
)

PARTS: Final[Mapping[MenuWish, Suits | None]] = {
    MenuWish.SUITS_AFTER_SCHOOL: Suits.AFTER_SCHOOL,
    MenuWish.SUITS_EVENING: Suits.EVENING,
    MenuWish.SUITS_WEEKEND: Suits.WEEKEND,
    MenuWish.SUITS_ANY_TIME: None,
}
"""The parts of the week that can be chosen."""

PACES: Final[Mapping[MenuWish, int]] = {
    MenuWish.OFTEN_EVERY_TIME: 1,
    MenuWish.OFTEN_ONE_WEEK: 7,
    MenuWish.OFTEN_TWO_WEEKS: 14,
    MenuWish.OFTEN_FOUR_WEEKS: 28,
}
"""How many days lie between two askings at least, for each pace that can be chosen."""

CHOICES: Final = (*PARTS, *PACES)

_WISHES: Final[Mapping[TimeWish, MenuWish]] = {
    TimeWish.AFTER_SCHOOL: MenuWish.SUITS_AFTER_SCHOOL,
    TimeWish.EVENING: MenuWish.SUITS_EVENING,
    TimeWish.WEEKEND: MenuWish.SUITS_WEEKEND,
    TimeWish.ANY_TIME: MenuWish.SUITS_ANY_TIME,
    TimeWish.EVERY_TIME: MenuWish.OFTEN_EVERY_TIME,
    TimeWish.ONE_WEEK: MenuWish.OFTEN_ONE_WEEK,
    TimeWish.TWO_WEEKS: MenuWish.OFTEN_TWO_WEEKS,
    TimeWish.FOUR_WEEKS: MenuWish.OFTEN_FOUR_WEEKS,
}


def show(desk: Desk, person: Person) -> None:
    """Show what can be chosen and what holds now."""
    desk.say(OwnTimeShown(person.own_time))


def choose(desk: Desk, person: Person, wish: MenuWish) -> None:
    """Keep a choice, one of CHOICES; what waits to be sent is taken back and planned by it."""
    before = person.own_time
    suits = PARTS.get(wish, before.suits)
    days = PACES.get(wish, before.at_most_days)
    undo = None
    if (suits, days) != (before.suits, before.at_most_days):
        undo = part_of(before) if wish in PARTS else pace_of(before)
        person = participants.set_own_time(desk.work, person, suits=suits, at_most_days=days)
        desk.person = person
        _take_back(desk, person)
    resting = person.resting_until is not None and desk.now < person.resting_until
    standing = desk.standing_run
    run = standing.run if standing is not None else None
    desk.say(OwnTimeSet(person.own_time, undo, resting, run))


def _take_back(desk: Desk, person: Person) -> None:
    """Take back what waits to be sent; an offer that was put off until now waits by the new wish.

    The moment to which they put it off has come: what they say now is newer.
    """
    recalls.call_back_askings(desk.work.connection, person.id)
    again = desk.service.rhythm.allowed(person.own_time, desk.now)
    for occasion in occasions.of_participant(desk.work, person.id):
        was_put_off = occasion.state is OccasionState.PLANNED and occasion.offered_at is not None
        if was_put_off and occasion.next_at is not None and occasion.next_at <= desk.now < again:
            occasions.move(
                desk.work, replace(occasion, next_at=min(again, occasion.window_ends_at))
            )


def choose_in_words(desk: Desk, person: Person, wish: TimeWish) -> None:
    """Keep a choice that was typed; `less often` is one pace slower than now."""
    match wish:
        case TimeWish.WHEN:
            show(desk, person)
        case TimeWish.LESS_OFTEN:
            slower = [pace for pace, days in PACES.items() if days > person.at_most_days]
            choose(desk, person, slower[0] if slower else MenuWish.OFTEN_FOUR_WEEKS)
        case _:
            choose(desk, person, _WISHES[wish])


def part_of(own: OwnTime) -> MenuWish:
    """Return the choice that stands for the part of the week that holds."""
    return next(part for part, suits in PARTS.items() if suits is own.suits)


def pace_of(own: OwnTime) -> MenuWish:
    """Return the choice that stands for the pace that holds, or the next quicker one."""
    return [pace for pace, days in PACES.items() if days <= max(own.at_most_days, 1)][-1]
