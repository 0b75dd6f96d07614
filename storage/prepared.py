"""Runs the statements of the way of one answer on the driver's own cursor; it knows no table.

SQLAlchemy says once what a statement is, for either database. Having it run them, too, would cost
several times what the database itself takes for each (docs/performance.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, NoReturn

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

Statement = Select[*tuple[Any, ...]] | Insert | Update | Delete
Row = Mapping[str, Any]
Values = list[Any]
Tuples = list[tuple[Any, ...]]
_Turn = Callable[[Any], Any]

_POSTGRESQL: Final = "postgresql"
_NAMED: Final = re.compile(r"%\((\w+)\)s")


class Prepared:
    """One statement, compiled once for each database and each set of columns that it is given.

    It is run inside a transaction that SQLAlchemy has begun. Values are turned into what the
    database stores, and back, as SQLAlchemy does it; what is found comes as plain lists. Raises
    SQLAlchemy's DBAPIError like any other statement.
    """

    def __init__(self, statement: Statement, postgresql: Statement | None = None) -> None:
        """Take a statement, and another form of it where PostgreSQL needs one."""
        self._statement = statement
        self._postgresql = postgresql if postgresql is not None else statement
        self._known: dict[tuple[str, tuple[str, ...]], _Compiled] = {}

    def run(self, connection: Connection, rows: Sequence[Row]) -> int:
        """Run it for each row; return how many stored rows that concerned altogether."""
        compiled = self._compile(connection.dialect, rows[0])
        cursor = connection.connection.cursor()
        try:
            packed = compiled.pack(rows)
            if len(packed) == 1:
                cursor.execute(compiled.sql, packed[0])
            else:
                cursor.executemany(compiled.sql, packed)
            return int(cursor.rowcount)
        except connection.dialect.loaded_dbapi.Error as error:
            _raise(connection, compiled.sql, error)
        finally:
            cursor.close()

    def fetch(self, connection: Connection, rows: Sequence[Row]) -> list[list[Values]]:
        """Run it for each row; return for each, in their order, what it returned."""
        compiled = self._compile(connection.dialect, rows[0])
        at_once = len(rows) > 1 and connection.dialect.name == _POSTGRESQL
        cursor = connection.connection.cursor()
        try:
            found = (_fetch_at_once if at_once else _fetch_in_turn)(cursor, compiled, rows)
        except connection.dialect.loaded_dbapi.Error as error:
            _raise(connection, compiled.sql, error)
        finally:
            cursor.close()
        return [compiled.unpack(each) for each in found]

    def _compile(self, dialect: Dialect, row: Row) -> _Compiled:
        key = (dialect.name, tuple(row))
        known = self._known.get(key)
        if known is None:
            statement = self._postgresql if dialect.name == _POSTGRESQL else self._statement
            known = self._known[key] = _Compiled(statement, dialect, key[1])
        return known


class _Compiled:
    """A statement as one database takes it, and how values are put into it and taken out."""

    __slots__ = ("_fixed", "_given", "_put", "_take", "sql")

    def __init__(self, statement: Statement, dialect: Dialect, columns: tuple[str, ...]) -> None:
        keys = list(columns) if isinstance(statement, Insert) else None
        compiled = statement.compile(dialect=dialect, column_keys=keys)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - as it is no DDL
        # Both drivers take values in their order, which is quicker than by their names.
        self.sql = _NAMED.sub("%s", compiled.string)
        names = compiled.positiontup or _NAMED.findall(compiled.string)
        binds = [compiled.binds[name] for name in names]
        self._fixed = {
            name: bind.effective_value
            for name, bind in zip(names, binds, strict=True)
            if name not in columns
        }
        self._given: Callable[[Row], Sequence[Any]] = (
            itemgetter(*names) if len(names) > 1 else lambda row: [row[name] for name in names]
        )
        self._put = _turns(
            bind.type.dialect_impl(dialect).bind_processor(dialect) for bind in binds
        )
        self._take = _turns(
            column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in statement.exported_columns
        )

    def pack(self, rows: Sequence[Row]) -> list[Values]:
        """Return what the driver takes for these rows."""
        fixed = self._fixed
        full = ({**fixed, **row} for row in rows) if fixed else rows
        return _turned(map(self._given, full), self._put)

    def unpack(self, found: Iterable[Sequence[Any]]) -> list[Values]:
        """Return rows with the values that were once given."""
        return _turned(found, self._take)


def _turns(all_turns: Iterable[_Turn | None]) -> list[tuple[int, _Turn]]:
    """Return the places at which a value has another form in the database, each with its turn."""
    return [(place, turn) for place, turn in enumerate(all_turns) if turn is not None]


def _turned(rows: Iterable[Sequence[Any]], turns: Sequence[tuple[int, _Turn]]) -> list[Values]:
    lists = []
    for row in rows:
        values = [*row]
        for place, turn in turns:
            values[place] = turn(values[place])
        lists.append(values)
    return lists


def _fetch_in_turn(cursor: Any, compiled: _Compiled, rows: Sequence[Row]) -> list[Tuples]:
    found = []
    for values in compiled.pack(rows):
        cursor.execute(compiled.sql, values)
        found.append(cursor.fetchall())
    return found


def _fetch_at_once(cursor: Any, compiled: _Compiled, rows: Sequence[Row]) -> list[Tuples]:
    """Send all and then read all answers: one journey to a server."""
    cursor.executemany(compiled.sql, compiled.pack(rows), returning=True)
    return [each.fetchall() for each in cursor.results()]


def _raise(connection: Connection, sql: str, error: Any) -> NoReturn:
    """Raise an error of the driver as SQLAlchemy would; a connection that has died is let go."""
    dialect = connection.dialect
    gone = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    told = DBAPIError.instance(
        sql,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=gone,
        dialect=dialect,
    )
    if gone:
        connection.invalidate(error)
    raise told from error
