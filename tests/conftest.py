"""What every test may ask for: databases of its own, a browser, and the watch over the logs."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

from tests.support.chromium import running_chromium
from tests.support.postgres import PostgresUnavailable, Server, find_binaries, running_postgres

pytest_plugins = ["tests.support.canary"]

# The same examples in every run, and no verdict that depends on how busy the machine is.
settings.register_profile(
    "starling",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("starling")

_CHROMIUM = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)

# Databases of tests live in memory where there is room: otherwise each commit waits for a disk.
_MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own in it
if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > 4 << 30:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

_numbers = itertools.count(1)


def skip_or_fail(reason: str) -> NoReturn:
    """Skip the test with a reason, or fail it where nothing may be skipped (.ci/run)."""
    if os.environ.get("TESTS_MUST_NOT_SKIP"):
        pytest.fail(f"{reason}, and TESTS_MUST_NOT_SKIP is set", pytrace=False)
    pytest.skip(reason)


def make_tables(url: str) -> None:
    """Give an empty database the tables of the service: the one hook into the product's storage."""
    from storage.database import migrate  # noqa: PLC0415 - alembic alone takes half a second

    migrate(url)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chromium for all tests of this process; tests that ask are browser tests."""
    found = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    path = found or skip_or_fail("no Chromium on this machine")
    with running_chromium(path, tmp_path_factory.mktemp("chromium")) as address:
        yield address


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL server that belongs to this test process alone."""
    try:
        find_binaries()
    except PostgresUnavailable as reason:
        skip_or_fail(str(reason))
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows, made once and copied for each test."""
    path = tmp_path_factory.mktemp("template") / "starling.db"
    make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Server) -> str:
    """The name of a PostgreSQL database with all tables and no rows, cloned for each test."""
    make_tables(postgres_server.create_database("template_starling"))
    return "template_starling"


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a SQLite database with all tables and no rows."""
    for part in sqlite_template.parent.glob(
        f"{sqlite_template.name}*"
    ):  # a -wal file belongs to it
        shutil.copy(part, tmp_path)
    return f"sqlite:///{tmp_path / sqlite_template.name}"


@pytest.fixture
def postgres_url(postgres_server: Server, postgres_template: str) -> Iterator[str]:
    """The address of a PostgreSQL database with all tables and no rows."""
    name = f"test_{next(_numbers)}"
    yield postgres_server.create_database(name, template=postgres_template)
    postgres_server.drop_database(name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn: a test that asks for it runs on both."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest) -> str:
    """The address of a database with all tables and no rows, on each kind in turn."""
    return str(request.getfixturevalue(f"{database_kind}_url"))


@pytest.fixture
def empty_database_url(
    database_kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The address of a database without any table, on each kind in turn."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Server = request.getfixturevalue("postgres_server")
    name = f"empty_{next(_numbers)}"
    yield server.create_database(name)
    server.drop_database(name)
