"""Turns a raw update into aiogram's objects; for a tap it takes only the few parts that are read.

It must never raise on bad input, and shows nobody's name and no text of our own messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from aiogram import Bot
from aiogram.types import CallbackQuery, Chat, Message, Update, User
from pydantic import ValidationError

from bot.copies import copied
from bot.raw_updates import HIDDEN, RawUpdate, pruned

_LAST_DATE: Final = 1 << 33
_WHEN: Final = datetime(2020, 1, 1, tzinfo=UTC)
_USER: Final = User(id=0, is_bot=False, first_name=HIDDEN)
_CHAT: Final = Chat(id=0, type="private")
_MESSAGE: Final = Message(message_id=0, date=_WHEN, chat=_CHAT)
_QUERY: Final = CallbackQuery(id="-", from_user=_USER, chat_instance="", data="-", message=_MESSAGE)
_UPDATE: Final = Update(update_id=0, callback_query=_QUERY)


def parse_update(update: RawUpdate, bot: Bot) -> Update | None:
    """Return the update as aiogram knows it, bound to the bot, or None where it makes no sense."""
    if update.kind == "callback_query":
        tap = _parse_tap(update, bot)
        if tap is not None:
            return tap
    try:
        return Update.model_validate(pruned(update), context={"bot": bot})
    except ValidationError:  # it holds words, so it ends here
        return None


def _parse_tap(update: RawUpdate, bot: Bot) -> Update | None:
    """Return a tap as nearly all of them come; None for one that has to be looked at closely."""
    body = update.body
    number, data = body.get("id"), body.get("data")
    person, message = body.get("from"), body.get("message")
    if not (isinstance(person, Mapping) and isinstance(message, Mapping) and update.private):
        return None
    user_id, date = person.get("id"), message.get("date")
    if type(number) is not str or type(data) is not str or type(user_id) is not int:
        return None
    if type(date) is not int or not 0 < date < _LAST_DATE or update.message_id is None:
        return None
    chat = copied(_CHAT, bot, id=update.chat_id)
    sent = datetime.fromtimestamp(date, UTC)
    shown = copied(_MESSAGE, bot, message_id=update.message_id, date=sent, chat=chat)
    user = copied(_USER, bot, id=user_id)
    query = copied(_QUERY, bot, id=number, from_user=user, data=data, message=shown)
    return copied(_UPDATE, bot, update_id=update.update_id, callback_query=query)
