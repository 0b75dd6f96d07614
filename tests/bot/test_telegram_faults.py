"""What goes wrong at Telegram's end, over real HTTP: answers are kept and sending resumes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.telegram import build_bot
from storage.outbox import Delivery
from tests.support.canary import CANARY_CHAT_ID, CANARY_TOKEN
from tests.support.chat_window import ChatWindow
from tests.support.house import House, World
from tests.support.telegram_server import Fault, Person, TelegramServer
from usecases.arrival import Channel


@dataclass(frozen=True)
class Scene:
    """A house that sends to the stand-in, and a person whose updates are handed in directly."""

    house: House
    server: TelegramServer
    person: Person

    @property
    def window(self) -> ChatWindow:
        """What the person's phone shows."""
        return self.person.window

    async def does(self, number: int) -> None:
        """Hand in the update with this number, and wait until our reply was tried."""
        self.house.world.clock.forward(timedelta(seconds=1))
        await self.house.intake.take(Channel.TELEGRAM, self.server.take(number))
        await self.house.courier.settled()

    async def types(self, text: str) -> None:
        """Let the person send words."""
        await self.does(await self.person.types(text))

    async def taps(self, label: str) -> None:
        """Let the person tap a button."""
        await self.does(await self.person.taps(label))

    async def begins(self) -> None:
        """Join, and start the first questions."""
        invited = await self.house.invite()
        await self.types(f"/start {invited.code}")
        for label in ("Next", "Next", "Yes, I want to", "Start"):
            await self.taps(label)

    async def later(self, by: timedelta) -> None:
        """Let time pass, and the courier look at what is due."""
        await self.house.service.lane.settled()
        self.house.world.clock.forward(by)
        await self.house.courier.look()
        await self.house.courier.settled()

    def questions(self, start: str) -> int:
        """How often something with these words was said, whatever it reads now."""
        happened = self.window.happened
        return sum(how == "said" and start in bubble.text for how, bubble in happened)

    async def finishes(self) -> None:
        """Answer whatever stands until the picture comes."""
        for _ in range(8):
            if self.window.last.picture is not None:
                return
            labels = (label for each in reversed(self.window.ours) for label in each.labels)
            await self.taps(next(label for label in labels if label.startswith("😐")))
        assert self.window.last.picture is not None


@asynccontextmanager
async def scene(url: str) -> AsyncIterator[Scene]:
    async with TelegramServer() as server:
        bot, session = build_bot(CANARY_TOKEN, server.url, 0.4)
        try:
            async with World(url).open({Channel.TELEGRAM: bot}) as house:
                yield Scene(house, server, server.person(CANARY_CHAT_ID))
        finally:
            await session.close()


MIDDLE = "😐 Some days good, some days not"


@pytest.mark.parametrize("fault", [Fault.TOO_FAST, Fault.SERVER_ERROR])
async def test_told_that_it_was_not_sent_we_send_it_later_exactly_once(
    sqlite_url: str, fault: Fault
) -> None:
    async with scene(sqlite_url) as here:
        await here.begins()
        here.server.will(fault, "sendMessage", retry_after=7)
        await here.taps(MIDDLE)
        assert here.questions("2 of 8") == 0
        await here.later(timedelta(seconds=8))
        assert here.questions("2 of 8") == 1
        await here.finishes()


async def test_with_nobody_listening_we_try_until_somebody_does(sqlite_url: str) -> None:
    async with scene(sqlite_url) as here:
        await here.begins()
        number = await here.person.taps(MIDDLE)
        await here.server.stop()
        await here.does(number)
        assert here.house.courier.counts[Delivery.UNKNOWN] == 0
        await here.later(timedelta(minutes=5))
        await here.server.start()
        await here.later(timedelta(minutes=5))
        assert here.questions("2 of 8") == 1
        await here.finishes()


@pytest.mark.parametrize("fault", [Fault.SILENCE_AFTER, Fault.CUT_AFTER, Fault.HTML_PAGE])
async def test_a_question_that_did_arrive_can_be_answered_whatever_we_heard(
    sqlite_url: str, fault: Fault
) -> None:
    async with scene(sqlite_url) as here:
        await here.begins()
        here.server.will(fault, "sendMessage")
        await here.taps(MIDDLE)
        assert here.house.courier.counts[Delivery.UNKNOWN] == 1
        assert here.questions("2 of 8") == 1
        await here.finishes()
        await here.later(timedelta(minutes=5))
        assert here.questions("2 of 8") == 1


@pytest.mark.parametrize("fault", [Fault.SILENCE_BEFORE, Fault.CUT_BEFORE, Fault.HTML_PAGE_BEFORE])
async def test_a_question_that_did_not_arrive_is_put_again_and_nobody_is_stuck(
    sqlite_url: str, fault: Fault
) -> None:
    async with scene(sqlite_url) as here:
        await here.begins()
        here.server.will(fault, "sendMessage")
        await here.taps(MIDDLE)
        assert here.questions("2 of 8") == 0
        await here.later(timedelta(seconds=31))
        assert here.questions("2 of 8") == 1
        await here.finishes()


@pytest.mark.parametrize("fault", [Fault.SILENCE_BEFORE, Fault.CUT_BEFORE, Fault.HTML_PAGE_BEFORE])
async def test_help_comes_at_last_whatever_goes_wrong(sqlite_url: str, fault: Fault) -> None:
    async with scene(sqlite_url) as here:
        here.server.will(fault, "sendMessage", times=2)
        await here.types("/help")
        for _ in range(3):
            await here.later(timedelta(minutes=1))
        assert "999" in here.window.last.text


async def test_help_that_may_have_arrived_is_sent_again(sqlite_url: str) -> None:
    """At least once: twice is better than never."""
    async with scene(sqlite_url) as here:
        here.server.will(Fault.CUT_AFTER, "sendMessage")
        await here.types("/help")
        await here.later(timedelta(minutes=1))
        assert here.questions("999") == 2


async def test_somebody_who_blocked_us_is_not_written_to_until_they_write(sqlite_url: str) -> None:
    async with scene(sqlite_url) as here:
        await here.begins()
        here.server.will(Fault.FORBIDDEN, "sendMessage")
        await here.taps(MIDDLE)
        calls = len(here.server.calls)
        await here.later(timedelta(hours=2))
        assert calls == len(here.server.calls)
        await here.types("go on")
        await here.finishes()


@pytest.mark.parametrize("fault", [Fault.SILENCE_BEFORE, Fault.CUT_AFTER, Fault.SERVER_ERROR])
async def test_an_edit_is_simply_made_again(sqlite_url: str, fault: Fault) -> None:
    async with scene(sqlite_url) as here:
        await here.begins()
        question = here.window.last
        here.server.will(fault, "editMessageText")
        await here.taps(MIDDLE)
        await here.later(timedelta(seconds=5))
        assert "You chose" in here.window.bubbles[question.number].text
        assert here.questions("2 of 8") == 1


async def test_a_picture_goes_through_as_a_file(sqlite_url: str) -> None:
    async with scene(sqlite_url) as here:
        await here.begins()
        await here.finishes()
        sent = here.server.sent("sendPhoto")
        assert len(sent) == 1
        assert sent[0]["protect_content"] == "true"


async def test_everything_that_is_sent_is_plain_and_protected(sqlite_url: str) -> None:
    async with scene(sqlite_url) as here:
        await here.begins()
        await here.finishes()
        for fields in here.server.sent("sendMessage"):
            assert fields["protect_content"] == "true"
            assert not fields.get("parse_mode")
            assert '"is_disabled": true' in fields["link_preview_options"]
