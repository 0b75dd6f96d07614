"""Totals of a licensed questionnaire that others asked: stored, corrected and taken out.

Numbers from 0 to 40 only: it knows no question, and nothing of what anybody answered here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import bindparam, delete, insert, select, update

from storage.casework import AnyRow, Casework
from storage.sequence import new_id
from storage.tables import children, sdq_totals, support_episodes

_NUMBER: Final = "episode-ref"
_CASE: Final = "case"


@dataclass(frozen=True, slots=True)
class Support:
    """A support episode as far as a total belongs to it: its ids and its days."""

    id: str
    key: str
    opened_on: date
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class Supports:
    """Support episodes by their own number and by the child's case, all of them `casefold`."""

    by_reference: Mapping[str, Support]
    by_case: Mapping[str, Sequence[Support]]


@dataclass(frozen=True, slots=True)
class NewTotal:
    """A total that is to be stored for one support episode."""

    support: Support
    informant: str
    day: date
    total: int


@dataclass(frozen=True, slots=True)
class StoredTotal:
    """A total as it stands, with who entered it and when."""

    id: str
    episode_id: str
    informant: str
    day: date
    total: int
    at: datetime
    who: str


def find_supports(
    work: Casework, references: Iterable[str], cases: Iterable[str], *, hold: bool = False
) -> Supports:
    """Return the support episodes with these numbers, and all of those children.

    hold: let nobody else change them until the transaction ends.
    """
    numbers = _indexed(work, _NUMBER, references)
    known = _indexed(work, _CASE, cases)
    query = (
        select(support_episodes, children.c.ref_index.label("case_index"))
        .join(children, children.c.id == support_episodes.c.child_id)
        .where(
            support_episodes.c.ref_index.in_(numbers) | children.c.ref_index.in_(known),
        )
        .order_by(support_episodes.c.id)
    )
    by_reference: dict[str, Support] = {}
    by_case: dict[str, list[Support]] = {}
    held = query.with_for_update(of=support_episodes) if hold else query
    for row in work.connection.execute(held):
        support = Support(row.id, row.key, row.opened_on, row.closed_on)
        if row.ref_index in numbers:
            by_reference[numbers[row.ref_index]] = support
        if row.case_index in known:
            by_case.setdefault(known[row.case_index], []).append(support)
    return Supports(by_reference, by_case)


def of_episodes(work: Casework, episode_ids: Iterable[str]) -> list[StoredTotal]:
    """Return the totals of these support episodes, oldest first."""
    query = select(sdq_totals).where(sdq_totals.c.episode_id.in_(list(episode_ids)))
    ordered = query.order_by(sdq_totals.c.day, sdq_totals.c.informant, sdq_totals.c.id)
    return [_total(row) for row in work.connection.execute(ordered)]


def add(work: Casework, new: Sequence[NewTotal], who: str, now: datetime) -> None:
    """Store totals of days and informants that have none, in one statement."""
    if new:
        rows = [
            {
                "id": new_id(work.entropy),
                "episode_id": each.support.id,
                "episode_key": each.support.key,
                "informant": each.informant,
                "day": each.day,
                "total": each.total,
                "at": now,
                "who": who,
            }
            for each in new
        ]
        work.connection.execute(insert(sdq_totals), rows)


def correct(work: Casework, totals: Mapping[str, int], who: str, now: datetime) -> None:
    """Put other numbers in the place of stored ones, by their ids, in one statement."""
    if totals:
        changed = update(sdq_totals).where(sdq_totals.c.id == bindparam("row_id"))
        work.connection.execute(
            changed.values(total=bindparam("new_total"), at=now, who=who),
            [{"row_id": each, "new_total": total} for each, total in sorted(totals.items())],
        )


def remove(work: Casework, episode_id: str, total_id: str) -> bool:
    """Take a total out; False where this support episode has none with that id."""
    mine = sdq_totals.c.id == total_id, sdq_totals.c.episode_id == episode_id
    return work.connection.execute(delete(sdq_totals).where(*mine)).rowcount > 0


def _indexed(work: Casework, purpose: str, values: Iterable[str]) -> dict[bytes, str]:
    """Return every hash under which one of these may be stored, and whose it is."""
    return {
        index: value
        for value in {each.casefold() for each in values}
        for index in work.vault.indexes(purpose, value)
    }


def _total(row: AnyRow) -> StoredTotal:
    return StoredTotal(row.id, row.episode_id, row.informant, row.day, row.total, row.at, row.who)
