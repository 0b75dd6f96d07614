"""Turns the answers of a finished or half-done run into numbers; a skip is never a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from surveys.conversation import Answer, Chosen, Declination, Declined, Written
from surveys.instrument import Instrument


class Missing(StrEnum):
    """Why an item has no number."""

    SKIP = "skip"
    DONT_KNOW = "dont-know"
    RATHER_NOT = "rather-not"
    NOT_REACHED = "not-reached"
    NOT_A_NUMBER = "not-a-number"


@dataclass(frozen=True, slots=True)
class Score:
    """The value of one scored item, on the item's own scale; higher is better."""

    value: int


@dataclass(frozen=True, slots=True)
class NotScored:
    """No number, and why."""

    reason: Missing


def score(instrument: Instrument, answers: Mapping[str, Answer]) -> dict[str, Score | NotScored]:
    """Return a Score or the reason for its absence for every scored item of the instrument."""
    return {item.id: _score_item(answers.get(item.id)) for item in instrument.items if item.scored}


def numbers(instrument: Instrument, answers: Mapping[str, Answer]) -> dict[str, int]:
    """Return only the items that have a number, by item."""
    scores = score(instrument, answers)
    return {item: each.value for item, each in scores.items() if isinstance(each, Score)}


def _score_item(answer: Answer | None) -> Score | NotScored:
    match answer:
        case None:
            return NotScored(Missing.NOT_REACHED)
        case Chosen(value):
            return Score(value)
        case Declined(how):
            return NotScored(_MISSING[how])
        case Written():
            return NotScored(Missing.NOT_A_NUMBER)
        case _:
            assert_never(answer)


_MISSING = {
    Declination.SKIP: Missing.SKIP,
    Declination.DONT_KNOW: Missing.DONT_KNOW,
    Declination.RATHER_NOT: Missing.RATHER_NOT,
}
