"""Reads kept pairs as columns, chunk by chunk, so that millions of answers need little memory.

It must not reach who people are, nor any words, and it compares nothing. It loads numpy: import it
only where figures are made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import reduce
from itertools import count, repeat
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    case,
    cast,
    func,
    select,
    type_coerce,
)
from sqlalchemy.types import NullType

from outcomes.counting.blocks import Chunk, Kind, Numbers, Place
from outcomes.counting.packed import DAY_ZERO
from outcomes.episode import AgeBand, Commissioner, Lives, Strand
from outcomes.quarter import Period
from storage.errors import DatabaseAway
from storage.pairs import Items, Version, items_of, items_of_versions
from storage.tables import pairs, support_episodes

ROWS_AT_ONCE: Final = 20_000
"""How many rows a chunk is made of, but for those of its last support episode."""

_MANY: Final = 3
"""Where one in so many support episodes is looked at, reading past the others is quicker."""

_BETWEEN: Final = "/"
_NAME: Final = "pairs"

_T = TypeVar("_T")
AgeOf = Callable[[Any], AgeBand]


def chunks(
    connection: Connection, period: Period, age_of: AgeOf, rows: int = ROWS_AT_ONCE
) -> Iterator[Chunk]:
    """Give what is kept of the support episodes that closed in a period.

    `age_of` says how old the child of a row was, from its columns `child_age` and `child_id`. A few
    numbers are held for every support episode, and all that was answered in them chunk by chunk, as
    it is asked for. Raises ItemsUnknown where a definition is missing.
    """
    closed = support_episodes.c.closed_on.between(period.first_day, period.last_day)
    supports = _Supports(age_of)
    for some in _stream(connection, _episodes(closed), rows):
        supports.add(some)
    reading = _Reading(items_of_versions(connection), supports)
    held: list[Any] = []
    for some in _stream(connection, _pairs(connection, closed), rows):
        held += some
        whole = _whole_episodes(held)
        if whole:
            yield reading.chunk(held[:whole])
            del held[:whole]
    if held:
        yield reading.chunk(held)


def _stream(connection: Connection, query: Select[Any], rows: int) -> Iterator[Sequence[Any]]:
    """Give so many rows at a time, straight from the driver: no value in them has another form.

    Raises DatabaseAway where the database breaks off.
    """
    # Nothing but days and words of ours is written into the statement.
    compiled = query.compile(connection, compile_kwargs={"literal_binds": True})
    driver = connection.connection
    by_server = connection.dialect.name == "postgresql"
    cursor = driver.cursor(name=_NAME, binary=True) if by_server else driver.cursor()
    try:
        cursor.execute(compiled.string)
        while some := cursor.fetchmany(rows):
            yield some
    except connection.dialect.loaded_dbapi.Error as error:
        raise DatabaseAway from error
    finally:
        cursor.close()


def _episodes(closed: ColumnElement[bool]) -> Select[Any]:
    # As text: a day is looked up among the few that occur, which is quicker than reading each.
    opened_on = type_coerce(support_episodes.c.opened_on, Text)
    closed_on = type_coerce(support_episodes.c.closed_on, Text)
    child = case((support_episodes.c.child_age.is_(None), support_episodes.c.child_id), else_="")
    place = _together(
        support_episodes.c.commissioner,
        support_episodes.c.strand,
        support_episodes.c.lives,
        func.coalesce(support_episodes.c.child_age, ""),
        child,
    )
    return select(support_episodes.c.key, opened_on, closed_on, place).where(closed)


def _together(*columns: ColumnElement[Any]) -> ColumnElement[str]:
    """Join columns into one text, as every value more that a row has takes time."""
    first, *others = columns
    return reduce(lambda joined, column: joined + _BETWEEN + column, others, first)


def _pairs(connection: Connection, closed: ColumnElement[bool]) -> Select[Any]:
    """Return what selects the pairs of the closed support episodes, in the order of their keys.

    Where most of them are closed it takes those of the others along.
    """
    kind = _together(pairs.c.instrument, cast(pairs.c.version, Text), pairs.c.role)
    answers = type_coerce(pairs.c.answers, NullType)
    query = select(pairs.c.episode_key, pairs.c.participant_key, kind, answers)
    counted = select(func.count()).select_from(support_episodes)
    many, all_of_them = (
        connection.execute(each).scalar_one() for each in (counted.where(closed), counted)
    )
    if many * _MANY < all_of_them:
        keys = select(support_episodes.c.key).where(closed)
        query = query.where(pairs.c.episode_key.in_(keys))
    return query.order_by(pairs.c.episode_key)


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


class _Places(dict[str, int]):
    """Numbers where support episodes stand; several children stand in the same place."""

    def __init__(self, age_of: AgeOf) -> None:
        super().__init__()
        self.found: list[Place] = []
        self._age_of = age_of

    def __missing__(self, key: str) -> int:
        """Give a place that has not come before the next number."""
        commissioner, strand, lives, age, child = key.split(_BETWEEN)
        row = _AgeRow(age or None, child or None)
        place = Place(Commissioner(commissioner), Strand(strand), self._age_of(row), Lives(lives))
        if place not in self.found:
            self.found.append(place)
        number = self[key] = self.found.index(place)
        return number


class _Supports:
    """What figures need of every support episode, as columns of numbers."""

    def __init__(self, age_of: AgeOf) -> None:
        self.numbers: dict[str, int] = {}
        self.places = _Places(age_of)
        self._days = _Days()
        self._columns: list[tuple[Numbers, Numbers, Numbers]] = []

    def add(self, rows: Sequence[Any]) -> None:
        """Take some more support episodes."""
        keys, opened, closed, place = zip(*rows, strict=True)
        self.numbers.update(zip(keys, count(len(self.numbers)), strict=False))
        self._columns.append(
            (
                _array(map(self.places.__getitem__, place), len(rows)),
                _array(map(self._days.__getitem__, opened), len(rows)),
                _array(map(self._days.__getitem__, closed), len(rows)),
            )
        )

    def columns(self) -> tuple[Numbers, Numbers, Numbers]:
        """Return the places and the first and last days of all support episodes, by number."""
        if not self._columns:
            return (np.zeros(0, np.int64),) * 3
        place, opened, closed = (
            np.concatenate(parts) for parts in zip(*self._columns, strict=True)
        )
        return place, opened, closed


class _Reading:
    """Turns rows into columns of numbers; what it has numbered stays so from chunk to chunk."""

    def __init__(self, items: Mapping[Version, Items], supports: _Supports) -> None:
        self._kinds = _Kinds(items)
        self._supports = supports
        self._place, self._opened, self._closed = supports.columns()

    def chunk(self, rows: Sequence[Any]) -> Chunk:
        """Return these pairs as columns; those of other support episodes are left out."""
        keys, people, kind, answers = zip(*rows, strict=True)
        number = _array(map(self._supports.numbers.get, keys, repeat(-1)), len(rows))
        here = np.flatnonzero(number >= 0)
        number = number[here]
        # They come one support episode after the other.
        episode = np.cumsum(np.diff(number, prepend=-1) != 0) - 1
        return Chunk(
            kinds=self._kinds.found,
            places=self._supports.places.found,
            kind=_array(map(self._kinds.__getitem__, kind), len(rows))[here],
            place=self._place[number],
            episode=episode,
            person=_only(people, here),
            opened=self._opened[number],
            closed=self._closed[number],
            answers=_only(answers, here),
        )


def _array(numbers: Iterable[int], count: int) -> Numbers:
    return np.fromiter(numbers, np.int64, count)


def _only(column: Sequence[_T], here: Numbers) -> Sequence[_T]:
    return column if len(here) == len(column) else [column[row] for row in here]
