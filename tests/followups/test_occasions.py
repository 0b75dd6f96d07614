"""The clock looks after due moments: asks at the right time, reminds twice, and leaves in peace."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Table, Update, create_engine, insert, text, update

from followups import occasions as looking
from followups.occasions import fire_due
from storage import episodes, occasions, outbox, recalls, runs, tables, words
from storage.casework import Connection
from storage.errors import DatabaseAway
from storage.occasions import Occasion
from storage.outbox import Sending, Urgency
from storage.sequence import Sequence
from surveys.people import AgeBand, Role
from tests.followups.street import (
    JOINED,
    REVIEW,
    Neighbour,
    Street,
    care_for_another,
    london,
    move_in,
)
from usecases import planning
from usecases.arrival import MenuInput, MenuWish, OfferReply, TextInput
from usecases.sending import note_blocked
from usecases.service import Service

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Service]:
    """One running process on each kind of database."""
    async with Street(database_url).open() as opened:
        yield opened


async def notices(service: Service) -> list[str]:
    found = await service.lane.read(
        lambda connection: words.unseen_notices(service.open(connection))
    )
    return [each.kind for each in found]


async def change(service: Service, statement: object) -> None:
    await service.lane.write(lambda connection: connection.execute(statement))  # type: ignore[call-overload]  # any statement


async def live(service: Service, first: datetime, last: datetime, step: timedelta) -> list[Sending]:
    """Let the clock ring from one moment to another; return all that was sent."""
    sent: list[Sending] = []
    now = first
    while now <= last:
        sent += await fire_due(service, now)
        now += step
    return sent


def occasions_of(sent: list[Sending]) -> list[str | None]:
    return [each.occasion_id for each in sent]


# --- asking -----------------------------------------------------------------------------


async def test_a_review_is_asked_six_weeks_later_at_four_and_not_a_second_earlier(
    service: Service,
) -> None:
    somebody = await move_in(service)
    assert await fire_due(service, REVIEW - SECOND) == []
    (asked,) = await fire_due(service, REVIEW)
    assert asked.chat_id == somebody.chat
    assert asked.outgoing.urgency is Urgency.ASKING
    assert asked.occasion_id == (await somebody.occasion("review")).id
    assert await somebody.state("review") == "offered"


async def test_ringing_twice_asks_once(service: Service) -> None:
    await move_in(service)
    first = await fire_due(service, REVIEW)
    assert await fire_due(service, REVIEW) == []
    assert await fire_due(service, REVIEW + timedelta(seconds=5)) == []
    assert len(first) == 1


async def test_an_offered_review_plans_the_next_one(service: Service) -> None:
    somebody = await move_in(service)
    await fire_due(service, REVIEW)
    following = await somebody.occasion("review", 2)
    assert following.due_at == london("2026-12-15T16:00")
    assert following.local_time == "2026-12-15T16:00"
    assert following.state.value == "planned"


async def test_a_review_that_somebody_begins_by_themselves_plans_the_next_one_too(
    service: Service,
) -> None:
    somebody = await move_in(service)
    await somebody.does(MenuInput(MenuWish.WHATS_NEXT), REVIEW + SECOND)
    assert await somebody.state("review") == "offered"
    assert await somebody.state("review", 2) == "planned"
    assert await fire_due(service, REVIEW + 2 * SECOND) == []


async def test_what_falls_due_at_night_is_asked_after_school(service: Service) -> None:
    """The program stood still from four until three in the morning."""
    somebody = await move_in(service)
    assert await fire_due(service, london("2026-11-04T03:00")) == []
    assert (await somebody.occasion("review")).next_at == london("2026-11-04T16:00")
    assert len(await fire_due(service, london("2026-11-04T16:00"))) == 1


async def test_two_occasions_are_never_asked_on_one_day(service: Service) -> None:
    """A carer of two children, whose reviews fall due at the same moment."""
    somebody = await move_in(service, role=Role.CARER)
    await care_for_another(somebody, Role.CARER, JOINED)
    for start in (each for each in await somebody.occasions() if each.wave == "start"):
        await somebody.replies(start, OfferReply.NOT_THIS_TIME, JOINED)
    sent = await fire_due(service, REVIEW)
    sent += await live(service, REVIEW, REVIEW + timedelta(hours=7), timedelta(minutes=15))
    assert len(sent) == 1
    later = await live(service, REVIEW + timedelta(hours=8), REVIEW + DAY, timedelta(minutes=15))
    assert len(later) == 1
    assert later[0].occasion_id != sent[0].occasion_id


async def test_what_was_asked_this_morning_and_put_off_is_asked_again_today(
    service: Service,
) -> None:
    somebody = await move_in(service)
    await fire_due(service, REVIEW)
    review = await somebody.occasion("review")
    await somebody.replies(review, OfferReply.IN_AN_HOUR, REVIEW + timedelta(minutes=10))
    assert await fire_due(service, REVIEW + timedelta(minutes=69)) == []
    again = await fire_due(service, REVIEW + timedelta(minutes=70))
    assert occasions_of(again) == [review.id]


# --- reminders --------------------------------------------------------------------------


async def test_two_gentle_reminders_then_silence_then_the_end(service: Service) -> None:
    somebody = await move_in(service)
    sent = await fire_due(service, REVIEW)
    quiet = await live(service, REVIEW + SECOND, REVIEW + 3 * DAY - SECOND, timedelta(hours=5))
    first = await fire_due(service, REVIEW + 3 * DAY)
    second = await live(service, REVIEW + 4 * DAY, REVIEW + 10 * DAY, DAY)
    rest = await live(service, REVIEW + 11 * DAY, REVIEW + 20 * DAY, DAY)
    assert [len(sent), len(quiet), len(first), len(second), len(rest)] == [1, 0, 1, 1, 0]
    assert len({each[0].outgoing.text for each in (sent, first, second)}) == 3
    assert (await somebody.occasion("review")).reminders == 2
    assert await fire_due(service, REVIEW + 21 * DAY) == []
    assert await somebody.state("review") == "lapsed"
    assert (await somebody.occasion("review")).next_at is None


@pytest.mark.parametrize("reply", ["no", "stop"])
async def test_an_answered_offer_is_never_repeated(service: Service, reply: str) -> None:
    somebody = await move_in(service)
    (asked,) = await fire_due(service, REVIEW)
    if reply == "no":
        await somebody.replies(
            await somebody.occasion("review"), OfferReply.NOT_THIS_TIME, REVIEW + SECOND
        )
        assert await somebody.state("review") == "declined"
    else:
        await somebody.does(MenuInput(MenuWish.STOP_ALL_SURELY), REVIEW + SECOND)
        assert await somebody.state("review") == "suppressed"
    assert asked.chat_id == somebody.chat
    assert await live(service, REVIEW + DAY, REVIEW + 40 * DAY, DAY) == []


async def test_a_finished_run_is_never_reminded_of(service: Service) -> None:
    somebody = await move_in(service)
    now = REVIEW + SECOND
    await fire_due(service, REVIEW)
    shown = await somebody.replies(await somebody.occasion("review"), OfferReply.START, now)
    while await somebody.state("review") == "answering":
        shown = await somebody.taps(shown[-1], "skip", now)
    assert await somebody.state("review") == "answered"
    assert await live(service, REVIEW + DAY, REVIEW + 40 * DAY, DAY) == []


async def test_a_half_done_run_is_shown_the_way_back_then_ended_with_its_answers_kept(
    service: Service,
) -> None:
    somebody = await move_in(service)
    await fire_due(service, REVIEW)
    began = REVIEW + SECOND
    shown = await somebody.replies(await somebody.occasion("review"), OfferReply.START, began)
    await somebody.taps(shown[-1], "skip", began)
    reminded = await live(service, REVIEW + DAY, REVIEW + 20 * DAY, DAY / 4)
    assert ["Carry on" in each.outgoing.rows[0][0].label for each in reminded] == [True, True]
    assert {each.outgoing.urgency for each in reminded} == {Urgency.ASKING}
    ended = await fire_due(service, REVIEW + 21 * DAY)
    assert all(each.outgoing.kind.value == "edit-step" for each in ended)
    review = await somebody.occasion("review")
    assert review.state.value == "part-answered"
    assert review.run_id is not None
    run_id = review.run_id
    run = await service.lane.read(lambda connection: runs.load(service.open(connection), run_id))
    assert run is not None
    assert run.run.status.value == "lapsed"
    assert len(run.run.answers) == 1


async def test_somebody_who_began_and_answered_nothing_has_not_answered_in_part(
    service: Service,
) -> None:
    somebody = await move_in(service)
    await fire_due(service, REVIEW)
    await somebody.replies(await somebody.occasion("review"), OfferReply.START, REVIEW + SECOND)
    await fire_due(service, REVIEW + 21 * DAY)
    assert await somebody.state("review") == "lapsed"


async def test_somebody_who_goes_on_by_themselves_is_not_reminded(service: Service) -> None:
    somebody = await move_in(service)
    await fire_due(service, REVIEW)
    shown = await somebody.replies(
        await somebody.occasion("review"), OfferReply.START, REVIEW + SECOND
    )
    moved = REVIEW + 3 * DAY - timedelta(minutes=1)
    await somebody.taps(shown[-1], "skip", moved)
    assert await live(service, REVIEW + 3 * DAY, REVIEW + 5 * DAY, DAY / 4) == []
    assert len(await live(service, REVIEW + 6 * DAY, REVIEW + 7 * DAY, DAY / 4)) == 1


# --- leaving in peace -------------------------------------------------------------------


async def test_somebody_in_the_middle_of_other_questions_is_not_interrupted(
    service: Service,
) -> None:
    somebody = await move_in(service, busy=False)
    start = await somebody.occasion("start")
    await somebody.replies(start, OfferReply.START, JOINED + SECOND)
    await somebody.closes(date(2026, 9, 22), JOINED + timedelta(minutes=1))
    at_end = JOINED + timedelta(minutes=2)
    assert await fire_due(service, at_end) == []
    waits = await somebody.occasion("end")
    assert waits.state.value == "planned"
    assert waits.next_at == at_end + timedelta(hours=1)


async def test_somebody_who_rests_hears_nothing_and_is_asked_afterwards(service: Service) -> None:
    somebody = await move_in(service)
    before = REVIEW - DAY
    await somebody.does(MenuInput(MenuWish.PAUSE_A_WEEK), before)
    assert await live(service, REVIEW, REVIEW + 5 * DAY, DAY / 4) == []
    (asked,) = await live(service, REVIEW + 6 * DAY, REVIEW + 6 * DAY + DAY / 2, timedelta(hours=1))
    assert asked.occasion_id == (await somebody.occasion("review")).id


async def test_a_rest_longer_than_the_limit_is_not_held_against_anybody(service: Service) -> None:
    """Four weeks of quiet; the end may come three weeks late, counted from the end of the rest."""
    somebody = await move_in(service)
    await somebody.does(MenuInput(MenuWish.PAUSE_A_MONTH), JOINED + timedelta(minutes=1))
    await somebody.closes(date(2026, 9, 22), JOINED + timedelta(minutes=2))
    assert await live(service, JOINED + DAY, JOINED + 27 * DAY, DAY) == []
    await fire_due(service, JOINED + 40 * DAY)
    assert await somebody.state("end") == "lapsed"
    assert await notices(service) == []


async def test_what_was_queued_before_a_pause_is_taken_back(service: Service) -> None:
    somebody = await move_in(service)
    await fire_due(service, REVIEW)
    waiting = update(tables.outbox).where(tables.outbox.c.urgency == "asking")
    await change(service, waiting.values(state="pending", due_at=REVIEW))
    await somebody.does(MenuInput(MenuWish.PAUSE_A_WEEK), REVIEW + SECOND)
    claimed = await service.lane.write(
        lambda connection: outbox.claim_due(service.open(connection), REVIEW + DAY, 10)
    )
    assert occasions_of(claimed) == []


async def test_what_was_queued_before_a_pause_is_asked_after_it(service: Service) -> None:
    somebody = await move_in(service)
    await fire_due(service, REVIEW)
    waiting = update(tables.outbox).where(tables.outbox.c.urgency == "asking")
    await change(service, waiting.values(state="pending", due_at=REVIEW))
    await somebody.does(MenuInput(MenuWish.PAUSE_A_WEEK), REVIEW + SECOND)
    assert (await somebody.occasion("review")).offered_at is None
    assert await live(service, REVIEW + DAY, REVIEW + 6 * DAY, DAY) == []
    (asked,) = await live(service, REVIEW + 7 * DAY, REVIEW + 8 * DAY, DAY / 24)
    assert (asked.occasion_id, (await somebody.occasion("review")).reminders) == (
        (await somebody.occasion("review")).id,
        0,
    )


async def test_a_reminder_that_was_taken_back_does_not_count_as_given(service: Service) -> None:
    somebody = await move_in(service)
    await fire_due(service, REVIEW)
    review = await somebody.occasion("review")
    await somebody.replies(review, OfferReply.START, REVIEW + SECOND)
    half_done = await somebody.occasion("review")
    assert half_done.next_at is not None
    (reminder,) = await fire_due(service, half_done.next_at)
    back = update(tables.outbox).where(tables.outbox.c.id == reminder.id)
    await change(service, back.values(state="pending", due_at=half_done.next_at))
    await service.lane.write(
        lambda connection: recalls.call_back_askings(connection, somebody.participant)
    )
    again = await fire_due(service, half_done.next_at + DAY)
    assert occasions_of(again) == [review.id]
    assert (await somebody.occasion("review")).reminders == 1


async def test_nobody_is_asked_while_staff_hold_them_and_they_are_afterwards(
    service: Service,
) -> None:
    somebody = await move_in(service)
    held = update(tables.participants).where(tables.participants.c.id == somebody.participant)
    await change(service, held.values(suppressed_at=REVIEW - DAY))
    assert await live(service, REVIEW, REVIEW + 5 * DAY, DAY / 4) == []
    (nothing,) = await somebody.does(MenuInput(MenuWish.WHATS_NEXT), REVIEW + 5 * DAY)
    assert nothing.occasion_id is None
    await change(service, held.values(suppressed_at=None))
    asked = await live(service, REVIEW + 5 * DAY, REVIEW + 7 * DAY, DAY / 4)
    assert occasions_of(asked) == [(await somebody.occasion("review")).id]


async def test_what_staff_held_until_its_window_was_over_is_suppressed_not_missed(
    service: Service,
) -> None:
    somebody = await move_in(service)
    held = update(tables.participants).where(tables.participants.c.id == somebody.participant)
    await change(service, held.values(suppressed_at=REVIEW - DAY))
    assert await live(service, REVIEW, REVIEW + 22 * DAY, DAY) == []
    assert await somebody.state("review") == "suppressed"
    assert await notices(service) == []


async def test_an_old_offer_begins_nothing_while_staff_hold_somebody(service: Service) -> None:
    somebody = await move_in(service)
    await fire_due(service, REVIEW)
    held = update(tables.participants).where(tables.participants.c.id == somebody.participant)
    await change(service, held.values(suppressed_at=REVIEW + SECOND))
    await somebody.replies(await somebody.occasion("review"), OfferReply.START, REVIEW + DAY)
    assert await somebody.state("review") == "offered"


async def test_somebody_who_wants_to_be_asked_once_a_fortnight_is(service: Service) -> None:
    """A carer of two children; reminders keep the distance as well."""
    somebody = await move_in(service, role=Role.CARER)
    await care_for_another(somebody, Role.CARER, JOINED)
    for start in (each for each in await somebody.occasions() if each.wave == "start"):
        await somebody.replies(start, OfferReply.NOT_THIS_TIME, JOINED)
    theirs = update(tables.participants).where(tables.participants.c.id == somebody.participant)
    await change(service, theirs.values(at_most_days=14))
    days = []
    for hour in range(24 * 21):
        now = REVIEW + timedelta(hours=hour)
        days += [now.date() for _ in await fire_due(service, now)]
    assert len(days) == 2
    assert days[1] - days[0] >= timedelta(days=14)


async def test_somebody_who_blocked_us_cannot_be_asked_and_staff_are_told(
    service: Service,
) -> None:
    somebody = await move_in(service)
    await note_blocked(service, "web", somebody.chat, REVIEW - DAY, blocked=True)
    assert await fire_due(service, REVIEW) == []
    assert await somebody.state("review") == "undeliverable"
    assert await notices(service) == ["undeliverable", "blocked"]
    assert await somebody.state("review", 2) == "planned"


async def test_somebody_who_blocks_us_after_the_offer_is_not_reminded(service: Service) -> None:
    somebody = await move_in(service)
    await fire_due(service, REVIEW)
    await note_blocked(service, "web", somebody.chat, REVIEW + DAY, blocked=True)
    assert await live(service, REVIEW + 2 * DAY, REVIEW + 20 * DAY, DAY) == []
    assert await somebody.state("review") == "offered"
    await fire_due(service, REVIEW + 21 * DAY)
    assert await somebody.state("review") == "lapsed"


async def test_somebody_with_a_half_done_run_who_blocks_us_keeps_their_answers(
    service: Service,
) -> None:
    somebody = await move_in(service)
    await fire_due(service, REVIEW)
    now = REVIEW + SECOND
    shown = await somebody.replies(await somebody.occasion("review"), OfferReply.START, now)
    await somebody.taps(shown[-1], "skip", now)
    await note_blocked(service, "web", somebody.chat, REVIEW + DAY, blocked=True)
    assert await live(service, REVIEW + 2 * DAY, REVIEW + 22 * DAY, DAY) == []
    assert await somebody.state("review") == "part-answered"


async def test_nobody_is_asked_while_their_worrying_words_wait_to_be_read(
    service: Service,
) -> None:
    somebody = await move_in(service)
    await somebody.does(TextInput("i want to die"), REVIEW - DAY)
    assert await live(service, REVIEW, REVIEW + 2 * DAY, DAY / 4) == []
    read = update(tables.concerns).values(acknowledged_at=REVIEW, acknowledged_by="a worker")
    await change(service, read)
    assert len(await live(service, REVIEW + 2 * DAY, REVIEW + 4 * DAY, DAY / 4)) == 1


async def test_reviews_end_with_the_support_and_the_end_is_asked_instead(
    service: Service,
) -> None:
    somebody = await move_in(service)
    await somebody.closes(date(2026, 11, 2), london("2026-11-02T15:00"))
    sent = await live(service, london("2026-11-02T16:00"), REVIEW + DAY, timedelta(hours=1))
    assert occasions_of(sent) == [(await somebody.occasion("end")).id]
    assert await somebody.state("review") == "suppressed"


@pytest.mark.parametrize(
    ("what", "values"),
    [
        (tables.support_episodes, {"closed_on": date(2026, 11, 2), "close_reason": "planned"}),
        (tables.participations, {"until": REVIEW - DAY}),
        (tables.participants, {"status": "stopped"}),
    ],
    ids=["support ended", "no longer answers", "stopped"],
)
async def test_what_changed_after_the_plan_is_seen_at_the_last_moment(
    service: Service, what: Table, values: dict[str, object]
) -> None:
    """Whatever the plan said, nothing goes out."""
    somebody = await move_in(service)
    await change(service, update(what).values(**values))
    assert await fire_due(service, REVIEW) == []
    assert await somebody.state("review") == "suppressed"
    assert len(await somebody.occasions()) == 2


async def test_what_must_not_be_asked_any_more_has_not_lapsed(service: Service) -> None:
    somebody = await move_in(service)
    await change(service, update(tables.participants).values(status="stopped"))
    assert await fire_due(service, REVIEW + 21 * DAY) == []
    assert await somebody.state("review") == "suppressed"


async def test_there_is_no_third_reminder_however_often_the_row_is_looked_at(
    service: Service,
) -> None:
    somebody = await move_in(service)
    await fire_due(service, REVIEW)
    await live(service, REVIEW + DAY, REVIEW + 12 * DAY, DAY)
    rows = update(tables.occasions).where(tables.occasions.c.state == "offered")
    await change(service, rows.values(next_at=REVIEW + 13 * DAY))
    assert await fire_due(service, REVIEW + 13 * DAY) == []
    review = await somebody.occasion("review")
    assert (review.reminders, review.next_at) == (2, review.window_ends_at)


async def test_the_end_is_not_asked_where_the_support_goes_on_again(service: Service) -> None:
    somebody = await move_in(service)
    await somebody.closes(date(2026, 9, 23), JOINED + DAY)
    again = update(tables.support_episodes).values(closed_on=None, close_reason=None)
    await change(service, again)
    assert await live(service, JOINED + 2 * DAY, JOINED + 3 * DAY, DAY / 4) == []
    assert await somebody.state("end") == "suppressed"


# --- late, broken, interrupted ----------------------------------------------------------


async def test_what_was_missed_while_the_program_stood_still_is_asked_late(
    service: Service,
) -> None:
    await move_in(service)
    assert len(await fire_due(service, REVIEW + 10 * DAY)) == 1


async def test_what_is_too_late_is_not_asked_and_staff_are_told(service: Service) -> None:
    somebody = await move_in(service)
    assert await fire_due(service, REVIEW + 10 * DAY + timedelta(hours=1)) == []
    assert await somebody.state("review") == "lapsed"
    assert await notices(service) == ["not-asked"]
    assert (await somebody.occasion("review", 2)).due_at == london("2026-12-15T16:00")


async def test_after_a_year_of_standstill_every_review_has_come_to_its_end(
    service: Service,
) -> None:
    somebody = await move_in(service)
    await live(service, REVIEW + 365 * DAY, REVIEW + 365 * DAY + 15 * SECOND, SECOND)
    reviews = [each for each in await somebody.occasions() if each.wave == "review"]
    states = Counter(each.state.value for each in reviews)
    assert states["lapsed"] == 9
    assert len(reviews) == 10
    assert states["planned"] == 1


class _Killed(Exception):
    """The process is gone in the middle of its work."""


async def test_a_process_that_dies_between_claim_and_commit_loses_and_doubles_nothing(
    service: Service,
) -> None:
    somebody = await move_in(service)

    def die(connection: Connection) -> None:
        looking._fire_in(service, connection, REVIEW, 10)
        raise _Killed

    with pytest.raises(_Killed):
        await service.lane.write(die)
    assert await somebody.state("review") == "planned"
    (asked,) = await fire_due(service, REVIEW + SECOND)
    assert asked.occasion_id == (await somebody.occasion("review")).id
    stored = await service.lane.read(
        lambda connection: outbox.of_participant(service.open(connection), somebody.participant)
    )
    assert [each.outgoing.urgency for each in stored].count(Urgency.ASKING) == 1


async def test_one_that_cannot_be_dealt_with_does_not_hold_up_the_others(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    first, second, third = [await move_in(service) for _ in range(3)]
    broken = (await second.occasion("review")).id
    rows = update(tables.occasions).where(tables.occasions.c.id == broken)
    await change(service, rows.values(instrument="lost", next_at=REVIEW - SECOND))
    with caplog.at_level(logging.ERROR):
        sent = await fire_due(service, REVIEW)
    assert sorted(each.chat_id for each in sent) == sorted([first.chat, third.chat])
    assert caplog.messages == ["a due moment is put off: UnknownInstrument"]
    assert (await second.occasion("review")).next_at == REVIEW + timedelta(hours=1)
    assert await fire_due(service, REVIEW + SECOND) == []


async def test_one_call_looks_after_so_many_and_the_next_one_goes_on(service: Service) -> None:
    for _ in range(3):
        await move_in(service)
    sent = [len(await fire_due(service, REVIEW, most=2)) for _ in range(3)]
    assert sent == [2, 1, 0]


async def test_what_was_committed_is_sent_though_the_database_goes_away_after_it(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        await move_in(service)
    monkeypatch.setattr(looking, "BATCH", 1)
    fire_some, calls = looking.fire_some, iter([True, False])

    async def falter(service: Service, now: datetime, most: int) -> looking.Fired:
        if not next(calls):
            raise DatabaseAway
        return await fire_some(service, now, most)

    monkeypatch.setattr(looking, "fire_some", falter)
    assert len(await fire_due(service, REVIEW)) == 1


async def test_a_database_that_is_away_from_the_start_is_told(service: Service) -> None:
    await service.lane.close()
    with pytest.raises(DatabaseAway):
        await fire_due(service, REVIEW)


async def test_put_off_beyond_the_window_is_asked_before_it_ends(service: Service) -> None:
    somebody = await move_in(service)
    await fire_due(service, REVIEW)
    late = REVIEW + 18 * DAY
    review = await somebody.occasion("review")
    await somebody.replies(review, OfferReply.NEXT_WEEK, late)
    again = (await somebody.occasion("review")).next_at
    assert again is not None
    assert late < again < review.window_ends_at
    assert occasions_of(await fire_due(service, again)) == [review.id]


async def test_put_off_at_the_very_end_of_the_window_is_a_kind_no(service: Service) -> None:
    somebody = await move_in(service)
    await fire_due(service, REVIEW)
    last = REVIEW + 21 * DAY - timedelta(minutes=30)
    await somebody.replies(await somebody.occasion("review"), OfferReply.NEXT_WEEK, last)
    assert await somebody.state("review") == "declined"


# --- several processes on PostgreSQL ----------------------------------------------------


async def _neighbours(service: Service, number: int) -> list[Neighbour]:
    return [await move_in(service) for _ in range(number)]


@pytest.mark.postgres
async def test_competing_processes_lose_none_and_double_none(postgres_url: str) -> None:
    async with (
        Street(postgres_url, node=1).open() as one,
        Street(postgres_url, node=2).open() as two,
        Street(postgres_url, node=3).open() as three,
    ):
        everybody = await _neighbours(one, 120)
        results = await asyncio.gather(
            *(fire_due(each, REVIEW) for each in (one, two, three, one, two, three))
        )
        sent = [sending for result in results for sending in result]
        # somebody who was just being served is left alone for a moment
        sent += await fire_due(two, REVIEW + timedelta(seconds=6))
        assert sorted(each.chat_id for each in sent) == sorted(each.chat for each in everybody)
        assert sum(bool(result) for result in results) >= 2
        states = Counter([await each.state("review") for each in everybody])
        assert states == {"offered": 120}
        assert len({each.id for each in sent}) == 120


@pytest.mark.postgres
async def test_somebody_who_is_served_by_another_process_just_now_is_left_alone(
    postgres_url: str,
) -> None:
    async with Street(postgres_url).open() as service:
        somebody = await move_in(service)
        engine = create_engine(postgres_url)
        with engine.connect() as other, other.begin():
            other.execute(text("select id from addresses for update"))
            assert await fire_due(service, REVIEW) == []
        engine.dispose()
        waits: Occasion = await somebody.occasion("review")
        assert waits.next_at == REVIEW + timedelta(seconds=5)
        assert len(await fire_due(service, REVIEW + timedelta(seconds=5))) == 1


@pytest.mark.postgres
async def test_a_due_moment_that_another_process_holds_is_left_to_it(postgres_url: str) -> None:
    async with Street(postgres_url).open() as service:
        first, second = await _neighbours(service, 2)
        held = (await first.occasion("review")).id
        engine = create_engine(postgres_url)
        with engine.connect() as other, other.begin():
            query = text("select id from occasions where id = :id for update")
            other.execute(query, {"id": held})
            sent = await fire_due(service, REVIEW)
        engine.dispose()
        assert [each.chat_id for each in sent] == [second.chat]
        assert [each.chat_id for each in await fire_due(service, REVIEW)] == [first.chat]


def test_numbers_of_two_processes_differ() -> None:
    """What the tests above rely on."""
    assert Sequence(1).next(REVIEW) != Sequence(2).next(REVIEW)
    assert occasions.OccasionState.LAPSED.over


# --- what changes around somebody ---------------------------------------------------------


async def test_a_pause_until_a_moment_brings_the_half_done_questions_back_then(
    service: Service,
) -> None:
    somebody = await move_in(service)
    await fire_due(service, REVIEW)
    await somebody.replies(await somebody.occasion("review"), OfferReply.START, REVIEW)
    until = REVIEW + timedelta(hours=1)
    await change(service, resting(somebody, until))
    await change(service, look_at(await somebody.occasion("review"), until))
    assert await fire_due(service, until - SECOND) == []
    (reminder,) = await fire_due(service, until)
    assert reminder.occasion_id == (await somebody.occasion("review")).id


async def test_a_pause_until_a_moment_goes_before_the_usual_wishes(service: Service) -> None:
    somebody = await move_in(service, age=AgeBand.EIGHTEEN_TO_TWENTY_FIVE)
    await fire_due(service, REVIEW)
    await somebody.replies(await somebody.occasion("review"), OfferReply.START, REVIEW)
    until = REVIEW + DAY
    await change(service, resting(somebody, until).values(suits="weekend", at_most_days=7))
    await change(service, look_at(await somebody.occasion("review"), until))
    (reminder,) = await fire_due(service, until)
    assert reminder.occasion_id == (await somebody.occasion("review")).id


async def test_a_moment_that_somebody_chose_goes_before_their_usual_part_of_the_week(
    service: Service,
) -> None:
    somebody = await move_in(service, age=AgeBand.EIGHTEEN_TO_TWENTY_FIVE)
    await fire_due(service, REVIEW)
    review = await somebody.occasion("review")
    theirs = update(tables.participants).where(tables.participants.c.id == somebody.participant)
    await change(service, theirs.values(suits="weekend"))
    await somebody.replies(review, OfferReply.TOMORROW, REVIEW + SECOND)  # a Wednesday
    asked = await live(service, REVIEW + DAY, REVIEW + DAY + timedelta(hours=4), DAY / 24)
    assert occasions_of(asked) == [review.id]


async def test_a_wish_counts_for_what_is_planned_already(service: Service) -> None:
    somebody = await move_in(service, age=AgeBand.EIGHTEEN_TO_TWENTY_FIVE)
    theirs = update(tables.participants).where(tables.participants.c.id == somebody.participant)
    await change(service, theirs.values(suits="weekend"))
    sent = await live(service, REVIEW, london("2026-11-06T23:00"), DAY / 24)
    assert sent == []
    assert len(await live(service, london("2026-11-07T00:00"), REVIEW + 5 * DAY, DAY / 24)) == 1


async def test_holidays_before_a_weekend_do_not_make_it_too_late(service: Service) -> None:
    """Due on a bank holiday, wanted at weekends, and the program stood still for a week."""
    somebody = await move_in(service, london("2027-11-16T17:00"), age=AgeBand.TWELVE_TO_FIFTEEN)
    theirs = update(tables.participants).where(tables.participants.c.id == somebody.participant)
    await change(service, theirs.values(suits="weekend"))
    review = await somebody.occasion("review")
    assert review.local_time == "2027-12-28T16:00"
    asked = await live(service, london("2028-01-08T12:00"), london("2028-01-09T12:00"), DAY / 12)
    assert occasions_of(asked) == [review.id]


async def test_time_in_which_staff_held_somebody_does_not_make_it_too_late(
    service: Service,
) -> None:
    """The limit of a review is shorter than its window; both are counted from after the hold."""
    somebody = await move_in(service)
    held = update(tables.participants).where(tables.participants.c.id == somebody.participant)
    await change(service, held.values(suppressed_at=REVIEW - DAY))
    until = REVIEW + 12 * DAY
    assert await live(service, REVIEW, until, DAY) == []
    await change(service, held.values(suppressed_at=None))
    row = {
        "id": "a-hold",
        "participant_id": somebody.participant,
        "action_id": "an-action",
        "reason": "court",
        "since": REVIEW - DAY,
        "since_by": "a.worker",
        "lifted_at": until,
        "lifted_by": "another.worker",
    }
    await change(service, insert(tables.suppressions).values(row))
    asked = await live(service, until, until + 2 * DAY, DAY / 24)
    assert occasions_of(asked) == [(await somebody.occasion("review")).id]


async def test_support_that_is_opened_again_goes_on_and_ends_anew(service: Service) -> None:
    somebody = await move_in(service)
    await somebody.closes(date(2026, 10, 6), JOINED + 14 * DAY)
    await change(service, opened_again(somebody))
    await service.lane.write(lambda connection: reopen(service, connection, somebody))
    assert await somebody.state("end") == "suppressed"
    assert await somebody.state("review") == "planned"
    assert len(await fire_due(service, REVIEW)) == 1
    await somebody.closes(date(2026, 12, 1), REVIEW + 28 * DAY)
    end = await somebody.occasion("end")
    assert (end.state.value, end.local_time[:10]) == ("planned", "2026-12-01")
    assert (await somebody.occasion("3-months")).local_time[:10] == "2027-03-01"


def resting(somebody: Neighbour, until: datetime) -> Update:
    theirs = update(tables.participants).where(tables.participants.c.id == somebody.participant)
    return theirs.values(resting_until=until)


def look_at(occasion: Occasion, at: datetime) -> Update:
    return update(tables.occasions).where(tables.occasions.c.id == occasion.id).values(next_at=at)


def opened_again(somebody: Neighbour) -> Update:
    episode = tables.support_episodes.c.id == somebody.episodes[0]
    return update(tables.support_episodes).where(episode).values(closed_on=None, close_reason=None)


def reopen(service: Service, connection: Connection, somebody: Neighbour) -> None:
    work = service.open(connection)
    episode = episodes.load(work, somebody.episodes[0])
    assert episode is not None
    planning.plan_reopening(service, work, episode, JOINED + 15 * DAY)
    work.flush()
