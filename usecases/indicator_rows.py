"""Reads one quarter of a published indicator from the cells of a row, and checks it.

It knows neither files nor the database. Numbers stay as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar

from outcomes.errors import BadQuarterError
from outcomes.indicators import Better, Unit
from outcomes.quarter import Quarter
from usecases.import_faults import MEANT, Cells, Fault, closest, harmless

E = TypeVar("E", bound=StrEnum)


class Column(StrEnum):
    """What is published of an indicator, by the names of the columns."""

    CODE = "indicator_code"
    TITLE = "indicator"
    UNIT = "unit"
    PERIOD = "period"
    ACTUAL = "actual"
    TARGET = "target"
    COMPARATOR = "comparator"
    BETTER = "better"
    SOURCE = "source"


COLUMNS: Final = tuple(
    column.value for column in Column if column not in (Column.BETTER, Column.SOURCE)
)
MAY_BE_LEFT_OUT: Final = (Column.BETTER.value, Column.SOURCE.value)

EXAMPLE: Final = (
    "indicator_code,indicator,unit,period,actual,target,comparator,better,source\n"
    "EX_01,Reviews held in time,percent,2025/26 Q1,97.4,97,,higher,A made-up council\n"
    "EX_01,Reviews held in time,percent,2025/26 Q2,98.0,97,,higher,A made-up council\n"
    "EX_02,Moves to another home,count,2025/26 Q1,14,,16,lower,A made-up council\n"
)
"""A file as it should look."""

_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,31}", re.ASCII)
_TEXT: Final = re.compile(r"[^\W\d_][^\x00-\x1f\x7f]{2,159}", re.UNICODE)
_PERIOD: Final = re.compile(r"(\d{4}/\d{2})[ -]\s*(Q[1-4])", re.ASCII | re.IGNORECASE)
_NUMBER: Final = re.compile(r"\d{1,9}(\.\d{1,6})?", re.ASCII)
_HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One quarter of one indicator; `better` and `source` are None where the file does not say."""

    row: int
    code: str
    title: str
    unit: Unit
    quarter: Quarter
    actual: str | None
    target: str | None
    comparator: str | None
    better: Better | None
    source: str | None


@dataclass(slots=True)
class _Reading:
    """The cells of one row, and the faults found in them so far."""

    cells: Cells
    faults: list[Fault] = field(default_factory=list)

    def text(self, column: Column) -> str:
        return self.cells.texts.get(column, "").strip()

    def fault(self, column: Column, cause: str, remedy: str, value: str = "") -> None:
        self.faults.append(Fault(self.cells.row, column, cause, remedy, value))


def check_row(cells: Cells, today: date) -> IndicatorRow | tuple[Fault, ...]:
    """Return a quarter of an indicator, or everything that is wrong with its row.

    today: on the clock of the service's zone; no actual of a quarter is known before it has ended.
    """
    reading = _Reading(cells)
    code = _code(reading)
    title = _words(reading, Column.TITLE, needed=True)
    unit = _choice(reading, Column.UNIT, Unit, needed=True)
    quarter = _quarter(reading)
    actual, target, comparator = (
        _number(reading, column, unit)
        for column in (Column.ACTUAL, Column.TARGET, Column.COMPARATOR)
    )
    better = _choice(reading, Column.BETTER, Better)
    source = _words(reading, Column.SOURCE)
    if quarter is not None and actual is not None and quarter.last_day >= today:
        cause = f"{quarter} has not ended, so nothing can be known of it"
        reading.fault(Column.ACTUAL, cause, "Look at the period, or leave the cell empty")
    if reading.faults or title is None or unit is None or quarter is None:
        return tuple(reading.faults)
    return IndicatorRow(
        row=cells.row,
        code=code,
        title=title,
        unit=unit,
        quarter=quarter,
        actual=actual,
        target=target,
        comparator=comparator,
        better=better,
        source=source,
    )


def _code(reading: _Reading) -> str:
    code = reading.text(Column.CODE)
    if not _CODE.fullmatch(code):
        cause = "this is no code of an indicator" if code else "the code is missing"
        reading.fault(
            Column.CODE, cause, "Write a letter, then letters, digits, _ - or .: 32 at most"
        )
    return code


def _words(reading: _Reading, column: Column, *, needed: bool = False) -> str | None:
    text = " ".join(reading.text(column).split())
    if not text and not needed:
        return None
    if not _TEXT.fullmatch(text):
        cause = "this cannot stand as a name" if text else "the name is missing"
        reading.fault(column, cause, "Write 3 to 160 characters that begin with a letter")
        return None
    return text


def _choice(reading: _Reading, column: Column, kind: type[E], *, needed: bool = False) -> E | None:
    text = reading.text(column).lower()
    if text in {each.value for each in kind}:
        return kind(text)
    if text or needed:
        choices = [each.value for each in kind]
        meant = closest(text, choices)
        remedy = f"{MEANT} {meant}" if meant else f"Use one of: {', '.join(choices)}"
        cause = "there is no such choice" if text else "it is not said"
        reading.fault(column, cause, remedy, harmless(text))
    return None


def _quarter(reading: _Reading) -> Quarter | None:
    found = _PERIOD.fullmatch(reading.text(Column.PERIOD))
    try:
        return Quarter.parse(f"{found[1]}-{found[2].upper()}" if found else "")
    except BadQuarterError:
        cause = "this is no quarter of a financial year"
        remedy = "Write it as 2026/27 Q3, which is October to December 2026"
        reading.fault(Column.PERIOD, cause, remedy)
        return None


def _number(reading: _Reading, column: Column, unit: Unit | None) -> str | None:
    text = reading.text(column)
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        remedy = "Write digits and a decimal point, such as 72.6, or nothing if it is not published"
        reading.fault(column, "this is no number that we can read", remedy)
    elif unit is Unit.PERCENT and Decimal(text) > _HUNDRED:
        reading.fault(
            column, "this is more than 100 percent", "Look at the number and the unit", text
        )
    elif unit in (Unit.COUNT, Unit.STOCK) and "." in text:
        reading.fault(column, f"a {unit} has no part after the point", "Write a whole number", text)
    return text


# --- one row beside another -----------------------------------------------------------------------


def check_together(rows: Sequence[IndicatorRow]) -> list[Fault]:
    """Return where rows of one file contradict each other."""
    faults: list[Fault] = []
    quarters: dict[tuple[str, Quarter], int] = {}
    said: dict[str, dict[Column, tuple[str, str]]] = {}
    for each in rows:
        before = quarters.setdefault((each.code, each.quarter), each.row)
        if before != each.row:
            cause = f"this quarter of {each.code} stands in row {before} already"
            faults.append(Fault(each.row, Column.PERIOD, cause, "Keep one of the two rows"))
        known = said.setdefault(each.code.casefold(), {})
        faults += contradictions(each, known)
        for column, text in _said(each).items():
            known.setdefault(column, (text, f"row {each.row}"))
    return faults


def contradictions(row: IndicatorRow, known: Mapping[Column, tuple[str, str]]) -> list[Fault]:
    """Return what a row says otherwise, though it holds for every quarter of its indicator.

    known: by column what was said of the indicator, and where.
    """
    mine = _said(row)
    return [
        Fault(
            row.row,
            column,
            f"{where} says {text} of this indicator",
            "Make them the same, or give another indicator a code of its own",
        )
        for column, (text, where) in known.items()
        if mine.get(column, text) != text
    ]


def _said(row: IndicatorRow) -> dict[Column, str]:
    said = {Column.CODE: row.code, Column.TITLE: row.title, Column.UNIT: row.unit.value}
    return said if row.better is None else {**said, Column.BETTER: row.better.value}
