"""Messages of which nobody knows whether they arrived: found, and each repaired once.

It must not decide what to say instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from storage.casework import Casework
from storage.outbox import (
    LEASE,
    Delivery,
    Outgoing,
    OutgoingKind,
    Urgency,
    outgoing_from,
)
from storage.questions import asked_as
from storage.tables import addresses, outbox


def expire_leases(connection: Connection, now: datetime) -> int:
    """Face the truth about messages whose sender died: repeat what is harmless or must arrive.

    Edits do the same thing twice and safety messages must arrive: they wait to be sent again.
    Nobody knows about the others, so they are `unknown` and questions are repaired later.
    """
    died = (outbox.c.state == Delivery.SENDING.value) & (outbox.c.leased_until < now)
    harmless = outbox.c.kind.in_([OutgoingKind.EDIT_STEP.value, OutgoingKind.EDIT_TAPPED.value]) | (
        outbox.c.urgency == Urgency.SAFETY.value
    )
    again = connection.execute(
        update(outbox)
        .where(died, harmless)
        .values(state=Delivery.PENDING.value, leased_until=None, due_at=now)
    )
    unknown = connection.execute(
        update(outbox)
        .where(died)
        .values(state=Delivery.UNKNOWN.value, leased_until=None, repair_at=now)
    )
    return again.rowcount + unknown.rowcount


def end_leases(connection: Connection, now: datetime) -> None:
    """Let every lease end now: right only for a sole owner who has just started."""
    connection.execute(
        update(outbox).where(outbox.c.leased_until.is_not(None)).values(leased_until=now - LEASE)
    )


@dataclass(frozen=True, slots=True)
class Unclear:
    """A message of which nobody knows whether it arrived, and whose it is."""

    id: int
    address_id: str
    participant_id: str | None
    urgency: Urgency
    outgoing: Outgoing
    attempts: int


def claim_unclear(work: Casework, now: datetime, most: int) -> list[Unclear]:
    """Take the messages whose fate is unknown and whose repair is due; each is taken once."""
    query = (
        select(outbox, addresses.c.participant_id)
        .join(addresses, addresses.c.id == outbox.c.address_id)
        .where(outbox.c.repair_at <= now)
        .order_by(outbox.c.id)
        .limit(most)
    )
    if work.connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True, of=outbox)
    rows = work.connection.execute(query).all()
    if rows:
        numbers = [row.id for row in rows]
        taken = update(outbox).where(outbox.c.id.in_(numbers)).values(repair_at=None)
        work.connection.execute(taken)
    return [
        Unclear(
            row.id,
            row.address_id,
            row.participant_id,
            Urgency(row.urgency),
            outgoing_from(row),
            row.attempts,
        )
        for row in rows
    ]


def is_unknown(connection: Connection, run_id: str, step: int) -> bool:
    """Tell whether nobody knows if the message that asked this step arrived."""
    query = select(outbox.c.id).where(
        asked_as(run_id, step), outbox.c.state == Delivery.UNKNOWN.value
    )
    return connection.execute(query).first() is not None


def put_back(connection: Connection, number: int, now: datetime) -> None:
    """Let one message be sent again."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id == number)
        .values(state=Delivery.PENDING.value, due_at=now, repair_at=None)
    )


def was_followed(connection: Connection, unclear: Unclear) -> bool:
    """Tell whether anything was said in the chat of this message after it."""
    later = select(outbox.c.id).where(
        outbox.c.address_id == unclear.address_id, outbox.c.id > unclear.id
    )
    return connection.execute(later.limit(1)).first() is not None
