"""Sums a release up in a few plain sentences, made of what it shows and of nothing else.

It names no cause and no "significance": where a likely range includes no change, it says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from outcomes.figures import Symbol
from outcomes.formats.sentences import main_of
from outcomes.pages.answering import Flow, tell_answered
from outcomes.pages.cards import Card

_SUPPORT = ("M01", "M03", "M02")


@dataclass(frozen=True, slots=True)
class Glance:
    """What a reader should know who reads nothing else, in the order of reading."""

    support: tuple[str, ...]
    answered: tuple[str, ...]
    changes: tuple[str, ...]
    withheld: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.support, *self.answered, *self.changes, self.withheld)


def glance_of(cards: Sequence[Card], flows: Sequence[Flow], *, is_rounded: bool) -> Glance:
    """Sum up one footprint."""
    support = [
        card.row.sentence
        for measure in _SUPPORT
        for card in cards
        if card.row.measure == measure and card.row.value is not None
    ]
    return Glance(
        support=tuple(support),
        answered=tuple(tell_answered(flow, is_rounded=is_rounded) for flow in flows),
        changes=(*_from_start_to_end(cards), *_since_last_time(cards)),
        withheld=_withheld(cards),
    )


def _from_start_to_end(cards: Sequence[Card]) -> list[str]:
    """Say which areas were clearly higher, lower or neither at the end than at the start."""
    means = [each for each in cards if each.is_mean]
    shown = [each for each in means if not isinstance(each.figure.change_mean, Symbol)]
    told = []
    for side, words in _SIDES.items():
        areas = [each.row.area for each in shown if _side(each) == side]
        if areas:
            told.append(f"{words}: {_list(areas)}.")
    return told


_SIDES = {
    "higher": "Clearly higher at the end than at the start",
    "lower": "Clearly lower at the end than at the start",
    "unclear": "No clear change from start to end",
    "unsure": "Too few for a likely range of the change from start to end",
}


def _side(card: Card) -> str:
    lower, upper = card.figure.change_lower, card.figure.change_upper
    if isinstance(lower, Symbol) or isinstance(upper, Symbol):
        return "unsure"
    if lower > 0:
        return "higher"
    return "lower" if upper < 0 else "unclear"


def _since_last_time(cards: Sequence[Card]) -> list[str]:
    """Say what is clearly higher or lower than in the period before, and whether that is better."""
    compared = [(each, each.change) for each in cards if each.change is not None]
    if not compared:
        return []
    before = compared[0][0].series.points[-2].period
    tested = [card for card, change in compared if change.is_tested]
    if not tested:
        return [f"Too few people to say what is better or worse than in {before}."]
    told = [_compared(len(cards), tested, str(before))]
    for is_higher, is_better in product((True, False), (True, False, None)):
        titles = [
            _lower(card.title)
            for card, change in compared
            if (change.is_higher, change.is_better) == (is_higher, is_better)
        ]
        if titles:
            side = "Higher" if is_higher else "Lower"
            told.append(f"{side} than in {before}{_JUDGED[is_better]}: {_list(titles)}.")
    return told


def _compared(measures: int, tested: Sequence[Card], before: str) -> str:
    """Say of how many measures a change could be known at all, and in how many none is clear."""
    changed = sum(card.change is not None and card.change.is_higher is not None for card in tested)
    few = len(tested) <= _MOST_NAMED
    names = f" ({_list(_lower(each.title) for each in tested)})" if few else ""
    told = f"Of {measures} measures, {len(tested)} can be compared with {before}{names}"
    if not changed:
        return f"{told}: no clear change."
    same = len(tested) - changed
    return f"{told}: {changed} clearly changed{f', {same} did not' if same else ''}."


_MOST_NAMED = 3
"""How many measures are named where few can be compared."""
_JUDGED = {True: ", which is better", False: ", which is worse", None: ""}


def _withheld(cards: Sequence[Card]) -> str:
    mains = [main_of(card.figure, card.meaning) for card in cards]
    hidden = sum(each is Symbol.WITHHELD for each in mains)
    few = sum(each is Symbol.TOO_FEW for each in mains)
    told = (
        f"Of {len(mains)} measures, {hidden} {_is(hidden)} withheld so that nobody can be found"
        if hidden
        else f"None of the {len(mains)} measures is withheld"
    )
    return f"{told}; for {few} too few answered." if few else f"{told}."


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _list(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _lower(title: str) -> str:
    """Write a title inside a sentence; an abbreviation keeps its capitals."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]
