"""The second way: raw updates through intake and dispatcher, messages to a recording session."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from aiogram import Bot

from bot.channels import WEB_BOT_ID
from bot.intake import Outcome
from storage.quoting import quotes
from tests.support import telegram_updates as updates
from tests.support.canary import CANARY_TOKEN
from tests.support.chat_window import Bubble
from tests.support.recording_session import RecordingSession
from tests.support.transcripts import Does, Happening, Step, Transcript
from tests.support.ways import A_SECOND, Phone, Setting
from usecases.arrival import Channel
from usecases.sending import with_their_words
from usecases.service import Service

_THINGS: dict[str, dict[str, Any]] = {
    "a sticker": {"sticker": updates.STICKER},
    "a photo": {"photo": updates.PHOTO},
    "a voice message": {"voice": updates.VOICE},
    "a place": {"location": updates.PLACE},
    "a phone number": {"contact": updates.CONTACT},
}


async def _as_seen(service: Service, happening: Happening, phones: Iterable[Phone]) -> Happening:
    """Return a message with somebody's own words in it, which our own chat adds as it shows it."""
    text = happening.text
    for phone in phones if quotes(text) else ():
        chat = (phone.channel.value, phone.chat_id)
        text = await with_their_words(service, happening.text, chat)
        if "…" not in text:
            break
    return replace(happening, text=text)


@dataclass
class AiogramWay:
    """Raw updates through intake, dispatcher, use cases and courier to a recording session."""

    setting: Setting
    session: RecordingSession = field(default_factory=RecordingSession)

    async def invite(self, transcript: Transcript) -> None:
        """Let staff invite them."""
        await self.setting.invite(transcript)

    async def do(self, step: Step) -> list[Happening]:
        """Let one step happen."""
        self.setting.world.clock.forward(A_SECOND)
        bots = {
            Channel.TELEGRAM: Bot(CANARY_TOKEN, session=self.session),
            Channel.WEB: Bot(f"{WEB_BOT_ID}:web", session=self.session),
        }
        async with self.setting.world.open(bots) as house:
            if step.does in (Does.WAIT, Does.CLOSE):
                sendings = await self.setting.happen_without_them(house.service, step)
                house.courier.deliver(sendings)
            else:
                phone = await self.setting.phone(house.service, step.does)
                phone.window = self.session.window(phone.chat_id)
                raws = self._updates(step, phone)
                outcomes = await asyncio.gather(
                    *(house.intake.take(phone.channel, raw) for raw in raws)
                )
                assert set(outcomes) == {Outcome.HANDLED}
            await house.courier.settled()
            phones = self.setting.phones.values()
            return [await _as_seen(house.service, each, phones) for each in self.setting.news()]

    def _updates(self, step: Step, phone: Phone) -> list[updates.Raw]:
        what, chat = step.what, phone.chat_id
        match step.does:
            case Does.OPEN | Does.OPEN_ON_TELEGRAM | Does.OTHER_OPENS:
                return [self._message(phone, text=f"/start {self.setting.code(what)}")]
            case Does.TYPE:
                return [self._message(phone, text=what)]
            case Does.EDIT:
                return [updates.edited(next(self.setting.numbers), chat, phone.typed, text=what)]
            case Does.SEND:
                thing, _, caption = what.partition(": ")
                caption_part = {"caption": caption} if caption else {}
                return [self._message(phone, **_THINGS[thing], **caption_part)]
            case Does.TAP | Does.TAP_TWICE:
                bubble, key = phone.window.find(what)
                times = 2 if step.does is Does.TAP_TWICE else 1
                return [
                    updates.tap(next(self.setting.numbers), chat, bubble, key.data)
                    for _ in range(times)
                ]
            case Does.TAP_OLD:
                bubble, key = phone.window.find_old(what)
                return [updates.tap(next(self.setting.numbers), chat, bubble, key.data)]
            case Does.WAIT | Does.CLOSE:
                return []
            case _:
                assert_never(step.does)

    def _message(self, phone: Phone, **content: Any) -> updates.Raw:
        phone.typed = self.session.next_number()
        phone.window.show(Bubble(phone.typed, False, str(content.get("text", ""))))
        return updates.message(next(self.setting.numbers), phone.chat_id, phone.typed, **content)
