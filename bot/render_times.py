"""Tells when somebody is asked and how often at most, and takes their choice.

It must not decide when that is, or hold a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, assert_never

from bot.render_offers import spell_moment, ways_back
from bot.speech import Row, Speech, put_buttons_away, tell
from storage.outbox import Button, Outgoing
from surveys.people import AgeBand, OwnTime, Role
from usecases.arrival import MenuWish
from usecases.choosing_times import CHOICES, pace_of, part_of
from usecases.quiet import (
    OwnTimeSet,
    OwnTimeShown,
    QuietUntil,
)

TimesTelling = OwnTimeShown | OwnTimeSet | QuietUntil


def render_times(telling: TimesTelling, speech: Speech) -> list[Outgoing]:
    """Return the messages for one telling about when we ask and when we are quiet."""
    tidy = [put_buttons_away()] if speech.tapped else []
    match telling:
        case OwnTimeShown(own):
            return [tell(_show(own, speech), *_choices(own, speech), (speech.help_now,))]
        case OwnTimeSet():
            return [*tidy, _confirm(telling, speech)]
        case QuietUntil(until):
            day, time = spell_moment(until, speech)
            come_back = speech.wish("come-back", MenuWish.COME_BACK)
            text = speech.say("control.quiet-until", day=day, time=time)
            return [*tidy, tell(text, (come_back, speech.help_now))]
        case _:
            assert_never(telling)


def _show(own: OwnTime, speech: Speech) -> str:
    parts = (speech.say("control.own-time"), speech.say("control.own-time-now"))
    return "\n\n".join((*parts, _say_what_holds(own, speech)))


def _say_what_holds(own: OwnTime, speech: Speech) -> str:
    part, pace = _key(part_of(own), speech), _key(pace_of(own), speech)
    return f"{speech.say(f'control.asks-{part}')} {speech.say(f'control.asks-{pace}')}"


def _choices(own: OwnTime, speech: Speech) -> tuple[Row, ...]:
    """Return both groups of choices, two side by side; what holds now carries a tick."""
    holds = (part_of(own), pace_of(own))
    buttons = [_choice(speech, wish, chosen=wish in holds) for wish in CHOICES]
    return tuple(zip(buttons[::2], buttons[1::2], strict=True))


def _choice(speech: Speech, wish: MenuWish, *, chosen: bool) -> Button:
    button = speech.wish(_key(wish, speech), wish)
    return speech.ticked(button) if chosen else button


def _confirm(telling: OwnTimeSet, speech: Speech) -> Outgoing:
    """Say what holds now, with the way back to how it was and into the questions that wait."""
    opening = "own-time-same" if telling.undo is None else "own-time-set"
    parts = [speech.say(f"control.{opening}"), _say_what_holds(telling.own, speech)]
    if telling.resting:
        parts.append(speech.say("control.break-goes-on"))
    choose = speech.wish("own-time", MenuWish.OWN_TIME)
    undo = (speech.wish("change-back", telling.undo),) if telling.undo is not None else ()
    ways = ways_back(telling.can_go_on, speech) or (speech.exits,)
    return tell("\n\n".join(parts), (*undo, choose), *ways)


def _key(wish: MenuWish, speech: Speech) -> str:
    """Return the name of a choice; who goes to no school is asked in the afternoon."""
    key = _KEYS[wish]
    return "afternoon" if key == "after-school" and not _goes_to_school(speech) else key


def _goes_to_school(speech: Speech) -> bool:
    who = speech.listener
    return who.role is Role.YOUNG_PERSON and who.age_band is not AgeBand.EIGHTEEN_TO_TWENTY_FIVE


_KEYS: Final[Mapping[MenuWish, str]] = {
    MenuWish.SUITS_AFTER_SCHOOL: "after-school",
    MenuWish.SUITS_EVENING: "evening",
    MenuWish.SUITS_WEEKEND: "weekend",
    MenuWish.SUITS_ANY_TIME: "any-time",
    MenuWish.OFTEN_EVERY_TIME: "every-time",
    MenuWish.OFTEN_ONE_WEEK: "a-week",
    MenuWish.OFTEN_TWO_WEEKS: "two-weeks",
    MenuWish.OFTEN_FOUR_WEEKS: "four-weeks",
}
