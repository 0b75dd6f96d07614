"""A person's own time: chosen in two taps or in plain words, honoured at once, never in the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.callbacks import parse
from followups import occasions as clock
from storage import tables
from storage.outbox import Delivery, Sent
from storage.people import Person, Standing
from surveys.people import AgeBand, Role, Suits
from tests.support.callers import (
    DAY,
    HOUR,
    Caller,
    Place,
    joined,
    moments,
    person_of,
    rows,
)
from usecases import sending
from usecases.arrival import MenuInput, MenuWish
from usecases.inviting import Invited
from usecases.receiving import Reception
from usecases.service import Service

CHOICES = {
    "After school": (Suits.AFTER_SCHOOL, 1),
    "In the evening": (Suits.EVENING, 1),
    "At the weekend": (Suits.WEEKEND, 1),
    "Once a week": (None, 7),
    "Every two weeks": (None, 14),
    "Once a month": (None, 28),
}


def own(person: Person) -> tuple[Suits | None, int]:
    return person.suits, person.at_most_days


async def menu(caller: Caller) -> None:
    await caller.does(MenuInput(MenuWish.MENU))


# --- by taps --------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", CHOICES)
async def test_a_choice_is_two_taps_from_the_menu_and_one_from_how_it_was(
    place: Place, service: Service, label: str
) -> None:
    caller, invited = await joined(place, service)
    await menu(caller)
    await caller.taps("When to ask me")
    await caller.taps(label)
    assert "OK, this is how it is from now on." in caller.said
    assert own(await person_of(service, invited.participant)) == CHOICES[label]
    await caller.taps("Change it back")
    assert own(await person_of(service, invited.participant)) == (None, 1)
    assert "on any day" in caller.said


async def test_both_choices_hold_beside_each_other(small_place: Place, small: Service) -> None:
    caller, invited = await joined(small_place, small)
    for label in ("In the evening", "Once a month"):
        await caller.does(MenuInput(MenuWish.OWN_TIME))
        await caller.taps(label)
    assert own(await person_of(small, invited.participant)) == (Suits.EVENING, 28)
    assert "I ask you in the evening. I ask once a month at most." in caller.said


async def test_what_holds_carries_a_tick(small_place: Place, small: Service) -> None:
    caller, _ = await joined(small_place, small)
    await caller.does(MenuInput(MenuWish.OWN_TIME))
    assert ticked(caller) == ["✓ Any time", "✓ Every time"]
    await caller.taps("At the weekend")
    await caller.taps("When to ask me")
    assert ticked(caller) == ["✓ At the weekend", "✓ Every time"]


def ticked(caller: Caller) -> list[str]:
    return [label for label in caller.heard[-1].labels if label.startswith("✓")]


@pytest.mark.parametrize(
    ("role", "band", "label"),
    [
        (Role.YOUNG_PERSON, AgeBand.SIXTEEN_TO_SEVENTEEN, "After school"),
        (Role.YOUNG_PERSON, AgeBand.EIGHTEEN_TO_TWENTY_FIVE, "In the afternoon"),
        (Role.CARER, AgeBand.ADULT, "In the afternoon"),
    ],
)
async def test_who_goes_to_no_school_is_asked_in_the_afternoon(
    small_place: Place, small: Service, role: Role, band: AgeBand, label: str
) -> None:
    caller, invited = await joined(small_place, small, role, band)
    await caller.does(MenuInput(MenuWish.OWN_TIME))
    await caller.taps(label)
    assert own(await person_of(small, invited.participant)) == (Suits.AFTER_SCHOOL, 1)


async def test_the_same_choice_again_has_nothing_to_change_back(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.does(MenuInput(MenuWish.OWN_TIME))
    await caller.taps("✓ Any time")
    assert "OK, it stays like this." in caller.said
    assert "Change it back" not in caller.labels


async def test_a_choice_in_a_break_leaves_the_break(small_place: Place, small: Service) -> None:
    caller, invited = await joined(small_place, small)
    await caller.does(MenuInput(MenuWish.PAUSE_A_MONTH))
    until = (await person_of(small, invited.participant)).resting_until
    await caller.does(MenuInput(MenuWish.SUITS_EVENING))
    assert "Your break goes on as before." in caller.said
    assert (await person_of(small, invited.participant)).resting_until == until


@pytest.mark.parametrize(
    "wish", [MenuWish.OWN_TIME, MenuWish.SUITS_EVENING, MenuWish.PAUSE_A_WEEK, MenuWish.PAUSE]
)
async def test_somebody_who_stopped_is_asked_nothing_at_no_time(
    small_place: Place, small: Service, wish: MenuWish
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.does(MenuInput(MenuWish.STOP_ALL_SURELY))
    before = await person_of(small, invited.participant)
    await caller.does(MenuInput(wish))
    assert "I have stopped" in caller.said
    assert caller.heard[-1].labels == ["Start again", "Who sees it?", "🆘 Help now"]
    assert await person_of(small, invited.participant) == before


# --- what is on its way already -------------------------------------------------------------------


async def with_an_offer_on_its_way(place: Place, service: Service) -> tuple[Caller, Invited]:
    """Return somebody whose offer waits to be sent, on a Wednesday at five in the afternoon."""
    caller, invited = await joined(place, service)
    await caller.taps("Later")
    await caller.taps("Tomorrow")
    again = (await moments(service, invited.participant))[0].next_at
    assert again is not None
    place.now = again
    (asking,) = await clock.fire_due(service, again)
    later = Sent(asking.id, Delivery.PENDING, try_again_at=again + timedelta(minutes=5))
    sending.record(service, [later], again)
    return caller, invited


async def asked_at(place: Place, service: Service, until: datetime) -> datetime | None:
    """Return when the clock next asks, looking every hour."""
    while place.now < until:
        if await clock.fire_due(service, place.forward(3 * HOUR)):
            return place.now
    return None


async def test_a_choice_is_honoured_for_what_is_queued_already(
    place: Place, service: Service
) -> None:
    caller, _ = await with_an_offer_on_its_way(place, service)
    await caller.does(MenuInput(MenuWish.SUITS_WEEKEND))
    assert await sending.claim_due(service, place.now + HOUR) == []
    asked = await asked_at(place, service, place.now + 7 * DAY)
    assert asked is not None
    assert service.rhythm.local(asked).weekday() == 5


async def test_a_first_offer_that_nobody_saw_waits_for_the_new_wish(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.taps("Not this time")
    review = (await moments(small, invited.participant))[-1]
    small_place.now = review.due_at
    (asking,) = await clock.fire_due(small, review.due_at)
    later = Sent(asking.id, Delivery.PENDING, try_again_at=review.due_at + HOUR)
    sending.record(small, [later], review.due_at)
    await caller.does(MenuInput(MenuWish.SUITS_WEEKEND))
    assert await sending.claim_due(small, small_place.now + 2 * HOUR) == []
    asked = await asked_at(small_place, small, review.due_at + 7 * DAY)
    assert asked is not None
    assert small.rhythm.local(asked).weekday() == 5


async def test_what_was_queued_at_the_break_is_asked_after_it(
    small_place: Place, small: Service
) -> None:
    caller, _ = await with_an_offer_on_its_way(small_place, small)
    await caller.does(MenuInput(MenuWish.PAUSE_A_WEEK))
    begun = small_place.now
    assert await sending.claim_due(small, begun + HOUR) == []
    asked = await asked_at(small_place, small, begun + 9 * DAY)
    assert asked is not None
    assert 7 * DAY <= asked - begun < 8 * DAY


async def test_the_first_offer_waits_for_the_part_of_the_week_that_was_chosen(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.taps("Not this time")
    await caller.does(MenuInput(MenuWish.SUITS_WEEKEND))
    review = (await moments(small, invited.participant))[-1]
    small_place.now = review.due_at - HOUR
    asked = await asked_at(small_place, small, review.due_at + 7 * DAY)
    assert asked is not None
    assert small.rhythm.local(asked).weekday() in (5, 6)


# --- in the middle --------------------------------------------------------------------------------


async def test_a_choice_in_the_middle_interrupts_nothing(place: Place, service: Service) -> None:
    caller, _ = await joined(place, service)
    bubble, start = caller.find("Start")
    begun = await Reception(service).receive(caller.arrival(parse(start.data), bubble.number))
    later = [Sent(each.id, Delivery.PENDING, try_again_at=place.now) for each in begun.sendings]
    sending.record(service, later, place.now)
    before = await rows(service, tables.runs)
    await caller.does(MenuInput(MenuWish.SUITS_EVENING))
    assert await rows(service, tables.runs) == before
    due = await sending.claim_due(service, place.now + HOUR)
    assert [each.outgoing.step for each in due if each.outgoing.step is not None] == [1]
    await caller.taps("Carry on")
    assert "1 of 8" in caller.said


# --- in words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        ("evenings", (Suits.EVENING, 1)),
        ("At the weekend please", (Suits.WEEKEND, 1)),
        ("Please ask me after school.", (Suits.AFTER_SCHOOL, 1)),
        ("once a month", (None, 28)),
        ("not so often!", (None, 7)),
        ("Don’t ask me so often", (None, 7)),
    ],
)
async def test_plain_words_choose_as_a_tap_does(
    small_place: Place, small: Service, words: str, holds: tuple[Suits | None, int]
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.types(words)
    assert "from now on" in caller.said
    assert own(await person_of(small, invited.participant)) == holds
    assert await rows(small, tables.words) == []


async def test_less_often_goes_one_step_at_a_time_and_ends(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    seen = []
    for _ in range(4):
        await caller.types("less often")
        seen.append((await person_of(small, invited.participant)).at_most_days)
    assert seen == [7, 14, 28, 28]
    assert "it stays like this" in caller.said


async def test_words_under_a_question_are_its_answer(small_place: Place, small: Service) -> None:
    caller, invited = await joined(small_place, small)
    await caller.taps("Start")
    await caller.types("not so often")
    assert "I kept your words" in caller.said
    assert own(await person_of(small, invited.participant)) == (None, 1)
    await caller.types("ask me in the evening")
    assert own(await person_of(small, invited.participant)) == (Suits.EVENING, 1)


async def test_where_words_are_asked_for_all_words_count(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.taps("Not this time")
    small_place.now = (await moments(small, invited.participant))[-1].due_at
    caller.sees(await clock.fire_due(small, small_place.now))
    await caller.taps("Start")
    while caller.is_asked:
        await caller.picks(3)
    assert caller.is_asked_for_words
    await caller.types("ask me in the evening")
    assert own(await person_of(small, invited.participant)) == (None, 1)
    assert [row.kind for row in await rows(small, tables.words)] == ["answer"]


@pytest.mark.parametrize(
    "words",
    [
        "in the evenings he hits me",
        "ask me at the weekend because i want to die",
        "once a week i cut myself",
    ],
)
async def test_a_sentence_with_a_worry_is_never_a_choice(
    small_place: Place, small: Service, words: str
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.types(words)
    assert own(await person_of(small, invited.participant)) == (None, 1)
    assert len(await rows(small, tables.concerns)) == 1


async def test_a_stopped_person_who_types_a_time_just_said_something(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.does(MenuInput(MenuWish.STOP_ALL_SURELY))
    await caller.types("evenings")
    assert "I have your words" in caller.said
    person = await person_of(small, invited.participant)
    assert (person.standing, own(person)) == (Standing.STOPPED, (None, 1))


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("tomorrow", datetime(2026, 9, 23, 15, tzinfo=UTC)),
        ("This evening", datetime(2026, 9, 22, 17, 30, tzinfo=UTC)),
        ("next week", datetime(2026, 9, 29, 15, tzinfo=UTC)),
    ],
)
async def test_a_time_typed_under_an_offer_puts_it_off_until_then(
    small_place: Place, small: Service, words: str, at: datetime
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.types(words)
    assert "I will ask you again on" in caller.said
    assert (await moments(small, invited.participant))[0].next_at == at
    assert own(await person_of(small, invited.participant)) == (None, 1)
