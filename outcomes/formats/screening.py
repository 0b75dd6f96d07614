"""Holds a statistics file as text, and what checks of it say; it knows no rule itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from outcomes.errors import OutcomesError


class UnscreenedFileError(OutcomesError):
    """A statistics file does not follow the standard, so it is not handed out."""


class Result(StrEnum):
    """What a check found, the worst last."""

    PASS = "PASS"  # noqa: S105 - the word of the standard
    ADVISORY = "ADVISORY"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The text cells of a file: column names and rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> tuple[str, ...]:
        """Give the cells of a column, none if there is no such column."""
        if name not in self.columns:
            return ()
        place = self.columns.index(name)
        return tuple(row[place] for row in self.rows)

    def levels(self, name: str) -> tuple[str, ...]:
        """Give the different values of a column, in the order in which they first stand."""
        return tuple(dict.fromkeys(self.column(name)))

    def records(self) -> tuple[Mapping[str, str], ...]:
        """Give each row as column name to cell; a column that is absent is left out."""
        return tuple(dict(zip(self.columns, row, strict=True)) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Pair:
    """A data file and the file that describes its columns, with their names."""

    data_name: str
    meta_name: str
    data: Sheet
    meta: Sheet

    def described(self, kind: str) -> tuple[str, ...]:
        """Give the names of the columns that are described as `Filter` or `Indicator`."""
        return tuple(
            row.get("col_name", "") for row in self.meta.records() if row.get("col_type") == kind
        )

    @property
    def filters(self) -> tuple[str, ...]:
        """Give the names of the filters."""
        return self.described("Filter")

    @property
    def indicators(self) -> tuple[str, ...]:
        """Give the names of the indicators."""
        return self.described("Indicator")

    @property
    def groups(self) -> tuple[str, ...]:
        """Give the names of the columns that group a filter, as often as they are named."""
        return tuple(each for each in self.meta.column("filter_grouping_column") if each)


@dataclass(frozen=True, slots=True)
class Check:
    """One rule. `find` gives what breaks it, each as a short text; nothing means it is kept."""

    name: str
    stage: str
    find: Callable[[Pair], Iterable[str]]
    told: str
    on_fault: Result = Result.FAIL


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, in words for the person who makes the file."""

    check: str
    stage: str
    result: Result
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """Every finding, in the order of the checks."""

    findings: tuple[Finding, ...]

    def of(self, result: Result) -> tuple[Finding, ...]:
        """Give the findings with this result."""
        return tuple(each for each in self.findings if each.result is result)

    @property
    def result(self) -> Result:
        """Give the worst result."""
        order = tuple(Result)
        return max((each.result for each in self.findings), key=order.index, default=Result.PASS)
