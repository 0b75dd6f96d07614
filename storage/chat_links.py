"""Which chats belong to somebody, and cutting one that belongs to somebody else after all.

It must not show a chat's number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from storage import recalls
from storage.casework import Casework
from storage.tables import addresses, visitors
from storage.vault import INDEX_BYTES, Place

_WEB = "web"


@dataclass(frozen=True, slots=True)
class LinkedChat:
    """One chat of somebody."""

    id: str
    channel: str
    linked_at: datetime
    used_at: datetime


def of_participant(work: Casework, participant_id: str) -> list[LinkedChat]:
    """Return the chats of somebody, the one used last first."""
    query = select(
        addresses.c.id, addresses.c.channel, addresses.c.linked_at, addresses.c.used_at
    ).where(addresses.c.participant_id == participant_id)
    newest_first = query.order_by(addresses.c.used_at.desc(), addresses.c.id)
    return [LinkedChat(*row) for row in work.connection.execute(newest_first)]


def cut(work: Casework, participant_id: str, address_id: str) -> bool:
    """Part a chat from somebody: from now on a stranger writes there; False where it is not theirs.

    What waits to be sent there is taken back. A browser loses the conversation that it showed.
    """
    query = select(addresses).where(
        addresses.c.id == address_id, addresses.c.participant_id == participant_id
    )
    if work.connection.dialect.name == "postgresql":
        query = query.with_for_update()
    row = work.connection.execute(query).one_or_none()
    if row is None:
        return False
    recalls.cancel_at(work.connection, address_id)
    parted = update(addresses).where(addresses.c.id == address_id)
    work.connection.execute(parted.values(participant_id=None))
    if row.channel == _WEB:
        place = Place("addresses", "chat_cipher", address_id)
        number = int(work.vault.open(place, row.chat_cipher))
        locked_out = update(visitors).where(visitors.c.id == number)
        work.connection.execute(locked_out.values(token_index=work.entropy(INDEX_BYTES)))
    return True
