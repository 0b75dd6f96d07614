"""Brings stored tables up to the newest revision with alembic; it decides no table's shape.

Only `storage.database.migrate` imports it, and only when there is something to do: alembic takes
half a second to import.
"""

from __future__ import annotations

from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from storage.errors import StorageFault
from storage.pairs import catch_up

_LOCK: Final = 7_220_417_315
"""The lock that migrating processes take in turn on PostgreSQL; any number that is ours."""


class LooseEnds(StorageFault):
    """After the migration a row would point to one that is not there; nothing was changed."""


def configuration() -> Config:
    """Return the settings of alembic, which name the migrations by package and not by path."""
    settings = Config()
    settings.set_main_option("script_location", "storage:migrations")
    return settings


def upgrade(engine: Engine) -> None:
    """Apply what is missing in one transaction, or nothing; processes take turns.

    On SQLite the write lock makes them wait. Foreign keys are off meanwhile, as a table that is
    changed there is dropped and made again, and checked before the commit. What is kept beside
    answers is worked out where there are answers from before it was kept.
    """
    with engine.connect() as connection:
        embedded = connection.dialect.name == "sqlite"
        if embedded:  # has no effect within a transaction, so it comes before
            _driver_execute(connection, "PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                if not embedded:
                    connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                settings = configuration()
                settings.attributes["connection"] = connection
                command.upgrade(settings, "head")
                catch_up(connection)
                if embedded and connection.execute(text("PRAGMA foreign_key_check")).first():
                    raise LooseEnds
        finally:
            connection.invalidate()


def _driver_execute(connection: Connection, statement: str) -> None:
    """Run a statement outside of any transaction."""
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(statement)
