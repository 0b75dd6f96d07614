"""Spells times and moments of the team in words: until 5 o'clock, on Tuesday 29 December at 9.

It must not know when the team is there: it is given moments on the clock of the service.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final

from bot.speech import Speech
from usecases.presence import Presence

NIGHT_ENDS: Final = 6
EVENING: Final = 18
NOON: Final = 12
_FAR: Final = 4
"""So many days ahead a day has its date: the name alone may be this week's or the next."""


def spell_time(at: time, speech: Speech) -> str:
    """Return a time of day: 5 o'clock, half past 8 in the evening."""
    clock = _spell_clock(at, speech)
    if at.hour < NIGHT_ENDS:
        return speech.say("hours.night", clock=clock)
    return speech.say("hours.evening", clock=clock) if at.hour >= EVENING else clock


def _spell_clock(at: time, speech: Speech) -> str:
    hour, following = at.hour % NOON or NOON, (at.hour + 1) % NOON or NOON
    match at.minute:
        case 0:
            return speech.say("hours.whole", hour=hour)
        case 15:
            return speech.say("hours.quarter-past", hour=hour)
        case 30:
            return speech.say("hours.half", hour=hour)
        case 45:
            return speech.say("hours.quarter-to", hour=following)
        case minute:
            return speech.say("hours.odd", hour=hour, minute=f"{minute:02}")


def spell_ahead(moment: datetime, now: datetime, speech: Speech) -> str:
    """Return a moment to come as somebody says it at `now`; both on the same clock."""
    days, clock = (moment.date() - now.date()).days, spell_time(moment.timetz(), speech)
    if days <= 1:
        return speech.say("hours.tomorrow" if days else "hours.today", clock=clock)
    day = spell_weekday(moment, speech)
    if days < _FAR:
        return speech.say("hours.this-week", day=day, clock=clock)
    return speech.say("hours.later", day=day, date=spell_day(moment.date(), speech), clock=clock)


def spell_span(opens: time, closes: time, speech: Speech) -> str:
    """Return from when to when: 9 to 5; a part of the day is named where it is not plain."""
    ends = [
        str(at.hour % NOON or NOON)
        if at.minute == 0 and NIGHT_ENDS <= at.hour < EVENING
        else spell_time(at, speech)
        for at in (opens, closes)
    ]
    return speech.say("hours.span", opens=ends[0], closes=ends[1])


def spell_hours(speech: Speech) -> str:
    """Return from when to when people of this service read."""
    return spell_span(*speech.duty, speech)


def say_when(team: Presence, key: str, speech: Speech) -> str:
    """Return `key`-here, with until when the team is there, or `key`-away, with when it is back."""
    if team.here:
        return speech.say(f"{key}-here", closes=spell_time(team.turns.timetz(), speech))
    return speech.say(f"{key}-away", back=spell_ahead(team.turns, team.now, speech))


def spell_weekday(day: date, speech: Speech) -> str:
    """Return the name of a day of the week."""
    return speech.say(f"offers.{_DAYS[day.weekday()]}")


def spell_day(day: date, speech: Speech) -> str:
    """Return a day as it is said: 7 December."""
    return speech.say("own.day", day=day.day, month=speech.say(f"own.{_MONTHS[day.month - 1]}"))


_MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
