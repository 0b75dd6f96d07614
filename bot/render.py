"""Turns what we tell into messages with words and buttons: pure and total; it sends nothing.

No sentence stands in this package: all words come from surveys/phrases and from instruments. What
somebody has to see is always a new message; an edit only tidies an earlier one, so that an edit
which fails loses nothing. An edit without text keeps the words and changes the buttons only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import assert_never

from bot.callbacks import menu_data
from bot.question_face import Faces
from bot.render_control import render_control, render_reply
from bot.render_goals import GoalTelling, render_goals
from bot.render_joining import render_joining
from bot.render_offers import render_offer
from bot.render_own import OwnTelling, render_own, render_own_hushed
from bot.render_picture import render_picture
from bot.render_run import render_half_done, render_run, say_over
from bot.render_safety import render_safety
from bot.render_times import render_times
from bot.screen import put_together
from bot.speech import Row, Speech, put_buttons_away, tell
from bot.stencil import Stencil
from followups.hours import Hours, packaged_hours
from storage.outbox import Outgoing, OutgoingKind, Urgency
from surveys.helplines import Helplines, helplines
from surveys.phrasebook import Phrasebook, phrasebook
from usecases.arrival import MenuWish
from usecases.quiet import (
    HowLongToRest,
    OwnTimeSet,
    OwnTimeShown,
    QuietUntil,
    RestBegun,
    SureToStop,
    WelcomeBack,
)
from usecases.telling import (
    AboutRun,
    ConcernHeard,
    EditReceived,
    HalfDone,
    HelpNow,
    Listener,
    MediaNotKept,
    Menu,
    NothingWaits,
    NotUnderstood,
    OfferDeclined,
    Offered,
    OfferGone,
    PictureReady,
    PutOff,
    RunAlreadyOver,
    RunGone,
    SaidAgain,
    SomebodyWillTalk,
    TalkTelling,
    Telling,
    ToldBack,
    WhatWasDone,
    WhenLater,
    WhoSees,
    WordsReceived,
    WordsTooLong,
)
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

_EDITS = (OutgoingKind.EDIT_TAPPED, OutgoingKind.EDIT_STEP)


class Speaker:
    """Speaks for one service: a usecases.telling.Renderer with its words and its numbers.

    It keeps what questions and offers look like once they have been worked out, and nothing about
    anybody.
    """

    def __init__(
        self, book: Phrasebook, lines: Helplines, duty_number: str | None, hours: Hours
    ) -> None:
        """Take the words, the help lines, the service's own phone for adults, and its hours."""
        self._book = book
        self._lines = lines
        self._duty_number = duty_number
        self._duty = (hours.duty.opens, hours.duty.closes)
        self._faces = Faces(book)
        self._offers: dict[tuple[str, Listener, int, bool], Stencil] = {}

    def __call__(
        self, tellings: Sequence[Telling], listener: Listener, *, tapped: bool
    ) -> tuple[Outgoing, ...]:
        """Return the edits, then at most two new messages; the last one shows a way on."""
        if len(tellings) == 1 and not tapped and isinstance(tellings[0], Offered):
            return (self._offer(tellings[0], listener),)
        return self._speak(tellings, listener, tapped=tapped)

    def _offer(self, offered: Offered, listener: Listener) -> Outgoing:
        """Return the offer that the clock makes: to most people it is one and the same."""
        key = (offered.instrument.digest, listener, offered.reminder, offered.last)
        stencil = self._offers.get(key)
        if stencil is None:
            (message,) = self._speak((offered,), listener, tapped=False)
            stencil = self._offers[key] = Stencil.of(message, offered.occasion)
        return stencil.fill(offered.occasion)

    def _speak(
        self, tellings: Sequence[Telling], listener: Listener, *, tapped: bool
    ) -> tuple[Outgoing, ...]:
        kinds = {type(telling) for telling in tellings}
        speech = Speech(
            listener,
            self._book,
            self._faces,
            self._lines,
            self._duty_number,
            self._duty,
            tapped=tapped,
            hushed=ConcernHeard in kinds,
            promised=not kinds.isdisjoint((ConcernHeard, SomebodyWillTalk)),
            received=WordsReceived in kinds,
        )
        told = [message for telling in tellings for message in _render(telling, speech)]
        edits = [message for message in told if message.kind in _EDITS]
        news = [message for message in told if message.kind not in _EDITS]
        if speech.hushed:
            news.sort(key=lambda message: message.urgency is Urgency.SAFETY)
        if len(news) > 1:
            news = put_together(news)
        if news:
            news[-1] = _with_exits(news[-1], speech, told_who_sees=WhoSees in kinds)
        if len(tellings) == 1 and not tapped:
            news = [_unasked(message, tellings[0]) for message in news]
        return (*_once(edits), *news)


def _with_exits(message: Outgoing, speech: Speech, *, told_who_sees: bool) -> Outgoing:
    """Return what was said last with a way on, and with who sees what beside help."""
    rows = message.rows or (speech.exits,)
    if not told_who_sees and not _has(rows, _WHO_SEES):
        rows = _beside_help(rows, speech, helps=message.urgency is Urgency.SAFETY)
    return replace(message, rows=rows)


def _has(rows: Sequence[Row], wish: str) -> bool:
    return any(button.data == wish for row in rows for button in row)


def _beside_help(rows: Sequence[Row], speech: Speech, *, helps: bool) -> tuple[Row, ...]:
    """Put who sees what in front of help; where help itself is shown, in a row of its own."""
    if not _has(rows, _HELP):
        return (*rows, (speech.who_sees,) if helps else speech.exits)
    return tuple(
        (*row[:-1], speech.who_sees, row[-1]) if row[-1].data == _HELP else row for row in rows
    )


_WHO_SEES = menu_data(MenuWish.WHO_SEES)
_HELP = menu_data(MenuWish.HELP)


def build_renderer(duty_number: str | None = None, hours: Hours | None = None) -> Speaker:
    """Return a renderer with the packaged words and numbers, and the hours of a service.

    Raises surveys.errors.BadDefinition when they are broken.
    """
    return Speaker(phrasebook(), helplines(), duty_number, hours or packaged_hours())


@cache
def _packaged() -> Speaker:
    return build_renderer()


def render(
    tellings: Sequence[Telling], listener: Listener, *, tapped: bool
) -> tuple[Outgoing, ...]:
    """Speak with the packaged words, for a service without a phone of its own."""
    return _packaged()(tellings, listener, tapped=tapped)


def _render(telling: Telling, speech: Speech) -> list[Outgoing]:
    """Turn one telling into edits and messages."""
    if isinstance(telling, OwnTelling):
        return render_own_hushed(telling, speech) if speech.hushed else render_own(telling, speech)
    if isinstance(telling, GoalTelling):
        return [] if speech.hushed else render_goals(telling, speech)
    return _render_talk(telling, speech)


def _render_talk(telling: TalkTelling, speech: Speech) -> list[Outgoing]:
    match telling:
        case AboutRun():
            edits, news = render_run(telling, speech)
            return [*edits, *news]
        case ConcernHeard() | HelpNow() | SomebodyWillTalk():
            return [render_safety(telling, speech)]
        case (
            WordsReceived()
            | EditReceived()
            | WordsTooLong()
            | MediaNotKept()
            | NotUnderstood()
            | SaidAgain()
        ):
            return render_reply(telling, speech)
        case _ if speech.hushed:
            return []
        case PictureReady():
            return [render_picture(telling, speech)]
        case HalfDone():
            return [render_half_done(telling, speech)]
        case RunGone() | RunAlreadyOver():
            return _render_end(telling, speech)
        case (
            Offered()
            | WhenLater()
            | PutOff()
            | OfferDeclined()
            | OfferGone()
            | NothingWaits()
            | ToldBack()
            | WhatWasDone()
        ):
            return render_offer(telling, speech)
        case (
            JoinPage()
            | MoreAboutUs()
            | JoinPutOff()
            | Joined()
            | AlreadyJoined()
            | CodeNotKnown()
            | TooManyCodes()
            | ComeToTheWeb()
            | NotKnownYet()
        ):
            return render_joining(telling, speech)
        case OwnTimeShown() | OwnTimeSet() | QuietUntil():
            return render_times(telling, speech)
        case Menu() | WhoSees() | HowLongToRest() | SureToStop() | RestBegun() | WelcomeBack():
            return render_control(telling, speech)
        case _:
            assert_never(telling)


def _render_end(telling: RunGone | RunAlreadyOver, speech: Speech) -> list[Outgoing]:
    """Tell that the questions of a button are not there any more."""
    tidy = [put_buttons_away()] if speech.tapped else []
    match telling:
        case RunGone():
            return [*tidy, tell(speech.say("questions.run-gone"))]
        case RunAlreadyOver(status):
            return [*tidy, tell(say_over(speech, status))]
        case _:
            assert_never(telling)


def _unasked(message: Outgoing, telling: Telling) -> Outgoing:
    """Mark what the clock says by itself: it may be taken back while it waits to be sent."""
    if isinstance(telling, Offered | HalfDone | ToldBack):
        return replace(message, urgency=Urgency.ASKING)
    return message


def _once(edits: Sequence[Outgoing]) -> list[Outgoing]:
    """Drop an edit that only tidies the tapped message where another edit changes it anyway."""
    tapped = [edit for edit in edits if edit.kind is OutgoingKind.EDIT_TAPPED]
    if len(tapped) < 2:  # noqa: PLR2004 - one is never too many
        return list(edits)
    kept = next((edit for edit in tapped if edit.text), tapped[0])
    return [edit for edit in edits if edit.kind is not OutgoingKind.EDIT_TAPPED or edit is kept]
