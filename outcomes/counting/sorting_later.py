"""Sorts support that ended long ago by whether what had been gained held; counts nobody."""

from __future__ import annotations

from outcomes.counting.populations import Ended, Population
from outcomes.counting.shapes import OneTable, Shape
from outcomes.counting.sorting import Source, Talk
from outcomes.measures.recipe import Mark
from outcomes.raw import EVERYBODY, Part

_NOT_COMPARED = "not-compared-at-the-end"
_NO_ANSWER = "no-answer-later"
_HELD = "at-most-one-step-lower"
_LOWER = "two-steps-lower-or-more"
_MOST_STEPS_LOST = 1


def later_table(source: Source, item: str) -> OneTable[Ended]:
    """Sort by the last answer to a question and the answer of the same person six months later."""

    def place(unit: Ended) -> str:
        if not source.holds(unit):
            return _NOT_COMPARED
        talk = Talk.of(source, unit)
        standing, later = talk.standing(item), talk.later(item)
        if standing is None:
            return _NOT_COMPARED
        if later is None:
            return _NO_ANSWER
        return _HELD if later >= standing[1] - _MOST_STEPS_LOST else _LOWER

    shape = Shape(
        f"{source.name}:{item}:later",
        Part(Population.CLOSED_THREE_QUARTERS_AGO.value, EVERYBODY),
        (_NOT_COMPARED, _NO_ANSWER, _HELD, _LOWER),
        {
            Mark.COMPARED: frozenset((_NO_ANSWER, _HELD, _LOWER)),
            Mark.ANSWERED_LATER: frozenset((_HELD, _LOWER)),
            Mark.HELD: frozenset((_HELD,)),
        },
    )
    return OneTable(shape, place)
