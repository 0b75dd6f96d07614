"""Takes in raw updates: each is stored or parked before anybody is told that it arrived.

One chat in order, chats side by side. aiogram's own polling and webhooks confirm updates before
they are handled, so a crash loses them; here nothing is confirmed that is not committed. It must
not log a word, a chat or a token.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from aiogram import Bot, Dispatcher

from bot.doorway import Doorway
from bot.intake_help import HelpMeanwhile
from bot.parsing import parse_update
from bot.patience import Patience
from bot.raw_updates import KINDS, RawUpdate, pruned, read_raw
from bot.reading import salvage
from bot.turns import Turns
from storage.errors import DatabaseAway
from usecases.arrival import Channel, Knock

PATIENCE: Final = 5.0
"""Seconds after which an update is kept for later, so that the sender need not wait longer."""

MOST_QUEUED: Final = 5_000
"""How many updates may wait for their chat's turn before we ask senders to come back later."""

_FIRST_REST: Final = 0.1
_LONGEST_REST: Final = 2.0

_log = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What became of a raw update."""

    HANDLED = "handled"
    PARKED = "parked"
    """It could not be handled now; its bytes are kept and it is tried again later."""
    IGNORED = "ignored"
    """It belongs to no chat with one person: there is nothing to keep and nobody to answer."""
    UNREADABLE = "unreadable"
    """It carries no number: it is not from the Bot API."""
    AWAY = "away"
    """Nothing was stored: the sender must not be told that it arrived."""

    @property
    def accepted(self) -> bool:
        """Whether the sender may be told that it arrived."""
        return self not in (Outcome.AWAY, Outcome.UNREADABLE)


class Intake:
    """The one way in for updates of all channels."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        doorway: Doorway,
        bots: Mapping[Channel, Bot],
        tasks: asyncio.TaskGroup,
        patience: float = PATIENCE,
    ) -> None:
        """Take what it stands on: `bots` holds the bot of each channel that is served."""
        self.counts: Counter[Outcome] = Counter()
        self._meanwhile = HelpMeanwhile(doorway.courier, bots)
        self._dispatcher = dispatcher
        self._doorway = doorway
        self._bots = bots
        self._tasks = tasks
        self._patience = Patience(patience)
        self._turns = Turns()
        self._late: set[asyncio.Task[Outcome]] = set()
        self._stopping = asyncio.Event()

    # --- one update -----------------------------------------------------------------------------

    async def take(self, channel: Channel, raw: object) -> Outcome:
        """Deal with one decoded update in its chat's turn; never raises on what it holds."""
        update = read_raw(raw)
        outcome = await self._in_turn(channel, update) if update else Outcome.UNREADABLE
        self.counts[outcome] += 1
        if outcome is Outcome.AWAY and update is not None:
            self._meanwhile.answer(channel, update)
        return outcome

    async def _in_turn(self, channel: Channel, update: RawUpdate) -> Outcome:
        if update.chat_id is None:
            return Outcome.IGNORED
        if self._turns.queued >= MOST_QUEUED:
            return Outcome.AWAY
        chat = (channel, update.chat_id)
        await self._turns.take(chat)
        try:
            await self._feed(channel, update)
        except DatabaseAway:
            return Outcome.AWAY
        except Exception as error:  # noqa: BLE001 - whatever it is, the update is kept
            _log.error("update %d is kept for later: %s", update.update_id, type(error).__name__)
            return await self._park(channel, update)
        finally:
            self._turns.give_back(chat)
        return Outcome.HANDLED

    async def _feed(self, channel: Channel, update: RawUpdate) -> None:
        """Hand an update to the dispatcher; one that aiogram does not know to the doorway."""
        bot = self._bots[channel]
        parsed = parse_update(update, bot) if update.kind in KINDS else None
        if parsed is not None:
            await self._dispatcher.feed_update(bot, parsed)
        elif update.private and update.chat_id is not None:
            what = salvage(update)
            if what is not None:
                knock = Knock(channel, update.chat_id, update.update_id, update.message_id)
                await self._doorway.take(knock, what)

    async def _park(self, channel: Channel, update: RawUpdate) -> Outcome:
        """Keep what we read of an update: nobody's name."""
        payload = json.dumps(pruned(update), separators=(",", ":")).encode()
        try:
            await self._doorway.park(channel, update.update_id, payload)
        except Exception as error:  # noqa: BLE001 - then it is not confirmed, and comes again
            _log.error("update %d could not be kept: %s", update.update_id, type(error).__name__)
            return Outcome.AWAY
        return Outcome.PARKED

    # --- senders that wait ------------------------------------------------------------------------

    async def take_patiently(self, channel: Channel, raw: object) -> Outcome:
        """Like `take`, but keep the update for later where dealing with it takes too long.

        What takes too long goes on beside it; whichever is stored first, it has one effect.
        """
        work = self._tasks.create_task(self.take(channel, raw))
        if await self._patience.wait_for(work):
            return work.result()
        self._late.add(work)
        work.add_done_callback(self._late.discard)
        update = read_raw(raw)
        if update is None or update.chat_id is None:
            return await work
        _log.warning("update %d takes long and is kept for later", update.update_id)
        self._meanwhile.answer(channel, update)
        return await self._park(channel, update)

    async def feed_raw(self, channel: Channel, body: bytes) -> Outcome:
        """Deal with the body of a webhook call; the caller has checked the secret."""
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError):
            self.counts[Outcome.UNREADABLE] += 1
            return Outcome.UNREADABLE
        return await self.take_patiently(channel, raw)

    async def take_batch(self, channel: Channel, raws: Sequence[object]) -> bool:
        """Deal with updates that are confirmed together; True when each is stored or kept.

        While the database is away they are tried again, each chat's in order, until it is back
        or `stop` is called (then False: none of them may be confirmed).
        """
        chats: dict[int | None, list[object]] = {}
        for raw in raws:
            update = read_raw(raw)
            chats.setdefault(update.chat_id if update else None, []).append(raw)
        done = await asyncio.gather(
            *(self._take_in_order(channel, several) for several in chats.values())
        )
        return all(done)

    async def _take_in_order(self, channel: Channel, raws: Sequence[object]) -> bool:
        for raw in raws:
            rest = _FIRST_REST
            while await self.take_patiently(channel, raw) is Outcome.AWAY:
                if await self._rest(rest):
                    return False
                rest = min(_LONGEST_REST, rest * 2)
        return True

    async def _rest(self, seconds: float) -> bool:
        """Wait a little; True when we are to stop instead of trying again."""
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True

    # --- what was parked, and the end -----------------------------------------------------------

    async def recover(self) -> int:
        """Try parked updates again; return how many were dealt with. Raises DatabaseAway."""
        dealt_with = 0
        for waiting in await self._doorway.take_parked():
            channel = Channel(waiting.ticket.channel)
            if channel in self._bots:
                outcome = await self.take(channel, json.loads(waiting.payload))
                dealt_with += outcome is Outcome.HANDLED
        return dealt_with

    async def stop(self, seconds: float) -> None:
        """Try nothing again, and let what is in hand come to its end, for so long at most."""
        self._stopping.set()
        if self._late:
            await asyncio.wait(self._late, timeout=seconds)
