"""A move loses nothing: the child's own star, history and rhythm stay whatever changes around."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Table

from followups.occasions import fire_due
from outcomes.episode import Commissioner, Lives
from storage import tables
from storage.outbox import Delivery, OutgoingKind, Sending, Sent, Urgency
from surveys.people import AgeBand, Role
from tests.support.callers import (
    DAY,
    Place,
    answering,
    close_support,
    invite,
    joined,
    moments,
    open_support,
    person_of,
    rows,
)
from usecases import inviting, moving, sending
from usecases.arrival import TextInput
from usecases.moving import EpisodeChange
from usecases.receiving import Reception
from usecases.refusal import Refusal
from usecases.service import Service

TODAY = date(2026, 9, 22)
WITH_CARER = "dyadic-work"


async def changed(place: Place, service: Service, episode: str, what: EpisodeChange) -> None:
    await moving.change(service, episode, what, TODAY, place.by)


async def only_episode(service: Service) -> str:
    (row,) = await rows(service, tables.support_episodes)
    return str(row.id)


# --- the child ------------------------------------------------------------------------------------


async def test_whatever_changes_around_a_child_their_own_moments_stay_byte_for_byte(
    place: Place, service: Service
) -> None:
    child, invited = await joined(place, service)
    episode = await only_episode(service)
    _, old = await answering(place, service, episode)
    await child.taps("Start")
    await child.answers()
    theirs = [
        (table, await of_child(service, table, invited.participant))
        for table in (tables.occasions, tables.runs, tables.addresses, tables.participations)
    ]
    await changed(place, service, episode, EpisodeChange(lives=Lives.RESIDENTIAL))
    await changed(place, service, episode, EpisodeChange(worker="b.worker"))
    await changed(
        place, service, episode, EpisodeChange(commissioner=Commissioner.DERBYSHIRE_COUNTY)
    )
    await moving.leave(service, episode, old.participant, place.by)
    await answering(place, service, episode)
    for table, before in theirs:
        assert await of_child(service, table, invited.participant) == before, table.name


async def of_child(service: Service, table: Table, participant: str) -> list[Any]:
    found = await rows(service, table)
    return [row for row in found if row.participant_id == participant]


async def test_a_change_is_noted_once_with_what_it_was_and_what_it_became(
    place: Place, service: Service
) -> None:
    episode = await open_support(place, service)
    what = EpisodeChange(Commissioner.DERBYSHIRE_COUNTY, Lives.FOSTER, "b.worker")
    for _ in range(2):
        await changed(place, service, episode, what)
    noted = {row.what: row for row in await rows(service, tables.episode_changes)}
    assert {name: (row.was, row.became) for name, row in noted.items()} == {
        "commissioner": ("derby-city", "derbyshire-county"),
        "worker": (None, "b.worker"),
    }
    assert {(row.day, row.at, row.who) for row in noted.values()} == {
        (TODAY, place.now, "a made-up worker")
    }
    did = [row.did for row in await rows(service, tables.audit)]
    assert did[-2:] == ["changed commissioner", "changed worker"]
    (row,) = await rows(service, tables.support_episodes)
    assert (row.commissioner, row.lives, row.worker) == ("derbyshire-county", "foster", "b.worker")


async def test_a_new_commissioner_decides_whose_school_terms_count(
    place: Place, service: Service
) -> None:
    _, child = await joined(place, service)
    episode = await only_episode(service)
    _, carer = await answering(place, service, episode)
    assert (await person_of(service, child.participant)).council == "derby-city"
    await changed(
        place, service, episode, EpisodeChange(commissioner=Commissioner.DERBYSHIRE_COUNTY)
    )
    for each in (child, carer):
        assert (await person_of(service, each.participant)).council == "derbyshire-county"
    await changed(place, service, episode, EpisodeChange(commissioner=Commissioner.OTHER))
    assert (await person_of(service, child.participant)).council is None


@pytest.mark.parametrize(
    ("what", "day", "why"),
    [
        (EpisodeChange(worker="b.worker"), TODAY + DAY, "before its day"),
        (EpisodeChange(worker="b.worker"), date(2026, 8, 31), "cannot change before"),
        (EpisodeChange(worker="Bee Worker"), TODAY, "sign-in name"),
        (EpisodeChange(worker="b"), TODAY, "sign-in name"),
        (EpisodeChange(worker="b" * 41), TODAY, "sign-in name"),
    ],
)
async def test_a_change_that_cannot_be_is_refused_and_leaves_nothing_behind(
    small_place: Place, small: Service, what: EpisodeChange, day: date, why: str
) -> None:
    episode = await open_support(small_place, small)
    with pytest.raises(Refusal, match=why):
        await moving.change(small, episode, what, day, small_place.by)
    assert await rows(small, tables.episode_changes) == []
    (row,) = await rows(small, tables.support_episodes)
    assert row.worker is None


async def test_nothing_is_changed_where_there_is_nothing(
    small_place: Place, small: Service
) -> None:
    episode = await open_support(small_place, small)
    carer = await invite(small_place, small, episode, Role.CARER)
    other = await open_support(small_place, small, "T-2")
    for attempt in (
        moving.change(small, "nothing", EpisodeChange(), TODAY, small_place.by),
        moving.leave(small, "nothing", carer.participant, small_place.by),
        moving.rejoin(small, "nothing", carer.participant, small_place.by),
    ):
        with pytest.raises(Refusal, match="starling episode list"):
            await attempt
    for attempt in (
        moving.leave(small, other, carer.participant, small_place.by),
        moving.leave(small, other, "nobody", small_place.by),
    ):
        with pytest.raises(Refusal, match="does not answer"):
            await attempt
    with pytest.raises(Refusal, match="Invite them"):
        await moving.rejoin(small, other, carer.participant, small_place.by)
    with pytest.raises(Refusal, match="already"):
        await moving.rejoin(small, episode, carer.participant, small_place.by)


# --- the old carer --------------------------------------------------------------------------------


async def test_the_old_carer_is_asked_nothing_about_this_child_from_that_moment(
    place: Place, service: Service
) -> None:
    episode = await open_support(place, service, intervention=WITH_CARER)
    carer, old = await answering(place, service, episode)
    offer, start = carer.find("Start")
    assert await moving.leave(service, episode, old.participant, place.by) == 2
    assert {each.state.value for each in await moments(service, old.participant)} == {"suppressed"}
    await carer.taps_data(start.data, offer.number)
    assert not carer.is_asked
    place.forward(timedelta(days=200))
    assert await fire_due(service, place.now) == []


async def test_what_waits_to_be_sent_about_this_child_is_taken_back_and_no_more(
    place: Place, service: Service
) -> None:
    first = await open_support(place, service, "T-1", WITH_CARER)
    second = await open_support(place, service, "T-2", WITH_CARER)
    carer, old = await answering(place, service, first)
    await carer.taps("Not this time")
    again = await invite(place, service, second, Role.CARER, AgeBand.ADULT)
    await carer.opens(again.web.rpartition("/")[2])
    await carer.taps("Not this time")
    offered: list[Sending] = []
    while len(offered) < 2:
        place.forward(DAY)
        offered += await fire_due(service, place.now)
    found = await moments(service, old.participant)
    about = {each.id: each.episode_id for each in found if each.state.value == "offered"}
    assert set(about.values()) == {first, second}
    waits = [Sent(each.id, Delivery.PENDING, None, place.now) for each in offered]
    sending.record(service, waits, place.now)
    await moving.leave(service, first, old.participant, place.by)
    states = {row.occasion_id: row.state for row in await rows(service, tables.outbox)}
    taken = {on for on in about if states[on] == Delivery.CANCELLED.value}
    assert {about[on] for on in taken} == {first}
    left = await sending.claim_due(service, place.now)
    assert {about[each.occasion_id or ""] for each in left} == {second}


async def test_words_about_safety_go_out_whoever_leaves(place: Place, service: Service) -> None:
    episode = await open_support(place, service, intervention=WITH_CARER)
    carer, old = await answering(place, service, episode)
    await carer.taps("Start")
    received = await Reception(service).receive(carer.arrival(TextInput("i want to kill myself")))
    safety = {each.id for each in received.sendings if each.outgoing.urgency is Urgency.SAFETY}
    assert safety
    waits = [Sent(each.id, Delivery.PENDING) for each in received.sendings]
    sending.record(service, waits, place.now)
    await moving.leave(service, episode, old.participant, place.by)
    assert safety <= {each.id for each in await sending.claim_due(service, place.now)}


async def test_a_half_done_run_is_kept_and_closed_and_its_words_stay(
    place: Place, service: Service
) -> None:
    episode = await open_support(place, service, intervention=WITH_CARER)
    carer, old = await answering(place, service, episode)
    await carer.taps("Start")
    for _ in range(3):
        await carer.picks(4)
    await carer.types("a made-up word or two")
    asked = [bubble for bubble in carer.window.ours if bubble.keyboard][-1]
    await moving.leave(service, episode, old.participant, place.by)
    (run,) = await rows(service, tables.runs)
    assert run.status == "stopped"
    assert len(json.loads(run.state)["answers"]) == 3
    (seen,) = await rows(service, tables.observations)
    assert not seen.complete
    states = {each.wave: each.state.value for each in await moments(service, old.participant)}
    assert states == {"start": "part-answered", "review": "suppressed"}
    assert len(await rows(service, tables.words)) == 1
    quiet = await sending.claim_due(service, place.now)
    assert {each.outgoing.kind for each in quiet} <= {OutgoingKind.EDIT_STEP}
    await carer.taps_data(asked.keyboard[0][0].data, asked.number)
    assert not carer.is_asked


async def test_a_run_without_an_answer_counts_as_nothing_at_all(
    place: Place, service: Service
) -> None:
    episode = await open_support(place, service, intervention=WITH_CARER)
    carer, old = await answering(place, service, episode)
    await carer.taps("Start")
    await moving.leave(service, episode, old.participant, place.by)
    states = {each.wave: each.state.value for each in await moments(service, old.participant)}
    assert states == {"start": "suppressed", "review": "suppressed"}
    assert await rows(service, tables.observations) == []


async def test_a_half_done_run_about_another_child_goes_on(place: Place, service: Service) -> None:
    first = await open_support(place, service, "T-1", WITH_CARER)
    second = await open_support(place, service, "T-2", WITH_CARER)
    carer, old = await answering(place, service, first)
    await carer.taps("Start")
    await carer.picks(4)
    again = await invite(place, service, second, Role.CARER, AgeBand.ADULT)
    await carer.opens(again.web.rpartition("/")[2])
    await moving.leave(service, second, old.participant, place.by)
    await carer.taps("Carry on")
    assert carer.is_asked


async def test_somebody_who_blocked_us_can_be_taken_out_all_the_same(
    place: Place, service: Service
) -> None:
    episode = await open_support(place, service, intervention=WITH_CARER)
    carer, old = await answering(place, service, episode)
    await carer.taps("Start")
    await carer.picks(4)
    await sending.note_blocked(service, carer.channel.value, carer.chat, place.now, blocked=True)
    await moving.leave(service, episode, old.participant, place.by)
    (run,) = await rows(service, tables.runs)
    assert run.status == "stopped"
    assert await sending.claim_due(service, place.now) == []


async def test_somebody_put_back_is_asked_again_where_answers_still_count(
    place: Place, service: Service
) -> None:
    episode = await open_support(place, service, intervention=WITH_CARER)
    carer, old = await answering(place, service, episode)
    before = {each.id: each.due_at for each in await moments(service, old.participant)}
    await moving.leave(service, episode, old.participant, place.by)
    place.forward(timedelta(days=2))
    await moving.rejoin(service, episode, old.participant, place.by)
    found = await moments(service, old.participant)
    assert {each.id: each.due_at for each in found} == before
    assert {each.state.value for each in found} == {"planned"}
    carer.sees(await fire_due(service, place.now))
    await carer.taps("Start")
    assert carer.is_asked
    what = [row.what for row in await rows(service, tables.episode_changes)]
    assert sorted(what) == ["left", "rejoined"]


async def test_the_new_carer_gets_their_own_start(place: Place, service: Service) -> None:
    episode = await open_support(place, service, intervention=WITH_CARER)
    _, old = await answering(place, service, episode)
    await moving.leave(service, episode, old.participant, place.by)
    carer, new = await answering(place, service, episode)
    assert new.participant != old.participant
    await carer.taps("Start")
    assert carer.is_asked


async def test_somebody_invited_again_to_what_they_had_left_answers_there_again(
    place: Place, service: Service
) -> None:
    episode = await open_support(place, service, intervention=WITH_CARER)
    carer, old = await answering(place, service, episode)
    await moving.leave(service, episode, old.participant, place.by)
    again = await invite(place, service, episode, Role.CARER, AgeBand.ADULT)
    await carer.opens(again.web.rpartition("/")[2])
    (listed,) = await inviting.list_episodes(service)
    assert [each.participant_id for each in listed.people] == [old.participant]


async def test_a_child_invited_again_after_leaving_goes_on_where_they_were(
    place: Place, service: Service
) -> None:
    _, child = await joined(place, service)
    episode = await only_episode(service)
    await moving.leave(service, episode, child.participant, place.by)
    again = await invite(place, service, episode)
    assert again.participant == child.participant
    states = {each.state.value for each in await moments(service, child.participant)}
    assert states == {"planned"}


async def test_after_the_end_of_the_support_somebody_can_still_be_taken_out(
    place: Place, service: Service
) -> None:
    episode = await open_support(place, service, intervention=WITH_CARER)
    _, old = await answering(place, service, episode)
    await close_support(place, service, episode)
    assert await moving.leave(service, episode, old.participant, place.by) > 0
    assert all(each.state.over for each in await moments(service, old.participant))
