"""Files of published releases, byte for byte as every pull returns them; checked as they leave.

It must not make, change or name a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from outcomes.episode import Audience
from storage.errors import StorageFault
from storage.releases import State, is_id
from storage.tables import release_files, releases


class FileChanged(StorageFault):
    """A stored file is not what was published: take the database from a backup."""


@dataclass(frozen=True, slots=True)
class FileOnList:
    """One file as lists show it. `digest` is its SHA-256 in hex, `size` is in bytes."""

    name: str
    media_type: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file with its bytes."""

    name: str
    media_type: str
    digest: str
    body: bytes


def digest_of(body: bytes) -> str:
    """Return the digest under which a file is stored: SHA-256, in hex."""
    return hashlib.sha256(body).hexdigest()


def add(
    connection: Connection, release_id: str, files: Iterable[tuple[Audience, StoredFile]]
) -> None:
    """Store the files of a release, those of all audiences together."""
    rows = [
        {
            "release_id": release_id,
            "audience": audience.value,
            "name": file.name,
            "media_type": file.media_type,
            "digest": file.digest,
            "body": file.body,
        }
        for audience, file in files
    ]
    if rows:
        connection.execute(release_files.insert(), rows)


def list_of(connection: Connection, release_id: str, audience: Audience) -> list[FileOnList]:
    """Return the files that an audience may take of a published release, by name."""
    if not is_id(release_id):
        return []
    columns = (
        release_files.c.name,
        release_files.c.media_type,
        release_files.c.digest,
        func.length(release_files.c.body),
    )
    query = _published(select(*columns), release_id, audience).order_by(release_files.c.name)
    return [FileOnList(*row) for row in connection.execute(query)]


def load(
    connection: Connection, release_id: str, audience: Audience, name: str
) -> StoredFile | None:
    """Return one file of a published release, or None where it is not this audience's.

    Raises FileChanged where its bytes are not those that were published.
    """
    columns = (
        release_files.c.name,
        release_files.c.media_type,
        release_files.c.digest,
        release_files.c.body,
    )
    if not (is_id(release_id) and name.isprintable()):
        return None
    query = _published(select(*columns), release_id, audience)
    row = connection.execute(query.where(release_files.c.name == name)).one_or_none()
    if row is None:
        return None
    file = StoredFile(row.name, row.media_type, row.digest, bytes(row.body))
    if digest_of(file.body) != file.digest:
        raise FileChanged
    return file


def check_all(connection: Connection, release_id: str) -> tuple[int, tuple[str, ...]]:
    """Hold every file of a release against its digest: how many there are, and which differ.

    A file is named `audience/name`.
    """
    query = (
        select(release_files)
        .where(release_files.c.release_id == release_id)
        .order_by(release_files.c.audience, release_files.c.name)
    )
    count, changed = 0, []
    for row in connection.execute(query):
        count += 1
        if digest_of(bytes(row.body)) != row.digest:
            changed.append(f"{row.audience}/{row.name}")
    return count, tuple(changed)


def _published(
    query: Select[*tuple[Any, ...]], release_id: str, audience: Audience
) -> Select[*tuple[Any, ...]]:
    return query.join(releases, releases.c.id == release_files.c.release_id).where(
        release_files.c.release_id == release_id,
        release_files.c.audience == audience.value,
        releases.c.state == State.PUBLISHED.value,
    )
