"""What finished runs say in numbers, under pseudonyms: all that figures are made from.

It must not reach who people are, nor any words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from storage.casework import Casework
from storage.sequence import new_id
from storage.tables import observations


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
