"""The floor: a bare aiogram echo bot, one durable commit for each update; no Starling in it.

On SQLite the commit is made inline (WAL, synchronous=FULL); on PostgreSQL it is one data-modifying
statement through asyncpg.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from aiogram import Bot, Dispatcher
from aiogram.types import CallbackQuery, Update

Keep = Callable[[int, int, str], Awaitable[None]]
"""Stores the number, the chat and the data of one update; durable when it returns."""

CONNECTIONS: Final = 10
"""How many connections asyncpg's pool holds."""

_TABLE: Final = "create table echo_inbox (update_id bigint primary key, chat_id bigint, data text)"
_KEEP_SQLITE: Final = "insert into echo_inbox values (?, ?, ?)"
_KEEP_POSTGRESQL: Final = """
with taken as (
    insert into echo_inbox (update_id) values ($1) on conflict do nothing returning update_id
)
insert into echo_answers (update_id, chat_id, data) select update_id, $2, $3 from taken
"""


class Echo:
    """The bare bot: what comes in goes out again, once it is stored."""

    def __init__(self, bot: Bot, keep: Keep) -> None:
        """Take the bot that speaks and what stores an update."""
        self._bot = bot
        self._dispatcher = Dispatcher()

        @self._dispatcher.callback_query()
        async def echo(query: CallbackQuery, event_update: Update) -> None:
            data = query.data or ""
            await keep(event_update.update_id, query.from_user.id, data)
            await bot.send_message(query.from_user.id, data)

    async def feed_raw(self, body: bytes) -> None:
        """Deal with one update as aiogram's own webhook does."""
        await self._dispatcher.feed_raw_update(self._bot, json.loads(body))


@asynccontextmanager
async def keep_in_sqlite(file: Path) -> AsyncIterator[Keep]:
    """Keep updates in a SQLite file of their own, a durable commit each."""
    connection = sqlite3.connect(file, isolation_level=None)
    try:
        connection.execute("pragma journal_mode=wal")
        connection.execute("pragma synchronous=full")
        connection.execute(_TABLE)

        async def keep(update_id: int, chat_id: int, data: str) -> None:
            connection.execute(_KEEP_SQLITE, (update_id, chat_id, data))

        yield keep
    finally:
        connection.close()


@asynccontextmanager
async def keep_in_postgresql(dsn: str) -> AsyncIterator[Keep]:
    """Keep updates in two tables of a PostgreSQL database, one statement each."""
    import asyncpg  # noqa: PLC0415 - only measurements need this driver

    async with asyncpg.create_pool(dsn, min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
        await pool.execute("create table echo_inbox (update_id bigint primary key)")
        await pool.execute(
            "create table echo_answers (update_id bigint primary key, chat_id bigint, data text)"
        )

        async def keep(update_id: int, chat_id: int, data: str) -> None:
            await pool.execute(_KEEP_POSTGRESQL, update_id, chat_id, data)

        yield keep
