"""Frozen figures: stored once, never changed; every pull returns what was stored.

It must not reach people, and computes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, text

from storage.tables import releases


@dataclass(frozen=True, slots=True)
class ReleaseOnList:
    """One release as lists show it."""

    id: str
    quarter: str
    status: str
    compiled_at: datetime


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """A release with its body: canonical JSON, as it was frozen."""

    on_list: ReleaseOnList
    body: str


def take_turns(connection: Connection) -> None:
    """Let whoever else compiles wait until this transaction ends, so that one is made, not two."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer
        connection.execute(text("lock table releases in share row exclusive mode"))


def store(connection: Connection, release: StoredRelease) -> None:
    """Freeze a release."""
    connection.execute(
        releases.insert(),
        {
            "id": release.on_list.id,
            "quarter": release.on_list.quarter,
            "status": release.on_list.status,
            "compiled_at": release.on_list.compiled_at,
            "body": release.body,
        },
    )


def list_all(connection: Connection) -> list[ReleaseOnList]:
    """Return all releases, the newest quarter first."""
    query = select(
        releases.c.id, releases.c.quarter, releases.c.status, releases.c.compiled_at
    ).order_by(releases.c.quarter.desc(), releases.c.compiled_at.desc())
    return [ReleaseOnList(*row) for row in connection.execute(query)]


def load(connection: Connection, release_id: str) -> StoredRelease | None:
    """Return one release as it was frozen, or None."""
    row = connection.execute(select(releases).where(releases.c.id == release_id)).one_or_none()
    if row is None:
        return None
    return StoredRelease(ReleaseOnList(row.id, row.quarter, row.status, row.compiled_at), row.body)
