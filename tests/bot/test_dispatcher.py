"""Every kind of update that Telegram sends reaches somebody, and nobody else reads along."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiogram import Bot
from aiogram.methods import AnswerCallbackQuery, LeaveChat, SendMessage
from sqlalchemy import select

from bot.channels import channel_of
from bot.intake import Outcome
from bot.raw_updates import KINDS
from bot.reading import COMMANDS
from storage.tables import addresses
from tests.support import telegram_updates as updates
from tests.support.canary import CANARY_SENTENCE, CANARY_TOKEN
from tests.support.chat_window import Bubble
from tests.support.chatter import Chatter, Phones
from tests.support.house import World
from tests.support.recording_session import RecordingSession
from usecases import reading, transcribing
from usecases.arrival import Channel
from usecases.inviting import By


@asynccontextmanager
async def somebody(url: str) -> AsyncIterator[Chatter]:
    phones = Phones()
    async with World(url).open(phones.bots) as house:
        yield Chatter(house, phones)


GROUP = {"id": -4400, "type": "group", "title": "A made-up family"}
CHANNEL = {"id": -100440, "type": "channel", "title": "A made-up channel"}


async def test_somebody_unknown_is_greeted_kindly_and_asked_for_their_code(sqlite_url: str) -> None:
    async with somebody(sqlite_url) as nobody:
        assert await nobody.types("hello") is Outcome.HANDLED
        assert "code" in nobody.last.text


async def test_a_deep_link_begins_the_joining(sqlite_url: str) -> None:
    async with somebody(sqlite_url) as nobody:
        invited = await nobody.house.invite()
        assert invited.telegram is not None
        await nobody.types(f"/start {invited.telegram.rpartition('=')[2]}")
        assert "Next" in nobody.last.labels


@pytest.mark.parametrize("command", sorted(COMMANDS))
async def test_every_command_is_answered(sqlite_url: str, command: str) -> None:
    async with somebody(sqlite_url) as young:
        await young.joins()
        said = len(young.window.ours)
        assert await young.types(f"/{command}") is Outcome.HANDLED
        assert len(young.window.ours) > said


@pytest.mark.parametrize(
    "content",
    [
        {"sticker": updates.STICKER},
        {"photo": updates.PHOTO},
        {"photo": updates.PHOTO, "caption": CANARY_SENTENCE},
        {"voice": updates.VOICE},
        {"contact": updates.CONTACT},
        {"location": updates.PLACE},
        {"poll": updates.POLL},
        {"dice": {"emoji": "🎲", "value": 3}},
        {"something_new": {"x": 1}},
        {"text": CANARY_SENTENCE},
        {"text": "x" * 4096},
        {"text": "/unheard of"},
        {"text": "\ud83d half a character"},
        {"text": "   "},
    ],
)
async def test_in_the_middle_of_questions_everything_gets_an_answer_and_nothing_stalls(
    sqlite_url: str, content: dict[str, Any]
) -> None:
    async with somebody(sqlite_url) as young:
        await young.begins()
        said = len(young.window.ours)
        assert await young.sends(**content) is Outcome.HANDLED
        assert len(young.window.ours) > said
        await young.goes_on()
        for _ in range(8):
            await young.taps(young.middle())
        assert young.last.picture is not None


async def test_an_edit_is_heard(sqlite_url: str) -> None:
    async with somebody(sqlite_url) as young:
        await young.begins()
        said = len(young.window.ours)
        raw = updates.edited(young.phones.next_update(), young.chat_id, 5, text=CANARY_SENTENCE)
        assert await young.hands_in(raw) is Outcome.HANDLED
        assert len(young.window.ours) > said


async def test_a_forged_button_gets_a_kind_answer(sqlite_url: str) -> None:
    async with somebody(sqlite_url) as young:
        await young.begins()
        for data in (
            "a:forged:99",
            "r:nobody:1:t:3",
            "r:::t:",
            "",
            "m:menu\n",
            "x" * 64,
            "o:1:start",
        ):
            said = len(young.window.ours)
            raw = updates.tap(young.phones.next_update(), young.chat_id, young.last, data)
            assert await young.hands_in(raw) is Outcome.HANDLED
            assert len(young.window.ours) > said, data


async def test_a_tap_under_a_message_that_telegram_has_forgotten_counts(sqlite_url: str) -> None:
    """An old message comes without its content (date 0), or not at all."""
    async with somebody(sqlite_url) as young:
        await young.begins()
        forgotten = young.tap(young.middle())
        forgotten["callback_query"]["message"] |= {"date": 0}
        assert await young.hands_in(forgotten) is Outcome.HANDLED
        assert young.last.text.startswith("2 of 8")
        gone = young.tap(young.middle())
        del gone["callback_query"]["message"]
        assert await young.hands_in(gone) is Outcome.HANDLED
        assert young.last.text.startswith("3 of 8")


async def test_a_tap_is_acknowledged_once_it_is_stored(sqlite_url: str) -> None:
    async with somebody(sqlite_url) as young:
        await young.begins()
        young.phones.session.calls.clear()
        raw = young.tap(young.middle())
        await young.hands_in(raw)
        answers = young.phones.session.of(AnswerCallbackQuery)
        assert [raw["callback_query"]["id"]] == [answer.callback_query_id for answer in answers]
        assert answers[0].text is None


async def test_a_tap_delivered_twice_says_that_it_is_known(sqlite_url: str) -> None:
    async with somebody(sqlite_url) as young:
        await young.begins()
        raw = young.tap(young.middle())
        await young.hands_in(raw)
        said = len(young.window.ours)
        await young.hands_in(raw)
        assert len(young.window.ours) == said
        assert young.phones.session.of(AnswerCallbackQuery)[-1].text


@pytest.mark.parametrize("chat", [GROUP, CHANNEL])
async def test_added_to_a_group_or_channel_we_leave_without_a_word(
    sqlite_url: str, chat: updates.Raw
) -> None:
    async with somebody(sqlite_url) as young:
        raw = updates.membership(young.phones.next_update(), chat, "member")
        assert await young.hands_in(raw) is Outcome.HANDLED
        assert [LeaveChat(chat_id=chat["id"])] == young.phones.session.calls


async def test_words_in_a_group_are_not_answered_and_not_kept(sqlite_url: str) -> None:
    async with somebody(sqlite_url) as young:
        await young.joins()
        young.phones.session.calls.clear()
        raw = updates.message(young.phones.next_update(), young.chat_id, 9, text=CANARY_SENTENCE)
        raw["message"]["chat"] = GROUP
        await young.hands_in(raw)
        tap = updates.tap(young.phones.next_update(), young.chat_id, Bubble(1, True, ""), "m:help")
        tap["callback_query"]["message"]["chat"] = GROUP
        await young.hands_in(tap)
        assert [LeaveChat(chat_id=-4400)] == young.phones.session.calls


async def test_being_blocked_is_told_to_staff_once_and_stops_askings_until_we_are_let_in(
    sqlite_url: str,
) -> None:
    async with somebody(sqlite_url) as young:
        await young.joins()
        young.phones.session.calls.clear()
        service, chat = young.house.service, updates.private_chat(young.chat_id)
        kicked = updates.membership(young.phones.next_update(), chat, "kicked")
        for raw in (kicked, kicked):
            assert await young.hands_in(raw) is Outcome.HANDLED
        by = By("a worker", young.house.world.clock.now)
        told = (await reading.what_waits(service, by)).notices
        assert ["blocked"] == [notice.kind for notice in told]
        assert await is_reachable(young) is False
        let_in = updates.membership(young.phones.next_update(), chat, "member")
        for raw in (let_in, kicked):  # a repeat of the old one comes late and changes nothing
            assert await young.hands_in(raw) is Outcome.HANDLED
        assert await is_reachable(young) is True
        assert young.phones.session.calls == []


async def is_reachable(young: Chatter) -> bool:
    query = select(addresses.c.blocked_at)
    (blocked,) = await young.house.service.lane.read(lambda rows: rows.execute(query).scalars())
    return blocked is None


async def test_somebody_unknown_who_blocks_us_is_taken_in_quietly(sqlite_url: str) -> None:
    async with somebody(sqlite_url) as young:
        chat = updates.private_chat(young.chat_id)
        raw = updates.membership(young.phones.next_update(), chat, "kicked")
        assert await young.hands_in(raw) is Outcome.HANDLED
        assert young.phones.session.calls == []


async def test_half_typed_words_in_another_chat_are_not_meant_for_us(sqlite_url: str) -> None:
    async with somebody(sqlite_url) as young:
        query = {"id": "1", "from": updates.user(5), "query": CANARY_SENTENCE, "offset": ""}
        raw = {"update_id": young.phones.next_update(), "inline_query": query}
        assert await young.hands_in(raw) is Outcome.IGNORED
        assert young.phones.session.calls == []


async def test_a_kind_of_update_that_nobody_knows_gets_a_kind_answer(sqlite_url: str) -> None:
    async with somebody(sqlite_url) as young:
        await young.joins()
        said = len(young.window.ours)
        thought = {"chat": updates.private_chat(young.chat_id), "thought": CANARY_SENTENCE}
        raw = {"update_id": young.phones.next_update(), "telepathy": thought}
        assert await young.hands_in(raw) is Outcome.HANDLED
        assert len(young.window.ours) > said


async def test_we_ask_for_what_we_handle_and_for_edits_above_all(sqlite_url: str) -> None:
    async with somebody(sqlite_url) as young:
        handled = young.house.dispatcher.resolve_used_update_types()
        assert set(KINDS) == set(handled)
        assert "edited_message" in KINDS


def test_the_channel_is_decided_by_the_bot_that_an_update_came_through() -> None:
    session = RecordingSession()
    assert Channel.WEB is channel_of(Bot("2:web", session=session))
    assert Channel.TELEGRAM is channel_of(Bot(CANARY_TOKEN, session=session))


async def test_both_channels_are_served_by_one_dispatcher(sqlite_url: str) -> None:
    """The same chat number on two bots is two chats."""
    phones = Phones()
    browser = RecordingSession()
    bots = {**phones.bots, Channel.WEB: Bot("2:web", session=browser)}
    async with World(sqlite_url).open(bots) as house:
        visitor, _ = await transcribing.new_visitor(house.service, house.world.clock.now)
        raw = updates.message(1, visitor, 9, text="hello")
        assert await house.intake.take(Channel.WEB, raw) is Outcome.HANDLED
        assert await house.intake.take(Channel.TELEGRAM, raw) is Outcome.HANDLED
        await house.courier.settled()
    assert [visitor] == [call.chat_id for call in browser.of(SendMessage)]
    assert [visitor] == [call.chat_id for call in phones.session.of(SendMessage)]
