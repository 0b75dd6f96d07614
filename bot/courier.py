"""Brings stored messages to their chats and reports honestly what became of each.

One chat is served in order, chats side by side. It must not send what is not committed, and never
holds up whoever hands messages over.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from aiogram import Bot
from aiogram.methods import TelegramMethod

from bot.carrier import Carrier, Draw
from bot.ledger import Ledger
from bot.limits import Limits, most_ahead
from bot.lines import LAST, Line, Parcel
from bot.pace import Bucket, Pace
from bot.verdicts import Fate, Verdict, judge, rest_after, settle, try_again
from storage.outbox import Delivery, Sending, Sent
from usecases import sending as desk
from usecases.arrival import Channel
from usecases.service import Service

HOLD: Final = timedelta(seconds=40)
"""How long a message may wait here: it is under a lease of 60 seconds, a call takes 15 at most."""

MOMENT: Final = timedelta(seconds=0.5)
"""How long an asking may wait here before it is looked at again whether it is still wanted."""

_SIDE_BY_SIDE: Final = 60
_ASKINGS_SIDE_BY_SIDE: Final = 40
_MOST_WAITING: Final = 200
_MOST_ASIDES: Final = 500
_LOOK_EVERY: Final = 1.0
_NO_SUCH_CHANNEL: Final = timedelta(minutes=1)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Route:
    """How the chats of one channel are reached: which bot speaks, and how fast it may."""

    bot: Bot
    pace: Pace | None = None


class Courier:
    """Sends what is handed over after a commit, and what the outbox still holds."""

    def __init__(
        self,
        service: Service,
        clock: Callable[[], datetime],
        routes: Mapping[Channel, Route],
        tasks: asyncio.TaskGroup,
        draw: Draw,
    ) -> None:
        """Take what it stands on. `draw` returns the picture (PNG) of a run."""
        self._service = service
        self._clock = clock
        self._ledger = Ledger(service, clock)
        self._check_again = partial(desk.check_again, service)
        self._tasks = tasks
        self._routes = {channel.value: route for channel, route in routes.items()}
        self._carrier = Carrier(service, draw)
        self._limits = Limits()
        self._lines: dict[tuple[str, int], Line] = {}
        self._room = asyncio.Semaphore(_SIDE_BY_SIDE)
        self._room_for_askings = asyncio.Semaphore(_ASKINGS_SIDE_BY_SIDE)
        paces = [route.pace for route in routes.values() if route.pace is not None]
        self._most_ahead = min([_MOST_WAITING, *map(most_ahead, paces)])
        self._waiting = 0
        self._less_waits = asyncio.Event()
        self._asides = 0
        self._under_way = 0
        self._quiet = asyncio.Event()
        self._bell = asyncio.Event()
        self._stopping = False
        self._dropping = False

    @property
    def counts(self) -> Counter[Delivery]:
        """How often what became of messages, since this process started."""
        return self._ledger.counts

    # --- handing over -------------------------------------------------------------------------

    def deliver(self, sendings: Iterable[Sending]) -> None:
        """Take over messages that are committed; returns at once."""
        now = self._clock()
        for sending in sendings:
            line = self._line(sending)
            line.add(sending, now)
            self._waiting += 1
            if not line.busy:
                line.busy = True
                self._begin(self._serve(line, self._routes.get(sending.channel)))

    async def room(self) -> int:
        """Return how many askings may be handed over now: when fewer than half of those wait.

        0 where no more are taken.
        """
        while not self._stopping and 2 * self._waiting > self._most_ahead:
            self._less_waits.clear()
            await self._less_waits.wait()
        return 0 if self._stopping else self._most_ahead - self._waiting

    def aside(self, bot: Bot, method: TelegramMethod[Any]) -> None:
        """Do something small beside the conversation: nobody waits, and it may fail silently."""
        if self._asides < _MOST_ASIDES:
            self._asides += 1
            self._begin(self._do_aside(bot, method))

    @property
    def waiting(self) -> int:
        """How many messages wait here now."""
        return self._waiting

    # --- what the outbox holds ----------------------------------------------------------------

    async def run(self) -> None:
        """Look every second, or when woken, for messages that are due or need repair."""
        while not self._stopping:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), _LOOK_EVERY)
            self._bell.clear()
            if not self._stopping:
                await self._look_safely()

    def wake(self) -> None:
        """Look at once: something is due."""
        self._bell.set()

    async def look(self) -> None:
        """Take what is due or needs repair out of the outbox. Raises DatabaseAway."""
        now = self._clock()
        if self.waiting < _MOST_WAITING:
            self.deliver(await desk.claim_due(self._service, now))
            self.deliver(await desk.repair(self._service, now))
        self._forget_idle_lines(now)

    async def _look_safely(self) -> None:
        try:
            await self.look()
        except Exception as error:  # noqa: BLE001 - the next look may work out
            _log.warning("the outbox could not be read: %s", type(error).__name__)

    # --- ending -------------------------------------------------------------------------------

    async def settled(self) -> None:
        """Return when everything that was handed over was sent, or tried, and is reported."""
        while self._under_way:
            self._quiet.clear()
            await self._quiet.wait()
        self._ledger.flush()

    async def drain(self, seconds: float) -> None:
        """Send what was handed over, for so long at most, and report; the rest stays stored."""
        self._stopping = True
        self._bell.set()
        self._less_waits.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.settled()
        self._dropping = True
        for line in self._lines.values():
            while (parcel := self._take_from(line)) is not None:
                self._ledger.add(try_again(parcel.sending, self._clock()))
            line.end_turn()
        self._ledger.flush()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._under_way += 1
        self._tasks.create_task(work)

    def _end(self) -> None:
        self._under_way -= 1
        if not self._under_way:
            self._quiet.set()

    # --- one chat -----------------------------------------------------------------------------

    def _line(self, sending: Sending) -> Line:
        key = (sending.channel, sending.chat_id)
        line = self._lines.get(key)
        if line is None:
            route = self._routes.get(sending.channel)
            pace = route.pace if route is not None else None
            bucket = Bucket(pace.chat_rate, pace.chat_burst) if pace is not None else None
            line = self._lines[key] = Line(bucket)
        return line

    async def _serve(self, line: Line, route: Route | None) -> None:
        """Bring everything that waits for one chat, one after the other."""
        try:
            while line.first is not None:
                if route is not None and route.pace is not None:
                    await self._limits.let_through(route.pace, line)
                parcel = self._take_from(line)
                if parcel is not None:
                    self._ledger.add(await self._bring(route, line, parcel))
        finally:
            line.busy = False
            self._end()

    def _take_from(self, line: Line) -> Parcel | None:
        parcel = line.next()
        if parcel is not None:
            self._waiting -= 1
            if 2 * self._waiting <= self._most_ahead:
                self._less_waits.set()
        return parcel

    async def _bring(self, route: Route | None, line: Line, parcel: Parcel) -> Sent:
        """Bring one message, or put it back into the outbox, or find that nobody wants it."""
        sending = parcel.sending
        if route is None:
            return try_again(sending, self._clock() + _NO_SUCH_CHANNEL)
        if parcel.rank < LAST:
            async with self._room:
                return await self._bring_now(route, line, parcel)
        # Whatever hangs, there is room left for what somebody waits for.
        async with self._room_for_askings, self._room:
            return await self._bring_now(route, line, parcel)

    async def _bring_now(self, route: Route, line: Line, parcel: Parcel) -> Sent:
        sending = parcel.sending
        now = self._clock()
        if line.held_until is not None and now < line.held_until:
            return try_again(sending, line.held_until)
        if self._dropping or now - parcel.since > HOLD:
            return try_again(sending, now)
        if parcel.rank == LAST and (now - parcel.since > MOMENT or line.was_stirred(parcel)):
            refused = await self._look_again(sending, now)
            if refused is not None:
                return refused
        return await self._carry(route, line, sending)

    async def _look_again(self, sending: Sending, now: datetime) -> Sent | None:
        """Return what becomes of an asking that is not wanted any more; None where it is."""
        waited = (sending, now)
        try:
            wanted = await self._service.lane.write_together(self._check_again, waited)
        except Exception as error:  # noqa: BLE001 - then it is not sent now
            _log.warning("an asking could not be looked at again: %s", type(error).__name__)
            return try_again(sending, now + rest_after(sending.attempts))
        return None if wanted else sending.came_to(Delivery.CANCELLED)

    async def _carry(self, route: Route, line: Line, sending: Sending) -> Sent:
        try:
            message_id = await self._carrier.carry(route.bot, sending)
        except Exception as error:  # noqa: BLE001 - whatever it is, the message's state is told
            return await self._take_error(line, sending, error)
        return sending.came_to(Delivery.SENT, message_id)

    async def _take_error(self, line: Line, sending: Sending, error: Exception) -> Sent:
        verdict = judge(error)
        self._note(error, verdict)
        now = self._clock()
        if verdict.fate is Fate.TOO_FAST:
            self._slow_down(line, sending.channel, verdict.wait)
        elif verdict.fate is Fate.BLOCKED:
            await self._tell_blocked(line, sending, now)
        return settle(sending, verdict, None, now)

    def _slow_down(self, line: Line, channel: str, wait: timedelta) -> None:
        """The server wants quiet: this chat waits so long, and the others slow down.

        Where it wants quiet from several chats at once it means all of them.
        """
        now = self._clock()
        several = any(each.is_held(now) for each in self._lines.values() if each is not line)
        line.held_until = now + wait
        self._limits.slow_down(channel, wait if several else None)

    async def _tell_blocked(self, line: Line, sending: Sending, now: datetime) -> None:
        """Nothing reaches this chat any more: what waits is not tried, and staff are told."""
        while (parcel := self._take_from(line)) is not None:
            self._ledger.add(parcel.sending.came_to(Delivery.BLOCKED))
        try:
            await desk.report_blocked(self._service, sending, now)
        except Exception as error:  # noqa: BLE001 - the next message there tells it again
            _log.warning("a blocked chat could not be reported: %s", type(error).__name__)

    def _note(self, error: Exception, verdict: Verdict) -> None:
        if verdict.fate in (Fate.REFUSED, Fate.UNCLEAR, Fate.NOT_DONE):
            _log.warning("a message was not sent (%s): %s", verdict.fate, type(error).__name__)

    async def _do_aside(self, bot: Bot, method: TelegramMethod[Any]) -> None:
        try:
            await bot(method)
        except Exception as error:  # noqa: BLE001 - it may fail silently
            _log.debug("a small call failed: %s", type(error).__name__)
        finally:
            self._asides -= 1
            self._end()

    def _forget_idle_lines(self, now: datetime) -> None:
        at = asyncio.get_running_loop().time()
        idle = [key for key, line in self._lines.items() if line.is_idle(now, at)]
        for key in idle:
            del self._lines[key]
