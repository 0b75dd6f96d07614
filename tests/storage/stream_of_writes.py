"""Writes numbers through a lane until it is killed, and says each one that was confirmed.

Called by the tests as a process of its own: address of the database, how many at once.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import sys

from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert

from storage.lane import Lane

confirmed = Table("confirmed", MetaData(), Column("number", Integer, primary_key=True))


def make_table(connection: Connection) -> None:
    """Make the table anew."""
    confirmed.drop(connection, checkfirst=True)
    confirmed.create(connection)


async def main(url: str, at_once: int) -> None:
    """Write from `at_once` tasks, each with numbers of its own."""
    numbers = itertools.count(1)

    async def write_on() -> None:
        for number in numbers:

            def store(connection: Connection, mine: int = number) -> None:
                connection.execute(insert(confirmed).values(number=mine))

            await lane.write(store)
            os.write(1, f"{number}\n".encode())

    async with Lane.open(url) as lane, asyncio.TaskGroup() as tasks:
        for _ in range(at_once):
            tasks.create_task(write_on())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
