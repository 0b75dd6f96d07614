"""A backup that was brought back sends nothing old until somebody has looked at it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from followups.occasions import fire_due
from storage import chain, occasions, tables, words
from storage.occasions import Occasion
from storage.outbox import Sending
from tests.followups.street import JOINED, REVIEW, Street, move_in
from usecases import restoring, sending
from usecases.inviting import By
from usecases.restoring import Seen
from usecases.service import Service

MINUTE = timedelta(minutes=1)
BY = By("a.worker", REVIEW + MINUTE)


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Service]:
    """One running process on each kind of database."""
    async with Street(database_url).open() as opened:
        yield opened


async def an_old_outbox(service: Service) -> Sending:
    """Somebody was offered a review, and the message still waited when the backup was made."""
    await move_in(service)
    (asked,) = await fire_due(service, REVIEW)
    waits = update(tables.outbox).where(tables.outbox.c.id == asked.id)
    await service.lane.write(
        lambda connection: connection.execute(waits.values(state="pending", due_at=REVIEW))
    )
    return asked


async def bring_back_the_backup(service: Service) -> int:
    """Start with a database that remembers less than what was remembered outside it."""
    known = await restoring.note_alive(service, REVIEW)
    return await restoring.begin(service, Seen(known.identity, REVIEW + MINUTE), BY.now)


async def claimed(service: Service) -> list[int]:
    return [each.id for each in await sending.claim_due(service, REVIEW + MINUTE)]


async def review_of(service: Service, asked: Sending) -> Occasion:
    found = await service.lane.read(
        lambda connection: occasions.load(service.open(connection), str(asked.occasion_id))
    )
    assert found is not None
    return found


async def test_an_older_copy_sends_nothing_until_somebody_has_looked(service: Service) -> None:
    asked = await an_old_outbox(service)
    assert await bring_back_the_backup(service) >= 1
    assert await claimed(service) == []
    assert asked.id in [each.id for each in await restoring.list_set_aside(service)]
    notices = await service.lane.read(
        lambda connection: words.unseen_notices(service.open(connection))
    )
    assert [each.kind for each in notices] == ["restored"]


async def test_what_was_under_way_or_unclear_is_set_aside_too(service: Service) -> None:
    asked = await an_old_outbox(service)
    under_way = update(tables.outbox).where(tables.outbox.c.id == asked.id)
    values = {"state": "unknown", "due_at": None, "repair_at": REVIEW}
    await service.lane.write(lambda connection: connection.execute(under_way.values(values)))
    await bring_back_the_backup(service)
    assert await sending.repair(service, REVIEW + MINUTE) == []
    assert asked.id in [each.id for each in await restoring.list_set_aside(service)]


async def test_what_is_asked_in_it_is_decided_anew_when_it_is_let_go(service: Service) -> None:
    asked = await an_old_outbox(service)
    await bring_back_the_backup(service)
    assert await restoring.release(service, [asked.id], BY) == 1
    assert asked.id not in await claimed(service)
    assert (await review_of(service, asked)).state.value == "planned"
    (again,) = await fire_due(service, REVIEW + MINUTE)
    assert again.occasion_id == asked.occasion_id


async def test_a_reply_is_sent_when_it_is_let_go(service: Service) -> None:
    asked = await an_old_outbox(service)
    reply = update(tables.outbox).where(tables.outbox.c.id == asked.id).values(urgency="reply")
    await service.lane.write(lambda connection: connection.execute(reply))
    await bring_back_the_backup(service)
    await restoring.release(service, None, BY)
    assert asked.id in await claimed(service)


async def test_what_is_dropped_is_never_sent_and_stays_on_record(service: Service) -> None:
    asked = await an_old_outbox(service)
    await bring_back_the_backup(service)
    await restoring.drop(service, None, BY)
    assert await claimed(service) == []
    assert await restoring.list_set_aside(service) == []
    state = select(tables.outbox.c.state).where(tables.outbox.c.id == asked.id)
    assert await service.lane.read(lambda c: c.execute(state).scalar_one()) == "cancelled"


async def test_a_database_that_went_on_by_itself_is_no_older_copy(service: Service) -> None:
    asked = await an_old_outbox(service)
    seen = await restoring.note_alive(service, REVIEW)
    await restoring.note_alive(service, REVIEW + MINUTE)
    assert await restoring.begin(service, seen, BY.now) == 0
    assert asked.id in await claimed(service)


async def test_what_nobody_can_know_is_not_guessed(service: Service) -> None:
    await an_old_outbox(service)
    await restoring.note_alive(service, JOINED)
    assert await restoring.begin(service, None, BY.now) == 0
    assert not await restoring.is_newest(service, None)


async def test_a_database_in_the_place_of_another_sends_nothing_old(service: Service) -> None:
    """Whoever gives an older copy another name does not get its messages sent."""
    asked = await an_old_outbox(service)
    known = await restoring.note_alive(service, REVIEW)
    named = tables.marks.c.name.in_((chain.KEY, chain.HEAD, "identity"))
    gone = delete(tables.marks).where(named)
    await service.lane.write(lambda connection: connection.execute(gone))
    assert not await restoring.is_newest(service, known)
    assert await restoring.begin(service, known, BY.now) >= 1
    assert await claimed(service) == []
    assert asked.id in [each.id for each in await restoring.list_set_aside(service)]


async def test_a_new_database_beside_what_is_remembered_of_another_just_begins(
    service: Service,
) -> None:
    """There is nothing to look at, so nobody is told to look."""
    assert await restoring.begin(service, Seen("another", REVIEW), BY.now) == 0
    notices = await service.lane.read(
        lambda connection: words.unseen_notices(service.open(connection))
    )
    assert notices == []


async def test_the_moment_of_last_use_never_goes_back(service: Service) -> None:
    later = await restoring.note_alive(service, REVIEW)
    await restoring.note_alive(service, REVIEW - MINUTE)
    assert await restoring.begin(service, later, BY.now) == 0
