"""Our end of the Bot API: the bot, the session that it speaks through, and how it is set up.

It must not handle updates or messages.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Final, cast

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import AiogramError
from aiogram.methods import DeleteWebhook, SetMyCommands, SetMyDescription, SetWebhook
from aiogram.methods.base import TelegramMethod, TelegramType
from aiogram.types import BotCommand
from aiohttp import ClientTimeout

from bot.raw_updates import KINDS
from bot.reading import COMMANDS
from surveys.people import Voice
from surveys.phrasebook import phrasebook

ANSWER: Final = 15.0
"""Seconds in which a call has to be answered; see bot.courier.HOLD."""

CONNECT: Final = 5.0
"""Seconds in which a connection has to come about; without one, nothing was written."""

_FIRST_REST: Final = 1.0
_LONGEST_REST: Final = 60.0

_log = logging.getLogger(__name__)


class TelegramSession(AiohttpSession):
    """aiogram's session, with a limit of its own on connecting.

    A call that found no connection is told apart from one that found no answer: only the first
    may be made again without a doubt.
    """

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's signature
    ) -> TelegramType:
        """Make one call. Raises what AiohttpSession raises."""
        limits = ClientTimeout(
            total=self.timeout if timeout is None else timeout,
            connect=CONNECT,
            sock_connect=CONNECT,
        )
        # aiohttp takes either; aiogram hands it through and only names the plainer kind.
        return await super().make_request(bot, method, cast("int", limits))


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where Telegram sends updates, and the secret that proves that they are Telegram's."""

    url: str
    secret: str


def build_bot(token: str, api: str, answer: float = ANSWER) -> tuple[Bot, TelegramSession]:
    """Return the bot for a token and its session with the Bot API server at this base address.

    `answer` is how long a call may take, in seconds.
    """
    session = TelegramSession(api=TelegramAPIServer.from_base(api), timeout=answer)
    return Bot(token, session=session), session


async def set_up(bot: Bot, webhook: Webhook | None) -> str | None:
    """Tell Telegram how it reaches us and what our commands are; return the bot's user name.

    Goes on trying while Telegram cannot be reached. What kinds of update we want is said each
    time, because Telegram keeps what was said last. Nothing that waits is thrown away.
    """
    rest = _FIRST_REST
    while True:
        try:
            return await _set_up_once(bot, webhook)
        except AiogramError as error:
            _log.warning("Telegram could not be set up: %s", type(error).__name__)
        await asyncio.sleep(rest)
        rest = min(_LONGEST_REST, rest * 2)


async def _set_up_once(bot: Bot, webhook: Webhook | None) -> str | None:
    me = await bot.get_me()
    if webhook is None:
        await bot(DeleteWebhook(drop_pending_updates=False))
    else:
        await bot(
            SetWebhook(
                url=webhook.url,
                secret_token=webhook.secret,
                allowed_updates=list(KINDS),
                drop_pending_updates=False,
            )
        )
    await bot(SetMyCommands(commands=_commands()))
    await bot(SetMyDescription(description=_say("about")))
    return me.username


def _commands() -> list[BotCommand]:
    names = ("help", *(name for name in COMMANDS if name != "help"))
    return [BotCommand(command=name, description=_say(name)) for name in names]


def _say(name: str) -> str:
    return phrasebook().say(f"commands.{name}", Voice.OLDER)
