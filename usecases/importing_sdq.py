"""Takes SDQ totals over from a file: all rows are checked first, and all are written or none.

It opens no file and shows nothing. The same rows twice change nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from storage import audit, sdq
from storage.casework import Casework
from storage.sdq import NewTotal, StoredTotal, Support, Supports
from usecases import sdq_totals
from usecases.import_faults import Cells, Fault
from usecases.import_files import read_file
from usecases.inviting import By
from usecases.sdq_rows import HEADINGS, Column, SdqRow, check_row
from usecases.sdq_totals import Place, Step, belongs, by_place, decide, too_far
from usecases.service import Service

MOST_ROWS: Final = 20_000
"""Rows of one file: they are written in one transaction, and chats may wait for it."""

_BATCH: Final = 1_000


@dataclass(slots=True)
class SdqOutcome:
    """What an import did, or would do.

    totals: how many stand anew or otherwise; a row with a case reference may stand for several.
    """

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    totals: int = 0
    faults: int = 0


@dataclass(slots=True)
class _Judged:
    """What is to become of the rows, and where each total of the file stands."""

    outcome: SdqOutcome
    steps: list[Step] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    seen: dict[Place, int] = field(default_factory=dict)


async def import_file(
    service: Service,
    stream: BinaryIO,
    by: By,
    tell: Callable[[Fault], None],
    *,
    dry_run: bool = False,
) -> SdqOutcome:
    """Import a CSV file; nothing is written where there is a fault anywhere.

    tell: is called with every fault. The whole file is read into memory, beside the event loop.
    """
    today = service.rhythm.local(by.now).date()
    rows, faults = await asyncio.to_thread(
        lambda: _check_all(read_file(stream, HEADINGS), lambda each: check_row(each, today))
    )
    for fault in faults:
        tell(fault)
    is_right = not faults

    def work(casework: Casework) -> _Judged:
        judged = _judge(casework, rows, hold=not dry_run)
        if is_right and not judged.faults and not dry_run:
            _write(casework, judged, by)
        return judged

    run = service.lane.read if dry_run else service.lane.write
    judged = await run(lambda connection: work(service.open(connection)))
    for fault in judged.faults:
        tell(fault)
    judged.outcome.rows = len(rows) + len({fault.row for fault in faults})
    judged.outcome.faults = len(faults) + len(judged.faults)
    return judged.outcome


def _check_all(
    read: Iterable[Cells | Fault], check: Callable[[Cells], SdqRow | tuple[Fault, ...]]
) -> tuple[list[SdqRow], list[Fault]]:
    """Return the rows that can be looked up, and the faults of the others."""
    rows: list[SdqRow] = []
    faults: list[Fault] = []
    for number, each in enumerate(read):
        if number == MOST_ROWS:
            cause = f"there are more than {MOST_ROWS} rows in this file"
            faults.append(Fault(number + 1, "", cause, "Split it into several files"))
            break
        checked = (each,) if isinstance(each, Fault) else check(each)
        if isinstance(checked, SdqRow):
            rows.append(checked)
        else:
            faults += checked
    return rows, faults


# --- deciding -------------------------------------------------------------------------------------


def _judge(work: Casework, rows: Sequence[SdqRow], *, hold: bool) -> _Judged:
    """Return what is to become of these rows, without writing."""
    judged = _Judged(SdqOutcome())
    for first in range(0, len(rows), _BATCH):
        some = rows[first : first + _BATCH]
        supports = sdq.find_supports(
            work,
            [row.reference for row in some if row.reference],
            [row.case for row in some if row.case],
            hold=hold,
        )
        known = {each.id for each in supports.by_reference.values()}
        known |= {each.id for several in supports.by_case.values() for each in several}
        stored = by_place(sdq.of_episodes(work, known))
        for row in some:
            _judge_row(judged, row, supports, stored)
    return judged


def _judge_row(
    judged: _Judged, row: SdqRow, supports: Supports, stored: Mapping[Place, StoredTotal]
) -> None:
    found = _supports_of(row, supports)
    faults = [found] if isinstance(found, Fault) else _faults_again(judged, row, found)
    judged.faults += faults
    if faults or isinstance(found, Fault):
        return
    new = [NewTotal(each, row.informant.value, row.day, row.total) for each in found]
    steps = [step for each in new if (step := decide(each, stored)) is not None]
    judged.steps += steps
    judged.outcome.totals += len(steps)
    if any(step.instead is not None for step in steps):
        judged.outcome.changed += 1
    elif steps:
        judged.outcome.new += 1
    else:
        judged.outcome.unchanged += 1


def _supports_of(row: SdqRow, supports: Supports) -> Sequence[Support] | Fault:
    """Return the support episodes that a row is about, or why there is none."""
    of_child = supports.by_case.get(row.case, ())
    if row.case and not of_child:
        cause = "no support of a child with this case reference is stored"
        return Fault(row.row, Column.CASE.value, cause, "Import the support first, or put it right")
    if not row.reference:
        near = [each for each in of_child if belongs(each, row.day)]
        return near or _far(row)
    named = supports.by_reference.get(row.reference)
    if named is None:
        cause = "no support episode with this number is stored"
        remedy = "Import the support first, or put it right"
        return Fault(row.row, Column.REFERENCE.value, cause, remedy)
    if row.case and named not in of_child:
        cause = "the support episode with this number belongs to another child"
        return Fault(row.row, Column.CASE.value, cause, "Look for a slip in one of the two")
    return [named] if belongs(named, row.day) else _far(row)


def _far(row: SdqRow) -> Fault:
    wrong = too_far()
    return Fault(row.row, Column.DAY.value, wrong.cause, wrong.remedy, row.day.isoformat())


def _faults_again(judged: _Judged, row: SdqRow, found: Sequence[Support]) -> list[Fault]:
    """Return a fault where the file said a total of this support, informant and day before."""
    for each in found:
        place = (each.id, row.informant.value, row.day)
        before = judged.seen.setdefault(place, row.row)
        if before != row.row:
            cause = f"row {before} holds a total of the same support, informant and day"
            return [Fault(row.row, "", cause, "Keep one of the two rows")]
    return []


# --- writing --------------------------------------------------------------------------------------


def _write(work: Casework, judged: _Judged, by: By) -> None:
    """Write the totals, one line in the audit for all of them, and one for each correction."""
    sdq_totals.write(work, judged.steps, by)
    done = judged.outcome
    counts = f"new {done.new}, changed {done.changed}, unchanged {done.unchanged}"
    audit.note(work, by.who, "imported questionnaires' totals", counts, by.now)
    corrected = (each.new.support.id for each in judged.steps if each.instead is not None)
    for episode in dict.fromkeys(corrected):
        audit.note(work, by.who, "corrected a questionnaire's total", episode, by.now)
    work.flush()
