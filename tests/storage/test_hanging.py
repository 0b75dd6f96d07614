"""What a program that hangs holds is given back to the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.database import LONG_PATIENCE, open_engine, run_once
from storage.hanging import end_hanging


@contextmanager
def program_that_hangs(url: str, name: str = "starling") -> Iterator[psycopg.Connection]:
    """One that has begun a transaction and never goes on."""
    plain = url.replace("+psycopg", "")
    with psycopg.connect(plain, application_name=name) as connection:
        connection.execute("select 1")
        yield connection
        connection.close()


def is_alive(connection: psycopg.Connection) -> bool:
    try:
        connection.execute("select 1")
    except psycopg.OperationalError:
        return False
    return True


@pytest.mark.postgres
def test_a_program_that_hangs_loses_its_claim(postgres_url: str) -> None:
    with program_that_hangs(postgres_url) as hanging:
        assert run_once(postgres_url, lambda connection: end_hanging(connection, 0.0)) == 1
        assert not is_alive(hanging)


@pytest.mark.postgres
def test_a_program_that_only_thinks_for_a_moment_is_left_alone(postgres_url: str) -> None:
    with program_that_hangs(postgres_url) as thinking:
        assert run_once(postgres_url, end_hanging) == 0
        assert is_alive(thinking)


@pytest.mark.postgres
def test_nobody_elses_transaction_is_ended(postgres_url: str) -> None:
    with program_that_hangs(postgres_url, "somebody else") as other:
        assert run_once(postgres_url, lambda connection: end_hanging(connection, 0.0)) == 0
        assert is_alive(other)


@pytest.mark.postgres
def test_what_somebody_watches_may_take_its_time(postgres_url: str) -> None:
    engine = open_engine(postgres_url, patience=LONG_PATIENCE)
    with engine.begin() as watched:
        watched.execute(text("select 1"))
        assert run_once(postgres_url, lambda connection: end_hanging(connection, 0.0)) == 0
        assert watched.execute(text("select 1")).scalar_one() == 1
    engine.dispose()


@pytest.mark.postgres
def test_a_running_program_goes_by_the_name_that_is_looked_for(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    with engine.connect() as hanging:
        hanging.execute(text("select 1"))
        assert run_once(postgres_url, lambda connection: end_hanging(connection, 0.0)) == 1
        with pytest.raises(DBAPIError):
            hanging.execute(text("select 1"))
    engine.dispose()


def test_on_sqlite_there_is_nobody_to_end(sqlite_url: str) -> None:
    assert run_once(sqlite_url, end_hanging) == 0
