"""Leaves nothing readable behind in SQLite's files once rows were deleted: deletes none itself."""

from __future__ import annotations

from sqlalchemy import Connection


def wipe_log(connection: Connection) -> bool:
    """Carry SQLite's log over into its file and cut it off, so that old pages stand in neither.

    Returns whether that is done; False while somebody else reads. Deleted content is overwritten
    in the file itself as it is deleted (`secure_delete`, see storage.sqlite). True on PostgreSQL,
    where nothing can be done from here: its vacuum reuses the space in its own time, and what lay
    there was locked with a key that is gone.

    connection: not yet used in its transaction; another one is opened beside it, as a log cannot
    be cut off from inside a transaction.
    """
    if connection.dialect.name != "sqlite":
        return True
    beside = connection.engine.raw_connection()
    try:
        cursor = beside.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        found = cursor.fetchone()
        cursor.close()
    finally:
        beside.close()
    return found is not None and found[0] == 0
