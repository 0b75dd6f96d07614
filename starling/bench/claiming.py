"""The floor under dispatching: the same rows claimed and updated with the bare driver, no Starling.

PostgreSQL: SELECT ... FOR UPDATE SKIP LOCKED and UPDATE through asyncpg; SQLite: the same two
statements in one immediate transaction through sqlite3. As many rows share a transaction as in
Starling, and each row gets values of its own.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any, Final

from followups.occasions import BATCH
from starling.bench.figures import Round
from starling.bench.processes import cpu_of_database

_FAR: Final = 1 << 62
_CLAIM: Final = "select * from occasions where next_at <= {0} order by next_at, id limit {1}"
_MOVE: Final = (
    "update occasions set state = {0}, next_at = {1}, offered_at = {2}, reminders = {3}, "
    "ended_at = {4}, run_id = {5} where id = {6}"
)


def claim_in_sqlite(file: str, many: int) -> Round:
    """Claim and update so many rows of the table `occasions` in a file; return what it took."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("pragma synchronous=full")
    claim, move = _CLAIM.format("?", "?"), _MOVE.format(*"???????")
    cpu, began, left = time.process_time(), time.perf_counter(), many
    try:
        while left > 0:
            connection.execute("begin immediate")
            rows = connection.execute(claim, (_FAR, min(BATCH, left))).fetchall()
            connection.executemany(
                move, [_moved(row[0], number) for number, row in enumerate(rows)]
            )
            connection.execute("commit")
            left -= len(rows) or left
    finally:
        connection.close()
    return Round(many, time.perf_counter() - began, time.process_time() - cpu, ())


async def claim_in_postgresql(dsn: str, many: int) -> tuple[Round, float]:
    """The same in a PostgreSQL database; returns the server's processor seconds, too."""
    import asyncpg  # noqa: PLC0415 - only measurements need this driver

    connection = await asyncpg.connect(dsn)
    try:
        claim = _CLAIM.format("$1", "$2") + " for update skip locked"
        move = _MOVE.format("$1", "$2", "$3", "$4", "$5", "$6", "$7")
        server = cpu_of_database(dsn)
        cpu, began, left = time.process_time(), time.perf_counter(), many
        while left > 0:
            async with connection.transaction():
                rows = await connection.fetch(claim, _FAR, min(BATCH, left))
                moved = [_moved(row["id"], number) for number, row in enumerate(rows)]
                await connection.executemany(move, moved)
            left -= len(rows) or left
        found = Round(many, time.perf_counter() - began, time.process_time() - cpu, ())
        return found, cpu_of_database(dsn) - server
    finally:
        await connection.close()


def _moved(row_id: str, number: int) -> tuple[Any, ...]:
    return ("offered", _FAR + 1 + number, number, 0, None, None, row_id)
