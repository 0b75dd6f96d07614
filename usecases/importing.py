"""Takes support episodes over from a case-management system: all of them checked before any.

It opens no file and shows nothing. The same rows twice change nothing, so whatever was interrupted
is healed by importing the same file again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import BinaryIO, Final, TypeVar

from storage import audit
from storage.casework import Casework, ChangedMeanwhile
from storage.errors import DatabaseAway
from usecases.import_checks import Checking, Outcome
from usecases.import_faults import Cells, Fault
from usecases.import_files import read_file
from usecases.import_rows import EpisodeRow, check_row
from usecases.import_steps import Step, judge_in, write_in
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service

T = TypeVar("T")

BATCH: Final = 1000
"""Rows that are looked up together, and at most written in one transaction."""

MOST_CHANGED: Final = 100
"""Stored episodes that one transaction changes at most: each may plan for many people, and on
SQLite nobody else can write meanwhile."""

_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class _Batch:
    """What the second reading of a file needs to know of the first."""

    digest: bytes
    writes: bool


async def import_file(
    service: Service,
    reopen: Callable[[], BinaryIO],
    by: By,
    tell: Callable[[Fault], None],
    *,
    dry_run: bool = False,
) -> Outcome:
    """Import a CSV file of any length; nothing is written where there is a fault anywhere.

    reopen: opens the file from its start; it is read twice, in little pieces. tell: is called with
    every fault. Of a file of n rows, some 100 bytes a row are kept to find numbers that are there
    twice. Raises Refusal when the file changes meanwhile or the database goes away.
    """
    outcome, batches = await _check_file(service, reopen, by, tell)
    if outcome.faults or dry_run:
        return outcome
    return await _write_file(service, reopen, by, tell, (outcome, batches))


async def import_rows(
    service: Service,
    rows: Iterable[Cells | Fault],
    by: By,
    tell: Callable[[Fault], None],
    *,
    dry_run: bool = False,
) -> Outcome:
    """Import some rows in one transaction: all of them, or none where there is a fault.

    rows: are read beside the event loop, in a thread of their own, and `tell` is called there too.
    """
    checking = Checking(_today(service, by), tell)
    right = await asyncio.to_thread(lambda: checking.check(list(rows)))
    if not dry_run and not checking.outcome.faults:
        return await _write_all(service, right, by, checking)
    step = await _look(service, right)
    checking.note(step)
    return checking.outcome


# --- checking -------------------------------------------------------------------------------------


async def _check_file(
    service: Service, reopen: Callable[[], BinaryIO], by: By, tell: Callable[[Fault], None]
) -> tuple[Outcome, list[_Batch]]:
    checking = Checking(_today(service, by), tell)
    batches: list[_Batch] = []
    with reopen() as stream:
        for rows in _in_batches(read_file(stream), BATCH):
            step = await _look(service, checking.check(rows))
            checking.note(step)
            batches.append(_Batch(_digest(rows), bool(step.new or step.changed)))
    return checking.outcome, batches


async def _look(service: Service, rows: Sequence[EpisodeRow]) -> Step:
    """Return what would become of rows, without writing any."""
    return await service.lane.read(lambda connection: judge_in(service.open(connection), rows))


# --- writing --------------------------------------------------------------------------------------


async def _write_file(
    service: Service,
    reopen: Callable[[], BinaryIO],
    by: By,
    tell: Callable[[Fault], None],
    checked: tuple[Outcome, list[_Batch]],
) -> Outcome:
    """Read the file again and write what it says, a transaction for each batch."""
    expected, batches = checked
    writing = _Writing(service, by, tell, expected)
    with reopen() as stream:
        pieces = _in_batches(read_file(stream), BATCH)
        for batch in batches:
            rows = next(pieces, [])
            if _digest(rows) != batch.digest:
                raise Refusal(writing.stopped("The file was changed while it was being imported."))
            if batch.writes:
                await writing.write(rows)
    await writing.finish()
    return writing.outcome()


class _Writing:
    """The second reading: what was written so far, and what could not be."""

    def __init__(
        self, service: Service, by: By, tell: Callable[[Fault], None], expected: Outcome
    ) -> None:
        self._service = service
        self._by = by
        self._tell = tell
        self._expected = expected
        self._today = _today(service, by)
        self._done = Outcome(rows=expected.rows)
        self._noted = False

    async def write(self, rows: Sequence[Cells | Fault]) -> None:
        """Write a batch; Refusal where the database goes away."""
        checked = [check_row(each, self._today) for each in rows if isinstance(each, Cells)]
        left: Sequence[EpisodeRow] = [each for each in checked if isinstance(each, EpisodeRow)]
        while left:
            left = await self._write_some(left)

    async def finish(self) -> None:
        """Note the import where there was nothing to write."""
        if not self._noted:
            await self._write_some([])

    def outcome(self) -> Outcome:
        """Return what was done; whatever was not touched is unchanged."""
        done = self._done
        done.unchanged = done.rows - done.new - done.changed - done.refused
        return done

    def stopped(self, cause: str) -> str:
        """Say that it ended half-way and what to do."""
        rows = self._done.new + self._done.changed
        return (
            f"{cause} {rows} rows were written before that, each of them whole. Import the same "
            "file again: what is written already stays as it is."
        )

    async def _write_some(self, rows: Sequence[EpisodeRow]) -> Sequence[EpisodeRow]:
        """Write rows, but of those that change no more than a few; return the rest."""

        def work(casework: Casework) -> tuple[Step, int, Sequence[EpisodeRow]]:
            step = judge_in(casework, rows, hold=True)
            now, later = step.part(MOST_CHANGED)
            if not self._noted:
                _note(casework, self._expected, self._by)
            return now, write_in(self._service, casework, now, self._by), later

        try:
            step, planned, left = await _write(self._service, work)
        except DatabaseAway as away:
            msg = self.stopped("The database went away, or kept us waiting for too long.")
            raise Refusal(msg) from away
        self._noted = True
        self._done.add(step)
        self._done.planned += planned
        self._done.refused += len({fault.row for fault in step.faults})
        self._done.faults += len(step.faults)
        for fault in step.faults:
            self._tell(fault)
        return left


async def _write_all(
    service: Service, rows: Sequence[EpisodeRow], by: By, checking: Checking
) -> Outcome:
    """Write rows in one transaction, unless the database knows better of one of them."""

    def work(casework: Casework) -> tuple[Step, int]:
        step = judge_in(casework, rows, hold=True)
        if step.faults:
            return step, 0
        found = Outcome(rows=len(rows))
        found.add(step)
        _note(casework, found, by)
        return step, write_in(service, casework, step, by)

    step, planned = await _write(service, work)
    checking.note(step)
    checking.outcome.planned = planned
    return checking.outcome


async def _write(service: Service, work: Callable[[Casework], T]) -> T:
    """Write in one transaction; again where somebody else added the same just now.

    Raises DatabaseAway where that goes on and on.
    """
    for _ in range(_TRIES):
        try:
            return await service.lane.write(lambda connection: work(service.open(connection)))
        except ChangedMeanwhile as error:
            cause = error
    raise DatabaseAway from cause


def _note(work: Casework, outcome: Outcome, by: By) -> None:
    """Gather one line for the whole import: how many, and never which."""
    counts = f"new {outcome.new}, changed {outcome.changed}, unchanged {outcome.unchanged}"
    audit.note(work, by.who, "imported support episodes", counts, by.now)


def _today(service: Service, by: By) -> date:
    return service.rhythm.local(by.now).date()


def _in_batches(rows: Iterator[T], size: int) -> Iterator[list[T]]:
    while batch := list(islice(rows, size)):
        yield batch


def _digest(rows: Sequence[Cells | Fault]) -> bytes:
    """Return a mark of some rows by which another reading of them is compared."""
    mark = hashlib.blake2b(digest_size=16)
    for each in rows:
        mark.update(repr(each).encode())
    return mark.digest()
