"""Support that ended goes on after all, and nothing that was said is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from followups.occasions import fire_due
from storage import changes
from storage.changes import What
from tests.followups.street import JOINED, REVIEW, Neighbour, Street, move_in
from usecases import reopening
from usecases.arrival import OfferReply
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service

DAY = timedelta(days=1)
CLOSED = JOINED + 14 * DAY
BY = By("a.worker", CLOSED + DAY)


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Service]:
    """One running process on each kind of database."""
    async with Street(database_url).open() as opened:
        yield opened


async def whose_support_ended(service: Service) -> Neighbour:
    somebody = await move_in(service)
    await somebody.closes(date(2026, 10, 6), CLOSED)
    return somebody


async def test_reviews_come_again_and_the_end_is_not_asked(service: Service) -> None:
    somebody = await whose_support_ended(service)
    await reopening.reopen(service, somebody.episodes[0], BY)
    assert await fire_due(service, CLOSED + 2 * DAY) == []
    (asked,) = await fire_due(service, REVIEW)
    assert asked.occasion_id == (await somebody.occasion("review")).id
    assert await somebody.state("end") == "suppressed"


async def test_an_offer_of_the_end_that_was_not_taken_begins_nothing_any_more(
    service: Service,
) -> None:
    somebody = await whose_support_ended(service)
    await fire_due(service, CLOSED + DAY / 24)
    end = await somebody.occasion("end")
    assert end.state.value == "offered"
    await reopening.reopen(service, somebody.episodes[0], BY)
    await somebody.replies(end, OfferReply.START, BY.now)
    assert await somebody.state("end") == "suppressed"


async def test_it_is_noted_when_it_had_ended(service: Service) -> None:
    somebody = await whose_support_ended(service)
    await reopening.reopen(service, somebody.episodes[0], BY)
    (noted,) = await service.lane.read(
        lambda connection: changes.of_episodes(service.open(connection), somebody.episodes)
    )
    assert (noted.what, noted.was, noted.who) == (What.REOPENED, "2026-10-06", "a.worker")


async def test_only_what_ended_can_go_on_again(service: Service) -> None:
    somebody = await move_in(service)
    with pytest.raises(Refusal, match="open already"):
        await reopening.reopen(service, somebody.episodes[0], BY)
    with pytest.raises(Refusal, match="no support episode"):
        await reopening.reopen(service, "nowhere", BY)
