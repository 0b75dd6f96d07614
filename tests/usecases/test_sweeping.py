"""What should have been sent against what was: nothing that waits rightly is called missing."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from followups.occasions import fire_due
from storage import tables
from storage.outbox import Delivery, Sending, Sent
from storage.sweeps import Cause
from surveys.people import AgeBand
from tests.support.callers import (
    DAY,
    HOUR,
    LONDON,
    WEEK,
    Caller,
    Place,
    joined,
    moments,
    rows,
    write,
)
from usecases import sending, sweeping
from usecases.arrival import MenuInput, MenuWish
from usecases.service import Service
from usecases.sweeping import GRACE, LOOK_BACK

SECOND = timedelta(seconds=1)
OLDER = (AgeBand.SIXTEEN_TO_SEVENTEEN, AgeBand.EIGHTEEN_TO_TWENTY_FIVE)
occasions, outbox, participants = tables.occasions, tables.outbox, tables.participants


async def change(service: Service, statement: Any) -> None:
    await write(service, lambda work: work.connection.execute(statement))


async def missing(service: Service, now: datetime) -> dict[Cause, tuple[str, ...]]:
    found = await sweeping.sweep(service, now)
    assert found.should - found.was == sum(map(len, found.missing.values()))
    return dict(found.missing)


async def settled(place: Place, service: Service, **who: Any) -> tuple[Caller, str, datetime]:
    """Somebody who has answered the start; their first review and when it falls due."""
    caller, invited = await joined(place, service, **who)
    await caller.taps("Start")
    await caller.answers()
    await service.lane.settled()
    review = (await moments(service, invited.participant))[1]
    return caller, review.id, review.due_at


async def asked(place: Place, service: Service) -> tuple[str, Sending]:
    """Somebody's first review, which was offered just now; what came of its message is unknown."""
    _, review, due = await settled(place, service)
    place.now = due
    (offer,) = await fire_due(service, due)
    return review, offer


async def came_to(service: Service, place: Place, offer: Sending, state: Delivery) -> None:
    sending.record(service, [Sent(offer.id, state)], place.now)
    await service.lane.settled()


async def test_while_the_clock_rings_nothing_is_missing(place: Place, service: Service) -> None:
    """Half a year: with quiet nights, school, a pause, a block, and somebody who stops."""
    callers = [
        (await joined(place, service, band=band, case=f"T-{number}"))[0]
        for number, band in enumerate(OLDER * 3)
    ]
    people = await rows(service, participants)
    resting = update(participants).where(participants.c.id == people[0].id)
    await change(service, resting.values(resting_until=place.now + 60 * DAY))
    await sending.note_blocked(
        service, callers[1].channel.value, callers[1].chat, place.now, blocked=True
    )
    await callers[2].does(MenuInput(MenuWish.STOP_ALL_SURELY))
    for _ in range(180):
        place.forward(DAY)
        local = place.now.astimezone(LONDON)
        for hour in (3, 12, 17):
            now = local.replace(hour=hour, minute=0)
            fired = await fire_due(service, now)
            for caller in callers:
                caller.sees([each for each in fired if each.chat_id == caller.chat])
            await service.lane.settled()
        found = await sweeping.sweep(service, now + 6 * timedelta(minutes=1))
        assert dict(found.missing) == {}
    assert found.should == found.was


async def test_a_clock_that_stands_still_is_noticed_after_five_minutes(
    place: Place, service: Service
) -> None:
    _, review, due = await settled(place, service)
    assert await missing(service, due + GRACE - SECOND) == {}
    assert await missing(service, due + GRACE) == {Cause.NOT_LOOKED_AT: (review,)}
    assert await missing(service, due + 30 * DAY) == {Cause.NOT_LOOKED_AT: (review,)}
    place.now = due
    (offer,) = await fire_due(service, due + 6 * timedelta(minutes=1))
    await came_to(service, place, offer, Delivery.SENT)
    assert await missing(service, due + HOUR) == {}


async def test_the_five_minutes_begin_when_somebody_may_be_asked(
    small_place: Place, small: Service
) -> None:
    _, review, due = await settled(small_place, small)
    night = due.astimezone(LONDON).replace(hour=23)
    await change(small, update(occasions).where(occasions.c.id == review).values(next_at=night))
    assert await missing(small, night + HOUR) == {}
    morning = (night + DAY).replace(hour=6)
    assert await missing(small, morning) == {}
    assert await missing(small, (night + DAY).replace(hour=18)) == {Cause.NOT_LOOKED_AT: (review,)}


@pytest.mark.parametrize(
    "change_of",
    [
        {"resting_until": datetime(2027, 9, 1, tzinfo=LONDON)},
        {"suppressed_at": datetime(2026, 9, 23, tzinfo=LONDON)},
        {"status": "stopped"},
        {"status": "reading"},
    ],
)
async def test_who_may_not_be_asked_is_no_difference(
    small_place: Place, small: Service, change_of: dict[str, Any]
) -> None:
    _, _, due = await settled(small_place, small)
    await change(small, update(participants).values(change_of))
    assert await missing(small, due + DAY) == {}


async def test_who_takes_no_part_any_more_is_no_difference(
    small_place: Place, small: Service
) -> None:
    _, _, due = await settled(small_place, small)
    await change(small, update(tables.participations).values(until=due))
    assert await missing(small, due + DAY) == {}


async def test_a_review_of_support_that_has_ended_is_no_difference(
    small_place: Place, small: Service
) -> None:
    _, _, due = await settled(small_place, small)
    await change(small, update(tables.support_episodes).values(closed_on=due.date()))
    assert await missing(small, due + DAY) == {}


async def test_who_was_never_asked_is_named_for_two_days(place: Place, service: Service) -> None:
    _, review, due = await settled(place, service)
    late = due + 5 * WEEK
    assert await fire_due(service, late) == []
    assert await missing(service, late) == {Cause.NEVER_ASKED: (review,)}
    assert await missing(service, late + LOOK_BACK) == {Cause.NEVER_ASKED: (review,)}
    assert await missing(service, late + LOOK_BACK + SECOND) == {}


async def test_who_rested_until_it_was_too_late_is_no_difference(
    small_place: Place, small: Service
) -> None:
    _, _, due = await settled(small_place, small)
    await change(small, update(participants).values(resting_until=due + 22 * DAY))
    assert await fire_due(small, due + 23 * DAY) == []
    assert await missing(small, due + 23 * DAY) == {}


async def test_whom_staff_held_until_it_was_too_late_is_no_difference(
    small_place: Place, small: Service
) -> None:
    _, review, due = await settled(small_place, small)
    _, others, _ = await settled(small_place, small, case="T-1002")
    (held_back,) = [each for each in await rows(small, occasions) if each.id == review]
    held = {
        "id": "held", "participant_id": held_back.participant_id, "action_id": "one",
        "reason": "court", "since": due - DAY, "since_by": "Mo", "lifted_at": due + 20 * DAY,
    }  # fmt: skip
    await change(small, insert(tables.suppressions).values(held))
    assert await fire_due(small, due + 23 * DAY) == []
    assert await missing(small, due + 23 * DAY) == {Cause.NEVER_ASKED: (others,)}


async def test_an_offer_without_a_message_is_missing(place: Place, service: Service) -> None:
    review, offer = await asked(place, service)
    await change(service, delete(outbox).where(outbox.c.id == offer.id))
    assert await missing(service, place.now) == {}
    assert await missing(service, place.now + GRACE) == {Cause.NOT_WRITTEN: (review,)}
    assert await missing(service, place.now + LOOK_BACK) == {}


@pytest.mark.parametrize(
    "state",
    [Delivery.FAILED, Delivery.UNKNOWN, Delivery.CANCELLED, Delivery.QUARANTINED],
)
async def test_a_message_that_did_not_go_out_is_missing_unless_it_comes_again(
    small_place: Place, small: Service, state: Delivery
) -> None:
    review, offer = await asked(small_place, small)
    await change(small, update(outbox).where(outbox.c.id == offer.id).values(state=state.value))
    assert await missing(small, small_place.now + HOUR) == {}
    the_last = {"next_at": occasions.c.window_ends_at}
    await change(small, update(occasions).where(occasions.c.id == review).values(the_last))
    assert await missing(small, small_place.now + HOUR) == {Cause.NOT_SENT: (review,)}
    again = {"state": "planned", "next_at": small_place.now + DAY}
    await change(small, update(occasions).where(occasions.c.id == review).values(again))
    assert await missing(small, small_place.now + HOUR) == {}


async def test_a_blocked_chat_is_silence_and_no_difference(
    small_place: Place, small: Service
) -> None:
    review, offer = await asked(small_place, small)
    await came_to(small, small_place, offer, Delivery.BLOCKED)
    the_last = {"next_at": occasions.c.window_ends_at}
    await change(small, update(occasions).where(occasions.c.id == review).values(the_last))
    assert await missing(small, small_place.now + HOUR) == {}


async def test_a_message_that_does_not_move_is_missing_after_five_minutes(
    small_place: Place, small: Service
) -> None:
    review, offer = await asked(small_place, small)
    (row,) = [each for each in await rows(small, outbox) if each.id == offer.id]
    assert await missing(small, row.leased_until + GRACE - SECOND) == {}
    assert await missing(small, row.leased_until + GRACE) == {Cause.STUCK: (review,)}
    waits = {"state": "pending", "leased_until": None, "due_at": small_place.now + DAY}
    await change(small, update(outbox).where(outbox.c.id == offer.id).values(waits))
    assert await missing(small, small_place.now + HOUR) == {}


async def test_an_answer_shows_that_the_asking_arrived(small_place: Place, small: Service) -> None:
    caller, _, due = await settled(small_place, small)
    small_place.now = due
    fired = await fire_due(small, due)
    caller.sees(fired)
    await caller.taps("Not this time")
    unknown = update(outbox).where(outbox.c.id == fired[0].id).values(state="unknown")
    await change(small, unknown)
    found = await sweeping.sweep(small, due + HOUR)
    assert (found.should, found.was) == (1, 1)


async def test_every_hour_has_one_sweep_whoever_rings(place: Place, service: Service) -> None:
    async with place.open(2) as other:
        found = await asyncio.gather(
            *(sweeping.sweep_hourly(each, place.now) for each in (service, other) * 3)
        )
    assert any(found)
    assert len(await rows(service, tables.sweeps)) == 1
    assert await sweeping.sweep_hourly(service, place.now + 59 * timedelta(minutes=1)) is None
    assert await sweeping.sweep_hourly(service, place.now + HOUR) is not None
    await sweeping.sweep(service, place.now + HOUR)
    assert len(await rows(service, tables.sweeps)) == 3
    last = await sweeping.newest(service)
    assert last is not None
    assert last.at == place.now + HOUR


async def test_an_alarm_ends_minutes_after_its_cause_not_an_hour_later(
    small_place: Place, small: Service
) -> None:
    _, _, due = await settled(small_place, small)
    started = due + HOUR - timedelta(minutes=due.minute)
    found = await sweeping.sweep_hourly(small, started)
    assert found is not None
    assert found.missing_in_all == 1
    assert await sweeping.sweep_hourly(small, started + SECOND) is None
    (offer,) = await fire_due(small, started + SECOND)
    sending.record(small, [Sent(offer.id, Delivery.SENT)], started + SECOND)
    await small.lane.settled()
    again = await sweeping.sweep_hourly(small, started + timedelta(minutes=5))
    assert again is not None
    assert not again.missing_in_all
    assert await sweeping.newest(small) == again


async def test_old_sweeps_are_forgotten_and_the_newest_is_told_with_its_ids(
    small_place: Place, small: Service
) -> None:
    assert await sweeping.newest(small) is None
    await sweeping.sweep(small, small_place.now)
    _, review, due = await settled(small_place, small)
    late = due + 500 * DAY
    await sweeping.sweep_hourly(small, late)
    (kept,) = await rows(small, tables.sweeps)
    assert kept.at == late
    last = await sweeping.newest(small)
    assert last is not None
    assert last.missing == {Cause.NOT_LOOKED_AT: (review,)}
    assert last.missing_in_all == 1
