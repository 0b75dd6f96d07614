"""Lists the counts of a release that must not become known; it judges none of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from outcomes.audit.puzzle import GROUPS, quarters_about, root_of
from outcomes.episode import Commissioner
from outcomes.ledger import Entry
from outcomes.measures.measure import Sensitivity
from outcomes.raw import Group, Rate, RawTable
from outcomes.scenario import Target


class Candidates:
    """Lists every count of one release that must not become known."""

    def __init__(self, entry: Entry, tables: Mapping[str, RawTable], name: str) -> None:
        """Take a release, the tables that are looked at, and the name findings are told by."""
        self.entry = entry
        self.tables = tables
        self.name = name
        self.quarters = {label: quarters_about(entry, root_of(entry, label)) for label in tables}

    def __iter__(self) -> Iterator[Target]:
        """Give every count, some of them more than once."""
        raw, rules = self.entry.raw, self.entry.rules
        rows = [row for row in raw.rows.values() if row.table in self.tables]
        keys = {row.key for row in rows}
        rates = [each for each in raw.rates if {each.numerator, each.denominator} <= keys]
        for owners in GROUPS:
            for row in rows:
                yield from self._small(row.table, row.classes, owners, row.group, rules.width)
            for rate in rates:
                yield from self._told_about_each(rate, owners)
            for label, classes in _steps(self.entry, self.tables):
                yield from self._small(label, classes, owners, None, rules.answer_width)

    def _target(
        self,
        label: str,
        classes: frozenset[str],
        owners: frozenset[Commissioner],
        group: Group | None,
        width: int,
    ) -> Target:
        truth = self.tables[label].count(classes, owners, group)
        inside = min(width, self.entry.rules.insider_width)
        quarters = self.quarters[label]
        return Target(self.name, label, classes, owners, quarters, group, truth, width, inside)

    def _small(
        self,
        label: str,
        classes: frozenset[str],
        owners: frozenset[Commissioner],
        group: Group | None,
        width: int,
    ) -> Iterator[Target]:
        found = self._target(label, classes, owners, group, width)
        if 0 < found.truth < self.entry.rules.threshold:
            yield found

    def _told_about_each(self, rate: Rate, owners: frozenset[Commissioner]) -> Iterator[Target]:
        """Give what a rate would tell: the few not counted, and "none" or "all" of a group."""
        rules = self.entry.rules
        of, counted = (self.entry.raw.rows[each] for each in (rate.denominator, rate.numerator))
        if of.table != counted.table:
            return
        others = of.classes - counted.classes
        yield from self._small(of.table, others, owners, of.group, rules.width)
        everybody = self.tables[of.table].count(of.classes, owners, of.group)
        private = rate.measure.sensitivity is Sensitivity.SENSITIVE
        if not private or not 0 < everybody < rules.class_size:
            return
        for classes in (counted.classes, others):
            none = self._target(of.table, classes, owners, of.group, rules.width)
            if none.truth == 0:
                yield none


def _steps(entry: Entry, tables: Mapping[str, RawTable]) -> Iterable[tuple[str, frozenset[str]]]:
    """Give the people at one step of a scale, and those who rose or fell, where means are shown."""
    shown = {cell.row for cell, mean in entry.published.means.items() if mean is not None}
    for mean in entry.raw.means:
        if mean.table not in tables or mean.key not in shown:
            continue
        found: dict[tuple[str, int], set[str]] = {}
        for each, (first, last) in mean.scores.items():
            moved = (last > first) - (last < first)
            for place in (("first", first), ("last", last), ("moved", moved)):
                found.setdefault(place, set()).add(each)
        for classes in found.values():
            yield mean.table, frozenset(classes)
