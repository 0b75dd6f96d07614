"""Sorts ended support by how near somebody came to goals of their own; it reads no words of them.

First and last are said by the days that hold for all other comparisons, goal by goal. It counts
nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from outcomes.counting.pairing import Span, closing, opening
from outcomes.counting.populations import Ended, Population
from outcomes.counting.shapes import OneTable, Shape
from outcomes.facts import OwnGoal
from outcomes.measures.measure import Scale, Windows
from outcomes.measures.recipe import Mark
from outcomes.raw import EVERYBODY, Part

TABLE: Final = "goals"

LEAST_CHANGE: Final = 1
"""By how many points goals must have come nearer, on average, to be counted as nearer.

It stands in the definition of the measure: another number is a new version of it.
"""

_NO_GOAL = "no-goal"
_NOT_COMPARED = "goal-not-compared"
_CLOSER, _NOT_CLOSER = "came-closer", "did-not"


@dataclass(frozen=True, slots=True)
class _Rule:
    """How the ratings of one piece of support are compared."""

    windows: Windows
    scale: Scale

    def label(self, unit: Ended) -> str:
        """Name the class of a piece of support. Raises `BadMeasureError` off the scale."""
        first_days = opening(unit.facts, self.windows)
        last_days = closing(unit.closed_on, self.windows)
        standing = [each for each in unit.goals if _stood(each, first_days, last_days)]
        if not standing:
            return _NO_GOAL
        changes = [
            change
            for each in _of_the_first_person(standing)
            if (change := self._change(each, first_days, last_days)) is not None
        ]
        if not changes:
            return _NOT_COMPARED
        return _CLOSER if sum(changes) >= LEAST_CHANGE * len(changes) else _NOT_CLOSER

    def _change(self, goal: OwnGoal, first_days: Span, last_days: Span) -> int | None:
        """Give last minus first rating of a goal; None where it cannot be said.

        A goal given up is compared by nobody: it is not what they want. One given up after the last
        days changes nothing any more, so that a figure that is out stays true.
        """
        if goal.given_up and goal.put_away_on is not None and goal.put_away_on <= last_days.ends:
            return None
        first = next((each for each in goal.ratings if each.on in first_days), None)
        last = next((each for each in reversed(goal.ratings) if each.on in last_days), None)
        if first is None or last is None or (last.on - first.on).days < self.windows.least_gap:
            return None
        return self.scale.upward(last.value) - self.scale.upward(first.value)


def goals_table(windows: Windows, scale: Scale) -> OneTable[Ended]:
    """Sort by whether a young person had a goal, could be compared on one, and came closer.

    With several goals their mean change decides: a young person stands in one class.
    """
    compared = frozenset((_CLOSER, _NOT_CLOSER))
    shape = Shape(
        TABLE,
        Part(Population.CLOSED.value, EVERYBODY),
        (_NO_GOAL, _NOT_COMPARED, _CLOSER, _NOT_CLOSER),
        {
            Mark.HAD_GOAL: compared | {_NOT_COMPARED},
            Mark.COMPARED: compared,
            Mark.ROSE: frozenset((_CLOSER,)),
        },
    )
    return OneTable(shape, _Rule(windows, scale).label)


def _stood(goal: OwnGoal, first_days: Span, last_days: Span) -> bool:
    """Say whether a goal was theirs at any time from the first days of the support to the last."""
    if goal.set_on > last_days.ends:
        return False
    return goal.put_away_on is None or goal.put_away_on >= first_days.begins


def _of_the_first_person(goals: Iterable[OwnGoal]) -> Sequence[OwnGoal]:
    """Keep the goals of the one person who set the first; no pseudonym chooses between two."""
    by_person: dict[str, list[OwnGoal]] = {}
    for each in goals:
        by_person.setdefault(each.person, []).append(each)
    return min(by_person.values(), key=lambda theirs: sorted(map(_order, theirs)))


def _order(goal: OwnGoal) -> tuple[object, ...]:
    ratings = [(each.on, each.value) for each in goal.ratings]
    return goal.set_on, ratings, goal.given_up, str(goal.put_away_on)
