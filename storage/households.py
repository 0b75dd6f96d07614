"""Who lives around a child, as far as support episodes tell: the child, carers, other children.

It must not decide what is done about them. Professionals belong to no household.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select

from storage.casework import Casework
from storage.occasions import OccasionState
from storage.people import Person
from storage.tables import occasions, participants, participations, support_episodes
from surveys.people import Role

_WAITING = [each.value for each in OccasionState if not each.over]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a household, as staff know them: by their part and the cases, never by name."""

    participant_id: str
    role: str
    age_band: str
    child_ids: tuple[str, ...]


def around(work: Casework, person: Person) -> set[str]:
    """Return the ids of all in the household of a child or a carer, themselves included.

    From a child to the carers who answer for them, from these carers to the other children for whom
    they answer, and to those children's carers; no further. A support episode counts while it is
    open, and after that while somebody is still to be asked about it.
    """
    children = _child_of(work, person.id)
    carers = {person.id} if person.role is Role.CARER else _carers_of(work, children)
    others = children | _children_of(work, carers)
    return {person.id} | carers | _carers_of(work, others) | _young_people(work, others)


def describe(work: Casework, participant_ids: Collection[str]) -> list[Member]:
    """Return these people as staff know them, the young people first."""
    query = select(
        participants.c.id, participants.c.role, participants.c.age_band, participants.c.child_id
    ).where(participants.c.id.in_(participant_ids))
    answers_for = (
        select(participations.c.participant_id, support_episodes.c.child_id)
        .join(support_episodes, support_episodes.c.id == participations.c.episode_id)
        .where(participations.c.participant_id.in_(participant_ids))
    )
    cases: dict[str, set[str]] = {}
    for participant_id, child_id in work.connection.execute(answers_for):
        cases.setdefault(participant_id, set()).add(child_id)
    found = []
    for row in work.connection.execute(query.order_by(participants.c.id)):
        own = {row.child_id} if row.child_id else set()
        children = tuple(sorted(own | cases.get(row.id, set())))
        found.append(Member(row.id, row.role, row.age_band, children))
    return sorted(found, key=lambda each: each.role != Role.YOUNG_PERSON.value)


def episodes_of_child(work: Casework, participant_id: str) -> list[str]:
    """Return the ids of all support episodes of a young person, none for anybody else."""
    query = (
        select(support_episodes.c.id)
        .join(participants, participants.c.child_id == support_episodes.c.child_id)
        .where(participants.c.id == participant_id)
    )
    return list(work.connection.execute(query.order_by(support_episodes.c.id)).scalars())


def _still_matters() -> ColumnElement[bool]:
    waits = exists().where(
        occasions.c.episode_id == support_episodes.c.id, occasions.c.state.in_(_WAITING)
    )
    return or_(support_episodes.c.closed_on.is_(None), waits)


def _child_of(work: Casework, participant_id: str) -> set[str]:
    query = select(participants.c.child_id).where(
        participants.c.id == participant_id, participants.c.child_id.is_not(None)
    )
    return set(work.connection.execute(query).scalars())


def _carers_of(work: Casework, child_ids: Collection[str]) -> set[str]:
    query = (
        select(participants.c.id)
        .join(participations, participations.c.participant_id == participants.c.id)
        .join(support_episodes, support_episodes.c.id == participations.c.episode_id)
        .where(
            support_episodes.c.child_id.in_(child_ids),
            participants.c.role == Role.CARER.value,
            participations.c.until.is_(None),
            _still_matters(),
        )
    )
    return set(work.connection.execute(query).scalars())


def _children_of(work: Casework, carer_ids: Collection[str]) -> set[str]:
    query = (
        select(support_episodes.c.child_id)
        .join(participations, participations.c.episode_id == support_episodes.c.id)
        .where(
            participations.c.participant_id.in_(carer_ids),
            participations.c.until.is_(None),
            _still_matters(),
        )
    )
    return set(work.connection.execute(query).scalars())


def _young_people(work: Casework, child_ids: Collection[str]) -> set[str]:
    query = select(participants.c.id).where(participants.c.child_id.in_(child_ids))
    return set(work.connection.execute(query).scalars())
