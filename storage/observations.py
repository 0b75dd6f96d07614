"""What finished runs say in numbers, under pseudonyms: all that figures are made from.

It must not reach who people are, nor any words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, select

from outcomes.episode import CloseReason, Commissioner, EpisodeFacts, Lives, Strand
from outcomes.observation import Asking, AskingOutcome, Observation
from storage.casework import Casework
from storage.sequence import new_id
from storage.tables import observations, occasions, support_episodes


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


def add(work: Casework, new: NewObservation) -> None:
    """Gather one observation."""
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
    return tuple(
        Asking(
            episode=row.episode_key,
            respondent=row.participant_key,
            role=row.role,
            instrument=row.instrument,
            wave=row.wave,
            asked_on=(row.offered_at or row.due_at).astimezone(zone).date(),
            outcome=_outcome(row.state, offered=row.offered_at is not None).value,
        )
        for row in connection.execute(query.order_by(occasions.c.id))
    )


def _outcome(state: str, *, offered: bool) -> AskingOutcome:
    waiting = AskingOutcome.NO_REPLY if offered else AskingOutcome.NOT_ASKED
    return _OUTCOMES.get(state, waiting)
