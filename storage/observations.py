"""What finished runs say in numbers, under pseudonyms: all that figures are made from.

It must not reach who people are, nor any words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, select

from outcomes.episode import CloseReason, Commissioner, EpisodeFacts, Lives, Strand
from outcomes.observation import Asking, AskingOutcome, Observation
from storage import pairs
from storage.casework import AnyRow, Casework
from storage.sequence import new_id
from storage.silences import GONE_QUIET
from storage.tables import observations, occasions, silences, support_episodes
from surveys.instrument import Instrument


@dataclass(frozen=True, slots=True)
class NewObservation:
    """The numbers of one ended run; a skipped item is absent, never a number."""

    episode_key: str
    participant_key: str
    role: str
    instrument: str
    version: int
    wave: str
    day: date
    complete: bool
    scores: Mapping[str, int]


def add(work: Casework, new: NewObservation, instrument: Instrument) -> None:
    """Gather one observation, and what is kept beside it for comparing; `instrument`: answered.

    Raises BadFactsError where it holds what the instrument does not score.
    """
    said = Observation(
        episode=new.episode_key,
        respondent=new.participant_key,
        role=new.role,
        instrument=new.instrument,
        version=new.version,
        wave=new.wave,
        on=new.day,
        scores=new.scores,
    )
    pairs.add(work, said, pairs.scored_items(instrument))
    work.insert(
        observations,
        {
            "id": new_id(work.entropy),
            "episode_key": new.episode_key,
            "participant_key": new.participant_key,
            "role": new.role,
            "instrument": new.instrument,
            "version": new.version,
            "wave": new.wave,
            "day": new.day,
            "complete": new.complete,
            "scores": json.dumps(dict(new.scores), separators=(",", ":")),
        },
    )


def of_one(work: Casework, participant_key: str) -> list[NewObservation]:
    """Return what is kept under one pseudonym, oldest first: for somebody's own export only."""
    query = select(observations).where(observations.c.participant_key == participant_key)
    return [
        NewObservation(
            episode_key=row.episode_key,
            participant_key=row.participant_key,
            role=row.role,
            instrument=row.instrument,
            version=row.version,
            wave=row.wave,
            day=row.day,
            complete=row.complete,
            scores=json.loads(row.scores),
        )
        for row in work.connection.execute(query.order_by(observations.c.day, observations.c.id))
    ]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that figures are made from: pseudonyms, dates, categories and numbers."""

    episodes: tuple[EpisodeFacts, ...]
    observations: tuple[Observation, ...]
    askings: tuple[Asking, ...]


_OUTCOMES: Final = {
    "answered": AskingOutcome.ANSWERED,
    "part-answered": AskingOutcome.ANSWERED,
    "declined": AskingOutcome.DECLINED,
    "lapsed": AskingOutcome.NO_REPLY,
    "undeliverable": AskingOutcome.NO_REPLY,
    "suppressed": AskingOutcome.WITHDRAWN,
}
"""What became of an asking that is over; one that waits is no reply once it was offered."""

_Silences = Mapping[str, Sequence[tuple[datetime, datetime | None]]]
"""By pseudonym, from when to when somebody had gone quiet; None where they have not come back."""


def read_facts(connection: Connection, first: date, last: date, zone: ZoneInfo) -> Facts:
    """Return the facts about the support episodes that closed between two days, both included."""
    closed = support_episodes.c.closed_on.between(first, last)
    episodes = tuple(
        EpisodeFacts(
            key=row.key,
            commissioner=Commissioner(row.commissioner),
            strand=Strand(row.strand),
            lives=Lives(row.lives),
            accepted_on=row.opened_on,
            closed_on=row.closed_on,
            close_reason=CloseReason(row.close_reason),
        )
        for row in connection.execute(
            select(support_episodes).where(closed).order_by(support_episodes.c.key)
        )
    )
    keys = select(support_episodes.c.key).where(closed)
    return Facts(episodes, _observations(connection, keys), _askings(connection, keys, zone))


def _observations(connection: Connection, keys: Select[Any]) -> tuple[Observation, ...]:
    query = select(observations).where(observations.c.episode_key.in_(keys))
    return tuple(
        Observation(
            episode=row.episode_key,
            respondent=row.participant_key,
            role=row.role,
            instrument=row.instrument,
            version=row.version,
            wave=row.wave,
            on=row.day,
            scores=json.loads(row.scores),
        )
        for row in connection.execute(query.order_by(observations.c.id))
    )


def _askings(connection: Connection, keys: Select[Any], zone: ZoneInfo) -> tuple[Asking, ...]:
    query = select(occasions).where(occasions.c.episode_key.in_(keys))
    gone_quiet = _silences(connection, keys)
    return tuple(
        Asking(
            episode=row.episode_key,
            respondent=row.participant_key,
            role=row.role,
            instrument=row.instrument,
            wave=row.wave,
            asked_on=(row.offered_at or row.due_at).astimezone(zone).date(),
            outcome=_outcome(row, gone_quiet).value,
        )
        for row in connection.execute(query.order_by(occasions.c.id))
    )


def _silences(connection: Connection, keys: Select[Any]) -> _Silences:
    """Return when those who were asked had gone quiet, in whichever support it was noticed."""
    asked = select(occasions.c.participant_key).where(occasions.c.episode_key.in_(keys))
    query = select(silences.c.participant_key, silences.c.at, silences.c.over_at).where(
        silences.c.participant_key.in_(asked), silences.c.kind.in_(GONE_QUIET)
    )
    found: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for key, at, over_at in connection.execute(query):
        found.setdefault(key, []).append((at, over_at))
    return found


def _outcome(row: AnyRow, gone_quiet: _Silences) -> AskingOutcome:
    """Return what became of an asking; where nobody was there until its window ended, say so.

    What somebody does after the window changes nothing: a figure that is out stays true.
    """
    waiting = AskingOutcome.NOT_ASKED if row.offered_at is None else AskingOutcome.NO_REPLY
    outcome = _OUTCOMES.get(row.state, waiting)
    ends = row.window_ends_at
    was_gone = any(
        at <= ends and (over_at is None or over_at > ends)
        for at, over_at in gone_quiet.get(row.participant_key, ())
    )
    return AskingOutcome.GONE_QUIET if was_gone and outcome is AskingOutcome.NO_REPLY else outcome
