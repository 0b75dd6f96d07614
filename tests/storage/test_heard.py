"""Who counts as heard: young people whose words somebody read, once a quarter, by pseudonym."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import update

from outcomes.episode import AgeBand, Commissioner, Strand
from outcomes.facts import Heard
from outcomes.quarter import Period, Quarter, Year
from storage import tables
from storage.facts import read_facts
from surveys.people import Role
from tests.support.callers import (
    LONDON,
    Caller,
    Place,
    invite,
    joined,
    let_be_told,
    open_support,
    phone,
    rows,
)
from usecases import theming
from usecases.service import Service
from usecases.theming import Sorting

AUTUMN = Quarter.parse("2026/27-Q3")


@pytest.fixture
def place(database_url: str) -> Place:
    """A place on SQLite and on PostgreSQL in turn, in the autumn quarter."""
    return Place(database_url, now=datetime(2026, 10, 6, 16, tzinfo=LONDON))


@pytest.fixture
async def service(place: Place) -> AsyncIterator[Service]:
    """The service of one process there."""
    async with place.open() as service:
        yield service


async def heard(service: Service, period: Period = AUTUMN) -> list[Heard]:
    facts = await service.lane.read(lambda connection: read_facts(connection, period, LONDON))
    return list(facts.heard)


async def says(service: Service, caller: Caller, words: str = "hello") -> str:
    before = {row.id for row in await rows(service, tables.words)}
    await caller.types(words)
    (new,) = {row.id for row in await rows(service, tables.words)} - before
    return str(new)


async def read(place: Place, service: Service, words: str, *slugs: str) -> None:
    await let_be_told(service, words, place.now)
    await theming.read_and_sort(service, words, Sorting(add=frozenset(slugs)), place.by)


async def change(service: Service, table: Any, which: Any, **values: Any) -> None:
    statement = update(table).where(which).values(**values)
    await service.lane.write(lambda connection: connection.execute(statement))


async def test_nobody_is_heard_before_somebody_read_their_words(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    words = await says(service, caller)
    assert await heard(service) == []
    await read(place, service, words)
    (person,) = [
        row for row in await rows(service, tables.participants) if row.role == "young-person"
    ]
    assert person.id == invited.participant
    assert await heard(service) == [
        Heard(
            person=person.key,
            commissioner=Commissioner.DERBY_CITY,
            strand=Strand.DIRECT,
            age=AgeBand.FROM_SIXTEEN,
            on=date(2026, 10, 6),
            themes=frozenset(),
        )
    ]


async def test_somebody_comes_once_a_quarter_with_all_their_themes(
    place: Place, service: Service
) -> None:
    family = await theming.add_theme(service, "Seeing my family", place.by)
    sleep = await theming.add_theme(service, "Sleep", place.by)
    caller, _ = await joined(place, service)
    first, second, third = [await says(service, caller, each) for each in ("one", "two", "three")]
    await read(place, service, first, family)
    await read(place, service, second, family, sleep)
    place.now = datetime(2027, 1, 1, 0, 0, 5, tzinfo=LONDON)
    await read(place, service, third, sleep)
    assert [each.themes for each in await heard(service)] == [{family, sleep}]
    year = await heard(service, Year(2026))
    assert [(each.on, each.themes) for each in year] == [
        (date(2026, 10, 6), frozenset({family, sleep})),
        (date(2027, 1, 1), frozenset({sleep})),
    ]
    winter = await heard(service, AUTUMN.following)
    assert winter == year[1:]


async def test_the_quarter_is_that_of_the_local_day_on_which_they_were_read(
    place: Place, service: Service
) -> None:
    """The first of July begins at eleven in the evening of the day before, by world time."""
    caller, _ = await joined(place, service)
    words = await says(service, caller)
    read_at = datetime(2027, 7, 1, 0, 30, tzinfo=LONDON)
    await change(service, tables.words, tables.words.c.id == words, read_at=read_at)
    assert await heard(service, Quarter.parse("2027/28-Q1")) == []
    (found,) = await heard(service, Quarter.parse("2027/28-Q2"))
    assert found.on == date(2027, 7, 1)


async def test_words_of_adults_and_of_those_who_never_said_yes_do_not_count(
    place: Place, service: Service
) -> None:
    carer, _ = await joined(place, service, Role.CARER)
    stranger = phone(place, service)
    unsure = phone(place, service)
    await unsure.opens(
        (await invite(place, service, await open_support(place, service, "T-2"))).code
    )
    for caller in (carer, stranger, unsure):
        await caller.types("hello there")
    for row in await rows(service, tables.words):
        await read(place, service, row.id)
    assert len(await rows(service, tables.words)) == 3
    assert await heard(service) == []


async def test_somebody_stands_in_the_box_of_the_support_in_which_they_took_part_then(
    place: Place, service: Service
) -> None:
    """A check-in belongs to its own support; other words to the newest support at that time."""
    caller, _ = await joined(place, service)
    await caller.taps("Start")
    asked = await says(service, caller, "in the middle of it")
    (run,) = await rows(service, tables.runs)
    second = await open_support(place, service, "T-1001", "creative-therapy")
    await invite(place, service, second)
    newest = tables.support_episodes.c.id == second
    await change(
        service, tables.support_episodes, newest,
        commissioner="derbyshire-county", opened_on=date(2026, 10, 1), child_age="11-15",
    )  # fmt: skip
    said = await says(service, caller, "and another thing")
    await change(service, tables.words, tables.words.c.id == asked, run_id=run.id)
    await change(service, tables.words, tables.words.c.id == said, run_id=None)
    await read(place, service, said)
    (found,) = await heard(service)
    assert (found.commissioner, found.age) == (Commissioner.DERBYSHIRE_COUNTY, AgeBand.TO_FIFTEEN)
    everything = tables.words.c.id.in_([asked, said])
    await change(service, tables.words, everything, read_at=None)
    await read(place, service, asked)
    await read(place, service, said)
    (found,) = await heard(service)
    assert (found.commissioner, found.age) == (Commissioner.DERBY_CITY, AgeBand.FROM_SIXTEEN)


async def test_a_retired_theme_still_counts_for_what_was_sorted_under_it(
    place: Place, service: Service
) -> None:
    slug = await theming.add_theme(service, "Sleep", place.by)
    caller, _ = await joined(place, service)
    await read(place, service, await says(service, caller), slug)
    await theming.retire(service, slug, place.by)
    assert [each.themes for each in await heard(service)] == [{slug}]
