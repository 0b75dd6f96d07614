"""Messages of a restored copy of the database: set aside until somebody has looked at them.

It must not send anything and decides nothing: whoever restored a backup does not know which of its
messages went out after it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, or_, select, update

from storage import recalls
from storage.casework import Casework
from storage.outbox import Delivery, Urgency, outgoing_from
from storage.tables import addresses, outbox

_ON_ITS_WAY: Final = (Delivery.PENDING.value, Delivery.SENDING.value)


@dataclass(frozen=True, slots=True)
class SetAside:
    """One message that was set aside: for whom, how urgent, our own text, when it was made."""

    id: int
    participant_id: str | None
    channel: str
    urgency: Urgency
    text: str
    made_at: datetime


def set_aside(connection: Connection) -> int:
    """Set aside every message that is on its way or waits to be repaired; return how many."""
    unsettled = or_(outbox.c.state.in_(_ON_ITS_WAY), outbox.c.repair_at.is_not(None))
    done = connection.execute(
        update(outbox)
        .where(unsettled)
        .values(state=Delivery.QUARANTINED.value, due_at=None, leased_until=None, repair_at=None)
    )
    return done.rowcount


def count(connection: Connection) -> int:
    """Return how many messages are set aside."""
    query = select(func.count()).select_from(outbox).where(_SET_ASIDE)
    return connection.execute(query).scalar_one()


def waiting(work: Casework, most: int = 200) -> list[SetAside]:
    """Return the messages that are set aside, oldest first."""
    query = (
        select(outbox, addresses.c.participant_id, addresses.c.channel)
        .join(addresses, addresses.c.id == outbox.c.address_id)
        .where(_SET_ASIDE)
        .order_by(outbox.c.id)
        .limit(most)
    )
    return [
        SetAside(
            row.id,
            row.participant_id,
            row.channel,
            Urgency(row.urgency),
            outgoing_from(row).text,
            row.made_at,
        )
        for row in work.connection.execute(query)
    ]


def release(connection: Connection, numbers: Sequence[int] | None, now: datetime) -> int:
    """Let messages go after all, or all of them; return how many.

    What was asked in them is not sent as it stands: the clock looks at it again, by what holds now.
    """
    chosen = _chosen(connection, numbers)
    asking = [number for number, urgency, _ in chosen if urgency == Urgency.ASKING.value]
    others = [number for number, urgency, _ in chosen if urgency != Urgency.ASKING.value]
    _set(connection, asking, {"state": Delivery.CANCELLED.value})
    about = {occasion for _, urgency, occasion in chosen if urgency == "asking" and occasion}
    if about:
        recalls.put_back(connection, about)
    _set(connection, others, {"state": Delivery.PENDING.value, "due_at": now})
    return len(chosen)


def drop(connection: Connection, numbers: Sequence[int] | None) -> int:
    """Never send these messages, or all of them; return how many. They stay on record."""
    chosen = [number for number, _, _ in _chosen(connection, numbers)]
    _set(connection, chosen, {"state": Delivery.CANCELLED.value})
    return len(chosen)


_SET_ASIDE: Final = outbox.c.state == Delivery.QUARANTINED.value


def _chosen(
    connection: Connection, numbers: Sequence[int] | None
) -> list[tuple[int, str, str | None]]:
    query = select(outbox.c.id, outbox.c.urgency, outbox.c.occasion_id).where(_SET_ASIDE)
    if numbers is not None:
        query = query.where(outbox.c.id.in_(list(numbers)))
    if connection.dialect.name == "postgresql":
        query = query.with_for_update()
    return [(row.id, row.urgency, row.occasion_id) for row in connection.execute(query)]


def _set(connection: Connection, numbers: Sequence[int], values: dict[str, object]) -> None:
    if numbers:
        connection.execute(update(outbox).where(outbox.c.id.in_(numbers)).values(values))
