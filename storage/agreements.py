"""Who agreed that somebody takes part, and whether the young person understood: appended.

It must hold no name: only which part whoever agreed plays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from storage.casework import Casework
from storage.reasons import AgreedBy, Understands
from storage.sequence import new_id
from storage.tables import agreements


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who agreed, whether the young person understands, on which day, and who of staff noted it."""

    agreed_by: AgreedBy
    understands: Understands
    day: date
    who: str
    at: datetime


def add(work: Casework, participant_id: str, agreement: Agreement) -> None:
    """Gather one."""
    work.insert(
        agreements,
        {
            "id": new_id(work.entropy),
            "participant_id": participant_id,
            "agreed_by": agreement.agreed_by.value,
            "understands": agreement.understands.value,
            "day": agreement.day,
            "at": agreement.at,
            "who": agreement.who,
        },
    )


def of_participant(work: Casework, participant_id: str) -> list[Agreement]:
    """Return what was ever agreed for somebody, the newest first."""
    query = select(agreements).where(agreements.c.participant_id == participant_id)
    ordered = query.order_by(agreements.c.at.desc(), agreements.c.id)
    return [
        Agreement(AgreedBy(row.agreed_by), Understands(row.understands), row.day, row.who, row.at)
        for row in work.connection.execute(ordered)
    ]
