"""Tells somebody who may read their words, what we know of them, and what becomes of a wish.

It must not press anybody to share or to stay, and says what we cannot take back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from bot.render_hours import spell_day
from bot.render_offers import ways_back
from bot.render_run import change_row
from bot.speech import Speech, put_buttons_away, tell
from storage.outbox import Button, Outgoing, OutgoingKind
from usecases.arrival import MenuWish
from usecases.knowing import WRONG
from usecases.theirs import (
    AboutMe,
    ForgettingNoted,
    SeeingNoted,
    SharingAsked,
    SharingSet,
    SureToForget,
    WordsGone,
    WrongNoted,
    WrongWanted,
)

OwnTelling = (
    SharingAsked
    | SharingSet
    | WordsGone
    | AboutMe
    | SeeingNoted
    | WrongWanted
    | WrongNoted
    | SureToForget
    | ForgettingNoted
)


def render_own(telling: OwnTelling, speech: Speech) -> list[Outgoing]:
    """Return the messages for one telling about somebody's words or about what we know."""
    match telling:
        case SharingAsked(words, chosen, run):
            ways = ways_back(run, speech) or (speech.exits,)
            return [tell(speech.say("own.ask-who"), *speech.sharing(words, chosen), *ways)]
        case SharingSet():
            return [_tick(telling, speech)]
        case WordsGone():
            return [*_tidy(speech), tell(speech.say("own.words-gone"))]
        case AboutMe():
            return [_say_what_we_know(telling, speech)]
        case WrongWanted():
            back = speech.wish("stay", MenuWish.ABOUT_ME)
            message = tell(speech.say("own.wrong-ask"), (back, speech.help_now))
            return [replace(message, awaits=WRONG)]
        case SureToForget():
            return [_ask_whether_sure(speech)]
        case SeeingNoted() | WrongNoted() | ForgettingNoted():
            return [*_tidy(speech), _say_by_when(telling, speech)]
        case _:
            assert_never(telling)


def render_own_hushed(telling: OwnTelling, speech: Speech) -> list[Outgoing]:
    """Return what is told beside words that a person has to read first: that a wish is noted."""
    if not isinstance(telling, WrongNoted):
        return []
    return [tell(speech.say("own.wrong-noted-too", day=spell_day(telling.by, speech)))]


def _tidy(speech: Speech) -> list[Outgoing]:
    return [put_buttons_away()] if speech.tapped else []


# --- who may read their words -----------------------------------------------------------------


def _tick(telling: SharingSet, speech: Speech) -> Outgoing:
    """Show the choice where it was tapped: no new message comes in the way of what is asked."""
    rows = speech.sharing(telling.words, telling.chosen)
    if telling.answer is None:
        ways = ways_back(telling.can_go_on, speech) or (speech.exits,)
        return Outgoing(OutgoingKind.EDIT_TAPPED, "", (*rows, *ways))
    change = change_row(telling.answer, speech)
    return Outgoing(OutgoingKind.EDIT_TAPPED, "", (*change, *rows))


# --- what we know of them ---------------------------------------------------------------------


def _say_what_we_know(about: AboutMe, speech: Speech) -> Outgoing:
    """Tell it in short. Our own chat has a page with all of it; to other apps we send nothing."""
    text = speech.say(
        "own.about-me", answered=about.answered, written=about.written, goals=about.goals
    )
    see_all = speech.wish("see-all", MenuWish.SEE_ALL)
    if speech.on_telegram:
        text = f"{text}\n\n{speech.say('control.who-sees-telegram')}"
    else:
        see_all = Button(see_all.label, url=about.link)
    return tell(
        text,
        (see_all, speech.wish("something-wrong", MenuWish.SOMETHING_WRONG)),
        (speech.wish("forget-me", MenuWish.FORGET_ME),),
        speech.exits,
    )


def _ask_whether_sure(speech: Speech) -> Outgoing:
    text = speech.say("own.sure-forget")
    if speech.on_telegram:
        text = f"{text}\n\n{speech.say('own.sure-forget-telegram')}"
    ways = (
        speech.wish("forget-surely", MenuWish.FORGET_ME_SURELY),
        speech.wish("stay", MenuWish.ABOUT_ME),
    )
    return tell(text, ways, (speech.help_now,))


def _say_by_when(noted: SeeingNoted | WrongNoted | ForgettingNoted, speech: Speech) -> Outgoing:
    day = spell_day(noted.by, speech)
    match noted:
        case SeeingNoted():
            return tell(speech.say("own.seeing-noted", day=day))
        case WrongNoted(_, words):
            text = speech.say("own.wrong-noted", day=day)
            if words is None:
                return tell(text)
            choose = speech.say("own.you-choose")
            return tell(f"{text}\n\n{choose}", *speech.sharing(words), speech.exits)
        case ForgettingNoted():
            return tell(speech.say("own.forgetting-noted", day=day))
        case _:
            assert_never(noted)
