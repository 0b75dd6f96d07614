"""That people went quiet and came back: facts with a kind and a time, and who takes care of it.

It must not read an answer or any words, and no figure may take silence for wellbeing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, select, update

from storage.casework import Casework
from storage.sequence import new_id
from storage.tables import silences


class SilenceKind(StrEnum):
    """How somebody went quiet; `re-engaged` is that they came back.

    `blocked`: every chat of theirs is blocked. `undeliverable`: an asking could not be delivered.
    `unanswered-twice`: two askings in a row ran out without any sign of life. `disengaged`: asked,
    and no sign of life for as long as the service has set.
    """

    BLOCKED = "blocked"
    UNDELIVERABLE = "undeliverable"
    UNANSWERED_TWICE = "unanswered-twice"
    DISENGAGED = "disengaged"
    RE_ENGAGED = "re-engaged"


GONE_QUIET: Final = (
    SilenceKind.BLOCKED.value,
    SilenceKind.UNDELIVERABLE.value,
    SilenceKind.DISENGAGED.value,
)
"""The kinds in which nobody is there to answer: figures say so, rather than `no reply`."""


@dataclass(frozen=True, slots=True)
class OpenFact:
    """A silence that has not ended."""

    id: str
    kind: SilenceKind
    at: datetime
    handled_at: datetime | None
    episode_id: str | None
    episode_key: str | None


@dataclass(frozen=True, slots=True)
class About:
    """Whom a fact is about, and in which support episode it was noticed: ids and pseudonyms."""

    participant_id: str
    participant_key: str
    episode_id: str | None
    episode_key: str | None


def add(work: Casework, about: About, kind: SilenceKind, at: datetime) -> None:
    """Gather one fact. That somebody came back is over as soon as it is written down."""
    work.insert(
        silences,
        {
            "id": new_id(work.entropy),
            "participant_id": about.participant_id,
            "participant_key": about.participant_key,
            "episode_id": about.episode_id,
            "episode_key": about.episode_key,
            "kind": kind.value,
            "at": at,
            "over_at": at if kind is SilenceKind.RE_ENGAGED else None,
            "handled_at": None,
            "handled_by": None,
        },
    )


def end(work: Casework, fact_ids: Sequence[str], over_at: datetime) -> None:
    """Say that these silences are over."""
    work.connection.execute(
        update(silences)
        .where(silences.c.id.in_(fact_ids), silences.c.over_at.is_(None))
        .values(over_at=over_at)
    )


def bring_back(work: Casework, fact_ids: Sequence[str]) -> None:
    """Put facts back on the list of staff: what they took care of happened anew."""
    anew = {"handled_at": None, "handled_by": None}
    work.connection.execute(update(silences).where(silences.c.id.in_(fact_ids)).values(anew))


def mark_handled(work: Casework, fact_id: str, who: str, now: datetime) -> bool:
    """Say that a named person takes care of it; False when somebody does already, or it is over."""
    waits = (silences.c.over_at.is_(None), silences.c.handled_at.is_(None))
    done = update(silences).where(silences.c.id == fact_id, *waits)
    values = {"handled_at": now, "handled_by": who}
    return work.connection.execute(done.values(values)).rowcount == 1


def take_back_handled(work: Casework, fact_id: str) -> bool:
    """Undo that; False where there is nothing to undo."""
    done = update(silences).where(silences.c.id == fact_id, silences.c.handled_at.is_not(None))
    values = {"handled_at": None, "handled_by": None}
    return work.connection.execute(done.values(values)).rowcount == 1


@dataclass(frozen=True, slots=True)
class KeptSilence:
    """A fact as it is kept about one person: for their own export."""

    kind: str
    at: datetime
    over_at: datetime | None
    handled_at: datetime | None


def of_participant(connection: Connection, participant_id: str) -> list[KeptSilence]:
    """Return every such fact about one person, oldest first."""
    query = select(silences.c.kind, silences.c.at, silences.c.over_at, silences.c.handled_at).where(
        silences.c.participant_id == participant_id
    )
    ordered = query.order_by(silences.c.at, silences.c.id)
    return [KeptSilence(*row) for row in connection.execute(ordered)]
