"""Adds those who are invited, and changes how they stand: only as they were read.

It must not decide how anybody stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update

from storage.casework import SET_OWN_TIME, SET_REST, SET_STANDING, Casework
from storage.people import Person, Standing, as_read
from storage.sequence import new_id
from storage.tables import participants
from surveys.people import AgeBand, Role, Suits


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody who is about to be invited; `child_id` for the young person only."""

    role: Role
    age_band: AgeBand
    child_id: str | None
    council: str | None = None


def add_participant(work: Casework, new: NewPerson, now: datetime) -> str:
    """Gather a new participant with a key and a pseudonym of their own; return the id."""
    participant_id = new_id(work.entropy)
    work.insert(
        participants,
        {
            "id": participant_id,
            "key": new_id(work.entropy),
            "role": new.role.value,
            "age_band": new.age_band.value,
            "child_id": new.child_id,
            "status": Standing.INVITED.value,
            "resting_until": None,
            "suppressed_at": None,
            "council": new.council,
            "suits": None,
            "at_most_days": 1,
            "wrapped_key": work.vault.new_person_key(participant_id),
            "current_run": None,
            "made_at": now,
            "joined_at": None,
        },
    )
    return participant_id


def participant_of_child(work: Casework, child_id: str) -> str | None:
    """Return the participant who is this child, or None when the child was never invited."""
    query = select(participants.c.id).where(participants.c.child_id == child_id)
    return work.connection.execute(query.order_by(participants.c.made_at)).scalars().first()


def set_age_band(work: Casework, participant_id: str, age_band: AgeBand) -> None:
    """Bring the age band up to date: children grow."""
    work.connection.execute(
        update(participants)
        .where(participants.c.id == participant_id)
        .values(age_band=age_band.value)
    )


def set_role(work: Casework, participant_id: str, role: Role) -> None:
    """Put right which part a grown-up plays."""
    here = update(participants).where(participants.c.id == participant_id)
    work.connection.execute(here.values(role=role.value))


def has_joined(work: Casework, participant_id: str) -> bool:
    """Tell whether somebody ever said yes."""
    query = select(participants.c.joined_at).where(participants.c.id == participant_id)
    return work.connection.execute(query).scalar_one_or_none() is not None


def set_standing(work: Casework, person: Person, standing: Standing, now: datetime) -> Person:
    """Gather how somebody stands with us now; return them as they stand."""
    joined_at = now if standing is Standing.JOINED else None
    new = {"status": standing.value, "joined_at": joined_at}
    work.change(SET_STANDING, {**as_read(person), **new})
    return replace(person, standing=standing)


def set_rest(
    work: Casework, person: Person, standing: Standing, resting_until: datetime | None
) -> Person:
    """Gather until when we keep quiet, and whether they stopped; return them as they stand."""
    new = {"status": standing.value, "resting_until": resting_until}
    work.change(SET_REST, {**as_read(person), **new})
    return replace(person, standing=standing, resting_until=resting_until)


def set_own_time(
    work: Casework, person: Person, *, suits: Suits | None, at_most_days: int
) -> Person:
    """Gather when somebody wants to be asked and how often at most; return them as they stand.

    `at_most_days` is how many days lie between two askings at least, see surveys.people.OwnTime.
    """
    new = {"suits": suits.value if suits is not None else None, "at_most_days": at_most_days}
    work.change(SET_OWN_TIME, {**as_read(person), **new})
    return replace(person, suits=suits, at_most_days=at_most_days)
