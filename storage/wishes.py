"""What people wish about what we keep of them: noted, looked at, decided.

It must not decide, and holds no words of anybody: a wish points at them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, select, update

from storage.casework import Casework
from storage.reasons import WhyRefused
from storage.sequence import new_id
from storage.tables import wishes


class WishKind(StrEnum):
    """What somebody wants."""

    SEE = "see"
    FIX = "fix"
    FORGET = "forget"


class Decision(StrEnum):
    """What became of a wish. `looked`: one person looked through it, and a second one releases."""

    LOOKED = "looked"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class StoredWish:
    """One wish. `decided_by` without `decided_at` is who took the first look."""

    id: str
    participant_id: str
    kind: WishKind
    words_id: str | None
    at: datetime
    due_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    decision: Decision | None
    reason: WhyRefused | None

    @property
    def looked_by(self) -> str | None:
        """Who took the first look, while a second person has not decided."""
        return self.decided_by if self.decision is Decision.LOOKED else None


@dataclass(frozen=True, slots=True)
class NewWish:
    """A wish on its way in."""

    participant_id: str
    kind: WishKind
    due_at: datetime
    words_id: str | None = None


def add(work: Casework, new: NewWish, now: datetime) -> str:
    """Gather a wish; return its id."""
    wish_id = new_id(work.entropy)
    work.insert(
        wishes,
        {
            "id": wish_id,
            "participant_id": new.participant_id,
            "kind": new.kind.value,
            "words_id": new.words_id,
            "at": now,
            "due_at": new.due_at,
            "decided_at": None,
            "decided_by": None,
            "decision": None,
            "reason": None,
        },
    )
    return wish_id


def load(work: Casework, wish_id: str) -> StoredWish | None:
    """Return one wish, or None; nobody else changes it until the commit."""
    query = select(wishes).where(wishes.c.id == wish_id)
    if work.connection.dialect.name == "postgresql":
        query = query.with_for_update()
    found = _read(work, query)
    return found[0] if found else None


def undecided(work: Casework) -> list[StoredWish]:
    """Return every wish that waits, the one that is due first before the others."""
    return _read(work, select(wishes).where(wishes.c.decided_at.is_(None)))


def decided_since(work: Casework, since: datetime) -> list[StoredWish]:
    """Return what was decided since a moment."""
    return _read(work, select(wishes).where(wishes.c.decided_at >= since))


def of_participant(work: Casework, participant_id: str) -> list[StoredWish]:
    """Return everything that somebody ever wished."""
    return _read(work, select(wishes).where(wishes.c.participant_id == participant_id))


def to_be_forgotten(work: Casework, decided_before: datetime) -> list[StoredWish]:
    """Return the wishes to be forgotten that were granted before a moment and not done yet."""
    query = select(wishes).where(
        wishes.c.kind == WishKind.FORGET.value,
        wishes.c.decision == Decision.DONE.value,
        wishes.c.decided_at <= decided_before,
    )
    return _read(work, query)


def look(work: Casework, wish: StoredWish, who: str) -> None:
    """Note who looked through what a wish is about."""
    _change(work, wish, decision=Decision.LOOKED.value, decided_by=who)


def decide(
    work: Casework, wish: StoredWish, who: str, now: datetime, why_refused: WhyRefused | None
) -> None:
    """Store that a wish is done, or refused for a reason."""
    decision = Decision.DONE if why_refused is None else Decision.REFUSED
    reason = why_refused.value if why_refused is not None else None
    _change(work, wish, decision=decision.value, reason=reason, decided_by=who, decided_at=now)


def _change(work: Casework, wish: StoredWish, **values: str | datetime | None) -> None:
    work.connection.execute(update(wishes).where(wishes.c.id == wish.id).values(**values))


def _read(work: Casework, query: Select[tuple[object, ...]]) -> list[StoredWish]:
    return [
        StoredWish(
            id=row.id,
            participant_id=row.participant_id,
            kind=WishKind(row.kind),
            words_id=row.words_id,
            at=row.at,
            due_at=row.due_at,
            decided_at=row.decided_at,
            decided_by=row.decided_by,
            decision=Decision(row.decision) if row.decision is not None else None,
            reason=WhyRefused(row.reason) if row.reason is not None else None,
        )
        for row in work.connection.execute(query.order_by(wishes.c.due_at, wishes.c.id))
    ]
