"""Which bot speaks over which channel; it knows no wire format."""

from __future__ import annotations

from typing import Final

from aiogram import Bot

from usecases.arrival import Channel

WEB_BOT_ID: Final = 2
"""The number of the bot that serves browsers: its token is "2:web"."""


def channel_of(bot: Bot) -> Channel:
    """Return over which channel a bot speaks."""
    return Channel.WEB if bot.id == WEB_BOT_ID else Channel.TELEGRAM
