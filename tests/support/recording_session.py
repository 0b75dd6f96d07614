"""An aiogram session without a network: it records every call and keeps what each phone shows."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageReplyMarkup,
    EditMessageText,
    LeaveChat,
    SendMessage,
    SendPhoto,
)
from aiogram.methods.base import TelegramMethod, TelegramType
from aiogram.types import BufferedInputFile, Chat, InlineKeyboardMarkup, Message

from tests.support.chat_window import (
    Bubble,
    ChatWindow,
    Key,
    Keyboard,
    NoTextToEdit,
    NothingToEdit,
    NotModified,
)

Method = TypeVar("Method", bound=TelegramMethod[Any])

WHEN = datetime(2026, 9, 1, tzinfo=UTC)


class UnexpectedMethod(AssertionError):
    """The bot called something that it has no reason to call."""


class RecordingSession(BaseSession):
    """Answers every call; `before` may hold it up, or raise what a server would refuse with."""

    def __init__(self) -> None:
        """Begin with no chats and no calls."""
        super().__init__()
        self.calls: list[TelegramMethod[Any]] = []
        self.windows: dict[int, ChatWindow] = {}
        self.before: Callable[[TelegramMethod[Any]], Awaitable[None]] | None = None
        self._number = 0

    def window(self, chat_id: int) -> ChatWindow:
        """What the phone of this chat shows."""
        return self.windows.setdefault(chat_id, ChatWindow())

    def of(self, kind: type[Method]) -> list[Method]:
        """The calls of one method, in order."""
        return [call for call in self.calls if isinstance(call, kind)]

    def next_number(self) -> int:
        """Return the number of a new message."""
        self._number += 1
        return self._number

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's signature
    ) -> TelegramType:
        """Record a call and answer it as the Bot API would."""
        del timeout
        if self.before is not None:
            await self.before(method)
        self.calls.append(method)
        result = self._carry_out(method)
        if isinstance(result, Message):
            result.as_(bot)
        return cast("TelegramType", result)

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
        msg = "stream_content"
        raise UnexpectedMethod(msg)
        yield b""  # type: ignore[unreachable]  # makes this an async generator

    def _carry_out(self, method: TelegramMethod[Any]) -> object:
        match method:
            case SendMessage():
                return self._say(method.chat_id, method.text, method.reply_markup, None)
            case SendPhoto(photo=BufferedInputFile() as photo):
                return self._say(
                    method.chat_id, method.caption or "", method.reply_markup, photo.data
                )
            case EditMessageText():
                return self._change(method, method.text)
            case EditMessageReplyMarkup():
                return self._change(method, None)
            case AnswerCallbackQuery() | LeaveChat():
                return True
            case _:
                raise UnexpectedMethod(type(method).__name__)

    def _say(self, chat_id: int | str, text: str, markup: object, picture: bytes | None) -> Message:
        bubble = Bubble(self.next_number(), True, text, _keyboard(markup), picture)
        self.window(int(chat_id)).show(bubble)
        return _message(int(chat_id), bubble)

    def _change(
        self, method: EditMessageText | EditMessageReplyMarkup, text: str | None
    ) -> Message:
        chat_id = int(method.chat_id or 0)
        try:
            bubble = self.window(chat_id).change(
                method.message_id or 0, text, _keyboard(method.reply_markup)
            )
        except NotModified:
            raise TelegramBadRequest(method, "Bad Request: message is not modified") from None
        except NothingToEdit:
            raise TelegramBadRequest(method, "Bad Request: message to edit not found") from None
        except NoTextToEdit:
            raise TelegramBadRequest(
                method, "Bad Request: there is no text in the message to edit"
            ) from None
        return _message(chat_id, bubble)


def _keyboard(markup: object) -> Keyboard:
    if not isinstance(markup, InlineKeyboardMarkup):
        return ()
    return tuple(
        tuple(Key(each.text, each.callback_data or "", each.url or "") for each in row)
        for row in markup.inline_keyboard
    )


def _message(chat_id: int, bubble: Bubble) -> Message:
    chat = Chat(id=chat_id, type="private")
    return Message(message_id=bubble.number, date=WHEN, chat=chat, text=bubble.text or None)
