"""Holds raw counts until they are protected; they can be neither printed nor written from here.

Everything a release may say is a count of people in some classes of some table. People stand in
boxes: who pays, in which quarter, how old, how the support reaches them. A table sorts the people
of one population, or those of one class of another table, into classes; every person of it is in
exactly one. So the tables of a population form a tree, and all of them together are the unknowns of
one joint puzzle.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from outcomes.episode import AgeBand, Audience, Axis, Commissioner, Strand
from outcomes.errors import NotProtectedError
from outcomes.measures.measure import Measure
from outcomes.quarter import Period, Quarter

EVERYBODY = "everybody"
"""The only class of the root table of a population."""


class Box(NamedTuple):
    """Where somebody stands: every published figure is about whole boxes."""

    commissioner: Commissioner
    quarter: Quarter
    age: AgeBand
    strand: Strand

    def along(self, axis: Axis) -> str:
        """Give the value of the box on one axis."""
        return self.age.value if axis is Axis.AGE else self.strand.value


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """Those with some values on one axis: one line of a breakdown.

    Several values stand together once a breakdown was made coarser.
    """

    axis: Axis
    values: tuple[str, ...]

    def holds(self, box: Box) -> bool:
        """Say whether the people of a box belong to the group."""
        return box.along(self.axis) in self.values


class Cell(NamedTuple):
    """One place in a release: what is counted or averaged, and for whose children."""

    row: str
    footprint: Audience


@dataclass(frozen=True, slots=True)
class Part:
    """One class of a table, which another table sorts further."""

    table: str
    label: str


class RawTable:
    """People by box and class. Its figures never show in a text, a log, a pickle or a file.

    `parent` is the class of another table whose people this one sorts; None for the root of a
    population, which has the one class `EVERYBODY`. `classes` lists the empty ones too, for nobody
    outside can know which are empty. `boxes` lists every box in which somebody of the population
    could stand, whether or not anybody does.
    """

    __slots__ = ("_counts", "classes", "name", "parent")

    def __init__(
        self,
        name: str,
        parent: Part | None,
        classes: Iterable[str],
        counts: Mapping[tuple[Box, str], int],
    ) -> None:
        """Keep the counts; a class or box that nobody is in may be left out of `counts`."""
        self.name = name
        self.parent = parent
        self.classes = tuple(classes)
        self._counts = {place: count for place, count in counts.items() if count}

    def count(
        self,
        classes: Collection[str],
        commissioners: Collection[Commissioner],
        group: Group | None = None,
    ) -> int:
        """Count the people of these classes, commissioners and group. For protecting only."""
        return sum(
            count
            for (box, label), count in self._counts.items()
            if label in classes
            and box.commissioner in commissioners
            and (group is None or group.holds(box))
        )

    def entries(self) -> Iterator[tuple[Box, str, int]]:
        """Give every count but zeros. For protecting, auditing and the locked ledger only."""
        for (box, label), count in self._counts.items():
            yield box, label, count

    def __repr__(self) -> str:
        """Name the table and nothing else."""
        return f"<RawTable {self.name}: figures are not shown before protect()>"

    def __reduce__(self) -> NoReturn:
        """Refuse to be written anywhere."""
        message = "raw figures are not written anywhere; pass them through protect() first"
        raise NotProtectedError(message)


@dataclass(frozen=True, slots=True)
class Row:
    """A count that may be published for each footprint: people in some classes of a table.

    `group` narrows it to one line of a breakdown. The same people are counted by one row only,
    whatever figures use it, so that they cannot be shown in one figure and withheld in another.
    """

    key: str
    table: str
    classes: frozenset[str]
    group: Group | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people or pieces of support that may be published by itself."""

    measure: Measure
    row: str
    group: Group | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """A share that may be published: the keys of the rows it is made of.

    `eligible` and `paired` are given for shares of compared people only: the rows of everybody who
    could have answered and of everybody compared, from which the two honest bounds are worked out.
    """

    measure: Measure
    numerator: str
    denominator: str
    group: Group | None = None
    eligible: str | None = None
    paired: str | None = None


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean that may be published. `scores` gives the first and last value of each class.

    With `level_only` there is one value (first equals last): the mean of those who answered only at
    the start, beside the mean of the same item and measure.
    """

    measure: Measure
    n: str
    table: str
    scores: Mapping[str, tuple[int, int]]
    level_only: bool = False

    @property
    def key(self) -> str:
        """Name it among the cells of a release."""
        return (
            f"{self.measure.id}.{self.measure.area}.{'only-first' if self.level_only else 'mean'}"
        )


@dataclass(frozen=True, slots=True, repr=False)
class Median:
    """A median that may be published where the count of its row is shown and large enough.

    `values` are already rounded; they are no counts of people, so the puzzle knows nothing of them.
    """

    measure: Measure
    n: str
    values: Mapping[Audience, int]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the flow: a stage reached, or a reason why nobody could be paired.

    `flow` names whose flow it is (`star/young-person`).
    """

    flow: str
    name: str
    row: str
    is_reason: bool


class RawTables:
    """Everything that was counted for one period, not yet protected."""

    __slots__ = ("counts", "means", "measures", "medians", "period", "rates", "rows", "steps",
                 "tables")  # fmt: skip

    def __init__(  # noqa: PLR0913 - one value made of its parts, all by name
        self,
        period: Period,
        measures: Iterable[Measure],
        *,
        tables: Iterable[RawTable],
        rows: Iterable[Row],
        counts: Iterable[Count] = (),
        rates: Iterable[Rate] = (),
        means: Iterable[Mean] = (),
        medians: Iterable[Median] = (),
        steps: Iterable[Step] = (),
    ) -> None:
        """Keep the parts; nothing is worked out here."""
        self.period = period
        self.measures = tuple(measures)
        self.tables = {each.name: each for each in tables}
        self.rows = {each.key: each for each in rows}
        self.counts = tuple(counts)
        self.rates = tuple(rates)
        self.means = tuple(means)
        self.medians = tuple(medians)
        self.steps = tuple(steps)

    def count(self, row: str, commissioners: Collection[Commissioner]) -> int:
        """Count the people of a row. For protecting and auditing only."""
        found = self.rows[row]
        return self.tables[found.table].count(found.classes, commissioners, found.group)

    def __repr__(self) -> str:
        """Name the period and nothing else."""
        return f"<RawTables {self.period}: figures are not shown before protect()>"

    def __reduce__(self) -> NoReturn:
        """Refuse to be written anywhere."""
        message = "raw figures are not written anywhere; pass them through protect() first"
        raise NotProtectedError(message)
