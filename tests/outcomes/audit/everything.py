"""Populations small enough to be judged by trying every table there could be."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outcomes.episode import AgeBand, Audience, Commissioner, Strand
from outcomes.ledger import Entry
from outcomes.measures.measure import (
    Direction,
    Interval,
    Measure,
    PeriodRule,
    Sensitivity,
    Statistic,
)
from outcomes.measures.recipe import Recipe, Sorting
from outcomes.published import Published
from outcomes.quarter import Period, Quarter
from outcomes.raw import EVERYBODY, Box, Cell, Part, Rate, RawTable, RawTables, Row
from outcomes.scenario import Rules, Scenario, Target

Q3 = Quarter.parse("2026/27-Q3")
DERBY, COUNTY, OTHER = Commissioner
ROSE, STAYED, MISSING = "rose", "stayed", "missing"
RULES = Rules(threshold=3, base=3, zero_is_shown=False, width=2, insider_width=2, class_size=5)
"""The rules of nhs5, in small: counts below 3 are withheld, others go to the nearest 3."""

Integers = NDArray[np.integer[Any]]
Counts = Mapping[Commissioner, tuple[int, int, int]]
"""How many rose, stayed and are missing, by who pays."""


def measure(sensitivity: Sensitivity = Sensitivity.SENSITIVE) -> Measure:
    """A share of those who answered both times."""
    return Measure(
        id="M05",
        version=1,
        title="Feelings better at the end",
        statement="Made up.",
        sentence="{n} of {d} felt better.",
        statistic=Statistic.RATE,
        population="made-up children",
        numerator="who rose",
        recipe=Recipe(sorting=Sorting.ITEM),
        direction=Direction.HIGHER_IS_BETTER,
        period_rule=PeriodRule.CLOSED,
        interval=Interval.WILSON,
        sensitivity=sensitivity,
        unit="%",
    )


def box(owner: Commissioner, quarter: Quarter = Q3) -> Box:
    """Where everybody of a commissioner stands."""
    return Box(owner, quarter, AgeBand.NOT_KNOWN, Strand.DIRECT)


def raw_of(counts: Counts, quarter: Quarter = Q3, period: Period | None = None) -> RawTables:
    """Everybody who closed; who was paired; who of these rose."""
    everybody = {(box(who, quarter), EVERYBODY): sum(each) for who, each in counts.items()}
    flow = {
        (box(who, quarter), label): number
        for who, (rose, stayed, missing) in counts.items()
        for label, number in (("paired", rose + stayed), (MISSING, missing))
    }
    item = {
        (box(who, quarter), label): number
        for who, (rose, stayed, _) in counts.items()
        for label, number in ((ROSE, rose), (STAYED, stayed))
    }
    return RawTables(
        quarter if period is None else period,
        [measure()],
        tables=[
            RawTable("closed", None, (EVERYBODY,), everybody),
            RawTable("star", Part("closed", EVERYBODY), ("paired", MISSING), flow),
            RawTable("item", Part("star", "paired"), (ROSE, STAYED), item),
        ],
        rows=[
            Row("closed", "closed", frozenset({EVERYBODY})),
            Row("paired", "star", frozenset({"paired"})),
            Row("missing", "star", frozenset({MISSING})),
            Row("rose", "item", frozenset({ROSE})),
        ],
        rates=[Rate(measure(), "rose", "paired")],
    )


def rounded(
    raw: RawTables, rules: Rules = RULES, withheld: frozenset[Cell] = frozenset()
) -> Published:
    """Round by hand: the audit must not be tested against its own reading."""
    counts: dict[Cell, int | None] = {}
    for row, footprint in product(raw.rows, Audience):
        cell, count = Cell(row, footprint), raw.count(row, footprint.commissioners)
        small = count < rules.threshold and not (rules.zero_is_shown and count == 0)
        nearest = (2 * count + rules.base) // (2 * rules.base) * rules.base
        counts[cell] = None if small or cell in withheld else nearest
    return Published(counts, {})


def entry_of(
    counts: Counts, rules: Rules = RULES, withheld: frozenset[Cell] = frozenset()
) -> Entry:
    """A release of such people."""
    raw = raw_of(counts)
    return Entry("new", raw, rounded(raw, rules, withheld), rules)


class Everything:
    """Every table there could be, tried one by one.

    With as many people of each commissioner as there are, or with `spare` more or fewer.
    """

    def __init__(self, entry: Entry, counts: Counts, spare: int = 0) -> None:
        """List the tables that fit what the release shows."""
        self.truth = np.array([counts[who] for who in Commissioner])
        self.tables = _tables(counts, spare)
        fits = np.ones(len(self.tables), np.bool_)
        self.rules = entry.rules
        self.entry = entry
        for cell, shown in entry.published.counts.items():
            if shown is not None:
                values = self._values(cell.row, cell.footprint)
                readable = [value for value in range(99) if _reads(value, shown, entry.rules)]
                fits &= np.isin(values, readable)
        self.tables = self.tables[fits]

    def _values(self, row: str, footprint: Audience) -> Integers:
        owners = [number for number, who in enumerate(Commissioner) if footprint.sees(who)]
        return _added(self.tables[:, owners][:, :, _COLUMNS[row]])

    def reach(self, target: Target, scenario: Scenario) -> tuple[int, int]:
        """Give the lowest and the highest value a count can have for an outsider."""
        fits = np.ones(len(self.tables), np.bool_)
        for number, who in enumerate(Commissioner):
            if who in scenario.known:
                fits &= (self.tables[:, number] == self.truth[number]).all(axis=1)
        if scenario.shared is not None:
            fits &= self._of(scenario.shared) == scenario.shared.truth
        if scenario.told:
            for cell, shown in self.entry.published.counts.items():
                true = self.entry.raw.count(cell.row, cell.footprint.commissioners)
                if shown is None and true < self.rules.threshold:
                    fits &= self._values(cell.row, cell.footprint) < self.rules.threshold
        values = self._of(target)[fits]
        return int(values.min()), int(values.max())

    def _of(self, target: Target) -> Integers:
        owners = [n for n, who in enumerate(Commissioner) if who in target.commissioners]
        columns = [n for n, label in enumerate((ROSE, STAYED, MISSING)) if label in target.classes]
        if "paired" in target.classes:
            columns = [*columns, 0, 1]
        if EVERYBODY in target.classes:
            columns = [0, 1, 2]
        return _added(self.tables[:, owners][:, :, columns])


def _added(people: Integers) -> Integers:
    added: Integers = people.sum(axis=(1, 2))
    return added


_COLUMNS = {"closed": [0, 1, 2], "paired": [0, 1], "missing": [2], "rose": [0]}


def _tables(counts: Counts, spare: int) -> Integers:
    ways = [
        np.array(
            [
                (rose, stayed, total - rose - stayed)
                for total in range(max(0, size - spare), size + spare + 1)
                for rose in range(total + 1)
                for stayed in range(total + 1 - rose)
            ],
            np.int8,
        )
        for size in (sum(counts[who]) for who in Commissioner)
    ]
    places = np.meshgrid(*(np.arange(len(each)) for each in ways), indexing="ij")
    return np.stack([each[place.ravel()] for each, place in zip(ways, places, strict=True)], axis=1)


def _reads(value: int, shown: int, rules: Rules) -> bool:
    if value == 0 and rules.zero_is_shown:
        return shown == 0
    return value >= rules.threshold and abs(2 * (value - shown)) <= rules.base
