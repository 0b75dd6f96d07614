"""Ends what a process that hangs still holds: claims and locks that the server would keep for ever.

PostgreSQL ends an idle transaction by itself, but not while statements that were sent together are
half done: a process that was stopped just then keeps its locks. It must not end our own.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

HANGS_AFTER: Final = 45.0
"""Seconds after which a transaction that waits for its own program hangs: the server's own limit
for idle transactions is 30, and a statement may take 5."""

_END: Final = text(
    """
    select pg_terminate_backend(pid)
    from pg_stat_activity
    where datname = current_database()
      and usename = current_user
      and application_name = 'starling'
      and pid <> pg_backend_pid()
      and state like 'idle in transaction%'
      and state_change < clock_timestamp() - make_interval(secs => :seconds)
    """
)


def end_hanging(connection: Connection, seconds: float = HANGS_AFTER) -> int:
    """End the transactions of our own running programs that hang; return how many.

    A migration that somebody watches may think for long between two statements: it goes by another
    name.

    Nothing on SQLite, where there is one program. Whoever hung finds its connection closed, and
    nothing of that transaction stored: the same as if it had been killed.
    """
    if connection.dialect.name != "postgresql":
        return 0
    return len(connection.execute(_END, {"seconds": seconds}).all())
