"""Askings are made as fast as they can be sent, and each is still wanted when its time comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from followups import dispatch
from followups.dispatch import dispatch_due
from followups.occasions import BATCH, fire_due
from storage import tables
from storage.casework import Connection
from storage.outbox import Delivery, Sending
from tests.followups.street import REVIEW, Neighbour, Street, move_in
from usecases import sending
from usecases.arrival import MenuInput, MenuWish, OfferReply
from usecases.service import Service

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass
class Counter:
    """Whoever sends: it takes as many as there is room for, and notes each hand-over."""

    rooms: list[int]
    handed: list[list[Sending]] = field(default_factory=list)

    def deliver(self, sendings: Iterable[Sending]) -> None:
        """Take over some."""
        self.handed.append(list(sendings))

    async def room(self) -> int:
        """Return the room that the test says, in turn, and then none for ever."""
        if not self.rooms:
            await asyncio.Event().wait()
        return self.rooms.pop(0)

    @property
    def sizes(self) -> list[int]:
        """How many were handed over each time."""
        return [len(each) for each in self.handed]


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Service]:
    """One running process on each kind of database."""
    async with Street(database_url).open() as opened:
        yield opened


@pytest.fixture
async def small(sqlite_url: str) -> AsyncIterator[Service]:
    """One running process on SQLite, for what does not depend on the database."""
    async with Street(sqlite_url).open() as opened:
        yield opened


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


# --- only as many as there is room for ------------------------------------------------------------


async def test_no_more_is_asked_than_there_is_room_for_until_nothing_is_due(
    small: Service,
) -> None:
    for _ in range(5):
        await move_in(small)
    hatch = Counter([2, 2, 60])
    assert await dispatch_due(small, hatch, at(REVIEW), seconds=30) == 5
    assert hatch.sizes == [2, 2, 1]
    assert len({each.occasion_id for some in hatch.handed for each in some}) == 5


async def test_while_there_is_no_room_nothing_is_asked_and_the_ring_ends(small: Service) -> None:
    somebody = await move_in(small)
    assert await dispatch_due(small, Counter([]), at(REVIEW), seconds=0.01) == 0
    assert await dispatch_due(small, Counter([0]), at(REVIEW)) == 0
    assert await somebody.state("review") == "planned"


async def test_a_ring_begins_nothing_more_when_its_time_is_over(small: Service) -> None:
    for _ in range(2):
        await move_in(small)
    hatch = Counter([1, 1, 1])
    assert await dispatch_due(small, hatch, at(REVIEW), seconds=-1) == 0
    assert await dispatch_due(small, hatch, at(REVIEW), seconds=30) == 2


async def test_much_room_does_not_make_a_long_transaction(
    small: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert BATCH <= 100
    monkeypatch.setattr(dispatch, "BATCH", 2)
    for _ in range(3):
        await move_in(small)
    hatch = Counter([500, 500])
    assert await dispatch_due(small, hatch, at(REVIEW), seconds=30) == 3
    assert hatch.sizes == [2, 1]


# --- still wanted when its time comes -------------------------------------------------------------


async def nothing(_: Neighbour, __: Sending) -> None:
    """Let nothing happen."""


async def changes(somebody: Neighbour, table: str, **values: object) -> None:
    """Let something change elsewhere, without a look at what waits to be sent."""
    statement = update(tables.metadata.tables[table]).values(**values)
    await somebody.service.lane.write(lambda connection: connection.execute(statement))


async def rests(somebody: Neighbour, _: Sending) -> None:
    await changes(somebody, "participants", resting_until=REVIEW + DAY)


async def is_suppressed(somebody: Neighbour, _: Sending) -> None:
    await changes(somebody, "participants", suppressed_at=REVIEW)


async def has_stopped(somebody: Neighbour, _: Sending) -> None:
    await somebody.does(MenuInput(MenuWish.STOP_ALL_SURELY), REVIEW + SECOND)


async def blocks(somebody: Neighbour, _: Sending) -> None:
    await sending.note_blocked(somebody.service, "web", somebody.chat, REVIEW, blocked=True)


async def loses_the_chat(somebody: Neighbour, _: Sending) -> None:
    await changes(somebody, "addresses", participant_id=None)


async def begins(somebody: Neighbour, offer: Sending) -> None:
    await somebody.taps(offer, "start", REVIEW + SECOND)


async def declines(somebody: Neighbour, offer: Sending) -> None:
    await somebody.taps(offer, "not this time", REVIEW + SECOND)


async def puts_it_off(somebody: Neighbour, _: Sending) -> None:
    review = await somebody.occasion("review")
    await somebody.replies(review, OfferReply.TOMORROW, REVIEW + SECOND)


async def is_planned_anew(somebody: Neighbour, _: Sending) -> None:
    review = await somebody.occasion("review")
    await changes(somebody, "occasions", state="planned", next_at=review.due_at + 7 * DAY)


async def is_asked_again(somebody: Neighbour, _: Sending) -> None:
    await changes(somebody, "occasions", state="planned", next_at=REVIEW, offered_at=None)
    assert len(await fire_due(somebody.service, REVIEW + SECOND)) == 1


async def comes_to_its_end(somebody: Neighbour, _: Sending) -> None:
    await changes(somebody, "occasions", window_ends_at=REVIEW + SECOND)


Happening = Callable[[Neighbour, Sending], Awaitable[None]]


async def waits_in_the_outbox(service: Service, asking: Sending) -> None:
    """The server was away: the asking is to be sent again later."""
    sending.record(service, [asking.came_to(Delivery.PENDING)], REVIEW)
    await service.lane.settled()


async def state_of(service: Service, asking: Sending) -> str:
    def work(connection: Connection) -> str:
        table = tables.outbox
        query = select(table.c.state).where(table.c.id == asking.id)
        return str(connection.execute(query).scalar_one())

    return await service.lane.read(work)


async def test_an_asking_that_waited_goes_out_where_nothing_happened(service: Service) -> None:
    await move_in(service)
    (asking,) = await fire_due(service, REVIEW)
    await waits_in_the_outbox(service, asking)
    (again,) = await sending.claim_due(service, REVIEW + MINUTE)
    assert again.outgoing == asking.outgoing
    assert await state_of(service, asking) == "sending"


@pytest.mark.parametrize(
    ("happens", "stands"),
    [
        (rests, "planned"),
        (is_suppressed, "planned"),
        (has_stopped, "suppressed"),
        (blocks, "planned"),
        (loses_the_chat, "planned"),
        (begins, "answering"),
        (declines, "declined"),
        (puts_it_off, "planned"),
        (is_planned_anew, "planned"),
        (is_asked_again, "offered"),
        (comes_to_its_end, "planned"),
    ],
)
async def test_an_asking_that_nobody_wants_any_more_is_taken_back(
    small: Service, happens: Happening, stands: str
) -> None:
    somebody = await move_in(small)
    (asking,) = await fire_due(small, REVIEW)
    await waits_in_the_outbox(small, asking)
    await happens(somebody, asking)
    told = [each.id for each in await sending.claim_due(small, REVIEW + MINUTE)]
    assert asking.id not in told
    assert await state_of(small, asking) == "cancelled"
    assert await somebody.state("review") == stands


async def test_what_was_taken_back_is_decided_anew_at_the_next_ring(service: Service) -> None:
    """They rested while it waited: it is asked when they are back, and once."""
    somebody = await move_in(service)
    (asking,) = await fire_due(service, REVIEW)
    await waits_in_the_outbox(service, asking)
    await rests(somebody, asking)
    assert await sending.claim_due(service, REVIEW + MINUTE) == []
    assert await fire_due(service, REVIEW + MINUTE) == []
    assert (await somebody.occasion("review")).next_at == REVIEW + DAY
    assert len(await fire_due(service, REVIEW + DAY)) == 1


async def test_a_reminder_whose_run_has_moved_on_does_nothing(small: Service) -> None:
    """It was half done when we reminded them; they went on before the reminder went out."""
    somebody = await move_in(small)
    (asking,) = await fire_due(small, REVIEW)
    await somebody.taps(asking, "start", REVIEW + MINUTE)
    ring, reminders = REVIEW + MINUTE, list[Sending]()
    while not reminders:
        ring += timedelta(hours=1)
        reminders = await fire_due(small, ring)
    (reminder,) = reminders
    await waits_in_the_outbox(small, reminder)
    await somebody.taps(reminder, "carry on", ring + SECOND)
    before = await somebody.occasion("review")
    assert await sending.claim_due(small, ring + MINUTE) == []
    assert await state_of(small, reminder) == "cancelled"
    assert await somebody.occasion("review") == before
