"""From the rhythm to due moments: local intent, zone and instant, each planned once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage import episodes, people, tables
from storage.casework import Casework
from storage.occasions import Occasion
from surveys.people import AgeBand, Role
from tests.support.callers import Place, close_support, invite, joined, moments, rows, write
from usecases import planning
from usecases.ports import Circumstances
from usecases.service import Service


@pytest.mark.parametrize(
    ("joins", "due"),
    [
        (datetime(2026, 9, 22, 16, tzinfo=UTC), datetime(2026, 11, 3, 16, tzinfo=UTC)),
        (datetime(2027, 2, 23, 16, tzinfo=UTC), datetime(2027, 4, 6, 15, tzinfo=UTC)),
    ],
)
async def test_four_in_the_afternoon_stays_four_when_the_clocks_change(
    small_place: Place, small: Service, joins: datetime, due: datetime
) -> None:
    small_place.now = joins
    _, invited = await joined(small_place, small)
    review = (await moments(small, invited.participant))[1]
    assert (review.due_at, review.zone) == (due, "Europe/London")
    assert review.local_time.endswith("T16:00")
    assert review.window_ends_at == due + timedelta(days=21)


async def test_joining_at_midnight_counts_the_day_on_the_wall(
    small_place: Place, small: Service
) -> None:
    small_place.now = datetime(2026, 9, 22, 23, 30, tzinfo=UTC)
    _, invited = await joined(small_place, small)
    start, review = await moments(small, invited.participant)
    assert start.local_time == "2026-09-23T16:00"
    assert review.local_time == "2026-11-04T16:00"


async def test_planning_twice_plans_once(place: Place, service: Service) -> None:
    _, invited = await joined(place, service)
    before = await moments(service, invited.participant)

    def again(work: Casework) -> None:
        person = people.load_person(work, invited.participant)
        assert person is not None
        planning.plan_joining(service, work, person, place.now)
        planning.plan_coming_back(service, work, person, place.now)

    await write(service, again)
    assert await moments(service, invited.participant) == before


async def test_support_that_is_over_plans_no_start(small_place: Place, small: Service) -> None:
    _, invited = await joined(small_place, small, Role.CARER)
    (episode,) = await rows(small, tables.support_episodes)
    await close_support(small_place, small, episode.id)
    late = await invite(small_place, small, episode.id, Role.PROFESSIONAL)

    def plan(work: Casework) -> None:
        person = people.load_person(work, late.participant)
        assert person is not None
        planning.plan_joining(small, work, person, small_place.now)

    await write(small, plan)
    assert await moments(small, late.participant) == []
    assert len(await moments(small, invited.participant)) == 5


async def test_no_review_follows_where_nobody_is_asked_for_reviews(
    small_place: Place, small: Service
) -> None:
    _, invited = await joined(small_place, small, Role.CARER)
    start = (await moments(small, invited.participant))[0]
    await plan_after(small, start)
    assert len(await moments(small, invited.participant)) == 2


async def plan_after(service: Service, after: Occasion) -> None:
    def work(casework: Casework) -> None:
        person = people.load_person(casework, after.participant_id)
        episode = episodes.load(casework, after.episode_id)
        assert person is not None
        assert episode is not None
        planning.plan_review(service, casework, person, episode, after)

    await write(service, work)


async def test_every_instrument_that_a_rhythm_plans_can_be_asked(small: Service) -> None:
    today = datetime(2026, 9, 22, tzinfo=UTC).date()
    for role in Role:
        who = Circumstances(role, AgeBand.TWELVE_TO_FIFTEEN, "consultation", "direct")
        planned = small.rhythm.at_joining(who, today) + small.rhythm.at_closing(who, today)
        assert planned
        for name in planning.instruments_of(planned):
            assert small.catalogue.latest(name)
