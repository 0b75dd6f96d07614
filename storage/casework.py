"""One transaction about people: what was read in it and all that it will write, table by table.

Rows are gathered and written with one statement a table, however many people are served at once.
It decides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection as Connection  # noqa: PLC0414 (the use cases name it in types)
from sqlalchemy import Row as SqlRow
from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.exc import IntegrityError

from storage import chain, tables
from storage.errors import StorageFault
from storage.prepared import Prepared
from storage.sequence import Sequence as NumberSequence
from storage.troubles import says_taken
from storage.vault import Vault

Row = Mapping[str, Any]
AnyRow = SqlRow[*tuple[Any, ...]]
Entropy = Callable[[int], bytes]


class ChangedMeanwhile(StorageFault):
    """Another process changed a row between our reading and our writing: try again."""


_INSERT_ORDER: Final[tuple[Table, ...]] = (
    tables.children,
    tables.support_episodes,
    tables.episode_changes,
    tables.participants,
    tables.participations,
    tables.suppressions,
    tables.nudges,
    tables.invitations,
    tables.addresses,
    tables.definitions,
    tables.runs,
    tables.words,
    tables.concerns,
    tables.alerts,
    tables.alert_steps,
    tables.notices,
    tables.goals,
    tables.goal_ratings,
    tables.agreements,
    tables.wishes,
    tables.legal_holds,
    tables.erasures,
    tables.filings,
    tables.purges,
    tables.silences,
    tables.sweeps,
    tables.occasions,
    tables.outbox,
    tables.transcripts,
    tables.keycards,
    tables.accounts,
    tables.glimpses,
    tables.reply_tellings,
    tables.observations,
    tables.audit,
)
_INSERTS: Final = {table.name: Prepared(insert(table)) for table in _INSERT_ORDER}


def _update_by_id(table: Table, *columns: str, seen: Sequence[Any] = ()) -> Prepared:
    """Change some columns of the row that `row_id` names, while these conditions still hold."""
    values: dict[str, Any] = {column: bindparam(column) for column in columns}
    return Prepared(update(table).where(table.c.id == bindparam("row_id"), *seen).values(values))


def _update_person(*columns: str) -> Prepared:
    """Change a participant who still stands as we read them; the row says who and how."""
    table = tables.participants
    as_read = (
        table.c.status == bindparam("seen_status"),
        table.c.current_run.is_not_distinct_from(bindparam("seen_run")),
    )
    return _update_by_id(table, *columns, seen=as_read)


MOVE_RUN: Final = _update_by_id(
    tables.runs,
    "status",
    "state",
    "revision",
    "moved_at",
    seen=[tables.runs.c.revision == bindparam("seen_revision")],
)
SET_CURRENT_RUN: Final = _update_person("current_run")
SET_STANDING: Final = _update_person("status", "joined_at")
SET_REST: Final = _update_person("status", "resting_until")
SET_OWN_TIME: Final = _update_person("suits", "at_most_days")
_GUARDED: Final = frozenset({MOVE_RUN, SET_CURRENT_RUN, SET_STANDING, SET_REST, SET_OWN_TIME})
LINK_ADDRESS: Final = _update_by_id(tables.addresses, "participant_id", "linked_at", "used_at")
USE_ADDRESS: Final = _update_by_id(tables.addresses, "used_at", "blocked_at")
MOVE_OCCASION: Final = _update_by_id(
    tables.occasions, "state", "next_at", "reminders", "offered_at", "ended_at", "run_id"
)
END_OCCASION: Final = _update_by_id(tables.occasions, "state", "next_at", "ended_at")


@dataclass(frozen=True, slots=True)
class Opener:
    """Opens units of work about people: holds the keys, the numbers and the source of ids."""

    vault: Vault
    numbers: NumberSequence
    entropy: Entropy

    def __call__(self, connection: Connection) -> Casework:
        """Open a unit on a connection that is inside a transaction."""
        return Casework(connection, self.vault, self.numbers, self.entropy)


class Casework:
    """The unit of work for everything that concerns people and their conversations.

    `insert` and `change` gather; `flush` writes in one fixed order, so that two processes never
    wait for each other in a circle. Raises ChangedMeanwhile when a guarded row had moved.
    """

    def __init__(
        self, connection: Connection, vault: Vault, numbers: NumberSequence, entropy: Entropy
    ) -> None:
        """Open the unit on a connection that is inside a transaction."""
        self.connection = connection
        self.vault = vault
        self.numbers = numbers
        self.entropy = entropy
        self._new: dict[str, list[Row]] = defaultdict(list)
        self._changed: dict[Prepared, list[Row]] = defaultdict(list)

    def insert(self, table: Table, row: Row) -> None:
        """Gather one new row; all rows of a table carry the same columns.

        Raises KeyError for a table that has no place in the fixed order: it would be forgotten.
        """
        if table.name not in _INSERTS:
            raise KeyError(table.name)
        self._new[table.name].append(row)

    def change(self, statement: Prepared, row: Row) -> None:
        """Gather one changed row, by one of the statements of this module (`row_id` names it)."""
        self._changed[statement].append(row)

    def flush(self) -> None:
        """Write all that was gathered."""
        for name, statement in _INSERTS.items():
            if name in self._new:
                self._add(statement, self._chained(name))
        for change, changed in self._changed.items():
            self._apply(change, changed)
        self._new.clear()
        self._changed.clear()

    def _chained(self, name: str) -> Sequence[Row]:
        """Return the new rows of a table; each line of the audit is bound to all before it."""
        rows = self._new[name]
        if name != tables.audit.name:
            return rows
        return chain.link(self.connection, self.vault, rows)

    def _add(self, statement: Prepared, rows: Sequence[Row]) -> None:
        try:
            statement.run(self.connection, rows)
        except IntegrityError as error:
            if says_taken(error):
                raise ChangedMeanwhile from error
            raise

    def _apply(self, change: Prepared, rows: Sequence[Row]) -> None:
        changed = change.run(self.connection, rows)
        if change in _GUARDED and changed != len(rows):
            raise ChangedMeanwhile
