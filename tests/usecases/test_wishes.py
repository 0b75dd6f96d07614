"""What somebody wishes about their record is answered in time, by people, and they are told why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from storage import outbox, tables
from storage.wishes import StoredWish
from surveys.people import Voice
from surveys.phrasebook import phrasebook
from tests.support.callers import DAY, Caller, Place, joined, person_of, rows, write
from usecases import erasing, holding_legally, reading, wishes
from usecases.erasing import CannotForget
from usecases.holding_legally import HoldReason
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.walls import Sight, StaffRole
from usecases.wishes import THINK_AGAIN, WhyRefused, WishKind


@pytest.fixture
def lasting(service: Service, tmp_path: Path) -> Service:
    """The service with a file beside its keys."""
    return replace(service, erased_file=tmp_path / "erased.log")


async def _wish(place: Place, service: Service, kind: WishKind) -> tuple[Caller, StoredWish]:
    caller, invited = await joined(place, service)
    person = await person_of(service, invited.participant)

    def note(work: object) -> None:
        wishes.note_wish(work, person, kind, place.now)  # type: ignore[arg-type] # a unit of work

    await write(service, note)
    (waiting,) = await wishes.list_waiting(service, place.by)
    return caller, waiting.wish


async def _last_told(service: Service, wish: StoredWish) -> str:
    """Return the words of the newest message to somebody."""

    def work(connection: Connection) -> str:
        shown = outbox.of_participant(service.open(connection), wish.participant_id)
        return shown[-1].outgoing.text

    return await service.lane.read(work)


def _say(key: str, **values: str) -> str:
    return phrasebook().say(f"rights.{key}", Voice.OLDER, **values)


def _second(place: Place) -> By:
    return By("b.worker", place.now)


@given(st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2040, 1, 1)))  # noqa: DTZ001
def test_an_answer_is_due_within_a_month_of_every_day_there_is(naive: datetime) -> None:
    """Never later than the same day of the next month, and never four weeks too early."""
    moment = naive.replace(tzinfo=UTC)
    due = wishes.a_month_after(moment)
    assert timedelta(days=28) <= due - moment <= timedelta(days=31)
    assert due.day <= moment.day


async def test_who_wishes_twice_has_one_wish(place: Place, service: Service) -> None:
    """The day on which it is due stays where it was."""
    _, wish = await _wish(place, service, WishKind.FORGET)
    place.forward(DAY)
    person = await person_of(service, wish.participant_id)
    told = []
    await write(
        service,
        lambda work: told.append(wishes.note_wish(work, person, WishKind.FORGET, place.now)),
    )
    assert told[0].due_on == wish.due_at.date()
    assert len(await rows(service, tables.wishes)) == 1


async def test_a_wish_that_nobody_answered_in_time_is_overdue(
    place: Place, service: Service
) -> None:
    """It shows as late from the moment on which it was due."""
    await _wish(place, service, WishKind.SEE)
    (waiting,) = await wishes.list_waiting(service, place.by)
    assert not waiting.is_overdue(waiting.wish.due_at)
    assert waiting.is_overdue(waiting.wish.due_at + timedelta(seconds=1))


async def test_everything_is_released_by_a_second_person(place: Place, service: Service) -> None:
    """What is kept may name others: one looks through it, another hands it out."""
    _, wish = await _wish(place, service, WishKind.SEE)
    with pytest.raises(Refusal, match="look through it first"):
        await wishes.grant(service, wish.id, place.by)
    await wishes.look_through(service, wish.id, place.by)
    with pytest.raises(Refusal, match="yourself"):
        await wishes.grant(service, wish.id, place.by)
    await wishes.grant(service, wish.id, _second(place))
    link = "https://starling.test/chat/mine"
    assert await _last_told(service, wish) == _say("see-done", link=link)
    released = [
        await service.lane.read(
            lambda connection, now=now: wishes.is_released(  # type: ignore[misc] # now: datetime
                service.open(connection), wish.participant_id, now
            )
        )
        for now in (place.now, place.now + wishes.SHOWN_FOR)
    ]
    assert released == [True, False]
    did = [each.did for each in await rows(service, tables.audit)]
    assert "looked through what is handed out" in did
    assert "wish to see: done" in did


async def test_somebody_is_forgotten_a_day_after_it_was_granted(
    place: Place, lasting: Service
) -> None:
    """Time to think again; then the clock does it, and there is nobody left to tell."""
    _, wish = await _wish(place, lasting, WishKind.FORGET)
    await wishes.grant(lasting, wish.id, place.by)
    assert await _last_told(lasting, wish) == _say("forget-done")
    early = place.now + THINK_AGAIN - timedelta(seconds=1)
    assert await wishes.forget_granted(lasting, early) == []
    (done,) = await wishes.forget_granted(lasting, place.now + THINK_AGAIN)
    assert done.participant == wish.participant_id
    assert await rows(lasting, tables.participants) == []
    assert await rows(lasting, tables.outbox) == []
    assert await wishes.forget_granted(lasting, place.now + THINK_AGAIN) == []


async def test_who_changes_their_mind_within_the_day_stays(place: Place, lasting: Service) -> None:
    """Staff take it back, and the person hears that nothing is gone."""
    _, wish = await _wish(place, lasting, WishKind.FORGET)
    await wishes.grant(lasting, wish.id, place.by)
    with pytest.raises(Refusal, match="No wish"):
        await wishes.refuse(lasting, wish.id, WhyRefused.MUST_STAY, place.by)
    await wishes.refuse(lasting, wish.id, WhyRefused.CHANGED_MIND, place.by)
    assert await _last_told(lasting, wish) == _say("refused-changed-their-mind")
    assert await wishes.forget_granted(lasting, place.now + THINK_AGAIN) == []
    assert len(await rows(lasting, tables.participants)) == 1


async def test_a_hold_that_comes_within_the_day_refuses_and_they_are_told_why(
    place: Place, lasting: Service
) -> None:
    """What was true when it was granted is looked at again when it is done."""
    _, wish = await _wish(place, lasting, WishKind.FORGET)
    await wishes.grant(lasting, wish.id, place.by)
    await holding_legally.hold(lasting, wish.participant_id, HoldReason.COURT, place.by)
    assert await wishes.forget_granted(lasting, place.now + THINK_AGAIN) == []
    assert await _last_told(lasting, wish) == _say("refused-legal-hold")
    assert await erasing.remembered(lasting) == []


async def test_words_written_within_the_day_are_read_before_they_are_gone(
    place: Place, lasting: Service
) -> None:
    """Then it is done, without anybody deciding again."""
    caller, wish = await _wish(place, lasting, WishKind.FORGET)
    await wishes.grant(lasting, wish.id, place.by)
    await caller.types("we had pizza")
    place.forward(THINK_AGAIN)
    assert await wishes.forget_granted(lasting, place.now) == []
    (written,) = await rows(lasting, tables.words)
    await reading.mark_read(lasting, written.id, place.by)
    assert len(await wishes.forget_granted(lasting, place.now)) == 1


async def test_what_forbids_to_forget_shows_on_the_list_and_refuses(
    place: Place, lasting: Service
) -> None:
    """Staff see the reason beside the wish before they try."""
    _, wish = await _wish(place, lasting, WishKind.FORGET)
    await holding_legally.hold(lasting, wish.participant_id, HoldReason.COURT, place.by)
    (waiting,) = await wishes.list_waiting(lasting, place.by)
    assert waiting.why_not
    assert "legal hold" in waiting.why_not
    with pytest.raises(CannotForget):
        await wishes.grant(lasting, wish.id, place.by)


@pytest.mark.parametrize("why", list(WhyRefused))
async def test_every_refusal_has_a_sentence_for_the_person(
    small_place: Place, small: Service, why: WhyRefused
) -> None:
    """Nobody is refused without hearing why, in plain words."""
    _, wish = await _wish(small_place, small, WishKind.FIX)
    await wishes.refuse(small, wish.id, why, small_place.by)
    assert await _last_told(small, wish) == _say(f"refused-{why.value}")
    assert await wishes.list_waiting(small, small_place.by) == []


async def test_a_worker_sees_and_decides_only_wishes_of_their_own_children(
    place: Place, service: Service
) -> None:
    """What is outside is not there."""
    _, wish = await _wish(place, service, WishKind.FIX)
    elsewhere = Sight(frozenset({StaffRole.WORKER}), "c.worker")
    by = By("c.worker", place.now, elsewhere)
    assert await wishes.list_waiting(service, by) == []
    with pytest.raises(Refusal, match="No wish"):
        await wishes.grant(service, wish.id, by)
