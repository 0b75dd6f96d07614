"""The chats of people for whom staff change something: held, so that nobody serves them meanwhile.

It must not decide what changes, and sends nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from storage import people
from storage.casework import Casework
from storage.people import Address
from storage.tables import addresses


@dataclass(frozen=True, slots=True)
class Door:
    """The chat of somebody that was used last; `open` says that messages arrive there."""

    address: Address
    open: bool


def hold(work: Casework, participant_ids: Iterable[str]) -> dict[str, Door]:
    """Return the door of each who has one, and hold all their chats until the commit.

    On PostgreSQL the chats are locked in the order in which the reception locks them. So whatever
    the clock or the reception was about to queue for them is either there to be taken back, or is
    decided after this, by what is true then.
    """
    query = (
        select(addresses)
        .where(addresses.c.participant_id.in_(sorted(set(participant_ids))))
        .order_by(addresses.c.chat_index)
    )
    if work.connection.dialect.name == "postgresql":
        query = query.with_for_update()
    held = list(work.connection.execute(query))
    held.sort(key=lambda row: (row.blocked_at is not None, -row.used_at.timestamp(), row.id))
    found: dict[str, Door] = {}
    for row in held:
        if row.participant_id not in found:
            address = people.open_address(work, row)
            found[row.participant_id] = Door(address, row.blocked_at is None)
    return found
