"""Codes: one person comes in by one code, and a guess learns nothing, not even from the work."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from storage import tables
from tests.support.callers import Place, invite, joined, open_support, phone, rows
from tests.web.plain_browser import Page
from tests.web.stage import Stage
from usecases.inviting import Invited


async def test_two_people_with_one_code_at_the_same_moment_and_one_comes_in(
    stage: Stage, invited: Invited
) -> None:
    path = f"/join/{invited.web.rpartition('/')[2]}"
    async with stage.browser() as first, stage.browser() as second:
        answers = await asyncio.gather(*(each.post(path) for each in (first, second)))
    texts = [Page(answer).text for answer in answers]
    came_in = [text for text in texts if "This chat asks a few short questions" in text]
    assert len(came_in) == 1
    linked = [
        row
        for row in await rows(stage.service, tables.addresses)
        if row.participant_id == invited.participant
    ]
    assert len(linked) == 1


async def test_two_processes_let_one_of_two_people_in(database_url: str) -> None:
    place = Place(database_url)
    async with place.open() as here, place.open(node=2) as there:
        invited = await invite(place, here, await open_support(place, here))
        code = invited.web.rpartition("/")[2]
        callers = [phone(place, service) for service in (here, there)]
        await asyncio.gather(*(caller.opens(code) for caller in callers))
        linked = [
            row
            for row in await rows(here, tables.addresses)
            if row.participant_id == invited.participant
        ]
    assert len(linked) == 1


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Gather every statement that any database of this process is asked."""
    said: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield said
    event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("kind", ["used", "expired", "half right"])
async def test_a_used_and_an_expired_code_ask_the_same_of_the_database_as_a_wrong_one(
    sqlite_url: str, kind: str
) -> None:
    """What is asked and answered is the same, so nothing is learnt from a code that was good."""
    place = Place(sqlite_url)
    async with place.open() as service:
        _, used = await joined(place, service)
        invited = await invite(place, service, await open_support(place, service, "T-2"))
        codes = {
            "used": used.web.rpartition("/")[2],
            "expired": invited.web.rpartition("/")[2],
            "half right": f"{invited.code[:5]}-00000",
        }
        place.forward(timedelta(days=30))
        said: list[tuple[list[str], str]] = []
        wrong = "00000-0000A" if len(codes[kind]) < 26 else "0" * 26  # the same shape
        for code in (wrong, codes[kind]):
            stranger = phone(place, service)
            await stranger.types("hello")
            with counted_statements() as statements:
                await stranger.types(code)
            said.append((statements, stranger.said))
    assert said[0] == said[1]


async def test_who_guesses_is_slowed_down_in_one_chat_and_in_all(sqlite_url: str) -> None:
    place = Place(sqlite_url)
    async with place.open() as service:
        guesser = phone(place, service)
        replies = set()
        for number in range(30):
            await guesser.types(f"GUES{number % 10}-{number:05d}")
            replies.add(guesser.said)
        invited = await invite(place, service, await open_support(place, service))
        await guesser.opens(invited.code)
        assert guesser.said in replies, "even the right code is not looked at any more"
        redeemed = [row.redeemed_at for row in await rows(service, tables.invitations)]
        assert redeemed == [None]
        await guesser.opens(invited.web.rpartition("/")[2])
        assert guesser.said not in replies, "what comes with a link is beyond guessing"
