"""Lets the dispatcher speak to browsers: Bot API methods become lines of the chat's record.

A line is written first and shown second, so that nothing said to a closed browser vanishes. It
must not decide what is said, and serves only the methods that are listed here.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NoReturn, TypeVar, cast

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    EditMessageReplyMarkup,
    EditMessageText,
    GetMe,
    SendChatAction,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)
from aiogram.types import Chat, InlineKeyboardMarkup, InputFile, Message, User

from storage.outbox import Button
from usecases import transcribing
from usecases.service import Service
from usecases.transcribing import Shown
from web.bells import Bells

T = TypeVar("T")
Rows = tuple[tuple[Button, ...], ...]

_NOT_FOUND: Final = "Bad Request: message to edit not found"
_NO_TEXT: Final = "Bad Request: there is no text in the message to edit"
_PICTURE: Final = ".png"


class BridgeFault(Exception):
    """Something that the web chat cannot do was asked of it: our fault, not a person's."""


class UnsupportedOnWeb(BridgeFault):
    """A Bot API method, or a form of one, that browsers are not served with."""


class WebSession(BaseSession):
    """An aiogram session whose messages land in the record that browsers show."""

    def __init__(self, service: Service, clock: Callable[[], datetime]) -> None:
        """Take where lines are kept and a clock (aware UTC)."""
        super().__init__()
        self.bells = Bells()
        self._service = service
        self._clock = clock

    async def close(self) -> None:
        """Let the open pages go; there is no connection to close."""
        self.bells.close()

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[T],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's own signature
    ) -> T:
        """Carry out one method. Raises UnsupportedOnWeb, or storage.errors.DatabaseAway.

        Messages that cannot be changed are refused in the words of the Bot API.
        """
        del timeout
        return cast("T", await self._carry_out(bot, method))

    def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,  # noqa: FBT001, FBT002 - aiogram's own signature
    ) -> AsyncGenerator[bytes, None]:
        """Refuse: browsers send no files. Raises UnsupportedOnWeb."""
        del url, headers, timeout, chunk_size, raise_for_status
        msg = "browsers send no files"
        raise UnsupportedOnWeb(msg)

    async def _carry_out(self, bot: Bot, method: TelegramMethod[Any]) -> object:
        match method:
            case SendMessage():
                shown = Shown(method.text, _rows(method.reply_markup))
                return await self._write(bot, _chat(method.chat_id), shown)
            case SendPhoto():
                run = _run_of(method)
                shown = Shown(method.caption or "", _rows(method.reply_markup), run)
                return await self._write(bot, _chat(method.chat_id), shown)
            case EditMessageText():
                return await self._rewrite(bot, method)
            case EditMessageReplyMarkup():
                return await self._change_buttons(bot, method)
            case AnswerCallbackQuery() | DeleteMessage() | SendChatAction():
                return True
            case GetMe():
                return User(id=bot.id, is_bot=True, first_name="Starling", username="web")
            case _:
                raise UnsupportedOnWeb(type(method).__name__)

    async def _write(self, bot: Bot, visitor: int, shown: Shown) -> Message:
        now = self._clock()
        number = await transcribing.write(self._service, visitor, shown, now)
        self.bells.ring(visitor)
        return _message(bot, visitor, number, shown, now)

    async def _rewrite(self, bot: Bot, method: EditMessageText) -> Message:
        visitor, number, before = await self._find(method)
        if before.picture_run is not None:
            raise TelegramBadRequest(method=method, message=_NO_TEXT)
        after = Shown(method.text or "", _rows(method.reply_markup))
        return await self._change(bot, visitor, number, after)

    async def _change_buttons(self, bot: Bot, method: EditMessageReplyMarkup) -> Message:
        visitor, number, before = await self._find(method)
        return await self._change(
            bot, visitor, number, replace(before, rows=_rows(method.reply_markup))
        )

    async def _find(
        self, method: EditMessageText | EditMessageReplyMarkup
    ) -> tuple[int, int, Shown]:
        visitor, number = _chat(method.chat_id), method.message_id
        before = None
        if number is not None:
            before = await transcribing.shown(self._service, visitor, number)
        if number is None or before is None:
            raise TelegramBadRequest(method=method, message=_NOT_FOUND)
        return visitor, number, before

    async def _change(self, bot: Bot, visitor: int, number: int, after: Shown) -> Message:
        now = self._clock()
        await transcribing.change(self._service, visitor, number, after, now)
        self.bells.ring(visitor)
        return _message(bot, visitor, number, after, now)


def _chat(chat_id: int | str | None) -> int:
    """Return the visitor's number; names of channels mean nothing here."""
    return chat_id if isinstance(chat_id, int) else _refuse("a chat without a number")


def _run_of(method: SendPhoto) -> str:
    """Return the run whose picture this is: the file is named after it, its bytes are not kept."""
    photo = method.photo
    name = photo.filename if isinstance(photo, InputFile) else None
    if name is None or not name.endswith(_PICTURE):
        _refuse("a photo that is no run's picture")
    return name.removesuffix(_PICTURE)


def _rows(markup: object) -> Rows:
    if markup is None:
        return ()
    if not isinstance(markup, InlineKeyboardMarkup):
        _refuse(type(markup).__name__)
    return tuple(
        tuple(Button(each.text, each.callback_data or "", each.url or "") for each in row)
        for row in markup.inline_keyboard
    )


def _refuse(what: str) -> NoReturn:
    raise UnsupportedOnWeb(what)


def _message(bot: Bot, visitor: int, number: int, shown: Shown, now: datetime) -> Message:
    """Return the message as aiogram knows it, bound to the bot."""
    chat = Chat(id=visitor, type="private")
    return Message(message_id=number, date=now, chat=chat, text=shown.text).as_(bot)
