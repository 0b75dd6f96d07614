"""What the clock says by itself: is now a good time, and what was done about what was said.

It takes later and no for an answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, assert_never

from bot.callbacks import RunAct, offer_data
from bot.render_back import render_told_back, render_what_was_done
from bot.render_hours import spell_hours, spell_weekday
from bot.render_run import run_button
from bot.speech import Row, Speech, put_buttons_away, tell
from storage.outbox import Button, Outgoing
from surveys.conversation import Run
from usecases.arrival import MenuWish, OccasionId, OfferReply
from usecases.telling import (
    NothingWaits,
    OfferDeclined,
    Offered,
    OfferGone,
    PutOff,
    ToldBack,
    WhatWasDone,
    WhenLater,
)

OfferTelling = (
    Offered | WhenLater | PutOff | OfferDeclined | OfferGone | NothingWaits | ToldBack | WhatWasDone
)

NOON: Final = 12
EVENING: Final = 18
MOST_REMINDERS: Final = 2
"""How often we repeat the same offer at most."""


def render_offer(telling: OfferTelling, speech: Speech) -> list[Outgoing]:
    """Return the messages for one telling about being asked."""
    tidy = [put_buttons_away()] if speech.tapped else []
    match telling:
        case Offered():
            return [_offer(telling, speech)]
        case WhenLater(occasion):
            return [*tidy, _when_later(occasion, speech)]
        case PutOff(until, run):
            day, time = spell_moment(until, speech)
            text = speech.say("offers.put-off", day=day, time=time)
            return [*tidy, tell(text, *ways_back(run, speech))]
        case OfferDeclined():
            return [*tidy, tell(speech.say("offers.declined"))]
        case OfferGone():
            whats_next = speech.wish("whats-next", MenuWish.WHATS_NEXT)
            return [*tidy, tell(speech.say("offers.gone"), (whats_next, speech.help_now))]
        case NothingWaits():
            return [tell(speech.say("offers.nothing-waits", hours=spell_hours(speech)))]
        case ToldBack():
            return [render_told_back(telling, speech)]
        case WhatWasDone():
            return [render_what_was_done(telling, speech)]
        case _:
            assert_never(telling)


def ways_back(run: Run | None, speech: Speech) -> tuple[Row, ...]:
    """Return the row that leads back into a run that waits; none where none does."""
    if run is None:
        return ()
    carry_on = run_button(speech, "carry-on", run, RunAct.GO_ON)
    return ((carry_on, speech.wish("menu", MenuWish.MENU)), (speech.help_now,))


def _button(speech: Speech, key: str, occasion: OccasionId, reply: OfferReply) -> Button:
    return speech.button(key, offer_data(occasion, reply))


def _offer(offered: Offered, speech: Speech) -> Outgoing:
    """Name what it is, how long it takes and how many questions; a repeat asks without pressing."""
    instrument, occasion = offered.instrument, offered.occasion
    name = instrument.name.speak(speech.listener.voice)
    count, hours = len(instrument.items), spell_hours(speech)
    if offered.last or offered.reminder >= MOST_REMINDERS:
        text = speech.say("offers.offer-last", name=name, count=count)
    elif offered.reminder:
        text = speech.say("offers.offer-again", name=name, count=count)
    elif instrument.minutes == 1:
        text = speech.say("offers.offer-one-minute", name=name, count=count, hours=hours)
    else:
        minutes = instrument.minutes
        text = speech.say("offers.offer", name=name, count=count, minutes=minutes, hours=hours)
    return tell(
        text,
        (_button(speech, "start", occasion, OfferReply.START),),
        (
            _button(speech, "later", occasion, OfferReply.LATER),
            _button(speech, "not-this-time", occasion, OfferReply.NOT_THIS_TIME),
        ),
        (speech.wish("take-a-break", MenuWish.PAUSE), speech.help_now),
    )


def _when_later(occasion: OccasionId, speech: Speech) -> Outgoing:
    return tell(
        speech.say("offers.when-later"),
        (
            _button(speech, "in-an-hour", occasion, OfferReply.IN_AN_HOUR),
            _button(speech, "tonight", occasion, OfferReply.TONIGHT),
        ),
        (
            _button(speech, "tomorrow", occasion, OfferReply.TOMORROW),
            _button(speech, "next-week", occasion, OfferReply.NEXT_WEEK),
        ),
        (_button(speech, "not-this-time", occasion, OfferReply.NOT_THIS_TIME),),
        (speech.help_now,),
    )


def spell_moment(until: datetime, speech: Speech) -> tuple[str, str]:
    """Return the day of the week and the nearest hour of a local time, in words."""
    near = until + timedelta(minutes=30)
    day = spell_weekday(near, speech)
    hour = near.hour % NOON or NOON
    if near.hour % NOON == 0:
        return day, speech.say("offers.noon" if near.hour else "offers.midnight")
    part = "morning" if near.hour < NOON else "afternoon" if near.hour < EVENING else "evening"
    return day, speech.say(f"offers.{part}", hour=hour)
