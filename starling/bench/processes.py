"""How much processor time the server's own processes have used for one database (Linux only)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

_PIDS: Final = (
    "select pid from pg_stat_activity where datname = current_database() "
    "and pid <> pg_backend_pid()"
)
_USER_TIME: Final = 11
_SYSTEM_TIME: Final = 12


def cpu_of_database(url: str) -> float:
    """Return the processor seconds of everybody who is connected with this database now.

    0.0 for a server on another machine, whose processes cannot be seen.
    """
    import psycopg  # noqa: PLC0415 - only measurements on PostgreSQL need it here

    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        pids = [row[0] for row in connection.execute(_PIDS)]
    return sum(map(_cpu_of, pids)) / os.sysconf("SC_CLK_TCK")


def _cpu_of(pid: int) -> int:
    """Return the clock ticks of one process, after its name, which may hold spaces."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[_USER_TIME]) + int(fields[_SYSTEM_TIME])
    return 0
