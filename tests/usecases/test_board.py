"""The board: what is due, late and answered, and who has gone quiet, by support and worker."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from followups.occasions import fire_due
from storage import occasions, tables
from storage.board import NOBODY, BoardList, BoardRow, Chosen, Moment
from storage.casework import Connection
from storage.occasions import OccasionState
from storage.silences import SilenceKind
from surveys.people import Role
from tests.support.callers import (
    AFTER_SCHOOL,
    DAY,
    HOUR,
    LONDON,
    WEEK,
    Place,
    close_support,
    invite,
    joined,
    moments,
    open_support,
    phone,
    rows,
    write,
)
from usecases import board, sending, silence, sweeping
from usecases.board import Board, Wanted
from usecases.service import Service

MINUTE = timedelta(minutes=1)


async def change(service: Service, statement: Any) -> None:
    await write(service, lambda work: work.connection.execute(statement))


async def see(
    service: Service, now: datetime, which: BoardList = BoardList.DUE_TODAY, **chosen: str
) -> Board:
    return await board.look(service, Wanted(which, Chosen(**chosen)), now)


def waves(found: Board) -> list[str]:
    return [f"{each.wave} {each.state}" for each in found.rows]


async def test_what_falls_due_today_stands_there_until_it_is_over(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    await joined(place, service, case="T-2")
    found = await see(service, place.now)
    assert waves(found) == ["start offered"] * 2
    first = found.rows[0]
    assert (first.participant_id, found.cases[first.child_id]) == (invited.participant, "T-1001")
    assert (found.totals[BoardList.DUE_TODAY], found.totals[BoardList.LATE]) == (2, 0)
    await caller.taps("Not this time")
    assert len((await see(service, place.now)).rows) == 1
    assert (await see(service, place.now + DAY)).rows == ()


@pytest.mark.parametrize(
    ("due", "is_today"),
    [
        (datetime(2026, 9, 21, 22, 59, tzinfo=UTC), False),
        (datetime(2026, 9, 21, 23, 0, tzinfo=UTC), True),
        (datetime(2026, 9, 22, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 9, 22, 23, 0, tzinfo=UTC), False),
    ],
)
async def test_today_is_the_day_on_the_clock_on_the_wall(
    small_place: Place, small: Service, due: datetime, *, is_today: bool
) -> None:
    await joined(small_place, small)
    await change(small, update(tables.occasions).values(due_at=due))
    assert bool((await see(small, small_place.now)).rows) is is_today


async def test_what_was_due_before_today_and_never_asked_is_late(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    await caller.taps("Not this time")
    review = (await moments(service, invited.participant))[1]
    still = update(tables.occasions).where(tables.occasions.c.id == review.id)
    waits = still.values(next_at=review.due_at + 3 * DAY)  # looked at, and put back: its turn comes
    await change(service, waits)
    assert (await see(service, review.due_at + HOUR, BoardList.LATE)).rows == ()
    found = await see(service, review.due_at + DAY, BoardList.LATE)
    assert waves(found) == ["review planned"]
    assert found.totals[BoardList.LATE] == 1


async def test_who_was_asked_and_chose_another_day_is_not_late(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.taps("Later")
    await caller.taps("Next week")
    found = await see(small, small_place.now)
    words = board.state_in_words(found.rows[0], small_place.now, small.rhythm.local)
    assert words.startswith("asked, wants to be asked later; next time 29 Sep, ")
    assert (await see(small, small_place.now + 2 * DAY, BoardList.LATE)).rows == ()


async def test_what_nobody_looked_at_is_late_on_the_same_day(
    small_place: Place, small: Service
) -> None:
    _, invited = await joined(small_place, small)
    review = (await moments(small, invited.participant))[1]
    await fire_due(small, review.due_at - HOUR)
    assert (await see(small, review.due_at + MINUTE, BoardList.LATE)).rows == ()
    found = await see(small, review.due_at + 3 * MINUTE, BoardList.LATE)
    assert waves(found) == ["review planned"]
    words = board.state_in_words(found.rows[0], review.due_at + 3 * MINUTE, small.rhythm.local)
    assert words == "not asked yet; should have been looked at 3 Nov, 16:00"


@pytest.mark.parametrize(
    "quiet",
    [
        {"resting_until": AFTER_SCHOOL + 300 * DAY},
        {"suppressed_at": AFTER_SCHOOL},
        {"status": "reading"},
    ],
)
async def test_who_wants_quiet_or_may_not_be_asked_is_not_late(
    small_place: Place, small: Service, quiet: dict[str, Any]
) -> None:
    _, invited = await joined(small_place, small)
    review = (await moments(small, invited.participant))[1]
    later = update(tables.occasions).where(tables.occasions.c.state == "planned")
    await change(small, later.values(next_at=review.due_at + 3 * WEEK))
    assert len((await see(small, review.due_at + DAY, BoardList.LATE)).rows) == 2
    await change(small, update(tables.participants).values(quiet))
    found = await see(small, review.due_at + DAY, BoardList.LATE)
    assert waves(found) == ["start offered"]  # which the clock has let slip


async def test_answers_stand_four_weeks_half_done_ones_marked_and_nothing_of_them_is_shown(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    await caller.taps("Start")
    (begun,) = (await see(service, place.now)).rows
    assert board.is_half_done(begun)
    assert board.state_in_words(begun, place.now, service.rhythm.local) == "half done"
    await caller.answers(4)
    found = await see(service, place.now, BoardList.ANSWERED)
    assert waves(found) == ["start answered"]
    words = board.state_in_words(found.rows[0], place.now, service.rhythm.local)
    assert words == "answered 22 Sep, 17:00"
    assert not board.is_half_done(found.rows[0])
    assert not {"score", "answers", "value"} & set(BoardRow.__slots__)
    ended = found.rows[0].ended_at
    assert ended is not None
    assert (await see(service, ended + 28 * DAY - MINUTE, BoardList.ANSWERED)).rows
    assert not (await see(service, ended + 28 * DAY, BoardList.ANSWERED)).rows


async def test_a_list_can_be_of_one_kind_of_support_and_one_worker(
    place: Place, service: Service
) -> None:
    for case, support, worker in (
        ("T-1", "theraplay", "Mo"),
        ("T-2", "ddp", "Mo"),
        ("T-3", "ddp", None),
        ("T-4", "ddp", "Ada"),
    ):
        episode = await open_support(place, service, case, support)
        named = update(tables.support_episodes).where(tables.support_episodes.c.id == episode)
        await change(service, named.values(worker=worker))
        await phone(place, service).joins(await invite(place, service, episode, Role.CARER))

    async def cases(**chosen: str) -> list[str]:
        found = await see(service, place.now, **chosen)  # type: ignore[arg-type]  # any field, by name
        assert found.totals[BoardList.DUE_TODAY] == len(found.rows)
        return sorted(found.cases[each.child_id] for each in found.rows)

    assert await cases() == ["T-1", "T-2", "T-3", "T-4"]
    assert await cases(intervention="ddp") == ["T-2", "T-3", "T-4"]
    assert await cases(worker="Mo") == ["T-1", "T-2"]
    assert await cases(worker=NOBODY) == ["T-3"]
    assert await cases(intervention="ddp", worker="Mo") == ["T-2"]
    assert await cases(worker="'; drop table occasions; --") == []
    found = await see(service, place.now, intervention="theraplay")
    assert (found.interventions, found.workers) == (("ddp", "theraplay"), ("Ada", "Mo"))
    groups = (await see(service, place.now)).groups
    assert [(each.intervention, each.worker) for each in groups] == [
        ("ddp", None), ("ddp", "Ada"), ("ddp", "Mo"), ("theraplay", "Mo"),
    ]  # fmt: skip
    assert {each.numbers[BoardList.DUE_TODAY] for each in groups} == {1}


async def test_who_has_gone_quiet_stands_with_support_worker_and_what_to_do(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    await change(service, update(tables.support_episodes).values(worker="Mo"))
    await sending.note_blocked(service, caller.channel.value, caller.chat, place.now, blocked=True)
    await silence.look(service, place.now)
    found = await see(service, place.now, BoardList.QUIET)
    (row,) = found.quiet
    assert (row.participant_id, row.kind, row.intervention, row.worker, row.at) == (
        invited.participant, "blocked", "theraplay", "Mo", place.now,
    )  # fmt: skip
    assert found.cases[row.child_id or ""] == "T-1001"
    assert found.totals[BoardList.QUIET] == 1
    assert "hand over a new link" in board.what_to_do(row.kind)
    assert (await see(service, place.now, BoardList.QUIET, worker="Ada")).quiet == ()
    await change(service, update(tables.participants).values(suppressed_at=place.now))
    assert (await see(service, place.now, BoardList.QUIET)).quiet == ()
    assert (await see(service, place.now)).totals[BoardList.QUIET] == 0


@pytest.mark.parametrize("kind", [each.value for each in SilenceKind])
def test_every_kind_of_silence_has_a_next_thing_to_do(kind: str) -> None:
    assert board.what_to_do(kind).endswith((".", "?"))


async def plan_many(service: Service, number: int) -> None:
    """Plan that many more reviews of the one person there is, all due today."""

    def add(work: Any) -> None:
        (person,) = work.connection.execute(tables.participants.select()).all()
        (first, *_) = occasions.of_participant(work, person.id)
        occasions.plan(
            work,
            [
                replace(
                    first, id=f"m{n:04}", wave="review", round=100 + n, offered_at=None,
                    due_at=first.due_at + n * timedelta(seconds=1), state=OccasionState.PLANNED,
                )
                for n in range(number)
            ],
        )  # fmt: skip

    await write(service, add)


async def test_fifty_are_shown_at_a_time_and_none_is_left_out(
    small_place: Place, small: Service
) -> None:
    await joined(small_place, small)
    await plan_many(small, 120)
    seen: list[str] = []
    start, more = 0, True
    while more:
        found = await board.look(small, Wanted(start=start), small_place.now)
        assert len(found.rows) <= board.PAGE
        seen += [each.occasion_id for each in found.rows]
        start, more = start + board.PAGE, found.more
    assert len(seen) == len(set(seen)) == 121 == found.totals[BoardList.DUE_TODAY]


@pytest.mark.parametrize("which", list(BoardList))
async def test_the_same_few_queries_serve_however_much_there_is(
    place: Place, service: Service, which: BoardList
) -> None:
    await joined(place, service)

    async def said() -> int:
        def work(connection: Connection) -> int:
            statements: list[str] = []
            event.listen(
                connection, "before_cursor_execute", lambda *given: statements.append(given[2])
            )
            moment = Moment(place.now, place.now - 12 * HOUR, place.now + 12 * HOUR)
            board._look(service.open(connection), Wanted(which), moment)
            return len(statements)

        return await service.lane.read(work)

    before = await said()
    await plan_many(service, 60)
    assert await said() == before <= 6


async def test_the_last_sweep_stands_beside_the_lists(small_place: Place, small: Service) -> None:
    assert (await see(small, small_place.now)).sweep is None
    kept = await sweeping.sweep(small, small_place.now)
    assert (await see(small, small_place.now)).sweep == kept


def row(**changes: Any) -> BoardRow:
    due = datetime(2026, 11, 3, 16, tzinfo=UTC)
    base = BoardRow(
        occasion_id="o", participant_id="p", role="carer", age_band="adult", child_id="c",
        intervention="ddp", worker=None, instrument="carer-star", wave="review", round=2,
        state="planned", due_at=due, next_at=due, window_ends_at=due + 21 * DAY, offered_at=None,
        ended_at=None, reminders=0, resting_until=None, held_since=None,
    )  # fmt: skip
    return replace(base, **changes)


DUE = row().due_at


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "not asked yet"),
        ({"next_at": DUE + DAY}, "not asked yet; next time 4 Nov, 16:00"),
        ({"resting_until": DUE + 5 * DAY}, "wants quiet until 8 Nov"),
        (
            {"offered_at": DUE, "next_at": DUE + HOUR},
            "asked, wants to be asked later; next time 3 Nov, 17:00",
        ),
        ({"held_since": DUE - DAY}, "not asked yet; held back by staff since 2 Nov"),
        ({"state": "offered", "offered_at": DUE, "next_at": DUE + DAY}, "asked, no answer yet"),
        ({"state": "answering", "next_at": DUE + DAY}, "half done"),
        ({"state": "answered", "next_at": None, "ended_at": DUE}, "answered 3 Nov, 16:00"),
        (
            {"state": "part-answered", "next_at": None, "ended_at": DUE},
            "answered in part 3 Nov, 16:00",
        ),
        ({"state": "lapsed", "next_at": None}, "no reply"),
        ({"state": "suppressed", "next_at": None}, "not to be asked any more"),
        ({"state": "undeliverable", "next_at": None}, "could not be delivered"),
    ],
)
def test_how_an_asking_stands_is_said_in_words(changes: dict[str, Any], words: str) -> None:
    said = board.state_in_words(row(**changes), DUE, lambda at: at.astimezone(LONDON))
    assert said == words


@pytest.mark.parametrize(
    ("wave", "words"),
    [
        ("start", "at the start"),
        ("review", "review 2"),
        ("end", "at the end"),
        ("3-months", "3 months after"),
        ("6-months", "6 months after"),
    ],
)
def test_the_moment_of_the_support_is_said_in_words(wave: str, words: str) -> None:
    assert board.wave_in_words(row(wave=wave)) == words


async def test_support_that_has_ended_keeps_its_follow_ups_on_the_board(
    small_place: Place, small: Service
) -> None:
    await joined(small_place, small)
    (episode,) = await rows(small, tables.support_episodes)
    await close_support(small_place, small, episode.id)
    found = await see(small, small_place.now + DAY)
    assert [each.wave for each in found.rows] == [
        each.wave
        for each in await rows(small, tables.occasions)
        if each.due_at.astimezone(LONDON).date()
        == (small_place.now + DAY).astimezone(LONDON).date()
        and each.ended_at is None
    ]
