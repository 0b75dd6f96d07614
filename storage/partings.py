"""Somebody stops to answer in one support episode, or comes back to it; all else of them stays.

It must not decide who, and ends no run.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from storage.casework import Casework
from storage.outbox import Delivery, OutgoingKind, Urgency
from storage.tables import addresses, occasions, outbox, participations, runs


def answers_here(work: Casework, participant_id: str, episode_id: str) -> bool | None:
    """Tell whether somebody answers in this support episode; None when they never did."""
    query = select(participations.c.since, participations.c.until).where(
        participations.c.participant_id == participant_id,
        participations.c.episode_id == episode_id,
    )
    row = work.connection.execute(query).one_or_none()
    return None if row is None else row.until is None


def set_until(work: Casework, participant_id: str, episode_id: str, until: datetime | None) -> None:
    """Write until when somebody answers in this support episode; None for as long as it goes on."""
    theirs = update(participations).where(
        participations.c.participant_id == participant_id,
        participations.c.episode_id == episode_id,
    )
    work.connection.execute(theirs.values(until=until))


def call_back(work: Casework, participant_id: str, episode_id: str) -> None:
    """Take back the offers and questions of this support episode that still wait to be sent.

    What waits for them about other children goes out, and so does every word about safety.
    """
    theirs = select(addresses.c.id).where(addresses.c.participant_id == participant_id)
    offers = select(occasions.c.id).where(
        occasions.c.participant_id == participant_id, occasions.c.episode_id == episode_id
    )
    asked = select(runs.c.id).where(
        runs.c.participant_id == participant_id, runs.c.episode_id == episode_id
    )
    is_question = (outbox.c.kind == OutgoingKind.SEND.value) & outbox.c.step.is_not(None)
    work.connection.execute(
        update(outbox)
        .where(
            outbox.c.address_id.in_(theirs),
            outbox.c.state == Delivery.PENDING.value,
            outbox.c.urgency != Urgency.SAFETY.value,
            outbox.c.occasion_id.in_(offers) | (outbox.c.run_id.in_(asked) & is_question),
        )
        .values(state=Delivery.CANCELLED.value, due_at=None)
    )
