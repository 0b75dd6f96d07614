"""Shows somebody the goals that they set themselves, and takes a number or other words for them.

It must not judge a goal or a number, and their words never open a message.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from bot.callbacks import goal_data
from bot.speech import Row, Speech, put_buttons_away, tell
from storage.goals import GoalEnd
from storage.outbox import Button, Outgoing
from storage.quoting import point_to
from usecases.arrival import GoalAct, MenuWish
from usecases.goals import HIGHEST, NEW, NUMBER
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
)

GoalTelling = (
    GoalsShown
    | GoalShown
    | GoalWanted
    | EnoughGoals
    | GoalKept
    | GoalNumberKept
    | GoalPutAway
    | GoalsOffered
)

_IN_A_ROW = 6
"""Numbers that fit side by side on a small phone, each wide enough for a thumb."""


def render_goals(telling: GoalTelling, speech: Speech) -> list[Outgoing]:
    """Return the messages for one telling about goals."""
    tidy = [put_buttons_away()] if speech.tapped else []
    match telling:
        case GoalsShown(goals):
            return [_list(goals, speech)]
        case GoalShown(goal):
            return [_show(goal, speech)]
        case GoalKept(goal):
            text = speech.say("goals.kept", goal=point_to(goal.words))
            who = speech.choose_readers(goal.words)
            return [_ask_number(goal, text, (who,), speech.exits)]
        case GoalWanted(goal):
            return [_ask_words(goal, speech)]
        case GoalNumberKept():
            back = (speech.wish("goals", MenuWish.GOALS),)
            return [*tidy, tell(_say_number(telling, speech), back, speech.exits)]
        case EnoughGoals() | GoalPutAway():
            back = (speech.wish("goals", MenuWish.GOALS),)
            return [*tidy, tell(_say_so(telling, speech), back, speech.exits)]
        case GoalsOffered(some):
            offer = speech.say("goals.offer-some" if some else "goals.offer-new")
            return [tell(offer, (speech.wish("goals", MenuWish.GOALS),))]
        case _:
            assert_never(telling)


def _list(goals: tuple[GoalTold, ...], speech: Speech) -> Outgoing:
    """Show every goal with its first and latest number, and a way to each."""
    add = speech.wish("new-goal", MenuWish.NEW_GOAL)
    if not goals:
        return tell(speech.say("goals.none"), (add,), speech.exits)
    lines = [_line(place, goal, speech) for place, goal in enumerate(goals, start=1)]
    each = tuple(
        Button(speech.say("buttons.goal", place=place), goal_data(goal.id, GoalAct.SHOW))
        for place, goal in enumerate(goals, start=1)
    )
    room: tuple[Row, ...] = ((add,),) if len(goals) < MOST_GOALS else ()
    text = "\n\n".join((speech.say("goals.shown"), *lines))
    return tell(text, each, *room, speech.exits)


def _line(place: int, goal: GoalTold, speech: Speech) -> str:
    words, first, latest = point_to(goal.words), goal.first, goal.latest
    if first is None or latest is None:
        return speech.say("goals.line", place=place, goal=words)
    if first == latest:
        return speech.say("goals.line-one", place=place, goal=words, number=latest)
    return speech.say("goals.line-both", place=place, goal=words, first=first, latest=latest)


def _show(goal: GoalTold, speech: Speech) -> Outgoing:
    """Show one goal, with the numbers and everything else that can be done about it."""
    return _ask_number(
        goal,
        speech.say("goals.one", goal=point_to(goal.words)),
        (_button("goal-words", goal, GoalAct.CHANGE, speech), speech.choose_readers(goal.words)),
        (
            _button("goal-reached", goal, GoalAct.REACHED, speech),
            _button("goal-not-mine", goal, GoalAct.NOT_MINE, speech),
        ),
        speech.exits,
    )


def _ask_number(goal: GoalTold, text: str, *rows: Row) -> Outgoing:
    """Put the numbers under a goal; a typed one counts, too."""
    numbers = [
        Button(str(value), goal_data(goal.id, GoalAct.RATE, value)) for value in range(HIGHEST + 1)
    ]
    message = tell(text, tuple(numbers[:_IN_A_ROW]), tuple(numbers[_IN_A_ROW:]), *rows)
    return replace(message, awaits=f"{NUMBER}:{goal.id}")


def _ask_words(goal: str | None, speech: Speech) -> Outgoing:
    text = speech.say("goals.wanted" if goal is None else "goals.wanted-anew")
    if speech.on_telegram:
        text = f"{text}\n\n{speech.say('questions.type-here-telegram')}"
    back = speech.wish("stay", MenuWish.GOALS)
    message = tell(text, (back, speech.help_now))
    return replace(message, awaits=NEW if goal is None else f"{NEW}:{goal}")


def _say_number(kept: GoalNumberKept, speech: Speech) -> str:
    if kept.before is None:
        return speech.say("goals.number-kept", number=kept.value)
    return speech.say("goals.number-before", number=kept.value, before=kept.before)


def _say_so(telling: EnoughGoals | GoalPutAway, speech: Speech) -> str:
    match telling:
        case EnoughGoals():
            return speech.say("goals.enough")
        case GoalPutAway(how):
            return speech.say("goals.reached" if how is GoalEnd.REACHED else "goals.not-mine")
        case _:
            assert_never(telling)


def _button(key: str, goal: GoalTold, act: GoalAct, speech: Speech) -> Button:
    return speech.button(key, goal_data(goal.id, act))
