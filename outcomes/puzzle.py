"""Writes a release down as an outsider sees it: unknown counts and what each figure says of them.

It solves nothing, and it must not read how figures were protected: only what was shown in the end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from outcomes.definitions import Sensitivity
from outcomes.episode import Commissioner
from outcomes.figures import ShownMean
from outcomes.flow import PAIRED
from outcomes.inversion import Range, Weighing, count_behind, weighings_behind
from outcomes.tables import FLOW, Cell, Mean, Rate, RawFamily, RawTable, Row

Integers = NDArray[np.int64]
GROUPS = tuple(
    frozenset(group) for size in (1, 2, 3) for group in combinations(tuple(Commissioner), size)
)
"""Every set of commissioners: what is left when one subtracts a footprint from another."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What everybody may know of the rules behind a release, and what the audit asks for.

    Counts below `threshold` are withheld and others go to the nearest multiple of `base`. A count
    of 1 to `threshold` - 1 must stay possible over a range at least `width` wide, and so must
    "none" or "all" of a group smaller than `class_size` on a sensitive measure. For a council,
    which knows more, the range is at least `insider_width` wide. No count of people at one step of
    a scale may be certain: a range at least `answer_width` wide.
    """

    threshold: int
    base: int
    width: int
    insider_width: int
    class_size: int
    answer_width: int = 1


@dataclass(frozen=True, slots=True)
class Published:
    """Everything a release shows, for all audiences together. None stands for a withheld figure."""

    counts: Mapping[Cell, int | None]
    means: Mapping[Cell, ShownMean | None]


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """A count that must not become known: some classes of a table, for some commissioners."""

    table: str
    classes: frozenset[str]
    group: frozenset[Commissioner]
    truth: int
    width: int
    insider_width: int


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Block:
    """One set of unknown counts with everything that was published about them.

    `name` is the mean that is looked at, None for all counts. Each unknown belongs to one of
    `commissioners` and one table of `sources`, and lies between 0 and `ceiling`. `links` are equal
    to 0, `shown` lies row by row in `ranges`. `cells` says which figure each shown row belongs to.
    `small` are the counts that were withheld and are in truth below `threshold`. `aims` adds up the
    unknowns to each of the `targets`. `about` are the tables the block is there for: the others are
    in it for what they say about these.
    """

    name: str | None
    commissioners: tuple[Commissioner, ...]
    sources: tuple[str, ...]
    truth: Integers
    links: Integers
    shown: Integers
    ranges: tuple[Range, ...]
    cells: tuple[Cell, ...]
    small: Integers
    threshold: int
    targets: tuple[Target, ...]
    aims: Integers
    about: frozenset[str]
    ceiling: int


def blocks(family: RawFamily, published: Published, rules: Rules) -> Iterator[Block]:
    """Give the puzzles of one family: all counts together, then the means of one item at a time.

    Items meet only through how many people were paired, so every block has all shown counts, but
    only one item's means, and then looks at the counts of that item and at the number paired.
    """
    yield _Builder(family, published, rules, None).block()
    for mean in family.means:
        if any(cell.row == mean.key and shown for cell, shown in published.means.items()):
            yield _Builder(family, published, rules, mean).block()


class _Builder:
    """Builds one block: merges the classes no figure tells apart, then writes the rows."""

    def __init__(
        self, family: RawFamily, published: Published, rules: Rules, mean: Mean | None
    ) -> None:
        self.family = family
        self.published = published
        self.rules = rules
        self.mean = mean
        self.unknowns = [
            (commissioner, table, classes)
            for commissioner in Commissioner
            for table in (family.flow, *family.tables)
            for classes in self._merged(table)
        ]

    def _merged(self, table: RawTable) -> Iterable[tuple[str, ...]]:
        rows = [row.classes for row in self.family.rows if row.table == table.name]
        groups: dict[object, list[str]] = {}
        for each in table.classes:
            seen: list[object] = [each in classes for classes in rows]
            if table.name == FLOW:
                seen.append(each == PAIRED)
            if self.mean is not None and self.mean.table == table.name:
                seen.append(self.mean.scores.get(each))
            groups.setdefault(tuple(seen), []).append(each)
        return [tuple(classes) for classes in groups.values()]

    def block(self) -> Block:
        truth = np.array(
            [table.count(classes, {owner}) for owner, table, classes in self.unknowns], np.int64
        )
        shown = [*self._shown_counts(), *self._shown_means()]
        targets = tuple(self._targets())
        names = {FLOW, *(each.name for each in self.family.tables)}
        aims = [self._pick(each.table, each.classes, each.group) for each in targets]
        return Block(
            name=None if self.mean is None else self.mean.key,
            commissioners=tuple(owner for owner, _, _ in self.unknowns),
            sources=tuple(table.name for _, table, _ in self.unknowns),
            truth=truth,
            links=self._stack(self._links()),
            shown=self._stack([row for _, row, _ in shown]),
            ranges=tuple(span for _, _, span in shown),
            cells=tuple(cell for cell, _, _ in shown),
            small=self._stack(list(self._small_counts())),
            threshold=self.rules.threshold,
            targets=targets,
            aims=self._stack(aims),
            about=frozenset(names if self.mean is None else {self.mean.table}),
            ceiling=2 * int(truth.sum()) + 10 * self.rules.width,
        )

    def _stack(self, rows: Sequence[Integers]) -> Integers:
        return np.array(rows, np.int64).reshape(len(rows), len(self.unknowns))

    def _pick(
        self, table: str, classes: Collection[str], group: Collection[Commissioner]
    ) -> Integers:
        """Mark the unknowns that add up to a count."""
        return self._weigh(table, group, dict.fromkeys(classes, 1))

    def _weigh(
        self, table: str, group: Collection[Commissioner], weights: Mapping[str, int]
    ) -> Integers:
        return np.array(
            [
                weights.get(classes[0], 0) if owner in group and each.name == table else 0
                for owner, each, classes in self.unknowns
            ],
            np.int64,
        )

    def _links(self) -> list[Integers]:
        """Say that each further table is about exactly the people who were paired."""
        return [
            self._pick(table.name, table.classes, {owner}) - self._pick(FLOW, {PAIRED}, {owner})
            for owner in Commissioner
            for table in self.family.tables
        ]

    def _shown_counts(self) -> Iterator[tuple[Cell, Integers, Range]]:
        for cell, count in self.published.counts.items():
            if count is not None:
                span = count_behind(count, self.rules.threshold, self.rules.base)
                yield cell, self._unknowns(cell), span

    def _small_counts(self) -> Iterator[Integers]:
        for cell, count in self.published.counts.items():
            truth = self.family.count(cell.row, cell.footprint.commissioners)
            if count is None and truth < self.rules.threshold:
                yield self._unknowns(cell)

    def _unknowns(self, cell: Cell) -> Integers:
        row = self.family.row(cell.row)
        return self._pick(row.table, row.classes, cell.footprint.commissioners)

    def _shown_means(self) -> Iterator[tuple[Cell, Integers, Range]]:
        mean = self.mean
        if mean is None:
            return
        for cell, shown in self.published.means.items():
            n = self.published.counts.get(Cell(mean.n, cell.footprint))
            if cell.row != mean.key or shown is None or n is None:
                continue
            scale = mean.measure.source.scale
            for weighing, span in weighings_behind(shown, n, scale):
                weights = {
                    each: _weight(weighing, first, last, scale.low + scale.high)
                    for each, (first, last) in mean.scores.items()
                }
                yield cell, self._weigh(mean.table, cell.footprint.commissioners, weights), span

    def _targets(self) -> Iterator[Target]:
        wanted: dict[tuple[str, frozenset[str], frozenset[Commissioner]], int] = {}
        for table, classes, group, width in self._candidates():
            place = (table, classes, group)
            wanted[place] = max(width, wanted.get(place, 0))
        for (table, classes, group), width in wanted.items():
            truth = self.family.table(table).count(classes, group)
            yield Target(table, classes, group, truth, width, min(width, self.rules.insider_width))

    def _candidates(
        self,
    ) -> Iterator[tuple[str, frozenset[str], frozenset[Commissioner], int]]:
        width = self.rules.width
        rows = [each for each in self.family.rows if self._concerns(each)]
        keys = {each.key for each in rows}
        rates = [each for each in self.family.rates if {each.numerator, each.denominator} <= keys]
        for group in GROUPS:
            for row in rows:
                if self._is_small(row.table, row.classes, group):
                    yield row.table, row.classes, group, width
            for rate in rates:
                for table, classes in self._told_about_each(rate, group):
                    yield table, classes, group, width
            for table, classes in self._steps():
                if self._is_small(table, classes, group):
                    yield table, classes, group, self.rules.answer_width

    def _concerns(self, row: Row) -> bool:
        """Say whether a row is looked at in this block.

        What the means of one item tell about anything else, they tell by way of the number paired.
        """
        return (
            self.mean is None or row.table == self.mean.table or row.classes == frozenset({PAIRED})
        )

    def _is_small(
        self, table: str, classes: frozenset[str], group: frozenset[Commissioner]
    ) -> bool:
        return 0 < self.family.table(table).count(classes, group) < self.rules.threshold

    def _told_about_each(
        self, rate: Rate, group: frozenset[Commissioner]
    ) -> Iterator[tuple[str, frozenset[str]]]:
        """Give what a rate would tell: the few not counted, and "none" or "all" of a group."""
        of, counted = self.family.row(rate.denominator), self.family.row(rate.numerator)
        others = of.classes - counted.classes
        if self._is_small(of.table, others, group):
            yield of.table, others
        everybody = self.family.table(of.table).count(of.classes, group)
        private = rate.measure.sensitivity is Sensitivity.SENSITIVE
        if not private or not 0 < everybody < self.rules.class_size:
            return
        for classes in (counted.classes, others):
            if self.family.table(of.table).count(classes, group) == 0:
                yield of.table, classes

    def _steps(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Give the people at one step of the scale, and those who rose or fell."""
        if self.mean is None:
            return
        scores = self.mean.scores
        found: dict[tuple[str, int], set[str]] = {}
        for each, (first, last) in scores.items():
            moved = (last > first) - (last < first)
            for place in (("first", first), ("last", last), ("moved", moved)):
                found.setdefault(place, set()).add(each)
        for classes in found.values():
            yield self.mean.table, frozenset(classes)


def _weight(weighing: Weighing, first: int, last: int, ends: int) -> int:
    match weighing:
        case Weighing.FIRST:
            return 2 * first - ends
        case Weighing.LAST:
            return 2 * last - ends
        case Weighing.CHANGE:
            return 2 * (last - first)
        case Weighing.SQUARES:
            return (last - first) ** 2
    assert_never(weighing)
