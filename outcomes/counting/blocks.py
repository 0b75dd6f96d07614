"""Finds in kept pairs whose answers are compared, column by column; never at who is better off.

Over millions of answers it follows the rules of `counting.pairing`: the one person who answered
first, on the version they began with, their first and last valid answer. It loads numpy: import it
only where figures are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from outcomes.counting.packed import FORMAT, HEAD, SKIPPED, width
from outcomes.counting.sorting import Source
from outcomes.episode import AgeBand, Commissioner, Lives, Strand
from outcomes.errors import BadFactsError

Numbers: TypeAlias = NDArray[np.int64]
Bytes: TypeAlias = NDArray[np.uint8]
Flags: TypeAlias = NDArray[np.bool_]

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

    `kind` and `place` point into `kinds` and `places`. `episode` numbers the support episodes, from
    0 within the chunk; `person` is the pseudonym of who answered. `opened` and `closed` are days
    since `packed.DAY_ZERO`. `answers` holds the entries of each row (`outcomes.counting.packed`).
    """

    kinds: Sequence[Kind]
    places: Sequence[Place]
    kind: Numbers
    place: Numbers
    episode: Numbers
    person: Sequence[str]
    opened: Numbers
    closed: Numbers
    answers: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one version with equally many entries, in the order of time.

    `days` and `first_days`, `last_days` (whether a day lies in the window) go by row and entry,
    `values` by row, entry and item.
    """

    version: int
    items: tuple[str, ...]
    rows: Numbers
    days: Numbers
    waves: Numbers
    values: Bytes
    first_days: Flags
    last_days: Flags

    def only(self, kept: Flags) -> Block:
        """Return the block with some of its rows only."""
        if kept.all():
            return self
        return Block(
            self.version,
            self.items,
            self.rows[kept],
            self.days[kept],
            self.waves[kept],
            self.values[kept],
            self.first_days[kept],
            self.last_days[kept],
        )


def compared(source: Source, chunk: Chunk) -> Iterator[Block]:
    """Give the rows of the one person of each support episode, where there are two answers."""
    here = np.flatnonzero(_is_asked(source, chunk))
    blocks = list(_blocks(source, chunk, here))
    chosen = _choose(chunk, blocks)
    for block in blocks:
        if block.version != source.version:
            continue
        first, last = ends(block, (block.values != SKIPPED).any(axis=2))
        paired = are_apart(block.days, first, last, source.windows.least_gap)
        kept = block.only(chosen[block.rows] & paired)
        if len(kept.rows):
            yield kept


def _is_asked(source: Source, chunk: Chunk) -> Flags:
    kinds = np.array(
        [kind.instrument == source.instrument and kind.role == source.role for kind in chunk.kinds],
        dtype=bool,
    )
    places = np.array(
        [
            place.lives in source.who.lives
            # Whoever has two answers took part.
            and (place.strand in source.who.strands or source.who.or_took_part)
            for place in chunk.places
        ],
        dtype=bool,
    )
    asked_here: Flags = kinds[chunk.kind] & places[chunk.place]
    return asked_here


def _blocks(source: Source, chunk: Chunk, here: Numbers) -> Iterator[Block]:
    """Read the entries of these rows, those of equal length together."""
    lengths = np.fromiter(map(len, chunk.answers), np.int64, len(chunk.answers))[here]
    shapes = chunk.kind[here] << 32 | lengths
    for shape in np.unique(shapes):
        rows = here[shapes == shape]
        kind, length = chunk.kinds[int(shape) >> 32], int(shape) & 0xFFFFFFFF
        if not length or length % width(kind.items):
            message = "kept answers do not fit their instrument; work them out anew"
            raise BadFactsError(message)
        packed = np.frombuffer(b"".join([chunk.answers[row] for row in rows]), np.uint8)
        entries = packed.reshape(len(rows), length // width(kind.items), width(kind.items))
        yield _block(source, chunk, kind, rows, _in_time(entries, kind.items))


def _block(source: Source, chunk: Chunk, kind: Kind, rows: Numbers, entries: Bytes) -> Block:
    days = _days(entries)
    opened, closed = chunk.opened[rows][:, None], chunk.closed[rows][:, None]
    windows = source.windows
    return Block(
        kind.version,
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
    """Order the answers of one person as `counting.pairing` does, also those of one moment."""
    scores = zip(items, entry[HEAD:], strict=True)
    said = sorted((item, value) for item, value in scores if value != SKIPPED)
    return entry[1], entry[2], entry[0], said


def _choose(chunk: Chunk, blocks: Sequence[Block]) -> Flags:
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
    chunk: Chunk, blocks: Sequence[Block], order: Numbers, begun: Numbers, chosen: Flags
) -> None:
    """Choose between people who began at the same moment by all that each of them answered.

    `order` holds the rows of each support episode from the earliest on.
    """
    same = (chunk.episode[order][1:] == chunk.episode[order][:-1]) & (
        begun[order][1:] == begun[order][:-1]
    )
    for episode in np.unique(chunk.episode[order[1:][same]]):
        rows = order[chunk.episode[order] == episode]
        earliest = rows[begun[rows] == begun[rows].min()].tolist()
        people = {chunk.person[row] for row in earliest}
        if len(people) > 1:
            stories = {person: _story(chunk, blocks, episode, person) for person in people}
            first = min(sorted(people), key=lambda person: stories[person])
            chosen[rows] = False
            chosen[next(row for row in earliest if chunk.person[row] == first)] = True


def _story(
    chunk: Chunk, blocks: Sequence[Block], episode: int, person: str
) -> list[tuple[object, ...]]:
    """Return all that somebody answered with numbers, as `counting.pairing` orders people by it."""
    told = []
    for block in blocks:
        for place in np.flatnonzero(chunk.episode[block.rows] == episode):
            if chunk.person[block.rows[place]] != person:
                continue
            for day, wave, values in zip(
                block.days[place], block.waves[place], block.values[place].tolist(), strict=True
            ):
                said = zip(block.items, values, strict=True)
                scores = sorted((item, value) for item, value in said if value != SKIPPED)
                if scores:
                    told.append((int(day), int(wave), block.version, scores))
    return sorted(told)


def ends(block: Block, valid: Flags) -> tuple[Numbers, Numbers]:
    """Return the first and the last entry of each row that counts and is valid, or -1."""
    entries = valid.shape[1]
    first = np.full(len(valid), -1, dtype=np.int64)
    last = np.full(len(valid), -1, dtype=np.int64)
    for entry in range(entries):
        last[valid[:, entry] & block.last_days[:, entry]] = entry
        back = entries - 1 - entry
        first[valid[:, back] & block.first_days[:, back]] = back
    return first, last


def are_apart(days: Numbers, first: Numbers, last: Numbers, gap: int) -> Flags:
    """Say where both ends are there and lie so many days apart."""
    rows = np.arange(len(days))
    apart: Flags = (first >= 0) & (last >= 0) & (days[rows, last] - days[rows, first] >= gap)
    return apart
