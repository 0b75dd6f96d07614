"""Databases to measure in, made for one measurement and taken away after it, whatever happens.

It must not touch a database that somebody else made: of an address it uses the server only.
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

from starling.bench.floor import Keep, keep_in_postgresql, keep_in_sqlite
from starling.settings import SettingsRefused

_SCHEMES: Final = ("postgresql", "postgresql+psycopg")
_NEEDS_SERVER: Final = (
    "--database-url takes the address of a PostgreSQL server, such as "
    "postgresql://user@host:5432/postgres: a database is made on it and taken away again."
)
_NEEDS_DRIVER: Final = (
    "Measuring on PostgreSQL needs asyncpg for the floor: pip install asyncpg, and try again."
)


@dataclass(frozen=True, slots=True)
class Grounds:
    """Where is measured: the kind, the address of an empty database, and the floor's own store."""

    kind: str
    url: str
    floor: AbstractAsyncContextManager[Keep]


@dataclass(frozen=True, slots=True)
class Database:
    """An empty database: the address for Starling, and the one for a bare driver (or the file)."""

    kind: str
    url: str
    plain: str


@asynccontextmanager
async def open_grounds(server: str | None) -> AsyncIterator[Grounds]:
    """Make a new SQLite file, or a new database on a PostgreSQL server; remove it after the block.

    Raises SettingsRefused for any other address, and where the driver for the floor is missing.
    """
    async with open_database(server) as database:
        if server is None:
            floor = keep_in_sqlite(Path(database.plain).with_name("floor.db"))
        else:
            floor = keep_in_postgresql(database.plain)
        yield Grounds(database.kind, database.url, floor)


@asynccontextmanager
async def open_database(server: str | None) -> AsyncIterator[Database]:
    """Make a new SQLite file, or a new database on a server; remove it after the block."""
    if server is None:
        with tempfile.TemporaryDirectory(prefix="starling-bench-") as folder:
            file = str(Path(folder) / "starling.db")
            yield Database("sqlite", f"sqlite:///{file}", file)
        return
    parts = urlsplit(server)
    if parts.scheme not in _SCHEMES:
        raise SettingsRefused((_NEEDS_SERVER,))
    try:
        import asyncpg  # noqa: PLC0415 - only measurements on PostgreSQL need this driver
    except ImportError:
        raise SettingsRefused((_NEEDS_DRIVER,)) from None
    name = f"starling_bench_{secrets.token_hex(6)}"
    connection = await asyncpg.connect(_plain(parts))
    try:
        await connection.execute(f"create database {name}")
        there = parts._replace(path=f"/{name}")
        yield Database("postgresql", _plain(there, "postgresql+psycopg"), _plain(there))
    finally:
        await connection.execute(f"drop database if exists {name} with (force)")
        await connection.close()


def _plain(parts: SplitResult, scheme: str = "postgresql") -> str:
    return parts._replace(scheme=scheme).geturl()
