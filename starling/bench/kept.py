"""Keeps made-up people in a database, by plain inserts, and begins runs for them; measures nothing.

One person's past is worked out; everybody else has the same past under names of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from starling.bench.past import (
    ADDRESS,
    EPISODE,
    NAMES,
    NEW_RUN,
    PERSON,
    Rows,
    renamed,
    secrets_of,
    work_out_beginning,
    work_out_past,
)
from storage import people, runs
from storage.casework import Connection
from storage.sequence import new_id
from surveys.conversation import RunId
from surveys.instrument import Instrument
from usecases.service import Service

_FIRST_CHAT: Final = 5_000_000_000
_AT_A_TIME: Final = 500
_AGO: Final = timedelta(days=42)


@dataclass(frozen=True, slots=True)
class Kept:
    """One person in the database, as far as a new run for them needs it."""

    participant: str
    episode: str
    address: str
    chat_id: int


class Household:
    """Keeps people in the database and begins runs for them."""

    def __init__(self, service: Service, instrument: Instrument, now: datetime) -> None:
        """Take the service whose database is filled, and what everybody is asked."""
        self._service = service
        self._instrument = instrument
        self._now = now

    async def fill(self, many: int, on_some: Callable[[int], object]) -> list[Kept]:
        """Add so many people; call `on_some` with how many there are already."""
        past = await self._service.lane.write(self._work_out_past)
        kept: list[Kept] = []
        for first in range(0, many, _AT_A_TIME):
            numbers = range(first, min(first + _AT_A_TIME, many))
            kept += await self._service.lane.write(partial(self._add, past, numbers))
            on_some(len(kept))
        return kept

    async def begin(self, who: Sequence[Kept]) -> list[RunId]:
        """Begin a new run for each of them, whose first question has arrived."""
        return await self._service.lane.write(partial(self._begin, who))

    async def count_answers(self, begun: Sequence[RunId]) -> int:
        """Return how many answers these runs hold: what was really stored."""

        def work(connection: Connection) -> int:
            found = runs.load_runs(self._service.open(connection), begun)
            return sum(len(stored.log) for stored in found.values())

        return await self._service.lane.read(work)

    def _work_out_past(self, connection: Connection) -> Rows:
        work = self._service.open(connection)
        runs.keep_definition(work, self._instrument, self._now)
        return work_out_past(work, self._service.render, self._instrument, self._now - _AGO)

    def _add(self, past: Rows, numbers: range, connection: Connection) -> list[Kept]:
        work = self._service.open(connection)
        kept = []
        for number in numbers:
            names = {name: new_id(work.entropy) for name in NAMES}
            chat_id = _FIRST_CHAT + number
            secrets = secrets_of(work, names, number, chat_id)
            for table, row in past:
                own = secrets.get(table.name, {})
                work.insert(table, {**renamed(work, row, names), **own})
            kept.append(Kept(names[PERSON], names[EPISODE], names[ADDRESS.id], chat_id))
        work.flush()
        return kept

    def _begin(self, who: Sequence[Kept], connection: Connection) -> list[RunId]:
        work = self._service.open(connection)
        rows = work_out_beginning(work, self._service.render, self._instrument, self._now)
        persons = people.load_people(work, [each.participant for each in who])
        begun = []
        for each in who:
            run = RunId(new_id(work.entropy))
            names = {
                PERSON: each.participant,
                EPISODE: each.episode,
                ADDRESS.id: each.address,
                NEW_RUN: run,
            }
            for table, row in rows:
                work.insert(table, renamed(work, row, names))
            people.set_current_run(work, persons[each.participant], run)
            begun.append(run)
        work.flush()
        return begun
