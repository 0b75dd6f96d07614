"""Somebody who chats with a house through raw updates, on a phone that a session keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiogram import Bot

from bot.intake import Outcome
from surveys.people import AgeBand, Role
from tests.support import telegram_updates as updates
from tests.support.canary import CANARY_CHAT_ID, CANARY_TOKEN
from tests.support.chat_window import Bubble, ChatWindow
from tests.support.house import House
from tests.support.recording_session import RecordingSession
from usecases.arrival import Channel

GO_ON = "▶️ Carry on"


@dataclass
class Phones:
    """The session that keeps every phone, the bot that speaks through it, and a running number."""

    session: RecordingSession = field(default_factory=RecordingSession)
    bot: Bot = field(init=False)
    last_update: int = 1000

    def __post_init__(self) -> None:
        """Make the bot."""
        self.bot = Bot(CANARY_TOKEN, session=self.session)

    @property
    def bots(self) -> dict[Channel, Bot]:
        """What a house is opened with."""
        return {Channel.TELEGRAM: self.bot}

    def next_update(self) -> int:
        """Return the number of a new update."""
        self.last_update += 1
        return self.last_update


@dataclass
class Chatter:
    """One person. What they do is handed to the house at once; returns what became of it."""

    house: House
    phones: Phones
    chat_id: int = CANARY_CHAT_ID

    @property
    def window(self) -> ChatWindow:
        """What their phone shows."""
        return self.phones.session.window(self.chat_id)

    @property
    def last(self) -> Bubble:
        """The newest message on it that is ours."""
        return self.window.last

    async def sends(self, **content: Any) -> Outcome:
        """Send a message of any kind."""
        number = self.phones.session.next_number()
        self.window.show(Bubble(number, ours=False, text=str(content.get("text", ""))))
        return await self.hands_in(
            updates.message(self.phones.next_update(), self.chat_id, number, **content)
        )

    async def types(self, text: str) -> Outcome:
        """Send words."""
        return await self.sends(text=text)

    async def taps(self, label: str) -> Outcome:
        """Tap the newest button with these words."""
        return await self.hands_in(self.tap(label))

    async def hands_in(self, raw: object) -> Outcome:
        """Hand in a raw update, and wait until our reply to it is sent."""
        self.house.world.clock.forward(timedelta(seconds=1))
        outcome = await self.house.intake.take(Channel.TELEGRAM, raw)
        await self.house.courier.settled()
        return outcome

    def tap(self, label: str) -> updates.Raw:
        """Return the update of a tap, without handing it in."""
        bubble, key = self.window.find(label)
        return updates.tap(self.phones.next_update(), self.chat_id, bubble, key.data)

    async def joins(
        self, role: Role = Role.YOUNG_PERSON, band: AgeBand = AgeBand.SIXTEEN_TO_SEVENTEEN
    ) -> None:
        """Follow an invitation, read the three pages and say yes."""
        invited = await self.house.invite(role, band)
        await self.types(f"/start {invited.code}")
        for label in ("Next", "Next", "Yes, I want to"):
            await self.taps(label)

    async def begins(self) -> None:
        """Join, and start the first questions."""
        await self.joins()
        await self.taps("Start")

    async def goes_on(self) -> None:
        """Carry on where the questions were stopped because somebody has to read something."""
        if GO_ON in self.last.labels:
            await self.taps(GO_ON)

    def middle(self) -> str:
        """The words on the middle answer of the newest question."""
        labels = (label for bubble in reversed(self.window.ours) for label in bubble.labels)
        return next(label for label in labels if label.startswith("😐"))
