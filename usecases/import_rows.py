"""Reads one support episode of a case-management system from the cells of a row, and checks it.

It knows neither files nor the database. What a cell held is repeated only where it cannot be
somebody's name: people paste the wrong column.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from outcomes.episode import CloseReason, Commissioner, Lives, Strand
from usecases.characteristics import NOTHING_GIVEN, Change
from usecases.contract_facts import NOTHING, Noted
from usecases.import_columns import Column
from usecases.import_faults import Cells, Fault
from usecases.import_noted import read_given, read_noted
from usecases.import_reading import Reading
from usecases.inviting import INTERVENTIONS, check_case_reference, check_worker
from usecases.refusal import Refusal


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    """One support episode as the case-management system knows it.

    reference: the episode's own number there. worker: None where nothing is said. noted, given:
    what is None in them, or not in them, is not said.
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
    noted: Noted = NOTHING
    given: Change = NOTHING_GIVEN


def check_row(cells: Cells, today: date) -> EpisodeRow | tuple[Fault, ...]:
    """Return the support episode that a row describes, or everything that is wrong with it.

    today: on the clock of the service's zone.
    """
    reading = Reading(cells, today)
    reference = _read_reference(reading)
    case = _read_case(reading)
    commissioner = reading.pick(Column.COMMISSIONER, Commissioner)
    strand = reading.pick(Column.STRAND, Strand)
    intervention = reading.choose(Column.INTERVENTION, INTERVENTIONS)
    lives = reading.pick(Column.LIVES, Lives)
    opened_on = reading.day(Column.OPENED_ON)
    closed_on, close_reason = _read_closing(reading, opened_on)
    worker = _read_worker(reading)
    noted = read_noted(reading, opened_on, closed_on)
    given = read_given(reading)
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
        noted=noted,
        given=given,
    )


def _read_reference(reading: Reading) -> str:
    try:
        return check_case_reference(reading.text(Column.REFERENCE))
    except Refusal:
        reading.fault(
            Column.REFERENCE,
            "this does not look like the number of a support episode",
            "Use letters, digits and - _ / . only, with a digit in it; never a name or a date",
        )
        return ""


def _read_case(reading: Reading) -> str:
    try:
        return check_case_reference(reading.text(Column.CASE))
    except Refusal as refusal:
        reading.fault(Column.CASE, *_told(refusal))
        return ""


def _read_closing(
    reading: Reading, opened_on: date | None
) -> tuple[date | None, CloseReason | None]:
    """Return when and why it ended: both, or neither."""
    has_day = bool(reading.text(Column.CLOSED_ON))
    has_reason = bool(reading.text(Column.CLOSE_REASON))
    day = reading.day(Column.CLOSED_ON) if has_day else None
    reason = reading.pick(Column.CLOSE_REASON, CloseReason) if has_reason else None
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


def _read_worker(reading: Reading) -> str | None:
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
