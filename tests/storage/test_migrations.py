"""Every step of the schema goes up and down, and the last one is what the tables say."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from storage.database import (
    current_revision,
    migrate,
    newest_revision,
    open_engine,
    run_once,
)
from storage.errors import DatabaseAway, DatabaseRefused
from storage.migrations.upgrade import configuration
from storage.tables import metadata

PROJECT = Path(__file__).parents[2]
STEPS = ScriptDirectory.from_config(configuration())


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    """An engine on a database without any table."""
    engine = open_engine(empty_database_url)
    yield engine
    engine.dispose()


def move(engine: Engine, direction: str, revision: str) -> None:
    with engine.begin() as connection:
        settings = configuration()
        settings.attributes["connection"] = connection
        getattr(command, direction)(settings, revision)


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_every_step_goes_up_and_down_and_up_again(engine: Engine) -> None:
    for step in reversed(list(STEPS.walk_revisions())):
        move(engine, "upgrade", step.revision)
        before = tables(engine)
        move(engine, "downgrade", str(step.down_revision or "base"))
        assert tables(engine) <= before
        move(engine, "upgrade", step.revision)
        assert tables(engine) == before
    move(engine, "downgrade", "base")
    assert tables(engine) == {"alembic_version"}


def test_the_steps_make_exactly_the_tables_that_the_code_uses(
    engine: Engine, empty_database_url: str
) -> None:
    migrate(empty_database_url)
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_the_newest_step_is_told_from_the_file_names_alone() -> None:
    assert [newest_revision()] == STEPS.get_heads()
    for step in STEPS.walk_revisions():
        assert Path(step.path).name.startswith(f"{step.revision}_")


def test_a_migration_is_remembered(empty_database_url: str) -> None:
    assert current_revision(empty_database_url) is None
    migrate(empty_database_url)
    assert current_revision(empty_database_url) == newest_revision()
    migrate(empty_database_url)
    assert current_revision(empty_database_url) == newest_revision()


def test_a_start_with_nothing_to_migrate_does_not_load_alembic(database_url: str) -> None:
    program = (
        "import sys; from storage.database import migrate; "
        "migrate(sys.argv[1]); print('alembic' in sys.modules)"
    )
    assert run(program, database_url) == "False"


def test_processes_that_start_together_take_turns(empty_database_url: str) -> None:
    program = "import sys; from storage.database import migrate; migrate(sys.argv[1])"
    together = [
        subprocess.Popen(
            [sys.executable, "-c", program, empty_database_url], cwd=PROJECT, stderr=subprocess.PIPE
        )
        for _ in range(3)
    ]
    complaints = [each.communicate(timeout=60)[1].decode() for each in together]
    assert ([each.returncode for each in together], complaints) == ([0, 0, 0], ["", "", ""])
    assert current_revision(empty_database_url) == newest_revision()


def test_a_migration_that_fails_half_way_leaves_nothing_behind(
    engine: Engine, empty_database_url: str
) -> None:
    last = list(metadata.tables)[-1]
    with engine.begin() as connection:
        connection.execute(text(f"create table {last} (stranger integer)"))
    with pytest.raises(DBAPIError):
        migrate(empty_database_url)
    assert tables(engine) == {last}
    assert current_revision(empty_database_url) is None


def test_the_tables_of_a_newer_version_are_left_alone(database_url: str) -> None:
    run_once(
        database_url,
        lambda connection: connection.execute(
            text("update alembic_version set version_num = '9999'")
        ),
    )
    with pytest.raises(DatabaseRefused, match="install the newer version"):
        migrate(database_url)


def test_a_new_file_and_its_folder_are_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "starling.db"
    migrate(f"sqlite:///{path}")
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.postgres
def test_a_server_that_is_away_is_said_to_be_away(tmp_path: Path) -> None:
    with pytest.raises(DatabaseAway):
        migrate(f"postgresql+psycopg://starling@/nowhere?host={tmp_path}")


def test_no_step_imports_code_that_may_change() -> None:
    for step in STEPS.walk_revisions():
        body = ast.parse(Path(step.path).read_text(encoding="utf-8"))
        imported = {
            node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
            for node in ast.walk(body)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        assert imported <= {"__future__", "sqlalchemy", "alembic"}


def test_alembic_finds_its_way_without_a_path_of_this_machine(tmp_path: Path) -> None:
    settings = Config(PROJECT / "alembic.ini")
    assert ScriptDirectory.from_config(settings).get_heads() == STEPS.get_heads()
    parser = ConfigParser()
    parser.read(PROJECT / "alembic.ini")
    assert not [value for _, value in parser.items("alembic", raw=True) if value.startswith("/")]
    url = f"sqlite:///{tmp_path / 'new.db'}"
    alembic = Path(sys.executable).with_name("alembic")
    subprocess.run(
        [alembic, "-x", f"url={url}", "upgrade", "head"],
        cwd=PROJECT,
        check=True,
        capture_output=True,
    )
    assert current_revision(url) == newest_revision()


def run(program: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
