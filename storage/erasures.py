"""That somebody was forgotten: an id that belongs to nobody, when, by whom and why.

It must not hold free text.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from storage.casework import Casework
from storage.reasons import WhyForgotten
from storage.sequence import new_id
from storage.tables import erasures, participants

Why = WhyForgotten

_AT_ONCE: Final = 500


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


def with_receipt(work: Casework, ids: Collection[str]) -> set[str]:
    """Return those of these ids that have a receipt."""
    found: set[str] = set()
    for some in _in_portions(ids):
        query = select(erasures.c.subject).where(erasures.c.subject.in_(some))
        found.update(work.connection.execute(query).scalars())
    return found


def still_there(work: Casework, ids: Collection[str], *, held: bool = False) -> list[str]:
    """Return those of these ids that somebody has, in their order.

    held: leave out whom another process is forgetting just now; nobody can begin to forget the
    others before this transaction ends.
    """
    found: set[str] = set()
    for some in _in_portions(ids):
        query = select(participants.c.id).where(participants.c.id.in_(some))
        if held and work.connection.dialect.name == "postgresql":
            query = query.with_for_update(skip_locked=True)
        found.update(work.connection.execute(query).scalars())
    return [each for each in ids if each in found]


def _in_portions(ids: Collection[str]) -> list[Sequence[str]]:
    those = list(ids)
    return [those[first : first + _AT_ONCE] for first in range(0, len(those), _AT_ONCE)]
