"""Reads kept pairs as columns, chunk by chunk, so that millions of answers need little memory.

It must not reach who people are, nor any words, and it compares nothing. It loads numpy: import it
only where figures are made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import repeat
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    select,
    type_coerce,
)
from sqlalchemy.types import NullType

from outcomes.blocks import Chunk, Kind, Numbers, Place
from outcomes.episode import AgeBand, Commissioner, Lives, Strand
from outcomes.packed import DAY_ZERO
from outcomes.quarter import Period
from storage.pairs import Items, Version, items_of, items_of_versions
from storage.tables import pairs, support_episodes

EPISODES_AT_ONCE: Final = 10_000
"""How many support episodes a chunk is about."""

_MANY: Final = 3
"""Where one in so many support episodes is looked at, reading past the others is quicker."""

_BETWEEN: Final = "/"

_T = TypeVar("_T")
AgeOf = Callable[[Any], AgeBand]


def chunks(
    connection: Connection, period: Period, age_of: AgeOf, episodes: int = EPISODES_AT_ONCE
) -> Iterator[Chunk]:
    """Give what is kept of the support episodes that closed in a period.

    `age_of` says how old the child of a row was, from its columns `child_age` and `child_id`. What
    a chunk is made of is read when it is asked for. Raises ItemsUnknown where a definition is
    missing.
    """
    reading = _Reading(items_of_versions(connection), age_of)
    closed = support_episodes.c.closed_on.between(period.first_day, period.last_day)
    pairs_between = _pairs_between(connection, closed)
    stream = {"stream_results": True, "yield_per": episodes}
    for some in connection.execute(_episodes(closed), execution_options=stream).partitions():
        found = connection.execute(pairs_between, {"first": some[0][0], "last": some[-1][0]})
        yield reading.chunk(some, found.all())


def _episodes(closed: ColumnElement[bool]) -> Select[Any]:
    # As text: a day is looked up among the few that occur, which is quicker than reading each.
    opened_on = type_coerce(support_episodes.c.opened_on, Text)
    closed_on = type_coerce(support_episodes.c.closed_on, Text)
    child = case((support_episodes.c.child_age.is_(None), support_episodes.c.child_id))
    return (
        select(
            support_episodes.c.key,
            opened_on,
            closed_on,
            support_episodes.c.commissioner,
            support_episodes.c.strand,
            support_episodes.c.lives,
            support_episodes.c.child_age,
            child,
        )
        .where(closed)
        .order_by(support_episodes.c.key)
    )


def _pairs_between(connection: Connection, closed: ColumnElement[bool]) -> Select[Any]:
    """Return what selects the pairs of the closed support episodes between two keys, or more.

    Where most of them are closed it takes those of the others along.
    """
    key = pairs.c.episode_key
    # Together, as every value more that a row has takes time, and there are few kinds.
    version = cast(pairs.c.version, Text)
    kind = pairs.c.instrument + _BETWEEN + version + _BETWEEN + pairs.c.role
    answers = type_coerce(pairs.c.answers, NullType)
    query = select(key, pairs.c.participant_key, kind, answers)
    between = key.between(bindparam("first"), bindparam("last"))
    count = select(func.count()).select_from(support_episodes)
    many, all_of_them = (
        connection.execute(each).scalar_one() for each in (count.where(closed), count)
    )
    if many * _MANY >= all_of_them:
        return query.where(between)
    return query.where(
        key.in_(
            select(support_episodes.c.key).where(
                closed, support_episodes.c.key.between(bindparam("first"), bindparam("last"))
            )
        )
    )


class _Days(dict[Any, int]):
    """Says how many days after day zero a day is, as a date or as its text."""

    def __missing__(self, day: Any) -> int:
        """Work it out for a day that has not come before."""
        found = date.fromisoformat(day) if isinstance(day, str) else day
        number = self[day] = (found - DAY_ZERO).days
        return number


class _Kinds(dict[str, int]):
    """Numbers what was answered, in the order in which it comes."""

    def __init__(self, items: Mapping[Version, Items]) -> None:
        super().__init__()
        self.found: list[Kind] = []
        self._items = items

    def __missing__(self, key: str) -> int:
        """Give what has not come before the next number."""
        instrument, version, role = key.split(_BETWEEN)
        items = items_of(self._items, (instrument, int(version)))
        self.found.append(Kind(instrument, int(version), role, items))
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

    def chunk(self, episodes: Sequence[Any], rows: Sequence[Any]) -> Chunk:
        """Return these pairs as columns; those of other support episodes are left out."""
        keys, opened, closed, *place = zip(*episodes, strict=True)
        columns = tuple(zip(*rows, strict=True)) or ((),) * 4
        whose, people, kind, answers = columns
        numbers = {key: number for number, key in enumerate(keys)}
        episode = _array(map(numbers.get, whose, repeat(-1)), len(rows))
        here = np.flatnonzero(episode >= 0)
        episode = episode[here]
        places = map(self._places.__getitem__, zip(*place, strict=True))
        return Chunk(
            kinds=self._kinds.found,
            places=self._places.found,
            kind=_array(map(self._kinds.__getitem__, kind), len(rows))[here],
            place=_array(places, len(keys))[episode],
            episode=episode,
            person=_only(people, here),
            opened=_array(map(self._days.__getitem__, opened), len(keys))[episode],
            closed=_array(map(self._days.__getitem__, closed), len(keys))[episode],
            answers=_only(answers, here),
        )


def _array(numbers: Iterable[int], count: int) -> Numbers:
    return np.fromiter(numbers, np.int64, count)


def _only(column: Sequence[_T], here: Numbers) -> Sequence[_T]:
    return column if len(here) == len(column) else [column[row] for row in here]
