"""What no try could deal with still reaches a person: its words, an alert, and an answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.stranded import find_words
from storage import tables
from storage.outbox import Outgoing
from tests.support.callers import Caller, Place, joined, phone, rows
from tests.support.ladders import Bin, reached_ladder, ring
from usecases import alerting_canary, reading, receiving, stranded
from usecases.arrival import Channel
from usecases.service import Service
from usecases.stranded import Stranded
from usecases.telling import Listener, Telling

WORDS = "i want to die"
UPDATE = 999_999


class BrokenWords(Exception):
    """Stands for whatever breaks."""


def message(chat: int, **body: object) -> bytes:
    chat_of = {"id": chat, "type": "private"}
    return json.dumps({"update_id": UPDATE, "message": {"chat": chat_of, **body}}).encode()


async def strand(place: Place, service: Service, payload: bytes) -> None:
    """Park an update, and let every try fail."""
    await receiving.park(service, Channel.TELEGRAM, UPDATE, payload, place.now)
    for _ in range(stranded.TRIES):
        assert await stranded.rescue(service, find_words, place.now) == []
        assert len(await receiving.take_waiting(service)) == 1
    assert await receiving.take_waiting(service) == []


async def kinds(service: Service) -> list[str]:
    return sorted(row.kind for row in await rows(service, tables.alerts))


def with_broken_words(service: Service) -> Service:
    def render(
        tellings: Sequence[Telling], listener: Listener, *, tapped: bool
    ) -> tuple[Outgoing, ...]:
        del tellings, listener, tapped
        raise BrokenWords

    return replace(service, render=render)


async def test_its_words_are_read_by_a_person_and_answered(place: Place, service: Service) -> None:
    caller, invited = await joined(place, service)
    await strand(place, service, message(caller.chat, text=WORDS))
    caller.sees(await stranded.rescue(service, find_words, place.now))
    assert "999" in caller.said
    (words,) = (await reading.what_waits(service, place.by)).unread
    assert (words.text, words.level, words.participant_id) == (WORDS, "crisis", invited.participant)
    assert await kinds(service) == ["concern", "updates-stuck"]
    assert all(row.next_at is not None for row in await rows(service, tables.alerts))
    assert await stranded.rescue(service, find_words, place.now) == []
    assert len(await rows(service, tables.words)) == 1
    (kept,) = [row for row in await rows(service, tables.inbox) if row.update_id == UPDATE]
    assert kept.payload_cipher is None


async def test_where_no_answer_can_be_made_the_words_are_read_all_the_same(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    broken = with_broken_words(small)
    await strand(small_place, small, message(caller.chat, text="we had chips"))
    assert await stranded.rescue(broken, find_words, small_place.now) == []
    (words,) = (await reading.what_waits(small, small_place.by)).unread
    assert (words.text, words.participant_id) == ("we had chips", invited.participant)
    assert words.categories == ("not understood",)
    assert await kinds(small) == ["not-understood", "updates-stuck"]


async def test_of_a_stranger_and_of_no_chat_the_words_are_read_too(
    small_place: Place, small: Service
) -> None:
    stranger: Caller = phone(small_place, small)
    await strand(small_place, small, message(stranger.chat, photo=[{}], caption=WORDS))
    stranger.sees(await stranded.rescue(small, find_words, small_place.now))
    assert "999" in stranger.said
    nowhere = json.dumps({"update_id": UPDATE + 1, "message": {"text": WORDS}}).encode()
    await receiving.park(small, Channel.TELEGRAM, UPDATE + 1, nowhere, small_place.now)
    for _ in range(stranded.TRIES):
        await receiving.take_waiting(small)
    await stranded.rescue(small, find_words, small_place.now)
    assert [each.text for each in (await reading.what_waits(small, small_place.by)).unread] == [
        WORDS,
        WORDS,
    ]


@pytest.mark.parametrize(
    "payload",
    [
        b"poison",
        json.dumps({"update_id": UPDATE, "callback_query": {"data": "x"}}).encode(),
        message(7, text="abcde-fgh23"),
    ],
)
async def test_where_nothing_can_be_read_an_alert_goes_up_the_ladder_once(
    small_place: Place, small: Service, payload: bytes
) -> None:
    bin_ = Bin()
    service = replace(small, ladder=reached_ladder())
    await strand(small_place, service, payload)
    for _ in range(3):
        assert await stranded.rescue(service, find_words, small_place.now) == []
    assert await kinds(service) == ["updates-stuck"]
    assert await rows(service, tables.words) == []
    await ring(service, bin_, small_place.now)
    duty = {"https://chat.example.org/hooks/made-up", "dee.duty@example.org"}
    assert set(bin_.addresses) == duty


async def test_the_bell_for_what_is_overdue_raises_it_where_no_rescue_runs(
    small_place: Place, small: Service
) -> None:
    await strand(small_place, small, message(7, text=WORDS))
    now = small_place.forward(timedelta(minutes=5))
    assert await alerting_canary.look_for_overdue(small, now)
    assert not await alerting_canary.look_for_overdue(small, now)
    assert await kinds(small) == ["updates-stuck"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"text": "/start i want to die"}, WORDS),
        ({"text": "/help"}, "/help"),
        ({"voice": {}, "caption": " my dog "}, "my dog"),
        ({"sticker": {}}, ""),
    ],
)
def test_what_can_be_read_of_an_update(body: dict[str, object], text: str) -> None:
    assert find_words(message(7, **body)) == Stranded(7, text)
