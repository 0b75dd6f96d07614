"""Reads kept pairs as columns, chunk by chunk, so that millions of answers need little memory.

It must not reach who people are, nor any words, and it compares nothing. It loads numpy: import it
only where figures are made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
from sqlalchemy import Connection, Select, Text, case, select, type_coerce

from outcomes.blocks import Chunk, Kind, Numbers, Place
from outcomes.episode import AgeBand, Commissioner, Lives, Strand
from outcomes.packed import DAY_ZERO
from outcomes.quarter import Period
from storage.pairs import Items, Version, items_of, items_of_versions
from storage.tables import pairs, support_episodes

ROWS_AT_ONCE: Final = 20_000
"""How many rows a chunk holds, and those that its last support episode still has."""

AgeOf = Callable[[Any], AgeBand]


def chunks(
    connection: Connection, period: Period, age_of: AgeOf, rows: int = ROWS_AT_ONCE
) -> Iterator[Chunk]:
    """Give what is kept of the support episodes that closed in a period.

    `age_of` says how old the child of a row was, from its columns `child_age` and `child_id`. The
    rows come from the database as they are asked for, and `rows` of them are held at a time. Raises
    ItemsUnknown where a definition is missing.
    """
    reading = _Reading(items_of_versions(connection), age_of)
    query = _query().where(support_episodes.c.closed_on.between(period.first_day, period.last_day))
    held: list[Any] = []
    options = {"stream_results": True, "yield_per": rows}
    for some in connection.execute(query, execution_options=options).partitions():
        held += some
        whole = _whole_episodes(held)
        if whole:
            yield reading.chunk(held[:whole])
            del held[:whole]
    if held:
        yield reading.chunk(held)


def _query() -> Select[Any]:
    # As text: a day is looked up among the few that occur, which is quicker than reading each.
    opened = type_coerce(support_episodes.c.opened_on, Text)
    closed = type_coerce(support_episodes.c.closed_on, Text)
    return (
        select(
            pairs.c.episode_key,
            pairs.c.participant_key,
            pairs.c.instrument,
            pairs.c.version,
            pairs.c.role,
            pairs.c.answers,
            opened,
            closed,
            support_episodes.c.commissioner,
            support_episodes.c.strand,
            support_episodes.c.lives,
            support_episodes.c.child_age,
            case((support_episodes.c.child_age.is_(None), support_episodes.c.child_id)),
        )
        .join(support_episodes, support_episodes.c.key == pairs.c.episode_key)
        .order_by(pairs.c.episode_key)
    )


def _whole_episodes(held: Sequence[Any]) -> int:
    """Return how many rows from the front belong to support episodes that are there to the end."""
    last = held[-1][0]
    count = len(held) - 1
    while count and held[count - 1][0] == last:
        count -= 1
    return count


class _Days(dict[Any, int]):
    """Says how many days after day zero a day is, as a date or as its text."""

    def __missing__(self, day: Any) -> int:
        """Work it out for a day that has not come before."""
        found = date.fromisoformat(day) if isinstance(day, str) else day
        number = self[day] = (found - DAY_ZERO).days
        return number


class _Kinds(dict[tuple[str, int, str], int]):
    """Numbers what was answered, in the order in which it comes."""

    def __init__(self, items: Mapping[Version, Items]) -> None:
        super().__init__()
        self.found: list[Kind] = []
        self._items = items

    def __missing__(self, key: tuple[str, int, str]) -> int:
        """Give what has not come before the next number."""
        instrument, version, role = key
        items = items_of(self._items, (instrument, version))
        self.found.append(Kind(instrument, version, role, items))
        number = self[key] = len(self.found) - 1
        return number


class _AgeRow(NamedTuple):
    """What an age is told from."""

    child_age: str | None
    child_id: str | None


class _Places(dict[tuple[Any, ...], int]):
    """Numbers where support episodes stand; several children stand in the same place."""

    def __init__(self, age_of: AgeOf) -> None:
        super().__init__()
        self.found: list[Place] = []
        self._age_of = age_of

    def __missing__(self, key: tuple[Any, ...]) -> int:
        """Give a place that has not come before the next number."""
        commissioner, strand, lives, *age = key
        place = Place(
            Commissioner(commissioner), Strand(strand), self._age_of(_AgeRow(*age)), Lives(lives)
        )
        if place not in self.found:
            self.found.append(place)
        number = self[key] = self.found.index(place)
        return number


class _Reading:
    """Turns rows into columns of numbers; what it has numbered stays so from chunk to chunk."""

    def __init__(self, items: Mapping[Version, Items], age_of: AgeOf) -> None:
        self._kinds = _Kinds(items)
        self._places = _Places(age_of)
        self._days = _Days()

    def chunk(self, rows: Sequence[Any]) -> Chunk:
        """Return these rows, which come in the query's order, as columns."""
        episodes, people, *kind, answers, opened, closed = tuple(zip(*rows, strict=True))[:8]
        places = [row[8:] for row in rows]
        return Chunk(
            kinds=self._kinds.found,
            places=self._places.found,
            kind=_array(map(self._kinds.__getitem__, zip(*kind, strict=True)), len(rows)),
            place=_array(map(self._places.__getitem__, places), len(rows)),
            episode=_numbered(episodes),
            person=_numbered(people),
            opened=_array(map(self._days.__getitem__, opened), len(rows)),
            closed=_array(map(self._days.__getitem__, closed), len(rows)),
            answers=answers,
        )


def _array(numbers: Iterable[int], count: int) -> Numbers:
    return np.fromiter(numbers, np.int64, count)


def _numbered(names: Sequence[str]) -> Numbers:
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return _array(map(numbers.__getitem__, names), len(names))
