"""Runs jobs in one transaction on a connection of its own, and has a new one after a failure.

It belongs to one thread, knows no event loop and hands nothing to those who wait: nobody may look
at a job's outcome before `serve` has returned.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from storage.database import NOTICED_AT_ONCE
from storage.errors import DatabaseAway, StorageFault, TookTooLong
from storage.troubles import Trouble, weigh

ALONE: Final = object()
"""The argument of a job whose work takes the connection only."""

_AWAY: Final = frozenset({Trouble.AWAY, Trouble.UNWRITABLE})
_TRIES: Final = 3
_FIRST_REST: Final = 0.05
_LONGEST_REST: Final = 1.0


class WrongNumberOfResults(StorageFault):
    """What handles many arguments together did not return one result for each."""


class OddEnding(StorageFault):
    """Work ended with something that no caller can be given, such as an exit of the process."""


class Job:
    """Something to do in a transaction, and what came of it.

    `work` is called with the connection, or, where there is an argument, with the connection and
    the arguments of all jobs of the transaction that have the same `work`. `waiter` is what the
    lane needs to tell the one who waits; a job without it rides along.
    """

    __slots__ = ("argument", "error", "result", "tries", "waiter", "work")

    def __init__(self, work: Callable[..., Any], argument: Any = ALONE, waiter: Any = None) -> None:
        """Describe a job that has not been done yet."""
        self.work = work
        self.argument = argument
        self.waiter = waiter
        self.result: Any = None
        self.error: Exception | None = None
        self.tries = 0
        """How often a job that rides along was kept for another transaction."""

    def ends(self, result: Any, error: Exception | None = None) -> None:
        """Note what came of it, in place of what came of an earlier try."""
        self.result = result
        self.error = error


_Step = tuple[Callable[..., Any], list[Job]]
_Run = Callable[[Connection, Sequence[_Step]], None]


class _Again(Exception):
    """Nothing was stored, and the same transaction may work out when it is run again at once."""


class _Away(Exception):
    """The database could not be reached, or nobody knows whether the commit took place."""


class Writer:
    """Serves jobs, each of which takes effect once or not at all, though it may be run again.

    First they run without savepoints, which cost more than most statements. Only where one of them
    fails they run again with a savepoint each, so that it does not hurt the others. Where that
    cannot be committed because of one of them, each gets a transaction to itself.
    """

    def __init__(self, engine: Engine) -> None:
        """Take the engine; the connection is made when there is work."""
        self._engine = engine
        self._connection: Connection | None = None
        self._rest = 0.0
        self._rest_until = 0.0
        self.hurry = threading.Event()
        """Set when nobody wants to wait any more: no rest between two tries."""

    def serve(self, jobs: Sequence[Job]) -> None:
        """Do the jobs and commit: afterwards each has a result that is durable, or an error.

        Every job's error is DatabaseAway where the database could not be reached, or where nobody
        can know whether the commit took place.
        """
        steps = _gather(jobs)
        try:
            self._transact(steps, _run_plainly)
        except _Away as away:
            _end_all(jobs, away)
        except BaseException as error:  # noqa: BLE001 - it goes to the one whose work raised it
            if len(jobs) == 1:
                jobs[0].ends(None, _to_tell(error))
            else:
                self._serve_carefully(jobs, steps)

    @property
    def is_resting(self) -> bool:
        """Whether the database was away when it was last needed."""
        return self._rest > 0

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.close()
        self._engine.dispose()

    def _serve_carefully(self, jobs: Sequence[Job], steps: Sequence[_Step]) -> None:
        try:
            self._transact(steps, _run_carefully)
        except _Away as away:
            _end_all(jobs, away)
        except BaseException:  # noqa: BLE001 - it shows itself again where its job runs alone
            for job in jobs:
                self.serve([job])

    def _transact(self, steps: Sequence[_Step], run: _Run) -> None:
        """Run the steps and commit; raises _Away or what one of the steps raised."""
        for _ in range(_TRIES):
            try:
                self._try(steps, run)
            except _Again as again:
                cause = again.__cause__
            else:
                return
        raise _Away from cause

    def _try(self, steps: Sequence[_Step], run: _Run) -> None:
        fresh = self._connection is None
        connection = self._connection or self._connect()
        committing = False
        began = time.monotonic()
        try:
            transaction = connection.begin()
            run(connection, steps)
            committing = True
            transaction.commit()
        except BaseException as error:
            gone = connection.invalidated
            trouble = Trouble.AWAY if gone else weigh(error)
            self._clean_up(connection, broken=gone or committing)
            died_unused = gone and not fresh and time.monotonic() - began < NOTICED_AT_ONCE
            if trouble is Trouble.CONFLICT or (died_unused and not committing):
                raise _Again from error
            if trouble in _AWAY:
                self._rest_longer()
                raise _Away from error
            raise
        self._rest = 0.0

    def _connect(self) -> Connection:
        """Return a new connection, after a rest where the database was away just now."""
        self.hurry.wait(max(0.0, self._rest_until - time.monotonic()) if self._rest else 0.0)
        try:
            self._connection = self._engine.connect()
        except SQLAlchemyError as error:
            self._rest_longer()
            raise _Away from error
        return self._connection

    def _rest_longer(self) -> None:
        self._rest = min(max(self._rest * 2, _FIRST_REST), _LONGEST_REST)
        self._rest_until = time.monotonic() + self._rest

    def _clean_up(self, connection: Connection, *, broken: bool) -> None:
        """Forget the transaction, and the connection with it where its state is unknown."""
        try:
            if not broken:
                connection.rollback()
                return
        except SQLAlchemyError:
            pass
        self._connection = None
        with suppress(SQLAlchemyError):
            connection.invalidate()
            connection.close()


def _gather(jobs: Sequence[Job]) -> list[_Step]:
    """Put what rides along first, and what is handled together into one step."""
    if len(jobs) == 1:
        return [(jobs[0].work, [jobs[0]])]
    steps = _gather_neighbours([job for job in jobs if job.waiter is None])
    together: dict[Callable[..., Any], list[Job]] = {}
    for job in jobs:
        if job.waiter is None:
            continue
        if job.argument is ALONE:
            steps.append((job.work, [job]))
        elif job.work in together:
            together[job.work].append(job)
        else:
            together[job.work] = [job]
            steps.append((job.work, together[job.work]))
    return steps


def _gather_neighbours(jobs: Sequence[Job]) -> list[_Step]:
    """Keep the order of these and put only neighbours together."""
    steps: list[_Step] = []
    for job in jobs:
        if job.argument is not ALONE and steps and steps[-1][0] == job.work:
            steps[-1][1].append(job)
        else:
            steps.append((job.work, [job]))
    return steps


def _run_plainly(connection: Connection, steps: Sequence[_Step]) -> None:
    for work, jobs in steps:
        _call(connection, work, jobs)


def _run_carefully(connection: Connection, steps: Sequence[_Step]) -> None:
    for work, jobs in steps:
        if not _call_safely(connection, work, jobs) and len(jobs) > 1:
            for job in jobs:
                _call_safely(connection, work, [job])


def _call_safely(connection: Connection, work: Callable[..., Any], jobs: list[Job]) -> bool:
    """Call within a savepoint; return whether it went well."""
    try:
        with connection.begin_nested():
            _call(connection, work, jobs)
    except BaseException as error:
        if connection.invalidated or weigh(error) in {*_AWAY, Trouble.CONFLICT}:
            raise
        for job in jobs:
            job.ends(None, _to_tell(error))
        return False
    return True


def _call(connection: Connection, work: Callable[..., Any], jobs: list[Job]) -> None:
    if jobs[0].argument is ALONE:
        jobs[0].ends(work(connection))
        return
    results = work(connection, [job.argument for job in jobs])
    if jobs[0].waiter is None:
        results = [None] * len(jobs)
    if len(results) != len(jobs):
        raise WrongNumberOfResults
    for job, result in zip(jobs, results, strict=True):
        if isinstance(result, Exception):
            job.ends(None, result)
        else:
            job.ends(result)


def _end_all(jobs: Sequence[Job], away: _Away) -> None:
    """Give each its own DatabaseAway: an exception that several raise collects their traces."""
    for job in jobs:
        error = DatabaseAway()
        error.__cause__ = away.__cause__
        job.ends(None, error)


def _to_tell(error: BaseException) -> Exception:
    """Return the error as its caller gets it."""
    if weigh(error) is Trouble.HELD_UP:
        late = TookTooLong()
        late.__cause__ = error
        return late
    if isinstance(error, StopIteration) or not isinstance(error, Exception):
        return OddEnding()
    return error
