"""Tells what happened in a run: the question that stands, what was answered, where it rests.

It must not judge an answer, and adds no word of praise or blame to a high or a low one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from bot.callbacks import RunAct, run_data, run_prefix
from bot.question_face import Face
from bot.speech import Row, Speech, put_buttons_away, tell
from storage.outbox import Button, Outgoing, OutgoingKind
from surveys.conversation import (
    Answer,
    Answered,
    AnswersDropped,
    Asked,
    Explained,
    PersonWanted,
    Run,
    RunFinished,
    RunHeld,
    RunLapsed,
    RunPaused,
    RunResumed,
    RunStatus,
    RunStopped,
    RunWasOver,
    TapRepeated,
    TapWasOld,
    TapWasUnknown,
    Withdrawn,
    WordsKept,
    Written,
)
from surveys.engine import reachable
from usecases.arrival import MenuWish
from usecases.telling import AboutRun, HalfDone
from usecases.theirs import AnswerInRun

_Rest = RunPaused | RunHeld | RunResumed | RunStopped | RunLapsed | RunFinished
_OddTap = TapRepeated | TapWasOld | TapWasUnknown | RunWasOver
_Aside = AnswersDropped | Explained | PersonWanted | WordsKept


@dataclass(slots=True)
class _Page:
    """What gathers while the events of one turn are told: edits of old messages, new messages."""

    about: AboutRun
    speech: Speech
    edits: list[Outgoing] = field(default_factory=list)
    news: list[Outgoing] = field(default_factory=list)

    @property
    def run(self) -> Run:
        return self.about.run

    def button(self, key: str, act: RunAct) -> Button:
        return run_button(self.speech, key, self.run, act)


def run_button(speech: Speech, key: str, run: Run, act: RunAct) -> Button:
    """Return a button about the whole run, such as pause, or carry on."""
    return speech.button(key, run_data(run.id, run.step, act))


def render_run(about: AboutRun, speech: Speech) -> tuple[list[Outgoing], list[Outgoing]]:
    """Return the edits and the new messages that tell these events, each in order.

    While a person has to read something first, only edits are told: no question, no closing words.
    """
    page = _Page(about, speech)
    for event in about.events:
        match event:
            case Asked():
                _ask(page, event)
            case Answered(step, item, answer):
                page.edits.append(_show_answer(page, step, item, answer))
                page.edits.extend(_correct_earlier(page, step, item, answer))
            case Withdrawn(step, item):
                page.edits.append(_take_away(page, step, item))
            case AnswersDropped() | Explained() | PersonWanted() | WordsKept():
                _mention(page, event)
            case (
                RunPaused() | RunHeld() | RunResumed() | RunStopped() | RunLapsed() | RunFinished()
            ):
                _rest(page, event)
            case TapRepeated() | TapWasOld() | TapWasUnknown() | RunWasOver():
                _answer_odd_tap(page, event)
            case _:
                assert_never(event)
    return page.edits, [] if speech.hushed else page.news


# --- questions ------------------------------------------------------------------------------------


def _ask(page: _Page, asked: Asked) -> None:
    """Put a question: where we are, what is asked, and every way to deal with it."""
    about, speech = page.about, page.speech
    voice = about.run.voice
    face = speech.faces.of(about.instrument, asked.item, voice)
    if asked.step == 1:
        page.news.append(tell(about.instrument.opening.speak(voice)))
    if asked.hint:
        hint = "questions.hint-first" if asked.hint == 1 else "questions.hint-again"
        words = next((each.words for each in about.events if isinstance(each, WordsKept)), None)
        readers = ((speech.choose_readers(words),),) if words is not None else ()
        page.news.append(tell(speech.say(hint), *readers))
    progress = speech.say("questions.progress", position=asked.position, total=asked.total)
    copies = ""
    if face.asks_for_words and speech.on_telegram:
        copies = f" {speech.say('questions.type-here-telegram')}"
    page.news.append(
        Outgoing(
            OutgoingKind.SEND,
            f"{progress}\n{face.ask}{copies}",
            face.keyboard(run_prefix(about.run.id, asked.step), first=asked.position == 1),
            run=about.run.id,
            step=asked.step,
        )
    )
    if speech.tapped and not page.edits and asked.again is (asked.step > 1):
        page.edits.append(put_buttons_away())


def _show_answer(page: _Page, step: int, item: str, answer: Answer) -> Outgoing:
    """Turn the question into what was answered, with one button to change it while that works."""
    run, speech = page.run, page.speech
    face = speech.faces.of(page.about.instrument, item, run.voice)
    text, rows = face.answered(answer), _change(face, run, step)
    if isinstance(answer, Written):
        text = f"{text} {speech.say('own.who-may')}"
        rows = (*rows, *speech.sharing(answer.words))
    kind = OutgoingKind.EDIT_TAPPED if speech.tapped else OutgoingKind.EDIT_STEP
    return Outgoing(kind, text, rows, run=run.id, step=step)


def _change(face: Face, run: Run, step: int) -> tuple[Row, ...]:
    """Return the row that changes an answer; none where the run is over."""
    label, ending = face.change
    return () if run.status.over else ((Button(label, run_prefix(run.id, step) + ending),),)


def change_row(answer: AnswerInRun, speech: Speech) -> tuple[Row, ...]:
    """Return the row that changes an answer in words, as it stands under the question."""
    run, asked = answer.run, answer.run.asked
    step = max(at for at, item in enumerate(asked, start=1) if item == answer.item)
    return _change(speech.faces.of(answer.instrument, answer.item, run.voice), run, step)


def _correct_earlier(page: _Page, step: int, item: str, answer: Answer) -> list[Outgoing]:
    """Let an earlier message about the same item show the answer that stands now, without buttons.

    A question that was answered is followed by another one; one that is followed by itself was
    only put again, and shows no answer.
    """
    asked = page.run.asked
    for before in range(step - 1, 0, -1):
        if asked[before - 1] == item and asked[before] != item:
            face = page.speech.faces.of(page.about.instrument, item, page.run.voice)
            text = face.answered(answer)
            return [Outgoing(OutgoingKind.EDIT_STEP, text, run=page.run.id, step=before)]
    return []


def _take_away(page: _Page, step: int, item: str) -> Outgoing:
    """Keep the words of a question that no longer stands and take its buttons."""
    run = page.run
    face = page.speech.faces.of(page.about.instrument, item, run.voice)
    return Outgoing(OutgoingKind.EDIT_STEP, face.ask, run=run.id, step=step)


# --- asides ---------------------------------------------------------------------------------------


def _mention(page: _Page, event: _Aside) -> None:
    """Say in a line what else happened; it goes in front of what follows it."""
    speech = page.speech
    match event:
        case AnswersDropped():
            page.news.append(tell(speech.say("questions.dropped")))
        case Explained(item):
            words = page.about.instrument.item(item).why.speak(page.run.voice)
            page.news.append(tell(f"{speech.say('questions.why-lead')} {words}"))
        case PersonWanted():
            if not speech.promised:
                page.news.append(tell(speech.say("questions.person-wanted")))
        case WordsKept(_, words):
            if page.run.status is not RunStatus.OPEN and not speech.received:
                go_on = page.button("carry-on", RunAct.GO_ON)
                kept = speech.say("questions.words-kept")
                readers = (speech.choose_readers(words),)
                page.news.append(tell(kept, readers, (go_on, speech.help_now)))
        case _:
            assert_never(event)


# --- resting and ending ---------------------------------------------------------------------------


def _rest(page: _Page, event: _Rest) -> None:
    """Say where the run rests.

    A run whose time ran out ends without a message of its own: nobody is told that they were late.
    """
    speech = page.speech
    match event:
        case RunPaused():
            page.news.append(_offer_quiet(page))
        case RunHeld():
            go_on = page.button("carry-on", RunAct.GO_ON)
            page.news.append(tell(speech.say("questions.held"), (go_on, speech.help_now)))
        case RunResumed():
            page.news.append(tell(speech.say("questions.resumed")))
        case RunStopped():
            page.news.append(tell(speech.say("questions.stopped")))
            if speech.tapped:
                page.edits.append(put_buttons_away())
        case RunFinished():
            page.news.append(tell(page.about.instrument.closing.speak(page.run.voice)))
        case RunLapsed():
            pass
        case _:
            assert_never(event)


def _offer_quiet(page: _Page) -> Outgoing:
    """Tell that the run rests, with every way on: soon, later, after a break, or never."""
    speech = page.speech
    return tell(
        speech.say("questions.paused"),
        (
            page.button("carry-on", RunAct.GO_ON),
            page.button("end-questions", RunAct.STOP),
        ),
        (
            speech.wish("in-an-hour", MenuWish.PAUSE_AN_HOUR),
            speech.wish("tonight", MenuWish.PAUSE_TILL_EVENING),
        ),
        (
            speech.wish("tomorrow", MenuWish.PAUSE_TILL_TOMORROW),
            speech.wish("in-a-week", MenuWish.PAUSE_A_WEEK),
        ),
        (speech.wish("stop-for-good", MenuWish.STOP_ALL), speech.help_now),
    )


# --- taps that change nothing ---------------------------------------------------------------------


def _answer_odd_tap(page: _Page, event: _OddTap) -> None:
    """Answer a tap that changed nothing, once and kindly.

    A repeated tap brings no new message: the tapped message shows again what was chosen, and the
    note that a channel shows for every tap says that we have it.
    """
    speech = page.speech
    match event:
        case TapRepeated(step, item, answer):
            page.edits.append(_show_answer(page, step, item, answer))
        case TapWasOld(step, item):
            _answer_old_tap(page, step, item)
        case TapWasUnknown():
            go_on = page.button("carry-on", RunAct.GO_ON)
            page.news.append(tell(speech.say("questions.tap-unknown"), (go_on, speech.help_now)))
        case RunWasOver(status):
            page.news.append(tell(say_over(speech, status)))
            if speech.tapped:
                page.edits.append(put_buttons_away())
        case _:
            assert_never(event)


def _answer_old_tap(page: _Page, step: int, item: str) -> None:
    """Offer to change the answer where the question is still part of the run."""
    about, speech = page.about, page.speech
    standing = about.run.answers.get(item)
    if standing is not None:
        page.edits.append(_show_answer(page, step, item, standing))
    elif speech.tapped:
        page.edits.append(put_buttons_away())
    if any(item == each.id for each in reachable(about.instrument, about.run.answers)):
        change = speech.button("change-this", run_data(about.run.id, step, RunAct.CHANGE))
        page.news.append(tell(speech.say("questions.tap-old"), (change,), (speech.help_now,)))
    else:
        go_on = page.button("carry-on", RunAct.GO_ON)
        page.news.append(tell(speech.say("questions.tap-gone"), (go_on, speech.help_now)))


def say_over(speech: Speech, status: RunStatus) -> str:
    """Return how a run ended, in words."""
    match status:
        case RunStatus.FINISHED:
            return speech.say("questions.over-finished")
        case RunStatus.STOPPED:
            return speech.say("questions.over-stopped")
        case RunStatus.LAPSED:
            return speech.say("questions.over-lapsed")
        case RunStatus.OPEN | RunStatus.PAUSED | RunStatus.HELD:  # not over: only the button is
            return speech.say("questions.tap-unknown")
        case _:
            assert_never(status)


def render_half_done(telling: HalfDone, speech: Speech) -> Outgoing:
    """Tell that a run waits half done: carry on, not now, or that is enough."""
    run = telling.run
    again = telling.reminder and telling.answered
    parts = [speech.say("offers.half-done-again" if again else "offers.half-done")]
    if telling.answered:
        done = speech.say("offers.so-far", answered=telling.answered, total=telling.total)
        parts.append(done)
    else:
        parts.append(speech.say("offers.none-so-far", total=telling.total))
    if telling.last:
        parts.append(speech.say(f"offers.{'so-far' if telling.answered else 'none-so-far'}-last"))
    return tell(
        "\n\n".join(parts),
        (run_button(speech, "carry-on", run, RunAct.GO_ON),),
        (
            run_button(speech, "not-now", run, RunAct.PAUSE),
            run_button(speech, "enough", run, RunAct.STOP),
        ),
        (speech.help_now,),
    )
