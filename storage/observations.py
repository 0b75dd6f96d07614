"""Keeps what finished runs say in numbers, under pseudonyms; `storage.facts` reads it for figures.

It must not reach who people are, nor any words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from outcomes.observation import Observation
from storage import pairs
from storage.casework import Casework
from storage.sequence import new_id
from storage.tables import observations
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
