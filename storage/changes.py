"""What changed around a child while the support went on; appended, never changed.

It must not hold free text, and it changes nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import select

from storage.casework import Casework
from storage.sequence import new_id
from storage.tables import episode_changes


class What(StrEnum):
    """What changed; for `left` and `rejoined`, `was` or `became` is the participant's id.

    For `reopened`, `was` is the day on which the support had ended. What follows it is what staff
    noted for the contract (`storage.contract.Noted`); its values are numbers, days, `yes` or `no`.
    """

    COMMISSIONER = "commissioner"
    LIVES = "lives"
    WORKER = "worker"
    LEFT = "left"
    REJOINED = "rejoined"
    REOPENED = "reopened"
    CHILD_AGE = "child-age"
    UNPLANNED_MOVES = "unplanned-moves"
    AWAY_AT_START = "away-at-start"
    AWAY_AT_END = "away-at-end"
    PLAN_ON = "plan-on"
    DISENGAGED_ON = "disengaged-on"
    BACK_ON = "back-on"


CONTRACT: Final = tuple(What)[list(What).index(What.CHILD_AGE) :]
"""What is noted for the contract: about the child, and nobody else's to see."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change: the day on which it took effect, when it was noted, and by whom."""

    episode_id: str
    what: What
    was: str | None
    became: str | None
    day: date
    at: datetime
    who: str


def note(work: Casework, change: Change) -> None:
    """Gather one change."""
    work.insert(
        episode_changes,
        {
            "id": new_id(work.entropy),
            "episode_id": change.episode_id,
            "what": change.what.value,
            "was": change.was,
            "became": change.became,
            "day": change.day,
            "at": change.at,
            "who": change.who,
        },
    )


def of_episodes(work: Casework, episode_ids: list[str]) -> list[Change]:
    """Return what changed in these support episodes, oldest first."""
    query = select(
        episode_changes.c.episode_id,
        episode_changes.c.what,
        episode_changes.c.was,
        episode_changes.c.became,
        episode_changes.c.day,
        episode_changes.c.at,
        episode_changes.c.who,
    ).where(episode_changes.c.episode_id.in_(episode_ids))
    ordered = query.order_by(episode_changes.c.at, episode_changes.c.id)
    return [
        Change(row.episode_id, What(row.what), row.was, row.became, row.day, row.at, row.who)
        for row in work.connection.execute(ordered)
    ]
