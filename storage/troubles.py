"""Says what an error of the database means for those who wait; it must not repeat its text."""

from __future__ import annotations

import sqlite3
from enum import Enum, auto
from typing import Final

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class Trouble(Enum):
    """What to do about an error."""

    AWAY = auto()
    """The database cannot be reached or cannot store now: whoever waits should try again."""
    UNWRITABLE = auto()
    """It can be read and not written: a stand-by, a disk that turned read-only, or a reader."""
    CONFLICT = auto()
    """Two transactions were in each other's way and this one lost: run it again at once."""
    HELD_UP = auto()
    """One statement took too long or waited too long for a lock: only its own caller is told."""
    OWN = auto()
    """Something is wrong with what was asked for: running it again would not help."""


_CONFLICTS: Final = frozenset({"40001", "40P01"})
_HELD_UP: Final = frozenset({"55P03", "57014"})
_AWAY_CLASSES: Final = frozenset({"08", "53", "57", "58"})
_READ_ONLY: Final = "25006"
_TAKEN: Final = "23505"
"""PostgreSQL error codes, from appendix A of its documentation."""

_AWAY_SQLITE: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)
_PRIMARY: Final = 0xFF
_TAKEN_SQLITE: Final = frozenset(
    {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
)


def weigh(error: BaseException) -> Trouble:
    """Return what an error means; anything that is not the database's is OWN."""
    if isinstance(error, PoolTimeout):
        return Trouble.AWAY
    if not isinstance(error, DBAPIError):
        return Trouble.OWN
    if error.connection_invalidated:
        return Trouble.AWAY
    if isinstance(error.orig, sqlite3.Error):
        return _weigh_embedded(error.orig)
    return _weigh_server(error)


def says_taken(error: IntegrityError) -> bool:
    """Whether a row could not be added because there is one with the same key."""
    if isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorcode in _TAKEN_SQLITE
    return getattr(error.orig, "sqlstate", None) == _TAKEN


def _weigh_embedded(error: sqlite3.Error) -> Trouble:
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    if code == sqlite3.SQLITE_READONLY:
        return Trouble.UNWRITABLE
    return Trouble.AWAY if code in _AWAY_SQLITE else Trouble.OWN


def _weigh_server(error: DBAPIError) -> Trouble:
    state: str | None = getattr(error.orig, "sqlstate", None)
    if state is None:
        return Trouble.AWAY if isinstance(error, OperationalError) else Trouble.OWN
    if state in _CONFLICTS:
        return Trouble.CONFLICT
    if state in _HELD_UP:
        return Trouble.HELD_UP
    if state == _READ_ONLY:
        return Trouble.UNWRITABLE
    return Trouble.AWAY if state[:2] in _AWAY_CLASSES else Trouble.OWN
