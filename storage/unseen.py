"""Askings that nobody has looked at: who was there when, and whom an e-mail may tell about one.

It must not send anything and opens no address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, or_, select, update

from storage.casework import Casework
from storage.occasions import OccasionState
from storage.outbox import Delivery, Urgency
from storage.people import Standing
from storage.prepared import Prepared
from storage.sequence import number_at
from storage.tables import (
    addresses,
    nudges,
    occasions,
    outbox,
    participants,
    participations,
    transcripts,
    visitors,
)

AWAY_FOR: Final = timedelta(minutes=10)
"""How long an asking stands unseen before an e-mail says so."""

FRESH_FOR: Final = timedelta(days=3)
"""How old an asking may be for an e-mail to say so: later ones come with their own reminders."""

_WEB: Final = "web"

_SEE: Final = Prepared(
    update(visitors)
    .where(visitors.c.id == bindparam("row_id"), visitors.c.seen_at < bindparam("seen"))
    .values(seen_at=bindparam("seen"))
)


@dataclass(frozen=True, slots=True)
class Window:
    """The moment for which due nudges are looked for, and when the day began for people then."""

    now: datetime
    day_began: datetime


def note_seen(connection: Connection, seen: Sequence[tuple[int, datetime]]) -> None:
    """Write down which browsers showed their chat, and when; in one order for all processes."""
    _SEE.run(connection, [{"row_id": visitor, "seen": at} for visitor, at in sorted(seen)])


def waiting(work: Casework, window: Window) -> list[tuple[str, str]]:
    """Return row and participant of everybody for whom an asking waits unseen; reads only.

    Quiet hours and age are not looked at: they are the caller's.
    """
    query = _due(window, nudges.c.id, nudges.c.participant_id).order_by(nudges.c.id)
    return list(dict.fromkeys((row[0], row[1]) for row in work.connection.execute(query)))


def hold(work: Casework, ids: Sequence[str], window: Window) -> dict[str, str]:
    """Return row and participant of those of these rows that are still due, and lock the rows.

    On PostgreSQL rows that another process holds are left out: it nudges them.
    """
    query = _due(window, nudges.c.id, nudges.c.participant_id).where(nudges.c.id.in_(ids))
    if work.connection.dialect.name == "postgresql":
        query = query.with_for_update(of=nudges, skip_locked=True)
    return {row[0]: row[1] for row in work.connection.execute(query)}


def claim(work: Casework, nudge_id: str, window: Window) -> bool:
    """Write down that somebody is nudged now, before it is done; False where somebody else did."""
    untouched = or_(nudges.c.nudged_at.is_(None), nudges.c.nudged_at < window.day_began)
    claimed = update(nudges).where(nudges.c.id == nudge_id, untouched).values(nudged_at=window.now)
    return work.connection.execute(claimed).rowcount == 1


def pass_over(connection: Connection, now: datetime) -> None:
    """Let nobody be told of what was asked before now: after a backup was restored.

    An older copy does not know which letters have left since.
    """
    connection.execute(
        update(nudges).where(nudges.c.confirmed_at.is_not(None)).values(nudged_at=now)
    )


def _due(window: Window, *columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Return the query for addresses whose person has an asking that nobody has looked at.

    The asking was made after the address was said yes to and after the last nudge: so one asking
    never brings two, also where an address was taken away and given again.
    """
    now = window.now
    return (
        select(*columns)
        .select_from(nudges)
        .join(participants, participants.c.id == nudges.c.participant_id)
        .join(addresses, addresses.c.participant_id == participants.c.id)
        .join(outbox, outbox.c.address_id == addresses.c.id)
        .join(occasions, occasions.c.id == outbox.c.occasion_id)
        .join(transcripts, transcripts.c.id == outbox.c.message_id)
        .join(visitors, visitors.c.id == transcripts.c.visitor_id)
        .join(
            participations,
            and_(
                participations.c.participant_id == participants.c.id,
                participations.c.episode_id == occasions.c.episode_id,
            ),
        )
        .where(
            nudges.c.confirmed_at.is_not(None),
            nudges.c.failed_at.is_(None),
            or_(nudges.c.nudged_at.is_(None), nudges.c.nudged_at < window.day_began),
            *_may_be_asked(now),
            addresses.c.channel == _WEB,
            addresses.c.blocked_at.is_(None),
            outbox.c.id >= number_at(now - FRESH_FOR),
            outbox.c.urgency == Urgency.ASKING.value,
            outbox.c.state == Delivery.SENT.value,
            outbox.c.sent_at <= now - AWAY_FOR,
            outbox.c.made_at > nudges.c.confirmed_at,
            or_(nudges.c.nudged_at.is_(None), outbox.c.made_at > nudges.c.nudged_at),
            visitors.c.seen_at < transcripts.c.at,
            occasions.c.state == OccasionState.OFFERED.value,
            occasions.c.window_ends_at > now,
        )
    )


def _may_be_asked(now: datetime) -> Sequence[ColumnElement[bool]]:
    """Return the conditions under which a person takes part and wants no rest."""
    resting = participants.c.resting_until
    return (
        participants.c.status == Standing.JOINED.value,
        participants.c.suppressed_at.is_(None),
        or_(resting.is_(None), resting <= now),
        participations.c.until.is_(None),
    )
