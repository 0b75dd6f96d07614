"""Lists what a release does not show, table by table, and why; it shows none of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from outcomes.formats.labels import group_title
from outcomes.formats.page import Row
from outcomes.pages.answering import Flow
from outcomes.pages.cards import Card
from outcomes.pages.chapters import heading_of


@dataclass(frozen=True, slots=True)
class HiddenTable:
    """One table: how many figures it has, and the ones that are not shown with the reason."""

    title: str
    figures: int
    hidden: tuple[tuple[str, str], ...]

    @property
    def by_reason(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Give each reason with the names of what is not shown for it."""
        reasons = dict.fromkeys(reason for _name, reason in self.hidden)
        return tuple(
            (reason, tuple(name for name, its in self.hidden if its == reason))
            for reason in reasons
        )

    @property
    def told(self) -> str:
        """Say how much of the table is hidden."""
        if not self.hidden:
            return f"All {self.figures} shown"
        return f"{len(self.hidden)} of {self.figures} not shown"


def hidden_tables(
    cards: Sequence[Card], flows: Sequence[Flow], themes: Sequence[Row]
) -> tuple[HiddenTable, ...]:
    """Go through all tables of one footprint."""
    tables = []
    for title in dict.fromkeys(heading_of(each.meaning).title for each in cards):
        lines = [
            line
            for card in cards
            if heading_of(card.meaning).title == title
            for line in _lines_of(card)
        ]
        tables.append(_table(title, lines))
    tables.extend(
        _table(f"Who answered: {flow.title}", [(each.title, each.whole_reason)
                                               for each in flow.lines])
        for flow in flows
    )  # fmt: skip
    if themes:
        tables.append(_table("What young people said", [(each.title, each.reason)
                                                        for each in themes]))  # fmt: skip
    return tuple(tables)


def _lines_of(card: Card) -> Iterable[tuple[str, str | None]]:
    yield card.title, card.row.reason
    for row, figure in card.groups:
        yield f"{card.title}, {group_title(figure.group)}", row.reason


def _table(title: str, lines: Sequence[tuple[str, str | None]]) -> HiddenTable:
    hidden = tuple((name, reason) for name, reason in lines if reason is not None)
    return HiddenTable(title, len(lines), hidden)
