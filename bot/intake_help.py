"""Says whom to call while nothing can be stored: fixed words, without the database.

It must not answer anything but a call for help, and says it once for each update.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Final

from aiogram import Bot
from aiogram.methods import SendMessage

from bot.callbacks import parse
from bot.courier import Courier
from bot.envelopes import Rows, new_message
from bot.raw_updates import RawUpdate
from bot.reading import salvage
from bot.render import render
from surveys.understanding import calls_for_help
from usecases.arrival import Channel, CodeInput, MediaInput, MenuInput, MenuWish, TextInput
from usecases.presence import Presence
from usecases.telling import STRANGER_ON_TELEGRAM, HelpNow

_REMEMBERED: Final = 2_000
"""For how many updates we know that they were answered: each comes again until it is stored."""

_WHENEVER: Final = datetime(2020, 1, 1, tzinfo=UTC)


class HelpMeanwhile:
    """Sends the numbers to those who call for help; what they sent is dealt with later as well."""

    def __init__(self, courier: Courier, bots: Mapping[Channel, Bot]) -> None:
        """Take who brings small things to chats, and the bot of each channel."""
        self._courier = courier
        self._bots = bots
        self._answered: deque[int] = deque(maxlen=_REMEMBERED)

    def answer(self, channel: Channel, update: RawUpdate) -> None:
        """Say whom to call, where this calls for help and nothing was said about it yet.

        A browser shows the numbers by itself.
        """
        if channel is not Channel.TELEGRAM or update.chat_id is None or not update.private:
            return
        if update.update_id not in self._answered and is_call_for_help(update):
            self._answered.append(update.update_id)
            self._courier.aside(self._bots[channel], numbers_for(update.chat_id))


def is_call_for_help(update: RawUpdate) -> bool:
    """Tell whether an update is help tapped, typed, or written under something."""
    data = update.body.get("data")
    tapped = update.kind == "callback_query" and isinstance(data, str)
    match parse(str(data)) if tapped else salvage(update):
        case MenuInput(wish):
            return wish is MenuWish.HELP
        case TextInput(text) | CodeInput(text) | MediaInput(_, text):
            return calls_for_help(text)
        case _:
            return False


def numbers_for(chat_id: int) -> SendMessage:
    """Return the message with whom to call, as for somebody whom we do not know."""
    text, rows = _numbers()
    return new_message(chat_id, text, rows)


@cache
def _numbers() -> tuple[str, Rows]:
    nobody = Presence(here=False, now=_WHENEVER, turns=_WHENEVER)
    (message,) = render((HelpNow(nobody),), STRANGER_ON_TELEGRAM, tapped=False)
    return message.text, message.rows
