"""Queries about many ids at once that are compiled once, however many ids there are.

A list of ids in a statement makes a new statement for each length. Here the ids are one value: an
array on PostgreSQL, a JSON list on SQLite. It knows no table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from storage.prepared import Prepared, Values

Among = Callable[[ColumnElement[str]], ColumnElement[bool]]
"""Returns the condition that a column is one of the ids."""

_IDS: Final = "ids"


class ForMany:
    """One query for rows whose column is among ids; rows come as plain lists, like Prepared's."""

    def __init__(
        self,
        build: Callable[[Among], Select[*tuple[Any, ...]]],
        postgresql: Callable[[Among], Select[*tuple[Any, ...]]] | None = None,
    ) -> None:
        """Take what builds the query, and another form of it where PostgreSQL needs one."""
        self._prepared = Prepared(build(_in_list), (postgresql or build)(_in_array))

    def fetch(self, connection: Connection, ids: Iterable[str], **more: Any) -> list[Values]:
        """Return what is found about these ids; `more` are the other values of the query."""
        wanted = list(ids)
        if not wanted:
            return []
        is_server = connection.dialect.name == "postgresql"
        row = {_IDS: wanted if is_server else json.dumps(wanted), **more}
        (found,) = self._prepared.fetch(connection, [row])
        return found


def _in_array(column: ColumnElement[str]) -> ColumnElement[bool]:
    return column == any_(bindparam(_IDS, type_=ARRAY(Text)))


def _in_list(column: ColumnElement[str]) -> ColumnElement[bool]:
    listed = func.json_each(bindparam(_IDS, type_=Text)).table_valued("value")
    return column.in_(select(listed.c.value))
