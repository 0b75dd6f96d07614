"""Plain words that stand for a tap: a wish, a yes or no, a time to be asked.

It must not keep words or look for worries: whoever calls has seen to both.
"""

from __future__ import annotations

from typing import Final

from storage.people import Standing
from storage.runs import StoredRun
from surveys.instrument import ItemKind
from surveys.understanding import (
    PlainReply,
    Wish,
    calls_for_help,
    read_reply,
    read_time_wish,
    read_wish,
)
from usecases import checking_in, choosing_times, joining, wishing
from usecases.arrival import JoinReply, MenuWish, OfferReply
from usecases.desk import Desk


def take(desk: Desk, text: str) -> bool:
    """Do what a reply or a wish in plain words stands for; False where these words are none."""
    if _reply(desk, text):
        return True
    wish = read_wish(text)
    return wish is not None and _grant(desk, wish)


def _reply(desk: Desk, text: str) -> bool:
    """Take `yes`, `later` or `no` as the tap that it stands for, where that is what we asked.

    Joining is never agreed to by a word alone: the last page is shown, with its buttons.
    """
    reply = read_reply(text)
    if reply is None or desk.person is None:
        return False
    if desk.person.standing in (Standing.READING, Standing.NOT_NOW):
        joining.turn_page(
            desk, JoinReply.THIRD_PAGE if reply is PlainReply.YES else JoinReply.NOT_NOW
        )
        return True
    if desk.person.standing is not Standing.JOINED or desk.standing_run is not None:
        return False
    return checking_in.reply_to_offer(desk, _OFFER_REPLIES[reply])


_OFFER_REPLIES: Final = {
    PlainReply.YES: OfferReply.START,
    PlainReply.LATER: OfferReply.LATER,
    PlainReply.IN_AN_HOUR: OfferReply.IN_AN_HOUR,
    PlainReply.TONIGHT: OfferReply.TONIGHT,
    PlainReply.TOMORROW: OfferReply.TOMORROW,
    PlainReply.NEXT_WEEK: OfferReply.NEXT_WEEK,
    PlainReply.NO: OfferReply.NOT_THIS_TIME,
}


def _grant(desk: Desk, wish: Wish) -> bool:
    """Do what a plain word wishes for; False where it means nothing here and is just words."""
    match wish:
        case Wish.BACK | Wish.WHY:
            return wishing.grant_in_run(desk, wish)
        case Wish.GO_ON:
            if desk.person is None or desk.person.standing is not Standing.JOINED:
                return False
            checking_in.offer_what_waits(desk)
        case _:
            wishing.grant(desk, _ANY_TIME[wish])
    return True


_ANY_TIME: Final = {
    Wish.HELP: MenuWish.HELP,
    Wish.EMERGENCY: MenuWish.HELP,
    Wish.STOP: MenuWish.STOP_ALL,
    Wish.PAUSE: MenuWish.PAUSE,
    Wish.MENU: MenuWish.MENU,
    Wish.NOT_MY_WORKER: MenuWish.NOT_MY_WORKER,
    Wish.WHO_SEES: MenuWish.WHO_SEES,
    Wish.GOALS: MenuWish.GOALS,
    Wish.ABOUT_ME: MenuWish.ABOUT_ME,
    Wish.YOU_SAID: MenuWish.YOU_SAID,
    Wish.FORGET_ME: MenuWish.FORGET_ME,
}


def grant_beside(desk: Desk, text: str, *, edited: bool) -> None:
    """Do what is kind to do as well for words that were heard as words.

    Help helps wherever it stands. Who has to say "stop" beside a worry means it, and so does who
    will not have it told to their worker; anything else waits until a person has read it.
    """
    wish = read_wish(text)
    if calls_for_help(text):
        wishing.grant(desk, MenuWish.HELP)
    elif wish in (Wish.STOP, Wish.NOT_MY_WORKER) and not edited:
        wishing.grant(desk, _ANY_TIME[wish])


def choose_time(desk: Desk, text: str) -> bool:
    """Keep when somebody wants to be asked, where plain words say so and say nothing else.

    What is read here is a short list of whole sentences, so no worry can hide in it. Under a
    question words are an answer: there it has to be said that it is about the asking.
    """
    person, chosen = desk.person, read_time_wish(text)
    if person is None or chosen is None:
        return False
    if person.standing is not Standing.JOINED:
        return False
    run = desk.open_run
    if run is not None and not (chosen.about_asking and _can_be_tapped(desk, run)):
        return False
    choosing_times.choose_in_words(desk, person, chosen.wish)
    return True


def _can_be_tapped(desk: Desk, run: StoredRun) -> bool:
    """Whether the question that stands has choices: where words are asked for, all words count."""
    item = desk.instrument(run.run.instrument).item(run.run.asked[-1])
    return item.kind is not ItemKind.TEXT
