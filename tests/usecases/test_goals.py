"""Goals in somebody's own words: theirs to say, to number, to change and to put away."""

from __future__ import annotations

import pytest

from storage import goals, tables, words
from storage.goals import Goal, GoalEnd
from surveys.people import Role
from tests.support.callers import DAY, Caller, Place, joined, person_of, rows, write
from usecases.arrival import GoalAct, GoalInput, MenuInput, MenuWish
from usecases.service import Service


async def goals_of(service: Service, participant: str) -> list[Goal]:
    return await service.lane.read(
        lambda connection: goals.of_participant(service.open(connection), participant)
    )


async def sets(caller: Caller, said: str) -> None:
    await caller.does(MenuInput(MenuWish.GOALS))
    await caller.taps("Write a goal")
    await caller.types(said)


async def test_a_goal_is_kept_in_their_words_locked_and_waits_to_be_read_like_all_words(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    await sets(caller, "cook a meal on my own")
    (goal,) = await goals_of(service, invited.participant)
    (unread,) = await service.lane.read(lambda rows: words.to_read(service.open(rows)))
    assert (unread.id, unread.kind, unread.text) == (
        goal.words_id,
        "goal",
        "cook a meal on my own",
    )
    stored = [row.body for row in await rows(service, tables.outbox)]
    assert not [body for body in stored if "cook a meal" in body], "messages only point to words"


async def test_numbers_are_kept_with_the_support_in_which_they_were_given(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    await sets(caller, "cook a meal on my own")
    await caller.taps("3")
    place.forward(21 * DAY)
    await caller.types("my goals")
    await caller.taps("Goal 1")
    await caller.types("8")
    assert "Last time you said 3." in caller.said
    (goal,) = await goals_of(service, invited.participant)
    assert [each.value for each in goal.ratings] == [3, 8]
    (support,) = await rows(service, tables.support_episodes)
    numbered = await rows(service, tables.goal_ratings)
    assert {row.episode_key for row in numbered} == {support.key}


@pytest.mark.parametrize(
    "typed", ["11", "-1", "four", "3.5", "٣", "000000", "10000000000000000000"]
)
async def test_what_is_no_number_from_0_to_10_is_kept_as_words(
    small_place: Place, small: Service, typed: str
) -> None:
    caller, invited = await joined(small_place, small)
    await sets(caller, "cook a meal on my own")
    await caller.types(typed)
    (goal,) = await goals_of(small, invited.participant)
    assert goal.ratings == ()
    assert len(await rows(small, tables.words)) == 2


async def test_three_goals_stand_at_most_and_one_that_is_put_away_makes_room(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    for said in ("one thing", "another thing", "a third thing"):
        await sets(caller, said)
    await caller.does(MenuInput(MenuWish.NEW_GOAL))
    assert "Three goals fit here." in caller.said
    await caller.does(MenuInput(MenuWish.GOALS))
    await caller.taps("Goal 2")
    await caller.taps("I reached it")
    await sets(caller, "a fourth thing")
    found = await goals_of(service, invited.participant)
    assert [each.ended_how for each in found] == [None, GoalEnd.REACHED, None, None]


async def test_words_of_a_goal_change_and_the_old_ones_stay_kept(
    place: Place, service: Service
) -> None:
    caller, invited = await joined(place, service)
    await sets(caller, "sleep better")
    before = (await goals_of(service, invited.participant))[0]
    await caller.does(GoalInput(before.id, GoalAct.CHANGE))
    await caller.types("sleep well most nights")
    (after,) = await goals_of(service, invited.participant)
    assert (after.id, after.changed_at) == (before.id, place.now)
    said = {row.id for row in await rows(service, tables.words)}
    assert {before.words_id, after.words_id} == said


async def test_what_may_mean_that_a_life_is_in_danger_is_no_goal_and_is_answered_with_help(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    await sets(caller, "i want to kill myself")
    assert "999" in caller.said
    assert await goals_of(small, invited.participant) == []
    (concern,) = await rows(small, tables.concerns)
    assert concern.level == "crisis"


async def test_a_goal_that_somebody_has_to_read_today_is_kept_and_read_today(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    await sets(caller, "i want to be bullied less")
    assert "Thank you for telling us." in caller.said
    assert len(await goals_of(small, invited.participant)) == 1
    assert len(await rows(small, tables.concerns)) == 1


@pytest.mark.parametrize("act", GoalAct)
async def test_a_goal_that_is_gone_or_somebody_elses_changes_nothing(
    small_place: Place, small: Service, act: GoalAct
) -> None:
    owner, invited = await joined(small_place, small)
    await sets(owner, "cook a meal on my own")
    (goal,) = await goals_of(small, invited.participant)
    other, _ = await joined(small_place, small, case="T-2")
    stranger = Caller(small_place, small, 99)
    value = 5 if act is GoalAct.RATE else None
    for who, which in ((other, goal.id), (stranger, goal.id), (owner, "01hv3kq8zw2x4y6d")):
        await who.does(GoalInput(which, act, value))
        assert "Nothing has changed" in who.said
    assert await goals_of(small, invited.participant) == [goal]


async def test_help_leads_away_from_a_goal_and_what_is_typed_then_is_no_goal(
    small_place: Place, small: Service
) -> None:
    """What is awaited is what our last message asked for, and nothing from before it."""
    caller, invited = await joined(small_place, small)
    await caller.does(MenuInput(MenuWish.NEW_GOAL))
    await caller.types("help")
    await caller.types("the dog had puppies")
    assert await goals_of(small, invited.participant) == []
    assert [row.kind for row in await rows(small, tables.words)] == ["said"]


async def test_after_a_picture_young_people_are_shown_the_way_to_goals_and_adults_are_not(
    small_place: Place, small: Service
) -> None:
    young, _ = await joined(small_place, small)
    carer, _ = await joined(small_place, small, Role.CARER, case="T-2")
    for who in (young, carer):
        await who.taps("Start")
        await who.answers()
    assert "My goals" in young.labels
    assert "My goals" not in carer.labels


async def test_goals_outlive_the_questions_and_a_stop(place: Place, service: Service) -> None:
    caller, invited = await joined(place, service)
    await sets(caller, "cook a meal on my own")
    await caller.does(MenuInput(MenuWish.STOP_ALL_SURELY))
    await caller.types("my goals")
    assert "Here are your goals" in caller.said
    assert (await person_of(service, invited.participant)).standing == "stopped"


async def test_a_goal_that_was_put_away_is_shown_no_more(
    small_place: Place, small: Service
) -> None:
    caller, invited = await joined(small_place, small)
    await sets(caller, "cook a meal on my own")
    (goal,) = await goals_of(small, invited.participant)
    await write(small, lambda work: goals.end(work, goal.id, GoalEnd.NOT_MINE, small_place.now))
    await caller.does(MenuInput(MenuWish.GOALS))
    assert "You can keep up to three goals here" in caller.said
