"""Rings bells at intervals: the only place that knows the scheduler.

It must not hold anything that is due: that is rows in the database. A bell that was not rung while
the program stood still is not lost, because whoever is called looks at the rows.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from storage.errors import DatabaseAway

SLACK: Final = 3
"""After how many intervals without a ring a bell is late."""

GRACE: Final = timedelta(seconds=15)
"""What is granted on top: one ring may wait for a busy database."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bell:
    """Something to do again and again: its name, the seconds in between, and what is called.

    `at_once`: it rings for the first time when the clock starts, not its seconds later.
    """

    name: str
    seconds: float
    ring: Callable[[], Awaitable[object]]
    at_once: bool = False


class Clock:
    """Rings its bells, each by itself and never twice at once; a ring that fails stops nothing.

    `rung_at` says when each bell was rung last and `failures` how often each failed, by name: for
    readiness and metrics. All methods belong to the thread of the event loop.
    """

    def __init__(self, bells: Sequence[Bell], clock: Callable[[], datetime]) -> None:
        """Take the bells, and a clock that tells the time in UTC."""
        self.rung_at: dict[str, datetime] = {}
        self.failures: Counter[str] = Counter()
        self._bells = {bell.name: bell for bell in bells}
        self._clock = clock
        self._scheduler: AsyncIOScheduler | None = None
        self._ticks: dict[str, float] = {}
        self._watch: asyncio.TimerHandle | None = None
        self._ringing = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def start(self) -> None:
        """Begin to ring: each bell for the first time when its seconds have passed, or at once."""
        # It tells of every single ring otherwise.
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        now, tick = self._clock(), asyncio.get_running_loop().time()
        for bell in self._bells.values():
            self.rung_at[bell.name] = now
            self._ticks[bell.name] = tick
            trigger = IntervalTrigger(seconds=bell.seconds, timezone=UTC)
            self._scheduler.add_job(self._ring, trigger, args=(bell,), id=bell.name)
            if bell.at_once:
                self._scheduler.add_job(self._ring, args=(bell,))
        self._scheduler.start()
        self._watch_later()

    def stop(self) -> None:
        """Ring no more; what rings now goes on: see `drain`."""
        if self._watch is not None:
            self._watch.cancel()
        if self._scheduler is not None:
            self._scheduler.pause()
            self._scheduler.remove_all_jobs()

    async def drain(self, seconds: float) -> bool:
        """Wait until nothing rings; what still rings after so many seconds is cancelled.

        Returns whether everything came to its end by itself.
        """
        self.stop()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)
        drained = self._idle.is_set()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)  # for coroutines this means: cancelled
            self._scheduler = None
        return drained

    def late(self, now: datetime) -> tuple[str, ...]:
        """Return the bells that should have been rung again by now: alarm somebody."""
        return tuple(
            name
            for name, at in self.rung_at.items()
            if now - at > SLACK * timedelta(seconds=self._bells[name].seconds) + GRACE
        )

    async def _ring(self, bell: Bell) -> None:
        self.rung_at[bell.name] = self._clock()
        self._ticks[bell.name] = asyncio.get_running_loop().time()
        self._ringing += 1
        self._idle.clear()
        try:
            await bell.ring()
        except DatabaseAway:  # it comes back, and so does the bell: no need to cry out each time
            self.failures[bell.name] += 1
            _log.warning("the bell for %s found no database", bell.name)
        except Exception as error:  # noqa: BLE001 (one bad ring must not end the ringing)
            self.failures[bell.name] += 1
            # An error's own words may hold somebody's.
            _log.error("the bell for %s failed: %s", bell.name, type(error).__name__)
        finally:
            self._ringing -= 1
            if not self._ringing:
                self._idle.set()

    # --- a clock that is set back ---------------------------------------------------------

    def _watch_later(self) -> None:
        shortest = min((bell.seconds for bell in self._bells.values()), default=None)
        if shortest is not None:
            loop = asyncio.get_running_loop()
            self._watch = loop.call_later(SLACK * shortest, self._look_for_silence)

    def _look_for_silence(self) -> None:
        """Wind up bells that went silent.

        The scheduler waits for a time of day. Where the machine's clock is set back by an hour, it
        would ring an hour later; the event loop's time never goes back.
        """
        tick = asyncio.get_running_loop().time()
        for bell in self._bells.values():
            if self._scheduler is not None and tick - self._ticks[bell.name] > SLACK * bell.seconds:
                self._ticks[bell.name] = tick
                trigger = IntervalTrigger(seconds=bell.seconds, timezone=UTC)
                self._scheduler.reschedule_job(bell.name, trigger=trigger)
        self._watch_later()
