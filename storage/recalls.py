"""Messages that are taken back before they are sent: somebody wants quiet, or a chat is closed.

It must not decide when.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, Select, case, exists, not_, or_, select, update

from storage.casework import Casework
from storage.occasions import OccasionState
from storage.outbox import Delivery, OutgoingKind, Urgency
from storage.tables import addresses, occasions, outbox

_NEVER_ARRIVED: Final = (
    Delivery.PENDING.value,
    Delivery.CANCELLED.value,
    Delivery.FAILED.value,
    Delivery.BLOCKED.value,
)


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
    """Take back what waits to be asked, offers and questions: somebody paused or stopped.

    What was offered in those messages waits for the clock again: it was never asked.
    """
    call_back_askings(connection, participant_id)
    is_question = (outbox.c.kind == OutgoingKind.SEND.value) & outbox.c.step.is_not(None)
    _cancel(connection, outbox.c.address_id.in_(_chats_of(participant_id)), is_question)


def call_back_askings(connection: Connection, participant_id: str) -> None:
    """Take back the offers and reminders that wait to be sent to somebody.

    The clock looks at what they were about at its next ring, by what holds then.
    """
    waiting = (
        outbox.c.address_id.in_(_chats_of(participant_id)),
        outbox.c.urgency == Urgency.ASKING.value,
    )
    query = select(outbox.c.occasion_id).where(
        outbox.c.state == Delivery.PENDING.value, outbox.c.occasion_id.is_not(None), *waiting
    )
    about = set(connection.execute(query).scalars())
    _cancel(connection, *waiting)
    if about:
        put_back(connection, about)


def put_back(connection: Connection, occasion_ids: Iterable[str]) -> None:
    """Let the clock look again at askings whose message did not go out.

    An offer that nobody was told of is planned again; a reminder does not count as given.
    """
    # By way of their chats, as messages stand in an index by chat.
    theirs = addresses.alias("theirs")
    told = exists().where(
        theirs.c.participant_id == occasions.c.participant_id,
        outbox.c.address_id == theirs.c.id,
        outbox.c.occasion_id == occasions.c.id,
        outbox.c.state.not_in(_NEVER_ARRIVED),
    )
    these = occasions.c.id.in_(list(occasion_ids))
    offered = occasions.c.state == OccasionState.OFFERED.value
    reminded = occasions.c.reminders > 0
    begun = occasions.c.state == OccasionState.ANSWERING.value
    connection.execute(
        update(occasions)
        .where(these, offered, or_(not_(told), not_(reminded)))
        .values(
            state=OccasionState.PLANNED.value,
            next_at=occasions.c.due_at,
            offered_at=case((told, occasions.c.offered_at)),
        )
    )
    connection.execute(
        update(occasions)
        .where(these, reminded, or_(begun, offered))
        .values(next_at=occasions.c.due_at, reminders=occasions.c.reminders - 1)
    )


def cancel_at(connection: Connection, address_id: str) -> None:
    """Take back everything that waits to be sent to a chat, and repair nothing there any more."""
    here = outbox.c.address_id == address_id
    _cancel(connection, here)
    connection.execute(
        update(outbox).where(here, outbox.c.repair_at.is_not(None)).values(repair_at=None)
    )


def _chats_of(participant_id: str) -> Select[tuple[str]]:
    return select(addresses.c.id).where(addresses.c.participant_id == participant_id)


def _cancel(connection: Connection, *which: ColumnElement[bool]) -> None:
    waiting = outbox.c.state == Delivery.PENDING.value
    cancelled = {"state": Delivery.CANCELLED.value, "due_at": None}
    connection.execute(update(outbox).where(waiting, *which).values(cancelled))
