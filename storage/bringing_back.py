"""Puts the rows of a backup into empty tables; what can be read by nobody any more stays away.

It must not judge whether that is right: it says what it left out and why.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, exists, insert, select

from storage import tables
from storage.backup import STUB, Keyring, Part, kept_tables, to_row
from storage.casework import Casework
from storage.key_marks import PROGRAM
from storage.sealed import SEALED
from storage.sequence import new_id
from storage.vault import VaultFault

_Row = dict[str, Any]


@dataclass(slots=True)
class Loaded:
    """What was put in: rows by table, parts that nobody can read, rows that pointed at those.

    `strangers` are people whose key is gone, by id: they were forgotten, or their keys are lost.
    """

    rows: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    without_parent: Counter[str] = field(default_factory=Counter)
    strangers: set[str] = field(default_factory=set)


def is_empty(connection: Connection) -> bool:
    """Whether no table holds any row."""
    names = tables.metadata.sorted_tables
    return not any(
        connection.execute(select(exists().select_from(each))).scalar() for each in names
    )


class Loader:
    """Takes parts one after the other, in the order in which they were written."""

    def __init__(self, work: Casework, keyring: Keyring) -> None:
        """Take the transaction and people's keys as they are now."""
        self._work = work
        self._keyring = keyring
        self._tables = {each.name: each for each in kept_tables()}
        self._there: dict[str, set[object]] = {name: set() for name in _pointed_at()}
        self.loaded = Loaded()

    def take(self, part: Part) -> None:
        """Put the rows of a part in. Raises VaultFault where a key does not open what it should."""
        table = self._tables[part.table]
        rows = [to_row(table, part.columns, each) for each in part.rows]
        opened = self._open(table, part)
        if table.name == STUB:
            rows = self._complete(rows, opened)
        else:
            rows += opened
        if table.name == tables.marks.name:
            rows = [row for row in rows if not row["name"].startswith(PROGRAM)]
        self._insert(table, rows)

    def _open(self, table: Table, part: Part) -> list[_Row]:
        opened: list[_Row] = []
        for owner, locked in part.locked:
            plain = self._keyring.open(owner, table.name, locked)
            if plain is None:
                self.loaded.unreadable[table.name] += 1
                continue
            opened += (to_row(table, part.columns, each) for each in json.loads(plain))
        return opened

    def _complete(self, stubs: list[_Row], opened: list[_Row]) -> list[_Row]:
        """Put whole people in the place of stubs; who stays one gets a key that opens nothing."""
        whole = {row["id"]: row for row in opened}
        rows = []
        for stub in stubs:
            person = whole.get(stub["id"])
            if person is None:
                self.loaded.strangers.add(stub["id"])
                wrapped = self._work.vault.new_person_key(stub["id"])
                person = {**stub, "key": new_id(self._work.entropy), "wrapped_key": wrapped}
            rows.append(person)
        return rows

    def _insert(self, table: Table, rows: Iterable[_Row]) -> None:
        kept = [row for row in rows if self._has_parents(table, row)]
        if kept:
            self._work.connection.execute(insert(table), kept)
        self.loaded.rows[table.name] += len(kept)
        if table.name in self._there:
            (key,) = table.primary_key
            self._there[table.name].update(row[key.name] for row in kept)

    def _has_parents(self, table: Table, row: _Row) -> bool:
        """Whether everything is there that a row points at; what may be empty is emptied."""
        for key in table.foreign_keys:
            column, parent = key.parent, key.column.table.name
            if row[column.name] is None or row[column.name] in self._there[parent]:
                continue
            if not column.nullable:
                self.loaded.without_parent[table.name] += 1
                return False
            row[column.name] = None
        return True


def count_unopened(work: Casework) -> Counter[str]:
    """Try to open everything that is sealed with the service's own keys; count what does not open.

    Words of people are opened with their own keys.
    """
    unopened: Counter[str] = Counter()
    keys: dict[str, bytes] = {}
    for sealed in SEALED:
        cipher = sealed.table.c[sealed.column]
        query = select(sealed.table).where(cipher.is_not(None)).order_by(sealed.table.c.id)
        for row in work.connection.execute(query):
            key = keys.get(row.participant_id or "") if sealed.table is tables.words else None
            try:
                plain = work.vault.open(sealed.place(row), getattr(row, sealed.column), key)
            except VaultFault:
                unopened[f"{sealed.table.name}.{sealed.column}"] += 1
                continue
            if sealed.table is tables.participants:
                keys[row.id] = plain
    return unopened


def _pointed_at() -> set[str]:
    return {key.column.table.name for table in kept_tables() for key in table.foreign_keys}
