"""What still has to be done about somebody before their record may go: read, and taken in hand.

It must not open anybody's words.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select

from storage.casework import Casework
from storage.tables import alerts, concerns, words


def has_open_concern(work: Casework, participant_id: str) -> bool:
    """Tell whether something about somebody waits for a named person, or is in hand and not over.

    A concern without an alert, from before there were any, is over when somebody acknowledged it.
    """
    waiting = (
        select(concerns.c.id)
        .select_from(concerns.outerjoin(alerts, alerts.c.concern_id == concerns.c.id))
        .where(
            concerns.c.participant_id == participant_id,
            or_(concerns.c.acknowledged_at.is_(None), _is_open_alert()),
        )
    )
    raised = select(alerts.c.id).where(alerts.c.participant_id == participant_id, _is_open_alert())
    return any(work.connection.execute(query.limit(1)).first() for query in (waiting, raised))


def has_unread_words(work: Casework, participant_id: str) -> bool:
    """Tell whether somebody wrote what nobody has read yet."""
    query = select(words.c.id).where(
        words.c.participant_id == participant_id, words.c.read_at.is_(None)
    )
    return work.connection.execute(query.limit(1)).first() is not None


def _is_open_alert() -> ColumnElement[bool]:
    return and_(alerts.c.id.is_not(None), alerts.c.closed_at.is_(None))
