"""Which message asked which step of a run; it changes nothing."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, select

from storage.outbox import OutgoingKind
from storage.tables import addresses, outbox, runs


def asked_as(run_id: str, step: int) -> ColumnElement[bool]:
    """Return the condition for the messages that asked a step of a run.

    They are looked for among all that was said to whoever answers the run: that is needed now and
    then, and an index by run and step would be written with every message.
    """
    theirs = (
        select(addresses.c.id)
        .join(runs, runs.c.participant_id == addresses.c.participant_id)
        .where(runs.c.id == run_id)
    )
    return and_(
        outbox.c.address_id.in_(theirs),
        outbox.c.run_id == run_id,
        outbox.c.step == step,
        outbox.c.kind == OutgoingKind.SEND.value,
    )


def message_of_step(connection: Connection, run_id: str, step: int) -> int | None:
    """Return the number of the message that asked this step, where it is known."""
    query = (
        select(outbox.c.message_id)
        .where(asked_as(run_id, step), outbox.c.message_id.is_not(None))
        .order_by(outbox.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none()
