"""One chat in order, chats side by side."""

from __future__ import annotations

import asyncio

import pytest

from bot.turns import Turns


async def test_those_who_wait_for_one_chat_come_in_the_order_in_which_they_came() -> None:
    turns = Turns()
    seen: list[int] = []

    async def visit(number: int) -> None:
        await turns.take("chat")
        await asyncio.sleep(0)
        seen.append(number)
        turns.give_back("chat")

    async with asyncio.TaskGroup() as tasks:
        for number in range(20):
            tasks.create_task(visit(number))
    assert list(range(20)) == seen
    assert not turns


async def test_another_chat_does_not_wait() -> None:
    turns = Turns()
    await turns.take("one")
    async with asyncio.timeout(1):
        await turns.take("other")
    turns.give_back("one")
    turns.give_back("other")
    assert (0, 0) == (len(turns), turns.queued)


@pytest.mark.parametrize("late", [False, True])
async def test_somebody_who_gives_up_does_not_keep_the_turn(*, late: bool) -> None:
    """Also when the turn had just come to them."""
    turns = Turns()
    await turns.take("chat")
    gives_up = asyncio.ensure_future(turns.take("chat"))
    stays = asyncio.ensure_future(turns.take("chat"))
    await asyncio.sleep(0)
    if late:
        turns.give_back("chat")
        gives_up.cancel()
    else:
        gives_up.cancel()
        turns.give_back("chat")
    async with asyncio.timeout(1):
        await stays
    assert gives_up.cancelled()
    turns.give_back("chat")
    assert not turns
