"""Tells what can be done at any moment, that we keep quiet, and what became of odd input."""

from __future__ import annotations

from typing import Final, assert_never

from bot.render_hours import say_when
from bot.render_offers import ways_back
from bot.speech import Row, Speech, put_buttons_away, tell
from storage.outbox import Outgoing
from surveys.conversation import Run, WordsId
from surveys.people import Role
from usecases.arrival import Media, MenuWish
from usecases.quiet import (
    HowLongToRest,
    Quiet,
    RestBegun,
    Resting,
    SureToStop,
    WelcomeBack,
)
from usecases.telling import (
    EditReceived,
    MediaNotKept,
    Menu,
    NotUnderstood,
    SaidAgain,
    WhoSees,
    WordsReceived,
    WordsTooLong,
)

ControlTelling = Menu | WhoSees | HowLongToRest | SureToStop | RestBegun | WelcomeBack
ReplyTelling = (
    WordsReceived | EditReceived | WordsTooLong | MediaNotKept | NotUnderstood | SaidAgain
)


def render_control(telling: ControlTelling, speech: Speech) -> list[Outgoing]:
    """Return the messages for one telling about what somebody can do or wants."""
    tidy = [put_buttons_away()] if speech.tapped else []
    match telling:
        case Menu(quiet):
            return [tell(speech.say("control.menu"), *_menu_rows(speech, quiet))]
        case WhoSees(run):
            return [tell(_say_who_sees(speech), *_ways_from_who_sees(run, speech))]
        case HowLongToRest():
            return [_ask_how_long(speech)]
        case SureToStop():
            ways = (
                speech.wish("stop-surely", MenuWish.STOP_ALL_SURELY),
                speech.wish("stay", MenuWish.STAY),
            )
            return [tell(speech.say("control.sure"), ways, (speech.help_now,))]
        case RestBegun(how):
            come_back = speech.wish("come-back", MenuWish.COME_BACK)
            message = tell(speech.say(f"control.{_RESTING[how]}"), (come_back, speech.help_now))
            return [*tidy, message]
        case WelcomeBack():
            return [*tidy, tell(speech.say("control.welcome-back"))]
        case _:
            assert_never(telling)


def render_reply(telling: ReplyTelling, speech: Speech) -> list[Outgoing]:
    """Return the messages for one telling about something that came outside the questions."""
    match telling:
        case WordsReceived(team, words):
            return [_let_choose(say_when(team, "replies.words", speech), words, speech)]
        case EditReceived(words):
            return [_let_choose(speech.say("replies.edited"), words, speech)]
        case WordsTooLong(kept):
            return [tell(speech.say("replies.too-long", kept=kept))]
        case MediaNotKept(kind, words):
            return [_let_choose(_say_what_came(kind, speech), words, speech)]
        case NotUnderstood(quiet):
            return [tell(speech.say("replies.not-understood"), *_menu_rows(speech, quiet))]
        case SaidAgain():
            return [tell(speech.say("replies.said-again"))]
        case _:
            assert_never(telling)


def _say_what_came(kind: Media, speech: Speech) -> str:
    """Say that we did not keep it, and that the team knows where it does: whose is it else."""
    not_kept = speech.say(f"replies.{_MEDIA[kind]}")
    if speech.hushed:
        return not_kept
    known = "stranger" if speech.stranger else "known"
    return f"{not_kept} {speech.say(f'replies.media-{known}')}"


def _let_choose(text: str, words: WordsId | None, speech: Speech) -> Outgoing:
    """Put the choice who else may read words under the reply that comes anyway."""
    if words is None:
        return tell(text)
    choose = speech.say("own.you-choose")
    return tell(f"{text}\n\n{choose}", *speech.sharing(words), speech.exits)


def _menu_rows(speech: Speech, quiet: Quiet) -> tuple[Row, ...]:
    """Return what can be done: only what makes sense for somebody who rests, or who stopped."""
    who_sees = speech.wish("who-sees", MenuWish.WHO_SEES)
    if speech.stranger:
        return ((who_sees,), (speech.help_now,))
    people: tuple[Row, ...] = (
        (speech.help_now,),
        (speech.wish("talk", MenuWish.TALK_TO_SOMEBODY),),
    )
    about_me = speech.wish("about-me", MenuWish.ABOUT_ME)
    if quiet is Quiet.STOPPED:
        come_back = speech.wish("come-back", MenuWish.COME_BACK)
        return (*people, (come_back, who_sees), (about_me,))
    young = speech.listener.role is Role.YOUNG_PERSON
    goals = (speech.wish("goals", MenuWish.GOALS),) if young else ()
    stop = speech.wish("stop-for-good", MenuWish.STOP_ALL)
    resting = (speech.wish("end-break", MenuWish.COME_BACK),) if quiet is Quiet.BREAK else ()
    you_said = ((speech.wish("you-said", MenuWish.YOU_SAID),),) if young else ()
    return (
        *people,
        (speech.wish("whats-next", MenuWish.WHATS_NEXT), who_sees),
        (*goals, about_me),
        *you_said,
        (
            speech.wish("own-time", MenuWish.OWN_TIME),
            speech.wish("take-a-break", MenuWish.PAUSE),
        ),
        (*resting, stop),
    )


def _say_who_sees(speech: Speech) -> str:
    text = speech.say("control.who-sees")
    if not speech.on_telegram:
        return text
    return f"{text}\n\n{speech.say('control.who-sees-telegram')}"


def _ways_from_who_sees(run: Run | None, speech: Speech) -> tuple[Row, ...]:
    menu = () if speech.stranger else (speech.wish("menu", MenuWish.MENU),)
    return ways_back(run, speech) or ((*menu, speech.help_now),)


def _ask_how_long(speech: Speech) -> Outgoing:
    return tell(
        speech.say("control.how-long"),
        (
            speech.wish("one-hour", MenuWish.PAUSE_AN_HOUR),
            speech.wish("until-evening", MenuWish.PAUSE_TILL_EVENING),
        ),
        (
            speech.wish("until-tomorrow", MenuWish.PAUSE_TILL_TOMORROW),
            speech.wish("one-week", MenuWish.PAUSE_A_WEEK),
        ),
        (
            speech.wish("one-month", MenuWish.PAUSE_A_MONTH),
            speech.wish("stop-for-good", MenuWish.STOP_ALL),
        ),
        (speech.wish("no-break", MenuWish.WHATS_NEXT), speech.help_now),
    )


_RESTING: Final = {
    Resting.WEEK: "resting-week",
    Resting.MONTH: "resting-month",
    Resting.FOR_GOOD: "resting-for-good",
}
_MEDIA: Final = {
    Media.PHOTO: "photo",
    Media.VOICE: "voice",
    Media.VIDEO: "video",
    Media.STICKER: "sticker",
    Media.FILE: "file",
    Media.PLACE: "place",
    Media.PHONE_NUMBER: "phone-number",
    Media.OTHER: "other",
}
