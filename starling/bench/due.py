"""Keeps made-up people in a database to whom something is due at one moment; measures nothing.

Rows are plain inserts after one pattern: everybody joined, can be reached, and is asked once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from starling.bench.past import (
    EPISODE,
    NAMES,
    PERSON,
    Pattern,
    Rows,
    add_person,
    add_planned,
    add_support,
    renamed,
    secrets_of,
)
from storage import occasions
from storage.casework import Connection
from storage.sequence import new_id
from usecases.service import Service

_FIRST_CHAT: Final = 6_000_000_000
_LONGEST: Final = 10_000_000
_AT_A_TIME: Final = 1_000
_FAR_AHEAD: Final = datetime(2100, 1, 1, tzinfo=UTC)
_AGO: Final = timedelta(days=42)


@dataclass(frozen=True, slots=True)
class Joined:
    """One person in the database and the support in which they answer."""

    participant: str
    episode: str


class Street:
    """Keeps people in one database; each has a case number and a chat of their own."""

    def __init__(self, service: Service, number: int) -> None:
        """Take the service whose database is filled; each street in it has a number of its own."""
        self._service = service
        self._many = number * _LONGEST

    async def move_in(
        self, many: int, now: datetime, due_at: datetime | None, on_some: Callable[[int], object]
    ) -> list[Joined]:
        """Add so many people, who joined before `now`; something is due to each at `due_at`.

        None for nothing. Calls `on_some` with how many there are already.
        """
        joined: list[Joined] = []
        while len(joined) < many:
            count = min(_AT_A_TIME, many - len(joined))
            numbers = range(self._many, self._many + count)
            work = partial(self._add, numbers, now - _AGO, due_at)
            joined += await self._service.lane.write(work)
            self._many += count
            on_some(len(joined))
        return joined

    async def rest(self) -> None:
        """Let nothing be due any more, however far ahead."""
        while await self._service.lane.write(self._put_away):
            pass

    def _put_away(self, connection: Connection) -> int:
        work = self._service.open(connection)
        waiting = occasions.claim_due(work, _FAR_AHEAD, _AT_A_TIME)
        for each in waiting:
            occasions.move(work, replace(each, next_at=None))
        work.flush()
        return len(waiting)

    def _add(
        self, numbers: range, then: datetime, due_at: datetime | None, connection: Connection
    ) -> list[Joined]:
        work = self._service.open(connection)
        pattern = _pattern(Pattern(work), then, due_at)
        joined = []
        for number in numbers:
            names = {name: new_id(work.entropy) for name in NAMES}
            secrets = secrets_of(work, names, number, _FIRST_CHAT + number)
            for table, row in pattern:
                work.insert(table, {**renamed(work, row, names), **secrets.get(table.name, {})})
            joined.append(Joined(names[PERSON], names[EPISODE]))
        work.flush()
        return joined


def _pattern(pattern: Pattern, then: datetime, due_at: datetime | None) -> Rows:
    add_support(pattern, then)
    add_person(pattern, then, current_run=None)
    if due_at is not None:
        add_planned(pattern, due_at)
    return pattern.rows
