"""Asking the Bot API for updates over real HTTP: confirmed means stored, whatever happens."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.intake import Outcome
from bot.polling import QUIET, Patience, Poller
from bot.telegram import Webhook, build_bot, set_up
from tests.support import telegram_updates as updates
from tests.support.canary import CANARY_CHAT_ID, CANARY_SENTENCE, CANARY_TOKEN
from tests.support.house import House, Wiring, World, until
from tests.support.telegram_server import Fault, Person, TelegramServer
from usecases.arrival import Channel


@dataclass(frozen=True)
class Running:
    """A house that polls the stand-in, and one person with a phone."""

    house: House
    server: TelegramServer
    poller: Poller
    person: Person


@asynccontextmanager
async def polling(
    url: str, server: TelegramServer, *, answer: float = 5.0, database_patience: float = 5.0
) -> AsyncIterator[Running]:
    bot, session = build_bot(CANARY_TOKEN, server.url, answer)
    world = World(url, database_patience=database_patience)
    async with world.open({Channel.TELEGRAM: bot}, Wiring(patience=2.0)) as house:
        poller = Poller(bot, session, house.intake, world.clock, Patience(hold=1, answer=2))
        loop = house.tasks.create_task(poller.run())
        try:
            yield Running(house, server, poller, server.person(CANARY_CHAT_ID))
        finally:
            poller.stop()
            await loop
            await house.courier.settled()
            await session.close()


@asynccontextmanager
async def stand_in() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


async def test_a_message_is_answered_and_confirmed_by_the_next_question(sqlite_url: str) -> None:
    async with stand_in() as server, polling(sqlite_url, server) as running:
        number = await running.person.types("hello")
        await server.until(lambda: running.person.window.ours)
        await server.until(lambda: number in server.confirmed)


async def test_we_say_what_we_want_every_time(sqlite_url: str) -> None:
    async with stand_in() as server, polling(sqlite_url, server):
        await server.until(lambda: server.sent("getUpdates"))
        assert "edited_message" in server.sent("getUpdates")[0]["allowed_updates"]


async def test_nothing_is_confirmed_while_the_database_is_away(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    async with stand_in() as server, polling(sqlite_url, server, database_patience=0.05) as running:
        with closing(sqlite3.connect(path, isolation_level=None)) as lock:
            lock.execute("BEGIN EXCLUSIVE")
            first = await running.person.types("one")
            second = await running.person.types("two")
            await until(lambda: running.house.intake.counts[Outcome.AWAY])
            assert not running.person.window.ours
            assert not server.confirmed
            lock.execute("ROLLBACK")
        await server.until(lambda: len(running.person.window.ours) == 2)
        await server.until(lambda: {first, second} <= set(server.confirmed))


async def test_updates_handed_out_twice_have_one_effect(sqlite_url: str) -> None:
    async with stand_in() as server, polling(sqlite_url, server) as running:
        server.repeat_updates = True
        number = await running.person.types("hello")
        await server.until(lambda: number in server.confirmed)
        await running.house.courier.settled()
        assert len(running.person.window.ours) == 1


async def test_after_a_quiet_week_numbers_may_start_again_from_below(sqlite_url: str) -> None:
    """With the old offset they would count as confirmed, and nobody would ever see them."""
    async with stand_in() as server, polling(sqlite_url, server) as running:
        number = await running.person.types("hello")
        await server.until(lambda: number in server.confirmed)
        running.house.world.clock.forward(QUIET + timedelta(minutes=1))
        asked = len(server.sent("getUpdates"))
        await server.until(lambda: len(server.sent("getUpdates")) > asked + 1)
        server.restart_numbers(1000)
        low = await running.person.types("here again")
        await server.until(lambda: len(running.person.window.ours) == 2)
        await server.until(lambda: low in server.confirmed)
        assert low < number


@pytest.mark.parametrize(
    "fault",
    [Fault.SERVER_ERROR, Fault.HTML_PAGE_BEFORE, Fault.CUT_BEFORE, Fault.TOO_FAST, Fault.FORBIDDEN],
)
async def test_trouble_with_asking_only_takes_time(sqlite_url: str, fault: Fault) -> None:
    async with stand_in() as server:
        server.will(fault, "getUpdates")
        async with polling(sqlite_url, server) as running:
            await running.person.types(CANARY_SENTENCE)
            await server.until(lambda: running.person.window.ours)


async def test_a_server_that_hangs_is_asked_again(sqlite_url: str) -> None:
    async with stand_in() as server:
        server.will(Fault.SILENCE_BEFORE, "getUpdates")
        async with polling(sqlite_url, server) as running:
            await running.person.types("hello")
            await server.until(lambda: running.person.window.ours)


async def test_a_batch_of_nonsense_does_not_make_it_spin(sqlite_url: str) -> None:
    async with stand_in() as server, polling(sqlite_url, server) as running:
        await server.push({"update_id": 500_000_000, "telepathy": "not even an object"})
        number = await running.person.types("hello")
        await server.until(lambda: number in server.confirmed)
        assert len(running.person.window.ours) == 1


async def test_stopping_does_not_wait_for_the_next_update(sqlite_url: str) -> None:
    async with stand_in() as server, polling(sqlite_url, server):
        await server.until(lambda: server.sent("getUpdates"))
        loop = asyncio.get_running_loop()
        began = loop.time()
    assert loop.time() - began < 1


# --- setting up ---------------------------------------------------------------------------------


async def test_setting_up_for_polling_takes_a_webhook_away_and_keeps_what_waits() -> None:
    async with stand_in() as server:
        server.webhook = {"url": "https://old.example.org"}
        bot, session = build_bot(CANARY_TOKEN, server.url)
        assert await set_up(bot, None) == updates.BOT_USER["username"]
        await session.close()
        assert [call.method for call in server.calls][:2] == ["getMe", "deleteWebhook"]
        assert server.sent("deleteWebhook")[0].get("drop_pending_updates") != "true"
        assert '"command": "help"' in server.sent("setMyCommands")[0]["commands"]


async def test_setting_up_a_webhook_says_the_secret_and_what_we_want() -> None:
    async with stand_in() as server:
        bot, session = build_bot(CANARY_TOKEN, server.url)
        await set_up(bot, Webhook("https://starling.example.org/telegram/webhook", "s" * 32))
        await session.close()
        assert server.webhook is not None
        assert server.webhook["secret_token"] == "s" * 32
        assert "edited_message" in server.webhook["allowed_updates"]


async def test_setting_up_goes_on_trying_while_telegram_cannot_be_reached() -> None:
    async with stand_in() as server:
        server.will(Fault.SERVER_ERROR, "getMe")
        bot, session = build_bot(CANARY_TOKEN, server.url)
        assert await set_up(bot, None)
        await session.close()
