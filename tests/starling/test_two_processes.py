"""Two programs on one PostgreSQL, killed, hung and cut off: nothing is lost, nothing doubled.

They are real processes that share the due moments, the updates and the outbox. A clock that the
test moves takes them through the better part of a year; the phones are real to them over HTTP.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import psycopg
import pytest
from sqlalchemy import Connection, Row, func, or_, select

from bot.callbacks import parse
from outcomes.episode import CloseReason
from starling.compose import open_service
from starling.settings import load_settings
from storage import tables
from storage.errors import DatabaseAway
from storage.occasions import OccasionState, occasion_from
from storage.outbox import Delivery, Urgency
from surveys.conversation import CameBack, Declination, Passed
from surveys.people import AgeBand, Role
from tests.support.canary import CANARY_TOKEN
from tests.support.chat_window import Bubble, Key
from tests.support.house import invite
from tests.support.postgres import Server, running_postgres
from tests.support.telegram_server import Person, TelegramServer
from tests.support.twins import SECRET, Post, Twin, Wall
from usecases import inviting
from usecases.arrival import JoinInput, JoinReply, OccasionInput, OfferReply, RunInput
from usecases.inviting import By, Closing
from usecases.service import Service

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(280)]

BEGINS = datetime(2026, 9, 22, 15, 0, tzinfo=UTC)
"""A Tuesday in term, four in the afternoon in London."""

CLOSES = BEGINS + timedelta(days=50)
PEOPLE = 6
LEASE = timedelta(seconds=61)
_PAGES = (JoinReply.SECOND_PAGE, JoinReply.THIRD_PAGE, JoinReply.YES)


# --- people ---------------------------------------------------------------------------------------


@dataclass
class Folk:
    """Somebody with a phone who joins and answers most of what they are asked, by chance."""

    person: Person
    code: str
    chance: Random
    seen: int = 0

    async def live(self) -> None:
        """Open the invitation, then react to whatever the phone shows, until cancelled."""
        await self.person.opens(self.code)
        while True:
            await self.person.server.until(lambda: self.behind, 600)
            news = self.said[self.seen :]
            await self._react(news)
            self.seen += len(news)

    @property
    def said(self) -> list[Bubble]:
        """Everything that was ever said to them, as it was said."""
        return [bubble for how, bubble in self.person.window.happened if how == "said"]

    @property
    def behind(self) -> bool:
        """Whether something was said to which they have not reacted yet."""
        return len(self.said) > self.seen

    async def _react(self, news: list[Bubble]) -> None:
        for bubble in reversed(news):
            key = self._choose([key for row in bubble.keyboard for key in row if key.data])
            if key is not None:
                await self.person.taps_data(key.data, bubble)
                return

    def _choose(self, keys: list[Key]) -> Key | None:
        """Return the button that they tap, or None for none of them."""
        for key in keys:
            match parse(key.data):
                case JoinInput(reply) if reply in _PAGES:
                    return key
                case RunInput(_, CameBack() | Passed(_, Declination.SKIP)):
                    return key if self.chance.random() < 0.97 else None
                case OccasionInput(_, OfferReply.TOMORROW):
                    return key
                case _:
                    pass
        offered = {
            given.reply: key for key in keys if isinstance(given := parse(key.data), OccasionInput)
        }
        fate = self.chance.random()
        wanted = OfferReply.START if fate < 0.7 else OfferReply.LATER
        if fate > 0.85:
            wanted = OfferReply.NOT_THIS_TIME if fate > 0.92 else OfferReply.IN_AN_HOUR
        return offered.get(wanted)


# --- the stage ------------------------------------------------------------------------------------


@dataclass
class Stage:
    """Two programs, the phones, the post between them, and the clock on the wall."""

    postgres: Server
    server: TelegramServer
    twins: list[Twin]
    post: Post
    wall: Wall
    service: Service
    chance: Random
    folk: list[Folk] = field(default_factory=list)
    episodes: list[str] = field(default_factory=list)
    leases: int = 0

    async def comes(self, number: int) -> None:
        """Invite one more person."""
        invited = await invite(
            self.service, self.wall(), Role.YOUNG_PERSON, AgeBand.SIXTEEN_TO_SEVENTEEN
        )
        person = self.server.person(7_700_000_000 + number)
        own = Random(number)  # noqa: S311 (a made-up person)
        self.folk.append(Folk(person, invited.code, own))

    async def everybody_joins(self) -> None:
        """Return when everybody has come in and nothing is left to say."""
        await self.server.until(lambda: all(each.seen for each in self.folk), 60)
        await self.settle()

    async def close_all(self) -> None:
        """Let staff end all support."""
        now = self.wall()
        day = self.service.rhythm.local(now).date()
        for each in await inviting.list_episodes(self.service, open_only=True):
            closing = Closing(day, CloseReason.PLANNED)
            await inviting.close_episode(self.service, each.episode.id, closing, By("staff", now))

    async def settle(self) -> None:
        """Return when nothing is due, on its way, or waiting for somebody to react."""
        async with asyncio.timeout(100):
            waited = 0
            while not await self._is_quiet():
                await asyncio.sleep(0.1)
                waited += 1
                if waited % 40 == 0:  # what died with its process is in doubt after a minute
                    self.leases += 1
                    self.wall.move_to(self.wall() + LEASE)

    async def _is_quiet(self) -> bool:
        if self.server.waiting or any(each.behind for each in self.folk):
            return False
        with suppress(DatabaseAway):
            return not await self.service.lane.read(self._count_unsettled)
        return False

    def _count_unsettled(self, rows: Connection) -> int:
        now, box, due = self.wall(), tables.outbox.c, tables.occasions.c
        busy = or_(box.state.in_(["sending", "pending"]), box.repair_at <= now)
        on_its_way = select(func.count()).select_from(tables.outbox).where(busy)
        waiting = select(func.count()).select_from(tables.occasions).where(due.next_at <= now)
        return int(rows.execute(on_its_way).scalar_one() + rows.execute(waiting).scalar_one())

    async def next_due(self) -> datetime | None:
        """Return when the clock must look at something next."""
        earliest = select(func.min(tables.occasions.c.next_at))
        found: datetime | None = await self.service.lane.read(
            lambda rows: rows.execute(earliest).scalar()
        )
        return found

    async def all_of(self, query: object) -> list[Row[tuple[object, ...]]]:
        """Return all rows of a query."""
        return await self.service.lane.read(
            lambda rows: list(rows.execute(query).all())  # type: ignore[call-overload]  # any query
        )


@asynccontextmanager
async def outbox_waits(postgres: Server) -> AsyncIterator[psycopg.AsyncConnection[tuple[int]]]:
    """Let whoever writes a message wait until this block ends: what they claimed stays claimed."""
    address = postgres.url_of("twins").replace("+psycopg", "")
    async with await psycopg.AsyncConnection.connect(address) as connection:
        await connection.execute("lock table outbox in share row exclusive mode")
        yield connection


async def somebody_waits(connection: psycopg.AsyncConnection[tuple[int]]) -> None:
    """Return when a transaction that has claimed due moments waits to write a message."""
    query = (
        "select count(*) from pg_locks waits join pg_locks holds using (pid) "
        "where not waits.granted and waits.relation = 'outbox'::regclass "
        "and holds.granted and holds.relation = 'occasions'::regclass "
        "and holds.mode = 'RowShareLock'"
    )
    async with asyncio.timeout(30):
        while True:
            row = await (await connection.execute(query)).fetchone()
            if row is not None and row[0]:
                return
            await asyncio.sleep(0.01)


@asynccontextmanager
async def stage(tmp_path: Path, seed: int) -> AsyncIterator[Stage]:
    """Put up the stage with both programs running; whatever was started ends with it."""
    with running_postgres(fsync=True) as postgres:
        async with TelegramServer() as server:
            settings = {
                "STARLING_DATABASE_URL": postgres.create_database("twins"),
                "STARLING_SECRET_KEYS": base64.urlsafe_b64encode(bytes(range(32))).decode(),
                "STARLING_TELEGRAM_TOKEN": CANARY_TOKEN,
                "STARLING_TELEGRAM_API": server.url,
                "STARLING_TELEGRAM_WEBHOOK_URL": "https://starling.test/telegram/webhook",
                "STARLING_TELEGRAM_WEBHOOK_SECRET": SECRET,
                "STARLING_TELEGRAM_RATE": "1000",
                "STARLING_TELEGRAM_CHAT_RATE": "1000",
                "STARLING_PUBLIC_URL": "https://starling.test",
            }
            wall = Wall()
            wall.move_to(BEGINS)
            twins = [Twin(settings, tmp_path / name, wall) for name in ("castor", "pollux")]
            chance = Random(seed)  # noqa: S311 (when to kill)
            post = Post(server, twins, chance)
            async with open_service(load_settings(settings, None)) as service:
                made = Stage(postgres, server, twins, post, wall, service, chance)
                for twin in twins:
                    twin.folder.mkdir()
                    twin.start()
                try:
                    yield made
                finally:
                    for twin in twins:
                        if twin.runs:
                            twin.go_on()
                            await twin.kill()


Trouble = Callable[[Stage], Awaitable[None]]


async def kill_one(here: Stage) -> None:
    """Kill one of the two in the middle of it, and start it again."""
    twin = here.chance.choice(here.twins)
    await asyncio.sleep(here.chance.random() * 1.2)
    await twin.kill()
    twin.start()


async def kill_both(here: Stage) -> None:
    """A power cut: both die at once."""
    await asyncio.sleep(here.chance.random() * 1.2)
    for twin in here.twins:
        await twin.kill()
    for twin in here.twins:
        twin.start()


async def hang_one(here: Stage) -> None:
    """Let one stand still for longer than a statement may take, wherever it is."""
    twin = here.chance.choice(here.twins)
    await asyncio.sleep(here.chance.random() * 1.2)
    twin.hang()
    await asyncio.sleep(6)
    twin.go_on()


async def database_away(here: Stage) -> None:
    """Half a minute without a database: it crashes, and comes back with what it had committed."""
    await asyncio.sleep(here.chance.random() * 0.8)
    await asyncio.to_thread(here.postgres.crash)
    await asyncio.sleep(30)
    await asyncio.to_thread(lambda: here.postgres.start(fsync=True))


TROUBLES: dict[int, Trouble] = {
    0: kill_one,
    1: hang_one,
    2: kill_both,
    4: database_away,
    6: kill_one,
    8: kill_one,
}
"""What happens after which move of the clock."""


async def live_through(here: Stage) -> int:
    """Move the clock from one due moment to the next until none is left; return how many moves."""
    moves, closed = 0, False
    await here.everybody_joins()
    while (due := await here.next_due()) is not None or not closed:
        if not closed and (due is None or due >= CLOSES):
            here.wall.move_to(CLOSES)
            await here.close_all()
            closed = True
            continue
        assert due is not None
        here.wall.move_to(max(here.wall(), due + timedelta(minutes=10)))
        trouble = TROUBLES.get(moves)
        if trouble is not None:
            await trouble(here)
        await here.settle()
        moves += 1
    return moves


# --- the sums -------------------------------------------------------------------------------------


async def check_sums(here: Stage) -> Counter[OccasionState]:
    """Check what is stored against what the phones saw; return how many ended how."""
    due = [occasion_from(row) for row in await here.all_of(select(tables.occasions))]
    for each in due:
        assert each.state.over, each
        assert each.next_at is None
    planned = {(each.participant_id, each.episode_id, each.wave, each.round) for each in due}
    assert len(planned) == len(due)
    assert await _check_askings(here) > 3 * len(here.folk)
    await _check_order(here)
    return Counter(each.state for each in due)


async def _check_askings(here: Stage) -> int:
    """What we say was sent was seen once; what nobody knows of was seen once or never.

    Returns how many askings were sent.
    """
    box = tables.outbox.c
    rows = await here.all_of(
        select(box.urgency, box.state, box.body, box.attempts).where(box.kind == "send")
    )
    shown = Counter(_buttons(bubble) for folk in here.folk for bubble in folk.said)
    known: Counter[str] = Counter()
    doubt: Counter[str] = Counter()
    askings: Counter[str] = Counter()
    for row in rows:
        first = _first_data(row.body)
        known[first] += row.state == Delivery.SENT.value
        doubt[first] += row.state == Delivery.UNKNOWN.value or row.attempts > 1
        if row.urgency == Urgency.ASKING.value:
            askings[row.state] += 1
            assert row.attempts == 1, "an asking was sent again"
            assert known[first] or doubt[first]
    for first, times in shown.items():
        if first:
            assert known[first] <= times <= known[first] + doubt[first], "twice, or never"
    assert set(askings) <= {"sent", "unknown", "cancelled"}
    return askings["sent"]


def _first_data(body: str) -> str:
    """Return what the first button of a stored message sends back, or nothing."""
    rows = json.loads(body)["rows"]
    return _about(str(rows[0][0][1])) if rows else ""


def _buttons(bubble: Bubble) -> str:
    """Return what the first button of a message sends back, or nothing."""
    return _about(bubble.keyboard[0][0].data) if bubble.keyboard else ""


def _about(data: str) -> str:
    """Keep what belongs to one question or one offer of one person."""
    return data if data.startswith(("o:", "r:")) else ""


async def _check_order(here: Stage) -> None:
    """Everybody sees what is said to them for the first time in the order in which it was made."""
    box = tables.outbox.c
    rows = await here.all_of(
        select(box.address_id, box.id, box.message_id)
        .where(box.message_id.is_not(None), box.kind == "send", box.attempts == 1)
        .order_by(box.address_id, box.id)
    )
    by_chat: dict[object, list[int]] = {}
    for row in rows:
        by_chat.setdefault(row.address_id, []).append(row.message_id)
    for numbers in by_chat.values():
        assert numbers == sorted(numbers), "messages overtook each other"


async def test_two_programs_share_the_work_whatever_happens_to_them(tmp_path: Path) -> None:
    async with stage(tmp_path, seed=5) as here, asyncio.TaskGroup() as tasks:
        posting = tasks.create_task(here.post.run())
        for number in range(PEOPLE):
            await here.comes(number)
        living = [tasks.create_task(each.live()) for each in here.folk]
        moves = await live_through(here)
        ends = await check_sums(here)
        for task in (posting, *living):
            task.cancel()
        assert moves > max(TROUBLES)
        assert ends[OccasionState.ANSWERED] > PEOPLE
        assert sum(ends.values()) >= 4 * PEOPLE
        for twin in here.twins:
            assert await twin.terminate() == 0, twin.log.read_text()[-2000:]


REVIEW = datetime(2026, 11, 3, 16, 5, tzinfo=UTC)
"""Six weeks after they joined, five minutes after the review fell due."""


@pytest.mark.parametrize(
    ("people", "in_time"), [(3, True), (1, False)], ids=["goes on in time", "hangs too long"]
)
async def test_a_program_that_hangs_with_a_claim_in_its_hand_neither_loses_nor_doubles_it(
    tmp_path: Path,
    people: int,
    in_time: bool,  # noqa: FBT001 (a parameter of the test)
) -> None:
    """In time it asks by itself; otherwise the server ends its claim, and the other one asks."""
    async with stage(tmp_path, seed=6) as here, asyncio.TaskGroup() as tasks:
        posting = tasks.create_task(here.post.run())
        for number in range(people):
            await here.comes(number)
        living = [tasks.create_task(each.live()) for each in here.folk]
        await here.everybody_joins()
        hanging, other = here.twins
        await other.kill()
        said = [len(each.said) for each in here.folk]
        async with outbox_waits(here.postgres) as watch:
            here.wall.move_to(REVIEW)
            await somebody_waits(watch)
            hanging.hang()
        other.start()

        def everybody_is_asked() -> bool:
            return all(len(each.said) > n for each, n in zip(here.folk, said, strict=True))

        if in_time:
            await asyncio.sleep(5)  # the other one looks, and leaves alone what is claimed
            assert [len(each.said) for each in here.folk] == said
            hanging.go_on()
        await here.server.until(everybody_is_asked, 60)
        hanging.go_on()
        await here.settle()
        assert await _check_askings(here) >= people
        await _check_order(here)
        for task in (posting, *living):
            task.cancel()
