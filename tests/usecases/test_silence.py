"""Silence is news: who went quiet is written down once, and so is who came back."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, update

from followups.occasions import fire_due
from outcomes.observation import AskingOutcome
from outcomes.quarter import Quarter
from storage import tables
from storage import traces as seen
from storage.board import BoardList
from storage.casework import Connection
from storage.database import open_engine
from storage.facts import read_facts
from storage.occasions import OccasionState
from storage.outbox import Delivery, Sending, Sent
from storage.reasons import Reason
from storage.silences import OpenFact, SilenceKind
from storage.traces import PastAsking, Support, Trace
from tests.support.callers import (
    DAY,
    HOUR,
    LONDON,
    Caller,
    Place,
    close_support,
    joined,
    person_of,
    rows,
    write,
)
from usecases import board, sending, silence, suppressing
from usecases.arrival import MenuInput, MenuWish
from usecases.board import Wanted
from usecases.inviting import By
from usecases.service import Service

SILENT_AFTER = timedelta(days=90)


async def live(service: Service, place: Place, days: float, *callers: Caller) -> list[Sending]:
    """Let the clock ring every twelve hours; what it sends arrives. Return all of it."""
    sent: list[Sending] = []
    ends = place.now + timedelta(days=days)
    while place.now < ends:
        place.now = min(place.now + 12 * HOUR, ends)
        fired = await fire_due(service, place.now)
        for caller in callers:
            caller.sees([each for each in fired if each.chat_id == caller.chat])
        sent += fired
    await service.lane.settled()
    return sent


async def facts(service: Service) -> list[Any]:
    return sorted(await rows(service, tables.silences), key=lambda each: (each.at, each.kind))


async def kinds(service: Service, *, still: bool = True) -> list[str]:
    """The kinds of facts, of those that have not ended or of all."""
    found = [each for each in await facts(service) if not still or each.over_at is None]
    return [each.kind for each in found]


async def block(service: Service, place: Place, caller: Caller, *, blocked: bool = True) -> None:
    await sending.note_blocked(
        service, caller.channel.value, caller.chat, place.now, blocked=blocked
    )


async def change(service: Service, statement: Any) -> None:
    await write(service, lambda work: work.connection.execute(statement))


# --- how somebody goes quiet --------------------------------------------------------------


async def test_two_askings_in_a_row_without_a_sign_are_written_down_once(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    await live(service, place, 41, caller)  # the start has run out after four weeks
    assert await silence.look(service, place.now) == 0
    await live(service, place, 23, caller)  # and the first review three weeks after it was due
    assert await silence.look(service, place.now) == 1
    (fact,) = await facts(service)
    assert (fact.kind, fact.participant_id) == ("unanswered-twice", invited.participant)
    ended = [each.ended_at for each in await rows(service, tables.occasions) if each.ended_at]
    assert fact.at == max(ended)
    assert fact.episode_id is not None
    assert await silence.look(service, place.now + HOUR) == 0
    assert len(await facts(service)) == 1


async def test_what_others_say_is_no_sign_of_somebody_who_is_silent(
    place: Place, service: Service
) -> None:
    """Ten people, of whom every second one speaks now and then."""
    people = [await joined(place, service, case=f"T-{number}") for number in range(10)]
    callers = [caller for caller, _ in people]
    for _ in range(10):
        await live(service, place, 10, *callers)
        for caller in callers[::2]:
            await caller.types("hello")
    await silence.look(service, place.now)
    silent = {invited.participant for _, invited in people[1::2]}
    found = await facts(service)
    assert {each.participant_id for each in found} == silent
    assert [each.kind for each in found].count("unanswered-twice") == 5
    assert [each.kind for each in found].count("disengaged") == 5


async def test_a_word_in_between_is_a_sign_of_life(small_place: Place, small: Service) -> None:
    caller, _ = await joined(small_place, small)
    await live(small, small_place, 41, caller)
    await caller.types("hello")
    await live(small, small_place, 26, caller)
    assert await silence.look(small, small_place.now) == 0


async def test_not_this_time_is_a_reply(small_place: Place, small: Service) -> None:
    caller, _ = await joined(small_place, small)
    await live(small, small_place, 42.5, caller)
    await caller.taps("Not this time")
    await live(small, small_place, 44, caller)
    assert await silence.look(small, small_place.now) == 0


async def test_after_ninety_days_without_a_sign_somebody_counts_as_gone(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    (chat,) = await rows(service, tables.addresses)
    await live(service, place, 80, caller)
    await silence.look(service, place.now)
    gone_at = chat.used_at + SILENT_AFTER
    await silence.look(service, gone_at - timedelta(seconds=1))
    assert "disengaged" not in await kinds(service)
    await silence.look(service, gone_at)
    (fact,) = [each for each in await facts(service) if each.kind == "disengaged"]
    assert (fact.at, fact.participant_key) == (
        gone_at,
        (await person_of(service, invited.participant)).key,
    )


async def test_whom_nobody_asked_has_not_gone_quiet(small_place: Place, small: Service) -> None:
    caller, _ = await joined(small_place, small)
    await caller.taps("Start")
    await caller.answers()
    await change(small, update(tables.occasions).values(next_at=None))  # the clock stands still
    assert await silence.look(small, small_place.now + 200 * DAY) == 0


async def test_a_blocked_chat_is_silence_only_where_it_is_the_last_one(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    other = Caller(place, service, caller.chat + 500_000)
    await other.types("hello")
    (person, *_) = await rows(service, tables.participants)
    mine = tables.addresses.c.participant_id.is_(None)
    await change(service, update(tables.addresses).where(mine).values(participant_id=person.id))
    await block(service, place, caller)
    assert await silence.look(service, place.now) == 0
    await block(service, place, other)
    await silence.look(service, place.now)
    assert await kinds(service) == ["blocked"]


async def test_an_asking_that_cannot_be_delivered_is_silence(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    await caller.taps("Start")
    await caller.answers()
    await block(service, place, caller)
    await live(service, place, 43, caller)
    await silence.look(service, place.now)
    assert await kinds(service) == ["blocked", "undeliverable"]


async def test_an_asking_that_failed_for_good_is_silence_until_something_arrives(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    await caller.taps("Start")
    await caller.answers()
    (asked,) = await live(service, place, 42.5)
    sending.record(service, [Sent(asked.id, Delivery.FAILED)], place.now)
    await service.lane.settled()
    await silence.look(service, place.now)
    assert await kinds(service) == ["undeliverable"]


async def test_what_failed_before_something_else_arrived_is_none(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.taps("Start")
    await caller.answers()
    (asked,) = await live(small, small_place, 42.5)
    sending.record(small, [Sent(asked.id, Delivery.FAILED)], small_place.now)
    (again,) = await live(small, small_place, 3.5)  # the first reminder
    sending.record(small, [Sent(again.id, Delivery.SENT, 7)], small_place.now)
    await small.lane.settled()
    failed_lately = await small.lane.read(
        lambda connection: seen.failures(connection, small_place.now - DAY)
    )
    assert failed_lately == {}
    assert await silence.look(small, small_place.now - DAY) == 0


# --- what is no silence ---------------------------------------------------------------------


@pytest.mark.parametrize("status", ["invited", "reading", "not-now", "stopped"])
async def test_who_has_not_joined_or_has_stopped_is_not_silent(
    small_place: Place, small: Service, status: str
) -> None:
    caller, _ = await joined(small_place, small)
    await live(small, small_place, 64, caller)
    await change(small, update(tables.participants).values(status=status))
    await block(small, small_place, caller)
    assert await silence.look(small, small_place.now + 60 * DAY) == 0


async def test_a_pause_of_their_own_is_no_silence(small_place: Place, small: Service) -> None:
    caller, _ = await joined(small_place, small)
    await live(small, small_place, 64, caller)
    until = small_place.now + 40 * DAY
    await change(small, update(tables.participants).values(resting_until=until))
    await block(small, small_place, caller)
    assert await silence.look(small, small_place.now + 39 * DAY) == 0
    await silence.look(small, until + timedelta(seconds=1))
    assert set(await kinds(small)) == {"blocked", "unanswered-twice"}
    await silence.look(small, until + SILENT_AFTER - timedelta(seconds=1))
    assert "disengaged" not in await kinds(small)
    await silence.look(small, until + SILENT_AFTER)
    assert "disengaged" in await kinds(small)


async def test_whom_staff_hold_is_not_silent_and_what_stood_ends_without_a_return(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    await live(service, place, 64, caller)
    await silence.look(service, place.now)
    assert await kinds(service) == ["unanswered-twice"]
    await change(service, update(tables.participants).values(suppressed_at=place.now))
    await silence.look(service, place.now)
    assert await kinds(service) == []
    assert await kinds(service, still=False) == ["unanswered-twice"]
    assert await silence.look(service, place.now + 300 * DAY) == 0


async def test_the_time_in_which_staff_held_somebody_is_not_theirs(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    await live(service, place, 30, caller)  # the start has run out
    held = await suppressing.suppress(
        service, invited.participant, Reason.BEREAVEMENT, place.by, household=False
    )
    place.forward(200 * DAY)
    await suppressing.ask_to_lift(service, held.action_id, place.by)
    other = By("somebody else who is made up", place.now)
    await suppressing.lift(service, held.action_id, other)
    assert await silence.look(service, place.now + SILENT_AFTER - HOUR) == 0
    assert await silence.look(service, place.now + SILENT_AFTER) == 1
    assert await kinds(service) == ["disengaged"]


async def test_who_takes_no_part_any_more_is_not_silent(small_place: Place, small: Service) -> None:
    caller, _ = await joined(small_place, small)
    await block(small, small_place, caller)
    await change(small, update(tables.participations).values(until=small_place.now))
    await silence.look(small, small_place.now)
    assert await kinds(small) == []


# --- coming back ------------------------------------------------------------------------------


async def test_who_comes_back_ends_every_silence_and_that_is_a_fact_too(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    await live(service, place, 100, caller)
    await silence.look(service, place.now)
    assert set(await kinds(service)) == {"unanswered-twice", "disengaged"}
    await caller.types("hello, it is me")
    back = place.now
    await silence.look(service, place.now + HOUR)
    assert await kinds(service) == []
    found = await facts(service)
    assert [each.kind for each in found].count("re-engaged") == 1
    assert {each.over_at for each in found} == {back}
    assert await silence.look(service, place.now + 2 * HOUR) == 0


async def test_each_stretch_of_silence_is_a_fact_of_its_own(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    for _ in range(2):
        await block(small, small_place, caller)
        await silence.look(small, small_place.now)
        small_place.forward(DAY)
        await caller.types("let me in")
        await silence.look(small, small_place.now)
        small_place.forward(DAY)
    told = ["blocked", "re-engaged", "blocked", "re-engaged"]
    assert await kinds(small, still=False) == told


async def test_letting_us_in_without_a_word_ends_the_block_but_is_no_return(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await block(small, small_place, caller)
    await silence.look(small, small_place.now)
    await block(small, small_place, caller, blocked=False)
    await silence.look(small, small_place.forward(HOUR))
    (fact,) = await facts(small)
    assert (fact.kind, fact.over_at) == ("blocked", small_place.now)


# --- what staff do ----------------------------------------------------------------------------


async def quiet(service: Service, place: Place) -> tuple[list[str], list[str]]:
    """Who stands on the list, and of whom somebody takes care."""
    found = await board.look(service, Wanted(BoardList.QUIET), place.now)
    return [each.kind for each in found.quiet], [each.kind for each in found.handled]


async def test_what_somebody_takes_care_of_leaves_the_list_and_can_be_undone(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    await block(service, place, caller)
    await silence.look(service, place.now)
    (fact,) = await facts(service)
    assert await silence.take_care(service, fact.id, place.by)
    assert not await silence.take_care(service, fact.id, place.by)
    assert await quiet(service, place) == ([], ["blocked"])
    (fact,) = await facts(service)
    assert (fact.handled_by, fact.handled_at) == (place.by.who, place.now)
    await silence.look(service, place.now + DAY)
    assert await quiet(service, place) == ([], ["blocked"])
    assert await silence.undo_care(service, fact.id, place.by)
    assert not await silence.undo_care(service, fact.id, place.by)
    assert await quiet(service, place) == (["blocked"], [])
    did = [row.did for row in await rows(service, tables.audit)]
    assert did[-2:] == ["took care of silence", "took back care of silence"]


async def test_what_happens_anew_comes_back_to_the_list(small_place: Place, small: Service) -> None:
    caller, _ = await joined(small_place, small)
    await live(small, small_place, 64, caller)
    await silence.look(small, small_place.now)
    (fact,) = await facts(small)
    await silence.take_care(small, fact.id, small_place.by)
    await live(small, small_place, 20, caller)
    await silence.look(small, small_place.now)
    assert await quiet(small, small_place) == ([], ["unanswered-twice"])
    await live(small, small_place, 22.5, caller)  # the third one has run out
    await silence.look(small, small_place.now)
    assert "unanswered-twice" in (await quiet(small, small_place))[0]
    (again,) = [each for each in await facts(small) if each.kind == "unanswered-twice"]
    assert (again.id, again.at, again.handled_by) == (fact.id, fact.at, None)


async def test_a_notice_writes_the_fact_at_once_and_the_look_does_not_repeat_it(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    person = await person_of(service, invited.participant)
    now = place.now

    async def note() -> bool:
        told: list[bool] = []
        await write(
            service,
            lambda work: told.append(
                silence.note_in(service, work, person, SilenceKind.BLOCKED, now)
            ),
        )
        return told[-1]

    assert not await note()  # the chat is open: it is no news
    await block(service, place, caller)
    await note()
    assert not await note()
    assert await silence.look(service, place.now) == 0
    assert await kinds(service) == ["blocked"]


# --- two processes ------------------------------------------------------------------------------


async def test_two_that_look_at_the_same_time_write_each_fact_once(
    place: Place, service: Service
) -> None:
    callers = [(await joined(place, service, case=f"T-{number}"))[0] for number in range(12)]
    for caller in callers:
        await block(service, place, caller)
    async with place.open(2) as other:
        for _ in range(3):
            await asyncio.gather(
                *(silence.look(each, place.now) for each in (service, other, service, other))
            )
    assert await kinds(service) == ["blocked"] * 12


@pytest.mark.postgres
async def test_whom_another_process_holds_is_left_to_it(postgres_url: str) -> None:
    place = Place(postgres_url)
    async with place.open() as service:
        await joined(place, service)
        await change(service, update(tables.addresses).values(blocked_at=place.now))
        engine = open_engine(postgres_url)
        with engine.begin() as other:
            other.execute(select(tables.participants.c.id).with_for_update(key_share=True))
            assert await silence.look(service, place.now) == 0
        engine.dispose()
        assert await silence.look(service, place.now) == 1


async def test_the_same_queries_serve_however_many_people(
    small_place: Place, small: Service
) -> None:
    people = [(await joined(small_place, small, case=f"T-{n}"))[1].participant for n in range(9)]

    async def asked_for(ids: list[str]) -> int:
        def work(connection: Connection) -> int:
            said: list[str] = []
            event.listen(connection, "before_cursor_execute", lambda *given: said.append(given[2]))
            seen.load(connection, ids, {}, small_place.now)
            return len(said)

        return await small.lane.read(work)

    assert await asked_for(people[:1]) == await asked_for(people) == 5


# --- what figures make of it ----------------------------------------------------------------------


async def outcome_of(service: Service, place: Place, wave: str) -> str:
    quarter = Quarter.containing(place.now.astimezone(LONDON).date())
    found = await service.lane.read(lambda connection: read_facts(connection, quarter, LONDON))
    (asking,) = [each for each in found.askings if each.wave == wave]
    return asking.outcome


async def test_silence_is_never_taken_for_wellbeing(place: Place, service: Service) -> None:
    """No answer, no score and no observation comes of any kind of silence or of coming back."""
    caller, _ = await joined(place, service)
    await live(service, place, 100, caller)
    await silence.look(service, place.now)
    await block(service, place, caller)
    await silence.look(service, place.now)
    await caller.types("hello")
    await silence.look(service, place.now + HOUR)
    assert set(await kinds(service, still=False)) == set(SilenceKind) - {"undeliverable"}
    assert await rows(service, tables.observations) == []
    assert await rows(service, tables.runs) == []


async def test_who_was_gone_when_the_end_was_due_is_told_apart_from_no_reply(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    await live(service, place, 100, caller)
    await silence.look(service, place.now)
    (episode,) = await rows(service, tables.support_episodes)
    await close_support(place, service, episode.id)
    assert await outcome_of(service, place, "end") == AskingOutcome.NOT_ASKED
    await live(service, place, 30, caller)
    assert await outcome_of(service, place, "start") == AskingOutcome.NO_REPLY
    assert await outcome_of(service, place, "end") == AskingOutcome.GONE_QUIET
    await caller.types("hello again")  # too late for the end: what was told stays true
    await silence.look(service, place.now)
    assert await kinds(service) == []
    assert await outcome_of(service, place, "end") == AskingOutcome.GONE_QUIET


async def test_who_came_back_before_the_end_and_gave_no_reply_gave_no_reply(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await live(small, small_place, 100, caller)
    await silence.look(small, small_place.now)
    await caller.types("hello again")
    await silence.look(small, small_place.now)
    (episode,) = await rows(small, tables.support_episodes)
    await close_support(small_place, small, episode.id)
    await live(small, small_place, 30, caller)
    assert await outcome_of(small, small_place, "end") == AskingOutcome.NO_REPLY


async def test_two_without_a_reply_are_no_reply_as_long_as_nobody_is_gone(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await live(small, small_place, 64, caller)
    await silence.look(small, small_place.now)
    assert await kinds(small) == ["unanswered-twice"]
    (episode,) = await rows(small, tables.support_episodes)
    await close_support(small_place, small, episode.id)
    await change(small, update(tables.occasions).values(next_at=None))
    end = update(tables.occasions).where(tables.occasions.c.wave == "end")
    await change(small, end.values(state="lapsed", offered_at=small_place.now))
    assert await outcome_of(small, small_place, "end") == AskingOutcome.NO_REPLY


async def test_a_break_somebody_chose_is_not_counted_as_gone(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.does(MenuInput(MenuWish.PAUSE_A_MONTH))
    await live(small, small_place, 29, caller)
    await silence.look(small, small_place.now)
    assert await kinds(small, still=False) == []


# --- the decision, for any past -------------------------------------------------------------------

NOON = datetime(2026, 9, 22, 12, tzinfo=LONDON)
DAYS = st.integers(0, 300).map(lambda days: NOON + days * DAY)


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    maybe = st.none() | DAYS
    where = st.sampled_from(["here", "there"])
    asking = st.builds(PastAsking, where, st.sampled_from(OccasionState), maybe, maybe)
    silent = [kind for kind in SilenceKind if kind is not SilenceKind.RE_ENGAGED]
    known = draw(st.lists(st.sampled_from(silent), unique=True))
    return Trace(
        participant_id="p",
        participant_key="k",
        may_be_asked=draw(st.booleans()),
        resting_until=draw(maybe),
        held_until=draw(maybe),
        used_at=draw(maybe),
        blocked_at=draw(maybe),
        failed_at=draw(maybe),
        supports=tuple(
            draw(st.lists(st.builds(Support, where, st.just("key"), st.booleans()), max_size=2))
        ),
        askings=tuple(draw(st.lists(asking, max_size=6))),
        facts=tuple(
            OpenFact(kind.value, kind, draw(DAYS), draw(maybe), "here", "key") for kind in known
        ),
    )


def after(trace: Trace, changes: silence.Changes) -> Trace:
    """The same person once the changes are written."""
    left = [each for each in trace.facts if each not in changes.ended]
    left = [
        OpenFact(each.id, each.kind, each.at, None, each.episode_id, each.episode_key)
        if each in changes.again
        else each
        for each in left
    ]
    left += [
        OpenFact(each.kind.value, each.kind, each.at, None, each.about.episode_id, None)
        for each in changes.opened
    ]
    return Trace(
        trace.participant_id,
        trace.participant_key,
        trace.may_be_asked,
        trace.resting_until,
        trace.held_until,
        trace.used_at,
        trace.blocked_at,
        trace.failed_at,
        trace.supports,
        trace.askings,
        tuple(left),
    )


@given(traces(), DAYS)
def test_each_kind_stands_once_and_looking_again_changes_nothing(
    trace: Trace, now: datetime
) -> None:
    changes = silence.decide(trace, SILENT_AFTER, now)
    left = after(trace, changes)
    standing = [each.kind for each in left.facts]
    assert len(standing) == len(set(standing))
    again = silence.decide(left, SILENT_AFTER, now)
    # A block that is older than the last word cannot be: whoever speaks opens the chat.
    if trace.blocked_at is None or trace.blocked_at >= silence.last_sign(trace):
        assert not again.any


@given(traces(), DAYS)
def test_nobody_is_called_silent_who_may_not_be_asked_or_wants_quiet(
    trace: Trace, now: datetime
) -> None:
    rests = trace.resting_until is not None and trace.resting_until > now
    changes = silence.decide(trace, SILENT_AFTER, now)
    if rests or not trace.may_be_asked or not trace.supports:
        assert not changes.opened
    assert all(each.kind is not SilenceKind.RE_ENGAGED for each in changes.opened)
    sign = silence.last_sign(trace)
    gone = [each for each in changes.opened if each.kind is SilenceKind.DISENGAGED]
    assert all(sign + SILENT_AFTER <= each.at <= now for each in gone)
