"""Protected characteristics of children, only where the person or their worker gave them.

What is taken back is deleted, and nothing tells afterwards what it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from storage.casework import AnyRow, Casework
from storage.tables import characteristics, children


@dataclass(frozen=True, slots=True)
class Given:
    """One characteristic: its name and value, who gave it, and who of the staff wrote it down."""

    what: str
    value: str
    given_by: str
    at: datetime
    who: str


def of_children(work: Casework, child_ids: Iterable[str]) -> dict[str, dict[str, Given]]:
    """Return what was given, by child and name."""
    wanted = list(child_ids)
    query = select(characteristics).where(characteristics.c.child_id.in_(wanted))
    found: dict[str, dict[str, Given]] = {}
    for row in work.connection.execute(query.order_by(characteristics.c.what)):
        found.setdefault(row.child_id, {})[row.what] = _given(row)
    return found


def hold(work: Casework, child_ids: Iterable[str]) -> None:
    """Let nobody else note anything of these children until the transaction ends."""
    query = select(children.c.id).where(children.c.id.in_(sorted(child_ids)))
    work.connection.execute(query.order_by(children.c.id).with_for_update())


def store(work: Casework, given: Sequence[tuple[str, Given]]) -> None:
    """Write what was given, with the child each is about, in the place of what stood there."""
    rows: list[dict[str, Any]] = [
        {
            "child_id": child,
            "what": each.what,
            "value": each.value,
            "given_by": each.given_by,
            "at": each.at,
            "who": each.who,
        }
        for child, each in given
    ]
    remove(work, [(row["child_id"], row["what"]) for row in rows])
    if rows:
        work.connection.execute(insert(characteristics), rows)


def remove(work: Casework, gone: Iterable[tuple[str, str]]) -> None:
    """Delete what was taken back: pairs of child and name, in one statement."""
    rows = [{"of_child": child, "of_what": what} for child, what in gone]
    if rows:
        work.connection.execute(
            delete(characteristics).where(
                characteristics.c.child_id == bindparam("of_child"),
                characteristics.c.what == bindparam("of_what"),
            ),
            rows,
        )


def _given(row: AnyRow) -> Given:
    return Given(row.what, row.value, row.given_by, row.at, row.who)
