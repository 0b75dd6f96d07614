"""Makes the calls that bring one message: which methods, with which message number.

It must not decide what an error means: errors of the Bot API go up as they are.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest

from bot import envelopes
from bot.channels import channel_of
from bot.verdicts import Fate, judge
from storage.outbox import OutgoingKind, Sending
from storage.quoting import quotes
from surveys.people import Voice
from surveys.phrasebook import phrasebook
from usecases import sending as desk
from usecases.arrival import Channel
from usecases.service import Service

Draw = Callable[[str], Awaitable[bytes]]

_REMEMBERED: Final = 10_000

_log = logging.getLogger(__name__)


class Carrier:
    """Brings one message at a time and remembers which message asked which question."""

    def __init__(self, service: Service, draw: Draw) -> None:
        """Take the service, for questions asked by another process, and what draws a picture."""
        self._service = service
        self._draw = draw
        self._asked: OrderedDict[tuple[str, int], int] = OrderedDict()

    async def carry(self, bot: Bot, sending: Sending) -> int | None:
        """Bring one message; return its number in the chat, or None where nothing was to do.

        Raises what the session raises, or storage.errors.DatabaseAway.
        """
        sending = await self._with_their_words(bot, sending)
        match sending.outgoing.kind:
            case OutgoingKind.SEND:
                return await self._send(bot, sending)
            case OutgoingKind.PICTURE:
                return await self._send_picture(bot, sending)
            case OutgoingKind.EDIT_TAPPED:
                return await self._edit(bot, sending, sending.tapped_message)
            case OutgoingKind.EDIT_STEP:
                return await self._edit(bot, sending, await self._message_of_step(sending))

    async def _with_their_words(self, bot: Bot, sending: Sending) -> Sending:
        """Put somebody's own words in at the last moment; our own chat does so when it is shown."""
        if not quotes(sending.outgoing.text) or channel_of(bot) is Channel.WEB:
            return sending
        elsewhere = phrasebook().say("commands.written-elsewhere", Voice.OLDER)
        chat = (sending.channel, sending.chat_id)
        text = await desk.with_their_words(
            self._service, sending.outgoing.text, chat, sending.channel, elsewhere
        )
        return replace(sending, outgoing=replace(sending.outgoing, text=text))

    async def _send(self, bot: Bot, sending: Sending) -> int:
        outgoing = sending.outgoing
        method = envelopes.new_message(sending.chat_id, outgoing.text, outgoing.rows)
        message = await bot(method)
        self._remember(sending, message.message_id)
        return message.message_id

    async def _send_picture(self, bot: Bot, sending: Sending) -> int:
        """Send the picture with its words beside it, or the words alone where none can be drawn."""
        outgoing = sending.outgoing
        png = await self._drawn(bot, outgoing.run)
        if png is None or outgoing.run is None:
            return await self._send(bot, sending)
        if not envelopes.fits_beside_picture(outgoing.text):
            alone = envelopes.new_picture(sending.chat_id, outgoing.run, png, "", ())
            await bot(alone)
            return await self._send(bot, sending)
        method = envelopes.new_picture(
            sending.chat_id, outgoing.run, png, outgoing.text, outgoing.rows
        )
        message = await bot(method)
        return message.message_id

    async def _drawn(self, bot: Bot, run: str | None) -> bytes | None:
        """Return the picture as PNG; empty for browsers, whose page asks for it when it is seen."""
        if run is None:
            return None
        if channel_of(bot) is Channel.WEB:
            return b""
        try:
            return await self._draw(run)
        except Exception as error:  # noqa: BLE001 - the words say the same, so they go alone
            _log.warning("a picture could not be drawn: %s", type(error).__name__)
            return None

    async def _edit(self, bot: Bot, sending: Sending, message_id: int | None) -> int | None:
        if message_id is None:
            return None
        chat_id, text, rows = sending.chat_id, sending.outgoing.text, sending.outgoing.rows
        try:
            if text:
                await bot(envelopes.changed_message(chat_id, message_id, text, rows))
                return message_id
        except TelegramBadRequest as error:
            if judge(error).fate is not Fate.NO_TEXT_TO_EDIT:
                raise
        await bot(envelopes.changed_buttons(chat_id, message_id, rows))
        return message_id

    async def _message_of_step(self, sending: Sending) -> int | None:
        """Return the number of the message that asked the step which is to be changed."""
        run, step = sending.outgoing.run, sending.outgoing.step
        if run is None or step is None:
            return None
        known = self._asked.get((run, step))
        if known is not None:
            return known
        return await desk.step_message(self._service, run, step)

    def _remember(self, sending: Sending, message_id: int) -> None:
        run, step = sending.outgoing.run, sending.outgoing.step
        if run is None or step is None:
            return
        self._asked[(run, step)] = message_id
        if len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)
