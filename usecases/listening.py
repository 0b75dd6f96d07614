"""Words that somebody types: safety first, then what they mean; every word is kept for a person.

It must not answer with anything but fixed words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from storage import askings, invitations, transcripts, words
from storage.alerts import AlertKind
from storage.people import Standing
from storage.runs import StoredRun
from storage.sequence import new_id
from storage.words import NewWords, NoticeKind, WordsKind
from surveys.concerns import Concern, ConcernLevel, notice
from surveys.conversation import Answered, Held, Typed, WordsId, WordsKept, Written
from surveys.instrument import ItemKind
from surveys.understanding import PlainReply, Wish, read_reply, read_time_wish, read_wish
from usecases import (
    alerting,
    answering,
    checking_in,
    choosing_times,
    goals,
    joining,
    knowing,
    wishing,
)
from usecases.arrival import Channel, JoinReply, MediaInput, MenuWish, OfferReply, TextInput
from usecases.desk import Desk
from usecases.service import LONGEST_WORDS
from usecases.telling import (
    EditReceived,
    MediaNotKept,
    WordsReceived,
    WordsTooLong,
)
from usecases.welcome import (
    NotKnownYet,
)


@dataclass(frozen=True, slots=True)
class _Heard:
    """Words on the desk: their id, what is kept of them, how they came, and what they say.

    The concern is about all that was written, also about what is too long to be kept.
    """

    id: WordsId
    text: str
    kind: WordsKind
    cut: bool
    concern: Concern | None


def hear(desk: Desk, given: TextInput) -> None:
    """Deal with typed words."""
    text = _as_text(given.text)
    if not text:
        wishing.show_what_works(desk)
        return
    if not given.edited and _reply_plainly(desk, text):
        return
    wish = None if given.edited else read_wish(text)
    if wish is not None and _grant(desk, wish):
        return
    if not given.edited and _give_what_was_asked_for(desk, text):
        return
    if not given.edited and _choose_time(desk, text):
        return
    if not given.edited and invitations.looks_like_code(text) and joining.take_typed(desk, text):
        return
    _listen(desk, _heard(desk, text, WordsKind.EDIT if given.edited else WordsKind.SAID))


def see_media(desk: Desk, media: MediaInput) -> None:
    """Say kindly that we cannot look at this, tell staff that it came, and read its caption."""
    words.give_notice(desk.work, desk.person, NoticeKind.MEDIA_CAME, desk.now)
    alerting.raise_for(desk.work, desk.service, desk.person, AlertKind.MEDIA, desk.now)
    caption = _as_text(media.caption)
    if not caption:
        desk.say(MediaNotKept(media.kind))
        return
    heard = _heard(desk, caption, WordsKind.CAPTION)
    _keep(desk, heard, desk.standing_run)
    if heard.concern is not None:
        _raise(desk, heard, heard.concern)
        desk.say(MediaNotKept(media.kind))
    else:
        desk.say(MediaNotKept(media.kind, _shareable(desk, heard)))


def _reply_plainly(desk: Desk, text: str) -> bool:
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
        case Wish.HELP:
            wishing.grant(desk, MenuWish.HELP)
        case Wish.STOP:
            wishing.grant(desk, MenuWish.STOP_ALL)
        case Wish.PAUSE:
            wishing.grant(desk, MenuWish.PAUSE)
        case (
            Wish.MENU
            | Wish.NOT_MY_WORKER
            | Wish.WHO_SEES
            | Wish.GOALS
            | Wish.ABOUT_ME
            | Wish.YOU_SAID
            | Wish.FORGET_ME
        ):
            wishing.grant(desk, _ANY_TIME[wish])
        case Wish.BACK | Wish.WHY:
            return wishing.grant_in_run(desk, wish)
        case Wish.GO_ON:
            if desk.person is None or desk.person.standing is not Standing.JOINED:
                return False
            checking_in.offer_what_waits(desk)
    return True


_ANY_TIME: Final = {
    Wish.MENU: MenuWish.MENU,
    Wish.NOT_MY_WORKER: MenuWish.NOT_MY_WORKER,
    Wish.WHO_SEES: MenuWish.WHO_SEES,
    Wish.GOALS: MenuWish.GOALS,
    Wish.ABOUT_ME: MenuWish.ABOUT_ME,
    Wish.YOU_SAID: MenuWish.YOU_SAID,
    Wish.FORGET_ME: MenuWish.FORGET_ME,
}


def _give_what_was_asked_for(desk: Desk, text: str) -> bool:
    """Take words as what our last message asked for outside the questions; False where it did not.

    Words for a goal, and about what is wrong, are graded and read as all words are. What may mean
    that a life is in danger never stands on a list of goals.
    """
    if desk.person is None:
        return False
    awaited = askings.awaited(desk.work.connection, desk.door.address.id)
    what, _, which = (awaited or "").partition(":")
    match what:
        case goals.NUMBER:
            return goals.take_number(desk, which, text)
        case goals.NEW:
            heard = _take_aside(desk, text, WordsKind.GOAL)
            if heard.concern is None or heard.concern.level is not ConcernLevel.CRISIS:
                goals.put_in_words(desk, heard.id, which or None)
        case knowing.WRONG:
            heard = _take_aside(desk, text, WordsKind.FIX)
            knowing.note_wrong(desk, desk.person, heard.id)
        case _:
            return False
    return True


def _take_aside(desk: Desk, text: str, kind: WordsKind) -> _Heard:
    """Keep words that answer no question of a run, and look after safety first."""
    heard = _heard(desk, text, kind)
    if heard.cut:
        desk.say(WordsTooLong(LONGEST_WORDS))
    _keep(desk, heard, None)
    if heard.concern is not None:
        _raise(desk, heard, heard.concern)
    return heard


def _choose_time(desk: Desk, text: str) -> bool:
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


def _listen(desk: Desk, heard: _Heard) -> None:
    """Keep the words, see whether a person must read them today, and only then go on."""
    if heard.cut:
        desk.say(WordsTooLong(LONGEST_WORDS))
    if heard.concern is not None:
        _keep(desk, heard, desk.standing_run)
        _raise(desk, heard, heard.concern)
        return
    run = desk.open_run
    if heard.kind is WordsKind.EDIT:
        _keep(desk, heard, desk.standing_run)
        desk.say(EditReceived(_shareable(desk, heard)))
    elif run is not None:
        _answer_with(desk, heard, run)
    else:
        _keep(desk, heard, desk.standing_run)
        known = desk.person is not None
        desk.say(WordsReceived(desk.team, heard.id) if known else NotKnownYet())


def _shareable(desk: Desk, heard: _Heard) -> WordsId | None:
    """Return the words that somebody may choose about: those of a person whom we know."""
    return heard.id if desk.person is not None else None


def _answer_with(desk: Desk, heard: _Heard, run: StoredRun) -> None:
    """Give the words to the engine; keep them unless they were as plain as a tap."""
    turn = checking_in.move(desk, run, Typed(heard.text, heard.id))
    for event in turn.events:
        match event:
            case WordsKept(item):
                _keep(desk, heard, run, item=item)
            case Answered(_, item, Written()):
                _keep(desk, heard, run, item=item, kind=WordsKind.ANSWER)
            case _:
                pass


def _raise(desk: Desk, heard: _Heard, concern: Concern) -> None:
    """Stop the questions, leave a concern for a person, and answer with fixed words."""
    concern_id = words.raise_concern(
        desk.work,
        desk.person,
        heard.id,
        level=concern.level.value,
        categories=[category.value for category in concern.categories],
        reasons=concern.reasons,
        now=desk.now,
    )
    kind = alerting.kind_of(desk.person, concern.categories)
    alerting.raise_alert(
        desk.work,
        desk.service,
        desk.person,
        concern_id=concern_id,
        kind=kind,
        level=concern.level.value,
        categories=[category.value for category in concern.categories],
        now=desk.now,
    )
    run = desk.open_run
    if run is not None:
        checking_in.end_quietly(desk, run, Held())
    desk.say(answering.answer_concern(desk, concern, kind, _shareable(desk, heard)))


def _keep(
    desk: Desk,
    heard: _Heard,
    run: StoredRun | None,
    *,
    item: str | None = None,
    kind: WordsKind | None = None,
) -> None:
    new = NewWords(
        id=heard.id,
        text=heard.text,
        kind=kind or heard.kind,
        channel=desk.channel.value,
        read_by_at=_read_by(desk),
        run_id=run.run.id if run is not None else None,
        item=item,
    )
    words.keep(desk.work, desk.person, new, desk.now)
    if desk.channel is Channel.WEB:
        transcripts.write_own(desk.work, desk.door.address.chat_id, heard.id, desk.now)


def _read_by(desk: Desk) -> datetime:
    return desk.service.rhythm.read_by(desk.now)


def _as_text(given: str) -> str:
    """Return words without what no text holds: NUL goes, half a character shows as unreadable."""
    whole = given.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\x00", "").strip()


def _heard(desk: Desk, text: str, kind: WordsKind) -> _Heard:
    words_id = WordsId(new_id(desk.work.entropy))
    kept = text[:LONGEST_WORDS]
    return _Heard(words_id, kept, kind, cut=kept != text, concern=notice(text))
