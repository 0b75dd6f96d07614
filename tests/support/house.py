"""The whole service around one database for a test, with a clock that moves only when told to.

It wires the rooms as the composition root does; only Telegram's servers are stood in for.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from aiogram import Bot, Dispatcher

from bot.carrier import Draw
from bot.courier import Courier, Route
from bot.dispatcher import build_dispatcher
from bot.doorway import Doorway
from bot.intake import Intake
from bot.pace import Pace
from bot.render import render
from followups.schedule import LocalRhythm
from outcomes.episode import Commissioner, Lives, Strand
from storage.casework import Opener
from storage.database import open_engine, open_reader
from storage.lane import Lane
from storage.sequence import Sequence
from storage.vault import Vault
from surveys.catalogue import Catalogue, load_catalogue
from surveys.people import AgeBand, Role
from usecases import inviting, picturing
from usecases.arrival import Channel
from usecases.receiving import Reception
from usecases.service import Service

LONDON = ZoneInfo("Europe/London")
A_WEEKDAY_AT_FIVE = datetime(2026, 9, 22, 16, 0, tzinfo=UTC)
"""A Tuesday, five in the afternoon in London: after school, and nobody has to be quiet."""

_cases = itertools.count(1001)

UNHURRIED = Pace(overall_rate=1e6, overall_burst=10**6, chat_rate=1e6, chat_burst=10**6)


@dataclass
class Clock:
    """A clock that stands, or moves on by a step whenever somebody looks at it."""

    now: datetime = A_WEEKDAY_AT_FIVE
    step: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        """Return the moment at which it stands."""
        self.now += self.step
        return self.now

    def forward(self, by: timedelta) -> None:
        """Move it."""
        self.now += by


async def until(true: Callable[[], object], seconds: float = 10) -> None:
    """Return as soon as this is true; TimeoutError when it does not become true."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what is waited for knows no event
            await asyncio.sleep(0)


Bots = Mapping[Channel, Bot] | Callable[[Service], Mapping[Channel, Bot]]
"""The bot of each channel, or what makes them once the service stands."""


def _as_it_is(service: Service) -> Service:
    return service


@dataclass(frozen=True)
class Wiring:
    """What a test puts in other than the service does: something broken, slow or hurried."""

    pace: Pace = UNHURRIED
    patience: float = 5.0
    change: Callable[[Service], Service] = _as_it_is
    reception: Callable[[Service], Reception] = Reception
    draw: Draw | None = None


@dataclass
class World:
    """What outlives a process: the database, the keys, the clock, and where chance comes from."""

    url: str
    clock: Clock = field(default_factory=Clock)
    database_patience: float = 5.0
    catalogue: Catalogue = field(default_factory=load_catalogue)
    opener: Opener = field(init=False)

    def __post_init__(self) -> None:
        """Make keys and numbers that are the same in every run."""
        chance = random.Random(20260922).randbytes  # noqa: S311 - the same in every run
        self.opener = Opener(Vault([b"k" * 32], chance), Sequence(1), chance)

    def service(self, lane: Lane, public_url: str = "http://starling.test") -> Service:
        """Return the service on an open lane."""
        return Service(
            lane=lane,
            open=self.opener,
            catalogue=self.catalogue,
            render=render,
            rhythm=LocalRhythm(LONDON),
            public_url=public_url,
            zone="Europe/London",
            bot_name=lambda: "MadeUpBot",
        )

    @asynccontextmanager
    async def open_service(self) -> AsyncIterator[Service]:
        """Open the database for as long as the block lasts."""
        writer = open_engine(self.url, patience=self.database_patience)
        async with Lane(writer, open_reader(self.url)) as lane:
            yield self.service(lane)

    @asynccontextmanager
    async def open(self, bots: Bots, wiring: Wiring | None = None) -> AsyncIterator[House]:
        """Start a process around the database, and end it after the block."""
        try:
            async with self._open(bots, wiring or Wiring()) as house:
                yield house
        except ExceptionGroup as group:
            if len(group.exceptions) == 1:  # a test that failed: show it as it is
                raise group.exceptions[0] from None
            raise

    @asynccontextmanager
    async def _open(self, bots: Bots, wiring: Wiring) -> AsyncIterator[House]:
        async with self.open_service() as sound, asyncio.TaskGroup() as tasks:
            service = wiring.change(sound)
            served = bots(service) if callable(bots) else bots
            routes = {channel: Route(bot, wiring.pace) for channel, bot in served.items()}
            draw = wiring.draw or partial(picturing.picture_of, service)
            courier = Courier(service, self.clock, routes, tasks, draw)
            doorway = Doorway(wiring.reception(service), courier, self.clock)
            dispatcher = build_dispatcher(doorway)
            intake = Intake(dispatcher, doorway, served, tasks, wiring.patience)
            yield House(self, service, courier, dispatcher, intake, tasks)
            await intake.stop(5)
            await courier.drain(5)


@dataclass(frozen=True)
class House:
    """One running process."""

    world: World
    service: Service
    courier: Courier
    dispatcher: Dispatcher
    intake: Intake
    tasks: asyncio.TaskGroup

    async def invite(
        self, role: Role = Role.YOUNG_PERSON, band: AgeBand = AgeBand.SIXTEEN_TO_SEVENTEEN
    ) -> inviting.Invited:
        """Open a support episode and invite somebody."""
        return await invite(self.service, self.world.clock.now, role, band)


_SUPPORT = {
    Role.YOUNG_PERSON: (Strand.DIRECT, "theraplay"),
    Role.CARER: (Strand.CARERS, "theraplay"),
    Role.PROFESSIONAL: (Strand.CONSULTATION, "consultation"),
}
"""What somebody of each role is invited to by default."""


async def invite(service: Service, now: datetime, role: Role, band: AgeBand) -> inviting.Invited:
    """Open a support episode and invite somebody to it."""
    by = inviting.By("a made-up worker", now)
    strand, intervention = _SUPPORT[role]
    episode = await inviting.open_episode(
        service,
        inviting.NewEpisode(
            case=f"T-{next(_cases)}",
            commissioner=Commissioner.DERBY_CITY,
            strand=strand,
            intervention=intervention,
            lives=Lives.FOSTER,
            opened_on=date(2026, 9, 1),
        ),
        by,
    )
    return await inviting.invite(service, inviting.Invitee(episode, role, band), by)
