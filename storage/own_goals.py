"""How near young people said that they are to goals of their own, as figures see it.

It must not reach the words of a goal, and it names nobody.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, and_, select

from outcomes.facts import GoalRating, OwnGoal
from storage.casework import AnyRow
from storage.goals import GoalEnd
from storage.tables import goal_ratings, goals, participants, participations, support_episodes
from storage.themes import YOUNG_PERSON


def goals_of(connection: Connection, keys: Select[Any], zone: ZoneInfo) -> tuple[OwnGoal, ...]:
    """Return every goal of the young people in the support episodes with these pseudonyms.

    A goal comes once for each support in which its owner takes part or did, with the ratings given
    in that one, in the order of pseudonyms; zone: the service's, for local days. One query.
    """
    support = support_episodes.alias()
    query = (
        select(
            support.c.key.label("episode"),
            participants.c.key.label("person"),
            goals.c.id,
            goals.c.made_at,
            goals.c.ended_at,
            goals.c.ended_how,
            goal_ratings.c.at,
            goal_ratings.c.value,
        )
        .select_from(goals)
        .join(participants, participants.c.id == goals.c.participant_id)
        .join(participations, participations.c.participant_id == participants.c.id)
        .join(support, support.c.id == participations.c.episode_id)
        .outerjoin(
            goal_ratings,
            and_(goal_ratings.c.goal_id == goals.c.id, goal_ratings.c.episode_key == support.c.key),
        )
        .where(support.c.key.in_(keys), participants.c.role == YOUNG_PERSON)
        .order_by(support.c.key, goals.c.made_at, goals.c.id, goal_ratings.c.at, goal_ratings.c.id)
    )
    return tuple(
        _goal(list(rows), zone)
        for _, rows in groupby(connection.execute(query), lambda row: (row.episode, row.id))
    )


def _goal(rows: list[AnyRow], zone: ZoneInfo) -> OwnGoal:
    """Build one goal from a row for each of its ratings, or from the one row of a goal without."""

    def day(at: datetime) -> date:
        return at.astimezone(zone).date()

    goal = rows[0]
    return OwnGoal(
        episode=goal.episode,
        person=goal.person,
        set_on=day(goal.made_at),
        put_away_on=None if goal.ended_at is None else day(goal.ended_at),
        given_up=goal.ended_how == GoalEnd.NOT_MINE,
        ratings=tuple(GoalRating(day(each.at), each.value) for each in rows if each.at is not None),
    )
