"""That the record of a support episode was taken over by the case system: the receipt, locked.

It must not decide what may be purged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from storage.casework import Casework
from storage.sequence import new_id
from storage.tables import filings
from storage.vault import Place


@dataclass(frozen=True, slots=True)
class Filing:
    """One receipt: what the case system calls the record, who noted it, and when."""

    episode_id: str
    receipt: str
    who: str
    at: datetime


def add(work: Casework, filing: Filing) -> None:
    """Gather a receipt."""
    row_id = new_id(work.entropy)
    work.insert(
        filings,
        {
            "id": row_id,
            "episode_id": filing.episode_id,
            "receipt_cipher": work.vault.seal(_place(row_id), filing.receipt.encode()),
            "at": filing.at,
            "who": filing.who,
        },
    )


def of_episode(work: Casework, episode_id: str) -> list[Filing]:
    """Return the receipts of one support episode, the newest first."""
    query = select(filings).where(filings.c.episode_id == episode_id)
    return [
        Filing(
            row.episode_id,
            work.vault.open(_place(row.id), row.receipt_cipher).decode(),
            row.who,
            row.at,
        )
        for row in work.connection.execute(query.order_by(filings.c.at.desc(), filings.c.id))
    ]


def _place(row_id: str) -> Place:
    return Place("filings", "receipt_cipher", row_id)
