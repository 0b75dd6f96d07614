"""Writes releases down as an outsider sees them: unknown counts, and what each figure says of them.

It solves nothing, and it must not read how figures were protected: only what was shown in the end.

Everything is written as a difference from the truth, so that "nothing is different" always fits.
Tables of several releases about the same people meet in links: between a quarter and its year the
outsider is taken to know exactly how many people came in late and how many were taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from math import inf
from typing import NamedTuple

import numpy as np

from outcomes.audit.backwards import Weighing, count_behind, weighings_behind, weight
from outcomes.audit.candidates import Candidates
from outcomes.audit.links import Unknowns
from outcomes.audit.puzzle import (
    CHAIN,
    HOW_MANY,
    System,
    is_inside,
    matrix_of,
    overlaps,
    root_of,
    roots_of,
    small_numbers,
    telling,
)
from outcomes.episode import Commissioner
from outcomes.ledger import Entry
from outcomes.quarter import Quarter
from outcomes.raw import Group, Mean, Row
from outcomes.scenario import Target


def systems(new: Entry, earlier: Sequence[Entry]) -> Iterator[System]:
    """Give the puzzles of a release: one for each population, and one for how many there are.

    Earlier releases take part where they have the same table about the same quarters.
    """
    for root in roots_of(new):
        related = [each for each in earlier if overlaps(each, new, root)]
        yield _Builder(root, [*related, new], (root,)).system()
    entries = (*earlier, new)
    quarters = frozenset(quarter for each in entries for quarter in telling(each))
    if quarters:
        yield _Builder(HOW_MANY, entries, CHAIN, quarters).system()


class _Row(NamedTuple):
    """What a figure says: weights of unknowns, and the range of their weighted sum."""

    weights: dict[int, int]
    low: float
    high: float


class _Builder(Unknowns):
    """Builds one system from the releases that take part in it."""

    # --- what was published -----------------------------------------------------------

    def _weights(
        self,
        number: int,
        label: str,
        owners: Collection[Commissioner],
        group: Group | None,
        weigh: Callable[[frozenset[str]], int],
        quarters: Collection[Quarter] | None = None,
    ) -> dict[int, int]:
        found = {}
        for place, here in self.at.get((number, label), {}).items():
            if place.commissioner not in owners or not is_inside(place, group):
                continue
            if quarters is not None and place.quarter not in quarters:
                continue
            for classes, index in here.items():
                value = weigh(classes)
                if value:
                    found[index] = value
        return found

    def _of(self, number: int, row: Row, owners: Collection[Commissioner]) -> dict[int, int]:
        return self._weights(number, row.table, owners, row.group, partial(_whether, row.classes))

    def _shown(self) -> Iterator[_Row]:
        for number, entry in enumerate(self.entries):
            for cell, count in sorted(entry.published.counts.items()):
                row = entry.raw.rows[cell.row]
                if row.table not in self.tables[number]:
                    continue
                span = count_behind(count, entry.rules)
                if span.low <= 0 and span.high == inf:
                    continue
                weights = self._of(number, row, cell.footprint.commissioners)
                truth = entry.raw.count(cell.row, cell.footprint.commissioners)
                yield _Row(weights, span.low - truth, span.high - truth)
            yield from self._shown_means(number, entry)

    def _shown_means(self, number: int, entry: Entry) -> Iterator[_Row]:
        for mean in entry.raw.means:
            if mean.table not in self.tables[number]:
                continue
            for cell, shown in sorted(entry.published.means.items()):
                if cell.row != mean.key or shown is None:
                    continue
                n = entry.published.counts[type(cell)(mean.n, cell.footprint)]
                if n is None:
                    continue
                scale = mean.measure.scale
                for weighing, span in weighings_behind(shown, n, scale):
                    weights = self._weights(
                        number,
                        mean.table,
                        cell.footprint.commissioners,
                        None,
                        partial(_weighed, mean, weighing),
                    )
                    truth = sum(value * self.truth[index] for index, value in weights.items())
                    yield _Row(weights, span.low - truth, span.high - truth)

    def _small(self) -> Iterator[_Row]:
        for number, entry in enumerate(self.entries):
            for cell, count in sorted(entry.published.counts.items()):
                row = entry.raw.rows[cell.row]
                if count is not None or row.table not in self.tables[number]:
                    continue
                truth = entry.raw.count(cell.row, cell.footprint.commissioners)
                if truth < entry.rules.threshold:
                    weights = self._of(number, row, cell.footprint.commissioners)
                    yield _Row(weights, -np.inf, entry.rules.threshold - 1 - truth)

    # --- what must stay hidden --------------------------------------------------------

    def _targets(self) -> Iterator[tuple[Target, dict[int, int], bool]]:
        seen: dict[tuple[object, ...], tuple[Target, dict[int, int], bool]] = {}
        for number, entry in enumerate(self.entries):
            name = "" if entry is self.entries[-1] else entry.name
            for target in Candidates(entry, self.tables[number], name):
                weights = self._weights(
                    number,
                    target.table,
                    target.commissioners,
                    target.group,
                    partial(_whether, target.classes),
                    target.quarters,
                )
                place = (number, target.table, target.classes, target.commissioners, target.group)
                known = seen.get(place)
                if weights and (known is None or known[0].width < target.width):
                    seen[place] = (target, weights, self._is_free(number, target))
        yield from seen.values()
        yield from self._late()

    def _late(self) -> Iterator[tuple[Target, dict[int, int], bool]]:
        """Give the few answers that came in late, or were taken back, between two releases."""
        for index, atom in enumerate(self.atoms):
            threshold = self.entries[atom.entry].rules.threshold
            if atom.kind and 0 < self.truth[index] < threshold:
                target = Target(
                    f"{atom.kind} answers",
                    atom.table,
                    atom.classes,
                    frozenset({atom.place.commissioner}),
                    frozenset({atom.place.quarter}),
                    None,
                    self.truth[index],
                    1,
                    1,
                )
                yield target, {index: 1}, self.name not in CHAIN

    # --- all together -----------------------------------------------------------------

    def system(self) -> System:
        shown = [each for each in self._shown() if each.weights]
        small = [each for each in self._small() if each.weights]
        targets = list(self._targets())
        anchors: dict[tuple[int, str, Commissioner, Quarter], dict[int, int]] = {}
        for number, label, place, here in self._everywhere():
            if self.tables[number][label].parent is None:
                spot = (number, label, place.commissioner, place.quarter)
                anchors.setdefault(spot, {}).update(dict.fromkeys(here.values(), 1))
        size = len(self.atoms)
        return System(
            name=self.name,
            releases=tuple(each.name for each in self.entries),
            atoms=tuple(self.atoms),
            truth=np.array(self.truth, np.int64),
            rows=matrix_of([each.weights for each in shown], size),
            low=np.array([each.low for each in shown], np.float64),
            high=np.array([each.high for each in shown], np.float64),
            links=matrix_of(self.links, size),
            anchors=matrix_of(list(anchors.values()), size),
            small=matrix_of([each.weights for each in small], size),
            small_high=np.array([each.high for each in small], np.float64),
            targets=tuple(target for target, _, _ in targets),
            free=np.array([free for _, _, free in targets], np.bool_),
            aims=matrix_of([weights for _, weights, _ in targets], size),
            parents={
                label: table.parent.table
                for tables in self.tables
                for label, table in tables.items()
                if table.parent is not None
            },
            kept=tuple(
                (number, each)
                for number, entry in enumerate(self.entries[:-1])
                for each in entry.witnesses
            ),
            ceiling=2 * sum(self.truth) + 50,
        )

    def _is_free(self, number: int, target: Target) -> bool:
        """Say whether how many people there are may differ in what hides a target.

        So it is where a target is about such a number, or about so few people that the number says
        much; these are looked at over all releases together. Populations that no later release says
        anything about are free as well.
        """
        root = root_of(self.entries[number], target.table)
        if root not in CHAIN or (target.table == root and target.group is None):
            return True
        small = small_numbers(self.entries[number], root)
        return any(
            owner in target.commissioners and quarter in target.quarters for owner, quarter in small
        )


def _whether(wanted: frozenset[str], classes: frozenset[str]) -> int:
    return int(classes <= wanted)


def _weighed(mean: Mean, weighing: Weighing, classes: frozenset[str]) -> int:
    scores = mean.scores.get(next(iter(classes)))
    return 0 if scores is None else weight(weighing, scores, mean.measure.scale)
