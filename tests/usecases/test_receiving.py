"""What comes in has one effect: delivered twice, at once, to two processes, or beside a fault."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from storage import tables
from storage.casework import Casework, ChangedMeanwhile
from storage.counts import STUCK_AFTER
from storage.outbox import Outgoing
from storage.runs import of_participant
from surveys.conversation import RunId, Tapped
from tests.support.callers import (
    Caller,
    Place,
    browser,
    invite,
    joined,
    moments,
    open_support,
    phone,
    rows,
    write,
)
from usecases import receiving
from usecases.arrival import (
    Arrival,
    Channel,
    JoinInput,
    JoinReply,
    Media,
    MediaInput,
    MenuInput,
    MenuWish,
    OccasionId,
    OccasionInput,
    OfferReply,
    RunInput,
    TextInput,
    What,
)
from usecases.housekeeping import tidy
from usecases.reading import counts
from usecases.receiving import Received, Reception
from usecases.service import Service
from usecases.telling import Listener, Telling


async def all_at_once(service: Service, arrivals: Sequence[Arrival]) -> list[Received]:
    """Hand in several inputs that are dealt with in one transaction."""
    reception = Reception(service)
    return list(await asyncio.gather(*(reception.receive(each) for each in arrivals)))


async def the_answers(service: Service) -> list[tuple[str, object]]:
    """Return every answer ever given, in order."""
    (row,) = await rows(service, tables.participants)
    found = await service.lane.read(
        lambda connection: of_participant(service.open(connection), row.id)
    )
    return [(each.item, each.answer) for stored in found for each in stored.logged()]


async def begun(place: Place, service: Service) -> tuple[Caller, RunId]:
    caller, _ = await joined(place, service)
    await caller.taps("Start")
    (run,) = await rows(service, tables.runs)
    return caller, RunId(run.id)


# --- the same thing twice -------------------------------------------------------------------------

INPUTS: tuple[What, ...] = (
    TextInput("hello there"),
    TextInput("i want to die"),
    MenuInput(MenuWish.HELP),
    MediaInput(Media.VOICE),
    MenuInput(MenuWish.STOP_ALL_SURELY),
)


async def everything(service: Service) -> dict[str, int]:
    """Return how many rows there are of whatever an input can cause."""
    caused = (tables.words, tables.concerns, tables.notices, tables.outbox, tables.inbox)
    return {table.name: len(await rows(service, table)) for table in caused}


async def test_an_update_that_comes_twice_has_one_effect(place: Place, service: Service) -> None:
    caller, _ = await begun(place, service)
    for what in INPUTS:
        arrival = caller.arrival(what)
        first = await Reception(service).receive(arrival)
        after = await everything(service)
        second = await Reception(service).receive(arrival)
        assert (first.duplicate, second.duplicate, second.sendings) == (False, True, ())
        assert await everything(service) == after


async def test_an_update_that_comes_twice_at_once_has_one_effect(
    place: Place, service: Service
) -> None:
    caller, _ = await begun(place, service)
    for number, what in enumerate(INPUTS, start=1):
        arrival = caller.arrival(what)
        done = await all_at_once(service, [arrival, arrival, arrival])
        assert sorted(each.duplicate for each in done) == [False, True, True]
        kept = await everything(service)
        assert kept["words"] + kept["notices"] == number


async def test_the_same_number_on_another_channel_is_another_update(
    small_place: Place, small: Service
) -> None:
    web = await browser(small_place, small)
    await web.joins(await invite(small_place, small, await open_support(small_place, small)))
    telegram = phone(small_place, small)
    one, two = web.arrival(TextInput("one"), update=7), telegram.arrival(TextInput("two"), update=7)
    done = await all_at_once(small, [one, two])
    assert [each.duplicate for each in done] == [False, False]


async def test_a_number_that_comes_again_long_after_is_a_new_update(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.does(TextInput("first"), update=7)
    await tidy(small, small_place.now)
    assert (await caller.does(TextInput("again"), update=7)).duplicate
    small_place.forward(timedelta(days=8))
    await tidy(small, small_place.now)
    assert not (await caller.does(TextInput("another"), update=7)).duplicate


# --- taps at once ---------------------------------------------------------------------------------


async def test_two_taps_at_once_give_one_answer(place: Place, service: Service) -> None:
    caller, run = await begun(place, service)
    taps = [caller.arrival(RunInput(run, Tapped(1, value)), 1) for value in (4, 4, 2)]
    await all_at_once(service, taps)
    assert [item for item, _ in await the_answers(service)] == ["body"]


async def test_one_chat_is_served_in_order_also_in_one_transaction(
    place: Place, service: Service
) -> None:
    caller, run = await begun(place, service)
    other, _ = await joined(place, service, case="T-2")
    mine = [caller.arrival(RunInput(run, Tapped(step, 1 + step % 5)), 1) for step in range(1, 9)]
    theirs = [other.arrival(TextInput(f"word {number}")) for number in range(4)]
    mixed = [mine[0], theirs[0], mine[1], theirs[1], *mine[2:], *theirs[2:]]
    done = await all_at_once(service, mixed)
    assert [each.duplicate for each in done] == [False] * 12
    (finished,) = await rows(service, tables.runs)
    assert finished.status == "finished"
    assert done[-3].sendings
    assert len(await rows(service, tables.words)) == 4


async def test_somebody_with_two_chats_is_one_person_also_at_once(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    (episode,) = await rows(service, tables.support_episodes)
    web = await browser(place, service)
    await web.opens((await invite(place, service, episode.id)).code)
    start = (await moments(service, invited.participant))[0]
    reply = OccasionInput(OccasionId(start.id), OfferReply.START)
    await all_at_once(service, [caller.arrival(reply, 1), web.arrival(reply, 1)])
    (run,) = await rows(service, tables.runs)
    taps = [each.arrival(RunInput(RunId(run.id), Tapped(1, 3)), 1) for each in (caller, web)]
    await all_at_once(service, taps)
    assert [item for item, _ in await the_answers(service)] == ["body"]


async def test_two_chats_of_one_person_need_no_second_transaction(
    small_place: Place, small: Service
) -> None:
    caller, run = await begun(small_place, small)
    (episode,) = await rows(small, tables.support_episodes)
    web = await browser(small_place, small)
    await web.opens((await invite(small_place, small, episode.id)).code)
    both = [each.arrival(RunInput(run, Tapped(2, 3)), 1) for each in (caller, web)]
    done = await small.lane.write(lambda connection: receiving.receive_all(small, connection, both))
    assert all(isinstance(each, Received) and each.sendings for each in done)
    assert [item for item, _ in await the_answers(small)] == ["body"]


async def test_yes_twice_at_once_joins_once(small_place: Place, small: Service) -> None:
    invited = await invite(small_place, small, await open_support(small_place, small))
    caller = phone(small_place, small)
    await caller.opens(invited.code)
    yes = [caller.arrival(JoinInput(JoinReply.YES), 1) for _ in range(2)]
    done = await all_at_once(small, yes)
    assert "You are in already" in done[1].sendings[-1].outgoing.text
    assert len(await moments(small, invited.participant)) == 2


# --- several processes on one database ------------------------------------------------------------


@pytest.mark.postgres
async def test_an_update_that_two_processes_get_has_one_effect(postgres_url: str) -> None:
    place = Place(postgres_url)
    async with place.open(1) as here, place.open(2) as there:
        caller, _ = await begun(place, here)
        for what in INPUTS * 3:
            arrival = caller.arrival(what)
            done = await asyncio.gather(
                Reception(here).receive(arrival), Reception(there).receive(arrival)
            )
            assert sorted(each.duplicate for each in done) == [False, True]


@pytest.mark.postgres
async def test_two_processes_answer_one_person_as_one(postgres_url: str) -> None:
    place = Place(postgres_url)
    async with place.open(1) as here, place.open(2) as there:
        caller, run = await begun(place, here)
        doors = (Reception(here), Reception(there))
        for step in range(1, 9):
            taps = [caller.arrival(RunInput(run, Tapped(step, 3)), 1) for _ in range(6)]
            done = await asyncio.gather(
                *(doors[number % 2].receive(tap) for number, tap in enumerate(taps))
            )
            assert not any(each.duplicate for each in done)
        assert len(await the_answers(here)) == 8
        assert len(await rows(here, tables.observations)) == 1


@pytest.mark.postgres
async def test_two_processes_begin_one_set_of_questions(postgres_url: str) -> None:
    place = Place(postgres_url)
    async with place.open(1) as here, place.open(2) as there:
        (episode,) = [await open_support(place, here)]
        caller = phone(place, here)
        await caller.joins(await invite(place, here, episode))
        web = await browser(place, there)
        await web.opens((await invite(place, there, episode)).code)
        (row,) = await rows(here, tables.participants)
        start = (await moments(here, row.id))[0]
        reply = OccasionInput(OccasionId(start.id), OfferReply.START)
        await asyncio.gather(
            Reception(here).receive(caller.arrival(reply, 1)),
            Reception(there).receive(web.arrival(reply, 1)),
            Reception(there).receive(caller.arrival(reply, 1)),
        )
        assert len(await rows(here, tables.runs)) == 1


@pytest.mark.postgres
async def test_two_processes_meet_somebody_new_at_once(postgres_url: str) -> None:
    place = Place(postgres_url)
    async with place.open(1) as here, place.open(2) as there:
        for _ in range(5):
            caller = phone(place, here)
            await asyncio.gather(
                Reception(here).receive(caller.arrival(TextInput("one"))),
                Reception(there).receive(caller.arrival(TextInput("two"))),
            )
        assert len(await rows(here, tables.addresses)) == 5
        assert len(await rows(here, tables.words)) == 10


async def test_what_changed_meanwhile_is_dealt_with_anew(
    small_place: Place, small: Service
) -> None:
    """Another process changes the run while we work out what to say: twice, then never again."""
    caller, run = await begun(small_place, small)
    left = [1, 1]

    def meddle(
        tellings: Sequence[Telling], listener: Listener, *, tapped: bool
    ) -> tuple[Outgoing, ...]:
        if left:
            left.pop()
            raise ChangedMeanwhile
        return small.render(tellings, listener, tapped=tapped)

    reception = Reception(replace(small, render=meddle))
    received = await reception.receive(caller.arrival(RunInput(run, Tapped(1, 4)), 1))
    assert not received.duplicate
    assert [item for item, _ in await the_answers(small)] == ["body"]


async def test_what_changes_for_ever_is_an_error_and_stores_nothing(
    small_place: Place, small: Service
) -> None:
    caller, run = await begun(small_place, small)

    def change(
        tellings: Sequence[Telling], listener: Listener, *, tapped: bool
    ) -> tuple[Outgoing, ...]:
        del tellings, listener, tapped
        raise ChangedMeanwhile

    reception = Reception(replace(small, render=change))
    arrival = caller.arrival(RunInput(run, Tapped(1, 4)), 1)
    with pytest.raises(ChangedMeanwhile):
        await reception.receive(arrival)
    assert await the_answers(small) == []
    assert not (await Reception(small).receive(arrival)).duplicate


# --- something broken among others ----------------------------------------------------------------


async def test_one_that_cannot_be_dealt_with_hurts_nobody_else(
    place: Place, service: Service
) -> None:
    callers = [(await joined(place, service, case=f"T-{number}"))[0] for number in range(5)]
    await poison(service)
    arrivals = [each.arrival(TextInput("hello")) for each in callers]
    arrivals[2] = callers[2].arrival(TextInput("poison"), update=13)
    later = callers[2].arrival(TextInput("hello again"))
    reception = Reception(service)
    done = await asyncio.gather(
        *(reception.receive(each) for each in (*arrivals, later)), return_exceptions=True
    )
    assert [isinstance(each, Received) for each in done] == [True, True, False, True, True, True]
    assert "DatabaseAway" not in type(done[2]).__name__
    assert len(await rows(service, tables.words)) == 5


async def poison(service: Service) -> None:
    """Make the database refuse the update with the number 13, whatever comes with it."""

    def work(casework: Casework) -> None:
        connection = casework.connection
        if connection.dialect.name == "sqlite":
            connection.execute(
                text(
                    "create trigger no_13 before insert on inbox when new.update_id = 13 "
                    "begin select raise(abort, 'poison'); end"
                )
            )
        else:
            connection.execute(text("alter table inbox add check (update_id <> 13)"))

    await write(service, work)


async def test_what_was_parked_is_taken_again_and_counts_once(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    await receiving.park(service, Channel.TELEGRAM, 99, b"the raw update", place.now)
    await receiving.park(service, Channel.TELEGRAM, 99, b"the raw update", place.now)
    (waiting,) = await receiving.take_waiting(service)
    assert (waiting.payload, waiting.ticket.update_id) == (b"the raw update", 99)
    assert waiting.received_at == place.now
    assert not (await caller.does(TextInput("hello"), update=99)).duplicate
    assert await receiving.take_waiting(service) == []
    assert (await caller.does(TextInput("hello"), update=99)).duplicate
    await receiving.park(service, Channel.TELEGRAM, 99, b"the raw update", place.now)
    assert await receiving.take_waiting(service) == []


async def test_what_fails_again_and_again_is_left_for_a_person(
    small_place: Place, small: Service
) -> None:
    await receiving.park(small, Channel.WEB, 5, b"poison", small_place.now)
    tries = [len(await receiving.take_waiting(small)) for _ in range(receiving.TRIES + 2)]
    assert tries == [1] * receiving.TRIES + [0, 0]
    found = await counts(small, small_place.now + 2 * STUCK_AFTER)
    assert (found.waiting_updates, found.stuck_updates) == (1, 1)
