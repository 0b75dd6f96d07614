"""That nobody may ask somebody for a while, because staff said so: set, asked to be lifted, lifted.

It must not decide who may lift, and holds no free text.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, literal, select, update

from storage.casework import AnyRow, Casework
from storage.occasions import OccasionState
from storage.reasons import Reason
from storage.sequence import new_id
from storage.tables import occasions, participants, suppressions


@dataclass(frozen=True, slots=True)
class Suppression:
    """One action of staff, with everybody whom it holds (or held)."""

    action_id: str
    reason: Reason
    since: datetime
    since_by: str
    lift_asked_at: datetime | None
    lift_asked_by: str | None
    lifted_at: datetime | None
    lifted_by: str | None
    people: tuple[str, ...]


def add(
    work: Casework, participant_ids: Collection[str], reason: Reason, who: str, now: datetime
) -> str:
    """Hold these people from now on; return the id of the action."""
    action_id = new_id(work.entropy)
    whose = sorted(participant_ids)
    _lock(work, whose)
    for participant_id in whose:
        work.insert(
            suppressions,
            {
                "id": new_id(work.entropy),
                "participant_id": participant_id,
                "action_id": action_id,
                "reason": reason.value,
                "since": now,
                "since_by": who,
                "lift_asked_at": None,
                "lift_asked_by": None,
                "lifted_at": None,
                "lifted_by": None,
            },
        )
    work.connection.execute(
        update(participants)
        .where(participants.c.id.in_(whose), participants.c.suppressed_at.is_(None))
        .values(suppressed_at=now)
    )
    return action_id


def load(work: Casework, action_id: str) -> Suppression | None:
    """Return one action, or None; nobody else changes it until the commit."""
    query = select(suppressions).where(suppressions.c.action_id == action_id)
    if work.connection.dialect.name == "postgresql":
        query = query.with_for_update()
    found = _gather(work, query)
    return found[0] if found else None


def standing(work: Casework) -> list[Suppression]:
    """Return every action that holds somebody now, those with a lift asked for first."""
    found = _gather(work, select(suppressions).where(suppressions.c.lifted_at.is_(None)))
    return sorted(found, key=lambda each: (each.lift_asked_at is None, each.since, each.action_id))


def of_participant(work: Casework, participant_id: str) -> list[Suppression]:
    """Return every action that ever held this person, the newest first, with all it held."""
    theirs = select(suppressions.c.action_id).where(suppressions.c.participant_id == participant_id)
    found = _gather(work, select(suppressions).where(suppressions.c.action_id.in_(theirs)))
    return sorted(found, key=lambda each: (each.since, each.action_id), reverse=True)


def child_has_died(work: Casework, child_id: str) -> bool:
    """Tell whether a child is held because they have died."""
    query = (
        select(suppressions.c.id)
        .join(participants, participants.c.id == suppressions.c.participant_id)
        .where(
            participants.c.child_id == child_id,
            suppressions.c.reason == Reason.DECEASED.value,
            suppressions.c.lifted_at.is_(None),
        )
    )
    return work.connection.execute(query.limit(1)).first() is not None


def note_asked(work: Casework, action_id: str, who: str, now: datetime) -> None:
    """Write that somebody asked for the lifting of an action."""
    work.connection.execute(
        update(suppressions)
        .where(suppressions.c.action_id == action_id)
        .values(lift_asked_at=now, lift_asked_by=who)
    )


def lift(work: Casework, action: Suppression, who: str, now: datetime) -> list[str]:
    """End an action; return those whom nothing holds any more, who may be asked again.

    Their due moments whose answers still count are looked at by the clock at its next ring.
    """
    _lock(work, action.people)
    work.connection.execute(
        update(suppressions)
        .where(suppressions.c.action_id == action.action_id)
        .values(lifted_at=now, lifted_by=who)
    )
    others = select(suppressions.c.participant_id).where(
        suppressions.c.participant_id.in_(action.people), suppressions.c.lifted_at.is_(None)
    )
    held = set(work.connection.execute(others).scalars())
    free = [each for each in action.people if each not in held]
    work.connection.execute(
        update(participants).where(participants.c.id.in_(free)).values(suppressed_at=None)
    )
    _wake(work, free, now)
    return free


def _wake(work: Casework, participant_ids: Collection[str], now: datetime) -> None:
    """Let the clock look at what waits for these people as soon as it is due."""
    due = case(
        (occasions.c.due_at > now, occasions.c.due_at),
        else_=literal(now, occasions.c.due_at.type),
    )
    work.connection.execute(
        update(occasions)
        .where(
            occasions.c.participant_id.in_(participant_ids),
            occasions.c.state == OccasionState.PLANNED.value,
            occasions.c.window_ends_at > now,
            occasions.c.offered_at.is_(None),
        )
        .values(next_at=due)
    )


def _lock(work: Casework, participant_ids: Sequence[str]) -> None:
    """Let two actions about one person take turns: each sees what the other did."""
    if work.connection.dialect.name == "postgresql":
        query = select(participants.c.id).where(participants.c.id.in_(participant_ids))
        work.connection.execute(query.order_by(participants.c.id).with_for_update()).all()


def _gather(work: Casework, query: Select[*tuple[object, ...]]) -> list[Suppression]:
    """Return the actions of these rows; each row holds one person."""
    rows: dict[str, list[AnyRow]] = {}
    for row in work.connection.execute(query.order_by(suppressions.c.participant_id)):
        rows.setdefault(row.action_id, []).append(row)
    return [_from(several) for several in rows.values()]


def _from(rows: Sequence[AnyRow]) -> Suppression:
    first = rows[0]
    return Suppression(
        action_id=first.action_id,
        reason=Reason(first.reason),
        since=first.since,
        since_by=first.since_by,
        lift_asked_at=first.lift_asked_at,
        lift_asked_by=first.lift_asked_by,
        lifted_at=first.lifted_at,
        lifted_by=first.lifted_by,
        people=tuple(row.participant_id for row in rows),
    )
