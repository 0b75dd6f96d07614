"""Says how finely boxes and classes must be told apart to write down some counts; it counts nobody.

What no figure tells apart is one unknown: fewer unknowns, the same answers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from outcomes.episode import Axis, Commissioner
from outcomes.ledger import Entry
from outcomes.protection.lines import ALL_VALUES, root_of
from outcomes.quarter import Quarter, quarters_of
from outcomes.raw import Box, Group, RawTable, RawTables
from outcomes.scenario import Target

CLOSED_EARLIER: Mapping[str, int] = {"closed-1-quarter-ago": 1, "closed-3-quarters-ago": 3}
"""Populations of the people who were `closed` some quarters earlier, and how many quarters."""


class Spot(NamedTuple):
    """Boxes that nothing tells apart. `quarter` is None where nothing tells quarters apart."""

    commissioner: Commissioner
    quarter: Quarter | None
    ages: frozenset[str]
    strands: frozenset[str]

    def lies_in(self, other: Spot) -> bool:
        """Say whether all its boxes are boxes of the other."""
        return (
            self.commissioner == other.commissioner
            and other.quarter in (None, self.quarter)
            and self.ages <= other.ages
            and self.strands <= other.strands
        )

    def inside(self, group: Group | None) -> bool:
        """Say whether its boxes belong to a line of a breakdown."""
        if group is None:
            return True
        return (self.ages if group.axis is Axis.AGE else self.strands) <= frozenset(group.values)


def quarters_in(raw: RawTables, root: str) -> frozenset[Quarter]:
    """Give the quarters of a population, those it is about even where nobody is in it."""
    found = {box.quarter for box, _, _ in raw.tables[root].entries()}
    meant = set(quarters_of(raw.period))
    for _ in range(CLOSED_EARLIER.get(root, 0)):
        meant = {each.preceding for each in meant}
    return frozenset(found or meant)


class Telling:
    """What must be told apart in the tables of some populations, across releases.

    `tables` holds for each of `entries` the tables that take part, by name. `by_quarter` keeps the
    quarters apart.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        tables: Sequence[Mapping[str, RawTable]],
        targets: Collection[Target],
    ) -> None:
        """Collect everything that sorts people: rows, tables below and protected counts."""
        self.entries = entries
        self.tables = tables
        self.targets = [each for each in targets if any(each.table in some for some in tables)]
        self.by_quarter = len(entries) > 1 or any(map(self._is_part_of_period, self.targets))
        self.groups = self._groups()
        self._signs = self._classes_seen()

    def _is_part_of_period(self, target: Target) -> bool:
        here = self.entries[-1]
        if target.table not in here.raw.tables:
            return True
        return not quarters_in(here.raw, root_of(here.raw, target.table)) <= target.quarters

    def _groups(self) -> dict[str, set[Group]]:
        found: dict[str, set[Group]] = {name: set() for some in self.tables for name in some}
        for target in self.targets:
            found[target.table] |= {target.group} if target.group else set()
        for entry, some in zip(self.entries, self.tables, strict=True):
            for row in entry.raw.rows.values():
                if row.table in some and row.group:
                    found[row.table].add(row.group)
        # A table must be as fine as those below it, or the two could not be held together.
        for _ in found:
            for some in self.tables:
                for table in some.values():
                    if table.parent is not None:
                        found[table.parent.table] |= found[table.name]
        return found

    def _classes_seen(self) -> dict[tuple[str, str], list[bool]]:
        found: dict[tuple[str, str], list[bool]] = {}
        seen: dict[str, list[frozenset[str]]] = {name: [] for name in self.groups}
        for target in self.targets:
            seen[target.table].append(target.classes)
        for entry, some in zip(self.entries, self.tables, strict=True):
            for row in entry.raw.rows.values():
                if row.table in some:
                    seen[row.table].append(row.classes)
            for table in some.values():
                if table.parent is not None:
                    seen[table.parent.table].append(frozenset({table.parent.label}))
        for some in self.tables:
            for table in some.values():
                for each in table.classes:
                    found[table.name, each] = [each in classes for classes in seen[table.name]]
        return found

    def classes(self, table: RawTable) -> tuple[frozenset[str], ...]:
        """Give the classes of a table, those together that nothing tells apart."""
        found: dict[tuple[bool, ...], set[str]] = {}
        for each in table.classes:
            found.setdefault(tuple(self._signs[table.name, each]), set()).add(each)
        return tuple(frozenset(classes) for classes in found.values())

    def spot(self, table: str, box: Box) -> Spot:
        """Give the spot of a table to which a box belongs."""
        return Spot(
            box.commissioner,
            box.quarter if self.by_quarter else None,
            self._alike(table, Axis.AGE, box.age.value),
            self._alike(table, Axis.STRAND, box.strand.value),
        )

    def spots(self, number: int, table: str, order: Sequence[Commissioner]) -> list[Spot]:
        """List the spots in which people of a table may stand, in a fixed order.

        Where there is a breakdown, spots that nobody of the population is in are left out: to rule
        them out gives an outsider more to go on, never less.
        """
        entry = self.entries[number]
        root = root_of(entry.raw, table)
        used = {self.spot(table, box) for box, _, _ in entry.raw.tables[root].entries()}
        if not self.groups[table]:
            used |= {
                Spot(
                    owner,
                    quarter if self.by_quarter else None,
                    ALL_VALUES[Axis.AGE],
                    ALL_VALUES[Axis.STRAND],
                )
                for owner in order
                for quarter in quarters_in(entry.raw, root)
            }
        return sorted(used, key=lambda each: _place(each, order))

    def _alike(self, table: str, axis: Axis, value: str) -> frozenset[str]:
        groups = [each for each in self.groups[table] if each.axis is axis]
        return frozenset(
            each
            for each in ALL_VALUES[axis]
            if all((each in group.values) == (value in group.values) for group in groups)
        )


def _place(spot: Spot, order: Sequence[Commissioner]) -> tuple[int, str, list[str], list[str]]:
    return (
        order.index(spot.commissioner),
        str(spot.quarter),
        sorted(spot.ages),
        sorted(spot.strands),
    )
