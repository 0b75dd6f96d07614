"""Says which outcomes of the contract have evidence in a release, and by which measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outcomes.figures import Figure, Symbol
from outcomes.measure import Statistic
from outcomes.pages.cards import Card, is_shown

LEAST_PEOPLE = 10
"""How many people a figure must be about to count as evidence (measure M21)."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One outcome: the measures that show something about it, and those that cannot this time."""

    code: str
    title: str
    shown: tuple[Card, ...]
    hidden: tuple[Card, ...]

    @property
    def told(self) -> str:
        """Say it in a few words."""
        if self.shown:
            return "Evidence"
        if self.hidden:
            return "No evidence this time: too few, or withheld"
        return "No measure"


def evidence_of(outcomes: Sequence[tuple[str, str]], cards: Sequence[Card]) -> tuple[Evidence, ...]:
    """Sort the measures of one footprint by the outcomes of the contract (code and title)."""
    found = []
    for code, title in outcomes:
        about = [each for each in cards if code in each.meaning.outcomes]
        shown = tuple(each for each in about if is_shown(each) and _is_enough(each.figure, each))
        found.append(
            Evidence(code, title, shown, tuple(each for each in about if each not in shown))
        )
    return tuple(found)


def _is_enough(figure: Figure, card: Card) -> bool:
    people = figure.numerator if card.meaning.statistic == Statistic.COUNT else figure.denominator
    return not isinstance(people, Symbol) and people >= LEAST_PEOPLE
