"""The first reading of an import: what is wrong with its rows, and what would become of them.

It writes nothing and does not know the database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from usecases.import_columns import CHARACTERISTICS, Column
from usecases.import_faults import Cells, Fault
from usecases.import_rows import EpisodeRow, check_row
from usecases.import_steps import Step


@dataclass(slots=True)
class Outcome:
    """What an import did, or would do.

    changed: by column, how many rows it differs in; a row may count for several. planned: askings
    at the end of support and after it. refused: rows that were right when they were checked and
    not any more when they were to be written.
    """

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    planned: int = 0
    refused: int = 0
    faults: int = 0
    columns: dict[str, int] = field(default_factory=dict)

    def add(self, step: Step) -> None:
        """Count what was found out about some rows."""
        self.new += len(step.new)
        self.changed += len(step.changed)
        self.unchanged += step.unchanged
        for column in (column.value for each in step.changed for column in each.columns):
            self.columns[column] = self.columns.get(column, 0) + 1


class Checking:
    """The first reading: what is wrong with rows by themselves, and with one beside another."""

    def __init__(self, today: date, tell: Callable[[Fault], None]) -> None:
        """Begin; today: on the clock of the service's zone, tell: is called with every fault."""
        self.outcome = Outcome()
        self._today = today
        self._tell = tell
        self._seen: dict[int, int] = {}
        self._given: dict[int, tuple[int, str]] = {}

    def check(self, rows: Sequence[Cells | Fault]) -> list[EpisodeRow]:
        """Return the rows that can be looked up; tell of the faults of the others."""
        right = []
        for each in rows:
            self.outcome.rows += isinstance(each, Cells)
            if isinstance(each, Fault):
                self._tell_all((each,))
                continue
            checked = check_row(each, self._today)
            faults = () if isinstance(checked, EpisodeRow) else checked
            # Also where a row has other faults: all that is wrong is told at once.
            if all(fault.column != Column.REFERENCE for fault in faults):
                faults += self._again(each)
            if isinstance(checked, EpisodeRow):
                faults += self._otherwise(checked)
            if isinstance(checked, EpisodeRow) and not faults:
                right.append(checked)
            self._tell_all(faults)
        return right

    def note(self, step: Step) -> None:
        """Count what was found out, and tell of its faults."""
        self.outcome.add(step)
        self._tell_all(step.faults)

    def _again(self, cells: Cells) -> tuple[Fault, ...]:
        """Return a fault where the number of this row stood in the file before.

        What is kept of a number is 8 bytes of a hash. That two numbers out of 50,000 have the same
        happens once in ten billion files, and then the file is refused, not mixed up.
        """
        reference = cells.texts[Column.REFERENCE].strip().casefold()
        before = self._seen.setdefault(_mark(reference), cells.row)
        if before == cells.row:
            return ()
        cause = f"this number stands in row {before} already"
        return (Fault(cells.row, Column.REFERENCE, cause, "Keep one of the two rows"),)

    def _otherwise(self, row: EpisodeRow) -> tuple[Fault, ...]:
        """Return faults where a row before said something else of the same child."""
        faults = []
        for column, what in CHARACTERISTICS.items():
            if what in row.given.values:
                value = row.given.values[what] or ""
                mark = _mark(f"{row.case.casefold()} {what.value}")
                before, said = self._given.setdefault(mark, (row.row, value))
                if said != value:
                    cause = f"row {before} says something else of the same child"
                    faults.append(Fault(row.row, column.value, cause, "Say the same in both rows"))
        return tuple(faults)

    def _tell_all(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            self.outcome.faults += 1
            self._tell(fault)


def _mark(text: str) -> int:
    """Return 8 bytes of a hash, which is all that is kept of a number or a case."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
