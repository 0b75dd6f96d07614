"""That nothing of somebody may be erased or purged: set, asked to be lifted, lifted.

It must not decide who may lift, and holds no free text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select, update

from storage.casework import Casework
from storage.reasons import HoldReason
from storage.sequence import new_id
from storage.tables import legal_holds


@dataclass(frozen=True, slots=True)
class LegalHold:
    """One hold. `lifted_by` without `lifted_at` is who asked for it: a second person lifts."""

    id: str
    participant_id: str
    reason: HoldReason
    since: datetime
    since_by: str
    lifted_at: datetime | None
    lifted_by: str | None

    @property
    def asked_by(self) -> str | None:
        """Who asked to lift it, while it still stands."""
        return self.lifted_by if self.lifted_at is None else None


def add(
    work: Casework, participant_id: str, reason: HoldReason, who: str, now: datetime
) -> LegalHold:
    """Gather a hold; return it."""
    hold = LegalHold(new_id(work.entropy), participant_id, reason, now, who, None, None)
    work.insert(
        legal_holds,
        {
            "id": hold.id,
            "participant_id": participant_id,
            "reason": reason.value,
            "since": now,
            "since_by": who,
            "lifted_at": None,
            "lifted_by": None,
        },
    )
    return hold


def load(work: Casework, hold_id: str) -> LegalHold | None:
    """Return one hold, or None; nobody else changes it until the commit."""
    query = select(legal_holds).where(legal_holds.c.id == hold_id)
    if work.connection.dialect.name == "postgresql":
        query = query.with_for_update()
    found = _holds(work, query)
    return found[0] if found else None


def standing(work: Casework) -> list[LegalHold]:
    """Return every hold that stands, the oldest first."""
    return _holds(work, select(legal_holds).where(legal_holds.c.lifted_at.is_(None)))


def of_participant(work: Casework, participant_id: str) -> list[LegalHold]:
    """Return every hold that ever was on somebody, the oldest first."""
    return _holds(work, select(legal_holds).where(legal_holds.c.participant_id == participant_id))


def is_held(work: Casework, participant_id: str) -> bool:
    """Tell whether a hold stands on somebody."""
    return any(each.lifted_at is None for each in of_participant(work, participant_id))


def ask_to_lift(work: Casework, hold: LegalHold, who: str) -> None:
    """Note who took the first look."""
    _change(work, hold, lifted_by=who)


def lift(work: Casework, hold: LegalHold, who: str, now: datetime) -> None:
    """End a hold."""
    _change(work, hold, lifted_by=who, lifted_at=now)


def _change(work: Casework, hold: LegalHold, **values: str | datetime) -> None:
    here = update(legal_holds).where(legal_holds.c.id == hold.id)
    work.connection.execute(here.values(**values))


def _holds(work: Casework, query: Select[tuple[object, ...]]) -> list[LegalHold]:
    ordered = query.order_by(legal_holds.c.since, legal_holds.c.id)
    return [
        LegalHold(
            row.id,
            row.participant_id,
            HoldReason(row.reason),
            row.since,
            row.since_by,
            row.lifted_at,
            row.lifted_by,
        )
        for row in work.connection.execute(ordered)
    ]
