"""One made-up support episode, one answer, one asking; tests change what they are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from outcomes.episode import CloseReason, Commissioner, EpisodeFacts, Lives, Strand
from outcomes.observation import Asking, Observation

OPENED = date(2026, 6, 1)
CLOSED = date(2026, 11, 20)
DERBY, COUNTY, OTHER = Commissioner


def episode(key: str = "e1", commissioner: Commissioner = DERBY, **changes: object) -> EpisodeFacts:
    """A direct piece of support for a child in foster care, ended as planned in the quarter."""
    facts = EpisodeFacts(
        key, commissioner, Strand.DIRECT, Lives.FOSTER, OPENED, CLOSED, CloseReason.PLANNED
    )
    return replace(facts, **changes)  # type: ignore[arg-type]  # any field, by name


def answer(
    episode: str = "e1",
    on: date = OPENED,
    scores: Mapping[str, int] | None = None,
    **changes: object,
) -> Observation:
    """One star of a young person, feelings in the middle."""
    said = Observation(
        episode=episode,
        respondent=f"child of {episode}",
        role="young-person",
        instrument="star",
        version=1,
        wave="start",
        on=on,
        scores={"feelings": 3} if scores is None else scores,
    )
    return replace(said, **changes)  # type: ignore[arg-type]  # any field, by name


def asking(
    episode: str = "e1", on: date = OPENED, outcome: str = "no-reply", **changes: object
) -> Asking:
    """One time a young person was asked for a star."""
    asked = Asking(episode, f"child of {episode}", "young-person", "star", "start", on, outcome)
    return replace(asked, **changes)  # type: ignore[arg-type]  # any field, by name
