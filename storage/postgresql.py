"""How Starling speaks to PostgreSQL: bounded waits and errors that quote nobody; it stores nothing.

It is loaded only where PostgreSQL is used, as its driver takes a tenth of a second to import.
"""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from sqlalchemy import URL
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

_CONNECT_SECONDS: Final = 3
_GRACE: Final = 1.0
_RUNNING: Final = 30.0
_NAME: Final = "starling"
_WATCHED: Final = "starling, watched"
"""Sessions of what somebody started and watches, such as a migration: they may take their time, and
`storage.hanging` leaves them alone."""
_BY_INDEX: Final = {"enable_seqscan": "off", "jit": "off"}
"""A server keeps the plan that it made for a statement while a table was nearly empty, and then
reads a whole table for fifty people until its statistics are made anew. What a writer looks for has
an index; where something has none the whole table is read all the same, compiling nothing."""

_TELLS_NO_VALUES: Final = frozenset({"08", "25", "28", "3D", "40", "42", "53", "55", "57", "58"})


class PatientConnection(psycopg.Connection[Any]):
    """A PostgreSQL connection that waits for a while and that repeats nobody's words.

    `statement_timeout` is kept by the server, and a server that is frozen or cut off keeps none.
    What the server says about an error may quote whole rows ("Failing row contains...").
    """

    patience = 5.0

    def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for an answer, at most `patience` seconds; then the connection is closed.

        An error that the server itself told, which has a code, ends nothing but its statement: also
        among many that were sent together, while the others are still under way.
        """
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.Error as error:
            busy = self.pgconn.transaction_status == TransactionStatus.ACTIVE
            if timeout is None and error.sqlstate is None and busy:
                self.pgconn.finish()
            error.args = (_without_values(error),)
            raise


class ServerDialect(PGDialect_psycopg):
    """SQLAlchemy's dialect over connections that are durable, bounded in time and named."""

    supports_statement_cache = True

    def __init__(
        self,
        writes: bool = True,  # noqa: FBT001, FBT002 - create_engine passes only what is not keyword-only
        patience: float = 5.0,
        **options: Any,
    ) -> None:
        """writes: whether transactions may write; patience: seconds that a statement may take."""
        # SQLAlchemy's PostgreSQL dialects carry no types.
        super().__init__(use_native_hstore=False, **options)  # type: ignore[no-untyped-call]
        self._patience = patience
        limit = int(patience * 1000)
        session = {
            "synchronous_commit": "on",
            "default_transaction_read_only": "off" if writes else "on",
            "statement_timeout": limit,
            "lock_timeout": limit // 2,
            "idle_in_transaction_session_timeout": limit * 6,
            "timezone": "UTC",
        }
        if writes:
            session |= _BY_INDEX
        self._session = " ".join(f"-c {name}={value}" for name, value in session.items())

    def create_connect_args(self, url: URL) -> Any:
        """Add our limits to what the address says; the address has the last word."""
        # As above: without types.
        positional, named = super().create_connect_args(url)  # type: ignore[no-untyped-call]
        named.setdefault("application_name", _NAME if self._patience <= _RUNNING else _WATCHED)
        named.setdefault("connect_timeout", _CONNECT_SECONDS)
        named["options"] = f"{self._session} {named.get('options', '')}".strip()
        return positional, named

    def connect(self, *positional: Any, **named: Any) -> Any:
        """Open a connection; the server ends a slow statement a little before we stop waiting."""
        connection = PatientConnection.connect(*positional, **named)
        connection.patience = self._patience + _GRACE
        return connection


def _without_values(error: psycopg.Error) -> str:
    """Return what may be said about an error: some kinds of message quote what people wrote."""
    state = error.sqlstate
    if state is None or state[:2] in _TELLS_NO_VALUES:
        return str(error).partition("\n")[0]
    return f"{state} {error.diag.table_name or ''} {error.diag.constraint_name or ''}".rstrip()
