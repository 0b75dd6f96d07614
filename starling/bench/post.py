"""Stands in for Telegram's servers without a network: notes when each message left, keeps none."""

from __future__ import annotations

import asyncio
import time
from array import array
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any, Final, cast

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import SendMessage, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Chat, Message

from bot.copies import copied
from starling.bench.phones import Unexpected

_CHAT: Final = Chat(id=1, type="private")
_MESSAGE: Final = Message(message_id=1, date=datetime(2026, 9, 1, tzinfo=UTC), chat=_CHAT, text="-")


class PostBox(BaseSession):
    """Takes every message at once; `left_at` holds when each one left (perf_counter)."""

    def __init__(self, journey: float | None = None) -> None:
        """journey: seconds that a call takes; None for none at all."""
        super().__init__()
        self.left_at = array("d")
        self._journey = journey

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's signature
    ) -> TelegramType:
        """Take one message; raises Unexpected for anything that no asking brings about."""
        del timeout
        if not isinstance(method, SendMessage):
            raise Unexpected(type(method).__name__)
        self.left_at.append(time.perf_counter())
        if self._journey is not None:
            await asyncio.sleep(self._journey)
        chat = copied(_CHAT, bot, id=method.chat_id)
        number = len(self.left_at)
        return cast("TelegramType", copied(_MESSAGE, bot, message_id=number, chat=chat))

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
        del url, headers, timeout, chunk_size
        if raise_for_status:
            raise Unexpected
        yield b""
