"""Reads one support episode of a case-management system from the cells of a row, and checks it.

It knows neither files nor the database. What a cell held is repeated only where it cannot be
somebody's name: people paste the wrong column.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from outcomes.episode import CloseReason, Commissioner, Lives, Strand
from usecases.import_faults import MEANT, Cells, Fault, closest, harmless
from usecases.inviting import INTERVENTIONS, check_case_reference, check_worker
from usecases.refusal import Refusal

E = TypeVar("E", bound=StrEnum)


class Column(StrEnum):
    """What the case-management system says of a support episode, by the names of the columns."""

    REFERENCE = "reference"
    CASE = "case"
    COMMISSIONER = "commissioner"
    STRAND = "strand"
    INTERVENTION = "intervention"
    LIVES = "lives"
    OPENED_ON = "opened_on"
    CLOSED_ON = "closed_on"
    CLOSE_REASON = "close_reason"
    WORKER = "worker"


COLUMNS: Final = tuple(column.value for column in Column)

EXAMPLE: Final = (
    "reference,case,commissioner,strand,intervention,lives,opened_on,closed_on,close_reason,worker\n"
    "EP-2001,T-1001,derby-city,direct,theraplay,foster,2026-01-12,,,a.worker\n"
    "EP-2002,T-1002,derbyshire-county,carers,attachment-group,kinship,2025-09-01,2026-02-27,"
    "planned,b.worker\n"
    "EP-2003,T-1003,other,consultation,consultation,residential,02/03/2026,,,\n"
)
"""A file as it should look, of made-up children."""

EARLIEST: Final = date(2000, 1, 1)
"""No support that is imported began before this: an older day has a slip in its year, or is
somebody's birthday."""

_ISO: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_BRITISH: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_LIKE_A_DAY: Final = re.compile(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """One support episode as the case-management system knows it.

    reference: the episode's own number there. worker: None where nothing is said.
    """

    row: int
    reference: str
    case: str
    commissioner: Commissioner
    strand: Strand
    intervention: str
    lives: Lives
    opened_on: date
    closed_on: date | None
    close_reason: CloseReason | None
    worker: str | None


@dataclass(slots=True)
class _Reading:
    """One row while it is read: what was wrong in it so far."""

    cells: Cells
    today: date
    faults: list[Fault] = field(default_factory=list)

    def text(self, column: Column) -> str:
        """Return what stands in a column, without space around it."""
        return self.cells.texts[column].strip()

    def fault(self, column: Column, cause: str, remedy: str, value: str = "") -> None:
        """Note something that is wrong."""
        self.faults.append(Fault(self.cells.row, column.value, cause, remedy, value))


def check_row(cells: Cells, today: date) -> EpisodeRow | tuple[Fault, ...]:
    """Return the support episode that a row describes, or everything that is wrong with it.

    today: on the clock of the service's zone.
    """
    reading = _Reading(cells, today)
    reference = _read_reference(reading)
    case = _read_case(reading)
    commissioner = _pick(reading, Column.COMMISSIONER, Commissioner)
    strand = _pick(reading, Column.STRAND, Strand)
    intervention = _choose(reading, Column.INTERVENTION, INTERVENTIONS)
    lives = _pick(reading, Column.LIVES, Lives)
    opened_on = _read_day(reading, Column.OPENED_ON)
    closed_on, close_reason = _read_closing(reading, opened_on)
    worker = _read_worker(reading)
    if reading.faults or commissioner is None or strand is None or lives is None:
        return tuple(reading.faults)
    assert opened_on is not None  # noqa: S101 - a day that cannot be read is a fault
    return EpisodeRow(
        row=cells.row,
        reference=reference,
        case=case,
        commissioner=commissioner,
        strand=strand,
        intervention=intervention,
        lives=lives,
        opened_on=opened_on,
        closed_on=closed_on,
        close_reason=close_reason,
        worker=worker,
    )


def _read_reference(reading: _Reading) -> str:
    try:
        return check_case_reference(reading.text(Column.REFERENCE))
    except Refusal:
        reading.fault(
            Column.REFERENCE,
            "this does not look like the number of a support episode",
            "Use letters, digits and - _ / . only, with a digit in it; never a name or a date",
        )
        return ""


def _read_case(reading: _Reading) -> str:
    try:
        return check_case_reference(reading.text(Column.CASE))
    except Refusal as refusal:
        reading.fault(Column.CASE, *_told(refusal))
        return ""


def _pick(reading: _Reading, column: Column, kind: type[E]) -> E | None:
    chosen = _choose(reading, column, [each.value for each in kind])
    return kind(chosen) if chosen else None


def _choose(reading: _Reading, column: Column, choices: Sequence[str]) -> str:
    """Return one of the choices, or an empty text and a fault; capitals do not matter."""
    text = reading.text(column)
    if text.lower() in choices:
        return text.lower()
    meant = closest(text, choices)
    listed = f"Use one of: {', '.join(choices)}"
    if not text:
        reading.fault(column, "this is empty", listed)
    elif meant:
        reading.fault(column, "there is no such choice", f"{MEANT} {meant}", harmless(text))
    else:
        reading.fault(column, "there is no such choice", listed)
    return ""


def _read_day(reading: _Reading, column: Column) -> date | None:
    """Return a day that is not in the future; an empty cell is a fault, too."""
    text = reading.text(column)
    shown = text if _LIKE_A_DAY.fullmatch(text) else ""
    day = _day(text)
    if not text:
        reading.fault(column, "this is empty", "Give the day, such as 2026-03-31 or 31/03/2026")
    elif day is None:
        remedy = "Write it as 2026-03-31 or 31/03/2026"
        reading.fault(column, "this is not a day in the calendar", remedy, shown)
    elif day > reading.today:
        remedy = "Import it once the day has come, or put the date right"
        reading.fault(column, "this day is in the future", remedy, shown)
    elif day < EARLIEST:
        reading.fault(column, "this day is too long ago", "Look at the year", shown)
    else:
        return day
    return None


def _day(text: str) -> date | None:
    iso, british = _ISO.fullmatch(text), _BRITISH.fullmatch(text)
    parts = iso.groups() if iso else british.groups()[::-1] if british else None
    if parts is None:
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None


def _read_closing(
    reading: _Reading, opened_on: date | None
) -> tuple[date | None, CloseReason | None]:
    """Return when and why it ended: both, or neither."""
    has_day = bool(reading.text(Column.CLOSED_ON))
    has_reason = bool(reading.text(Column.CLOSE_REASON))
    day = _read_day(reading, Column.CLOSED_ON) if has_day else None
    reason = _pick(reading, Column.CLOSE_REASON, CloseReason) if has_reason else None
    if has_day and not has_reason:
        listed = ", ".join(each.value for each in CloseReason)
        reading.fault(Column.CLOSE_REASON, "it was closed without a reason", f"Add one of {listed}")
    if has_reason and not has_day:
        remedy = "Add the day on which it ended, or take the reason out"
        reading.fault(Column.CLOSED_ON, "there is a reason for closing and no day", remedy)
    if day and opened_on and day < opened_on:
        remedy = "Put one of the two dates right"
        reading.fault(Column.CLOSED_ON, "it was closed before it was opened", remedy, str(day))
    return day, reason


def _read_worker(reading: _Reading) -> str | None:
    text = reading.text(Column.WORKER)
    try:
        return check_worker(text) if text else None
    except Refusal as refusal:
        cause, remedy = _told(refusal)
        reading.fault(Column.WORKER, cause, remedy)
        return None


def _told(refusal: Refusal) -> tuple[str, str]:
    """Return the cause and the remedy of a refusal, which says them in two sentences."""
    cause, _, remedy = str(refusal).partition(". ")
    return cause[:1].lower() + cause[1:], remedy.rstrip(".")
