"""What the figures of a period are made from: all that they look at, and nobody's name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, event, insert, update

from outcomes.episode import AgeBand, Commissioner, StaffFacts, Strand
from outcomes.facts import Facts, SdqTotal
from outcomes.observation import AskingOutcome
from outcomes.quarter import Period, Quarter, Year
from storage import tables
from storage.facts import earliest_day, read_facts
from surveys.people import AgeBand as SpokenBand
from surveys.people import Role
from tests.support.callers import (
    LONDON,
    Caller,
    Place,
    close_support,
    invite,
    joined,
    open_support,
    rows,
)
from usecases.arrival import MenuInput, MenuWish
from usecases.service import Service

AUTUMN = Quarter.parse("2026/27-Q3")
_numbers = count(1)


@pytest.fixture
def place(database_url: str) -> Place:
    """A place on SQLite and on PostgreSQL in turn, in the autumn quarter."""
    return Place(database_url, now=datetime(2026, 10, 6, 16, tzinfo=LONDON))


@pytest.fixture
async def service(place: Place) -> AsyncIterator[Service]:
    """The service of one process there."""
    async with place.open() as service:
        yield service


async def facts(service: Service, period: Period = AUTUMN) -> Facts:
    return await service.lane.read(lambda connection: read_facts(connection, period, LONDON))


async def run(service: Service, statement: Any) -> None:
    await service.lane.write(lambda connection: connection.execute(statement))


async def store(service: Service, table: Any, **values: Any) -> None:
    await run(service, insert(table).values(**values))


async def support(
    place: Place, service: Service, opened: date, closed: date | None, **noted: Any
) -> Any:
    """Store one support episode with these days; return its row."""
    episode = await open_support(place, service, f"T-{next(_numbers)}")
    reason = None if closed is None else "planned"
    days = {"opened_on": opened, "closed_on": closed, "close_reason": reason}
    mine = tables.support_episodes.c.id == episode
    await run(service, update(tables.support_episodes).where(mine).values(**days, **noted))
    return next(row for row in await rows(service, tables.support_episodes) if row.id == episode)


# --- which support episodes -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "first"),
    [
        ("2026/27-Q3", date(2026, 1, 1)),
        ("2026/27-Q4", date(2026, 4, 1)),
        ("2026/27-Q1", date(2025, 7, 1)),
        ("2026/27", date(2025, 7, 1)),
    ],
)
def test_a_period_looks_back_three_quarters(period: str, first: date) -> None:
    parsed: Period = Quarter.parse(period) if "-" in period else Year.parse(period)
    assert earliest_day(parsed) == first


@given(st.integers(2000, 2099), st.sampled_from((1, 2, 3, 4)))
def test_the_earliest_day_is_the_first_of_a_quarter_nine_months_before(
    starts: int, number: int
) -> None:
    quarter = Quarter(starts, number)
    earliest = earliest_day(quarter)
    again = Quarter.containing(earliest)
    assert again.first_day == earliest
    assert again.following.following.following == quarter


async def test_every_support_counts_that_was_open_on_any_day_that_is_looked_at(
    place: Place, service: Service
) -> None:
    day = timedelta(days=1)
    first, last = earliest_day(AUTUMN), AUTUMN.last_day
    wanted = [
        (first - 400 * day, first),
        (first - 400 * day, None),
        (last, None),
        (last, last + 9 * day),
        (first + day, first + 2 * day),
    ]
    others = [(first - 9 * day, first - day), (last + day, None)]
    keys = [(await support(place, service, *days)).key for days in (*wanted, *others)]
    found = await facts(service)
    assert [each.key for each in found.episodes] == sorted(keys[: len(wanted)])


# --- what is known of them ------------------------------------------------------------------------


async def test_what_staff_noted_for_the_contract_is_told_as_it_was_noted(
    place: Place, service: Service
) -> None:
    noted = StaffFacts(2, True, False, date(2026, 9, 20), date(2026, 10, 1), date(2026, 11, 2))
    row = await support(
        place,
        service,
        date(2026, 9, 1),
        date(2026, 12, 1),
        child_age="11-15",
        unplanned_moves=noted.unplanned_moves,
        away_at_start=noted.away_at_start,
        away_at_end=noted.away_at_end,
        plan_on=noted.plan_on,
        disengaged_on=noted.disengaged_on,
        back_on=noted.back_on,
    )
    given_by = {"given_by": "person", "at": place.now, "who": "a.worker"}
    for what, value in (("sex", "female"), ("came-alone", "no")):
        await store(
            service,
            tables.characteristics,
            child_id=row.child_id,
            what=what,
            value=value,
            **given_by,
        )
    (episode,) = (await facts(service)).episodes
    assert (episode.commissioner, episode.strand) == (Commissioner.DERBY_CITY, Strand.DIRECT)
    assert (episode.staff, episode.age) == (noted, AgeBand.TO_FIFTEEN)
    assert episode.characteristics == {"sex": "female", "came-alone": "no"}


async def test_what_nobody_noted_is_neither_yes_nor_no(place: Place, service: Service) -> None:
    await support(place, service, date(2026, 9, 1), None)
    (episode,) = (await facts(service)).episodes
    assert (episode.staff, episode.age) == (StaffFacts(), AgeBand.NOT_KNOWN)
    assert episode.characteristics == {}


@pytest.mark.parametrize(
    ("spoken", "noted", "told"),
    [
        (SpokenBand.FIVE_TO_SEVEN, None, AgeBand.TO_TEN),
        (SpokenBand.EIGHT_TO_ELEVEN, None, AgeBand.TO_TEN),
        (SpokenBand.TWELVE_TO_FIFTEEN, None, AgeBand.TO_FIFTEEN),
        (SpokenBand.SIXTEEN_TO_SEVENTEEN, None, AgeBand.FROM_SIXTEEN),
        (SpokenBand.EIGHTEEN_TO_TWENTY_FIVE, None, AgeBand.FROM_SIXTEEN),
        (SpokenBand.EIGHT_TO_ELEVEN, "11-15", AgeBand.TO_FIFTEEN),
    ],
)
async def test_an_age_that_was_noted_goes_before_the_one_by_which_we_speak(
    sqlite_url: str, spoken: SpokenBand, noted: str | None, told: AgeBand
) -> None:
    place = Place(sqlite_url)
    async with place.open() as service:
        await invite(place, service, await open_support(place, service), band=spoken)
        await run(service, update(tables.support_episodes).values(child_age=noted))
        (episode,) = (await facts(service)).episodes
        assert episode.age is told


async def test_the_age_of_a_carer_is_not_that_of_the_child(sqlite_url: str) -> None:
    place = Place(sqlite_url)
    async with place.open() as service:
        await joined(place, service, Role.CARER, SpokenBand.ADULT)
        (episode,) = (await facts(service)).episodes
        assert episode.age is AgeBand.NOT_KNOWN


async def test_an_imported_total_is_told_under_the_pseudonym_of_the_support(
    place: Place, service: Service
) -> None:
    row = await support(place, service, date(2026, 9, 1), None)
    gone = await support(place, service, date(2020, 1, 1), date(2020, 2, 1))
    for number, each in enumerate((row, gone)):
        await store(
            service,
            tables.sdq_totals,
            id=f"sdq-{number}",
            episode_id=each.id,
            episode_key=each.key,
            informant="parent",
            day=date(2026, 9, 2),
            total=17,
            at=place.now,
            who="a.worker",
        )
    assert (await facts(service)).sdq == (SdqTotal(row.key, "parent", date(2026, 9, 2), 17),)


async def test_nothing_that_is_told_names_somebody(place: Place, service: Service) -> None:
    caller, invited = await joined(place, service)
    await caller.taps("Start")
    await caller.answers(4)
    found = repr(await facts(service))
    stored = [
        *await rows(service, tables.participants),
        *await rows(service, tables.children),
        *await rows(service, tables.support_episodes),
        *await rows(service, tables.addresses),
    ]
    assert stored
    assert not [row.id for row in stored if row.id in found]
    assert invited.participant not in found


# --- what was asked, and what was begun -----------------------------------------------------------


async def test_every_asking_is_told_by_what_became_of_it(place: Place, service: Service) -> None:
    async def ends(caller: Caller, label: str) -> None:
        if label == "stop":
            await caller.does(MenuInput(MenuWish.STOP_ALL_SURELY))
        elif label:
            await caller.taps(label)

    for number, label in enumerate(("Not this time", "stop", "")):
        caller, _ = await joined(place, service, Role.CARER, case=f"C-{number}")
        await ends(caller, label)
    found = await facts(service)
    starts = sorted(each.outcome for each in found.askings if each.wave == "start")
    expected = [AskingOutcome.DECLINED, AskingOutcome.WITHDRAWN, AskingOutcome.NO_REPLY]
    assert starts == sorted(expected)
    assert sorted(each.outcome for each in found.followups if each.wave == "start") == starts


async def test_a_due_moment_belongs_to_the_quarter_in_which_it_is_due(
    place: Place, service: Service
) -> None:
    await joined(place, service)
    (row,) = await rows(service, tables.support_episodes)
    await close_support(place, service, row.id)
    after = {"3-months": "2026/27-Q4", "6-months": "2027/28-Q1"}
    for wave, quarter in after.items():
        (due,) = [
            each
            for each in (await facts(service, Quarter.parse(quarter))).followups
            if each.wave == wave
        ]
        assert due.due_on in Quarter.parse(quarter)
        assert (due.episode, due.commissioner, due.strand) == (
            row.key,
            Commissioner.DERBY_CITY,
            Strand.DIRECT,
        )
        assert (due.delivered, due.outcome) == (False, AskingOutcome.NOT_ASKED)
    here = (await facts(service)).followups
    assert {each.wave for each in here}.isdisjoint(after)
    assert {each.delivered for each in here if each.wave == "start"} == {True}


async def test_a_due_moment_at_midnight_belongs_to_the_day_of_the_service_s_clock(
    place: Place, service: Service
) -> None:
    """In summer, London's day begins at 23:00 of the day before, where instants are kept."""
    await joined(place, service)
    for at, quarter in (
        (datetime(2026, 7, 1, 0, 0, tzinfo=LONDON), "2026/27-Q2"),
        (datetime(2026, 6, 30, 23, 59, tzinfo=LONDON), "2026/27-Q1"),
    ):
        await run(service, update(tables.occasions).values(due_at=at))
        spring, summer = Quarter.parse("2026/27-Q1"), Quarter.parse("2026/27-Q2")
        found = {str(each): (await facts(service, each)).followups for each in (spring, summer)}
        assert [name for name, due in found.items() if due] == [quarter]


async def test_what_a_chat_did_not_take_was_not_delivered(place: Place, service: Service) -> None:
    await joined(place, service)
    await run(service, update(tables.occasions).values(state="undeliverable"))
    (due,) = {(each.delivered, each.outcome) for each in (await facts(service)).followups}
    assert due == (False, AskingOutcome.NO_REPLY)


async def test_a_check_in_that_was_begun_is_told_with_its_seconds_once_it_is_ended(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    await caller.taps("Start")
    (begun,) = (await facts(service)).begun
    assert (begun.completed, begun.seconds, begun.on) == (False, None, date(2026, 10, 6))
    (due,) = {each.person for each in (await facts(service)).followups}
    (person,) = await rows(service, tables.participants)
    assert begun.person == due == person.key
    started = place.now
    await caller.answers(3)
    (begun,) = (await facts(service)).begun
    assert begun.completed
    assert begun.seconds == int((place.now - started).total_seconds())
    assert (await facts(service, Quarter.parse("2026/27-Q4"))).begun == ()


async def test_somebody_who_was_gone_is_told_apart_from_no_reply(
    place: Place, service: Service
) -> None:
    await joined(place, service)
    (person,) = await rows(service, tables.participants)
    await store(
        service,
        tables.silences,
        id="s-1",
        participant_id=person.id,
        participant_key=person.key,
        kind="disengaged",
        at=place.now,
    )
    await run(service, update(tables.occasions).values(state="lapsed"))
    found = await facts(service)
    assert {each.outcome for each in found.askings} == {"gone-quiet"}
    assert {each.outcome for each in found.followups} == {"gone-quiet"}


# --- how it is read -------------------------------------------------------------------------------


async def test_the_same_queries_serve_however_many_children(sqlite_url: str) -> None:
    place = Place(sqlite_url)
    async with place.open() as service:

        def statements(connection: Connection) -> int:
            said: list[str] = []
            event.listen(connection, "before_cursor_execute", lambda *given: said.append(given[2]))
            read_facts(connection, AUTUMN, LONDON)
            return len(said)

        few = await service.lane.read(statements)
        for number in range(5):
            await joined(place, service, case=f"N-{number}")
        assert await service.lane.read(statements) == few
