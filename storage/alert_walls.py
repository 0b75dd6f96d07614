"""Of whom an alert, and the words behind it, must be kept: an allegation never goes to its subject.

It must not tell anybody anything; it names rows that are left out.
"""

from __future__ import annotations

from sqlalchemy import Select, and_, func, or_, select

from storage.alerts import Route
from storage.casework import Casework
from storage.tables import alerts, concerns, participations, support_episodes, words


def _cared_for_by(who: str) -> Select[str]:
    """Return the query for everybody who answers, or answered, beside a child of this worker."""
    theirs = select(support_episodes.c.child_id).where(
        func.lower(support_episodes.c.worker) == who.strip().lower()
    )
    of_child = support_episodes.c.child_id.in_(theirs)
    beside = participations.join(
        support_episodes, support_episodes.c.id == participations.c.episode_id
    )
    return select(participations.c.participant_id).select_from(beside).where(of_child)


def alerts_kept_from(who: str) -> Select[str]:
    """Return the query for alerts of which this worker must never know: they may be meant."""
    return select(alerts.c.id).where(
        alerts.c.route != Route.ALL.value, alerts.c.participant_id.in_(_cared_for_by(who))
    )


def kept_alerts(work: Casework, who: str) -> frozenset[str]:
    """Return the ids of these alerts."""
    return frozenset(work.connection.execute(alerts_kept_from(who)).scalars())


def words_kept_from(who: str) -> Select[str]:
    """Return the query for words that this worker must never see.

    Those that raised such an alert, and what the same child wrote since then while it is open.
    """
    since = and_(alerts.c.closed_at.is_(None), words.c.received_at >= alerts.c.raised_at)
    return (
        select(words.c.id)
        .join(alerts, alerts.c.participant_id == words.c.participant_id)
        .outerjoin(concerns, concerns.c.id == alerts.c.concern_id)
        .where(
            alerts.c.route != Route.ALL.value,
            alerts.c.participant_id.in_(_cared_for_by(who)),
            or_(words.c.id == concerns.c.words_id, since),
        )
    )
