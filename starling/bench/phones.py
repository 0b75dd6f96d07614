"""Stands in for Telegram's servers without a network; it notes when a chat has got its replies."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from typing import Any, Final, cast

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageReplyMarkup,
    EditMessageText,
    SendMessage,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from aiogram.types import Chat, Message

from bot.copies import copied
from starling.bench.taps import Tap

_CHAT: Final = Chat(id=1, type="private")
_MESSAGE: Final = Message(message_id=1, date=datetime(2026, 9, 1, tzinfo=UTC), chat=_CHAT, text="-")


class Unexpected(Exception):
    """A method came that no answer brings about: the measurement would measure something else."""


class Phones(BaseSession):
    """Takes every method at once and returns what the Bot API would: bound objects.

    They are copies of one message, so that the stand-in costs next to nothing on either side.
    """

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        super().__init__()
        self.surplus = 0
        """How many methods came that nobody expected."""
        self._answers: dict[type, Callable[[Bot, Any], object]] = {
            SendMessage: self._send,
            EditMessageText: self._change,
            EditMessageReplyMarkup: self._change,
            AnswerCallbackQuery: self._end_waiting,
        }
        self._number = 1_000_000
        self._missing: dict[int, int] = {}
        self._complete: dict[int, asyncio.Future[float]] = {}
        self._chat_of: dict[str, int] = {}

    def expect(self, tap: Tap, calls: int) -> asyncio.Future[float]:
        """Return the moment (perf_counter) at which this tap's chat has had so many methods."""
        complete: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._missing[tap.chat_id] = calls
        self._complete[tap.chat_id] = complete
        self._chat_of[tap.query_id] = tap.chat_id
        return complete

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's signature
    ) -> TelegramType:
        """Take one method; raises Unexpected for a kind that answers do not bring about."""
        del timeout
        answer = self._answers.get(type(method))
        if answer is None:
            raise Unexpected(type(method).__name__)
        return cast("TelegramType", answer(bot, method))

    async def close(self) -> None:
        """Nothing is open."""

    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,  # noqa: ASYNC109 - aiogram's signature
        chunk_size: int = 65536,
        raise_for_status: bool = True,  # noqa: FBT001, FBT002 - aiogram's signature
    ) -> AsyncGenerator[bytes, None]:
        """Nothing is ever downloaded."""
        del url, headers, timeout, chunk_size, raise_for_status
        if self._complete:
            raise Unexpected
        yield b""

    def _send(self, bot: Bot, method: SendMessage) -> Message:
        self._number += 1
        return self._show(bot, int(method.chat_id), self._number)

    def _change(self, bot: Bot, method: EditMessageText | EditMessageReplyMarkup) -> Message:
        return self._show(bot, int(method.chat_id or 0), method.message_id or 0)

    def _end_waiting(self, _bot: Bot, method: AnswerCallbackQuery) -> bool:
        self._note(self._chat_of.pop(method.callback_query_id))
        return True

    def _show(self, bot: Bot, chat_id: int, number: int) -> Message:
        self._note(chat_id)
        return copied(_MESSAGE, bot, message_id=number, chat=copied(_CHAT, bot, id=chat_id))

    def _note(self, chat_id: int) -> None:
        missing = self._missing[chat_id] = self._missing[chat_id] - 1
        if not missing:
            self._complete[chat_id].set_result(time.perf_counter())
        elif missing < 0:
            self.surplus += 1
