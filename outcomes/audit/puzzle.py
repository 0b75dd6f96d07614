"""Names what a joint puzzle is made of, and where in time and place its people stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from outcomes.episode import AgeBand, Axis, Commissioner, Strand
from outcomes.ledger import Entry, Kept
from outcomes.quarter import Quarter, Year
from outcomes.raw import Box, Group
from outcomes.scenario import Target

if TYPE_CHECKING:
    from scipy.sparse import csc_array, csr_array

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

GROUPS = tuple(
    frozenset(group) for size in (1, 2, 3) for group in combinations(tuple(Commissioner), size)
)
"""Every set of commissioners: what is left when one subtracts a footprint from another."""

CLOSED_BEFORE = ("closed-1-quarter-ago", "closed-3-quarters-ago")
"""Populations that are the same people as `closed` in the release of an earlier quarter."""

_QUARTERS_BACK = {"closed-1-quarter-ago": 1, "closed-3-quarters-ago": 3}

CHAIN = ("open", "accepted", "closed", *CLOSED_BEFORE)
"""The populations that meet in one identity: open then = open before + accepted - closed."""

HOW_MANY = "how many there are"
"""The system in which numbers of whole populations are looked at, of all releases together."""
SOMEWHERE = Box(Commissioner.OTHER, Quarter(2000, 1), AgeBand.NOT_KNOWN, Strand.DIRECT)


class Place(NamedTuple):
    """A box as far as the figures of a release tell boxes apart; None where they do not."""

    commissioner: Commissioner
    quarter: Quarter
    age: str | None
    strand: str | None


class Atom(NamedTuple):
    """One unknown: the people of some classes of a table, in one place, as one release has them.

    `kind` is "" for people; "late" and "back" are those who came in after an earlier release, and
    those who were taken back.
    """

    entry: int
    table: str
    place: Place
    classes: frozenset[str]
    kind: str = ""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class System:
    """Unknown counts and everything that was ever published about them, as differences.

    `rows` times a difference must lie between `low` and `high`; `links` times it must be 0;
    `anchors` (how many people there are by commissioner and quarter) must be 0 unless a target is
    `free`. `small` and `small_high` are what somebody knows who was told which
    withheld counts are small. `aims` adds a difference up to the change of each target. `parents`
    names, for each table, the one whose people it sorts further. `kept` are differences that hid a
    count of an earlier release when it was published, with the number of that release. `releases`
    names the releases by number.
    """

    name: str
    releases: tuple[str, ...]
    atoms: tuple[Atom, ...]
    truth: Integers
    rows: csr_array
    low: Floats
    high: Floats
    links: csr_array
    anchors: csr_array
    small: csr_array
    small_high: Floats
    targets: tuple[Target, ...]
    free: NDArray[np.bool_]
    aims: csr_array
    parents: Mapping[str, str]
    kept: tuple[tuple[int, Kept], ...]
    ceiling: int

    def path_up(self, table: str) -> tuple[str, ...]:
        """Name a table, the one whose people it sorts, and so on up to their population."""
        path = [table]
        while path[-1] in self.parents:
            path.append(self.parents[path[-1]])
        return tuple(path)


def telling(entry: Entry) -> Iterator[Quarter]:
    """Give the quarters for which a release could tell that a population is small."""
    for name in roots_of(entry):
        if name in CHAIN and small_numbers(entry, name):
            yield from quarters_about(entry, name)
    for row in entry.raw.rows.values():
        table = entry.raw.tables[row.table]
        if table.parent is None and row.group is None and table.name in CHAIN:
            counts = (table.count(row.classes, group) for group in GROUPS)
            if any(0 < each < entry.rules.threshold for each in counts):
                yield from quarters_about(entry, table.name)


def small_numbers(entry: Entry, root: str) -> frozenset[tuple[Commissioner, Quarter]]:
    """Give where a population has so few people that knowing their number says much of them."""
    found: dict[tuple[Commissioner, Quarter], int] = {}
    for box, _, count in entry.raw.tables[root].entries():
        spot = (box.commissioner, box.quarter)
        found[spot] = found.get(spot, 0) + count
    few = 2 * entry.rules.threshold
    return frozenset(spot for spot, count in found.items() if count < few)


def roots_of(entry: Entry) -> tuple[str, ...]:
    """Name the populations of a release."""
    return tuple(name for name, table in entry.raw.tables.items() if table.parent is None)


def quarters_about(entry: Entry, root: str) -> frozenset[Quarter]:
    """Give the quarters of a population, those it is about even where nobody is in them."""
    found = {box.quarter for box, _, _ in entry.raw.tables[root].entries()}
    period = entry.raw.period
    meant = set(period.quarters if isinstance(period, Year) else (period,))
    for _ in range(_QUARTERS_BACK.get(root, 0)):
        meant = {each.preceding for each in meant}
    return frozenset(found or meant)


def overlaps(entry: Entry, new: Entry, root: str) -> bool:
    """Say whether two releases are about some of the same quarters of a population."""
    if root not in entry.raw.tables:
        return False
    return bool(quarters_about(entry, root) & quarters_about(new, root))


def root_of(entry: Entry, label: str) -> str:
    """Name the population that a table sorts people of."""
    table = entry.raw.tables[label]
    while table.parent is not None:
        table = entry.raw.tables[table.parent.table]
    return table.name


def is_within(finer: Place, coarser: Place) -> bool:
    """Say whether a place lies in another one that is split less finely."""
    return all(mine == other or other is None for mine, other in zip(finer, coarser, strict=True))


def is_inside(place: Place, group: Group | None) -> bool:
    """Say whether the people of a place belong to a group."""
    if group is None:
        return True
    return (place.age if group.axis is Axis.AGE else place.strand) in group.values


def coarser(one: Sequence[frozenset[str]], other: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """Give the finest sorting that both sortings are refinements of."""
    found: list[frozenset[str]] = []
    for each in sorted({*one, *other}, key=lambda classes: (-len(classes), sorted(classes))):
        if not any(each <= known for known in found):
            found.append(each)
    return found


def matrix_of(rows: Sequence[Mapping[int, int]], size: int) -> csr_array:
    """Write weighted sums as a sparse matrix with a row each."""
    from scipy.sparse import csr_array  # noqa: PLC0415 - slow to import

    indptr = np.cumsum([0, *(len(each) for each in rows)])
    indices = np.fromiter((index for each in rows for index in each), np.int64)
    data = np.fromiter((value for each in rows for value in each.values()), np.int64)
    return csr_array((data, indices, indptr), shape=(len(rows), size))


def columns_of(changes: Sequence[Mapping[int, int]], size: int) -> csc_array:
    """Write differences as a sparse matrix with a column each."""
    from scipy.sparse import csc_array  # noqa: PLC0415 - slow to import

    ends = np.cumsum([0, *map(len, changes)])
    where = np.fromiter((index for each in changes for index in each), np.int64)
    what = np.fromiter((value for each in changes for value in each.values()), np.int64)
    return csc_array((what, where, ends), shape=(size, len(changes)))


def sums_of(matrix: csr_array) -> list[frozenset[tuple[int, int]]]:
    """Read the rows of a sparse matrix back: the weights that are not 0, by column."""
    ends, where, what = matrix.indptr, matrix.indices.tolist(), matrix.data.tolist()
    return [
        frozenset(pair for pair in zip(where[low:high], what[low:high], strict=True) if pair[1])
        for low, high in pairwise(ends)
    ]
