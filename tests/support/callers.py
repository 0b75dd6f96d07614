"""Made-up people who type and tap, and what they see; between them and the use cases is no channel.

The service around them is the real one: database, words, rhythm. Time moves when a test moves it.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, select

from bot.callbacks import parse
from bot.render import render
from followups.schedule import LocalRhythm
from outcomes.episode import CloseReason, Commissioner, Lives, Strand
from storage import occasions, people, sharing
from storage.casework import Casework, Opener
from storage.lane import Lane
from storage.occasions import Occasion
from storage.outbox import Delivery, Outgoing, OutgoingKind, Sending, Sent
from storage.people import Person
from storage.sequence import Sequence as Numbers
from storage.vault import Vault
from surveys.catalogue import Catalogue, load_catalogue
from surveys.people import AgeBand, Role, Sharing
from tests.support.chat_window import Bubble, ChatWindow, Key, NothingToEdit, NotModified
from usecases import inviting, sending, transcribing
from usecases.arrival import Arrival, Channel, CodeInput, Knock, TextInput, What
from usecases.inviting import By, Closing, Invited, Invitee, NewEpisode
from usecases.receiving import Received, Reception
from usecases.service import Service

LONDON = ZoneInfo("Europe/London")
AFTER_SCHOOL = datetime(2026, 9, 22, 16, 0, tzinfo=UTC)
"""A Tuesday in term, five in the afternoon in London."""

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)

_catalogue: list[Catalogue] = []


def the_catalogue() -> Catalogue:
    """Return the packaged instruments, read once for all tests."""
    if not _catalogue:
        _catalogue.append(load_catalogue())
    return _catalogue[0]


@dataclass
class Place:
    """What outlives a process: the database, the keys, the time, and the numbers of updates."""

    url: str
    now: datetime = AFTER_SCHOOL
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(5_000))
    keys: tuple[bytes, ...] = (b"k" * 32,)

    def forward(self, by: timedelta) -> datetime:
        """Move the clock; return the new moment."""
        self.now += by
        return self.now

    @property
    def by(self) -> By:
        """Somebody of the staff, now."""
        return By("a made-up worker", self.now)

    @asynccontextmanager
    async def open(self, node: int = 1) -> AsyncIterator[Service]:
        """Open the service for as long as the block lasts, like one process of several."""
        chance = random.Random(node).randbytes  # noqa: S311 (made-up people need no secrets)
        async with Lane.open(self.url) as lane:
            yield Service(
                lane=lane,
                open=Opener(Vault(self.keys, chance), Numbers(node), chance),
                catalogue=the_catalogue(),
                render=render,
                rhythm=LocalRhythm(LONDON),
                public_url="https://starling.test",
                zone="Europe/London",
                bot_name=lambda: "MadeUpBot",
            )


@dataclass
class Caller:
    """One made-up person with one chat; `window` is what their phone shows."""

    place: Place
    service: Service
    chat: int
    channel: Channel = Channel.TELEGRAM
    window: ChatWindow = field(default_factory=ChatWindow)
    heard: list[Bubble] = field(default_factory=list)
    """The new messages that the last input brought."""
    sent: list[Sending] = field(default_factory=list)
    """Everything that the last input brought, edits too."""

    @property
    def said(self) -> str:
        """The words of the new messages that the last input brought."""
        return "\n\n".join(bubble.text for bubble in self.heard)

    @property
    def labels(self) -> list[str]:
        """The words on all buttons that can be tapped now."""
        return [label for bubble in self.window.ours for label in bubble.labels]

    async def types(self, text: str, *, edited: bool = False) -> Received:
        """Type words."""
        return await self.does(TextInput(text, edited=edited))

    async def opens(self, code: str) -> Received:
        """Open a link with a code in it."""
        return await self.does(CodeInput(code))

    async def taps(self, label: str) -> Received:
        """Tap the newest button with these words; signs in front of them do not matter."""
        bubble, key = self.find(label)
        return await self.does(parse(key.data), bubble.number)

    async def taps_data(self, data: str, number: int) -> Received:
        """Tap a button by what it sends back."""
        return await self.does(parse(data), number)

    async def picks(self, value: int) -> Received:
        """Tap the choice with this value under the newest question."""
        bubble, key = self._choice(f":t:{value}")
        return await self.does(parse(key.data), bubble.number)

    def find(self, label: str) -> tuple[Bubble, Key]:
        """Return the newest button with these words, and its message."""
        for bubble, key in self.buttons():
            if key.label == label or key.label.partition(" ")[2] == label:
                return bubble, key
        msg = f"no button {label!r} among {self.labels}"
        raise AssertionError(msg)

    def buttons(self) -> Iterator[tuple[Bubble, Key]]:
        """Return every button that can be tapped, those of the newest message first."""
        for bubble in reversed(self.window.ours):
            for row in bubble.keyboard:
                yield from ((bubble, key) for key in row)

    def _choice(self, ending: str) -> tuple[Bubble, Key]:
        return next(each for each in self.buttons() if each[1].data.endswith(ending))

    @property
    def is_asked(self) -> bool:
        """Whether a question stands with choices to tap."""
        return any(":t:" in key.data for _, key in self.buttons())

    @property
    def is_asked_for_words(self) -> bool:
        """Whether the newest message asks for words."""
        return any(key.data.endswith(":k") for _, key in self.buttons()) and not self.is_asked

    async def answers(self, value: int = 3) -> None:
        """Answer everything that stands, words with a skip, until there is nothing more."""
        while self.is_asked or self.is_asked_for_words:
            if self.is_asked:
                await self.picks(value)
            else:
                await self.taps("Skip")

    def arrival(self, what: What, message_id: int | None = None, update: int = 0) -> Arrival:
        """Return an input of theirs without handing it in; it comes a second after the last."""
        number = update or next(self.place.numbers)
        knock = Knock(self.channel, self.chat, number, message_id)
        return Arrival(knock, what, self.place.forward(timedelta(seconds=1)))

    async def does(self, what: What, message_id: int | None = None, update: int = 0) -> Received:
        """Hand in one input and look at what comes back."""
        received = await Reception(self.service).receive(self.arrival(what, message_id, update))
        self.sees(received.sendings)
        return received

    def sees(self, sendings: Sequence[Sending]) -> None:
        """Let messages arrive, and report that they did."""
        self.sent = list(sendings)
        self.heard = []
        results = []
        for each in sendings:
            number = self._show(each)
            results.append(Sent(each.id, Delivery.SENT, number))
        sending.record(self.service, results, self.place.now)

    def _show(self, each: Sending) -> int | None:
        outgoing, keyboard = each.outgoing, _keyboard(each.outgoing)
        if outgoing.kind in (OutgoingKind.SEND, OutgoingKind.PICTURE):
            bubble = Bubble(next(self.place.numbers), ours=True, text=outgoing.text)
            bubble = self.window.show(replace(bubble, keyboard=keyboard))
            self.heard.append(bubble)
            self._steps[outgoing.run, outgoing.step] = bubble.number
            return bubble.number
        tapped = outgoing.kind is OutgoingKind.EDIT_TAPPED
        number = each.tapped_message if tapped else self._steps.get((outgoing.run, outgoing.step))
        with suppress(NotModified, NothingToEdit):
            self.window.change(number or 0, outgoing.text or None, keyboard)
        return number

    _steps: dict[tuple[str | None, int | None], int] = field(default_factory=dict)

    async def joins(self, invited: Invited) -> None:
        """Open the link, read the three pages and say yes."""
        await self.opens(invited.web.rpartition("/")[2])
        for label in ("Next", "Next", "Yes, I want to"):
            await self.taps(label)


def _keyboard(outgoing: Outgoing) -> tuple[tuple[Key, ...], ...]:
    return tuple(tuple(Key(b.label, b.data, b.url) for b in row) for row in outgoing.rows)


# --- what staff do --------------------------------------------------------------------------------


async def open_support(
    place: Place, service: Service, case: str = "T-1001", intervention: str = "theraplay"
) -> str:
    """Open a support episode; return its id."""
    new = NewEpisode(
        case, Commissioner.DERBY_CITY, Strand.DIRECT, intervention, Lives.FOSTER, date(2026, 9, 1)
    )
    return await inviting.open_episode(service, new, place.by)


async def invite(
    place: Place,
    service: Service,
    episode: str,
    role: Role = Role.YOUNG_PERSON,
    band: AgeBand = AgeBand.SIXTEEN_TO_SEVENTEEN,
) -> Invited:
    """Invite somebody to a support episode."""
    return await inviting.invite(service, Invitee(episode, role, band), place.by)


async def close_support(
    place: Place, service: Service, episode: str, on: date | None = None
) -> int:
    """Close a support episode today or on a day before."""
    closing = Closing(on or place.now.astimezone(LONDON).date(), CloseReason.PLANNED)
    return await inviting.close_episode(service, episode, closing, place.by)


# --- people ---------------------------------------------------------------------------------------

_chats = itertools.count(770_001)


def phone(place: Place, service: Service) -> Caller:
    """Return somebody on Telegram whom we do not know yet."""
    return Caller(place, service, next(_chats))


async def browser(place: Place, service: Service) -> Caller:
    """Return somebody in the web chat whom we do not know yet."""
    visitor, _ = await transcribing.new_visitor(service, place.now)
    return Caller(place, service, visitor, Channel.WEB)


async def joined(
    place: Place,
    service: Service,
    role: Role = Role.YOUNG_PERSON,
    band: AgeBand = AgeBand.SIXTEEN_TO_SEVENTEEN,
    case: str = "T-1001",
) -> tuple[Caller, Invited]:
    """Return somebody who has said yes and is asked whether now is a good time."""
    invited = await invite(place, service, await open_support(place, service, case), role, band)
    caller = phone(place, service)
    await caller.joins(invited)
    return caller, invited


async def answering(
    place: Place,
    service: Service,
    episode: str,
    role: Role = Role.CARER,
    band: AgeBand = AgeBand.ADULT,
) -> tuple[Caller, Invited]:
    """Return somebody in the web chat who has said yes in a support episode that there is."""
    invited = await invite(place, service, episode, role, band)
    caller = await browser(place, service)
    await caller.joins(invited)
    return caller, invited


# --- what is stored -------------------------------------------------------------------------------


async def rows(service: Service, table: Table) -> list[Any]:
    """Return every row of a table, by its primary key."""

    def work(connection: Connection) -> list[Any]:
        return list(connection.execute(select(table).order_by(*table.primary_key)))

    return await service.lane.read(work)


async def moments(service: Service, participant: str) -> list[Occasion]:
    """Return somebody's due moments, oldest first."""
    return await service.lane.read(
        lambda connection: occasions.of_participant(service.open(connection), participant)
    )


async def person_of(service: Service, participant: str) -> Person:
    """Return what is known of somebody."""
    found = await service.lane.read(
        lambda connection: people.load_person(service.open(connection), participant)
    )
    assert found is not None
    return found


async def write(service: Service, change: Any) -> None:
    """Change something behind the back of the use cases: `change` gets a unit of work."""

    def work(connection: Connection) -> None:
        casework: Casework = service.open(connection)
        change(casework)
        casework.flush()

    await service.lane.write(work)


async def let_be_told(service: Service, words_id: str, now: datetime) -> None:
    """Let these words be told on without a name, as if their writer had tapped it."""
    await write(service, lambda work: sharing.choose(work, words_id, Sharing.WITHOUT_NAME, now))
