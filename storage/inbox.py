"""Which updates we have taken in: each number counts once, and nothing confirmed is forgotten.

It must not look into an update.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from storage.casework import Casework
from storage.prepared import Prepared
from storage.sequence import number_at
from storage.tables import inbox
from storage.vault import Place

REMEMBERED: Final = timedelta(days=3)
"""How long a handled number is remembered: the Bot API repeats an update for a day at most, and
its numbers start again at random after a week without traffic."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """The number of one update on one channel."""

    channel: str
    update_id: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update that was confirmed but not handled yet: its raw bytes and how often we tried."""

    id: int
    ticket: Ticket
    payload: bytes
    attempts: int
    received_at: datetime


def _accepting(dialect: str) -> ReturningInsert[*tuple[Any, ...]]:
    """Take a number, or finish one that waited; a number that was handled returns no row."""
    build = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = build(inbox)
    return statement.on_conflict_do_update(
        index_elements=[inbox.c.channel, inbox.c.update_id],
        set_={"handled_at": statement.excluded.handled_at, "payload_cipher": None},
        where=inbox.c.handled_at.is_(None),
    ).returning(inbox.c.id)


_ACCEPT: Final = Prepared(_accepting("sqlite"), _accepting("postgresql"))


def accept(work: Casework, tickets: Sequence[Ticket], now: datetime) -> set[Ticket]:
    """Mark these updates as handled in this transaction; return those that were not before.

    What is missing from the answer was handled earlier and must have no second effect.
    """
    once = list(dict.fromkeys(tickets))
    rows = [
        {
            "id": work.numbers.next(now),
            "channel": ticket.channel,
            "update_id": ticket.update_id,
            "received_at": now,
            "handled_at": now,
            "attempts": 1,
            "payload_cipher": None,
        }
        for ticket in once
    ]
    taken = _ACCEPT.fetch(work.connection, rows)
    return {ticket for ticket, found in zip(once, taken, strict=True) if found}


def park(work: Casework, ticket: Ticket, payload: bytes, now: datetime) -> None:
    """Keep the raw bytes of an update that could not be handled now, so it may be confirmed."""
    number = work.numbers.next(now)
    build = postgresql.insert if work.connection.dialect.name == "postgresql" else sqlite.insert
    statement = build(inbox).on_conflict_do_nothing(
        index_elements=[inbox.c.channel, inbox.c.update_id]
    )
    work.connection.execute(
        statement,
        {
            "id": number,
            "channel": ticket.channel,
            "update_id": ticket.update_id,
            "received_at": now,
            "handled_at": None,
            "attempts": 0,
            "payload_cipher": work.vault.seal(_place(ticket), payload),
        },
    )


def waiting(work: Casework, most: int, tries: int) -> list[Waiting]:
    """Return the oldest updates that still wait and were tried fewer than `tries` times.

    Each is counted as tried once more, so that one that brings the process down is not tried
    for ever.
    """
    query = (
        select(inbox)
        .where(inbox.c.handled_at.is_(None), inbox.c.attempts < tries)
        .order_by(inbox.c.id)
        .limit(most)
    )
    found = []
    for row in work.connection.execute(query):
        ticket = Ticket(row.channel, row.update_id)
        payload = work.vault.open(_place(ticket), row.payload_cipher)
        found.append(Waiting(row.id, ticket, payload, row.attempts, row.received_at))
    if found:
        counted = update(inbox).where(inbox.c.id == bindparam("row_id"))
        work.connection.execute(
            counted.values(attempts=inbox.c.attempts + 1), [{"row_id": each.id} for each in found]
        )
    return found


def count_stuck(connection: Connection, tries: int) -> int:
    """Return how many updates were tried `tries` times and still wait: staff must look."""
    query = select(inbox.c.id).where(inbox.c.handled_at.is_(None), inbox.c.attempts >= tries)
    return len(connection.execute(query).all())


@dataclass(frozen=True, slots=True)
class GivenUp:
    """An update that was tried so often that it is not tried any more, and that nobody rescued."""

    id: int
    ticket: Ticket


def given_up(connection: Connection, most: int, tries: int) -> list[GivenUp]:
    """Return the oldest updates that were tried `tries` times and that nobody rescued yet."""
    query = (
        select(inbox.c.id, inbox.c.channel, inbox.c.update_id)
        .where(inbox.c.handled_at.is_(None), inbox.c.attempts == tries)
        .order_by(inbox.c.id)
        .limit(most)
    )
    return [
        GivenUp(row.id, Ticket(row.channel, row.update_id)) for row in connection.execute(query)
    ]


def begin_rescue(work: Casework, found: GivenUp, tries: int) -> bool:
    """Say that what can be made of this one is made now; False where somebody did, or is at it."""
    counted = (
        update(inbox)
        .where(inbox.c.id == found.id, inbox.c.handled_at.is_(None), inbox.c.attempts == tries)
        .values(attempts=tries + 1)
    )
    return work.connection.execute(counted).rowcount == 1


def payload_of(work: Casework, found: GivenUp) -> bytes:
    """Return the raw bytes of an update that waits."""
    query = select(inbox.c.payload_cipher).where(inbox.c.id == found.id)
    return work.vault.open(_place(found.ticket), work.connection.execute(query).scalar_one())


def finish_rescue(work: Casework, found: GivenUp, now: datetime) -> None:
    """Say that the words of this one wait for a person: its bytes are not needed any more."""
    done = update(inbox).where(inbox.c.id == found.id)
    work.connection.execute(done.values(handled_at=now, payload_cipher=None))


def forget_handled(connection: Connection, now: datetime) -> int:
    """Drop the numbers of updates handled long ago; return how many."""
    long_ago = now - REMEMBERED
    gone = delete(inbox).where(inbox.c.id < number_at(long_ago), inbox.c.handled_at < long_ago)
    return connection.execute(gone).rowcount


def _place(ticket: Ticket) -> Place:
    return Place("inbox", "payload_cipher", f"{ticket.channel}:{ticket.update_id}")
