"""Goals as figures see them: days and numbers in the support in which they were given, no word."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Connection, event, insert

from outcomes.facts import Facts, GoalRating, OwnGoal
from outcomes.quarter import Quarter
from storage import tables
from storage.facts import read_facts
from surveys.people import AgeBand, Role
from tests.support.callers import DAY, LONDON, Caller, Place, joined, rows
from usecases.arrival import GoalAct, GoalInput, MenuInput, MenuWish
from usecases.service import Service

AUTUMN = Quarter.parse("2026/27-Q3")
TODAY = date(2026, 10, 6)


@pytest.fixture
def place(database_url: str) -> Place:
    """A place on SQLite and on PostgreSQL in turn, in the autumn quarter."""
    return Place(database_url, now=datetime(2026, 10, 6, 16, tzinfo=LONDON))


@pytest.fixture
async def service(place: Place) -> AsyncIterator[Service]:
    """The service of one process there."""
    async with place.open() as service:
        yield service


async def facts(service: Service) -> Facts:
    return await service.lane.read(lambda connection: read_facts(connection, AUTUMN, LONDON))


async def sets(service: Service, caller: Caller, said: str, number: int) -> str:
    """Write down a goal and give it a number; return its id."""
    before = {row.id for row in await rows(service, tables.goals)}
    await caller.does(MenuInput(MenuWish.GOALS))
    await caller.taps("Write a goal")
    await caller.types(said)
    (new,) = {row.id for row in await rows(service, tables.goals)} - before
    await caller.does(GoalInput(new, GoalAct.RATE, number))
    return str(new)


async def test_a_goal_comes_with_its_numbers_and_their_days_and_without_a_word(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    goal = await sets(service, caller, "cook a meal on my own", 3)
    place.forward(30 * DAY)
    await caller.does(GoalInput(goal, GoalAct.RATE, 8))
    (support,) = await rows(service, tables.support_episodes)
    (person,) = [row for row in await rows(service, tables.participants) if row.role != "carer"]
    assert (await facts(service)).goals == (
        OwnGoal(
            support.key,
            person.key,
            TODAY,
            ratings=(GoalRating(TODAY, 3), GoalRating(TODAY + timedelta(days=30), 8)),
        ),
    )
    assert "cook" not in repr(await facts(service))


@pytest.mark.parametrize("how", [GoalAct.NOT_MINE, GoalAct.REACHED])
async def test_a_goal_that_was_put_away_says_when_and_whether_it_was_given_up(
    place: Place, service: Service, how: GoalAct
) -> None:
    caller, _ = await joined(place, service)
    goal = await sets(service, caller, "cook a meal on my own", 3)
    place.forward(DAY)
    await caller.does(GoalInput(goal, how))
    (found,) = (await facts(service)).goals
    assert found.put_away_on == TODAY + timedelta(days=1)
    assert found.given_up is (how is GoalAct.NOT_MINE)


async def test_numbers_of_another_support_stay_with_it(place: Place, service: Service) -> None:
    caller, invited = await joined(place, service)
    goal = await sets(service, caller, "cook a meal on my own", 3)
    (support,) = await rows(service, tables.support_episodes)
    other = {**support._mapping, "id": "later", "key": "later", "ref_index": None}

    def add(connection: Connection) -> None:
        connection.execute(insert(tables.support_episodes).values(**other))
        mine = {"participant_id": invited.participant, "episode_id": "later", "since": place.now}
        connection.execute(insert(tables.participations).values(**mine))
        rating = {"id": "r", "goal_id": goal, "episode_key": "later", "value": 9, "at": place.now}
        connection.execute(insert(tables.goal_ratings).values(**rating))

    await service.lane.write(add)
    found = {each.episode: [one.value for one in each.ratings] for each in await goals_now(service)}
    assert found == {support.key: [3], "later": [9]}


async def goals_now(service: Service) -> tuple[OwnGoal, ...]:
    return (await facts(service)).goals


async def test_only_goals_of_young_people_count(place: Place, service: Service) -> None:
    caller, _ = await joined(place, service, Role.CARER, AgeBand.ADULT)
    await sets(service, caller, "sleep through the night", 3)
    assert await goals_now(service) == ()


async def test_goals_of_any_number_of_people_are_read_at_one_go_and_words_never(
    place: Place, service: Service
) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    async def queries() -> int:
        asked.clear()

        def read(connection: Connection) -> None:
            event.listen(connection, "before_cursor_execute", note)
            try:
                read_facts(connection, AUTUMN, LONDON)
            finally:
                event.remove(connection, "before_cursor_execute", note)

        await service.lane.read(read)
        of_goals = [each for each in asked if "goals" in each]
        assert not [each for each in of_goals if "words" in each]
        return len(of_goals)

    assert await queries() == 1
    for case in ("T-1001", "T-1002"):
        caller, _ = await joined(place, service, case=case)
        await sets(service, caller, "cook a meal on my own", 3)
        await sets(service, caller, "play the drums", 5)
    assert (await queries(), len(await goals_now(service))) == (1, 4)
