"""Goals in somebody's own words: said, given a number from 0 to 10, changed and put away by them.

It must not judge a goal or a number, and never asks for one by itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from storage import episodes, goals
from storage.goals import Goal, GoalEnd, Rating
from storage.people import Person
from surveys.conversation import WordsId
from surveys.people import Role
from usecases.arrival import GoalAct, GoalInput
from usecases.desk import Desk
from usecases.theirs import (
    MOST_GOALS,
    EnoughGoals,
    GoalKept,
    GoalNumberKept,
    GoalPutAway,
    GoalShown,
    GoalsOffered,
    GoalsShown,
    GoalTold,
    GoalWanted,
    WordsGone,
)

HIGHEST: Final = 10
"""A number from 0, not there at all, to 10, there."""

NEW: Final = "goal"
"""What a message awaits that asks for a new goal; after a colon stands which one is changed."""

NUMBER: Final = "number"
"""What a message awaits that asks how near they are; after a colon stands to which goal."""


def show(desk: Desk, person: Person) -> None:
    """Show the goals that stand."""
    desk.say(GoalsShown(tuple(map(_told, _standing(desk, person)))))


def want_new(desk: Desk, person: Person) -> None:
    """Ask for the words of a new goal, while there is room for one."""
    room = len(_standing(desk, person)) < MOST_GOALS
    desk.say(GoalWanted() if room else EnoughGoals())


def offer(desk: Desk) -> None:
    """Say after a picture that there are goals, or can be, to a young person; nothing is asked."""
    person = desk.person
    if person is not None and person.role is Role.YOUNG_PERSON:
        desk.say(GoalsOffered(some=bool(_standing(desk, person))))


def take(desk: Desk, given: GoalInput) -> None:
    """Deal with a button about a goal; one that is gone, put away or not theirs changes nothing."""
    goal = _find(desk, given.goal)
    if goal is None:
        desk.say(WordsGone())
        return
    match given.act:
        case GoalAct.SHOW:
            desk.say(GoalShown(_told(goal)))
        case GoalAct.RATE:
            _rate(desk, goal, given.value or 0)
        case GoalAct.CHANGE:
            desk.say(GoalWanted(goal.id))
        case GoalAct.REACHED | GoalAct.NOT_MINE:
            how = GoalEnd.REACHED if given.act is GoalAct.REACHED else GoalEnd.NOT_MINE
            goals.end(desk.work, goal.id, how, desk.now)
            desk.say(GoalPutAway(how))


def take_number(desk: Desk, goal_id: str, text: str) -> bool:
    """Take a typed number for a goal; False where it is none, or the goal is gone."""
    number = text.strip()
    goal = _find(desk, goal_id) if number.isascii() and number.isdigit() else None
    if goal is None or len(number) > len(str(HIGHEST)) or int(number) > HIGHEST:
        return False
    _rate(desk, goal, int(number))
    return True


def put_in_words(desk: Desk, words: WordsId, goal_id: str | None) -> None:
    """Let these words, which are kept already, be a goal, or be how a goal is said from now on.

    Words for a goal that went meanwhile are a new one; where there is no room, they are words.
    """
    person = desk.person
    assert person is not None  # noqa: S101 (words are awaited of people whom we know)
    goal = _find(desk, goal_id) if goal_id is not None else None
    if goal is not None:
        goals.say_anew(desk.work, goal.id, words, desk.now)
        desk.say(GoalKept(_told(replace(goal, words_id=words))))
    elif len(_standing(desk, person)) < MOST_GOALS:
        desk.say(GoalKept(_told(goals.add(desk.work, person.id, words, desk.now))))
    else:
        desk.say(EnoughGoals())


def _rate(desk: Desk, goal: Goal, value: int) -> None:
    """Keep a number, beside the support in which it was given."""
    assert desk.person is not None  # noqa: S101 (a goal was found, so somebody owns it)
    support = episodes.episodes_of(desk.work, desk.person.id)
    run = desk.standing_run
    goals.rate(
        desk.work,
        goal.id,
        value,
        desk.now,
        episode_key=support[-1].key if support else None,
        run_id=run.run.id if run is not None else None,
    )
    before = goal.ratings[-1].value if goal.ratings else None
    told = _told(replace(goal, ratings=(*goal.ratings, Rating(value, desk.now))))
    desk.say(GoalNumberKept(told, value, before))


def _standing(desk: Desk, person: Person) -> list[Goal]:
    return [each for each in goals.of_participant(desk.work, person.id) if each.ended_at is None]


def _find(desk: Desk, goal_id: str) -> Goal | None:
    if desk.person is None:
        return None
    mine = _standing(desk, desk.person)
    return next((each for each in mine if each.id == goal_id), None)


def _told(goal: Goal) -> GoalTold:
    numbers = [each.value for each in goal.ratings]
    first, latest = (numbers[0], numbers[-1]) if numbers else (None, None)
    return GoalTold(goal.id, WordsId(goal.words_id), first, latest)
