"""Reads one imported SDQ total from the cells of a row, and checks it; it knows no question.

It knows neither files nor the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from usecases.import_faults import Cells, Fault
from usecases.import_files import Headings
from usecases.import_reading import Reading
from usecases.inviting import check_case_reference
from usecases.refusal import Refusal
from usecases.sdq_totals import MOST, Informant


class Column(StrEnum):
    """What a row says, by the names of the columns; of the first two, one is enough."""

    REFERENCE = "reference"
    CASE = "case"
    INFORMANT = "informant"
    DAY = "day"
    TOTAL = "total"


HEADINGS: Final = Headings(
    (Column.INFORMANT.value, Column.DAY.value, Column.TOTAL.value),
    (Column.REFERENCE.value, Column.CASE.value),
)

EXAMPLE: Final = (
    "reference,case,informant,day,total\n"
    "EP-2001,,parent,2026-01-20,19\n"
    ",T-1002,teacher,02/03/2026,14\n"
)
"""A file as it should look, of made-up children."""

_ONE_OF_BOTH: Final = "Give the number of the support episode, or the child's case reference"


@dataclass(frozen=True, slots=True)
class SdqRow:
    """One total; reference and case are `casefold`, and empty where they are not given."""

    row: int
    reference: str
    case: str
    informant: Informant
    day: date
    total: int


def check_row(cells: Cells, today: date) -> SdqRow | tuple[Fault, ...]:
    """Return the total that a row holds, or everything that is wrong with it."""
    reading = Reading(cells, today)
    reference, case = _number(reading, Column.REFERENCE), _number(reading, Column.CASE)
    if not any(reading.text(column) for column in (Column.REFERENCE, Column.CASE)):
        reading.fault(Column.REFERENCE, "nothing says whose total this is", _ONE_OF_BOTH)
    informant = reading.pick(Column.INFORMANT, Informant)
    day = reading.day(Column.DAY)
    total = reading.number(Column.TOTAL, 0, MOST)
    if reading.faults or informant is None or day is None or total is None:
        return tuple(reading.faults)
    return SdqRow(cells.row, reference, case, informant, day, total)


def _number(reading: Reading, column: Column) -> str:
    """Return a number of the case system, or an empty text; what looks like a name is a fault."""
    text = reading.text(column)
    try:
        return check_case_reference(text).casefold() if text else ""
    except Refusal:
        cause = f"this does not look like a {column.value}"
        remedy = "Use letters, digits and - _ / . only, with a digit in it; never a name or a date"
        reading.fault(column, cause, remedy)
        return ""
