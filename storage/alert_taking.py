"""Who has an alert in hand: taken by name, closed with a reason, opened again.

It must not decide who may, nor tell anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Select, select, update

from storage.alerts import AlertKind, StepState
from storage.casework import Casework
from storage.tables import alert_steps, alerts, concerns, notices
from storage.walls import ANYBODY, Reader


def acknowledge(work: Casework, alert_id: str, who: str, now: datetime) -> bool:
    """Say that a named person takes this in hand; False when somebody had, or it is not there."""
    return _acknowledge(work, [alert_id], who, now) == 1


def acknowledge_for_words(
    work: Casework, words_id: str, who: str, now: datetime, reader: Reader = ANYBODY
) -> None:
    """Say that a named person read these words: what they raised, and they may know of, is in hand.

    An alert that is kept from whoever reads goes on climbing.
    """
    raised = select(alerts.c.id).join(concerns, concerns.c.id == alerts.c.concern_id)
    known = raised.where(concerns.c.words_id == words_id, *reader.may_take())
    _acknowledge(work, known, who, now)


_OF_NOTICE: Final = {
    "media-came": [AlertKind.MEDIA],
    "wants-person": [AlertKind.WANTS_PERSON, AlertKind.ANOTHER],
    "asked-for-help": [AlertKind.HELP_NOW],
}
"""The notices that come with an alert, and of which kinds it can be."""


def acknowledge_for_notice(
    work: Casework, notice_id: str, who: str, now: datetime, reader: Reader = ANYBODY
) -> None:
    """Say that a named person saw this notice: what it raised, and they may know of, is in hand."""
    query = select(notices.c.kind, notices.c.participant_id).where(notices.c.id == notice_id)
    seen = work.connection.execute(query).first()
    kinds = _OF_NOTICE.get(seen.kind, []) if seen is not None else []
    if seen is not None and kinds and seen.participant_id is not None:
        mine = select(alerts.c.id).where(
            alerts.c.participant_id == seen.participant_id,
            alerts.c.kind.in_([kind.value for kind in kinds]),
            *reader.may_take(),
        )
        _acknowledge(work, mine, who, now)


def _acknowledge(
    work: Casework, which: Sequence[str] | Select[str], who: str, now: datetime
) -> int:
    taken = (
        update(alerts)
        .where(alerts.c.id.in_(which), alerts.c.acknowledged_at.is_(None))
        .values(acknowledged_at=now, acknowledged_by=who, next_at=None)
    )
    done = work.connection.execute(taken).rowcount
    if done:
        _stop_notices(work, which)
        behind = select(alerts.c.concern_id).where(alerts.c.id.in_(which))
        work.connection.execute(
            update(concerns)
            .where(concerns.c.id.in_(behind), concerns.c.acknowledged_at.is_(None))
            .values(acknowledged_at=now, acknowledged_by=who)
        )
    return done


def _stop_notices(work: Casework, which: Sequence[str] | Select[str]) -> None:
    """Let nothing more leave about these; one that is on its way now can still arrive."""
    waiting = (alert_steps.c.alert_id.in_(which), alert_steps.c.due_at.is_not(None))
    work.connection.execute(
        update(alert_steps).where(*waiting).values(state=StepState.STOPPED.value, due_at=None)
    )


def close(work: Casework, alert_id: str, who: str, because: str, now: datetime) -> bool:
    """Say that this is dealt with, and how; whoever closes it has it in hand as well."""
    acknowledge(work, alert_id, who, now)
    closed = (
        update(alerts)
        .where(alerts.c.id == alert_id, alerts.c.closed_at.is_(None))
        .values(closed_at=now, closed_by=who, closed_because=because)
    )
    return work.connection.execute(closed).rowcount == 1


def reopen(work: Casework, alert_id: str) -> bool:
    """Undo that: the alert is open again, in the hands of whoever had it."""
    opened = (
        update(alerts)
        .where(alerts.c.id == alert_id, alerts.c.closed_at.is_not(None))
        .values(closed_at=None, closed_by=None, closed_because=None)
    )
    return work.connection.execute(opened).rowcount == 1
