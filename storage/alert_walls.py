"""Of whom an alert, and the words behind it, must be kept: an allegation never goes to its subject.

It must not tell anybody anything; it names rows that are left out.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Select, and_, func, or_, select

from storage.alerts import AlertKind, Route
from storage.casework import Casework
from storage.changes import What
from storage.tables import (
    alerts,
    concerns,
    episode_changes,
    notices,
    participations,
    support_episodes,
    words,
)

# Queries about words join concerns themselves: these are looked at apart.
_CONCERNS: Final = concerns.alias()


def cared_for_by(who: str) -> Select[str]:
    """Return the query for all who answer, or answered, beside a child of this worker.

    Also of a child whom they looked after once: what is said of somebody may be said later.
    """
    name = who.strip().lower()
    episodes, beside = support_episodes.alias(), participations.alias()
    others, before = support_episodes.alias(), episode_changes.alias()
    once = select(before.c.episode_id).where(
        before.c.what == What.WORKER.value, func.lower(before.c.was) == name
    )
    theirs = select(others.c.child_id).where(
        or_(func.lower(others.c.worker) == name, others.c.id.in_(once))
    )
    return (
        select(beside.c.participant_id)
        .join(episodes, episodes.c.id == beside.c.episode_id)
        .where(episodes.c.child_id.in_(theirs))
    )


def alerts_kept_from(who: str) -> Select[str]:
    """Return the query for alerts of which this worker must never know: they may be meant."""
    raised = alerts.alias()
    kept = raised.c.route != Route.ALL.value
    return select(raised.c.id).where(kept, raised.c.participant_id.in_(cared_for_by(who)))


def kept_alerts(work: Casework, who: str) -> frozenset[str]:
    """Return the ids of these alerts."""
    return frozenset(work.connection.execute(alerts_kept_from(who)).scalars())


def words_kept_from(who: str) -> Select[str]:
    """Return the query for words that this worker must never see.

    Those that raised such an alert, and what the same child wrote since then while it is open; for
    good where the child said that they do not want this worker.
    """
    raised = alerts.alias()
    said = words.alias()
    holds = or_(raised.c.closed_at.is_(None), raised.c.kind == AlertKind.ANOTHER.value)
    since = and_(holds, said.c.received_at >= raised.c.raised_at)
    return (
        select(said.c.id)
        .join(raised, raised.c.participant_id == said.c.participant_id)
        .outerjoin(_CONCERNS, _CONCERNS.c.id == raised.c.concern_id)
        .where(
            raised.c.route != Route.ALL.value,
            raised.c.participant_id.in_(cared_for_by(who)),
            or_(said.c.id == _CONCERNS.c.words_id, since),
        )
    )


def words_for_leads() -> Select[str]:
    """Return the query for words whose alert is from the safeguarding lead upwards."""
    raised = alerts.alias()
    return (
        select(_CONCERNS.c.words_id)
        .join(raised, raised.c.concern_id == _CONCERNS.c.id)
        .where(raised.c.route == Route.LEAD_ONLY.value, _CONCERNS.c.words_id.is_not(None))
    )


def notices_kept_from(who: str) -> Select[str]:
    """Return the query for notices that this worker must never see: what came with such an alert.

    And what the same child did since then, while it is open; for good where the child said that
    they do not want this worker.
    """
    raised = alerts.alias()
    given = notices.alias()
    still = or_(
        raised.c.closed_at.is_(None),
        raised.c.closed_at >= given.c.at,
        raised.c.kind == AlertKind.ANOTHER.value,
    )
    return (
        select(given.c.id)
        .join(raised, raised.c.participant_id == given.c.participant_id)
        .where(
            raised.c.route != Route.ALL.value,
            raised.c.participant_id.in_(cared_for_by(who)),
            and_(given.c.at >= raised.c.raised_at, still),
        )
    )
