"""Answering: what each button under a question does, and what is left when the questions end."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from followups import occasions as clock
from storage import tables
from storage.outbox import OutgoingKind
from storage.runs import StoredRun, load
from surveys.conversation import (
    AskedToChange,
    AskedWhy,
    CameBack,
    Chosen,
    Declination,
    Declined,
    Input,
    Passed,
    Paused,
    RunId,
    RunStatus,
    StoppedHere,
    Tapped,
    WentBack,
)
from surveys.people import AgeBand, Role
from tests.support.callers import (
    LONDON,
    WEEK,
    Caller,
    Place,
    browser,
    close_support,
    invite,
    joined,
    moments,
    rows,
)
from usecases.arrival import RunInput
from usecases.service import Service


async def begins(
    place: Place, service: Service, role: Role = Role.YOUNG_PERSON
) -> tuple[Caller, str]:
    """Return somebody whose first question stands, and their participant."""
    caller, invited = await joined(place, service, role)
    await caller.taps("Start")
    return caller, invited.participant


async def the_run(service: Service) -> StoredRun:
    """Return the only run there is."""
    (row,) = await rows(service, tables.runs)
    found = await service.lane.read(lambda connection: load(service.open(connection), row.id))
    assert found is not None
    return found


async def gives(caller: Caller, given: Input) -> None:
    """Tap a button of the only run, whether or not one is shown."""
    run = await the_run(caller.service)
    await caller.does(RunInput(run.run.id, given), message_id=1)


async def test_a_question_shows_every_way_to_deal_with_it(
    small_place: Place, small: Service
) -> None:
    caller, _ = await begins(small_place, small)
    (shown,) = [bubble for bubble in caller.heard if "1 of 8" in bubble.text]
    controls = {label.partition(" ")[2] if label[0] in "⏸🆘" else label for label in shown.labels}
    assert {"Skip", "I don't know", "Rather not say", "Why?"} <= controls
    assert {"Pause", "Help now"} <= controls
    assert len(caller.heard) <= 2


async def test_an_answer_is_shown_and_its_buttons_turn_into_change(
    place: Place, service: Service
) -> None:
    caller, _ = await begins(place, service)
    first, _ = next(caller.buttons())
    await caller.picks(4)
    answered = caller.window.bubbles[first.number]
    assert [label.partition(" ")[2] for label in answered.labels] == ["Change"]
    assert "2 of 8" in caller.said
    stored = await the_run(service)
    assert stored.run.answers == {"body": Chosen(4)}
    assert [(each.step, each.item, each.answer, each.channel) for each in stored.logged()] == [
        (1, "body", Chosen(4), "telegram")
    ]


@pytest.mark.parametrize("how", list(Declination))
async def test_three_ways_not_to_answer_are_kept_apart_and_are_no_number(
    small_place: Place, small: Service, how: Declination
) -> None:
    caller, _ = await begins(small_place, small)
    await gives(caller, Passed(1, how))
    assert "2 of 8" in caller.said
    assert (await the_run(small)).run.answers == {"body": Declined(how)}
    await caller.answers(5)
    (observed,) = await rows(small, tables.observations)
    assert "body" not in json.loads(observed.scores)
    assert len(json.loads(observed.scores)) == 7


async def test_back_asks_the_question_before_and_its_answer_stands_until_another_is_given(
    small_place: Place, small: Service
) -> None:
    caller, _ = await begins(small_place, small)
    await caller.picks(4)
    await caller.taps("Back")
    assert "1 of 8" in caller.said
    assert (await the_run(small)).run.answers == {"body": Chosen(4)}
    await caller.picks(2)
    assert "2 of 8" in caller.said
    stored = await the_run(small)
    assert stored.run.answers == {"body": Chosen(2)}
    assert [each.answer for each in stored.logged()] == [Chosen(4), Chosen(2)]


async def test_why_explains_and_asks_again(small_place: Place, small: Service) -> None:
    caller, _ = await begins(small_place, small)
    await caller.taps("Why?")
    why = (await the_run(small)).run.instrument
    explained = small.catalogue.get(why).item("body").why.older
    assert explained is not None
    assert explained in caller.said
    assert "1 of 8" in caller.said


async def test_pause_keeps_the_place_for_days(small_place: Place, small: Service) -> None:
    caller, _ = await begins(small_place, small)
    await caller.picks(4)
    await caller.taps("Pause")
    assert not caller.is_asked
    assert (await the_run(small)).run.status is RunStatus.PAUSED
    small_place.forward(WEEK)
    await caller.taps("Carry on")
    assert "2 of 8" in caller.said


async def test_an_earlier_answer_can_be_changed(small_place: Place, small: Service) -> None:
    caller, _ = await begins(small_place, small)
    await caller.picks(4)
    await caller.picks(4)
    changes = [key for _, key in caller.buttons() if key.label.endswith("Change")]
    assert len(changes) == 2
    await gives(caller, AskedToChange(1))
    assert "1 of 8" in caller.said
    await caller.picks(1)
    assert (await the_run(small)).run.answers == {"body": Chosen(1), "home": Chosen(4)}
    assert "3 of 8" in caller.said


async def test_ending_the_questions_keeps_what_was_answered(place: Place, service: Service) -> None:
    caller, participant = await begins(place, service)
    await caller.picks(4)
    await caller.taps("Pause")
    await caller.taps("End the questions")
    start, _ = await moments(service, participant)
    assert start.state.value == "part-answered"
    (observed,) = await rows(service, tables.observations)
    assert (json.loads(observed.scores), observed.complete) == ({"body": 4}, False)


async def test_ending_the_questions_before_any_answer_leaves_no_numbers(
    small_place: Place, small: Service
) -> None:
    caller, participant = await begins(small_place, small)
    await gives(caller, StoppedHere())
    start, _ = await moments(small, participant)
    assert start.state.value == "declined"
    assert await rows(small, tables.observations) == []


@pytest.mark.parametrize(
    "odd",
    [
        Tapped(1, 9),
        Tapped(7, 1),
        Tapped(999, 1),
        Passed(0, Declination.SKIP),
        WentBack(1),
        AskedWhy(400),
        AskedToChange(200),
    ],
    ids=repr,
)
async def test_a_button_that_was_never_offered_changes_nothing(
    small_place: Place, small: Service, odd: Input
) -> None:
    caller, _ = await begins(small_place, small)
    await gives(caller, odd)
    assert (await the_run(small)).run.answers == {}
    assert caller.heard
    await caller.answers()
    assert (await the_run(small)).run.status is RunStatus.FINISHED


async def test_an_old_button_gets_a_kind_answer_and_no_effect(
    small_place: Place, small: Service
) -> None:
    caller, _ = await begins(small_place, small)
    await gives(caller, Tapped(1, 4))
    await gives(caller, Tapped(1, 4))
    assert caller.heard == []
    await gives(caller, Tapped(1, 2))
    assert "Change my answer" in " ".join(caller.labels)
    stored = await the_run(small)
    assert stored.run.answers == {"body": Chosen(4)}
    assert len(stored.logged()) == 1


@pytest.mark.parametrize("run", ["nobodys-run", "x" * 40])
async def test_a_button_of_a_run_that_is_not_theirs_changes_nothing(
    small_place: Place, small: Service, run: str
) -> None:
    caller, _ = await begins(small_place, small)
    await caller.does(RunInput(RunId(run), Tapped(1, 4)))
    assert "I cannot find those questions any more" in caller.said
    assert (await the_run(small)).run.answers == {}


@pytest.mark.parametrize(
    ("ending", "said"),
    [("answers", "These questions are done already."), ("stops", "You stopped these questions")],
)
async def test_a_button_of_questions_that_ended_before_these_says_how_they_ended(
    small_place: Place, small: Service, ending: str, said: str
) -> None:
    caller, participant = await begins(small_place, small)
    first = await the_run(small)
    if ending == "answers":
        await caller.answers()
    else:
        await gives(caller, StoppedHere())
    small_place.now = (await moments(small, participant))[-1].due_at
    caller.sees(await clock.fire_due(small, small_place.now))
    await caller.taps("Start")
    before = await rows(small, tables.runs)
    await caller.does(RunInput(first.run.id, Tapped(1, 3)), message_id=1)
    assert said in caller.said
    assert await rows(small, tables.runs) == before


async def test_nobody_answers_in_somebody_elses_questions(
    small_place: Place, small: Service
) -> None:
    await begins(small_place, small)
    other, _ = await joined(small_place, small, case="T-2")
    await gives(other, Tapped(1, 1))
    assert (await the_run(small)).run.answers == {}


async def test_words_that_mean_a_choice_are_taken_as_the_choice(
    small_place: Place, small: Service
) -> None:
    caller, _ = await begins(small_place, small)
    await caller.types("4")
    assert "2 of 8" in caller.said
    assert (await the_run(small)).run.answers == {"body": Chosen(4)}
    await caller.types("idk")
    assert (await the_run(small)).run.answers["home"] == Declined(Declination.DONT_KNOW)
    assert await rows(small, tables.words) == []


async def test_words_that_mean_none_are_kept_and_the_question_is_put_again(
    place: Place, service: Service
) -> None:
    caller, _ = await begins(place, service)
    for _ in range(3):
        await caller.types("purple bananas")
        assert "1 of 8" in caller.said
    assert (await the_run(service)).run.answers == {}
    kept = await rows(service, tables.words)
    assert [(row.kind, row.item) for row in kept] == [("said", "body")] * 3


# --- the end --------------------------------------------------------------------------------------


async def test_finishing_leaves_one_observation_and_ends_the_occasion(
    place: Place, service: Service
) -> None:
    caller, participant = await begins(place, service)
    await caller.picks(5)
    await caller.taps("Skip")
    await caller.taps("I don't know")
    await caller.answers(2)
    (observed,) = await rows(service, tables.observations)
    assert json.loads(observed.scores) == {
        "body": 5,
        "people": 2,
        "feelings": 2,
        "friends": 2,
        "belief": 2,
        "learning": 2,
    }
    assert (observed.wave, observed.instrument, observed.complete) == ("start", "star", True)
    assert observed.day == place.now.astimezone(LONDON).date()
    start, _ = await moments(service, participant)
    assert (start.state.value, start.next_at, start.ended_at) == ("answered", None, place.now)


async def test_an_answer_after_the_end_changes_nothing(small_place: Place, small: Service) -> None:
    caller, _ = await begins(small_place, small)
    await caller.answers(3)
    for given in (Tapped(1, 5), AskedToChange(1), CameBack(), Paused(), StoppedHere()):
        await gives(caller, given)
        assert caller.heard
    stored = await the_run(small)
    assert (stored.run.status, stored.run.answers["body"]) == (RunStatus.FINISHED, Chosen(3))
    assert len(await rows(small, tables.observations)) == 1


async def test_the_end_shows_a_picture_of_now_with_the_same_in_words(
    small_place: Place, small: Service
) -> None:
    caller, _ = await begins(small_place, small)
    await caller.answers(3)
    (picture,) = [each for each in caller.sent if each.outgoing.kind is OutgoingKind.PICTURE]
    assert picture.outgoing.run == (await the_run(small)).run.id
    assert "last time" not in picture.outgoing.text.casefold()


async def test_the_picture_of_a_second_time_shows_last_times_values(
    small_place: Place, small: Service
) -> None:
    caller, participant = await begins(small_place, small)
    await caller.taps("Skip")
    await caller.answers(2)
    small_place.now = datetime(2027, 1, 12, 16, tzinfo=small_place.now.tzinfo)
    (episode,) = await rows(small, tables.support_episodes)
    assert await close_support(small_place, small, episode.id) == 3
    await caller.types("go on")
    await caller.taps("Start")
    await caller.answers(4)
    (picture,) = [each for each in caller.sent if each.outgoing.kind is OutgoingKind.PICTURE]
    assert "last time" in picture.outgoing.text.casefold()
    waves = [row.wave for row in await rows(small, tables.observations)]
    assert sorted(waves) == ["end", "start"]
    assert {each.wave: each.state.value for each in await moments(small, participant)}["end"] == (
        "answered"
    )


async def test_an_answer_that_asks_for_a_person_tells_staff(
    small_place: Place, small: Service
) -> None:
    caller, participant = await begins(small_place, small)
    await caller.picks(3)
    await caller.picks(3)
    await caller.picks(1)
    notices = [(row.kind, row.participant_id) for row in await rows(small, tables.notices)]
    assert notices == [("wants-person", participant)]
    assert len(caller.heard) <= 2


@pytest.mark.parametrize(
    ("role", "band", "instrument"),
    [
        (Role.CARER, AgeBand.ADULT, "carer-star"),
        (Role.YOUNG_PERSON, AgeBand.EIGHTEEN_TO_TWENTY_FIVE, "star"),
    ],
)
async def test_everybody_is_asked_what_is_meant_for_them(
    small_place: Place, small: Service, role: Role, band: AgeBand, instrument: str
) -> None:
    caller, _ = await joined(small_place, small, role, band)
    await caller.taps("Start")
    await caller.answers()
    (run,) = await rows(small, tables.runs)
    assert (run.instrument, run.status) == (instrument, "finished")


async def test_an_open_line_takes_all_words_as_they_are(small_place: Place, small: Service) -> None:
    caller, _ = await begins(small_place, small, Role.CARER)
    while caller.is_asked:
        await caller.picks(3)
    await caller.types("We baked bread, 3 loaves.")
    stored = await the_run(small)
    assert stored.run.status is RunStatus.FINISHED
    (kept,) = await rows(small, tables.words)
    assert (kept.kind, kept.item, kept.run_id) == ("answer", "words", stored.run.id)


async def test_a_run_ends_where_it_was_begun_even_over_another_chat(
    small_place: Place, small: Service
) -> None:
    caller, _ = await begins(small_place, small)
    await caller.picks(5)
    (episode,) = await rows(small, tables.support_episodes)
    again = await invite(small_place, small, episode.id)
    web = await browser(small_place, small)
    await web.opens(again.code)
    assert "2 of 8" in web.said
    await web.answers(1)
    stored = await the_run(small)
    assert stored.run.status is RunStatus.FINISHED
    assert {each.channel for each in stored.logged()} == {"telegram", "web"}
