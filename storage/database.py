"""Opens the database that an address names, brings its tables up to date, and guards its file.

It knows no table. Engines for writing and for reading are kept apart, so that reports never make
an answer wait.
"""

from __future__ import annotations

import fcntl
import os
import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, inspect, make_url, text
from sqlalchemy.dialects import registry
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from storage.errors import DatabaseAway, DatabaseRefused, StorageFault
from storage.troubles import Trouble, weigh

T = TypeVar("T")

registry.register("sqlite.starling", "storage.sqlite", "EmbeddedDialect")
registry.register("postgresql.starling", "storage.postgresql", "ServerDialect")

PATIENCE: Final = 5.0
"""Seconds that a statement of the running service may take, or wait for somebody else's."""

LONG_PATIENCE: Final = 600.0
"""The same for migrations and for commands that somebody started and watches."""

NOTICED_AT_ONCE: Final = 1.0
"""Seconds within which a connection turns out to have died while nobody used it; where it takes
longer the server is silent, and a new connection would be, too."""

_IN_MEMORY: Final = "file:starling-in-memory?mode=memory&cache=shared"

READERS: Final = 4
"""How many connections read at the same time."""


def open_engine(url: str, *, patience: float = PATIENCE) -> Engine:
    """Return the engine for transactions that write; connections are made when they are needed.

    url: sqlite:///file, or postgresql+psycopg://user:password@host:port/name. patience: seconds,
    as above. Raises DatabaseRefused for any other address, and, when it first connects, where
    SQLite cannot keep what was confirmed.
    """
    return _open(url, writes=True, patience=patience)


def open_reader(url: str, *, patience: float = PATIENCE) -> Engine:
    """Return the engine for transactions that only read; the database itself refuses a write.

    On SQLite its transactions see one moment and take no lock. Raises like `open_engine`.
    """
    return _open(url, writes=False, patience=patience)


def is_reachable(engine: Engine) -> bool:
    """Whether the database answers now."""
    try:
        look(engine, lambda connection: connection.execute(text("select 1")).all())
    except (SQLAlchemyError, StorageFault):
        return False
    return True


def run_once(url: str, work: Callable[[Connection], T]) -> T:
    """Run work that may write in one transaction, without an event loop: for the command line.

    Returns what it returned, after the commit. Raises what it raised, with nothing stored, and
    DatabaseAway.
    """
    return _once(open_engine(url, patience=LONG_PATIENCE), transact, work)


def read_once(url: str, work: Callable[[Connection], T]) -> T:
    """Run work that only reads in one transaction, without an event loop. Raises DatabaseAway."""
    return _once(open_reader(url, patience=LONG_PATIENCE), look, work)


def run_in_memory(work: Callable[[Connection], T]) -> T:
    """Run work on new tables in memory that are gone afterwards, however this process ends.

    No file is made, nor a temporary one. Returns what it returned. Raises what it raised.
    """
    from storage.migrations.upgrade import upgrade  # noqa: PLC0415 (as in `migrate`)

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(_IN_MEMORY, uri=True)

    engine = create_engine(
        "sqlite+starling://", hide_parameters=True, creator=connect, poolclass=NullPool, lasts=False
    )
    with closing(connect()):  # as long as one connection is open, all see the same database
        upgrade(engine)
        return transact(engine, work)


def transact(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Run work in one transaction; return what it returned, after the commit.

    Raises what work raised, with nothing stored, or DatabaseAway.
    """
    try:
        with engine.begin() as connection:
            return work(connection)
    except SQLAlchemyError as error:
        if weigh(error) is Trouble.OWN:
            raise
        raise DatabaseAway from error


def look(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Run work that only reads in one transaction; raises what work raised, or DatabaseAway.

    Where the connection turns out to have died while nobody used it, work is run on a new one.
    """
    began = time.monotonic()
    try:
        with engine.begin() as connection:
            return work(connection)
    except SQLAlchemyError as error:
        if weigh(error) in {Trouble.OWN, Trouble.UNWRITABLE}:
            raise
        gone = isinstance(error, DBAPIError) and error.connection_invalidated
        if not gone or time.monotonic() - began > NOTICED_AT_ONCE:
            raise DatabaseAway from error
    return transact(engine, work)


def newest_revision() -> str:
    """Return the revision that this version of Starling works with.

    Told from the names of the migration files (0001_what.py), as importing alembic to ask for it
    takes longer than everything else that a start does with the database.
    """
    names = (file.name for file in files("storage.migrations.versions").iterdir())
    return max(name[:4] for name in names if re.fullmatch(r"\d{4}_\w+\.py", name))


def current_revision(url: str) -> str | None:
    """Return the revision of the stored tables, or None where there are none (or no file).

    Raises DatabaseAway.
    """
    path = _file_of(make_url(url))
    if path is not None and not path.exists():
        return None
    return read_once(url, _stored_revision)


def migrate(url: str) -> None:
    """Bring the tables up to date, in one transaction; processes that start together take turns.

    Makes a SQLite file that is not there, readable by its owner only. Raises DatabaseAway, and
    DatabaseRefused where the tables belong to a newer version than this.
    """
    path = _file_of(make_url(url))
    if path is not None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    stored, newest = current_revision(url), newest_revision()
    if stored == newest:
        return
    if stored is not None and stored > newest:
        msg = (
            f"the tables are of revision {stored} and this version of Starling knows {newest}: "
            "install the newer version, or restore the backup from before the update"
        )
        raise DatabaseRefused(msg)
    # Alembic takes half a second to import, and at most starts there is nothing to do.
    from storage.migrations.upgrade import upgrade  # noqa: PLC0415

    engine = open_engine(url, patience=LONG_PATIENCE)
    try:
        upgrade(engine)
    except SQLAlchemyError as error:
        if weigh(error) is Trouble.OWN:
            raise
        raise DatabaseAway from error
    finally:
        engine.dispose()


class SoleOwner:
    """The right to serve one SQLite file: the second Starling on the same file is refused.

    A lock of the operating system on a file beside it, so that it ends with the process, however
    that ends. Commands that write once do not need it: SQLite lets them take turns.
    """

    def __init__(self, path: Path) -> None:
        """Name the SQLite file; two names of one file are one file."""
        self._path = path.resolve()
        self._handle: int | None = None

    def take(self) -> None:
        """Take the right, or raise DatabaseRefused with whom it belongs to."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = self._path.with_name(f"{self._path.name}.owner")
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(handle, 20).decode(errors="replace").strip()
            os.close(handle)
            msg = (
                f"another Starling (process {owner or 'unknown'}) is using {self._path}: stop it "
                "first, or set STARLING_DATABASE_URL to a PostgreSQL database, which many can share"
            )
            raise DatabaseRefused(msg) from None
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        self._handle = handle

    def release(self) -> None:
        """Give the right back; does nothing where it was not taken."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> Self:
        """Take the right."""
        self.take()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give it back."""
        self.release()


def sqlite_file(url: str) -> Path | None:
    """Return the file of a SQLite address, or None for a server: who has a file has a SoleOwner."""
    return _file_of(make_url(url))


def _open(url: str, *, writes: bool, patience: float) -> Engine:
    address = _address(url)
    pool = 1 if writes else READERS
    return create_engine(
        address,
        hide_parameters=True,
        pool_size=pool,
        max_overflow=pool,
        pool_timeout=patience,
        writes=writes,
        patience=patience,
    )


def _address(url: str) -> URL:
    """Return the address with our own dialects in it."""
    try:
        address = make_url(url)
    except ArgumentError:
        address = None
    kind = address.get_backend_name() if address is not None else ""
    if address is None or kind not in {"sqlite", "postgresql"} or not address.database:
        msg = "not a database address: write sqlite:///file or postgresql+psycopg://host/name"
        raise DatabaseRefused(msg) from None
    if address.database == ":memory:":
        msg = "a database in memory keeps nothing: write sqlite:/// and the name of a file"
        raise DatabaseRefused(msg)
    return address.set(drivername=f"{kind}+starling")


def _file_of(address: URL) -> Path | None:
    if address.get_backend_name() != "sqlite" or not address.database:
        return None
    return Path(address.database)


def _once(
    engine: Engine,
    how: Callable[[Engine, Callable[[Connection], T]], T],
    work: Callable[[Connection], T],
) -> T:
    try:
        return how(engine, work)
    finally:
        engine.dispose()


def _stored_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("select version_num from alembic_version")).scalar()
    return found
