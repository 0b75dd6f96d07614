"""Finds the places of a release that hold one and the same count; it neither shows nor hides any.

A parent with one child, a breakdown whose only line is everybody, a whole service with the children
of one council only: such places are one line and must share one status.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from outcomes.episode import AgeBand, Audience, Axis, Commissioner, Strand
from outcomes.measures.measure import Measure
from outcomes.raw import Cell, Group, RawTables, Row

ALL_VALUES: Mapping[Axis, frozenset[str]] = {
    Axis.AGE: frozenset(each.value for each in AgeBand),
    Axis.STRAND: frozenset(each.value for each in Strand),
}
"""Every value a box can have on an axis."""


class Counted(NamedTuple):
    """Which people a count is about, written in one way only."""

    table: str
    classes: frozenset[str]
    commissioners: frozenset[Commissioner]
    group: Group | None


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """One count of a release with every cell that holds it.

    `uses` says how many figures show it or are worked out from it; a line without any is not shown
    at all.
    """

    number: int
    counted: Counted
    cells: tuple[Cell, ...]
    truth: int
    uses: int


def lines_of(raw: RawTables) -> tuple[Line, ...]:
    """Give every count that a release could show, each once, in the order of the rows."""
    present = {name: _present(raw, name) for name in raw.tables}
    uses = _uses(raw)
    found: dict[Counted, list[Cell]] = {}
    for row in raw.rows.values():
        for footprint in Audience:
            people = _counted(raw, row, footprint.commissioners & present[row.table])
            found.setdefault(people, []).append(Cell(row.key, footprint))
    return tuple(
        Line(
            number,
            counted,
            tuple(cells),
            raw.count(cells[0].row, cells[0].footprint.commissioners),
            sum(uses.get(each, 0) for each in cells),
        )
        for number, (counted, cells) in enumerate(found.items())
    )


def root_of(raw: RawTables, table: str) -> str:
    """Name the population that a table sorts."""
    parent = raw.tables[table].parent
    return table if parent is None else root_of(raw, parent.table)


def climbed(raw: RawTables, table: str, classes: frozenset[str]) -> tuple[str, frozenset[str]]:
    """Give the highest table that counts the same people, and their classes there."""
    here = raw.tables[table]
    if here.parent is None or not classes >= frozenset(here.classes):
        return table, classes
    return climbed(raw, here.parent.table, frozenset({here.parent.label}))


def _present(raw: RawTables, table: str) -> frozenset[Commissioner]:
    """Give the commissioners who have anybody in the population of a table."""
    root = raw.tables[root_of(raw, table)]
    return frozenset(box.commissioner for box, _, _ in root.entries())


def _counted(raw: RawTables, row: Row, commissioners: frozenset[Commissioner]) -> Counted:
    """Say which people a row counts: by the highest table and the widest group that say it."""
    table, classes = climbed(raw, row.table, row.classes)
    group = row.group
    if group is not None and frozenset(group.values) >= ALL_VALUES[group.axis]:
        group = None
    return Counted(table, classes, commissioners, group)


def _uses(raw: RawTables) -> Mapping[Cell, int]:
    """Count the figures that each cell is shown in or goes into."""
    found: dict[Cell, int] = {}

    def use(measure: Measure | None, rows: Sequence[str | None]) -> None:
        for footprint in Audience if measure is None else measure.footprints:
            for key in rows:
                if key is not None:
                    cell = Cell(key, footprint)
                    found[cell] = found.get(cell, 0) + 1

    for count in raw.counts:
        use(count.measure, [count.row])
    for rate in raw.rates:
        use(rate.measure, [rate.numerator, rate.denominator, rate.eligible, rate.paired])
    for mean in raw.means:
        use(mean.measure, [mean.n])
    for median in raw.medians:
        use(median.measure, [median.n])
    for step in raw.steps:
        use(None, [step.row])
    return found
