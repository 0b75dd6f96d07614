"""Patience runs out after its time and not before, for each piece of work on its own."""

from __future__ import annotations

import asyncio

from bot.patience import Patience


async def work_until(end: asyncio.Event) -> str:
    await end.wait()
    return "done"


async def test_work_that_is_quick_is_waited_for() -> None:
    async with asyncio.TaskGroup() as tasks:
        work = tasks.create_task(asyncio.sleep(0, "done"))
        assert await Patience(60).wait_for(work) is True
    assert work.result() == "done"


async def test_work_that_takes_too_long_is_not_waited_for_and_goes_on() -> None:
    end = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        work = tasks.create_task(work_until(end))
        assert await Patience(0.01).wait_for(work) is False
        assert not work.done()
        end.set()
    assert work.result() == "done"


async def test_one_that_is_slow_does_not_hide_another_and_each_gets_its_own_answer() -> None:
    patience, end = Patience(0.02), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        slow = [tasks.create_task(work_until(end)) for _ in range(3)]
        quick = [tasks.create_task(asyncio.sleep(0)) for _ in range(3)]
        each = [work for pair in zip(slow, quick, strict=True) for work in pair]
        waits = [tasks.create_task(patience.wait_for(work)) for work in each]
        found = [await wait for wait in waits]
        end.set()
    assert found == [False, True] * 3


async def test_it_can_run_out_again_after_a_quiet_time() -> None:
    patience, end = Patience(0.01), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(3):
            assert await patience.wait_for(tasks.create_task(asyncio.sleep(0))) is True
            assert await patience.wait_for(tasks.create_task(work_until(end))) is False
        end.set()


async def test_work_that_fails_has_ended() -> None:
    async def fail() -> None:
        raise KeyError

    work = asyncio.ensure_future(fail())
    assert isinstance(work, asyncio.Task)
    assert await Patience(60).wait_for(work) is True
    assert isinstance(work.exception(), KeyError)


async def test_whoever_stops_waiting_leaves_nothing_behind_that_fails() -> None:
    patience, end = Patience(0.01), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        work = tasks.create_task(work_until(end))
        wait = tasks.create_task(patience.wait_for(work))
        await asyncio.sleep(0)
        wait.cancel()
        await asyncio.wait({wait})
        assert await patience.wait_for(tasks.create_task(work_until(end))) is False
        end.set()
