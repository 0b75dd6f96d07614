"""Of whom an alert, and the words behind it, must be kept: an allegation never goes to its subject.

It must not tell anybody anything; it names rows that are left out.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Select, and_, func, or_, select

from storage.alerts import Route
from storage.casework import Casework
from storage.tables import alerts, concerns, participations, support_episodes, words

# Queries about words join concerns themselves: these are looked at apart.
_CONCERNS: Final = concerns.alias()


def _cared_for_by(who: str) -> Select[str]:
    """Return the query for everybody who answers, or answered, beside a child of this worker."""
    episodes, beside = support_episodes.alias(), participations.alias()
    others = support_episodes.alias()
    theirs = select(others.c.child_id).where(func.lower(others.c.worker) == who.strip().lower())
    return (
        select(beside.c.participant_id)
        .join(episodes, episodes.c.id == beside.c.episode_id)
        .where(episodes.c.child_id.in_(theirs))
    )


def alerts_kept_from(who: str) -> Select[str]:
    """Return the query for alerts of which this worker must never know: they may be meant."""
    raised = alerts.alias()
    kept = raised.c.route != Route.ALL.value
    return select(raised.c.id).where(kept, raised.c.participant_id.in_(_cared_for_by(who)))


def kept_alerts(work: Casework, who: str) -> frozenset[str]:
    """Return the ids of these alerts."""
    return frozenset(work.connection.execute(alerts_kept_from(who)).scalars())


def words_kept_from(who: str) -> Select[str]:
    """Return the query for words that this worker must never see.

    Those that raised such an alert, and what the same child wrote since then while it is open.
    """
    raised = alerts.alias()
    said = words.alias()
    since = and_(raised.c.closed_at.is_(None), said.c.received_at >= raised.c.raised_at)
    return (
        select(said.c.id)
        .join(raised, raised.c.participant_id == said.c.participant_id)
        .outerjoin(_CONCERNS, _CONCERNS.c.id == raised.c.concern_id)
        .where(
            raised.c.route != Route.ALL.value,
            raised.c.participant_id.in_(_cared_for_by(who)),
            or_(said.c.id == _CONCERNS.c.words_id, since),
        )
    )
