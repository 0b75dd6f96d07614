"""What becomes of messages: leased, reported, repaired once, and no more claimed than is known."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from followups import occasions as clock
from storage import tables
from storage.outbox import LEASE, Delivery, OutgoingKind, Sending, Sent, Urgency
from surveys.conversation import RunId, Tapped
from tests.support.callers import DAY, Caller, Place, joined, moments, phone, rows
from usecases import sending
from usecases.arrival import MenuInput, MenuWish, RunInput, TextInput, What
from usecases.receiving import Reception
from usecases.service import Service

SECOND = timedelta(seconds=1)
LATER = timedelta(seconds=31)


async def lost(caller: Caller, what: What, message_id: int | None = None) -> list[Sending]:
    """Hand in an input whose reply nobody gets to send: the process dies after the commit."""
    received = await Reception(caller.service).receive(caller.arrival(what, message_id))
    return list(received.sendings)


async def begun(place: Place, service: Service) -> tuple[Caller, RunId]:
    caller, _ = await joined(place, service)
    await caller.taps("Start")
    (run,) = await rows(service, tables.runs)
    return caller, RunId(run.id)


async def states(service: Service, sendings: Sequence[Sending]) -> list[str]:
    await service.lane.settled()
    found = {row.id: row.state for row in await rows(service, tables.outbox)}
    return [found[each.id] for each in sendings]


async def unclear(service: Service, sendings: Sequence[Sending], place: Place) -> None:
    """Report that nobody knows whether these arrived."""
    sending.record(service, [Sent(each.id, Delivery.UNKNOWN) for each in sendings], place.now)
    await service.lane.settled()


# --- the way of a message -------------------------------------------------------------------------


async def test_a_message_is_under_way_under_a_lease_until_it_is_reported(
    place: Place, service: Service
) -> None:
    caller, run = await begun(place, service)
    sendings = await lost(caller, RunInput(run, Tapped(1, 4)), 1)
    assert [each.outgoing.kind for each in sendings] == [
        OutgoingKind.EDIT_TAPPED,
        OutgoingKind.SEND,
    ]
    assert await states(service, sendings) == ["sending", "sending"]
    assert await sending.claim_due(service, place.now + DAY) == []
    report = [Sent(each.id, Delivery.SENT, 900 + number) for number, each in enumerate(sendings)]
    sending.record(service, report, place.now)
    assert await states(service, sendings) == ["sent", "sent"]
    assert await sending.step_message(service, run, 2) == 901
    assert await sending.step_message(service, run, 3) is None
    assert await sending.repair(service, place.now + DAY) == []


async def test_what_has_to_wait_is_sent_later_safety_first(place: Place, service: Service) -> None:
    caller, run = await begun(place, service)
    question = await lost(caller, RunInput(run, Tapped(1, 4)), 1)
    safety = await lost(caller, MenuInput(MenuWish.HELP))
    at = place.now + timedelta(minutes=1)
    waits = [Sent(each.id, Delivery.PENDING, try_again_at=at) for each in (*question, *safety)]
    sending.record(service, waits, place.now)
    assert await sending.claim_due(service, at - SECOND) == []
    claimed = await sending.claim_due(service, at)
    assert {each.id for each in claimed} == {each.id for each in (*question, *safety)}
    assert {(each.attempts, each.chat_id, each.channel) for each in claimed} == {
        (2, caller.chat, "telegram")
    }
    first = [each for each in (*question, *safety) if each.outgoing.urgency is Urgency.SAFETY]
    assert [each.outgoing for each in claimed[: len(first)]] == [each.outgoing for each in first]
    assert {each.outgoing for each in claimed} == {each.outgoing for each in (*question, *safety)}
    assert await sending.claim_due(service, at) == []


async def test_when_not_all_can_be_taken_safety_goes_first(
    small_place: Place, small: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller, run = await begun(small_place, small)
    question = await lost(caller, RunInput(run, Tapped(1, 4)), 1)
    safety = await lost(caller, MenuInput(MenuWish.HELP))
    waits = [Sent(each.id, Delivery.PENDING) for each in (*question, *safety)]
    sending.record(small, waits, small_place.now)
    monkeypatch.setattr(sending, "MOST", 1)
    (claimed,) = await sending.claim_due(small, small_place.now)
    assert claimed.outgoing.urgency is Urgency.SAFETY


@pytest.mark.postgres
async def test_two_processes_never_take_the_same_message(postgres_url: str) -> None:
    place = Place(postgres_url)
    async with place.open(1) as here, place.open(2) as there:
        caller, _ = await begun(place, here)
        for _ in range(20):
            sendings = await lost(caller, TextInput("hello"))
            sending.record(here, [Sent(each.id, Delivery.PENDING) for each in sendings], place.now)
        await here.lane.settled()
        one, two = await asyncio.gather(
            sending.claim_due(here, place.now), sending.claim_due(there, place.now)
        )
        numbers = [each.id for each in (*one, *two)]
        assert len(numbers) == len(set(numbers)) > 20


# --- a process that died --------------------------------------------------------------------------


async def test_a_question_that_may_be_lost_is_put_again_once_as_a_new_step(
    place: Place, service: Service
) -> None:
    caller, run = await begun(place, service)
    sendings = await lost(caller, RunInput(run, Tapped(1, 4)), 1)
    assert await sending.repair(service, place.now + LEASE - SECOND) == []
    place.forward(LEASE + SECOND)
    again = await sending.repair(service, place.now)
    assert await states(service, sendings) == ["pending", "unknown"]
    caller.sees(again)
    assert "Something may have gone wrong on the way to you." in caller.said
    assert "2 of 8" in caller.said
    assert [each.outgoing.step for each in again if each.outgoing.kind is OutgoingKind.SEND][
        -1
    ] == 3
    assert await sending.repair(service, place.forward(DAY)) == []
    await caller.picks(4)
    assert "3 of 8" in caller.said


async def test_a_question_is_not_put_again_and_again(small_place: Place, small: Service) -> None:
    caller, run = await begun(small_place, small)
    await unclear(small, await lost(caller, RunInput(run, Tapped(1, 4)), 1), small_place)
    for _ in range(5):
        again = await sending.repair(small, small_place.forward(LATER))
        await unclear(small, again, small_place)
    (row,) = await rows(small, tables.runs)
    assert row.state.count('"home"') == 2
    await caller.types("go on")
    assert "2 of 8" in caller.said


async def test_who_has_moved_on_had_the_question(place: Place, service: Service) -> None:
    caller, run = await begun(place, service)
    await unclear(service, await lost(caller, RunInput(run, Tapped(1, 4)), 1), place)
    await caller.does(RunInput(run, Tapped(2, 4)), 1)
    again = await sending.repair(service, place.forward(LATER))
    assert [each for each in again if each.outgoing.kind is OutgoingKind.SEND] == []
    assert await sending.repair(service, place.forward(DAY)) == []


@pytest.mark.parametrize("wish", [MenuWish.PAUSE, MenuWish.STOP_ALL_SURELY, MenuWish.PAUSE_A_WEEK])
async def test_who_wants_quiet_is_not_asked_again(
    small_place: Place, small: Service, wish: MenuWish
) -> None:
    caller, run = await begun(small_place, small)
    await unclear(small, await lost(caller, RunInput(run, Tapped(1, 4)), 1), small_place)
    await caller.does(MenuInput(wish))
    assert await sending.repair(small, small_place.forward(LATER)) == []


async def test_help_and_edits_are_sent_again_because_twice_does_no_harm(
    place: Place, service: Service
) -> None:
    caller, run = await begun(place, service)
    (help_now,) = await lost(caller, MenuInput(MenuWish.HELP))
    edit, question = await lost(caller, RunInput(run, Tapped(1, 4)), 1)
    place.forward(LEASE + SECOND)
    await sending.repair(service, place.now)
    assert await states(service, [help_now, edit, question]) == ["pending", "pending", "unknown"]
    claimed = await sending.claim_due(service, place.now)
    assert [each.id for each in claimed] == [help_now.id, edit.id]


async def test_an_edit_of_which_nobody_knows_is_repeated_once(
    small_place: Place, small: Service
) -> None:
    caller, run = await begun(small_place, small)
    edit, _ = await lost(caller, RunInput(run, Tapped(1, 4)), 1)
    for expected in ([edit.id], []):
        await unclear(small, [edit], small_place)
        await sending.repair(small, small_place.forward(LATER))
        claimed = await sending.claim_due(small, small_place.now)
        assert [each.id for each in claimed if each.id == edit.id] == expected


async def test_words_that_ask_nothing_are_repeated_once(small_place: Place, small: Service) -> None:
    caller, _ = await joined(small_place, small)
    (kept,) = await lost(caller, TextInput("hello"))
    for expected in ([kept.id], []):
        await unclear(small, [kept], small_place)
        await sending.repair(small, small_place.forward(LATER))
        assert [each.id for each in await sending.claim_due(small, small_place.now)] == expected


async def test_an_offer_made_by_the_clock_is_left_as_unknown(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.taps("Later")
    await caller.taps("Tomorrow")
    again = (await moments(small, invited.participant))[0].next_at
    assert again is not None
    small_place.now = again
    offer = await clock.fire_due(small, again)
    assert [each.outgoing.urgency for each in offer] == [Urgency.ASKING]
    small_place.forward(LEASE + SECOND)
    assert await sending.repair(small, small_place.now) == []
    assert await states(small, offer) == ["unknown"]
    assert await sending.claim_due(small, small_place.forward(DAY)) == []


async def test_a_process_that_owns_the_database_alone_need_not_wait_for_leases(
    place: Place, service: Service
) -> None:
    caller, run = await begun(place, service)
    await lost(caller, RunInput(run, Tapped(1, 4)), 1)
    assert await sending.repair(service, place.now) == []
    await sending.begin_alone(service, place.now)
    caller.sees(await sending.repair(service, place.forward(SECOND)))
    assert "2 of 8" in caller.said


async def test_a_stranger_who_is_lost_writes_again(small_place: Place, small: Service) -> None:
    stranger = phone(small_place, small)
    sendings = await lost(stranger, TextInput("hello"))
    small_place.forward(LEASE + SECOND)
    assert await sending.repair(small, small_place.now) == []
    assert await states(small, sendings) == ["unknown"]


# --- help that does not arrive --------------------------------------------------------------------


async def test_help_is_tried_for_ever_and_staff_are_told_once(
    small_place: Place, small: Service
) -> None:
    caller, run = await begun(small_place, small)
    (help_now,) = await lost(caller, MenuInput(MenuWish.HELP))
    (_, question) = await lost(caller, RunInput(run, Tapped(1, 4)), 1)
    for _ in range(3 * sending.OFTEN):
        again = [Sent(each.id, Delivery.PENDING) for each in (help_now, question)]
        sending.record(small, again, small_place.now)
        claimed = await sending.claim_due(small, small_place.forward(SECOND))
        assert help_now.id in {each.id for each in claimed}
    told = [row.kind for row in await rows(small, tables.notices)]
    assert told.count("unclear-delivery") == 1


@pytest.mark.parametrize(("what", "told"), [(MenuInput(MenuWish.HELP), 1), (TextInput("hi"), 0)])
async def test_staff_are_told_when_words_about_safety_are_refused(
    place: Place, service: Service, what: What, told: int
) -> None:
    caller, _ = await joined(place, service)
    sendings = await lost(caller, what)
    failed = [Sent(each.id, Delivery.FAILED) for each in sendings]
    sending.record(service, failed, place.now)
    assert await states(service, sendings) == ["failed"]
    kinds = [row.kind for row in await rows(service, tables.notices)]
    assert kinds.count("unclear-delivery") == told


async def test_help_of_which_nobody_knows_is_sent_again_until_it_arrives(
    small_place: Place, small: Service
) -> None:
    caller, _ = await begun(small_place, small)
    (help_now,) = await lost(caller, MenuInput(MenuWish.HELP))
    for _ in range(3):
        await unclear(small, [help_now], small_place)
        assert await sending.repair(small, small_place.forward(LATER)) == []
        (again,) = await sending.claim_due(small, small_place.now)
        assert again.id == help_now.id


# --- blocked --------------------------------------------------------------------------------------


async def test_who_blocks_us_gets_nothing_more_and_staff_know(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    sendings = await lost(caller, TextInput("hello"))
    waiting = await lost(caller, TextInput("hello again"))
    sending.record(service, [Sent(each.id, Delivery.PENDING) for each in waiting], place.now)
    await sending.report_blocked(service, sendings[0], place.now)
    assert await states(service, waiting) == ["cancelled"]
    notices = [(row.kind, row.participant_id) for row in await rows(service, tables.notices)]
    assert notices == [("blocked", invited.participant)]
    review = (await moments(service, invited.participant))[1]
    place.now = review.due_at
    assert await clock.fire_due(service, place.now) == []
    await caller.types("I am back")
    assert caller.heard
    (address,) = await rows(service, tables.addresses)
    assert address.blocked_at is None


async def test_an_app_can_say_itself_that_we_are_blocked_and_let_in_again(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    for blocked in (True, False):
        await sending.note_blocked(small, "telegram", caller.chat, small_place.now, blocked=blocked)
        (address,) = await rows(small, tables.addresses)
        assert (address.blocked_at is not None) is blocked
    await sending.note_blocked(small, "telegram", 1, small_place.now, blocked=True)
    assert [row.kind for row in await rows(small, tables.notices)] == ["blocked"]


async def test_that_somebody_blocked_us_is_a_fact_at_once(place: Place, service: Service) -> None:
    caller, _ = await joined(place, service)
    await sending.note_blocked(service, "telegram", caller.chat, place.now, blocked=True)
    await sending.note_blocked(service, "telegram", caller.chat, place.now, blocked=True)
    facts = await rows(service, tables.silences)
    assert [(row.kind, row.over_at) for row in facts] == [("blocked", None)]


async def test_nothing_is_repaired_in_a_chat_that_blocked_us(
    small_place: Place, small: Service
) -> None:
    caller, run = await begun(small_place, small)
    sendings = await lost(caller, RunInput(run, Tapped(1, 4)), 1)
    (help_now,) = await lost(caller, MenuInput(MenuWish.HELP))
    await unclear(small, [*sendings, help_now], small_place)
    await sending.report_blocked(small, sendings[0], small_place.now)
    assert await sending.repair(small, small_place.forward(LATER)) == []
    assert await sending.claim_due(small, small_place.now) == []


async def test_nobody_is_asked_anew_who_cannot_be_reached(
    small_place: Place, small: Service
) -> None:
    caller, run = await begun(small_place, small)
    await unclear(small, await lost(caller, RunInput(run, Tapped(1, 4)), 1), small_place)
    await sending.note_blocked(small, "telegram", caller.chat, small_place.now, blocked=True)
    assert await sending.repair(small, small_place.forward(LATER)) == []
