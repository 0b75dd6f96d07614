"""The clock rings its bells on a real event loop; bells that fail or go silent stop nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from followups.clock import Bell, Clock
from storage.errors import DatabaseAway

NOW = datetime(2026, 9, 22, 16, 0, tzinfo=UTC)
OFTEN = 0.01


class Heard:
    """Counts rings, and lets a test wait for so many of them."""

    def __init__(self, then: Callable[[], Awaitable[None]] | None = None) -> None:
        """Begin at none; `then` is what a ring does besides being counted."""
        self.times = 0
        self._then = then
        self._changed = asyncio.Event()

    async def __call__(self) -> None:
        """Be rung."""
        self.times += 1
        self._changed.set()
        if self._then is not None:
            await self._then()

    async def often(self, times: int) -> None:
        """Return when it was rung so many times more."""
        enough = self.times + times
        async with asyncio.timeout(20):
            while self.times < enough:
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def ringing(bells: Sequence[Bell]) -> AsyncIterator[Clock]:
    clock = Clock(bells, lambda: NOW)
    clock.start()
    try:
        yield clock
    finally:
        await clock.drain(5)


async def test_each_bell_is_rung_again_and_again() -> None:
    one, two = Heard(), Heard()
    async with ringing([Bell("one", OFTEN, one), Bell("two", OFTEN, two)]) as clock:
        await asyncio.gather(one.often(3), two.often(3))
        assert clock.rung_at == {"one": NOW, "two": NOW}
        assert not clock.failures


async def test_a_bell_may_ring_as_soon_as_the_clock_starts() -> None:
    soon, later = Heard(), Heard()
    async with ringing([Bell("soon", 3600.0, soon, at_once=True), Bell("later", 3600.0, later)]):
        await soon.often(1)
        assert (soon.times, later.times) == (1, 0)


async def test_a_bell_is_never_rung_twice_at_once() -> None:
    at_once = most = 0
    other = Heard()

    async def slow() -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await other.often(5)
        at_once -= 1

    heard = Heard(slow)
    async with ringing([Bell("slow", OFTEN, heard), Bell("other", OFTEN, other)]):
        await heard.often(3)
    assert most == 1


async def test_a_ring_that_fails_is_counted_and_told_by_its_kind_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail() -> None:
        raise ValueError("what somebody wrote")  # noqa: EM101, TRY003 (as a library would)

    heard, well = Heard(fail), Heard()
    with caplog.at_level(logging.DEBUG, logger="followups"):
        async with ringing([Bell("bad", OFTEN, heard), Bell("good", OFTEN, well)]) as clock:
            await asyncio.gather(heard.often(2), well.often(2))
            assert clock.failures["bad"] >= 1
            assert clock.failures["good"] == 0
    assert "the bell for bad failed: ValueError" in caplog.messages
    assert "what somebody wrote" not in caplog.text


async def test_a_database_that_is_away_is_a_warning_and_the_bell_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def find_none() -> None:
        raise DatabaseAway

    heard = Heard(find_none)
    async with ringing([Bell("askings", OFTEN, heard)]) as clock:
        await heard.often(3)
        assert clock.failures["askings"] >= 2
    told = [each for each in caplog.records if each.name == "followups.clock"]
    assert {each.levelno for each in told} == {logging.WARNING}


async def test_stopping_rings_no_more_and_draining_waits_for_the_ring_that_is_under_way() -> None:
    go_on, done = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        await go_on.wait()
        done.set()

    heard = Heard(slow)
    clock = Clock([Bell("slow", OFTEN, heard)], lambda: NOW)
    clock.start()
    await heard.often(1)
    clock.stop()
    draining = asyncio.ensure_future(clock.drain(5))
    await asyncio.sleep(0)
    assert not draining.done()
    go_on.set()
    assert await draining
    assert done.is_set()
    assert heard.times == 1


async def test_what_takes_too_long_is_cancelled_in_the_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ended = asyncio.Event()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    heard = Heard(endless)
    clock = Clock([Bell("endless", OFTEN, heard)], lambda: NOW)
    clock.start()
    await heard.often(1)
    with caplog.at_level(logging.CRITICAL, logger="apscheduler"):
        assert not await clock.drain(0.01)
        async with asyncio.timeout(5):
            await ended.wait()


async def test_a_clock_that_never_started_can_be_stopped() -> None:
    clock = Clock([], lambda: NOW)
    clock.stop()
    assert await clock.drain(1)
    assert clock.late(NOW) == ()


async def test_a_clock_without_bells_is_quiet() -> None:
    async with ringing([]) as clock:
        assert clock.late(NOW + timedelta(days=1)) == ()


async def test_a_bell_that_was_not_rung_for_long_is_late() -> None:
    async with ringing([Bell("often", 5, Heard()), Bell("seldom", 3600, Heard())]) as clock:
        assert clock.late(NOW + timedelta(seconds=30)) == ()
        assert clock.late(NOW + timedelta(seconds=31)) == ("often",)
        assert clock.late(NOW + timedelta(hours=4)) == ("often", "seldom")


async def test_a_bell_rings_again_soon_where_the_machine_s_clock_was_set_back() -> None:
    """The scheduler then believes that the next ring is due in an hour."""
    heard = Heard()
    async with ringing([Bell("askings", OFTEN, heard)]) as clock:
        await heard.often(1)
        scheduler = clock._scheduler
        assert scheduler is not None
        in_an_hour = datetime.now(UTC) + timedelta(hours=1)
        scheduler.modify_job("askings", next_run_time=in_an_hour)
        await heard.often(2)


async def test_missed_rings_after_a_long_sleep_of_the_machine_are_one_ring() -> None:
    heard = Heard()
    async with ringing([Bell("seldom", 2, heard)]) as clock:
        scheduler = clock._scheduler
        assert scheduler is not None
        a_minute_ago = datetime.now(UTC) - timedelta(minutes=1)
        scheduler.modify_job("seldom", next_run_time=a_minute_ago)
        await heard.often(1)
        assert heard.times == 1
