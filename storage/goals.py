"""What somebody wants to reach, in words of their own, and how near they say they are.

The words are kept and read as all words are; here is only where they stand. It decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update

from storage.casework import Casework
from storage.sequence import new_id
from storage.tables import goal_ratings, goals


class GoalEnd(StrEnum):
    """Why a goal is looked at no more, by its owner's word."""

    REACHED = "reached"
    NOT_MINE = "not-mine"


@dataclass(frozen=True, slots=True)
class Rating:
    """How near somebody said that they are: 0 (not there at all) to 10 (there)."""

    value: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal; `words_id` names the words that hold now, `ratings` are the oldest first."""

    id: str
    words_id: str
    made_at: datetime
    changed_at: datetime | None = None
    ended_at: datetime | None = None
    ended_how: GoalEnd | None = None
    ratings: tuple[Rating, ...] = ()


def of_participant(work: Casework, participant_id: str) -> list[Goal]:
    """Return all goals of somebody, also those that ended, the oldest first."""
    mine = goals.c.participant_id == participant_id
    found = work.connection.execute(
        select(goals).where(mine).order_by(goals.c.made_at, goals.c.id)
    ).all()
    ratings: dict[str, list[Rating]] = {row.id: [] for row in found}
    given = (
        select(goal_ratings.c.goal_id, goal_ratings.c.value, goal_ratings.c.at)
        .join(goals, goals.c.id == goal_ratings.c.goal_id)
        .where(mine)
        .order_by(goal_ratings.c.at, goal_ratings.c.id)
    )
    for goal_id, value, at in work.connection.execute(given):
        ratings[goal_id].append(Rating(value, at))
    return [
        Goal(
            row.id,
            row.words_id,
            row.made_at,
            row.changed_at,
            row.ended_at,
            GoalEnd(row.ended_how) if row.ended_how else None,
            tuple(ratings[row.id]),
        )
        for row in found
    ]


def add(work: Casework, participant_id: str, words_id: str, now: datetime) -> Goal:
    """Gather a new goal, beside the words in which it was said."""
    goal = Goal(new_id(work.entropy), words_id, now)
    work.insert(
        goals,
        {
            "id": goal.id,
            "participant_id": participant_id,
            "words_id": words_id,
            "made_at": now,
            "changed_at": None,
            "ended_at": None,
            "ended_how": None,
        },
    )
    return goal


def rate(
    work: Casework,
    goal_id: str,
    value: int,
    now: datetime,
    *,
    episode_key: str | None,
    run_id: str | None,
) -> None:
    """Gather how near somebody says that they are; `episode_key` is the support it belongs to."""
    work.insert(
        goal_ratings,
        {
            "id": new_id(work.entropy),
            "goal_id": goal_id,
            "episode_key": episode_key,
            "run_id": run_id,
            "value": value,
            "at": now,
        },
    )


def say_anew(work: Casework, goal_id: str, words_id: str, now: datetime) -> None:
    """Let a goal stand in other words, which were gathered before; the old words stay kept."""
    work.flush()
    work.connection.execute(
        update(goals).where(goals.c.id == goal_id).values(words_id=words_id, changed_at=now)
    )


def end(work: Casework, goal_id: str, how: GoalEnd, now: datetime) -> None:
    """Put a goal away; nothing of it is lost."""
    work.connection.execute(
        update(goals).where(goals.c.id == goal_id).values(ended_at=now, ended_how=how.value)
    )
