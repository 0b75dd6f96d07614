"""Nothing is told to have arrived that is not stored; one chat in order; nothing counts twice."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.intake import Outcome
from storage import inbox
from storage.outbox import Outgoing
from storage.words import WordsToRead
from tests.support import telegram_updates as updates
from tests.support.canary import CANARY_CHAT_ID, CANARY_SENTENCE
from tests.support.chatter import Chatter, Phones
from tests.support.house import Clock, House, Wiring, World, until
from usecases import reading, receiving
from usecases.arrival import Arrival, Channel
from usecases.inviting import By
from usecases.receiving import Received, Reception
from usecases.service import Service
from usecases.telling import Listener, Telling

TELEGRAM = Channel.TELEGRAM


async def words_kept(house: House) -> list[WordsToRead]:
    by = By("a made-up worker", house.world.clock.now)
    unread = (await reading.what_waits(house.service, by)).unread
    return sorted(unread, key=lambda words: words.received_at)


async def test_an_update_delivered_twice_has_one_effect(database_url: str) -> None:
    phones = Phones()
    async with World(database_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.begins()
        raw = young.tap(young.middle())
        assert [Outcome.HANDLED] * 3 == [await young.hands_in(raw) for _ in range(3)]
        assert young.last.text.startswith("2 of 8")
        assert 1 == sum(bubble.text.startswith("2 of 8") for bubble in young.window.ours)


async def test_two_taps_at_once_count_once(database_url: str) -> None:
    """One press can arrive as two updates with two numbers, side by side."""
    phones = Phones()
    async with World(database_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.begins()
        both = [young.tap(young.middle()) for _ in range(2)]
        outcomes = await asyncio.gather(*(house.intake.take(TELEGRAM, raw) for raw in both))
        await house.courier.settled()
        assert [Outcome.HANDLED] * 2 == outcomes
        assert 1 == sum(bubble.text.startswith("2 of 8") for bubble in young.window.ours)
        assert not any(bubble.text.startswith("3 of 8") for bubble in young.window.ours)


async def test_updates_in_the_wrong_order_leave_a_way_to_finish(sqlite_url: str) -> None:
    phones = Phones()
    async with World(sqlite_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.begins()
        first = young.tap(young.middle())
        await young.hands_in(first)
        second = young.tap(young.middle())
        later = updates.message(phones.next_update(), young.chat_id, 999, text="my own words")
        assert await house.intake.take_batch(TELEGRAM, [later, second, first])
        await house.courier.settled()
        for _ in range(6):
            await young.taps(young.middle())
        assert young.last.picture is not None


async def test_one_chat_is_served_in_order_and_others_beside_it(sqlite_url: str) -> None:
    phones = Phones()
    world = World(sqlite_url, Clock(step=timedelta(milliseconds=1)))
    async with world.open(phones.bots) as house:
        chatters = [Chatter(house, phones, chat_id) for chat_id in range(1, 5)]
        for chatter in chatters:
            await chatter.joins()
        raws = [
            updates.message(phones.next_update(), chatter.chat_id, 500 + number, text=f"{number}")
            for number in range(20)
            for chatter in chatters
        ]
        assert await house.intake.take_batch(TELEGRAM, raws)
        await house.courier.settled()
        kept = await words_kept(house)
    for person in {words.participant_id for words in kept}:
        texts = [words.text for words in kept if words.participant_id == person]
        assert [str(number) for number in range(20)] == texts


class BrokenWords(Exception):
    """A renderer that has a fault."""


def with_broken_words(service: Service) -> Service:
    def render(
        tellings: Sequence[Telling], listener: Listener, *, tapped: bool
    ) -> tuple[Outgoing, ...]:
        del tellings, listener, tapped
        raise BrokenWords(CANARY_SENTENCE)

    return replace(service, render=render)


async def test_what_cannot_be_handled_is_kept_and_handled_when_it_can_be(database_url: str) -> None:
    phones = Phones()
    world = World(database_url)
    async with world.open(phones.bots, Wiring(change=with_broken_words)) as house:
        young = Chatter(house, phones)
        assert await young.types(CANARY_SENTENCE) is Outcome.PARKED
        assert await house.intake.recover() == 0
    async with world.open(phones.bots) as house:
        young = Chatter(house, phones)
        assert await house.intake.recover() == 1
        await house.courier.settled()
        assert len(young.window.ours) == 1
        assert [CANARY_SENTENCE] == [words.text for words in await words_kept(house)]
        assert await house.intake.recover() == 0


async def test_one_that_always_fails_is_tried_a_few_times_and_then_waits_for_staff(
    sqlite_url: str,
) -> None:
    phones = Phones()
    async with World(sqlite_url).open(phones.bots, Wiring(change=with_broken_words)) as house:
        young = Chatter(house, phones)
        await young.types("hello")
        for _ in range(receiving.TRIES + 3):
            await house.intake.recover()
        assert house.intake.counts[Outcome.PARKED] == 1 + receiving.TRIES
        stuck = await house.service.lane.read(lambda rows: inbox.count_stuck(rows, receiving.TRIES))
        assert stuck == 1


async def test_one_bad_update_does_not_hurt_the_others_of_its_batch(sqlite_url: str) -> None:
    phones = Phones()
    async with World(sqlite_url).open(phones.bots) as house:
        bad: list[object] = [
            updates.message(phones.next_update(), 7, 1, text={"not": "text"}),
            updates.message(phones.next_update(), 7, 2, text="words", date="yesterday"),
            {"update_id": phones.next_update(), "callback_query": {"from": {}, "data": 3}},
            {"update_id": phones.next_update(), "message": [CANARY_SENTENCE]},
            {"update_id": phones.next_update()},
            {"no": "number"},
            None,
        ]
        good = updates.message(phones.next_update(), CANARY_CHAT_ID, 3, text="hello")
        assert await house.intake.take_batch(TELEGRAM, [*bad, good])
        await house.courier.settled()
        assert phones.session.window(CANARY_CHAT_ID).ours
        assert "words" in {words.text for words in await words_kept(house)}
        assert house.intake.counts[Outcome.UNREADABLE] == 2


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"{", b"[]", b"3", b"[" * 100_000, b'{"update_id": "7"}', b"\x00" * 10],
)
async def test_a_body_that_is_no_update_is_refused_without_an_error(
    sqlite_url: str, body: bytes
) -> None:
    async with World(sqlite_url).open(Phones().bots) as house:
        outcome = await house.intake.feed_raw(TELEGRAM, body)
        assert outcome is Outcome.UNREADABLE
        assert not outcome.accepted


async def test_a_message_of_a_hundred_kilobytes_is_answered(sqlite_url: str) -> None:
    phones = Phones()
    async with World(sqlite_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.begins()
        raw = updates.message(phones.next_update(), young.chat_id, 9, text="ä" * 100_000)
        said = len(young.window.ours)
        assert await house.intake.feed_raw(TELEGRAM, json.dumps(raw).encode()) is Outcome.HANDLED
        await house.courier.settled()
        assert len(young.window.ours) > said


# --- the database is away ---------------------------------------------------------------------


def lock(url: str) -> sqlite3.Connection:
    """Keep everybody else from writing."""
    connection = sqlite3.connect(Path(url.removeprefix("sqlite:///")), isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    return connection


async def test_while_the_database_is_away_nothing_is_said_to_have_arrived(sqlite_url: str) -> None:
    phones = Phones()
    async with World(sqlite_url, database_patience=0.05).open(phones.bots) as house:
        young = Chatter(house, phones)
        raw = updates.message(phones.next_update(), young.chat_id, 9, text="hello")
        with closing(lock(sqlite_url)):
            assert await house.intake.take(TELEGRAM, raw) is Outcome.AWAY
            away = await house.intake.feed_raw(TELEGRAM, json.dumps(raw).encode())
            assert not away.accepted
            assert young.window.ours == []
        assert await young.hands_in(raw) is Outcome.HANDLED
        assert len(young.window.ours) == 1


async def test_while_the_database_is_away_who_calls_for_help_is_told_whom_to_call_once(
    sqlite_url: str,
) -> None:
    phones = Phones()
    async with World(sqlite_url, database_patience=0.05).open(phones.bots) as house:
        young = Chatter(house, phones)
        raw = updates.message(phones.next_update(), young.chat_id, 9, text="help")
        with closing(lock(sqlite_url)):
            for _ in range(3):
                assert await house.intake.take(TELEGRAM, raw) is Outcome.AWAY
            await house.courier.settled()
            (told,) = young.window.ours
            assert "0800 1111" in told.text
        assert await young.hands_in(raw) is Outcome.HANDLED
        assert len(young.window.ours) == 2


async def test_a_batch_waits_for_the_database_and_then_goes_on_in_order(sqlite_url: str) -> None:
    phones = Phones()
    clock = Clock(step=timedelta(milliseconds=1))
    async with World(sqlite_url, clock, database_patience=0.05).open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.joins()
        raws = [
            updates.message(phones.next_update(), young.chat_id, 900 + number, text=f"{number}")
            for number in range(4)
        ]
        with closing(lock(sqlite_url)):
            batch = house.tasks.create_task(house.intake.take_batch(TELEGRAM, raws))
            await until(lambda: house.intake.counts[Outcome.AWAY])
            assert not batch.done()
        assert await batch
        assert ["0", "1", "2", "3"] == [words.text for words in await words_kept(house)]


async def test_asked_to_stop_it_no_longer_waits_for_the_database(sqlite_url: str) -> None:
    """Then the batch must not be confirmed."""
    phones = Phones()
    async with World(sqlite_url, database_patience=0.05).open(phones.bots) as house:
        raw = updates.message(phones.next_update(), 7, 1, text="hello")
        with closing(lock(sqlite_url)):
            batch = house.tasks.create_task(house.intake.take_batch(TELEGRAM, [raw]))
            await until(lambda: house.intake.counts[Outcome.AWAY])
            await house.intake.stop(1)
            assert await batch is False


# --- what takes too long -------------------------------------------------------------------------


class Slow(Reception):
    """Takes as long as it likes before it stores anything."""

    def __init__(self, service: Service) -> None:
        """Begin as slow as can be."""
        super().__init__(service)
        self.go_on = asyncio.Event()

    async def receive(self, arrival: Arrival) -> Received:
        """Wait until told to go on, then do as usual."""
        await self.go_on.wait()
        return await super().receive(arrival)


async def test_what_takes_too_long_is_kept_for_later_and_has_one_effect(sqlite_url: str) -> None:
    phones = Phones()
    made: list[Slow] = []

    def slow(service: Service) -> Slow:
        made.append(Slow(service))
        return made[0]

    async with World(sqlite_url).open(phones.bots, Wiring(patience=0.01, reception=slow)) as house:
        young = Chatter(house, phones)
        raw = updates.message(phones.next_update(), young.chat_id, 9, text="hello")
        outcome = await house.intake.take_patiently(TELEGRAM, raw)
        assert outcome is Outcome.PARKED
        made[0].go_on.set()
        await house.intake.stop(5)
        await house.intake.recover()
        await house.courier.settled()
        assert len(young.window.ours) == 1


# --- on the way out -------------------------------------------------------------------------------


async def test_nothing_is_said_before_it_is_stored(sqlite_url: str) -> None:
    """Every message that leaves is in the database, with what caused it, when it leaves."""
    phones = Phones()
    world = World(sqlite_url)
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    stored_when_sent: list[int] = []

    async def look(method: Any) -> None:
        del method
        with closing(sqlite3.connect(path)) as beside:
            query = "select count(*) from outbox"
            stored_when_sent.append(beside.execute(query).fetchone()[0])

    async with world.open(phones.bots) as house:
        phones.session.before = look
        await Chatter(house, phones).types("hello")
    assert [1] == stored_when_sent


async def test_times_come_from_the_clock_that_is_handed_in(sqlite_url: str) -> None:
    phones = Phones()
    async with World(sqlite_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.joins()
        await young.types("hello")
        kept = await words_kept(house)
        assert [house.world.clock.now] == [words.received_at for words in kept]
        assert isinstance(kept[0].received_at, datetime)
