"""Waits for work, but no longer than so many seconds; it neither cancels nor looks at the work."""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial
from typing import Any


class Patience:
    """One length of time for many pieces of work.

    As it is the same for all, they run out of it in the order in which they came: one timer does
    for all of them, and work that is quick costs none.
    """

    def __init__(self, seconds: float) -> None:
        """Take how long is waited for each."""
        self._seconds = seconds
        self._waiting: deque[tuple[float, asyncio.Future[None]]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    async def wait_for(self, work: asyncio.Task[Any]) -> bool:
        """Return True when the work has ended, or False when it has taken too long."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        work.add_done_callback(partial(_wake, waiter))
        end = loop.time() + self._seconds
        self._waiting.append((end, waiter))
        if self._timer is None:
            self._timer = loop.call_at(end, self._look)
        await waiter
        return work.done()

    def _look(self) -> None:
        """Wake those who have waited long enough, and come back for the next one."""
        loop = asyncio.get_running_loop()
        self._timer = None
        while self._waiting:
            end, waiter = self._waiting[0]
            if not waiter.done() and end > loop.time():
                self._timer = loop.call_at(end, self._look)
                return
            self._waiting.popleft()
            _wake(waiter)


def _wake(waiter: asyncio.Future[None], _work: object = None) -> None:
    if not waiter.done():
        waiter.set_result(None)
