"""An address becomes a database that keeps what it confirmed, or is refused with a remedy."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    cast,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from storage import sqlite
from storage.database import (
    SoleOwner,
    current_revision,
    is_reachable,
    open_engine,
    open_reader,
    read_once,
    run_once,
    sqlite_file,
)
from storage.errors import DatabaseAway, DatabaseRefused
from tests.support.canary import CANARY_SENTENCE
from tests.support.postgres import Server

PROJECT = Path(__file__).parents[2]


counters = Table(
    "counters", MetaData(), Column("name", Text, primary_key=True), Column("value", Integer)
)


def make_counter(connection: Connection) -> None:
    counters.create(connection)
    connection.execute(insert(counters).values(name="one", value=0))


@pytest.fixture
def url(empty_database_url: str) -> str:
    """The address of a database with one counter at zero, on each kind in turn."""
    run_once(empty_database_url, make_counter)
    return empty_database_url


def count_up(connection: Connection) -> None:
    found = connection.execute(select(counters.c.value).with_for_update()).scalar_one()
    connection.execute(update(counters).values(value=found + 1))


def counted(connection: Connection) -> int:
    return int(connection.execute(select(counters.c.value)).scalar_one())


def test_eight_who_read_and_then_write_at_once_count_to_eight(url: str) -> None:
    threads = [threading.Thread(target=run_once, args=(url, count_up)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read_once(url, counted) == 8


def test_work_that_fails_leaves_nothing_behind(url: str) -> None:
    def fail(connection: Connection) -> None:
        count_up(connection)
        raise LookupError

    with pytest.raises(LookupError):
        run_once(url, fail)
    assert read_once(url, counted) == 0


def test_a_reader_cannot_write(url: str) -> None:
    with pytest.raises(SQLAlchemyError):
        read_once(url, count_up)
    assert read_once(url, counted) == 0


def test_a_reader_sees_one_moment_while_somebody_writes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    run_once(url, make_counter)

    def look_twice(connection: Connection) -> tuple[int, int]:
        before = counted(connection)
        run_once(url, count_up)
        return before, counted(connection)

    assert read_once(url, look_twice) == (0, 0)
    assert read_once(url, counted) == 1


@pytest.mark.parametrize("opened", [open_engine, open_reader])
def test_sqlite_is_set_to_keep_what_it_confirmed(
    tmp_path: Path, opened: Callable[[str], Engine]
) -> None:
    engine = opened(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"pragma {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }


def test_a_sqlite_that_will_not_keep_a_setting_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown setting is answered with nothing, as a build without WAL would answer."""
    monkeypatch.setattr(sqlite, "_FULL", 7)
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with pytest.raises(DatabaseRefused, match=r"synchronous .* local disk"), engine.connect():
        pass
    engine.dispose()


def test_a_sqlite_that_is_too_old_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(DatabaseRefused, match=r"3\.35"):
        open_engine(f"sqlite:///{tmp_path / 'a.db'}")


@pytest.mark.postgres
def test_postgresql_is_set_to_keep_what_it_confirmed_and_to_give_up(postgres_url: str) -> None:
    engine = open_engine(postgres_url, patience=2.0)
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"show {name}").scalar_one()
            for name in (
                "synchronous_commit",
                "statement_timeout",
                "lock_timeout",
                "application_name",
            )
        }
    engine.dispose()
    assert found == {
        "synchronous_commit": "on",
        "statement_timeout": "2s",
        "lock_timeout": "1s",
        "application_name": "starling",
    }


@pytest.mark.postgres
def test_a_writer_looks_things_up_even_in_a_table_that_was_nearly_empty(postgres_url: str) -> None:
    """The plan of a statement outlives the size of its table."""
    run_once(postgres_url, make_counter)
    engine = open_engine(postgres_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("analyze counters")
        lookup = "explain select value from counters where name = 'one'"
        plan = connection.exec_driver_sql(lookup).scalars().all()
    engine.dispose()
    assert "Index Scan" in plan[0]


@pytest.mark.postgres
def test_what_the_address_says_has_the_last_word(postgres_url: str) -> None:
    engine = open_engine(f"{postgres_url}&application_name=second&options=-c lock_timeout=7s")
    with engine.connect() as connection:
        found = [
            connection.exec_driver_sql(f"show {name}").scalar_one()
            for name in ("application_name", "lock_timeout", "synchronous_commit")
        ]
    engine.dispose()
    assert found == ["second", "7s", "on"]


def test_an_error_repeats_nothing_that_somebody_wrote(url: str) -> None:
    """PostgreSQL quotes the whole row in its detail; SQLAlchemy would add the parameters."""

    def write_twice(connection: Connection) -> None:
        for _ in range(2):
            connection.execute(insert(counters).values(name=CANARY_SENTENCE, value=1))

    def write_a_word_as_a_number(connection: Connection) -> None:
        connection.execute(select(cast(bindparam("word", CANARY_SENTENCE, Text), Integer)))
        raise SQLAlchemyError  # for SQLite, which takes it for a nought

    with pytest.raises(IntegrityError) as twice:
        run_once(url, write_twice)
    assert "canary" not in f"{twice.value} {twice.value!r} {twice.value.orig}"
    with pytest.raises(SQLAlchemyError) as word:
        run_once(url, write_a_word_as_a_number)
    assert "canary" not in f"{word.value} {word.value!r} {word.value.__cause__}"


def test_a_database_that_answers_is_reachable(url: str) -> None:
    engine = open_engine(url)
    assert is_reachable(engine)
    engine.dispose()


def test_a_folder_that_is_missing_is_not_reachable(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'missing' / 'a.db'}")
    assert not is_reachable(engine)
    engine.dispose()


@pytest.mark.postgres
def test_a_server_is_reachable_again_after_a_restart(
    postgres_url: str, postgres_server: Server
) -> None:
    engine = open_reader(postgres_url)
    assert is_reachable(engine)
    postgres_server.stop()
    try:
        assert not is_reachable(engine)
    finally:
        postgres_server.start()
    assert is_reachable(engine)
    postgres_server.restart()
    assert is_reachable(engine)  # although the connection in the pool had died
    engine.dispose()


@pytest.mark.postgres
def test_a_server_that_is_away_is_told_as_away(postgres_server: Server, postgres_url: str) -> None:
    postgres_server.stop()
    try:
        for once in (run_once, read_once):
            with pytest.raises(DatabaseAway):
                once(postgres_url, counted)
    finally:
        postgres_server.start()


@pytest.mark.postgres
def test_a_server_that_falls_silent_is_given_up(postgres_server: Server, postgres_url: str) -> None:
    engine = open_reader(postgres_url, patience=0.2)
    assert is_reachable(engine)
    postgres_server.pause()
    try:
        assert not is_reachable(engine)
    finally:
        postgres_server.resume()
    assert is_reachable(engine)
    engine.dispose()


@pytest.mark.parametrize(
    "address",
    ["", "starling.db", "mysql://host/name", "sqlite://", "sqlite:///:memory:", "postgresql://"],
)
def test_an_address_that_names_no_database_is_refused_with_what_to_write(address: str) -> None:
    with pytest.raises(DatabaseRefused, match="write sqlite:///"):
        open_engine(address)


def test_asking_for_the_revision_makes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    assert current_revision(f"sqlite:///{path}") is None
    assert not path.exists()


def test_only_a_sqlite_address_names_a_file(tmp_path: Path) -> None:
    assert sqlite_file(f"sqlite:///{tmp_path / 'a.db'}") == tmp_path / "a.db"
    assert sqlite_file("postgresql+psycopg://host/name") is None


def test_a_second_owner_of_one_file_is_refused_with_cause_and_remedy(tmp_path: Path) -> None:
    path = tmp_path / "starling.db"
    (tmp_path / "link.db").symlink_to(path)
    with SoleOwner(path):
        for name in (path, tmp_path / "link.db"):
            with pytest.raises(DatabaseRefused, match=r"process \d+.*stop it first"):
                SoleOwner(name).take()
        with SoleOwner(tmp_path / "another.db"):
            pass
    with SoleOwner(path):
        pass


def test_an_owner_that_is_killed_owns_nothing_any_more(tmp_path: Path) -> None:
    path = tmp_path / "starling.db"
    program = (
        "import sys, pathlib; from storage.database import SoleOwner; "
        "SoleOwner(pathlib.Path(sys.argv[1])).take(); print('mine', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, path],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as owner:
        assert owner.stdout
        assert owner.stdout.readline() == b"mine\n"
        with pytest.raises(DatabaseRefused, match=f"process {owner.pid}"):
            SoleOwner(path).take()
        owner.kill()
    with SoleOwner(path):
        pass
