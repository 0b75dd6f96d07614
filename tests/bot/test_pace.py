"""How fast messages leave, and who goes first when they have to wait."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pace import Bucket, Gate, pace_of

gaps = st.lists(st.floats(min_value=0, max_value=5), min_size=1, max_size=60)


@given(
    gaps=gaps,
    rate=st.floats(min_value=0.5, max_value=40),
    burst=st.integers(min_value=1, max_value=30),
)
def test_no_stretch_of_time_lets_more_through_than_the_burst_and_the_rate(
    gaps: list[float], rate: float, burst: int
) -> None:
    bucket = Bucket(rate, burst)
    at, passed = 100.0, []
    for gap in gaps:
        at += gap
        wait = bucket.wait(at)
        assert wait >= 0
        at += wait
        bucket.take(at)
        passed.append(at)
    for first in range(len(passed)):
        for last in range(first, len(passed)):
            allowed = burst + rate * (passed[last] - passed[first])
            assert last - first + 1 <= allowed + 1 + 1e-6


def test_a_burst_passes_at_once_and_then_one_a_second() -> None:
    bucket = Bucket(rate=1, burst=3)
    waits = []
    for _ in range(5):
        waits.append(bucket.wait(10.0))
        bucket.take(10.0)
    assert [0, 0, 0, 1, 2] == waits


@pytest.mark.parametrize("rate", [0.5, 1, 30, 1000])
def test_a_second_holds_little_more_than_the_rate_also_after_a_quiet_night(rate: float) -> None:
    pace = pace_of(rate, 1)
    bucket = Bucket(pace.overall_rate, pace.overall_burst)
    at, passed = 100_000.0, 0
    while (wait := bucket.wait(at)) + at - 100_000 < 1:
        at += wait
        bucket.take(at)
        passed += 1
    assert passed <= max(rate * 1.1, 1) + 1


def test_tokens_come_back_up_to_the_burst_only() -> None:
    bucket = Bucket(rate=1, burst=2)
    for _ in range(2):
        bucket.take(10.0)
    assert not bucket.is_full(11.0)
    assert bucket.is_full(1000.0)
    assert [0, 0, 1] == [_take(bucket, 1000.0) for _ in range(3)]


def test_an_emptied_bucket_makes_everybody_wait() -> None:
    bucket = Bucket(rate=10, burst=30)
    bucket.empty(5.0)
    assert bucket.wait(5.0) == 0.1


def _take(bucket: Bucket, at: float) -> float:
    wait = bucket.wait(at)
    bucket.take(at)
    return wait


async def test_while_all_wait_safety_goes_first_and_equals_keep_their_order() -> None:
    loop = asyncio.get_running_loop()
    gate = Gate(Bucket(rate=20, burst=1), loop.time)
    gate.bucket.empty(loop.time())
    passed: list[str] = []

    async def go(name: str, rank: int) -> None:
        await gate.pass_through(rank)
        passed.append(name)

    async with asyncio.TaskGroup() as tasks:
        for name, rank in (("asking", 2), ("reply 1", 1), ("reply 2", 1), ("safety", 0)):
            tasks.create_task(go(name, rank))
    assert ["safety", "reply 1", "reply 2", "asking"] == passed


async def test_somebody_who_gives_up_at_the_gate_uses_no_token() -> None:
    loop = asyncio.get_running_loop()
    gate = Gate(Bucket(rate=500, burst=1), loop.time)
    gate.bucket.empty(loop.time())
    gives_up = asyncio.ensure_future(gate.pass_through(0))
    stays = asyncio.ensure_future(gate.pass_through(1))
    await asyncio.sleep(0)
    gives_up.cancel()
    async with asyncio.timeout(2):
        await stays
    assert gives_up.cancelled()
