"""What staff put right when somebody says that it is wrong: age, part, and a chat of somebody else.

Words stay as they were written: what somebody says about them stands beside, as words of theirs.
"""

from __future__ import annotations

from storage import audit, chat_links, participants, people, runs
from storage.casework import Casework
from storage.chat_links import LinkedChat as LinkedChat  # noqa: PLC0414 (who shows it names it)
from storage.people import Person
from storage.walls import Thing
from surveys.people import AgeBand, Role
from usecases import agreeing, walls
from usecases.agreeing import Agreed
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service

_NOBODY = "Nobody has this id. `starling episode list --json` shows who takes part."


async def chats_of(service: Service, participant_id: str, by: By) -> list[LinkedChat]:
    """Return the chats of somebody. Raises Refusal."""

    def work(casework: Casework) -> list[LinkedChat]:
        _load(casework, participant_id, by)
        return chat_links.of_participant(casework, participant_id)

    return await service.lane.read(lambda connection: work(service.open(connection)))


async def set_age_band(
    service: Service, participant_id: str, age: AgeBand, by: By, agreed: Agreed | None = None
) -> None:
    """Put right how old a young person is: it decides how we speak and where. Raises Refusal.

    Who agreed is asked again, as what somebody understands changes with their age.
    """

    def work(casework: Casework) -> None:
        person = _load(casework, participant_id, by)
        if person.role is not Role.YOUNG_PERSON or age is AgeBand.ADULT:
            msg = "Only a young person has an age here: 5-7, 8-11, 12-15, 16-17 or 18-25."
            raise Refusal(msg)
        _agree(service, casework, person, person.role, agreed, by)
        participants.set_age_band(casework, participant_id, age)
        audit.note(casework, by.who, f"age put right: {age.value}", participant_id, by.now)
        casework.flush()

    await service.lane.write(lambda connection: work(service.open(connection)))


async def set_role(
    service: Service, participant_id: str, role: Role, by: By, agreed: Agreed | None = None
) -> None:
    """Put right which part a grown-up plays, before they have answered. Raises Refusal."""

    def work(casework: Casework) -> None:
        person = _load(casework, participant_id, by)
        if Role.YOUNG_PERSON in (person.role, role):
            msg = "A young person stays one, and nobody becomes one: invite the right person."
            raise Refusal(msg)
        if runs.of_participant(casework, participant_id):
            msg = (
                "They have answered already, as what they were noted as. Take them out of the "
                "support episode and invite them anew."
            )
            raise Refusal(msg)
        _agree(service, casework, person, role, agreed, by)
        participants.set_role(casework, participant_id, role)
        audit.note(casework, by.who, f"part put right: {role.value}", participant_id, by.now)
        casework.flush()

    await service.lane.write(lambda connection: work(service.open(connection)))


async def unlink(service: Service, participant_id: str, chat_id: str, by: By) -> None:
    """Part a chat that turned out to be somebody else's, at once. Raises Refusal."""

    def work(casework: Casework) -> None:
        _load(casework, participant_id, by)
        if not chat_links.cut(casework, participant_id, chat_id):
            msg = "This chat does not belong to them (any more)."
            raise Refusal(msg)
        audit.note(casework, by.who, "parted a chat", participant_id, by.now)
        casework.flush()

    await service.lane.write(lambda connection: work(service.open(connection)))


def _agree(
    service: Service, work: Casework, person: Person, role: Role, agreed: Agreed | None, by: By
) -> None:
    today = service.rhythm.local(by.now).date()
    noted = agreeing.check(agreed, role, today, required=service.agreement_required)
    if noted is not None:
        agreeing.note_in(work, person.id, noted, by)


def _load(work: Casework, participant_id: str, by: By) -> Person:
    walls.must_see(work, by.sight, Thing.PERSON, participant_id, _NOBODY)
    person = people.load_person(work, participant_id)
    if person is None:
        raise Refusal(_NOBODY)
    return person
