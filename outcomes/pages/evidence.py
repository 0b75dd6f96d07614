"""Says which outcomes of the contract have evidence in a release, and by which measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outcomes.measures.contract import Outcome
from outcomes.measures.coverage import outcomes_with_evidence
from outcomes.pages.cards import Card


@dataclass(frozen=True, slots=True)
class Evidence:
    """One outcome: the measures that show something about it, and those that cannot this time.

    `gap` says what would have to be asked or noted where no measure is about it.
    """

    title: str
    shown: tuple[Card, ...]
    hidden: tuple[Card, ...]
    gap: str = ""

    @property
    def told(self) -> str:
        """Say it in a few words."""
        if self.shown:
            return "Has evidence"
        if self.hidden:
            return "No evidence this time: too few, or withheld"
        return f"No evidence. {self.gap}".strip()


def evidence_of(outcomes: Sequence[Outcome], cards: Sequence[Card]) -> tuple[Evidence, ...]:
    """Sort the measures of one footprint by the outcomes of the contract."""
    found = []
    for each in outcomes:
        about = [card for card in cards if each.code in card.meaning.outcomes]
        shown = tuple(card for card in about if _is_evidence(card))
        hidden = tuple(card for card in about if card not in shown)
        found.append(Evidence(each.title, shown, hidden, each.gap))
    return tuple(found)


def _is_evidence(card: Card) -> bool:
    """Say whether a measure counts as evidence: by the rule of measure M21, and no other."""
    return bool(
        outcomes_with_evidence(
            [card.figure], lambda _figure: card.meaning.outcomes, card.figure.footprint
        )
    )
