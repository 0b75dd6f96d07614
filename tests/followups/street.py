"""A few made-up people around one database: they come in, tap, fall silent; time is an argument."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from zoneinfo import ZoneInfo

from bot.callbacks import parse
from bot.render import render
from followups.schedule import LocalRhythm
from outcomes.episode import CloseReason, Commissioner, Lives, Strand
from storage import occasions, people
from storage.casework import Opener
from storage.lane import Lane
from storage.occasions import Occasion
from storage.outbox import Sending
from storage.people import Person
from storage.sequence import Sequence
from storage.vault import Vault
from surveys.catalogue import load_catalogue
from surveys.people import AgeBand, Role
from usecases import inviting
from usecases.arrival import (
    Arrival,
    Channel,
    CodeInput,
    JoinInput,
    JoinReply,
    Knock,
    OccasionId,
    OccasionInput,
    OfferReply,
    What,
)
from usecases.inviting import By, Closing
from usecases.receiving import Reception
from usecases.service import Service
from usecases.transcribing import new_visitor

LONDON = ZoneInfo("Europe/London")
JOINED = datetime(2026, 9, 22, 16, 0, tzinfo=UTC)
"""A Tuesday in term, five in the afternoon in London."""

REVIEW = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
"""Six weeks later at four by the clock on the wall: the clocks went back in between."""

_numbers = count(1)


def london(text: str) -> datetime:
    """Return the UTC instant of a local time."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@dataclass
class Street:
    """What outlives a process: the address of the database, the keys, the source of ids."""

    url: str
    node: int = 1
    zone: ZoneInfo = LONDON
    opener: Opener = field(init=False)

    def __post_init__(self) -> None:
        """Make keys and ids that are the same in every run; nodes never make the same id."""
        chance = random.Random(self.node).randbytes  # noqa: S311 (made-up people need no secrets)
        self.opener = Opener(Vault([b"k" * 32], chance), Sequence(self.node), chance)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Service]:
        """Open the database for as long as the block lasts, like one process."""
        async with Lane.open(self.url) as lane:
            yield Service(
                lane=lane,
                open=self.opener,
                catalogue=load_catalogue(),
                render=render,
                rhythm=LocalRhythm(self.zone),
                public_url="http://starling.test",
                zone=self.zone.key,
                bot_name=lambda: "MadeUpBot",
            )


@dataclass
class Neighbour:
    """One made-up person who answers; `chat` is theirs alone."""

    service: Service
    participant: str
    episodes: list[str]
    chat: int
    closed: bool = False

    async def does(self, what: What, now: datetime) -> list[Sending]:
        """Send something; return what comes back at once."""
        knock = Knock(Channel.WEB, self.chat, next(_numbers))
        received = await Reception(self.service).receive(Arrival(knock, what, now))
        return list(received.sendings)

    async def taps(self, sending: Sending, label: str, now: datetime) -> list[Sending]:
        """Tap the first button under a message whose label holds these words."""
        buttons = [button for row in sending.outgoing.rows for button in row]
        button = next(each for each in buttons if label.casefold() in each.label.casefold())
        return await self.does(parse(button.data), now)

    async def replies(self, occasion: Occasion, reply: OfferReply, now: datetime) -> list[Sending]:
        """Answer the offer of one occasion."""
        return await self.does(OccasionInput(OccasionId(occasion.id), reply), now)

    async def occasions(self) -> list[Occasion]:
        """Return their due moments, oldest first."""
        who = self.participant
        return await self.service.lane.read(
            lambda connection: occasions.of_participant(self.service.open(connection), who)
        )

    async def occasion(self, wave: str, number: int = 1) -> Occasion:
        """Return their due moment of one wave."""
        found = await self.occasions()
        return next(each for each in found if (each.wave, each.round) == (wave, number))

    async def occasion_by(self, occasion_id: str) -> Occasion:
        """Return their due moment of this id."""
        return next(each for each in await self.occasions() if each.id == occasion_id)

    async def state(self, wave: str, number: int = 1) -> str:
        """Return where their due moment of one wave stands."""
        return (await self.occasion(wave, number)).state.value

    async def person(self) -> Person:
        """Return what is known of them."""
        who = self.participant
        found = await self.service.lane.read(
            lambda connection: people.load_person(self.service.open(connection), who)
        )
        assert found is not None
        return found

    async def closes(self, day: date, now: datetime) -> None:
        """Let staff close all the support in which they answer."""
        self.closed = True
        closing = Closing(day, CloseReason.PLANNED)
        for episode in self.episodes:
            await inviting.close_episode(self.service, episode, closing, By("a worker", now))


async def move_in(
    service: Service,
    now: datetime = JOINED,
    role: Role = Role.YOUNG_PERSON,
    age: AgeBand = AgeBand.TWELVE_TO_FIFTEEN,
    *,
    busy: bool = True,
) -> Neighbour:
    """Invite somebody, let them join, and, with `busy`, let them say no to the first questions."""
    invited, episode = await _invite(service, now, role, age)
    chat, _ = await new_visitor(service, now)
    somebody = Neighbour(service, invited.participant, [episode], chat)
    await somebody.does(CodeInput(invited.code), now)
    for reply in (JoinReply.SECOND_PAGE, JoinReply.THIRD_PAGE, JoinReply.YES):
        await somebody.does(JoinInput(reply), now)
    if busy:
        start = await somebody.occasion("start")
        await somebody.replies(start, OfferReply.NOT_THIS_TIME, now)
    return somebody


async def care_for_another(somebody: Neighbour, role: Role, now: datetime) -> None:
    """Invite a grown-up for one more child, and let them open the link in the same chat."""
    invited, episode = await _invite(somebody.service, now, role, AgeBand.ADULT)
    somebody.episodes.append(episode)
    await somebody.does(CodeInput(invited.code), now)


async def _invite(
    service: Service, now: datetime, role: Role, age: AgeBand
) -> tuple[inviting.Invited, str]:
    new = inviting.NewEpisode(
        case=f"T-{next(_numbers)}",
        commissioner=Commissioner.DERBY_CITY,
        strand=Strand.DIRECT,
        intervention="theraplay",
        lives=Lives.FOSTER,
        opened_on=date(2026, 9, 1),
    )
    by = By("a worker", now)
    episode = await inviting.open_episode(service, new, by)
    band = age if role is Role.YOUNG_PERSON else AgeBand.ADULT
    return await inviting.invite(service, inviting.Invitee(episode, role, band), by), episode
