"""Which keys this database is locked with, and which keys each running program knows: names only.

It never holds a key: the name of a key stands in front of every ciphertext anyway.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Table, delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.sealed import SEALED
from storage.tables import marks, participants
from storage.vault import HEAD_BYTES, Vault

NEWEST: Final = "key-newest"
TURNED: Final = "keys-turned"
PROGRAM: Final = "keys-of "

HEARD_OF: Final = timedelta(seconds=45)
"""How long a program counts as running after it was last heard of; it says so every 15 seconds."""


@dataclass(frozen=True, slots=True)
class Knows:
    """The names of the keys that a running program knows, newest first, and when it said so."""

    program: str
    at: datetime
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turned:
    """The last rotation that came to its end: to which key, and when it began."""

    key: str
    since: datetime


def newest(connection: Connection) -> str | None:
    """Return the name of the key that new rows are sealed with, or None where nobody said."""
    return _read(connection, NEWEST)


def set_newest(connection: Connection, key: str) -> None:
    """Remember with which key new rows are sealed."""
    _put(connection, NEWEST, key)


def turned(connection: Connection) -> Turned | None:
    """Return the last rotation that came to its end."""
    written = _read(connection, TURNED)
    if written is None:
        return None
    key, _, since = written.partition(" ")
    return Turned(key, datetime.fromisoformat(since))


def set_turned(connection: Connection, done: Turned) -> None:
    """Remember that everything is sealed with one key."""
    _put(connection, TURNED, f"{done.key} {done.since.isoformat()}")


def say(connection: Connection, knows: Knows) -> None:
    """Remember which keys a program knows, and forget programs that are long gone."""
    written = json.dumps({"at": knows.at.isoformat(), "keys": knows.keys})
    _put(connection, f"{PROGRAM}{knows.program}", written)
    for each in _programs(connection):
        if knows.at - each.at > HEARD_OF:
            gone = delete(marks).where(marks.c.name == f"{PROGRAM}{each.program}")
            connection.execute(gone)


def running(connection: Connection, now: datetime) -> list[Knows]:
    """Return every program that runs on this database, as far as anybody knows."""
    return [each for each in _programs(connection) if now - each.at <= HEARD_OF]


def is_locked_with_others(connection: Connection, vault: Vault) -> bool:
    """Whether this database was locked with keys of which the vault knows none of the newest.

    Told by the mark, or, in a database from before there was one, by what is sealed.
    """
    name = newest(connection)
    if name is not None:
        return name not in vault.key_names
    query = select(participants.c.wrapped_key).order_by(participants.c.made_at.desc()).limit(1)
    wrapped = connection.execute(query).scalar()
    return wrapped is not None and bytes(wrapped[:HEAD_BYTES]) not in vault.heads


def holds_anything(connection: Connection) -> bool:
    """Whether anything is stored that a new key could not open."""
    if newest(connection) is not None:
        return True
    holding: set[Table] = {each.table for each in SEALED}
    return any(connection.execute(select(exists().select_from(each))).scalar() for each in holding)


def _programs(connection: Connection) -> list[Knows]:
    query = select(marks).where(marks.c.name.startswith(PROGRAM)).order_by(marks.c.name)
    found = []
    for row in connection.execute(query):
        written = json.loads(row.value)
        at = datetime.fromisoformat(written["at"])
        found.append(Knows(row.name.removeprefix(PROGRAM), at, tuple(written["keys"])))
    return found


def _read(connection: Connection, name: str) -> str | None:
    query = select(marks.c.value).where(marks.c.name == name)
    return connection.execute(query).scalar_one_or_none()


def _put(connection: Connection, name: str, value: str) -> None:
    build = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = build(marks).values(name=name, value=value)
    connection.execute(
        statement.on_conflict_do_update(index_elements=[marks.c.name], set_={"value": value})
    )
