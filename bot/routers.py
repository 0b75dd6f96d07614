"""Turns what aiogram hands us into arrivals: every handler is thin and decides nothing.

Handlers are made in functions, so that every dispatcher has its own. They return None. A sync
filter would run in a thread of its own, so each handler looks at the kind of chat itself.
"""

from __future__ import annotations

from typing import Final

from aiogram import Bot, Router
from aiogram.enums import ChatType
from aiogram.methods import LeaveChat
from aiogram.types import CallbackQuery, Chat, ChatMemberUpdated, InlineQuery, Message, Update

from bot import envelopes
from bot.callbacks import parse
from bot.channels import channel_of
from bot.doorway import Doorway, toast_for
from bot.reading import read_edit, read_message
from usecases.arrival import Knock

_PRIVATE: Final = ChatType.PRIVATE.value
_GONE: Final = frozenset({"left", "kicked"})


def listen_in_private(router: Router, doorway: Doorway) -> None:
    """Add the handlers for everything that one person says to us alone."""

    @router.callback_query()
    async def on_tap(query: CallbackQuery, bot: Bot, event_update: Update) -> None:
        message = query.message
        if message is not None and message.chat.type != _PRIVATE:
            return
        chat_id = query.from_user.id if message is None else message.chat.id
        message_id = None if message is None else message.message_id
        knock = Knock(channel_of(bot), chat_id, event_update.update_id, message_id)
        received = await doorway.take(knock, parse(query.data or ""))
        doorway.courier.aside(bot, envelopes.tap_answer(query.id, toast_for(received)))

    @router.message()
    async def on_message(message: Message, bot: Bot, event_update: Update) -> None:
        if message.chat.type != _PRIVATE:
            _leave(doorway, bot, message.chat)
            return
        what = read_message(message)
        if what is not None:
            knock = Knock(channel_of(bot), message.chat.id, event_update.update_id)
            await doorway.take(knock, what)

    @router.edited_message()
    async def on_edit(message: Message, bot: Bot, event_update: Update) -> None:
        what = read_edit(message) if message.chat.type == _PRIVATE else None
        if what is not None:
            knock = Knock(channel_of(bot), message.chat.id, event_update.update_id)
            await doorway.take(knock, what)


def stay_out_elsewhere(router: Router, doorway: Doorway) -> None:
    """Add the handlers for what reaches us outside a conversation with one person."""

    @router.my_chat_member()
    async def on_membership(change: ChatMemberUpdated, bot: Bot, event_update: Update) -> None:
        gone = change.new_chat_member.status in _GONE
        if change.chat.type == _PRIVATE:  # they blocked us, or let us in again
            knock = Knock(channel_of(bot), change.chat.id, event_update.update_id)
            await doorway.take_blocked(knock, blocked=gone)
        elif not gone:
            _leave(doorway, bot, change.chat)

    @router.inline_query()
    async def on_inline_query(query: InlineQuery) -> None:
        """Stay silent: these are half-typed words in somebody else's chat, not meant for us."""


def _leave(doorway: Doorway, bot: Bot, chat: Chat) -> None:
    """Leave a group or a channel without a word: other people would read along."""
    doorway.courier.aside(bot, LeaveChat(chat_id=chat.id))
