"""Runs at rest: the standing answers, and the log of every answer ever given.

It must not decide how a run moves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from storage.among import ForMany
from storage.casework import MOVE_RUN, AnyRow, Casework
from storage.tables import definitions, from_milliseconds, runs, to_milliseconds
from surveys.conversation import (
    Answer,
    Answered,
    Event,
    Run,
    RunId,
    RunStatus,
)
from surveys.instrument import Instrument, InstrumentRef
from surveys.people import Voice
from surveys.run_json import answer_from_json, answer_to_json, run_to_json

COLUMNS: Final = (
    runs.c.id.label("run_id"),
    runs.c.participant_id,
    runs.c.episode_id,
    runs.c.occasion_id,
    runs.c.instrument,
    runs.c.version,
    runs.c.digest,
    runs.c.voice,
    runs.c.status.label("run_status"),
    runs.c.state,
    runs.c.revision,
    runs.c.started_at,
    runs.c.moved_at,
)
"""What is read of a run: the columns that `run_from` takes, in this order."""

_RUNS: Final = ForMany(lambda among: select(*COLUMNS).where(among(runs.c.id)))

_encode: Final = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Logged:
    """One answer as it was given: also those that were changed or dropped later."""

    step: int
    item: str
    answer: Answer
    at: datetime
    channel: str


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run with what surrounds it: whose it is, for which occasion, and its revision."""

    run: Run
    revision: int
    episode_id: str
    occasion_id: str | None
    log: tuple[Any, ...]

    def logged(self) -> list[Logged]:
        """Return every answer ever given in this run, oldest first."""
        return [
            Logged(step, item, answer_from_json(answer), from_milliseconds(at), channel)
            for step, item, answer, at, channel in self.log
        ]


class RunRow(NamedTuple):
    """The columns of a run, with instants as they are read from the table."""

    run_id: str
    participant_id: str
    episode_id: str
    occasion_id: str | None
    instrument: str
    version: int
    digest: str
    voice: str
    run_status: str
    state: str
    revision: int
    started_at: datetime
    moved_at: datetime


def run_from(row: RunRow | AnyRow) -> StoredRun:
    """Build a run from a row that carries a run's columns."""
    state = json.loads(row.state)
    run = Run(
        id=RunId(row.run_id),
        instrument=_reference(row.instrument, row.version, row.digest),
        voice=Voice(row.voice),
        status=RunStatus(row.run_status),
        asked=tuple(state["asked"]),
        answers={item: answer_from_json(answer) for item, answer in state["answers"].items()},
        started_at=row.started_at,
        moved_at=row.moved_at,
        misses=state["misses"],
    )
    return StoredRun(run, row.revision, row.episode_id, row.occasion_id, tuple(state["log"]))


@cache
def _reference(instrument: str, version: int, digest: str) -> InstrumentRef:
    """Return one and the same reference for a version: there are few, and many runs."""
    return InstrumentRef(id=instrument, version=version, digest=digest)


def owner(work: Casework, run_id: str) -> str | None:
    """Return whose run this is, or None."""
    query = select(runs.c.participant_id).where(runs.c.id == run_id)
    return work.connection.execute(query).scalar_one_or_none()


def load(work: Casework, run_id: str) -> StoredRun | None:
    """Return one run, or None."""
    row = work.connection.execute(select(*COLUMNS).where(runs.c.id == run_id)).one_or_none()
    return run_from(row) if row is not None else None


def load_runs(work: Casework, run_ids: Iterable[str]) -> dict[str, StoredRun]:
    """Return these runs by their ids; those that do not exist are left out."""
    found = [RunRow(*row) for row in _RUNS.fetch(work.connection, run_ids)]
    return {row.run_id: run_from(row) for row in found}


def of_participant(work: Casework, participant_id: str) -> list[StoredRun]:
    """Return all runs of one person, oldest first."""
    query = select(*COLUMNS).where(runs.c.participant_id == participant_id)
    rows = work.connection.execute(query.order_by(runs.c.started_at, runs.c.id))
    return [run_from(row) for row in rows]


def begin(work: Casework, participant_id: str, stored: StoredRun) -> None:
    """Gather a new run."""
    run = stored.run
    work.insert(
        runs,
        {
            "id": run.id,
            "participant_id": participant_id,
            "episode_id": stored.episode_id,
            "occasion_id": stored.occasion_id,
            "instrument": run.instrument.id,
            "version": run.instrument.version,
            "digest": run.instrument.digest,
            "voice": run.voice.value,
            "status": run.status.value,
            "state": _state(run, stored.log),
            "revision": stored.revision,
            "started_at": run.started_at,
            "moved_at": run.moved_at,
        },
    )


def move(
    work: Casework, before: StoredRun, run: Run, events: Sequence[Event], channel: str
) -> StoredRun:
    """Gather a moved run, with the answers of these events added to its log; return it."""
    at = to_milliseconds(run.moved_at)
    given = tuple(
        [event.step, event.item, answer_to_json(event.answer), at, channel]
        for event in events
        if isinstance(event, Answered)
    )
    after = StoredRun(
        run, before.revision + 1, before.episode_id, before.occasion_id, before.log + given
    )
    work.change(
        MOVE_RUN,
        {
            "row_id": run.id,
            "seen_revision": before.revision,
            "revision": after.revision,
            "status": run.status.value,
            "state": _state(run, after.log),
            "moved_at": run.moved_at,
        },
    )
    return after


def keep_definition(work: Casework, instrument: Instrument, now: datetime) -> None:
    """Keep the exact words of an instrument, once, so that an answer can always be understood."""
    known = select(definitions.c.digest).where(definitions.c.digest == instrument.digest)
    if work.connection.execute(known).first() is None:
        build = postgresql.insert if work.connection.dialect.name == "postgresql" else sqlite.insert
        work.connection.execute(
            build(definitions).on_conflict_do_nothing(),  # another process may be as quick
            {
                "digest": instrument.digest,
                "instrument": instrument.id,
                "version": instrument.version,
                "body": instrument.model_dump_json(),
                "stored_at": now,
            },
        )


def stored_definitions(work: Casework) -> list[str]:
    """Return every instrument version that was ever asked, as JSON."""
    return list(work.connection.execute(select(definitions.c.body)).scalars())


def _state(run: Run, log: tuple[Any, ...]) -> str:
    return _encode({**run_to_json(run), "log": log})
