"""How Starling speaks to SQLite: durable connections and honest transactions; it stores nothing.

SQLAlchemy's own dialect with one habit changed. It is changed here and not with engine events, as
every statement costs 10 to 30 microseconds more on an engine that has events.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from storage.errors import DatabaseRefused

_OLDEST: Final = (3, 35, 0)  # the first with RETURNING
_FULL: Final = 2
_IN_MEMORY: Final = 2
_LOG_PAGES: Final = 4000
"""Pages of 4 kB after which the log is carried over into the file: the same few pages are written
with every answer, so that a longer log (16 MB) means less to carry over."""


class EmbeddedDialect(SQLiteDialect_pysqlite):
    """SQLite with transactions that begin when we say so: the driver's own begin too late.

    A transaction that reads first and writes later must own the write lock from its first
    statement on; otherwise two of them read the same value and one of the changes is lost.
    """

    supports_statement_cache = True

    def __init__(
        self,
        writes: bool = True,  # noqa: FBT001, FBT002 - create_engine passes only what is not keyword-only
        patience: float = 5.0,
        lasts: bool = True,  # noqa: FBT001, FBT002 - as above
        **options: Any,
    ) -> None:
        """Take how long to wait and what is allowed.

        writes: whether transactions may write; patience: seconds to wait for another's lock.
        lasts: False for a database in memory, of which not even a temporary file may be made.
        """
        super().__init__(**options)
        self._begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
        self._wanted: dict[str, int | str] = {
            "busy_timeout": int(patience * 1000),
            "journal_mode": "wal",
            "synchronous": _FULL,
            "wal_autocheckpoint": _LOG_PAGES,
            "foreign_keys": 1,
            "secure_delete": 1,  # what somebody asked us to forget must not stand in a free page
            "query_only": int(not writes),
        }
        if not lasts:
            self._wanted |= {"journal_mode": "memory", "temp_store": _IN_MEMORY}

    def do_begin(self, dbapi_connection: Any) -> None:
        """Open the transaction, and for a writer take the write lock."""
        dbapi_connection.driver_connection.execute(self._begin)

    def on_connect(self) -> Callable[[Any], None]:
        """Return what makes a new connection durable; DatabaseRefused where it cannot be."""
        if sqlite3.sqlite_version_info < _OLDEST:
            msg = (
                f"SQLite {sqlite3.sqlite_version} is too old: use a Python that carries "
                "SQLite 3.35 or newer, or a PostgreSQL database"
            )
            raise DatabaseRefused(msg)
        return self._make_durable

    def _make_durable(self, connection: Any) -> None:
        connection.isolation_level = None
        for name, wanted in self._wanted.items():
            connection.execute(f"PRAGMA {name}={wanted}").fetchall()
            found = connection.execute(f"PRAGMA {name}").fetchone()
            if found != (wanted,):
                msg = (
                    f"SQLite keeps {name} at {found and found[0]} instead of {wanted}, so answers "
                    "could be lost: put the file on a local disk of this machine"
                )
                raise DatabaseRefused(msg)
