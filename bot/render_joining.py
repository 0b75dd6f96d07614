"""Tells who we are and what we ask before anything is asked, and what became of a code."""

from __future__ import annotations

from typing import assert_never

from bot.render_hours import spell_hours
from bot.speech import Speech, put_buttons_away, tell
from storage.outbox import Button, Outgoing
from usecases.arrival import JoinReply, MenuWish
from usecases.welcome import (
    AlreadyJoined,
    CodeNotKnown,
    ComeToTheWeb,
    Joined,
    JoinPage,
    JoinPutOff,
    MoreAboutUs,
    NotKnownYet,
    TooManyCodes,
)

JoiningTelling = (
    JoinPage
    | MoreAboutUs
    | JoinPutOff
    | Joined
    | AlreadyJoined
    | CodeNotKnown
    | TooManyCodes
    | ComeToTheWeb
    | NotKnownYet
)


def render_joining(telling: JoiningTelling, speech: Speech) -> list[Outgoing]:
    """Return the messages for one telling about joining."""
    match telling:
        case JoinPage(page):
            return [*_tidy(speech), _page(page, speech)]
        case MoreAboutUs():
            return [*_tidy(speech), _ask_to_join(speech, speech.say("joining.more"), more=False)]
        case JoinPutOff():
            yes = speech.join("join-yes", JoinReply.YES)
            message = tell(speech.say("joining.put-off"), (yes,), (speech.help_now,))
            return [*_tidy(speech), message]
        case Joined():
            return [*_tidy(speech), tell(speech.say("joining.joined"))]
        case AlreadyJoined(stopped):
            way = MenuWish.COME_BACK if stopped else MenuWish.WHATS_NEXT
            go_on = speech.wish("carry-on", way)
            message = tell(speech.say("joining.already-joined"), (go_on, speech.help_now))
            return [*_tidy(speech), message]
        case CodeNotKnown():
            return [tell(speech.say("joining.code-not-known"))]
        case TooManyCodes():
            return [tell(speech.say("joining.too-many-codes"))]
        case ComeToTheWeb(link):
            return [_come_to_the_web(speech, link)]
        case NotKnownYet():
            return [tell(speech.say("joining.not-known-yet"), (speech.help_now,))]
        case _:
            assert_never(telling)


def _tidy(speech: Speech) -> list[Outgoing]:
    return [put_buttons_away()] if speech.tapped else []


def _page(page: int, speech: Speech) -> Outgoing:
    """Return one of the three pages; a number that is none of them shows the nearest."""
    if page <= 1:
        onward = speech.join("next", JoinReply.SECOND_PAGE)
        return tell(
            speech.say("joining.page-1", hours=spell_hours(speech)), (onward,), (speech.help_now,)
        )
    if page == 2:  # noqa: PLR2004 - the second of three pages
        text = speech.say("joining.page-2")
        if speech.on_telegram:
            text = f"{text}\n\n{speech.say('joining.page-2-telegram')}"
        onward = speech.join("next", JoinReply.THIRD_PAGE)
        return tell(text, (onward,), (speech.help_now,))
    return _ask_to_join(speech, speech.say("joining.page-3"), more=True)


def _ask_to_join(speech: Speech, text: str, *, more: bool) -> Outgoing:
    ways = [speech.join("not-now", JoinReply.NOT_NOW)]
    if more:
        ways.append(speech.join("tell-me-more", JoinReply.TELL_ME_MORE))
    yes = speech.join("join-yes", JoinReply.YES)
    return tell(text, (yes,), tuple(ways), (speech.help_now,))


def _come_to_the_web(speech: Speech, link: str) -> Outgoing:
    """Show the link as text, and as a button where Telegram takes it: it refuses plain http."""
    text = speech.say("joining.come-to-the-web", link=link)
    if not link.startswith("https://"):
        return tell(text, (speech.help_now,))
    button = Button(speech.say("buttons.open-chat"), url=link)
    return tell(text, (button,), (speech.help_now,))
