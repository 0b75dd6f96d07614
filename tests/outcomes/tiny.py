"""Puzzles small enough to be solved by trying everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf

import numpy as np

from outcomes.attack import Scenario
from outcomes.episode import Audience, Commissioner
from outcomes.flow import PAIRED
from outcomes.inversion import Range
from outcomes.puzzle import Block, Integers, Published, Rules, Target
from outcomes.tables import FLOW, Cell, Rate, RawFamily, RawTable, Row
from tests.outcomes.people import DERBY, only

MISSING, ROSE, STAYED = "missing", "rose", "stayed"
RULES = Rules(threshold=3, base=3, width=2, insider_width=2, class_size=5)
"""The rules of nhs5, in small: counts below 3 are withheld, others go to the nearest 3."""

Counts = Mapping[tuple[Commissioner, str], int]


def family_of(counts: Counts) -> RawFamily:
    """People who were paired and people who were not, of each commissioner."""
    return RawFamily(
        name="tiny",
        flow=RawTable(FLOW, (PAIRED, MISSING), counts),
        tables=(),
        rows=(
            Row("eligible", FLOW, frozenset({PAIRED, MISSING})),
            Row("paired", FLOW, frozenset({PAIRED})),
            Row("missing", FLOW, frozenset({MISSING})),
        ),
        rates=(Rate(only("M04")[0], "paired", "eligible"),),
        means=(),
        steps=(),
    )


def family_with_item(counts: Counts) -> RawFamily:
    """The same, where the paired either rose on an item or did not: both make up the paired."""
    paired = {
        (owner, PAIRED): counts.get((owner, ROSE), 0) + counts.get((owner, STAYED), 0)
        for owner in Commissioner
    }
    plain = family_of({**counts, **paired})
    return replace(
        plain,
        tables=(RawTable("item", (ROSE, STAYED), counts),),
        rows=(plain.row("eligible"), plain.row("paired"), Row("rose", "item", frozenset({ROSE}))),
        rates=(),
    )


def published(family: RawFamily, *, withheld: frozenset[Cell] = frozenset()) -> Published:
    """Round by hand: the audit must not be tested against its own reading."""
    counts: dict[Cell, int | None] = {}
    for row in family.rows:
        for footprint in Audience:
            cell = Cell(row.key, footprint)
            count = family.count(row.key, footprint.commissioners)
            is_hidden = count < 3 or cell in withheld
            counts[cell] = None if is_hidden else (count + 1) // 3 * 3
    return Published(counts, {})


def every_table(block: Block, family: RawFamily) -> Integers:
    """Write down every table whose counts are at most the ceiling, in the order of the puzzle."""
    free = [MISSING, ROSE, STAYED] if family.tables else [PAIRED, MISSING]
    size = len(free) * len(Commissioner)
    drawn = np.indices((block.ceiling + 1,) * size, np.int64).reshape(size, -1).T
    columns = []
    for place in range(0, size, len(free)):
        found = dict(zip(free, drawn[:, place : place + len(free)].T, strict=True))
        if family.tables:
            found[PAIRED] = found[ROSE] + found[STAYED]
        columns += [
            found[label] for table in (family.flow, *family.tables) for label in table.classes
        ]
    return np.array(columns).T


def tables_that_fit(family: RawFamily, shown: Published, block: Block) -> Integers:
    """Keep the tables that would be shown exactly as these were, small ones being withheld.

    A withheld count may be anything: the reader is not told why it was withheld.
    """
    tables = every_table(block, family)
    keep = np.ones(len(tables), np.bool_)
    places = [
        (owner, table.name, label)
        for owner in Commissioner
        for table in (family.flow, *family.tables)
        for label in table.classes
    ]
    for row in family.rows:
        for footprint in Audience:
            value = shown.counts[Cell(row.key, footprint)]
            if value is None:
                continue
            inside = [
                owner in footprint.commissioners and table == row.table and label in row.classes
                for owner, table, label in places
            ]
            sums = tables[:, np.flatnonzero(inside)].sum(axis=1)
            keep &= (sums >= 3) & ((sums + 1) // 3 * 3 == value)
    return tables[keep]


def known_to(scenario: Scenario, block: Block, tables: Integers) -> Integers:
    """Keep the tables that agree with what an outsider knows."""
    keep = np.ones(len(tables), np.bool_)
    for index, owner in enumerate(block.commissioners):
        if owner in scenario.known:
            keep &= tables[:, index] == block.truth[index]
    if scenario.shared is not None:
        aim = block.aims[scenario.shared]
        keep &= tables @ aim == block.truth @ aim
    if scenario.told:
        for row in block.small:
            keep &= tables @ row < 3
    return tables[keep]


def by_hand(
    truth: Sequence[int],
    shown: Sequence[tuple[Sequence[int], float, float]],
    aims: Sequence[Sequence[int]],
    *,
    lowest: int = 0,
) -> Block:
    """A puzzle written down directly: rows with their range, and counts that must stay hidden.

    All unknowns belong to one commissioner. With `lowest` 1, a withheld count is known not to be 0.
    """
    size = len(truth)
    rows: list[tuple[Sequence[int], float, float]] = [*shown]
    rows += [(row, lowest, inf) for row in np.eye(size, dtype=np.int64).tolist()]
    values: Integers = np.array(truth, np.int64)
    hidden = [np.array(aim, np.int64) for aim in aims]
    everybody = frozenset(Commissioner)
    return Block(
        name=None,
        commissioners=(DERBY,) * size,
        sources=(FLOW,) * size,
        truth=values,
        links=np.zeros((0, size), np.int64),
        shown=np.array([row for row, _, _ in rows], np.int64),
        ranges=tuple(Range(low, high) for _, low, high in rows),
        cells=tuple(Cell(f"row {number}", Audience.ICB) for number in range(len(rows))),
        small=np.zeros((0, size), np.int64),
        threshold=5,
        targets=tuple(
            Target(FLOW, frozenset({str(number)}), everybody, int(values @ aim), 2, 2)
            for number, aim in enumerate(hidden)
        ),
        aims=np.array(hidden, np.int64),
        about=frozenset({FLOW}),
        ceiling=100,
    )
