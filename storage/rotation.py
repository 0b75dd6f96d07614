"""Seals everything anew with the newest key, some rows at a time, while the service goes on.

It must not decide when. It keeps no place of its own: what is left is what the rows themselves say,
so that it can end at any moment and begin again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, select, update
from sqlalchemy.exc import IntegrityError

from storage.casework import AnyRow, Casework
from storage.errors import StorageFault
from storage.sealed import SEALED, Sealed
from storage.tables import visitors
from storage.troubles import says_taken
from storage.vault import HEAD_BYTES, Vault

AT_ONCE: Final = 200
"""How many rows are sealed anew in one transaction: answers wait for some milliseconds."""


class IndexTaken(StorageFault):
    """Two rows hold the same value: one of them was added twice while keys were changed."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What sealing some rows anew came to; `after` is where to go on, None at the end."""

    changed: int
    looked_at: int
    after: Any


@dataclass(frozen=True, slots=True)
class Left:
    """How many rows of one column are sealed with an older key, or with one that is not here."""

    table: str
    column: str
    older: int
    unknown: int


def reseal_some(work: Casework, sealed: Sealed, after: Any) -> Pass:
    """Seal the next rows of a column anew, and make their indexes anew.

    A row that somebody changes at the same time is left as they made it: the next pass sees it.
    Raises VaultFault where a row cannot be opened, and IndexTaken.
    """
    table = sealed.table
    cipher = table.c[sealed.column]
    query = select(table).where(cipher.is_not(None)).order_by(table.c.id).limit(AT_ONCE)
    if not sealed.blinds:
        query = query.where(_is_of(cipher, work.vault.heads[1:]))
    if after is not None:
        query = query.where(table.c.id > after)
    rows = work.connection.execute(query).all()
    changed = sum(_reseal(work, sealed, row) for row in rows)
    return Pass(changed, len(rows), rows[-1].id if len(rows) == AT_ONCE else None)


def left(connection: Connection, vault: Vault) -> list[Left]:
    """Return what is still sealed with an older key, column by column; none where nothing is.

    Where a column is sealed with people's own keys, too, keys that are not here are not counted.
    """
    found = []
    for sealed in SEALED:
        cipher = sealed.table.c[sealed.column]
        older = _count(connection, sealed, _is_of(cipher, vault.heads[1:]))
        known = _is_of(cipher, vault.heads)
        unknown = 0 if sealed.column == "cipher" else _count(connection, sealed, ~known)
        if older or unknown:
            found.append(Left(sealed.table.name, sealed.column, older, unknown))
    return found


def count_rows(connection: Connection) -> int:
    """Return how many rows hold something sealed: what progress is counted against."""
    tables = {each.table for each in SEALED}
    counts = [connection.execute(select(func.count()).select_from(each)) for each in tables]
    return sum(each.scalar_one() for each in counts)


def count_browsers(connection: Connection) -> int:
    """Return how many browsers are known: their secrets are indexed anew when they come back."""
    return connection.execute(select(func.count()).select_from(visitors)).scalar_one()


def _is_of(cipher: ColumnElement[bytes], heads: tuple[bytes, ...]) -> ColumnElement[bool]:
    return func.substr(cipher, 1, HEAD_BYTES).in_(heads)


def _count(connection: Connection, sealed: Sealed, condition: ColumnElement[bool]) -> int:
    there = sealed.table.c[sealed.column].is_not(None)
    query = select(func.count()).select_from(sealed.table).where(there, condition)
    return connection.execute(query).scalar_one()


def _reseal(work: Casework, sealed: Sealed, row: AnyRow) -> int:
    """Seal one row anew where that is needed; return how many rows that concerned."""
    stored = bytes(getattr(row, sealed.column))
    place = sealed.place(row)
    values: dict[str, bytes] = {}
    if sealed.blinds:
        plain = work.vault.open(place, stored).decode()
        values = _reindexed(work.vault, sealed, row, plain)
    if not work.vault.is_newest(stored):
        values[sealed.column] = work.vault.reseal(place, stored)
    if not values:
        return 0
    as_read = (sealed.table.c.id == row.id, sealed.table.c[sealed.column] == stored)
    try:
        return work.connection.execute(update(sealed.table).where(*as_read).values(values)).rowcount
    except IntegrityError as error:
        if says_taken(error):
            msg = f"two rows of {sealed.table.name} hold the same value, one is {row.id}: see "
            raise IndexTaken(msg + "docs/keys.md") from None
        raise


def _reindexed(vault: Vault, sealed: Sealed, row: AnyRow, plain: str) -> dict[str, bytes]:
    """Return the indexes of a row that an older key made, made anew."""
    values = {}
    for blind in sealed.blinds:
        stored = getattr(row, blind.column)
        new = (
            None
            if stored is None
            else vault.reindex(blind.purpose, blind.value(row, plain), bytes(stored))
        )
        if new is not None:
            values[blind.column] = new
    return values
