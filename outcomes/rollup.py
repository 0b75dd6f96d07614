"""Rolls up kept pairs, column by column, into the tables of compared people; it publishes nobody.

It gives for one item what counting gives from single answers (first and last valid answer of the
one person who answered first, on the version they began with), over millions of answers. It loads
numpy: import it only where figures are made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from outcomes.episode import AgeBand, Commissioner, Lives, Strand
from outcomes.errors import BadFactsError
from outcomes.measure import Scale, Windows
from outcomes.packed import DAY_ZERO, FORMAT, HEAD, SKIPPED, width
from outcomes.quarter import Quarter
from outcomes.raw import Box, Part, RawTable

Numbers: TypeAlias = NDArray[np.int64]
Bytes: TypeAlias = NDArray[np.uint8]
Flags: TypeAlias = NDArray[np.bool_]

PAIRED: Final = "paired"
UNSCORED: Final = "unscored"
_NEVER: Final = 1 << 40
_WAVE_BITS: Final = 4


class Kind(NamedTuple):
    """What was answered: one version of an instrument in one role, with its scored items."""

    instrument: str
    version: int
    role: str
    items: tuple[str, ...]


class Place(NamedTuple):
    """Where a support episode stands, but for its dates."""

    commissioner: Commissioner
    strand: Strand
    age: AgeBand
    lives: Lives


@dataclass(frozen=True, slots=True)
class Chunk:
    """Kept rows as columns; all rows of one support episode are in the same chunk.

    `kind` and `place` point into `kinds` and `places`. `episode` and `person` number whose row it
    is, from 0 within the chunk. `opened` and `closed` are days since `packed.DAY_ZERO`. `answers`
    holds the entries of each row (`outcomes.packed`).
    """

    kinds: Sequence[Kind]
    places: Sequence[Place]
    kind: Numbers
    place: Numbers
    episode: Numbers
    person: Numbers
    opened: Numbers
    closed: Numbers
    answers: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose answers are compared, when they count, and on which scale: one flow of people.

    `lives` are the homes in which a child is looked at; everybody who answered took part, whatever
    the strand, unless `strands` are named.
    """

    instrument: str
    role: str
    lives: frozenset[Lives] = frozenset(Lives)
    strands: frozenset[Strand] = frozenset(Strand)
    windows: Windows = field(default_factory=Windows)
    scale: Scale = field(default_factory=Scale)

    @property
    def name(self) -> str:
        """Name the flow, as tables name it."""
        return f"{self.instrument}/{self.role}"


@dataclass(frozen=True, slots=True)
class ItemTable:
    """How compared people are sorted by one item: by its first and its last value.

    With `others`, those who rose and answered these too both times are told apart by whether every
    one of them rose as well.
    """

    asked: Asked
    item: str
    others: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name the table."""
        return f"{self.asked.name}:{self.item}"

    @property
    def values(self) -> range:
        """List the values of the scale."""
        return range(self.asked.scale.low, self.asked.scale.high + 1)

    @property
    def classes(self) -> tuple[str, ...]:
        """Name every class that is possible, whether or not anybody is in it."""
        ends = ("", " others rose", " others did not all rise") if self.others else ("",)
        return (
            *(
                f"{first}>{last}{end}"
                for first in self.values
                for last in self.values
                for end in (ends if last > first else ends[:1])
            ),
            UNSCORED,
        )


def roll_up(tables: Sequence[ItemTable], chunks: Iterable[Chunk]) -> tuple[RawTable, ...]:
    """Count everybody who is compared in each table, by box and class, in the tables' order.

    A box's quarter is that of the closing day. Raises BadMeasureError for a value off its scale and
    BadFactsError for answers that cannot be read.
    """
    counts: dict[str, Counter[tuple[Box, str]]] = {table.name: Counter() for table in tables}
    flows: dict[Asked, list[ItemTable]] = {}
    for table in tables:
        flows.setdefault(table.asked, []).append(table)
    for chunk in chunks:
        boxes = _Boxes(chunk)
        for asked, its_tables in flows.items():
            for block in _compared(asked, chunk):
                for table in its_tables:
                    codes = _sort(table, block)
                    counts[table.name].update(boxes.count(block.rows, codes, table))
    return tuple(
        RawTable(table.name, Part(table.asked.name, PAIRED), table.classes, counts[table.name])
        for table in tables
    )


@dataclass(frozen=True, slots=True)
class Change:
    """How many people have both values, and the sum of last minus first."""

    n: int
    total: int


def changes(table: ItemTable, counted: RawTable) -> Mapping[Box, Change]:
    """Add up the changes of a counted table, box by box: what its means are made of."""
    steps = {
        f"{first}>{last}{end}": last - first
        for first in table.values
        for last in table.values
        for end in ("", " others rose", " others did not all rise")
    }
    found: dict[Box, Change] = {}
    for box, label, count in counted.entries():
        if label != UNSCORED:
            so_far = found.get(box, Change(0, 0))
            found[box] = Change(so_far.n + count, so_far.total + steps[label] * count)
    return found


# --- who is compared ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows of one version with equally many entries, in the order of time.

    `days` and `first_days`, `last_days` (whether a day lies in the window) go by row and entry,
    `values` by row, entry and item.
    """

    items: tuple[str, ...]
    rows: Numbers
    days: Numbers
    waves: Numbers
    values: Bytes
    first_days: Flags
    last_days: Flags

    def only(self, kept: Flags) -> _Block:
        """Return the block with some of its rows only."""
        if kept.all():
            return self
        return _Block(
            self.items,
            self.rows[kept],
            self.days[kept],
            self.waves[kept],
            self.values[kept],
            self.first_days[kept],
            self.last_days[kept],
        )


def _compared(asked: Asked, chunk: Chunk) -> Iterator[_Block]:
    """Give the rows of the one person of each support episode, where there are two answers."""
    here = np.flatnonzero(_is_asked(asked, chunk))
    blocks = list(_blocks(asked, chunk, here))
    chosen = _choose(chunk, blocks)
    for block in blocks:
        scored = (block.values != SKIPPED).any(axis=2)
        first, last = _ends(block, scored)
        paired = _are_apart(block.days, first, last, asked.windows.least_gap)
        kept = block.only(chosen[block.rows] & paired)
        if len(kept.rows):
            yield kept


def _is_asked(asked: Asked, chunk: Chunk) -> Flags:
    kinds = np.array(
        [kind.instrument == asked.instrument and kind.role == asked.role for kind in chunk.kinds],
        dtype=bool,
    )
    places = np.array(
        [place.lives in asked.lives and place.strand in asked.strands for place in chunk.places],
        dtype=bool,
    )
    asked_here: Flags = kinds[chunk.kind] & places[chunk.place]
    return asked_here


def _blocks(asked: Asked, chunk: Chunk, here: Numbers) -> Iterator[_Block]:
    """Read the entries of these rows, those of equal length together."""
    lengths = np.fromiter((len(chunk.answers[row]) for row in here), np.int64, len(here))
    shapes = chunk.kind[here] << 32 | lengths
    for shape in np.unique(shapes):
        rows = here[shapes == shape]
        kind, length = chunk.kinds[int(shape) >> 32], int(shape) & 0xFFFFFFFF
        if not length or length % width(kind.items):
            message = "kept answers do not fit their instrument; work them out anew"
            raise BadFactsError(message)
        packed = np.frombuffer(b"".join([chunk.answers[row] for row in rows]), np.uint8)
        entries = packed.reshape(len(rows), length // width(kind.items), width(kind.items))
        yield _block(asked, chunk, kind, rows, _in_time(entries, kind.items))


def _block(asked: Asked, chunk: Chunk, kind: Kind, rows: Numbers, entries: Bytes) -> _Block:
    days = _days(entries)
    opened, closed = chunk.opened[rows][:, None], chunk.closed[rows][:, None]
    windows = asked.windows
    return _Block(
        kind.items,
        rows,
        days,
        (entries[:, :, 0] & 0x0F).astype(np.int64),
        entries[:, :, HEAD:],
        (days >= opened - windows.before_open) & (days <= opened + windows.after_open),
        (days >= closed - windows.before_close) & (days <= closed + windows.after_close),
    )


def _days(entries: Bytes) -> Numbers:
    return entries[:, :, 1].astype(np.int64) << 8 | entries[:, :, 2]


def _in_time(entries: Bytes, items: tuple[str, ...]) -> Bytes:
    """Put the entries of each row in the order of time. Raises BadFactsError."""
    if (entries[:, :, 0] >> 4 != FORMAT).any():
        message = "kept answers have a format that is not known; install the newer version"
        raise BadFactsError(message)
    if entries.shape[1] == 1:
        return entries
    times = _days(entries) << _WAVE_BITS | entries[:, :, 0] & 0x0F
    steps = np.diff(times, axis=1)
    astray = np.flatnonzero((steps <= 0).any(axis=1))
    if len(astray):
        entries = entries.copy()
        for row in astray:
            entries[row] = sorted(entries[row].tolist(), key=lambda entry: _order(entry, items))
    return entries


def _order(entry: Sequence[int], items: tuple[str, ...]) -> tuple[object, ...]:
    """Order the answers of one person as `outcomes.pairing` does, also those of one moment."""
    scores = zip(items, entry[HEAD:], strict=True)
    said = sorted((item, value) for item, value in scores if value != SKIPPED)
    return entry[1], entry[2], entry[0], said


def _choose(chunk: Chunk, blocks: Sequence[_Block]) -> Flags:
    """Say of every row whether its answers are those that are compared in its support episode.

    That is the row with the earliest answer in the opening window.
    """
    begun = np.full(len(chunk.answers), _NEVER, dtype=np.int64)
    for block in blocks:
        times = block.days << _WAVE_BITS | block.waves
        counts = block.first_days & (block.values != SKIPPED).any(axis=2)
        begun[block.rows] = np.where(counts, times, _NEVER).min(axis=1)
    chosen: Flags = begun < _NEVER
    rows = np.flatnonzero(chosen)
    versions = np.array([kind.version for kind in chunk.kinds], dtype=np.int64)[chunk.kind]
    order = rows[np.lexsort((versions[rows], begun[rows], chunk.episode[rows]))]
    again = chunk.episode[order][1:] == chunk.episode[order][:-1]
    chosen[order[1:][again]] = False
    _settle_ties(chunk, blocks, order, begun, chosen)
    return chosen


def _settle_ties(
    chunk: Chunk, blocks: Sequence[_Block], order: Numbers, begun: Numbers, chosen: Flags
) -> None:
    """Choose between people who began at the same moment by all that each of them answered.

    `order` holds the rows of each support episode from the earliest on.
    """
    same = (
        (chunk.episode[order][1:] == chunk.episode[order][:-1])
        & (begun[order][1:] == begun[order][:-1])
        & (chunk.person[order][1:] != chunk.person[order][:-1])
    )
    for episode in np.unique(chunk.episode[order[1:][same]]):
        rows = order[chunk.episode[order] == episode]
        earliest = begun[rows] == begun[rows].min()
        people = chunk.person[rows][earliest]
        if len(np.unique(people)) > 1:
            stories = {person: _story(chunk, blocks, episode, person) for person in people}
            first = min(people, key=lambda person: stories[person])
            chosen[rows] = False
            chosen[rows[earliest & (chunk.person[rows] == first)][:1]] = True


def _story(
    chunk: Chunk, blocks: Sequence[_Block], episode: int, person: int
) -> list[tuple[object, ...]]:
    """Return all that somebody answered with numbers, as `outcomes.pairing` orders people by it."""
    told = []
    for block in blocks:
        mine = (chunk.episode[block.rows] == episode) & (chunk.person[block.rows] == person)
        for place in np.flatnonzero(mine):
            version = chunk.kinds[chunk.kind[block.rows[place]]].version
            for day, wave, values in zip(
                block.days[place], block.waves[place], block.values[place].tolist(), strict=True
            ):
                said = zip(block.items, values, strict=True)
                scores = sorted((item, value) for item, value in said if value != SKIPPED)
                if scores:
                    told.append((int(day), int(wave), version, scores))
    return sorted(told)


# --- how they are sorted --------------------------------------------------------------------------


def _ends(block: _Block, valid: Flags) -> tuple[Numbers, Numbers]:
    """Return the first and the last entry of each row that counts and is valid, or -1."""
    entries = valid.shape[1]
    first = np.full(len(valid), -1, dtype=np.int64)
    last = np.full(len(valid), -1, dtype=np.int64)
    for entry in range(entries):
        last[valid[:, entry] & block.last_days[:, entry]] = entry
        back = entries - 1 - entry
        first[valid[:, back] & block.first_days[:, back]] = back
    return first, last


def _are_apart(days: Numbers, first: Numbers, last: Numbers, gap: int) -> Flags:
    """Say where both ends are there and lie so many days apart."""
    rows = np.arange(len(days))
    apart: Flags = (first >= 0) & (last >= 0) & (days[rows, last] - days[rows, first] >= gap)
    return apart


def _sort(table: ItemTable, block: _Block) -> Numbers:
    """Return the place of each row's class among the table's classes."""
    unscored = len(table.classes) - 1
    codes = np.full(len(block.rows), unscored, dtype=np.int64)
    if table.item not in block.items:
        return codes
    column = block.values[:, :, block.items.index(table.item)]
    first, last = _ends(block, column != SKIPPED)
    both = np.flatnonzero(_are_apart(block.days, first, last, table.asked.windows.least_gap))
    first, last = first[both], last[both]
    begins = _upward(table.asked.scale, column[both, first])
    ends = _upward(table.asked.scale, column[both, last])
    rose = _others(table, block, both, first, last)
    codes[both] = _codes(table)[begins, ends, np.where(ends > begins, rose, 0)]
    return codes


def _upward(scale: Scale, values: Bytes) -> Numbers:
    """Return the values, the better end up, from 0. Raises BadMeasureError off the scale."""
    turned = np.zeros(256, dtype=np.int64)
    for value in np.unique(values):
        turned[value] = scale.upward(int(value)) - scale.low
    found: Numbers = turned[values]
    return found


def _others(
    table: ItemTable, block: _Block, rows: Numbers, first: Numbers, last: Numbers
) -> Numbers:
    """Return for each row 0: not known, 1: all the others rose, 2: they did not."""
    if not table.others:
        return np.zeros(len(rows), dtype=np.int64)
    known, rose = np.ones(len(rows), dtype=bool), np.ones(len(rows), dtype=bool)
    for other in table.others:
        if other not in block.items:
            return np.zeros(len(rows), dtype=np.int64)
        column = block.values[:, :, block.items.index(other)]
        begins, ends = column[rows, first], column[rows, last]
        there = (begins != SKIPPED) & (ends != SKIPPED)
        known &= there
        scale = table.asked.scale
        rose[there] &= _upward(scale, ends[there]) > _upward(scale, begins[there])
    return np.where(known, np.where(rose, 1, 2), 0)


def _codes(table: ItemTable) -> Numbers:
    """Return the place of each class by first value, last value and what became of the others."""
    size, place = len(table.values), 0
    codes = np.zeros((size, size, 3), dtype=np.int64)
    for first in range(size):
        for last in range(size):
            for others in range(3 if table.others and last > first else 1):
                codes[first, last, others] = place
                place += 1
    return codes


class _Boxes:
    """Counts the rows of a chunk by box and class."""

    def __init__(self, chunk: Chunk) -> None:
        """Work out the quarter of every closing day that occurs."""
        self._places = chunk.places
        days, at = np.unique(chunk.closed, return_inverse=True)
        closing = [Quarter.containing(DAY_ZERO + timedelta(days=int(day))) for day in days]
        self._quarters = sorted(set(closing))
        numbers = np.array([self._quarters.index(each) for each in closing], dtype=np.int64)
        self._of_row: Numbers = chunk.place * max(1, len(self._quarters))
        if len(days):
            self._of_row = self._of_row + numbers[at]

    def count(
        self, rows: Numbers, codes: Numbers, table: ItemTable
    ) -> Mapping[tuple[Box, str], int]:
        """Count these rows, whose classes have these places among the table's."""
        classes = table.classes
        many = np.bincount(self._of_row[rows] * len(classes) + codes)
        found: Counter[tuple[Box, str]] = Counter()
        for number in np.flatnonzero(many):
            box, code = divmod(int(number), len(classes))
            found[self._box(box), classes[code]] += int(many[number])
        return found

    def _box(self, number: int) -> Box:
        place, quarter = divmod(number, len(self._quarters))
        there = self._places[place]
        return Box(there.commissioner, self._quarters[quarter], there.age, there.strand)
