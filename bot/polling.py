"""Asks the Bot API for updates, and for newer ones only when all of these are stored.

It must not let aiogram parse a batch, as one update that it cannot read would hurt the others, and
must not show an error's text: addresses hold the token.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiogram import Bot
from aiohttp import ClientError, ClientTimeout

from bot.intake import Intake
from bot.raw_updates import KINDS, read_raw
from bot.telegram import TelegramSession
from usecases.arrival import Channel

QUIET: Final = timedelta(days=1)
"""After so long without an update we ask without an offset: the Bot API starts its numbers again at
random after a week without traffic, and a number below an old offset would count as confirmed."""

_BATCH: Final = 100
_FIRST_REST: Final = 1.0
_LONGEST_REST: Final = 30.0

_log = logging.getLogger(__name__)


class NoUpdates(Exception):
    """The Bot API handed out no updates; `wait` is how long it asked us to wait (seconds)."""

    def __init__(self, why: str, wait: float = 0.0) -> None:
        """Say why in a word that holds nothing secret."""
        super().__init__(why)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that the server may hold a question open, and for an answer on top of that."""

    hold: int = 25
    answer: float = 15.0


class Poller:
    """The loop of one bot."""

    def __init__(
        self,
        bot: Bot,
        session: TelegramSession,
        intake: Intake,
        clock: Callable[[], datetime],
        patience: Patience | None = None,
    ) -> None:
        """Take the bot with its session, where updates go, and a clock (aware UTC)."""
        self.last_answer: datetime | None = None
        """When the Bot API answered last: what a health page looks at."""
        self._bot = bot
        self._session = session
        self._intake = intake
        self._clock = clock
        self._patience = patience or Patience()
        self._offset: int | None = None
        self._last_update = clock()
        self._stopping = asyncio.Event()
        self._limit: asyncio.Timeout | None = None

    async def run(self) -> None:
        """Ask until `stop` is called; returns when what was handed out is dealt with."""
        rest = _FIRST_REST
        while not self._stopping.is_set():
            try:
                raws = await self._ask()
            except NoUpdates as trouble:
                if self._stopping.is_set():
                    break
                _log.warning("no updates: %s", trouble)
                await self._sleep(max(trouble.wait, rest))
                rest = min(_LONGEST_REST, rest * 2)
                continue
            rest = _FIRST_REST
            await self._deal_with(raws)

    def stop(self) -> None:
        """Ask no more; an answer that is under way is given up, as nothing of it is confirmed."""
        self._stopping.set()
        if self._limit is not None:
            self._limit.reschedule(asyncio.get_running_loop().time())

    async def _deal_with(self, raws: list[object]) -> None:
        """Store these updates; only then does the next question confirm them."""
        now = self.last_answer = self._clock()
        if raws:
            self._last_update = now
            numbers = [found.update_id for raw in raws if (found := read_raw(raw)) is not None]
            if await self._intake.take_batch(Channel.TELEGRAM, raws) and numbers:
                self._offset = max(numbers) + 1
            elif not numbers:
                await self._sleep(_FIRST_REST)  # nothing here can be confirmed: do not spin
        elif now - self._last_update > QUIET:
            self._offset = None

    async def _ask(self) -> list[object]:
        """Return the next updates as they came, decoded; raises NoUpdates."""
        try:
            async with asyncio.timeout(self._patience.hold + self._patience.answer) as limit:
                self._limit = limit
                return await self._post()
        except (TimeoutError, ClientError, ValueError) as error:
            # Only its kind is told: its text holds the address, and that holds the token.
            raise NoUpdates(type(error).__name__) from None
        finally:
            self._limit = None

    async def _post(self) -> list[object]:
        question: dict[str, object] = {
            "limit": _BATCH,
            "timeout": self._patience.hold,
            "allowed_updates": KINDS,
        }
        if self._offset is not None:
            question["offset"] = self._offset
        address = self._session.api.api_url(token=self._bot.token, method="getUpdates")
        http = await self._session.create_session()
        async with http.post(address, json=question, timeout=ClientTimeout()) as response:
            return _updates_in(json.loads(await response.read()), response.status)

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


def _updates_in(answer: object, status: int) -> list[object]:
    """Return the updates of a decoded answer; raises NoUpdates where it holds none."""
    match answer:
        case {"ok": True, "result": list(raws)}:
            return raws
        case {"parameters": {"retry_after": int(seconds)}}:
            raise NoUpdates(str(status), wait=seconds)
        case _:
            raise NoUpdates(str(status))
