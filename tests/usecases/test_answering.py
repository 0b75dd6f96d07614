"""What somebody is told after words that a person must read is true at that moment, for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from followups.hours import DutyHours, packaged_hours
from followups.schedule import LocalRhythm
from storage import tables
from surveys.people import AgeBand, Role
from tests.support.callers import Place, joined, rows
from usecases.arrival import Media, MediaInput, MenuInput, MenuWish
from usecases.service import Service

AFTERNOON = datetime(2026, 9, 22, 14, 0, tzinfo=UTC)  # a Tuesday: three o'clock in London
TIRED = "i am at my wits end, he has to go today"


@pytest.fixture
def own_hours(service: Service) -> Service:
    """Return a service whose people are there from 10 to 4."""
    duty = DutyHours.model_validate({"opens": "10:00", "closes": "16:00"})
    hours = packaged_hours().model_copy(update={"duty": duty})
    return replace(service, rhythm=LocalRhythm(ZoneInfo("Europe/London"), hours=hours))


async def test_when_the_team_is_there_is_said_from_the_hours_by_which_alerts_fall_due(
    place: Place, own_hours: Service
) -> None:
    place.now = AFTERNOON
    caller, _ = await joined(place, own_hours)
    await caller.types("we got a dog")
    assert "They are there today until 4 o'clock." in caller.said
    place.now = AFTERNOON + timedelta(hours=1, minutes=30)
    await caller.types("they hit me at school")
    assert "They are back tomorrow at 10 o'clock" in caller.said


async def test_at_christmas_nobody_is_told_that_people_are_there_from_monday_to_friday(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    place.now = datetime(2026, 12, 25, 11, 0, tzinfo=UTC)
    await caller.types("they hit me at school")
    assert "back on Tuesday 29 December at 9 o'clock" in caller.said
    assert "Monday to Friday" not in caller.said


@pytest.mark.parametrize(
    ("hour", "words"),
    [
        (14, "A person rings or writes to you within the hour."),
        (15, "A person rings or writes to you tomorrow at half past 9 at the latest."),
        (18, "A person rings or writes to you tomorrow at 10 o'clock at the latest."),
    ],
)
async def test_a_carer_who_cannot_go_on_is_told_by_when_a_person_rings(
    place: Place, service: Service, hour: int, words: str
) -> None:
    """By when is the moment at which the alert has to be taken in hand."""
    caller, _ = await joined(place, service, Role.CARER, AgeBand.ADULT)
    place.now = AFTERNOON.replace(hour=hour, minute=30)
    await caller.types(TIRED)
    assert words in caller.said
    assert "Samaritans: call" in caller.said
    (alert,) = await rows(service, tables.alerts)
    assert alert.due_at == service.rhythm.after_duty(place.now, timedelta(minutes=60))


async def test_a_child_with_the_same_words_is_promised_no_call(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    place.now = AFTERNOON
    await caller.types(TIRED)
    assert "rings" not in caller.said


async def test_a_photo_with_something_hard_under_it_is_answered_twice(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    await caller.does(MediaInput(Media.PHOTO, "i want to die"))
    assert "I did not keep this one." in caller.said
    assert "Your message has arrived" in caller.said


async def test_who_tells_us_that_something_is_wrong_hears_by_when_it_is_answered_also_in_distress(
    place: Place, service: Service
) -> None:
    caller, _ = await joined(place, service)
    await caller.does(MenuInput(MenuWish.SOMETHING_WRONG))
    await caller.types("my age is wrong")
    assert "They tell you what they did by" in caller.said
    assert "Only keep it" in caller.labels
    await caller.does(MenuInput(MenuWish.SOMETHING_WRONG))
    await caller.types("my mum hits me")
    assert "The team tells you what they did about it by" in caller.said
    assert "Your message has arrived" in caller.said
