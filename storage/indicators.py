"""Keeps figures that others publish, quarter by quarter, as they were written; it rates nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from outcomes.quarter import Quarter
from storage.casework import Casework
from storage.prepared import Prepared
from storage.sequence import number_at
from storage.tables import audit, indicators

IMPORTED = "imported indicators"
CORRECTED = "corrected indicator"
"""How the audit says it; the target of a correction names code, quarter, column and both texts."""

_SOON_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class StoredIndicator:
    """One quarter (`2026/27-Q3`) of one indicator; numbers are texts, None is not published.

    `title`, `unit` and `better` are the same in every quarter of an indicator.
    """

    code: str
    quarter: str
    title: str
    unit: str
    better: str
    actual: str | None
    target: str | None
    comparator: str | None
    source: str


@dataclass(frozen=True, slots=True)
class PastImport:
    """An import of which something still stands: when, by whom, how many quarters are left of it.

    `corrections`: what it changed, as the audit says it.
    """

    at: datetime
    who: str
    quarters: int
    corrections: tuple[str, ...]


_COLUMNS = [indicators.c[each.name] for each in fields(StoredIndicator)]
_KEYS = ("code", "quarter")


def load(connection: Connection, codes: Collection[str] | None = None) -> list[StoredIndicator]:
    """Return what is stored, by code and then the oldest quarter first; codes: None for all."""
    query = select(*_COLUMNS)
    if codes is not None:
        query = query.where(indicators.c.code.in_(sorted(codes)))
    found = [StoredIndicator(*row) for row in connection.execute(query)]
    return sorted(found, key=lambda each: (each.code, Quarter.parse(each.quarter)))


def _writing(dialect: str) -> Insert:
    """Add a quarter of an indicator, or bring the one that is stored up to date."""
    build = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = build(indicators)
    changed = [column.name for column in indicators.columns if column.name not in _KEYS]
    return statement.on_conflict_do_update(
        index_elements=[indicators.c[key] for key in _KEYS],
        set_={name: statement.excluded[name] for name in changed},
    )


_WRITE = Prepared(_writing("sqlite"), _writing("postgresql"))


def store(work: Casework, rows: Sequence[StoredIndicator], who: str, now: datetime) -> None:
    """Write quarters of indicators, whether they are stored already or not."""
    if rows:
        ordered = sorted(rows, key=lambda each: (each.code, each.quarter))
        _WRITE.run(work.connection, [{**asdict(each), "at": now, "who": who} for each in ordered])


def past_imports(connection: Connection, most: int = 10) -> list[PastImport]:
    """Return the newest imports of which something still stands, the newest first."""
    query = (
        select(indicators.c.at, indicators.c.who, func.count().label("quarters"))
        .group_by(indicators.c.at, indicators.c.who)
        .order_by(indicators.c.at.desc(), indicators.c.who)
        .limit(most)
    )
    return [
        PastImport(row.at, row.who, row.quarters, _corrections(connection, row.at, row.who))
        for row in connection.execute(query).all()
    ]


def _corrections(connection: Connection, at: datetime, who: str) -> tuple[str, ...]:
    """Return what the audit says of one import; its lines are found by when they were numbered."""
    query = select(audit.c.target).where(
        audit.c.id.between(number_at(at), number_at(at + _SOON_AFTER)),
        audit.c.at == at,
        audit.c.who == who,
        audit.c.did == CORRECTED,
    )
    return tuple(connection.execute(query.order_by(audit.c.id)).scalars())
