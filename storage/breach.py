"""Whose rows were added or changed since a moment, table by table: for whoever must tell them.

It must not show what stands in them.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Table, func, or_, select

from storage import tables
from storage.casework import Casework
from storage.ownership import OWNERS, OfParticipant, Rule, Through


def rows_since(work: Casework, since: datetime) -> dict[str, Counter[str]]:
    """Return how many rows of each participant were touched since a moment, by table."""
    found: dict[str, Counter[str]] = {}
    for name, rule in OWNERS.items():
        query = _count_by_person(tables.metadata.tables[name], rule, since)
        if query is not None:
            for participant, number in work.connection.execute(query):
                found.setdefault(participant, Counter())[name] = number
    return found


def _count_by_person(table: Table, rule: Rule, since: datetime) -> Select[Any] | None:
    """Return the question for one table; None where no time stands in it, or nobody's id."""
    moments = [each for each in table.c if isinstance(each.type, tables.Instant)]
    if not moments:
        return None
    touched = or_(*(each >= since for each in moments))
    if isinstance(rule, OfParticipant):
        whose = table.c[rule.column]
        query = select(whose, func.count()).where(touched, whose.is_not(None))
        return query.group_by(whose)
    if isinstance(rule, Through):
        over = tables.metadata.tables[rule.table]
        owner = OWNERS[rule.table]
        if isinstance(owner, OfParticipant):
            whose = over.c[owner.column]
            joined = table.join(over, over.c.id == table.c[rule.column])
            query = select(whose, func.count()).select_from(joined)
            return query.where(touched, whose.is_not(None)).group_by(whose)
    return None
