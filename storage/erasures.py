"""That somebody was forgotten: an id that belongs to nobody, when, by whom and why.

It must not hold free text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storage.casework import Casework
from storage.reasons import WhyForgotten
from storage.sequence import new_id
from storage.tables import erasures

Why = WhyForgotten


@dataclass(frozen=True, slots=True)
class Erasure:
    """One receipt."""

    subject: str
    at: datetime
    who: str
    why: WhyForgotten


def add(work: Casework, erasure: Erasure) -> None:
    """Gather the receipt; somebody who was restored and forgotten again keeps the first one."""
    known = select(erasures.c.id).where(erasures.c.subject == erasure.subject)
    if work.connection.execute(known).first() is not None:
        return
    work.insert(
        erasures,
        {
            "id": new_id(work.entropy),
            "subject": erasure.subject,
            "at": erasure.at,
            "who": erasure.who,
            "why": erasure.why.value,
        },
    )


def all_of_them(work: Casework) -> list[Erasure]:
    """Return every receipt, the oldest first."""
    query = select(erasures).order_by(erasures.c.at, erasures.c.id)
    return [
        Erasure(row.subject, row.at, row.who, WhyForgotten(row.why))
        for row in work.connection.execute(query)
    ]
