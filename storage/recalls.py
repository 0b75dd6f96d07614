"""Messages that are taken back before they are sent: somebody wants quiet, or a chat is closed.

It must not decide when.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update

from storage.casework import Casework
from storage.outbox import Delivery, OutgoingKind, Urgency
from storage.tables import addresses, outbox


def block(work: Casework, sending_id: int, now: datetime) -> str | None:
    """Mark the address of this message as blocked, cancel what waits there; return whose it is."""
    query = (
        select(outbox.c.address_id, addresses.c.participant_id)
        .join(addresses, addresses.c.id == outbox.c.address_id)
        .where(outbox.c.id == sending_id)
    )
    row = work.connection.execute(query).one_or_none()
    if row is None:
        return None
    work.connection.execute(
        update(addresses).where(addresses.c.id == row.address_id).values(blocked_at=now)
    )
    cancel_at(work.connection, row.address_id)
    participant: str | None = row.participant_id
    return participant


def whose(connection: Connection, numbers: Sequence[int], urgency: Urgency) -> set[str | None]:
    """Return whose messages these are, of those that are so urgent; None is somebody unknown."""
    query = (
        select(addresses.c.participant_id)
        .join(outbox, outbox.c.address_id == addresses.c.id)
        .where(outbox.c.id.in_(numbers), outbox.c.urgency == urgency.value)
    )
    return set(connection.execute(query).scalars())


def cancel_askings(connection: Connection, participant_id: str) -> None:
    """Take back what waits to be asked, offers and questions: somebody paused or stopped."""
    mine = select(addresses.c.id).where(addresses.c.participant_id == participant_id)
    is_offer = outbox.c.urgency == Urgency.ASKING.value
    is_question = (outbox.c.kind == OutgoingKind.SEND.value) & outbox.c.step.is_not(None)
    _cancel(connection, outbox.c.address_id.in_(mine), is_offer | is_question)


def cancel_at(connection: Connection, address_id: str) -> None:
    """Take back everything that waits to be sent to a chat, and repair nothing there any more."""
    here = outbox.c.address_id == address_id
    _cancel(connection, here)
    connection.execute(
        update(outbox).where(here, outbox.c.repair_at.is_not(None)).values(repair_at=None)
    )


def _cancel(connection: Connection, *which: ColumnElement[bool]) -> None:
    waiting = outbox.c.state == Delivery.PENDING.value
    cancelled = {"state": Delivery.CANCELLED.value, "due_at": None}
    connection.execute(update(outbox).where(waiting, *which).values(cancelled))
