"""Moves a conversation: the only place where a run changes; reads no clock and sends nothing.

`resume` reads as a list of refusals and then one action. Every refusal is an event, because
people's mistakes are ordinary; exceptions here mean that our own code is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from surveys.conversation import (
    Answer,
    Answered,
    AnswersDropped,
    Asked,
    AskedToChange,
    AskedWhy,
    CameBack,
    Chosen,
    Declination,
    Declined,
    Event,
    Explained,
    Held,
    Input,
    Passed,
    Paused,
    PersonWanted,
    Run,
    RunFinished,
    RunHeld,
    RunId,
    RunLapsed,
    RunPaused,
    RunResumed,
    RunStatus,
    RunStopped,
    RunWasOver,
    StoppedHere,
    Tapped,
    TapRepeated,
    TapWasOld,
    TapWasUnknown,
    TimeRanOut,
    Turn,
    Typed,
    WentBack,
    Withdrawn,
    WordsKept,
    Written,
)
from surveys.errors import SurveyFault
from surveys.instrument import Instrument, Item, ItemKind
from surveys.people import Voice
from surveys.understanding import ReadChoice, read_answer

LONGEST_RUN = 400
"""Questions that one run may put, repeats included; further ones end the run, answers kept."""

ButtonTap = Tapped | Passed | WentBack | AskedWhy


class WrongInstrument(SurveyFault):
    """A run was resumed with another version of the instrument than the one it began with."""


def start(instrument: Instrument, run_id: RunId, voice: Voice, now: datetime) -> Turn:
    """Begin a run: return it with its first question."""
    run = Run(
        id=run_id,
        instrument=instrument.ref,
        voice=voice,
        status=RunStatus.OPEN,
        asked=(),
        answers={},
        started_at=now,
        moved_at=now,
    )
    return _ask(instrument, run, instrument.items[0].id)


def resume(instrument: Instrument, run: Run, given: Input, now: datetime) -> Turn:
    """Apply one input to a run and return the run after it, with what happened in order.

    Raises WrongInstrument when `instrument` is not the exact version that the run is pinned to.
    """
    if instrument.digest != run.instrument.digest:
        raise WrongInstrument(run.instrument.id)
    if run.status.over:
        return Turn(run, (RunWasOver(run.status),))
    moved = replace(run, moved_at=now)
    match given:
        case Paused():
            return _rest(moved, RunStatus.PAUSED, RunPaused())
        case Held():
            return _rest(moved, RunStatus.HELD, RunHeld())
        case StoppedHere():
            return _end(moved, RunStatus.STOPPED, RunStopped())
        case TimeRanOut():
            return _end(moved, RunStatus.LAPSED, RunLapsed())
        case CameBack():
            return _come_back(instrument, moved)
        case Typed():
            return _take_words(instrument, moved, given)
        case AskedToChange(step):
            return _change(instrument, moved, step)
        case Tapped() | Passed() | WentBack() | AskedWhy():
            return _take_tap(instrument, moved, given)
        case _:
            assert_never(given)


def reachable(instrument: Instrument, answers: Mapping[str, Answer]) -> tuple[Item, ...]:
    """Return the items that the rules let through, given these answers, in order."""
    if not instrument.branches:
        return instrument.items
    open_to: list[Item] = []
    through: set[str] = set()
    for item in instrument.items:
        if item.when is None or (
            item.when.item in through and _holds(answers.get(item.when.item), item.when.any_of)
        ):
            open_to.append(item)
            through.add(item.id)
    return tuple(open_to)


def _holds(answer: Answer | None, any_of: tuple[int, ...]) -> bool:
    return isinstance(answer, Chosen) and answer.value in any_of


# --- resting and ending -------------------------------------------------------------------------


def _rest(run: Run, status: RunStatus, event: Event) -> Turn:
    if run.status is status:
        return Turn(run, (event,))
    return Turn(replace(run, status=status), (*_withdrawn(run), event))


def _end(run: Run, status: RunStatus, event: Event) -> Turn:
    return Turn(replace(run, status=status), (*_withdrawn(run), event))


def _withdrawn(run: Run) -> tuple[Event, ...]:
    return (Withdrawn(run.step, run.asked[-1]),) if run.asked else ()


def _come_back(instrument: Instrument, run: Run) -> Turn:
    if run.status is RunStatus.OPEN:
        return _ask_again(instrument, run)
    turn = _ask(instrument, replace(run, status=RunStatus.OPEN), run.asked[-1], again=True)
    return Turn(turn.run, (RunResumed(), *turn.events))


# --- taps -----------------------------------------------------------------------------------------


def _take_tap(instrument: Instrument, run: Run, tap: ButtonTap) -> Turn:
    """Refuse forged and old buttons kindly, then act. A tap on a resting run brings it back."""
    if not 1 <= tap.step <= run.step:
        return Turn(run, (TapWasUnknown(),))
    item = instrument.item(run.asked[tap.step - 1])
    if item.id != run.at:
        return _refuse_old(item, run, tap)
    woken = run if run.status is RunStatus.OPEN else replace(run, status=RunStatus.OPEN)
    match tap:
        case Tapped(_, value):
            if item.choice(value) is None:
                return Turn(run, (TapWasUnknown(),))
            return _settle(instrument, woken, Chosen(value))
        case Passed(_, how):
            return _settle(instrument, woken, Declined(how))
        case WentBack():
            return _go_back(instrument, woken)
        case AskedWhy():
            turn = _ask_again(instrument, woken)
            return Turn(turn.run, (Explained(item.id), *turn.events))
        case _:
            assert_never(tap)


def _refuse_old(item: Item, run: Run, tap: ButtonTap) -> Turn:
    """An old button changes nothing: say so, or confirm what stands."""
    standing = run.answers.get(item.id)
    same: Answer | None = None
    if isinstance(tap, Tapped):
        same = Chosen(tap.value)
    elif isinstance(tap, Passed):
        same = Declined(tap.how)
    if standing is not None and standing == same:
        return Turn(run, (TapRepeated(tap.step, item.id, standing),))
    return Turn(run, (TapWasOld(tap.step, item.id),))


def _change(instrument: Instrument, run: Run, step: int) -> Turn:
    """Put an earlier question again; its answer stands until another is given."""
    if not 1 <= step <= run.step:
        return Turn(run, (TapWasUnknown(),))
    item = run.asked[step - 1]
    if item not in {each.id for each in reachable(instrument, run.answers)}:
        return Turn(run, (TapWasOld(step, item),))
    woken = replace(run, status=RunStatus.OPEN)
    if item == run.at:
        return _ask_again(instrument, woken)
    turn = _ask(instrument, woken, item, again=True)
    return Turn(turn.run, (*_withdrawn(run), *turn.events))


def _go_back(instrument: Instrument, run: Run) -> Turn:
    """Put the question before this one again; at the first question nothing lies before it."""
    path = [item.id for item in reachable(instrument, run.answers)]
    here = path.index(run.asked[-1])
    if here == 0:
        return _ask_again(instrument, run)
    turn = _ask(instrument, run, path[here - 1], again=True)
    return Turn(turn.run, (*_withdrawn(run), *turn.events))


# --- words ----------------------------------------------------------------------------------------


def _take_words(instrument: Instrument, run: Run, typed: Typed) -> Turn:
    """Take typed words as an answer where they are one; otherwise keep them and ask again."""
    if run.status is not RunStatus.OPEN:
        return Turn(run, (WordsKept(run.asked[-1], typed.words),))
    item = instrument.item(run.asked[-1])
    read = read_answer(item, run.voice, typed.text)
    match read:
        case ReadChoice(value):
            return _settle(instrument, run, Chosen(value))
        case Declination():
            return _settle(instrument, run, Declined(read))
        case None if item.kind is ItemKind.TEXT:
            return _settle(instrument, run, Written(typed.words))
        case None:
            missed = replace(run, misses=run.misses + 1)
            turn = _ask(instrument, missed, item.id, again=True, hint=missed.misses)
            kept = WordsKept(item.id, typed.words)
            return Turn(turn.run, (*_withdrawn(run), kept, *turn.events))
        case _:
            assert_never(read)


# --- answering and asking -------------------------------------------------------------------------


def _settle(instrument: Instrument, run: Run, answer: Answer) -> Turn:
    """Store the answer to what was asked, drop what is no longer reached, ask the next."""
    item = instrument.item(run.asked[-1])
    answers = {**run.answers, item.id: answer}
    path = reachable(instrument, answers)
    kept = {each.id: answers[each.id] for each in path if each.id in answers}
    dropped = tuple(sorted(answers.keys() - kept.keys()))
    settled = replace(run, answers=kept, misses=0)
    events: list[Event] = [Answered(run.step, item.id, answer)]
    if dropped:
        events.append(AnswersDropped(dropped))
    if isinstance(answer, Chosen) and answer.value in item.wants_person:
        events.append(PersonWanted(item.id))
    following = next((each.id for each in path if each.id not in kept), None)
    if following is None:
        done = replace(settled, status=RunStatus.FINISHED)
        return Turn(done, (*events, RunFinished()))
    turn = _ask(instrument, settled, following)
    return Turn(turn.run, (*events, *turn.events))


def _ask_again(instrument: Instrument, run: Run) -> Turn:
    turn = _ask(instrument, run, run.asked[-1], again=True)
    return Turn(turn.run, (*_withdrawn(run), *turn.events))


def _ask(
    instrument: Instrument, run: Run, item: str, *, again: bool = False, hint: int = 0
) -> Turn:
    """Put one question. A run that was asked far too often ends, with its answers kept."""
    if run.step >= LONGEST_RUN:
        return Turn(replace(run, status=RunStatus.STOPPED), (RunStopped(),))
    path = [each.id for each in reachable(instrument, run.answers)]
    asked = Asked(
        step=run.step + 1,
        item=item,
        position=path.index(item) + 1,
        total=len(path),
        again=again,
        hint=hint,
    )
    after = replace(run, asked=(*run.asked, item), misses=run.misses if hint else 0)
    return Turn(after, (asked,))
