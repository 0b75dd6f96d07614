"""Rolls up kept pairs, column by column, into the tables of compared people; it publishes nobody.

It gives what counting person by person gives (`counting.sorting`), over millions of answers. It
loads numpy: import it only where figures are made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import product

import numpy as np

from outcomes.counting.blocks import Block, Bytes, Chunk, Numbers, Place, are_apart, compared, ends
from outcomes.counting.flow import PAIRED
from outcomes.counting.packed import DAY_ZERO, SKIPPED
from outcomes.counting.shapes import Shape
from outcomes.counting.sorters import sorters_for
from outcomes.counting.sorting import ByAnswers, Source
from outcomes.counting.sorting_scores import (
    Standing,
    home_class,
    home_shape,
    item_class,
    item_shape,
    standings_of,
)
from outcomes.counting.tally import is_counted
from outcomes.measures.measure import Measure, Scale
from outcomes.measures.recipe import HOME_ITEMS
from outcomes.quarter import Quarter
from outcomes.raw import Box, Part, RawTable


def compared_by(measures: Sequence[Measure]) -> tuple[ByAnswers, ...]:
    """Give what sorts the ended support of these measures by answers: what can be rolled up."""
    counted = [each for each in measures if is_counted(each)]
    return sorters_for(counted, measures).flows


def roll_up(sorters: Sequence[ByAnswers], chunks: Iterable[Chunk]) -> tuple[RawTable, ...]:
    """Count everybody who is compared, by box and class, in every table of questions.

    The tables of the first sorter come first. A box's quarter is that of the closing day. Raises
    BadMeasureError for a value off its scale and BadFactsError for answers that cannot be read.
    """
    tally = _Tally([table for sorter in sorters for table in _tables(sorter)])
    for chunk in chunks:
        boxes = tally.boxes_of(chunk)
        for sorter in sorters:
            for block in compared(sorter.source, chunk):
                standings = _Standings(sorter.source, block)
                for table in _tables(sorter):
                    tally.add(table, boxes[block.rows], table.codes(standings))
    return tally.tables()


@dataclass(frozen=True, slots=True)
class Change:
    """How many people have both values, and the sum of last minus first."""

    n: int
    total: int


def changes(table: RawTable) -> Mapping[Box, Change]:
    """Add up the changes of a table of one question, box by box: what its means are made of."""
    shape = Shape(table.name, Part(table.name, PAIRED), table.classes, {})
    steps = {label: last - first for label, (first, last) in standings_of(shape).items()}
    found: dict[Box, Change] = {}
    for box, label, count in table.entries():
        if label in steps:
            so_far = found.get(box, Change(0, 0))
            found[box] = Change(so_far.n + count, so_far.total + steps[label] * count)
    return found


# --- how they are sorted --------------------------------------------------------------------------


class _Standings:
    """First and last answers of one block of rows, question by question."""

    def __init__(self, source: Source, block: Block) -> None:
        self._source = source
        self._block = block
        self._known: dict[str, Numbers] = {}

    def of(self, item: str) -> Numbers:
        """Return the place of each row's standing among `_every_standing`, the last being None."""
        if item not in self._known:
            self._known[item] = self._work_out(item)
        return self._known[item]

    def _work_out(self, item: str) -> Numbers:
        block, scale = self._block, self._source.scale
        size = scale.high - scale.low + 1
        codes = np.full(len(block.rows), size * size, dtype=np.int64)
        if item not in block.items:
            return codes
        values = np.ascontiguousarray(block.values[:, :, block.items.index(item)])
        first, last = ends(block, values != SKIPPED)
        both = np.flatnonzero(are_apart(block.days, first, last, self._source.windows.least_gap))
        begins = _upward(scale, values[both, first[both]])
        codes[both] = begins * size + _upward(scale, values[both, last[both]])
        return codes


def _every_standing(scale: Scale) -> list[Standing | None]:
    values = range(scale.low, scale.high + 1)
    return [*product(values, values), None]


def _upward(scale: Scale, values: Bytes) -> Numbers:
    """Return the values, the better end up, from 0. Raises BadMeasureError off the scale."""
    turned = np.zeros(256, dtype=np.int64)
    for value in np.flatnonzero(np.bincount(values)):
        turned[value] = scale.upward(int(value)) - scale.low
    found: Numbers = turned[values]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """How the standings on some questions become classes.

    `kinds` says of each standing (`_every_standing`) which of a few kinds it is, `labels` names the
    class of every combination of kinds, that of the first question counting most.
    """

    shape: Shape
    items: tuple[str, ...]
    kinds: Numbers
    labels: tuple[str, ...]

    def codes(self, standings: _Standings) -> Numbers:
        """Return the place of each row's class among the labels."""
        many = int(self.kinds.max()) + 1
        codes = self.kinds[standings.of(self.items[0])]
        for item in self.items[1:]:
            codes = codes * many + self.kinds[standings.of(item)]
        return codes


@cache
def _tables(sorter: ByAnswers) -> tuple[_Table, ...]:
    name, scale = sorter.source.name, sorter.source.scale
    every = _every_standing(scale)
    labels = tuple(map(item_class, every))
    found = [
        _Table(item_shape(name, item, scale), (item,), np.arange(len(every)), labels)
        for item in sorter.items
    ]
    if sorter.with_home:
        found.append(_home_table(name, every))
    return tuple(found)


def _home_table(name: str, every: Sequence[Standing | None]) -> _Table:
    """Make the table that only asks whether somebody rose: one standing speaks for its kind."""
    kinds: tuple[Standing | None, ...] = (None, (1, 1), (1, 2))
    kind_of = [0 if each is None else 1 + (each[1] > each[0]) for each in every]
    labels = tuple(map(home_class, product(kinds, repeat=len(HOME_ITEMS))))
    return _Table(home_shape(name), HOME_ITEMS, np.array(kind_of, np.int64), labels)


class _Tally:
    """Adds up how many people are in each box and class of each table."""

    def __init__(self, tables: Sequence[_Table]) -> None:
        """Begin with nobody."""
        self._counts = {table: np.zeros(0, np.int64) for table in tables}
        self._numbers: dict[Box, int] = {}

    def boxes_of(self, chunk: Chunk) -> Numbers:
        """Return the number of each row's box."""
        days, at = np.unique(chunk.closed, return_inverse=True)
        closing = [Quarter.containing(DAY_ZERO + timedelta(days=int(day))) for day in days]
        quarters = sorted(set(closing))
        quarter = np.array([quarters.index(each) for each in closing], np.int64)
        places = chunk.place * len(quarters) + (quarter[at] if len(days) else 0)
        combinations, at = np.unique(places, return_inverse=True)
        boxes = [
            self._number(chunk.places[place], quarters[quarter])
            for place, quarter in (divmod(int(each), len(quarters)) for each in combinations)
        ]
        return np.array(boxes, np.int64)[at]

    def _number(self, place: Place, quarter: Quarter) -> int:
        box = Box(place.commissioner, quarter, place.age, place.strand)
        return self._numbers.setdefault(box, len(self._numbers))

    def add(self, table: _Table, boxes: Numbers, codes: Numbers) -> None:
        """Count people by the numbers of their boxes and the places of their classes."""
        size = len(self._numbers) * len(table.labels)
        counts = np.bincount(boxes * len(table.labels) + codes, minlength=size)
        before = self._counts[table]
        counts[: len(before)] += before
        self._counts[table] = counts

    def tables(self) -> tuple[RawTable, ...]:
        """Return what was counted, with the tables' own names of boxes and classes."""
        return tuple(
            RawTable(
                table.shape.name,
                table.shape.parent,
                table.shape.classes,
                self._named(counts, table.labels),
            )
            for table, counts in self._counts.items()
        )

    def _named(self, counts: Numbers, labels: Sequence[str]) -> Counter[tuple[Box, str]]:
        boxes = list(self._numbers)
        found: Counter[tuple[Box, str]] = Counter()
        for number in np.flatnonzero(counts):
            box, label = divmod(int(number), len(labels))
            found[boxes[box], labels[label]] += int(counts[number])
        return found
