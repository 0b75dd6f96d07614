"""What one question looks like to everybody who is asked it: worked out once, then reused.

It must not know who is asked, in which run or at which step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from bot.callbacks import RunAct, menu_data, tap_ending
from storage.outbox import Button
from surveys.conversation import Answer, Chosen, Declination, Declined, Written
from surveys.instrument import Choice, Instrument, Item, ItemKind
from surveys.people import Voice
from surveys.phrasebook import Phrasebook
from usecases.arrival import MenuWish

SHORT_LABEL = 14
"""Characters of a label that leave room for a second button beside it at 360 px."""

LONGEST_BRIEF = 80
"""Characters of a question that is shown again beside its answer."""

Plain = tuple[str, str]
"""A button's label and the end of its data, which begins with the run and the step."""


@dataclass(frozen=True, slots=True)
class Face:
    """The words of a question and its buttons, without the run and the step that they carry."""

    ask: str
    brief: str
    rows: tuple[tuple[Plain, ...], ...]
    back: Plain
    change: Plain
    around: tuple[Button, ...]
    asks_for_words: bool
    settled: dict[int | Declination | None, str]

    def keyboard(self, prefix: str, *, first: bool) -> tuple[tuple[Button, ...], ...]:
        """Return the rows of buttons under the question that `prefix` (run and step) stands for."""
        rows = [
            tuple([Button(label, prefix + ending) for label, ending in row]) for row in self.rows
        ]
        label, ending = self.back
        back = () if first else (Button(label, prefix + ending),)
        return (*rows, (*back, *self.around))

    def answered(self, answer: Answer) -> str:
        """Return the question in short with what was answered."""
        match answer:
            case Chosen(value):
                return self.settled[value]
            case Declined(how):
                return self.settled[how]
            case Written():
                return self.settled[None]
            case _:
                assert_never(answer)


class Faces:
    """The faces of questions by exact version, item and voice."""

    def __init__(self, book: Phrasebook) -> None:
        """Take the words around the questions from this book."""
        self._book = book
        self._known: dict[tuple[str, str, Voice], Face] = {}

    def of(self, instrument: Instrument, item: str, voice: Voice) -> Face:
        """Return the face of an item; KeyError when the instrument has no such item."""
        key = (instrument.digest, item, voice)
        face = self._known.get(key)
        if face is None:
            face = self._known[key] = _draw(self._book, instrument.item(item), voice)
        return face


def _draw(book: Phrasebook, item: Item, voice: Voice) -> Face:
    ask = item.ask.speak(voice)
    brief = item.area.speak(voice) if item.area is not None else _shorten(ask)

    def plain(name: str, act: RunAct) -> Plain:
        return book.say(f"buttons.{name}", voice), act.value

    return Face(
        ask=f"{ask}\n{book.say('questions.type-here', voice)}"
        if item.kind is ItemKind.TEXT
        else ask,
        brief=brief,
        rows=(
            *_choice_rows(item, voice),
            (plain("dont-know", RunAct.DONT_KNOW), plain("rather-not", RunAct.RATHER_NOT)),
            (plain("skip", RunAct.SKIP), plain("why", RunAct.WHY), plain("pause", RunAct.PAUSE)),
        ),
        back=plain("back", RunAct.BACK),
        change=plain("change", RunAct.CHANGE),
        around=(
            Button(book.say("buttons.who-sees-it", voice), menu_data(MenuWish.WHO_SEES)),
            Button(book.say("buttons.help-now", voice), menu_data(MenuWish.HELP)),
        ),
        asks_for_words=item.kind is ItemKind.TEXT,
        settled=_settle(book, brief, item.choices, voice),
    )


def _shorten(ask: str) -> str:
    """Return a question that is short enough to be shown again: whole sentences where they fit."""
    if len(ask) <= LONGEST_BRIEF:
        return ask
    cut = ask[:LONGEST_BRIEF]
    end = max(cut.rfind(". "), cut.rfind("? "))
    return cut[: end + 1] if end > 0 else f"{cut.rsplit(' ', 1)[0]} …"


def _choice_rows(item: Item, voice: Voice) -> Iterable[tuple[Plain, ...]]:
    """One choice a row; the steps of a scale always, short choices of equal rank side by side."""
    buttons = [(choice.button(voice), tap_ending(choice.value)) for choice in item.choices]
    short = all(len(label) <= SHORT_LABEL for label, _ in buttons)
    beside = 2 if short and item.kind is ItemKind.CHOICE else 1
    return [tuple(buttons[at : at + beside]) for at in range(0, len(buttons), beside)]


def _settle(
    book: Phrasebook, brief: str, choices: Iterable[Choice], voice: Voice
) -> dict[int | Declination | None, str]:
    """Return what stands in place of the question for each answer that can be given."""
    texts: dict[int | Declination | None, str] = {
        choice.value: book.say(
            "questions.chose", voice, question=brief, choice=choice.button(voice)
        )
        for choice in choices
    }
    for how in Declination:
        texts[how] = book.say(_DECLINED[how], voice, question=brief)
    texts[None] = book.say("questions.wrote", voice, question=brief)
    return texts


_DECLINED = {
    Declination.SKIP: "questions.skipped",
    Declination.DONT_KNOW: "questions.did-not-know",
    Declination.RATHER_NOT: "questions.rather-not",
}
