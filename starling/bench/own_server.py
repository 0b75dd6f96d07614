"""Starts a PostgreSQL server for one measurement and takes it away: touches no other server.

It needs no installed service and no root: everything lies in one folder under /tmp, and the server
is reached through a socket in there.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

_INSTALLED: Final = Path("/usr/lib/postgresql")
_ENVIRONMENT: Final = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "TZ": "UTC"}
_SETTINGS: Final = ("listen_addresses=", "port=5432", "shared_buffers=128MB")
_PATIENCE: Final = 60.0
_LOOK_EVERY: Final = 0.02


class NoServer(Exception):
    """No PostgreSQL is installed here, or the one that is did not start."""


def find_binaries() -> Path | None:
    """Return the folder with the newest installed initdb and postgres, or None."""
    found = [path.parent for path in _INSTALLED.glob("*/bin/initdb")]
    return max(found, key=lambda folder: float(folder.parent.name), default=None)


@contextmanager
def own_server() -> Iterator[str]:
    """Start a new server, durable as it comes, and yield its address; NoServer where none starts.

    Yields postgresql://starling@/postgres?host=folder.
    """
    binaries = find_binaries()
    if binaries is None:
        msg = "no PostgreSQL is installed on this machine"
        raise NoServer(msg)
    # In /tmp, as another user must reach it and the path of a socket has to be short.
    folder = Path(tempfile.mkdtemp(prefix="starling-pg-", dir="/tmp"))
    user = _ordinary_user()
    if user:
        os.chown(folder, user["user"], user["group"])
    process: subprocess.Popen[bytes] | None = None
    try:
        _initialise(binaries, folder, user)
        process = _start(binaries, folder, user)
        _wait_until_ready(folder, process)
        yield f"postgresql://starling@/postgres?host={folder}"
    finally:
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(binaries: Path, folder: Path, user: dict[str, Any]) -> None:
    options = ["-U", "starling", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    done = subprocess.run(  # noqa: S603 - a program of the server in a folder of ours
        [binaries / "initdb", "-D", folder / "data", *options],
        cwd=folder,
        env=_ENVIRONMENT,
        capture_output=True,
        check=False,
        **user,
    )
    if done.returncode != 0:
        raise NoServer(done.stderr.decode(errors="replace")[-500:])


def _start(binaries: Path, folder: Path, user: dict[str, Any]) -> subprocess.Popen[bytes]:
    settings = [*_SETTINGS, f"unix_socket_directories={folder}"]
    with (folder / "log").open("wb") as output:
        return subprocess.Popen(  # noqa: S603 - as above
            [
                binaries / "postgres",
                "-D",
                folder / "data",
                *(part for each in settings for part in ("-c", each)),
            ],
            cwd=folder,
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **user,
        )


def _wait_until_ready(folder: Path, process: subprocess.Popen[bytes]) -> None:
    status, end = folder / "data" / "postmaster.pid", time.monotonic() + _PATIENCE
    while time.monotonic() < end and process.poll() is None:
        if status.exists() and status.read_text().split()[-1:] == ["ready"]:
            return
        time.sleep(_LOOK_EVERY)
    raise NoServer((folder / "log").read_text(errors="replace")[-500:])


def _ordinary_user() -> dict[str, Any]:
    """Return whom the server runs as where we are root, which it refuses to be."""
    if os.geteuid() != 0:
        return {}
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    account = accounts.get("postgres") or accounts["nobody"]
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
