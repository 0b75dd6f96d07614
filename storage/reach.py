"""What became of every due moment and every check-in that was begun, as figures see it.

It must not read an answer, and it names nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, select

from outcomes.episode import AgeBand, Commissioner, Strand
from outcomes.facts import Begun, FollowUp
from outcomes.observation import Asking, AskingOutcome
from storage.casework import AnyRow
from storage.silences import GONE_QUIET
from storage.tables import occasions, participants, runs, silences, support_episodes

AgeOf = Callable[[AnyRow], AgeBand]
"""Says how old the child of a row was, from its columns `child_age` and `child_id`."""

Silences = Mapping[str, Sequence[tuple[datetime, datetime | None]]]
"""By pseudonym, from when to when somebody had gone quiet; None where they have not come back."""

_OUTCOMES: Final = {
    "answered": AskingOutcome.ANSWERED,
    "part-answered": AskingOutcome.ANSWERED,
    "declined": AskingOutcome.DECLINED,
    "lapsed": AskingOutcome.NO_REPLY,
    "undeliverable": AskingOutcome.NO_REPLY,
    "suppressed": AskingOutcome.WITHDRAWN,
}
"""What became of an asking that is over; one that waits is no reply once it was offered."""

_UNDELIVERABLE: Final = "undeliverable"
_FINISHED: Final = "finished"

_BOX: Final = (
    support_episodes.c.key,
    support_episodes.c.commissioner,
    support_episodes.c.strand,
    support_episodes.c.child_age,
    support_episodes.c.child_id,
)


class _Box(NamedTuple):
    """The support episode that something belongs to, as far as figures are sorted by it, and whose.

    `person` is a pseudonym, the same in all of somebody's support.
    """

    episode: str
    person: str
    commissioner: Commissioner
    strand: Strand
    age: AgeBand


def when_gone_quiet(connection: Connection) -> Silences:
    """Return when people had gone quiet, in whichever support it was noticed."""
    query = select(silences.c.participant_key, silences.c.at, silences.c.over_at)
    found: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for key, at, over_at in connection.execute(query.where(silences.c.kind.in_(GONE_QUIET))):
        found.setdefault(key, []).append((at, over_at))
    return found


def askings_of(
    connection: Connection, keys: Select[Any], zone: ZoneInfo, quiet: Silences
) -> tuple[Asking, ...]:
    """Return every due moment of the support episodes with these pseudonyms, whenever it was."""
    query = select(occasions).where(occasions.c.episode_key.in_(keys))
    return tuple(
        Asking(
            episode=row.episode_key,
            respondent=row.participant_key,
            role=row.role,
            instrument=row.instrument,
            wave=row.wave,
            asked_on=(row.offered_at or row.due_at).astimezone(zone).date(),
            outcome=_outcome(row, quiet).value,
        )
        for row in connection.execute(query.order_by(occasions.c.id))
    )


def follow_ups_due(
    connection: Connection,
    span: tuple[datetime, datetime],
    zone: ZoneInfo,
    quiet: Silences,
    age_of: AgeOf,
) -> tuple[FollowUp, ...]:
    """Return every due moment between two instants, the second not included.

    One is `delivered` when it was offered and the chat took it; what never went out was not.
    """
    query = (
        select(*_BOX, occasions)
        .join(support_episodes, support_episodes.c.id == occasions.c.episode_id)
        .where(*_within(occasions.c.due_at, span))
    )
    return tuple(
        FollowUp(
            *_box(row, age_of),
            wave=row.wave,
            due_on=row.due_at.astimezone(zone).date(),
            delivered=row.offered_at is not None and row.state != _UNDELIVERABLE,
            outcome=_outcome(row, quiet).value,
        )
        for row in connection.execute(query.order_by(occasions.c.id))
    )


def begun_between(
    connection: Connection, span: tuple[datetime, datetime], zone: ZoneInfo, age_of: AgeOf
) -> tuple[Begun, ...]:
    """Return every check-in that was begun between two instants, the second not included.

    The seconds are those from its first question to its end, pauses included, and only of one that
    was gone through to the end.
    """
    query = (
        select(
            *_BOX,
            participants.c.key.label("participant_key"),
            runs.c.status,
            runs.c.started_at,
            runs.c.moved_at,
        )
        .join(support_episodes, support_episodes.c.id == runs.c.episode_id)
        .join(participants, participants.c.id == runs.c.participant_id)
        .where(*_within(runs.c.started_at, span))
    )
    return tuple(
        Begun(
            *_box(row, age_of),
            on=row.started_at.astimezone(zone).date(),
            completed=row.status == _FINISHED,
            seconds=_seconds(row) if row.status == _FINISHED else None,
        )
        for row in connection.execute(query.order_by(runs.c.id))
    )


def _within(
    column: ColumnElement[Any], span: tuple[datetime, datetime]
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return column >= span[0], column < span[1]


def _box(row: AnyRow, age_of: AgeOf) -> _Box:
    return _Box(
        row.key,
        row.participant_key,
        Commissioner(row.commissioner),
        Strand(row.strand),
        age_of(row),
    )


def _seconds(row: AnyRow) -> int:
    return int((row.moved_at - row.started_at).total_seconds())


def _outcome(row: AnyRow, quiet: Silences) -> AskingOutcome:
    """Return what became of an asking; where nobody was there until its window ended, say so.

    What somebody does after the window changes nothing: a figure that is out stays true.
    """
    waiting = AskingOutcome.NOT_ASKED if row.offered_at is None else AskingOutcome.NO_REPLY
    outcome = _OUTCOMES.get(row.state, waiting)
    ends = row.window_ends_at
    was_gone = any(
        at <= ends and (over_at is None or over_at > ends)
        for at, over_at in quiet.get(row.participant_key, ())
    )
    return AskingOutcome.GONE_QUIET if was_gone and outcome is AskingOutcome.NO_REPLY else outcome
