"""What staff noted of a support episode because the contract asks for it: read and written.

It decides nothing, and knows nothing of what anybody answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from sqlalchemy import bindparam, select, update

from outcomes.episode import AgeBand
from storage.casework import AnyRow, Casework
from storage.tables import support_episodes


@dataclass(frozen=True, slots=True)
class Noted:
    """What was noted; None means that nobody noted it, which is neither yes nor no.

    `child_age` is that on the day the support was accepted, never `not-known`. The others mean what
    they do in `outcomes.episode.StaffFacts`.
    """

    child_age: AgeBand | None = None
    unplanned_moves: int | None = None
    away_at_start: bool | None = None
    away_at_end: bool | None = None
    plan_on: date | None = None
    disengaged_on: date | None = None
    back_on: date | None = None


NOTHING: Final = Noted()
"""Where nobody has noted anything yet."""

NAMES: Final = tuple(each.name for each in fields(Noted))
_VALUES: Final[dict[str, Any]] = {name: bindparam(f"new_{name}") for name in NAMES}
_STORE: Final = (
    update(support_episodes).where(support_episodes.c.id == bindparam("row_id")).values(_VALUES)
)


def load(work: Casework, episode_id: str) -> Noted:
    """Return what was noted of a support episode; nothing of one that there is not."""
    return of_episodes(work, [episode_id]).get(episode_id, NOTHING)


def of_episodes(work: Casework, episode_ids: Iterable[str]) -> dict[str, Noted]:
    """Return what was noted of support episodes, by their ids."""
    query = select(support_episodes.c.id, *(support_episodes.c[name] for name in NAMES))
    wanted = query.where(support_episodes.c.id.in_(list(episode_ids)))
    return {row.id: noted_from(row) for row in work.connection.execute(wanted)}


def store(work: Casework, noted: Mapping[str, Noted]) -> None:
    """Write what was noted, by the ids of the support episodes, in one statement."""
    if noted:
        work.connection.execute(
            _STORE,
            [
                {
                    "row_id": episode,
                    **{f"new_{name}": value for name, value in to_row(each).items()},
                }
                for episode, each in sorted(noted.items())
            ],
        )


def noted_from(row: AnyRow) -> Noted:
    """Build it from a row that carries the columns."""
    age = None if row.child_age is None else AgeBand(row.child_age)
    return Noted(age, *(getattr(row, name) for name in NAMES[1:]))


def to_row(noted: Noted) -> dict[str, Any]:
    """Return the values of the columns."""
    age = None if noted.child_age is None else noted.child_age.value
    return {"child_age": age, **{name: getattr(noted, name) for name in NAMES[1:]}}
