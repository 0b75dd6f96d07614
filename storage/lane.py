"""The one edge between the event loop and the database: what waits together commits together.

It knows no table, and hands nothing to a caller before the commit has returned.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from sqlalchemy import Connection, Engine

from storage.database import READERS, look, open_engine, open_reader
from storage.errors import DatabaseAway, TookTooLong
from storage.writer import Job, Writer

A = TypeVar("A")
R = TypeVar("R")
T = TypeVar("T")

MOST: Final = 128
"""How many jobs share one transaction at most: what waits longer than that waits for the next."""

_SOON: Final = 0.1
_TRIES: Final = 5
_CLOSED: Final = "the lane is closed"

_log = logging.getLogger(__name__)


class Lane:
    """Everything that a running service writes goes through here, in one thread.

    Work is a plain function that gets a connection inside a transaction. It may be run again, with
    what it did to the database undone before, so it must do nothing but that; and it must neither
    commit nor keep the connection. All methods are called on the event loop's own thread.
    """

    def __init__(self, writer: Engine, reader: Engine, *, most: int = MOST) -> None:
        """Take an engine to write with and one to read with; both are closed with the lane."""
        self._writer = Writer(writer)
        self._reader = reader
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="starling-reader")
        self._most = most
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._serve, name="starling-writer", daemon=True)
        self._waiting: list[Job] = []
        self._riding: list[Job] = []
        self._called = False
        self._soon: asyncio.TimerHandle | None = None
        self._handed: deque[Job] = deque()
        self._bell = threading.Lock()
        self._bell.acquire()
        self._closed: asyncio.Future[None] | None = None

    @classmethod
    def open(cls, url: str, *, most: int = MOST) -> Self:
        """Return a lane to the database that an address names. Raises DatabaseRefused."""
        return cls(open_engine(url), open_reader(url), most=most)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run work in the next transaction and return what it returned, once that is durable.

        Raises what work raised, with nothing of it stored, or DatabaseAway.
        """
        result: T = await self._hand_in(Job(work))
        return result

    async def write_together(
        self, handle: Callable[[Connection, Sequence[A]], Sequence[R | Exception]], argument: A
    ) -> R:
        """Like `write`, in one call of `handle` for all arguments that wait for the same handle.

        handle: returns one result for each argument, in their order; an Exception among them is
        raised to that caller only. Where handle itself raises, it is called again for each
        argument alone, so that only the one at fault gets the error.
        """
        result: R = await self._hand_in(Job(handle, argument))
        return result

    def later(self, work: Callable[[Connection], object]) -> None:
        """Run work ahead of whatever is written next, or by itself within a tenth of a second.

        Nobody waits for it. What is handed in first is done first. While the database is away it
        is kept; where work itself fails, that is logged by the kind of error and work is dropped.
        """
        self._ride(Job(work))

    def later_together(
        self, handle: Callable[[Connection, Sequence[A]], object], argument: A
    ) -> None:
        """Like `later`, in one call of `handle` for neighbours that have the same handle."""
        self._ride(Job(handle, argument))

    async def settled(self) -> None:
        """Return when everything handed in so far is done. Raises DatabaseAway."""
        await self.write(_do_nothing)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run work that only reads in a transaction of its own, beside the writes.

        Sees every write that has returned. Raises what work raised, or DatabaseAway.
        """
        loop = self._bound()
        if self._closed is not None:
            raise DatabaseAway(_CLOSED)
        return await loop.run_in_executor(self._pool, look, self._reader, work)

    async def close(self) -> None:
        """Do what was handed in, then stop; does nothing the second time.

        Work that rides along and that an absent database does not take now is dropped and logged.
        """
        if self._closed is None:
            loop = self._bound()
            self._closed = loop.create_future()
            if self._soon is not None:
                self._soon.cancel()
            self._hand_over()
            self._writer.hurry.set()
            self._ring()
        await asyncio.shield(self._closed)

    async def __aenter__(self) -> Self:
        """Hand out the lane."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        await self.close()

    def _hand_in(self, job: Job) -> asyncio.Future[Any]:
        loop = self._loop or self._bound()
        if self._closed is not None:
            raise DatabaseAway(_CLOSED)
        job.waiter = loop.create_future()
        self._waiting.append(job)
        if not self._called:
            # When everything that can run now has run: what it hands in goes together.
            self._called = True
            loop.call_soon(self._hand_over)
        return job.waiter  # type: ignore[no-any-return]  # a waiter is any object to the writer

    def _ride(self, job: Job) -> None:
        loop = self._loop or self._bound()
        if self._closed is not None:
            raise DatabaseAway(_CLOSED)
        self._riding.append(job)
        if self._soon is None:
            self._soon = loop.call_later(_SOON, self._flush)

    def _flush(self) -> None:
        self._soon = None
        if self._riding:
            self._hand_over()

    def _hand_over(self) -> None:
        """Give the thread everything that waits, and wake it where it sleeps."""
        self._called = False
        self._handed.extend(self._riding)
        self._handed.extend(self._waiting)
        self._riding.clear()
        self._waiting.clear()
        self._ring()

    def _ring(self) -> None:
        # Only this thread unlocks the bell and only the other one locks it.
        if self._bell.locked():
            self._bell.release()

    def _bound(self) -> asyncio.AbstractEventLoop:
        """Return the running loop; the first time, remember it and start the thread."""
        loop = asyncio.get_running_loop()
        if self._loop is None:
            self._loop = loop
            self._thread.start()
        return loop

    def _tell(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            if job.waiter.done():  # the caller was cancelled
                continue
            if job.error is None:
                job.waiter.set_result(job.result)
            else:
                job.waiter.set_exception(job.error)

    def _serve(self) -> None:
        """Serve until the lane is closed: the thread's whole life."""
        kept: list[Job] = []
        while True:
            last = self._writer.hurry.is_set()  # looked at before the jobs: then these are all
            jobs = kept + self._take()
            if jobs:
                kept = self._do(jobs, last=last)
            elif last:
                break
            if not self._handed and not last:
                self._bell.acquire(timeout=_SOON if kept else -1)
        self._writer.close()
        self._pool.shutdown()
        self._reader.dispose()
        if self._closed is not None:
            self._on_loop(self._closed.set_result, None)

    def _take(self) -> list[Job]:
        """Take the next jobs; while the database is away all of them, so that all hear it soon."""
        handed = self._handed
        waiting = len(handed)
        count = waiting if self._writer.is_resting else min(waiting, self._most)
        return [handed.popleft() for _ in range(count)]

    def _do(self, jobs: Sequence[Job], *, last: bool) -> list[Job]:
        """Serve jobs and tell those who wait; return those to try again."""
        self._writer.serve(jobs)
        told: list[Job] = []
        kept: list[Job] = []
        for job in jobs:
            if job.waiter is not None:
                told.append(job)
            elif job.error is not None and not last and _is_worth_another_try(job):
                kept.append(job)
            elif job.error is not None:
                _log.error("work that nobody waits for was dropped: %s", type(job.error).__name__)
        if told:
            self._on_loop(self._tell, told)
        return kept

    def _on_loop(self, call: Callable[..., object], *arguments: object) -> None:
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop is closed, so nobody waits any more
                loop.call_soon_threadsafe(call, *arguments)


def _is_worth_another_try(job: Job) -> bool:
    job.tries += 1
    if isinstance(job.error, TookTooLong):
        return job.tries < _TRIES
    return isinstance(job.error, DatabaseAway)


def _do_nothing(connection: Connection) -> None:
    """Commit nothing, after everything that was handed in before."""
