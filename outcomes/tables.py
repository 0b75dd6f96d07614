"""Holds raw counts until they are protected; they can be neither printed nor written from here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from outcomes.definitions import Measure
from outcomes.episode import Audience, Commissioner
from outcomes.errors import NotProtectedError
from outcomes.quarter import Quarter

FLOW = "flow"


class Cell(NamedTuple):
    """One place in a release: what is counted or averaged, and for whose children."""

    row: str
    footprint: Audience


class RawTable:
    """People of one population, by who pays for them and by one classification.

    Every person is in exactly one class. `classes` lists the empty ones too, for nobody outside
    can know which are empty. Its figures never show in a text, a log, a pickle or a file.
    """

    __slots__ = ("_counts", "classes", "name")

    def __init__(
        self, name: str, classes: Iterable[str], counts: Mapping[tuple[Commissioner, str], int]
    ) -> None:
        """Keep the counts; a class that nobody is in may be left out of `counts`."""
        self.name = name
        self.classes = tuple(classes)
        self._counts = dict(counts)

    def count(self, classes: Collection[str], commissioners: Collection[Commissioner]) -> int:
        """Count the people of these classes and commissioners. For protecting and auditing only."""
        return sum(
            self._counts.get((commissioner, each), 0)
            for commissioner in commissioners
            for each in classes
        )

    def __repr__(self) -> str:
        """Name the table and nothing else."""
        return f"<RawTable {self.name}: figures are not shown before protect()>"

    def __reduce__(self) -> NoReturn:
        """Refuse to be written anywhere."""
        message = "raw figures are not written anywhere; pass them through protect() first"
        raise NotProtectedError(message)


@dataclass(frozen=True, slots=True)
class Row:
    """A count that may be published for each footprint: the people in some classes of a table.

    The same people are counted by one row only, whatever figures use it, so that they cannot be
    shown in one figure and withheld in another.
    """

    key: str
    table: str
    classes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share that may be published: the keys of the rows it is made of."""

    measure: Measure
    numerator: str
    denominator: str


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean that may be published. `scores` gives the first and last value of each class."""

    measure: Measure
    n: str
    table: str
    scores: Mapping[str, tuple[int, int]]

    @property
    def key(self) -> str:
        """Name it among the cells of a release."""
        return f"{self.measure.id}.{self.measure.area}.mean"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the flow: a stage reached, or a reason why nobody could be paired."""

    name: str
    row: str
    is_reason: bool


@dataclass(frozen=True, slots=True)
class RawFamily:
    """All tables about the same people, and everything that may be published about them.

    `flow` holds everybody in the population; each further table holds those of its class `paired`.
    """

    name: str
    flow: RawTable
    tables: tuple[RawTable, ...]
    rows: tuple[Row, ...]
    rates: tuple[Rate, ...]
    means: tuple[Mean, ...]
    steps: tuple[Step, ...]

    def table(self, name: str) -> RawTable:
        """Give one table by its name."""
        return next(each for each in (self.flow, *self.tables) if each.name == name)

    def row(self, key: str) -> Row:
        """Give one row by its key."""
        return next(each for each in self.rows if each.key == key)

    def count(self, row: str, commissioners: Collection[Commissioner]) -> int:
        """Count the people of a row. For protecting and auditing only."""
        found = self.row(row)
        return self.table(found.table).count(found.classes, commissioners)


class RawTables:
    """Everything that was counted for one quarter, not yet protected."""

    __slots__ = ("families", "measures", "quarter")

    def __init__(
        self, quarter: Quarter, measures: Iterable[Measure], families: Iterable[RawFamily]
    ) -> None:
        """Keep the families; nothing is worked out here."""
        self.quarter = quarter
        self.measures = tuple(measures)
        self.families = tuple(families)

    def __repr__(self) -> str:
        """Name the quarter and nothing else."""
        return f"<RawTables {self.quarter}: figures are not shown before protect()>"

    def __reduce__(self) -> NoReturn:
        """Refuse to be written anywhere."""
        message = "raw figures are not written anywhere; pass them through protect() first"
        raise NotProtectedError(message)
