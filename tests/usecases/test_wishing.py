"""Help, quiet, stopping and coming back: at once, for everybody, with nothing held against them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.callbacks import parse
from followups import occasions as clock
from storage import tables
from storage.alerts import Route
from storage.outbox import Delivery, Sending, Sent, Urgency
from storage.people import Standing
from surveys.conversation import RunStatus
from surveys.people import Role
from tests.support.callers import (
    DAY,
    WEEK,
    Caller,
    Place,
    close_support,
    invite,
    joined,
    moments,
    open_support,
    person_of,
    phone,
    rows,
    write,
)
from usecases import sending
from usecases.arrival import MenuInput, MenuWish, UnknownInput
from usecases.receiving import Reception
from usecases.service import Service

STATES = (
    "stranger",
    "reading",
    "not-now",
    "joined",
    "asked",
    "paused",
    "held",
    "finished",
    "resting",
    "stopped",
    "writing a goal",
    "numbering a goal",
    "choosing readers",
    "saying what is wrong",
    "being forgotten",
    "forgotten",
)
BY_A_WISH = {
    "resting": MenuWish.PAUSE_A_MONTH,
    "stopped": MenuWish.STOP_ALL_SURELY,
    "writing a goal": MenuWish.NEW_GOAL,
    "saying what is wrong": MenuWish.SOMETHING_WRONG,
    "being forgotten": MenuWish.FORGET_ME,
    "forgotten": MenuWish.FORGET_ME_SURELY,
}


async def somebody(where: str, place: Place, service: Service, case: str = "T-1001") -> Caller:
    """Return somebody who stands like this with us."""
    caller = phone(place, service)
    if where == "stranger":
        return caller
    invited = await invite(place, service, await open_support(place, service, case))
    await caller.opens(invited.code)
    if where == "reading":
        return caller
    await caller.taps("Next")
    await caller.taps("Next")
    await caller.taps("Not now" if where == "not-now" else "Yes, I want to")
    if where in ("not-now", "joined"):
        return caller
    await caller.taps("Start")
    await _goes_to(caller, where)
    return caller


async def _goes_to(caller: Caller, where: str) -> None:
    """Go from the first question to some place in the conversation."""
    match where:
        case "asked":
            pass
        case "paused":
            await caller.taps("Pause")
        case "held":
            await caller.types("i want to die")
        case "finished":
            await caller.answers()
        case "numbering a goal":
            await caller.does(MenuInput(MenuWish.NEW_GOAL))
            await caller.types("cook a meal on my own")
        case "choosing readers":
            await caller.types("purple bananas")
            await caller.taps("Who may read it?")
        case _:
            await caller.does(MenuInput(BY_A_WISH[where]))


# --- help -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", STATES)
async def test_help_is_one_step_away_from_everywhere(
    small_place: Place, small: Service, where: str
) -> None:
    caller = await somebody(where, small_place, small)
    before = await rows(small, tables.runs)
    for step in ("word", "button"):
        if step == "word":
            await caller.types("Help!")
        else:
            await caller.taps("Help now")
        assert "999" in caller.said
        assert caller.sent[-1].outgoing.urgency is Urgency.SAFETY
    assert await rows(small, tables.runs) == before
    told = [row.kind for row in await rows(small, tables.notices)]
    assert told.count("asked-for-help") == 2


@pytest.mark.parametrize("where", STATES)
async def test_who_can_see_this_is_one_step_away_from_everywhere(
    small_place: Place, small: Service, where: str
) -> None:
    """By a word from everywhere; by a button on what was said last, for everybody we talk with."""
    caller = await somebody(where, small_place, small)
    before = await rows(small, tables.runs)
    if where != "stranger":
        assert "m:who-sees" in [each.data for row in caller.heard[-1].keyboard for each in row]
    for word in ("Who can see this?", "who sees this", "WHO SEES IT"):
        await caller.types(word)
        assert "Here is who can see what" in caller.said
        assert "m:help" in [each.data for row in caller.heard[-1].keyboard for each in row]
    assert await rows(small, tables.runs) == before


async def test_who_can_see_this_in_the_middle_leads_back_to_the_question(
    small_place: Place, small: Service
) -> None:
    caller = await somebody("asked", small_place, small)
    await caller.picks(4)
    await caller.taps("Who sees it?")
    await caller.taps("Carry on")
    assert "2 of 8" in caller.said


async def test_help_in_the_middle_keeps_the_place(small_place: Place, small: Service) -> None:
    caller = await somebody("asked", small_place, small)
    await caller.picks(4)
    await caller.taps("Help now")
    await caller.taps("Carry on")
    assert "2 of 8" in caller.said


async def test_asking_for_a_person_tells_staff(place: Place, service: Service) -> None:
    caller = await somebody("joined", place, service)
    await caller.does(MenuInput(MenuWish.TALK_TO_SOMEBODY))
    assert "I have told the team" in caller.said
    assert [row.kind for row in await rows(service, tables.notices)] == ["wants-person"]


@pytest.mark.parametrize("step", ["button", "word"])
async def test_somebody_else_than_their_own_worker_is_told_and_the_worker_is_kept_out(
    place: Place, service: Service, step: str
) -> None:
    caller = await somebody("joined", place, service)
    await caller.does(MenuInput(MenuWish.TALK_TO_SOMEBODY))
    if step == "button":
        await caller.taps("Not my worker")
    else:
        await caller.types("Not my worker!")
    assert "Your worker does not see this here." in caller.said
    assert "999" in caller.said
    alerts = await rows(service, tables.alerts)
    assert {row.route for row in alerts} == {Route.NOT_WORKER.value}


@pytest.mark.parametrize("where", STATES)
async def test_every_wish_has_an_answer_everywhere_and_a_way_on(
    small_place: Place, small: Service, where: str
) -> None:
    for number, wish in enumerate(MenuWish):
        caller = await somebody(where, small_place, small, case=f"T-{number}")
        await caller.does(MenuInput(wish))
        assert 1 <= len(caller.heard) <= 2
        assert caller.heard[-1].labels


async def test_back_and_why_can_be_typed_under_a_question(
    small_place: Place, small: Service
) -> None:
    caller = await somebody("asked", small_place, small)
    await caller.picks(4)
    await caller.types("back")
    assert "1 of 8" in caller.said
    await caller.types("Why?")
    assert "1 of 8" in caller.said
    assert len(caller.said) > len("1 of 8") + 40
    assert await rows(small, tables.words) == []


@pytest.mark.parametrize(
    ("where", "word"),
    [("joined", "back"), ("paused", "why"), ("reading", "back"), ("stopped", "start")],
)
async def test_a_wish_that_means_nothing_here_is_kept_as_words(
    small_place: Place, small: Service, where: str, word: str
) -> None:
    caller = await somebody(where, small_place, small)
    await caller.types(word)
    assert "I have your words" in caller.said
    (row,) = await rows(small, tables.words)
    assert row.kind == "said"


# --- quiet ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "long"), [("One week", timedelta(days=7)), ("One month", timedelta(days=28))]
)
async def test_nothing_is_asked_while_somebody_rests(
    place: Place, service: Service, label: str, long: timedelta
) -> None:
    caller, invited = await joined(place, service)
    place.now = datetime(2026, 11, 2, 17, tzinfo=place.now.tzinfo)
    await caller.does(MenuInput(MenuWish.PAUSE))
    await caller.taps(label)
    assert (await person_of(service, invited.participant)).resting_until == place.now + long
    review = next(
        each
        for each in await moments(service, invited.participant)
        if each.round and each.wave == "review"
    )
    assert await clock.fire_due(service, review.due_at) == []
    assert await clock.fire_due(service, place.now + long - timedelta(minutes=1)) == []


async def test_what_was_due_in_a_break_is_asked_after_it(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.taps("Not this time")
    small_place.now = datetime(2026, 11, 2, 17, tzinfo=small_place.now.tzinfo)
    await caller.does(MenuInput(MenuWish.PAUSE_A_WEEK))
    assert await clock.fire_due(small, small_place.forward(6 * DAY)) == []
    caller.sees(await clock.fire_due(small, small_place.forward(DAY)))
    assert "Is now a good time" in caller.said


async def test_a_break_ends_when_they_want(small_place: Place, small: Service) -> None:
    caller = await somebody("resting", small_place, small)
    await caller.taps("Start again")
    assert "Hello again" in caller.said
    assert "There are 8 questions at most." in caller.said
    (row,) = await rows(small, tables.participants)
    assert row.resting_until is None


@pytest.mark.parametrize("wish", [MenuWish.PAUSE_A_WEEK, MenuWish.STOP_ALL])
async def test_quiet_takes_back_what_is_on_its_way(
    small_place: Place, small: Service, wish: MenuWish
) -> None:
    place, service = small_place, small
    caller, invited = await joined(place, service)
    await caller.taps("Later")
    await caller.taps("Tomorrow")
    again = (await moments(service, invited.participant))[0].next_at
    assert again is not None
    (asking,) = await clock.fire_due(service, again)
    place.now = again
    later = Sent(asking.id, Delivery.PENDING, try_again_at=again + timedelta(minutes=5))
    sending.record(service, [later], again)
    await caller.does(MenuInput(wish))
    assert await sending.claim_due(service, again + timedelta(minutes=10)) == []


async def test_a_question_that_still_waits_to_be_sent_is_taken_back_too(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    bubble, start = caller.find("Start")
    begun = await Reception(small).receive(caller.arrival(parse(start.data), bubble.number))
    later = [
        Sent(each.id, Delivery.PENDING, try_again_at=small_place.now) for each in begun.sendings
    ]
    sending.record(small, later, small_place.now)
    assert any(each.outgoing.step == 1 for each in begun.sendings)
    await caller.does(MenuInput(MenuWish.PAUSE_A_WEEK))
    due = await sending.claim_due(small, small_place.now + DAY)
    assert [each for each in due if each.outgoing.step is not None] == []


# --- stopping -------------------------------------------------------------------------------------


async def test_the_word_stop_stops_the_questions_at_once(place: Place, service: Service) -> None:
    caller = await somebody("asked", place, service)
    await caller.types("Stop")
    assert not caller.is_asked
    assert "I am quiet now." in caller.said
    (run,) = await rows(service, tables.runs)
    assert run.status == RunStatus.PAUSED


async def test_somebody_who_says_stop_and_no_more_is_left_in_peace(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.taps("Later")
    await caller.taps("Tomorrow")
    await caller.types("stop")
    assert await clock.fire_due(small, small_place.forward(6 * DAY)) == []
    assert (await person_of(small, invited.participant)).standing is Standing.JOINED


async def test_a_word_in_passing_does_not_shorten_a_break(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.does(MenuInput(MenuWish.PAUSE_A_MONTH))
    until = (await person_of(small, invited.participant)).resting_until
    await caller.types("stop")
    assert (await person_of(small, invited.participant)).resting_until == until


async def test_stopping_ends_everything_and_staff_know(place: Place, service: Service) -> None:
    caller = await somebody("asked", place, service)
    await caller.picks(2)
    await caller.does(MenuInput(MenuWish.STOP_ALL))
    await caller.taps("Yes, stop")
    assert "I have stopped" in caller.said
    (row,) = await rows(service, tables.participants)
    states = {each.wave: each.state.value for each in await moments(service, row.id)}
    assert states == {"start": "part-answered", "review": "suppressed"}
    assert row.status == "stopped"
    await caller.does(MenuInput(MenuWish.STOP_ALL_SURELY))
    assert [each.kind for each in await rows(service, tables.notices)] == ["stopped"]
    for months in range(1, 15):
        assert await clock.fire_due(service, place.now + 28 * months * DAY) == []


async def test_nothing_is_planned_at_the_end_for_somebody_who_stopped(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.does(MenuInput(MenuWish.STOP_ALL_SURELY))
    (episode,) = await rows(small, tables.support_episodes)
    assert await close_support(small_place, small, episode.id) == 0
    assert {each.state.value for each in await moments(small, invited.participant)} == {
        "suppressed"
    }


# --- coming back ----------------------------------------------------------------------------------


async def test_coming_back_plans_again_what_was_taken_back(place: Place, service: Service) -> None:
    caller, invited = await joined(place, service)
    await caller.does(MenuInput(MenuWish.STOP_ALL_SURELY))
    place.forward(3 * DAY)
    await caller.taps("Start again")
    assert "Hello again" in caller.said
    assert "Is now a good time" in caller.said
    assert (await person_of(service, invited.participant)).standing is Standing.JOINED
    start, review = await moments(service, invited.participant)
    assert (start.state.value, review.state.value) == ("offered", "planned")
    assert review.next_at == review.due_at
    await caller.taps("Start")
    await caller.answers()
    place.now = review.due_at
    caller.sees(await clock.fire_due(service, place.now))
    assert "Is now a good time" in caller.said


async def test_coming_back_after_months_goes_on_with_the_next_review(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.does(MenuInput(MenuWish.STOP_ALL_SURELY))
    small_place.now = datetime(2027, 2, 2, 12, tzinfo=small_place.now.tzinfo)
    await caller.taps("Start again")
    assert "Is now a good time" in caller.said
    found = await moments(small, invited.participant)
    reviews = [
        (each.round, each.state.value, each.local_time) for each in found if each.wave == "review"
    ]
    assert reviews == [
        (1, "suppressed", "2026-11-03T16:00"),
        (3, "offered", "2027-01-26T16:00"),
        (4, "planned", "2027-03-09T16:00"),
    ]
    assert {each.state.value for each in found if each.wave == "start"} == {"suppressed"}


async def test_coming_back_after_the_support_ended_asks_what_still_counts(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.does(MenuInput(MenuWish.STOP_ALL_SURELY))
    (episode,) = await rows(small, tables.support_episodes)
    small_place.now = datetime(2027, 1, 4, 12, tzinfo=small_place.now.tzinfo)
    await close_support(small_place, small, episode.id, date(2026, 11, 20))
    await caller.taps("Start again")
    assert "There is nothing to answer now" in caller.said
    planned = [
        each.wave for each in await moments(small, invited.participant) if not each.state.over
    ]
    assert planned == ["3-months", "6-months"]


async def test_coming_back_to_support_that_began_meanwhile(
    small_place: Place, small: Service
) -> None:
    caller, one = await joined(small_place, small, Role.CARER)
    await caller.does(MenuInput(MenuWish.STOP_ALL_SURELY))
    two = await invite(
        small_place, small, await open_support(small_place, small, "T-2"), Role.CARER
    )
    await caller.opens(two.code)
    assert "You are in already" in caller.said
    await caller.taps("Carry on")
    planned = [each for each in await moments(small, one.participant) if not each.state.over]
    assert len({each.episode_id for each in planned}) == 2


async def test_somebody_who_stopped_before_saying_yes_is_not_in_when_they_come_back(
    small_place: Place, small: Service
) -> None:
    caller = await somebody("reading", small_place, small)
    await caller.does(MenuInput(MenuWish.STOP_ALL_SURELY))
    await caller.taps("Start again")
    assert "This chat asks a few short questions" in caller.said
    (row,) = await rows(small, tables.participants)
    assert row.status == "reading"
    assert await moments(small, row.id) == []


async def test_coming_back_twice_plans_nothing_twice(small_place: Place, small: Service) -> None:
    caller, invited = await joined(small_place, small)
    for _ in range(2):
        await caller.does(MenuInput(MenuWish.STOP_ALL_SURELY))
        await caller.does(MenuInput(MenuWish.COME_BACK))
        await caller.does(MenuInput(MenuWish.COME_BACK))
        small_place.forward(WEEK)
    assert [each.wave for each in await moments(small, invited.participant)] == ["start", "review"]
    by = select(tables.occasions.c.id)
    found = await small.lane.read(lambda connection: connection.execute(by).all())
    assert len(found) == 2


async def test_somebody_who_does_not_want_to_stop_after_all_is_asked_as_before(
    small_place: Place, small: Service
) -> None:
    caller, one = await joined(small_place, small)
    await caller.does(MenuInput(MenuWish.STOP_ALL))
    await caller.taps("No, go back")
    person = await person_of(small, one.participant)
    assert person.resting_until is None
    assert "Is now a good time" in caller.said


async def test_going_back_does_not_end_a_break_of_their_own(
    small_place: Place, small: Service
) -> None:
    caller, one = await joined(small_place, small)
    await caller.does(MenuInput(MenuWish.PAUSE_A_MONTH))
    until = (await person_of(small, one.participant)).resting_until
    await caller.types("stop")
    await caller.taps("No, go back")
    assert (await person_of(small, one.participant)).resting_until == until


# --- two taps from everywhere ---------------------------------------------------------------------

SIDES: dict[str, dict[str, tuple[str, ...]]] = {
    "an offer": {
        "soon": ("Later", "In an hour"),
        "tonight": ("Later", "This evening"),
        "tomorrow": ("Later", "Tomorrow"),
        "break": ("Take a break", "One week"),
        "stop": ("Take a break", "Stop for good"),
    },
    "a question": {
        "soon": ("Pause", "In an hour"),
        "tonight": ("Pause", "This evening"),
        "tomorrow": ("Pause", "Tomorrow"),
        "break": ("Pause", "In a week"),
        "stop": ("Pause", "Stop for good"),
    },
    "a reminder": {
        "soon": ("Later", "In an hour"),
        "tonight": ("Later", "This evening"),
        "tomorrow": ("Later", "Tomorrow"),
        "break": ("Take a break", "One week"),
        "stop": ("Take a break", "Stop for good"),
    },
    "a half-done reminder": {
        "soon": ("Not now", "In an hour"),
        "tonight": ("Not now", "This evening"),
        "tomorrow": ("Not now", "Tomorrow"),
        "break": ("Not now", "In a week"),
        "stop": ("Not now", "Stop for good"),
    },
    "the menu": {
        "soon": ("Take a break", "One hour"),
        "tonight": ("Take a break", "Until this evening"),
        "tomorrow": ("Take a break", "Until tomorrow"),
        "break": ("Take a break", "One week"),
        "stop": ("Stop for good",),
    },
    "the menu in the middle": {
        "soon": ("Take a break", "In an hour"),
        "tonight": ("Take a break", "This evening"),
        "tomorrow": ("Take a break", "Tomorrow"),
        "break": ("Take a break", "In a week"),
        "stop": ("Stop for good",),
    },
}


async def before(side: str, place: Place, service: Service) -> tuple[Caller, str]:
    """Return somebody who looks at this, on a Tuesday at five or a few days later."""
    caller, invited = await joined(place, service)
    match side:
        case "an offer":
            pass
        case "the menu":
            await caller.does(MenuInput(MenuWish.MENU))
        case "a reminder":
            caller.sees(await look_on(place, service))
            assert "Hello again" in caller.said
        case _:
            await caller.taps("Start")
            await caller.picks(3)
            if side == "a half-done reminder":
                caller.sees(await look_on(place, service))
                assert "You answered 1 of 8." in caller.said
            elif side == "the menu in the middle":
                await caller.does(MenuInput(MenuWish.MENU))
    return caller, invited.participant


async def look_on(place: Place, service: Service) -> list[Sending]:
    """Let time pass until the clock says something."""
    for _ in range(14 * 8):
        told = await clock.fire_due(service, place.forward(timedelta(hours=3)))
        if told:
            return told
    return []


@pytest.mark.parametrize(
    ("side", "wanted"), [(side, wanted) for side, ways in SIDES.items() for wanted in ways]
)
async def test_quiet_is_at_most_two_taps_away(
    small_place: Place, small: Service, side: str, wanted: str
) -> None:
    caller, participant = await before(side, small_place, small)
    newest = caller.heard[-1].number
    taps = SIDES[side][wanted]
    assert len(taps) <= 2
    for label in taps:
        bubble, _ = caller.find(label)
        assert bubble.number >= newest, f"{label} is not on the newest message"
        await caller.taps(label)
    now, person = small_place.now, await person_of(small, participant)
    (waits, *_) = [each for each in await moments(small, participant) if each.due_at <= now]
    if wanted in ("break", "stop"):
        assert person.resting_until == now + WEEK
        return
    assert "I will ask you again on" in caller.said
    assert waits.next_at is not None
    assert now < waits.next_at < now + 2 * DAY
    assert await clock.fire_due(small, waits.next_at - timedelta(minutes=1)) == []
    small_place.now = waits.next_at
    told = await clock.fire_due(small, waits.next_at)
    assert [each.outgoing.urgency for each in told] == [Urgency.ASKING]


async def test_a_short_break_with_nothing_to_answer_promises_no_question(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    await caller.taps("Not this time")
    await caller.does(MenuInput(MenuWish.PAUSE_TILL_TOMORROW))
    assert "I will be quiet until Wednesday at about 4 in the afternoon." in caller.said
    person = await person_of(small, invited.participant)
    assert person.resting_until == datetime(2026, 9, 23, 15, tzinfo=small_place.now.tzinfo)


async def test_somebody_whom_staff_hold_back_is_promised_no_question(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    held = update(tables.participants).values(suppressed_at=small_place.now)
    await write(small, lambda work: work.connection.execute(held))
    await caller.does(MenuInput(MenuWish.PAUSE_TILL_TOMORROW))
    assert "I will be quiet until Wednesday" in caller.said
    assert (await person_of(small, invited.participant)).resting_until is not None


async def test_questions_that_are_half_done_wait_out_a_break(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.taps("Start")
    await caller.picks(3)
    await caller.does(MenuInput(MenuWish.PAUSE_A_WEEK))
    ends = small_place.now + WEEK
    caller.sees(await look_on(small_place, small))
    assert "You answered 1 of 8." in caller.said
    assert ends <= small_place.now < ends + DAY


# --- the menu -------------------------------------------------------------------------------------


async def test_a_break_can_be_ended_from_the_menu_only_while_it_lasts(
    small_place: Place, small: Service
) -> None:
    caller, _ = await joined(small_place, small)
    await caller.does(MenuInput(MenuWish.MENU))
    assert "End my break" not in caller.heard[-1].labels
    await caller.does(MenuInput(MenuWish.PAUSE_A_WEEK))
    await caller.does(UnknownInput())
    assert "End my break" in caller.heard[-1].labels
    small_place.forward(WEEK)
    await caller.does(MenuInput(MenuWish.MENU))
    assert "End my break" not in caller.heard[-1].labels


async def test_the_menu_of_somebody_who_stopped_leads_back(
    small_place: Place, small: Service
) -> None:
    caller = await somebody("stopped", small_place, small)
    await caller.does(MenuInput(MenuWish.MENU))
    labels = caller.heard[-1].labels
    assert "Start again" in labels
    assert not {"Take a break", "When to ask me", "Stop for good", "End my break"} & set(labels)


@pytest.mark.parametrize("words", ["menu", "Settings", "options"])
async def test_the_menu_comes_by_its_name(small_place: Place, small: Service, words: str) -> None:
    caller, _ = await joined(small_place, small)
    await caller.types(words)
    assert "When to ask me" in caller.labels
