"""Writes all rows of one moment into parts of a backup, each person's locked with a key of theirs.

It must not know where the parts go. People's keys are handed out apart from everything else: a
backup alone cannot be read.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Date, LargeBinary, Table, func, select, tuple_

from storage import tables
from storage.backup_owners import LEFT_OUT, Owners, of_child, of_person
from storage.casework import Casework
from storage.tables import Instant, from_milliseconds, to_milliseconds
from storage.vault import KEY_BYTES, KeyUnknown, Place

AT_ONCE: Final = 1000
"""How many rows of a table make one part."""

STUB: Final = "participants"
_STUB_COLUMNS: Final = frozenset(
    {"id", "role", "age_band", "child_id", "status", "at_most_days", "made_at"}
)
"""What of a participant is not locked with their own key: so that, where they were forgotten since,
it is known for whom the erasure must be done again. Their pseudonym and all else is locked."""

Tell = Callable[[str, int, int], None]
Values = list[Any]


def kept_tables() -> list[Table]:
    """Return the tables that are in a backup, those first that others point at."""
    return [each for each in tables.metadata.sorted_tables if each.name not in LEFT_OUT]


# --- people's keys --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PeoplesKeys:
    """Everybody's key as it is now, wrapped with the service's own key: kept apart, never twice.

    `persons` are wrapped keys by participant. `children` are wrapped keys of cases by child, and
    `checks` tell for which case reference each was made.
    """

    persons: Mapping[str, bytes]
    children: Mapping[str, bytes]
    checks: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """Return them as they are written."""
        told = {
            "persons": {each: _text(key) for each, key in self.persons.items()},
            "children": {each: _text(key) for each, key in self.children.items()},
            "checks": dict(self.checks),
        }
        return json.dumps(told).encode()

    @classmethod
    def from_json(cls, written: bytes) -> PeoplesKeys:
        """Read them again."""
        told = json.loads(written)
        return cls(
            {each: base64.b64decode(key) for each, key in told["persons"].items()},
            {each: base64.b64decode(key) for each, key in told["children"].items()},
            told["checks"],
        )


NO_KEYS: Final = PeoplesKeys({}, {})


def collect_keys(work: Casework, before: PeoplesKeys) -> PeoplesKeys:
    """Return everybody's key; a child's case keeps the key that it had, while it is the same case.

    Whoever was forgotten is not among them any more, so no backup of theirs can be read.
    """
    people = tables.participants
    query = select(people.c.id, people.c.wrapped_key)
    persons = {row.id: bytes(row.wrapped_key) for row in work.connection.execute(query)}
    children, checks = {}, {}
    for row in work.connection.execute(select(tables.children)):
        ref = work.vault.open(Place("children", "ref_cipher", row.id), row.ref_cipher)
        children[row.id], checks[row.id] = _case_key(work, row.id, ref, before)
    return PeoplesKeys(persons, children, checks)


def _case_key(work: Casework, child: str, ref: bytes, before: PeoplesKeys) -> tuple[bytes, str]:
    wrapped = before.children.get(child)
    if wrapped is not None:
        key = work.vault.open(_case_place(child), wrapped)
        if hmac.compare_digest(_check(key, ref), before.checks.get(child, "")):
            return work.vault.seal(_case_place(child), key), _check(key, ref)
    key = work.vault.random(KEY_BYTES)
    return work.vault.seal(_case_place(child), key), _check(key, ref)


def _check(key: bytes, ref: bytes) -> str:
    return hmac.digest(key, b"case " + ref, "sha256").hex()[:16]


def _case_place(child: str) -> Place:
    return Place("backup", "case key", child)


class Keyring:
    """Opens people's keys when they are needed; those that are not there are missing for good."""

    def __init__(self, work: Casework, keys: PeoplesKeys) -> None:
        """Take the wrapped keys."""
        self._vault = work.vault
        self._wrapped = {of_person(each): key for each, key in keys.persons.items()}
        self._cases = {of_child(each): (each, key) for each, key in keys.children.items()}
        self._opened: dict[str, bytes | None] = {}

    def seal(self, owner: str, table: str, plain: bytes) -> bytes:
        """Lock rows with somebody's key."""
        key = self._key(owner)
        assert key is not None  # noqa: S101 - collected in the same moment as the rows
        return self._vault.seal(_place(owner, table), plain, key)

    def open(self, owner: str, table: str, locked: bytes) -> bytes | None:
        """Return the rows, or None where their key is gone, or a new one is in its place.

        Raises Tampered.
        """
        key = self._key(owner)
        try:
            return None if key is None else self._vault.open(_place(owner, table), locked, key)
        except KeyUnknown:
            return None

    def _key(self, owner: str) -> bytes | None:
        if owner not in self._opened:
            self._opened[owner] = self._unwrap(owner)
        return self._opened[owner]

    def _unwrap(self, owner: str) -> bytes | None:
        if owner in self._cases:
            child, wrapped = self._cases[owner]
            return self._vault.open(_case_place(child), wrapped)
        found = self._wrapped.get(owner)
        return None if found is None else self._vault.person_key(owner.partition(" ")[2], found)


def _place(owner: str, table: str) -> Place:
    return Place("backup", table, owner)


# --- rows -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of one table: those that only the backup key locks, and those of people."""

    table: str
    columns: tuple[str, ...]
    rows: list[Values]
    locked: list[tuple[str, bytes]]

    def to_json(self) -> bytes:
        """Return it as it is written."""
        locked = [[owner, _text(each)] for owner, each in self.locked]
        told = {"table": self.table, "columns": self.columns, "rows": self.rows, "locked": locked}
        return json.dumps(told, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, written: bytes) -> Part:
        """Read it again."""
        told = json.loads(written)
        locked = [(owner, base64.b64decode(each)) for owner, each in told["locked"]]
        return cls(told["table"], tuple(told["columns"]), told["rows"], locked)


def dump(work: Casework, keys: PeoplesKeys, tell: Tell) -> Iterator[tuple[Part, int]]:
    """Return everything in parts, each with how many rows it holds; all of one moment."""
    owners, keyring = Owners(work), Keyring(work, keys)
    for table in kept_tables():
        of = work.connection.execute(select(func.count()).select_from(table)).scalar_one()
        done = 0
        for rows in _batches(work, table):
            done += len(rows)
            tell(table.name, done, of)
            yield _part(table, rows, owners, keyring), len(rows)


def to_row(table: Table, columns: Sequence[str], written: Values) -> dict[str, Any]:
    """Return a row as the database takes it."""
    kinds = {name: table.c[name].type for name in columns}
    return {
        name: _from_written(kinds[name], value)
        for name, value in zip(columns, written, strict=True)
    }


def _part(table: Table, rows: list[dict[str, Any]], owners: Owners, keyring: Keyring) -> Part:
    columns = tuple(column.name for column in table.columns)
    plain: list[Values] = []
    theirs: dict[str, list[Values]] = defaultdict(list)
    for row in rows:
        owner = owners.of(table.name, row)
        written = [_to_written(row[name]) for name in columns]
        if owner is None:
            plain.append(written)
            continue
        theirs[owner].append(written)
        if table.name == STUB:
            stub = [_to_written(row[n]) if n in _STUB_COLUMNS else None for n in columns]
            plain.append(stub)
    locked = [
        (owner, keyring.seal(owner, table.name, json.dumps(each).encode()))
        for owner, each in theirs.items()
    ]
    return Part(table.name, columns, plain, locked)


def _batches(work: Casework, table: Table) -> Iterator[list[dict[str, Any]]]:
    key = list(table.primary_key)
    after: list[Any] | None = None
    while True:
        query = select(table).order_by(*key).limit(AT_ONCE)
        if after is not None:
            query = query.where(tuple_(*key) > tuple_(*after, types=[each.type for each in key]))
        found = [dict(row._mapping) for row in work.connection.execute(query)]  # noqa: SLF001 - public
        if found:
            yield found
        if len(found) < AT_ONCE:
            return
        after = [found[-1][column.name] for column in key]


def _to_written(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_milliseconds(value)
    if isinstance(value, date):
        return value.isoformat()
    return _text(value) if isinstance(value, bytes | memoryview) else value


def _from_written(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, Instant):
        return from_milliseconds(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return base64.b64decode(value) if isinstance(kind, LargeBinary) else value


def _text(value: bytes | memoryview) -> str:
    return base64.b64encode(value).decode()
