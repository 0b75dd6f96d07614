"""Single facts about this database: which one it is, and until when it was in use.

It must not hold anything about people. Which one it is follows from the key of its audit, which is
locked with a key outside: nobody who only writes here can give it another name of their choice.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage import chain
from storage.casework import Casework
from storage.tables import audit as audit_rows
from storage.tables import inbox, marks, outbox, transcripts

_IDENTITY: Final = b"starling database 1"
_NAME_BYTES: Final = 16
_ALIVE: Final = "alive-at"


def identity(work: Casework) -> str:
    """Return the name of this database; a copy of it carries the same. Raises VaultFault."""
    return _name(chain.hold_key(work.connection, work.vault))


def known_identity(work: Casework) -> str | None:
    """Return that name, or None where it has none yet: for transactions that only read."""
    key, _ = chain.read(work.connection, work.vault)
    return None if key is None else _name(key)


def alive_at(connection: Connection) -> datetime | None:
    """Return the last moment at which a program said that it uses this database, or None."""
    found = _read(connection, _ALIVE)
    return None if found is None else datetime.fromisoformat(found)


def note_alive(connection: Connection, now: datetime) -> None:
    """Write down that this database is in use at `now` (aware UTC); it never goes back."""
    _insert(connection, _ALIVE, now.isoformat())
    later = marks.c.value < now.isoformat()
    connection.execute(
        update(marks).where(marks.c.name == _ALIVE, later).values(value=now.isoformat())
    )


def highest_number(connection: Connection) -> int:
    """Return the highest number that a row of this database has, 0 where there is none."""
    numbered = (outbox, transcripts, inbox, audit_rows)
    highest = [connection.execute(select(func.max(table.c.id))).scalar() for table in numbered]
    return max((number for number in highest if number is not None), default=0)


def _name(key: bytes) -> str:
    return hmac.digest(key, _IDENTITY, "sha256")[:_NAME_BYTES].hex()


def _read(connection: Connection, name: str) -> str | None:
    query = select(marks.c.value).where(marks.c.name == name)
    return connection.execute(query).scalar_one_or_none()


def _insert(connection: Connection, name: str, value: str) -> None:
    """Write a mark where there is none yet, also when two processes do so at once."""
    build = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = build(marks).values(name=name, value=value).on_conflict_do_nothing()
    connection.execute(statement)
