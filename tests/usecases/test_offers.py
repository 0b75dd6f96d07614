"""Being asked whether now is a good time: yes, later, no, and buttons from long ago."""

from __future__ import annotations

from datetime import timedelta

import pytest

from followups import occasions as clock
from storage import tables
from storage.occasions import OccasionState
from surveys.people import Role
from tests.support.callers import (
    DAY,
    LONDON,
    Caller,
    Place,
    close_support,
    invite,
    joined,
    moments,
    open_support,
    phone,
    rows,
)
from usecases.arrival import OccasionId, OccasionInput, OfferReply
from usecases.service import Service


async def replies(caller: Caller, participant: str, reply: OfferReply, wave: str = "start") -> None:
    """Answer the offer of a wave with a button, whether or not one is shown."""
    found = await moments(caller.service, participant)
    occasion = next(each for each in found if each.wave == wave)
    await caller.does(OccasionInput(OccasionId(occasion.id), reply), message_id=1)


async def state(service: Service, participant: str, wave: str = "start") -> OccasionState:
    return next(each.state for each in await moments(service, participant) if each.wave == wave)


async def test_starting_begins_the_questions_and_remembers_when(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    await caller.taps("Start")
    assert "1 of 8" in caller.said
    assert len(caller.heard) <= 2
    (run,) = await rows(service, tables.runs)
    start, _ = await moments(service, invited.participant)
    assert (start.state, start.run_id) == (OccasionState.ANSWERING, run.id)
    assert start.offered_at is not None


@pytest.mark.parametrize(
    ("label", "again"),
    [
        ("In an hour", "2026-09-22T18:00"),
        ("This evening", "2026-09-22T18:30"),
        ("Tomorrow", "2026-09-23T16:00"),
        ("Next week", "2026-09-29T16:00"),
    ],
)
async def test_later_is_a_moment_of_their_choosing(
    small_place: Place, small: Service, label: str, again: str
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.taps("Later")
    assert "When is a better time?" in caller.said
    await caller.taps(label)
    assert "I will ask you again on" in caller.said
    start, _ = await moments(small, invited.participant)
    assert start.next_at is not None
    assert start.next_at.astimezone(LONDON).isoformat().startswith(again)
    assert start.state is OccasionState.PLANNED
    assert await clock.fire_due(small, start.next_at - timedelta(seconds=1)) == []
    caller.sees(await clock.fire_due(small, start.next_at))
    assert "Is now a good time" in caller.said


async def test_what_was_put_off_can_be_begun_at_once_from_the_old_message(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    await replies(caller, invited.participant, OfferReply.TOMORROW)
    await replies(caller, invited.participant, OfferReply.START)
    assert "1 of 8" in caller.said


async def test_nothing_is_put_off_to_where_answers_no_longer_count(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    start, _ = await moments(small, invited.participant)
    small_place.now = start.window_ends_at - 2 * DAY
    await replies(caller, invited.participant, OfferReply.NEXT_WEEK)
    start, _ = await moments(small, invited.participant)
    assert start.next_at is not None
    assert small_place.now < start.next_at < start.window_ends_at
    small_place.now = start.window_ends_at - timedelta(minutes=30)
    await replies(caller, invited.participant, OfferReply.TOMORROW)
    assert "No questions this time" in caller.said
    assert await state(small, invited.participant) is OccasionState.DECLINED


async def test_no_is_taken_for_an_answer(place: Place, service: Service) -> None:
    caller, invited = await joined(place, service)
    await caller.taps("Not this time")
    assert "That is fine. No questions this time." in caller.said
    start, review = await moments(service, invited.participant)
    assert (start.state, start.next_at) == (OccasionState.DECLINED, None)
    assert review.state is OccasionState.PLANNED
    for reply in OfferReply:
        await replies(caller, invited.participant, reply)
        assert "not open any more" in caller.said
    assert await rows(service, tables.runs) == []


async def test_an_offer_whose_window_has_closed_begins_nothing(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    start, _ = await moments(small, invited.participant)
    small_place.now = start.window_ends_at
    await replies(caller, invited.participant, OfferReply.START)
    assert "not open any more" in caller.said
    assert await rows(small, tables.runs) == []


async def test_an_old_offer_leads_back_into_its_own_half_done_questions(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.taps("Start")
    await caller.picks(3)
    await caller.taps("Pause")
    await replies(caller, invited.participant, OfferReply.START)
    assert "You answered 1 of 8." in caller.said
    await caller.taps("Carry on")
    assert "2 of 8" in caller.said
    assert len(await rows(small, tables.runs)) == 1


async def test_an_old_offer_of_finished_questions_is_gone(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.taps("Start")
    await caller.answers()
    await replies(caller, invited.participant, OfferReply.START)
    assert "not open any more" in caller.said
    assert len(await rows(small, tables.runs)) == 1


async def test_half_done_questions_come_before_another_offer_and_are_not_lost(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    await caller.taps("Start")
    await caller.picks(3)
    (episode,) = await rows(service, tables.support_episodes)
    await close_support(place, service, episode.id)
    await replies(caller, invited.participant, OfferReply.START, "end")
    assert "You answered 1 of 8." in caller.said
    assert await state(service, invited.participant, "end") is OccasionState.PLANNED
    await caller.taps("Carry on")
    await caller.answers(4)
    await replies(caller, invited.participant, OfferReply.START, "end")
    assert "1 of 8" in caller.said
    assert await state(service, invited.participant) is OccasionState.ANSWERED
    assert len(await rows(service, tables.runs)) == 2


async def test_two_offers_tapped_at_once_begin_one_set_of_questions(
    small_place: Place, small: Service
) -> None:
    caller, one = await joined(small_place, small, Role.CARER)
    other = await invite(
        small_place, small, await open_support(small_place, small, "T-2"), Role.CARER
    )
    await caller.opens(other.code)
    starts = [each for each in await moments(small, one.participant) if each.wave == "start"]
    for each in starts:
        await caller.does(OccasionInput(OccasionId(each.id), OfferReply.START))
    assert len(starts) == 2
    assert len(await rows(small, tables.runs)) == 1
    assert "Some questions are still open" in caller.said


@pytest.mark.parametrize("reply", list(OfferReply))
async def test_nobody_answers_an_offer_that_is_not_theirs(
    small_place: Place, small: Service, reply: OfferReply
) -> None:
    _, invited = await joined(small_place, small)
    other, _ = await joined(small_place, small, case="T-2")
    await replies(other, invited.participant, reply)
    stranger = phone(small_place, small)
    await replies(stranger, invited.participant, reply)
    await stranger.does(OccasionInput(OccasionId("nobodys"), reply))
    assert "not open any more" in stranger.said
    assert await state(small, invited.participant) is OccasionState.OFFERED
    assert await rows(small, tables.runs) == []


async def test_the_first_offer_of_a_review_plans_the_next(place: Place, service: Service) -> None:
    caller, invited = await joined(place, service)
    await caller.taps("Not this time")
    for number in (1, 2):
        reviews = [
            each
            for each in await moments(service, invited.participant)
            if each.round and each.wave == "review"
        ]
        assert [each.round for each in reviews] == list(range(1, number + 1))
        place.now = reviews[-1].due_at
        caller.sees(await clock.fire_due(service, place.now))
        assert "Is now a good time" in caller.said
        await caller.taps("Not this time")
    reviews = [
        each for each in await moments(service, invited.participant) if each.wave == "review"
    ]
    assert [each.local_time for each in reviews] == [
        "2026-11-03T16:00",
        "2026-12-15T16:00",
        "2027-01-26T16:00",
    ]


@pytest.mark.parametrize("word", ["Start", "yes", "OK!", "go on"])
async def test_a_plain_yes_to_an_offer_begins_it(
    small_place: Place, small: Service, word: str
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.types(word)
    assert "1 of 8" in caller.said
    assert await rows(small, tables.words) == []


async def test_a_plain_later_or_no_to_an_offer_is_taken_too(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.types("later")
    assert "Tomorrow" in " ".join(caller.labels).title()
    await caller.types("no thanks")
    await caller.types("go on")
    assert "There is nothing to answer now" in caller.said
    assert await rows(small, tables.words) == []


@pytest.mark.parametrize("word", ["no", "ok", "later"])
async def test_a_plain_word_is_no_reply_to_an_offer_that_was_not_said_last(
    small_place: Place, small: Service, word: str
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.types("we got a new bike")
    await caller.types(word)
    assert await state(small, invited.participant) is OccasionState.OFFERED
    assert await rows(small, tables.runs) == []
