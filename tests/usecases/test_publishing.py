"""Figures are compiled once, frozen, and made from nothing but what people answered."""

from __future__ import annotations

import asyncio
import threading
from datetime import date, datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, text

from outcomes.episode import Commissioner
from outcomes.observation import AskingOutcome
from outcomes.quarter import Quarter
from outcomes.release import Release, Status
from storage import observations, tables
from storage.observations import Facts
from surveys.people import Role
from tests.support.callers import LONDON, Caller, Place, close_support, joined, rows
from usecases import publishing
from usecases.arrival import MenuInput, MenuWish
from usecases.refusal import Refusal
from usecases.service import Service

AUTUMN = Quarter.parse("2026/27-Q3")


async def lived(place: Place, service: Service, number: int, values: tuple[int, int]) -> None:
    """Let one child begin and end support, with a star before and after."""
    caller, _ = await joined(place, service, case=f"T-{number}")
    await caller.taps("Start")
    await caller.taps("Skip")
    await caller.answers(values[0])
    start = place.now
    place.now = datetime(2026, 12, 1, 16, tzinfo=place.now.tzinfo)
    episodes = await rows(service, tables.support_episodes)
    latest = next(row for row in episodes if row.closed_on is None)
    await close_support(place, service, latest.id)
    await caller.types("go on")
    await caller.taps("Start")
    await caller.answers(values[1])
    place.now = start


async def facts(service: Service, quarter: Quarter) -> Facts:
    return await service.lane.read(
        lambda connection: observations.read_facts(
            connection, quarter.first_day, quarter.last_day, ZoneInfo("Europe/London")
        )
    )


async def test_what_was_answered_becomes_facts_without_a_name(
    place: Place, service: Service
) -> None:
    await lived(place, service, 1, (2, 4))
    found = await facts(service, AUTUMN)
    (episode,) = found.episodes
    assert (episode.commissioner, episode.closed_on) == (Commissioner.DERBY_CITY, date(2026, 12, 1))
    first, last = sorted(found.observations, key=lambda each: each.on)
    assert (first.wave, last.wave) == ("start", "end")
    assert "body" not in first.scores
    assert set(first.scores.values()) == {2}
    assert set(last.scores.values()) == {4}
    assert len(last.scores) == 8
    assert first.respondent == last.respondent
    assert {first.episode, last.episode} == {episode.key}
    stored = [*await rows(service, tables.participants), *await rows(service, tables.children)]
    assert not {episode.key, first.respondent} & {row.id for row in stored}


async def test_every_asking_is_told_by_what_became_of_it(
    small_place: Place, small: Service
) -> None:
    async def ends(caller: Caller, label: str) -> None:
        if label == "stop":
            await caller.does(MenuInput(MenuWish.STOP_ALL_SURELY))
        elif label:
            await caller.taps(label)

    for number, label in enumerate(("Not this time", "stop", "")):
        caller, _ = await joined(small_place, small, Role.CARER, case=f"T-{number}")
        await ends(caller, label)
    for row in await rows(small, tables.support_episodes):
        await close_support(small_place, small, row.id)
    found = await facts(small, Quarter.containing(small_place.now.astimezone(LONDON).date()))
    starts = sorted(each.outcome for each in found.askings if each.wave == "start")
    assert starts == sorted(
        [AskingOutcome.DECLINED, AskingOutcome.WITHDRAWN, AskingOutcome.NO_REPLY]
    )
    later = {each.outcome for each in found.askings if each.wave == "6-months"}
    assert later == {AskingOutcome.NOT_ASKED}


async def test_support_that_goes_on_is_in_no_figure(small_place: Place, small: Service) -> None:
    caller, _ = await joined(small_place, small)
    await caller.taps("Start")
    await caller.answers(3)
    assert await facts(small, AUTUMN) == Facts((), (), ())


async def test_a_quarter_is_compiled_once(place: Place, service: Service) -> None:
    await lived(place, service, 1, (2, 4))
    after = datetime(2027, 3, 1, tzinfo=place.now.tzinfo)
    once = await publishing.compile_quarter(service, AUTUMN, after)
    await lived(place, service, 2, (1, 5))
    again = await publishing.compile_quarter(service, AUTUMN, after)
    assert once == again
    assert once.status is Status.FINAL
    (listed,) = await publishing.list_releases(service)
    assert (listed.id, listed.quarter, listed.status) == (once.id, "2026/27-Q3", "final")
    assert await publishing.load_release(service, once.id) == once
    assert await publishing.load_release(service, "nothing") is None


@pytest.mark.parametrize(
    ("before", "status"),
    [(timedelta(minutes=1), Status.PROVISIONAL), (timedelta(0), Status.FINAL)],
)
async def test_what_is_compiled_before_the_books_are_closed_is_provisional_and_stays(
    small: Service, before: timedelta, status: Status
) -> None:
    closed = datetime.combine(AUTUMN.freeze_date, time(0), LONDON)
    compiled = await publishing.compile_quarter(small, AUTUMN, closed - before)
    assert compiled.status is status
    again = await publishing.compile_quarter(small, AUTUMN, closed + timedelta(days=1))
    assert again == compiled
    assert len(await publishing.list_releases(small)) == 1


async def test_a_quarter_that_has_not_begun_is_refused(small_place: Place, small: Service) -> None:
    with pytest.raises(Refusal, match="there is nothing to compile yet"):
        await publishing.compile_quarter(small, AUTUMN, small_place.now)


@pytest.mark.postgres
async def test_who_compiles_while_another_does_waits_and_gets_what_was_frozen(
    postgres_url: str,
) -> None:
    place = Place(postgres_url)
    after = datetime(2027, 3, 1, tzinfo=place.now.tzinfo)
    async with place.open(1) as here, place.open(2) as there:
        empty = await facts(here, AUTUMN)
        theirs = publishing._make(AUTUMN, empty, after.date())

        holding = threading.Event()

        def freeze_when_another_waits(connection: Connection) -> None:
            publishing._freeze(connection, theirs, after)
            holding.set()
            others = text("select count(*) from pg_locks where not granted")
            until = monotonic() + 20
            while not connection.execute(others).scalar_one():
                assert monotonic() < until

        ours = publishing._make(AUTUMN, empty, (after + timedelta(days=1)).date())

        def freeze_after_them(connection: Connection) -> Release:
            assert holding.wait(20)
            return publishing._freeze(connection, ours, after + timedelta(days=1))

        one, other = await asyncio.gather(
            here.lane.write(freeze_when_another_waits), there.lane.write(freeze_after_them)
        )
        assert (one, other) == (None, theirs)
        assert len(await publishing.list_releases(here)) == 1
