"""That somebody opened a child outside their own caseload, why, and until when.

It must not decide whether they may, and holds no free text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storage.casework import Casework
from storage.sequence import new_id
from storage.tables import glimpses


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One child opened to one person from a moment until another, for a reason from a list."""

    who: str
    child_id: str
    reason: str
    at: datetime
    until: datetime


def add(work: Casework, glimpse: Glimpse) -> None:
    """Gather that a child was opened to somebody."""
    work.insert(
        glimpses,
        {
            "id": new_id(work.entropy),
            "who": glimpse.who,
            "child_id": glimpse.child_id,
            "reason": glimpse.reason,
            "at": glimpse.at,
            "until": glimpse.until,
        },
    )


def opened_to(work: Casework, who: str, now: datetime) -> frozenset[str]:
    """Return the children that stand open to somebody now."""
    query = select(glimpses.c.child_id).where(
        func.lower(glimpses.c.who) == who.lower(), glimpses.c.at <= now, glimpses.c.until > now
    )
    return frozenset(work.connection.scalars(query))


def since(work: Casework, moment: datetime, most: int = 200) -> list[Glimpse]:
    """Return what was opened since a moment, the newest first."""
    query = (
        select(
            glimpses.c.who,
            glimpses.c.child_id,
            glimpses.c.reason,
            glimpses.c.at,
            glimpses.c.until,
        )
        .where(glimpses.c.at >= moment)
        .order_by(glimpses.c.at.desc(), glimpses.c.id)
        .limit(most)
    )
    return [Glimpse(*row) for row in work.connection.execute(query)]


def count_since(work: Casework, moment: datetime) -> int:
    """Return how many were opened since a moment."""
    query = select(func.count()).select_from(glimpses).where(glimpses.c.at >= moment)
    return work.connection.execute(query).scalar_one()
