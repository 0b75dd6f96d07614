"""Words that somebody types: safety first, then what they mean; every word is kept for a person.

It must not answer with anything but fixed words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from storage import askings, invitations, transcripts, words
from storage.alerts import AlertKind, Route
from storage.runs import StoredRun
from storage.sequence import new_id
from storage.words import NewWords, WordsKind
from surveys.concerns import Concern, ConcernLevel
from surveys.conversation import Answered, Held, Typed, WordsId, WordsKept, Written
from surveys.understanding import Wish, is_plain, read_wish
from usecases import (
    alerting,
    alerting_words,
    answering,
    checking_in,
    goals,
    joining,
    knowing,
    short_cuts,
    wishing,
)
from usecases.arrival import Channel, MediaInput, TextInput
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
    route: Route
    refusal: joining.Refusal | None = None
    """What to say where it was meant as a code."""

    @property
    def is_worry_in_signs(self) -> bool:
        """Whether there is a worry, and signs that comparing words leaves out."""
        return self.concern is not None and not is_plain(self.text)

    @property
    def is_code(self) -> bool:
        """Whether it came as a code and looks like one: then a chat does not show it."""
        return self.refusal is not None and invitations.looks_like_code(self.text)


def hear(desk: Desk, given: TextInput) -> None:
    """Deal with typed words: whether they hold a worry is looked at before anything else."""
    _hear(desk, given)


def take_code(desk: Desk, code: str) -> None:
    """Deal with what came where codes come: by a link, behind /start, or in the box for a code.

    Somebody may as well write there what weighs on them, or call for help.
    """
    refusal = joining.redeem(desk, code)
    if refusal is not None:
        _hear(desk, TextInput(code), refusal)


def _hear(desk: Desk, given: TextInput, refusal: joining.Refusal | None = None) -> None:
    """Deal with words. `refusal` is what to say to somebody who meant them as a code."""
    text = _as_text(given.text)
    if text:
        kind = WordsKind.EDIT if given.edited else WordsKind.SAID
        if not _take_short_cut(desk, heard := _heard(desk, text, kind, refusal)):
            _take_words(desk, heard)
            short_cuts.grant_beside(desk, text, edited=given.edited)
    elif refusal is not None:
        desk.say(refusal)
    else:
        wishing.show_what_works(desk)


def _take_short_cut(desk: Desk, heard: _Heard) -> bool:
    """Take words as the tap that they stand for; False where they are to be heard as words.

    With a worry beside it, if only as a sign, a short cut is words. What says more than the short
    cut is kept as well, for a person to read.
    """
    if heard.kind is WordsKind.EDIT or heard.is_worry_in_signs:
        return False
    if not short_cuts.take(desk, heard.text):
        return False
    if not is_plain(heard.text) or read_wish(heard.text) is Wish.EMERGENCY:
        _keep(desk, heard, desk.standing_run)
    return True


def _take_words(desk: Desk, heard: _Heard) -> None:
    """Take words as what we asked for, as a time or a code; else they are words to be read."""
    if heard.kind is WordsKind.EDIT:
        _listen(desk, heard)
    elif _give_what_was_asked_for(desk, heard):
        return
    elif not heard.is_worry_in_signs and short_cuts.choose_time(desk, heard.text):
        if not is_plain(heard.text):
            _keep(desk, heard, desk.standing_run)
    elif not _take_typed_code(desk, heard):
        _listen(desk, heard)


def _take_typed_code(desk: Desk, heard: _Heard) -> bool:
    """Take words that look like a code as one; False where they are words like any others."""
    if heard.refusal is not None or not invitations.looks_like_code(heard.text):
        return False
    if not joining.is_theirs_to_try(desk, heard.text):
        return False
    refusal = joining.redeem(desk, heard.text)
    if refusal is not None:
        _listen(desk, replace(heard, refusal=refusal))
    return True


def hear_stranded(desk: Desk, text: str) -> None:
    """Deal with words that could not be dealt with in time: a person reads them, whatever they say.

    Nothing else is done with them: what they may have answered has moved on.
    """
    heard = _heard(desk, _as_text(text), WordsKind.SAID)
    _keep(desk, heard, None)
    _raise(desk, heard, heard.concern or alerting_words.NOT_UNDERSTOOD)


def see_media(desk: Desk, media: MediaInput) -> None:
    """Say kindly that we cannot look at this, tell staff that it came, and read its caption."""
    caption = _as_text(media.caption)
    heard = _heard(desk, caption, WordsKind.CAPTION)
    what = AlertKind.MEDIA
    alerting.tell_team(desk.work, desk.service, desk.person, what, desk.now, heard.route)
    if not caption:
        desk.say(MediaNotKept(media.kind))
        return
    _keep(desk, heard, desk.standing_run)
    if heard.concern is not None:
        _raise(desk, heard, heard.concern)
        desk.say(MediaNotKept(media.kind))
    else:
        desk.say(MediaNotKept(media.kind, _shareable(desk, heard)))
    short_cuts.grant_beside(desk, caption, edited=True)


def _give_what_was_asked_for(desk: Desk, heard: _Heard) -> bool:
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
            return goals.take_number(desk, which, heard.text)
        case goals.NEW:
            heard = _take_aside(desk, heard, WordsKind.GOAL)
            if heard.concern is None or heard.concern.level is not ConcernLevel.CRISIS:
                goals.put_in_words(desk, heard.id, which or None)
        case knowing.WRONG:
            heard = _take_aside(desk, heard, WordsKind.FIX)
            knowing.note_wrong(desk, desk.person, heard.id)
        case _:
            return False
    return True


def _take_aside(desk: Desk, given: _Heard, kind: WordsKind) -> _Heard:
    """Keep words that answer no question of a run, and look after safety first."""
    heard = replace(given, kind=kind)
    if heard.cut:
        desk.say(WordsTooLong(LONGEST_WORDS))
    _keep(desk, heard, None)
    if heard.concern is not None:
        _raise(desk, heard, heard.concern)
    return heard


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
    elif run is not None and not heard.is_code:
        _answer_with(desk, heard, run)
    else:
        _keep(desk, heard, desk.standing_run)
        _tell_received(desk, heard)


def _tell_received(desk: Desk, heard: _Heard) -> None:
    """Say that words have arrived, or what to say where somebody meant a code."""
    if heard.refusal is not None and (desk.person is None or heard.is_code):
        desk.say(heard.refusal)
    else:
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
                return
            case Answered(_, item, Written()):
                _keep(desk, heard, run, item=item, kind=WordsKind.ANSWER)
                return
            case _:
                pass
    if not is_plain(heard.text) and any(map(str.isalnum, heard.text)):
        _keep(desk, heard, run)  # a sign stands beside the answer


def _raise(desk: Desk, heard: _Heard, concern: Concern) -> None:
    """Stop the questions, leave a concern for a person, and answer with fixed words."""
    kind = alerting_words.raise_for_words(
        desk.work,
        desk.service,
        desk.person,
        words_id=heard.id,
        concern=concern,
        route=heard.route,
        now=desk.now,
    )
    run = desk.open_run
    if run is not None:
        checking_in.end_quietly(desk, run, Held())
    desk.say(answering.answer_concern(desk, concern, kind, heard.route, _shareable(desk, heard)))


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
    if desk.channel is Channel.WEB and not heard.is_code:
        transcripts.write_own(desk.work, desk.door.address.chat_id, heard.id, desk.now)


def _read_by(desk: Desk) -> datetime:
    return desk.service.rhythm.read_by(desk.now)


def _as_text(given: str) -> str:
    """Return words without what no text holds: NUL goes, half a character shows as unreadable."""
    whole = given.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return whole.replace("\x00", "").strip()


def _heard(
    desk: Desk, text: str, kind: WordsKind, refusal: joining.Refusal | None = None
) -> _Heard:
    words_id = WordsId(new_id(desk.work.entropy))
    kept = text[:LONGEST_WORDS]
    judged = alerting_words.judge(desk.work, desk.person, text)
    return _Heard(words_id, kept, kind, kept != text, judged.concern, judged.route, refusal)
