"""Support episodes that came from a case-management system: found and written many at a time.

It decides nothing. Their numbers there are kept like case references: sealed, and found again
through keyed hashes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, bindparam, select, update

from storage.casework import AnyRow, Casework
from storage.contract import Noted, noted_from, to_row
from storage.episodes import SupportEpisode
from storage.occasions import OccasionState
from storage.sequence import new_id
from storage.tables import children, occasions, participations, support_episodes
from storage.vault import Place

_NUMBER: Final = "episode-ref"
_COLUMNS: Final = [support_episodes.c[each.name] for each in fields(SupportEpisode)]
_ANSWERED: Final = (
    OccasionState.ANSWERING.value,
    OccasionState.ANSWERED.value,
    OccasionState.PART_ANSWERED.value,
)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A support episode that is to be found or added: its number there and its child's case."""

    reference: str
    case: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored already: support episodes by number, and children by case.

    Numbers and cases are compared without regard to capitals: the keys are `casefold` of them.
    `noted` is what staff noted for the contract, by the ids of the support episodes.
    """

    episodes: Mapping[str, SupportEpisode]
    children: Mapping[str, str]
    noted: Mapping[str, Noted]


@dataclass(frozen=True, slots=True)
class Involved:
    """Of some support episodes: those in which somebody answers or did, and how far they are.

    answered: those with an answer, though it be half, to what is asked from the end on.
    """

    people: frozenset[str]
    answered: frozenset[str]


def look_up(work: Casework, rows: Sequence[Numbered]) -> Known:
    """Return which of these support episodes and children are stored."""
    numbers = _indexed(work, _NUMBER, (each.reference for each in rows))
    cases = _indexed(work, "case", (each.case for each in rows))
    found = select(support_episodes).where(support_episodes.c.ref_index.in_(numbers))
    kin = select(children.c.id, children.c.ref_index).where(children.c.ref_index.in_(cases))
    stored = work.connection.execute(found).all()
    return Known(
        {numbers[row.ref_index]: _episode(row) for row in stored},
        {cases[row.ref_index]: row.id for row in work.connection.execute(kin)},
        {row.id: noted_from(row) for row in stored},
    )


def lock(work: Casework, known: Known, episode_ids: Iterable[str]) -> Known:
    """Return what is known with some support episodes as they are now.

    Nobody else changes these until the transaction ends.
    """
    query = select(support_episodes).where(support_episodes.c.id.in_(sorted(episode_ids)))
    ordered = query.order_by(support_episodes.c.id).with_for_update()
    held = work.connection.execute(ordered).all()
    fresh = {row.id: _episode(row) for row in held}
    return Known(
        {number: fresh.get(each.id, each) for number, each in known.episodes.items()},
        known.children,
        {**known.noted, **{row.id: noted_from(row) for row in held}},
    )


def involved(work: Casework, episode_ids: Sequence[str], before_end: Sequence[str]) -> Involved:
    """Return who has to do with these support episodes; before_end: the waves until the end."""
    if not episode_ids:
        return Involved(frozenset(), frozenset())
    people = select(participations.c.episode_id).where(participations.c.episode_id.in_(episode_ids))
    answered = select(occasions.c.episode_id).where(
        occasions.c.episode_id.in_(episode_ids),
        occasions.c.wave.not_in(before_end),
        occasions.c.state.in_(_ANSWERED),
    )
    return Involved(_names(work, people), _names(work, answered))


def add_child(work: Casework, case: str, now: datetime) -> str:
    """Gather a child whom nobody knew; return the id."""
    child_id = new_id(work.entropy)
    place = Place("children", "ref_cipher", child_id)
    work.insert(
        children,
        {
            "id": child_id,
            "ref_index": work.vault.index("case", case.casefold()),
            "ref_cipher": work.vault.seal(place, case.encode()),
            "made_at": now,
        },
    )
    return child_id


def add(work: Casework, reference: str, episode: SupportEpisode, noted: Noted) -> None:
    """Gather a new support episode with its number in the case system, and what is noted of it."""
    place = Place("support_episodes", "ref_cipher", episode.id)
    work.insert(
        support_episodes,
        {
            **{column.name: getattr(episode, column.name) for column in _COLUMNS},
            **to_row(noted),
            "ref_index": work.vault.index(_NUMBER, reference.casefold()),
            "ref_cipher": work.vault.seal(place, reference.encode()),
        },
    )


def correct(work: Casework, corrected: Sequence[SupportEpisode]) -> None:
    """Write what a case system says of support episodes that are stored, in one statement."""
    if not corrected:
        return
    columns = ("strand", "intervention", "opened_on", "closed_on", "close_reason")
    values: dict[str, Any] = {column: bindparam(f"new_{column}") for column in columns}
    statement = update(support_episodes).where(support_episodes.c.id == bindparam("row_id"))
    work.connection.execute(
        statement.values(values),
        [
            {"row_id": each.id, **{f"new_{column}": getattr(each, column) for column in columns}}
            for each in sorted(corrected, key=lambda each: each.id)
        ],
    )


def _indexed(work: Casework, purpose: str, values: Iterable[str]) -> dict[bytes, str]:
    """Return every hash under which one of these may be stored, and whose it is."""
    return {
        index: value
        for value in {each.casefold() for each in values}
        for index in work.vault.indexes(purpose, value)
    }


def _names(work: Casework, query: Select[tuple[str]]) -> frozenset[str]:
    return frozenset(row.episode_id for row in work.connection.execute(query.distinct()))


def _episode(row: AnyRow) -> SupportEpisode:
    return SupportEpisode(**{column.name: getattr(row, column.name) for column in _COLUMNS})
