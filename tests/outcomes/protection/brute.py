"""Works out what an outsider can know by trying every table, for populations of a few people.

It is slow, and too simple to be wrong: a table is a number of people in each lowest class, and it
is possible if it would be shown exactly as the true one was. An oracle for tests only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from outcomes.audit.certificate import Certificate
from outcomes.episode import Commissioner
from outcomes.ledger import Entry, Kept
from outcomes.measures.measure import Sensitivity
from outcomes.quarter import quarters_of
from outcomes.raw import Box, Group, RawTables
from outcomes.scenario import Finding, Scenario, Target, Verdict

Tables = NDArray[np.int64]
GROUPS = tuple(
    frozenset(some) for size in (1, 2, 3) for some in combinations(tuple(Commissioner), size)
)


@dataclass(frozen=True, slots=True)
class BruteAudit:
    """What trying everything found; it proves nothing, so it has no certificate."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    certificate: Certificate | None = None
    witnesses: tuple[Kept, ...] = ()


def brute_audit(new: Entry, earlier: Sequence[Entry] = (), progress: object = None) -> BruteAudit:
    """Find every protected count that some outsider can narrow down too far.

    For one population of a few people in few boxes, and without earlier releases.
    """
    assert not earlier
    del progress
    every = Every(new)
    found = tuple(every.findings())
    return BruteAudit(Verdict.UNSAFE if found else Verdict.SAFE, found)


class Every:
    """Every table of one population that would be shown as the true one was."""

    def __init__(self, new: Entry) -> None:
        """Write every possible table down."""
        self.new = new
        self.raw = new.raw
        self.places = list(_places(self.raw))
        self.truth = np.array([_count(self.raw, *each) for each in self.places], np.int64)
        self.most = int(self.truth.max(initial=0)) + new.rules.width + new.rules.base
        self.tables = self._possible()

    def _possible(self) -> Tables:
        """Go commissioner by commissioner, so that few tables are held at a time."""
        found = np.zeros((1, 0), np.int64)
        for owner in Commissioner:
            here = [place for place in self.places if place[0].commissioner is owner]
            drawn = np.array(list(product(range(self.most + 1), repeat=len(here))), np.int64)
            drawn = drawn[self._fits(drawn, here, frozenset({owner}))]
            pairs = np.repeat(found, len(drawn), axis=0), np.tile(drawn, (len(found), 1))
            found = np.hstack(pairs)
        return found[self._fits(found, self.places, frozenset(Commissioner))]

    def _fits(
        self,
        tables: Tables,
        places: Sequence[tuple[Box, str, str]],
        owners: Collection[Commissioner],
    ) -> NDArray[np.bool_]:
        """Mark the tables whose figures for exactly these commissioners are shown the same."""
        rules = self.new.rules
        fits = np.ones(len(tables), np.bool_)
        for cell, shown in self.new.published.counts.items():
            if shown is None or cell.footprint.commissioners != owners:
                continue
            row = self.raw.rows[cell.row]
            sums = tables @ self._inside(places, row.table, row.classes, owners, row.group)
            rounded = (2 * sums + rules.base) // (2 * rules.base) * rules.base
            could_be_shown = sums >= rules.threshold
            if rules.zero_is_shown:
                could_be_shown |= sums == 0
            fits &= could_be_shown & (rounded == shown)
        return fits

    def _inside(
        self,
        places: Sequence[tuple[Box, str, str]],
        table: str,
        classes: Collection[str],
        owners: Collection[Commissioner],
        group: Group | None,
    ) -> Tables:
        """Mark the places that make up a count: a class counts all that lies below it."""
        return np.array(
            [
                box.commissioner in owners
                and (group is None or group.holds(box))
                and any(above == table and one in classes for above, one in self._path(name, label))
                for box, name, label in places
            ],
            np.int64,
        )

    def _path(self, table: str, label: str) -> Iterator[tuple[str, str]]:
        yield table, label
        parent = self.raw.tables[table].parent
        if parent is not None:
            yield from self._path(parent.table, parent.label)

    def values(self, target: Target, tables: Tables) -> Tables:
        """Give what a count is in each table."""
        inside = self._inside(
            self.places, target.table, target.classes, target.commissioners, target.group
        )
        found: Tables = tables @ inside
        return found

    def range_of(self, target: Target, scenario: Scenario) -> tuple[int, int]:
        """Give the lowest and highest value that a count can have for an outsider."""
        found = self.values(target, self._known_to(scenario))
        return int(found.min()), int(found.max())

    def _known_to(self, scenario: Scenario) -> Tables:
        keep = np.ones(len(self.tables), np.bool_)
        for number, (box, _, _) in enumerate(self.places):
            if box.commissioner in scenario.known:
                keep &= self.tables[:, number] == self.truth[number]
        if scenario.shared is not None:
            keep &= self.values(scenario.shared, self.tables) == scenario.shared.truth
        if scenario.told:
            for cell, shown in self.new.published.counts.items():
                row, owners = self.raw.rows[cell.row], cell.footprint.commissioners
                inside = self._inside(self.places, row.table, row.classes, owners, row.group)
                if shown is None and self.truth @ inside < self.new.rules.threshold:
                    keep &= self.tables @ inside < self.new.rules.threshold
        return self.tables[keep]

    def findings(self) -> Iterator[Finding]:
        """Give what each outsider can narrow down too far."""
        targets = list(self.targets())
        scenarios = [
            Scenario(who, known, told=told)
            for told in (False, True)
            for who, known in (
                ("public", frozenset[Commissioner]()),
                ("derby-city", frozenset({Commissioner.DERBY_CITY})),
                ("derbyshire-county", frozenset({Commissioner.DERBYSHIRE_COUNTY})),
            )
        ]
        for scenario in scenarios:
            for target in targets:
                if target.commissioners & scenario.known or (scenario.told and not target.truth):
                    continue
                low, high = self.range_of(target, scenario)
                if not is_hidden(target, scenario, low, high):
                    yield Finding(target, scenario, Verdict.UNSAFE, low, high)

    def targets(self) -> Iterator[Target]:
        """Give every count that must not become known."""
        rules = self.new.rules
        for owners in GROUPS:
            for row in self.raw.rows.values():
                found = self._target(row.table, row.classes, owners, row.group)
                if 0 < found.truth < rules.threshold:
                    yield found
            for rate in self.raw.rates:
                of, counted = self.raw.rows[rate.denominator], self.raw.rows[rate.numerator]
                if of.table != counted.table:
                    continue
                rest = self._target(of.table, of.classes - counted.classes, owners, of.group)
                some = self._target(of.table, counted.classes, owners, of.group)
                if 0 < rest.truth < rules.threshold:
                    yield rest
                private = rate.measure.sensitivity is Sensitivity.SENSITIVE
                if private and 0 < rest.truth + some.truth < rules.class_size:
                    yield from (each for each in (some, rest) if each.truth == 0)

    def _target(
        self,
        table: str,
        classes: frozenset[str],
        owners: frozenset[Commissioner],
        group: Group | None,
    ) -> Target:
        return Target(
            release="",
            table=table,
            classes=classes,
            commissioners=owners,
            quarters=frozenset(quarters_of(self.raw.period)),
            group=group,
            truth=self.raw.tables[table].count(classes, owners, group),
            width=self.new.rules.width,
            insider_width=self.new.rules.insider_width,
        )


def is_hidden(target: Target, scenario: Scenario, low: int, high: int) -> bool:
    """Say whether a range is wide enough, and has the truth inside where that is asked for."""
    if scenario.told or scenario.shared is not None:
        return high > low
    width = target.insider_width if scenario.known else target.width
    below = low < target.truth or target.truth == 0
    return high - low >= width and below and high > target.truth


def _places(raw: RawTables) -> Iterator[tuple[Box, str, str]]:
    """List the lowest classes in every box that somebody of the population is in."""
    parents = {each.parent for each in raw.tables.values()}
    (root,) = [each for each in raw.tables.values() if each.parent is None]
    boxes = sorted({box for box, _, _ in root.entries()}, key=str)
    for owner in Commissioner:
        for box in boxes:
            if box.commissioner is owner:
                for table in raw.tables.values():
                    for label in table.classes:
                        if not any(
                            each is not None and (each.table, each.label) == (table.name, label)
                            for each in parents
                        ):
                            yield box, table.name, label


def _count(raw: RawTables, box: Box, table: str, label: str) -> int:
    return sum(
        count for where, what, count in raw.tables[table].entries() if (where, what) == (box, label)
    )
