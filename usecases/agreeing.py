"""Who agreed that somebody takes part, and whether a young person understands: noted, not assumed.

Competence grows with the child and with what it is about (Gillick), so it is asked again whenever
somebody is invited anew or their age or part is put right. It holds nobody's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from storage import agreements, audit
from storage.agreements import Agreement as Agreement  # noqa: PLC0414
from storage.casework import Casework
from storage.reasons import AgreedBy as AgreedBy  # noqa: PLC0414 (who asks names it)
from storage.reasons import Understands as Understands  # noqa: PLC0414
from surveys.people import Role
from usecases import inviting
from usecases.inviting import By, Invited, Invitee
from usecases.refusal import Refusal
from usecases.service import Service

_WHO_AGREED: Final = (
    "Say who agreed that they take part, and whether the young person understands what it is."
)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What staff say: who agreed, whether the young person understands, and on which day."""

    agreed_by: AgreedBy
    understands: Understands
    day: date


def check(agreed: Agreed | None, role: Role, today: date, *, required: bool) -> Agreed | None:
    """Return what was agreed, if it can be so. Raises Refusal.

    required: whether staff have to say it at all.
    """
    if agreed is None:
        if required:
            raise Refusal(_WHO_AGREED)
        return None
    if agreed.day > today:
        msg = "Give the day on which it was agreed: today or before."
        raise Refusal(msg)
    for_themselves = agreed.agreed_by is AgreedBy.THEMSELVES
    if role is not Role.YOUNG_PERSON:
        if not for_themselves:
            msg = "A grown-up agrees for themselves."
            raise Refusal(msg)
        return Agreed(AgreedBy.THEMSELVES, Understands.GROWN_UP, agreed.day)
    if for_themselves or agreed.understands is Understands.GROWN_UP:
        raise Refusal(_WHO_AGREED)
    if agreed.agreed_by is AgreedBy.YOUNG_PERSON and agreed.understands is Understands.NOT_YET:
        msg = "Who does not understand it yet cannot agree alone: a parent or the council has to."
        raise Refusal(msg)
    return agreed


async def invite(service: Service, invitee: Invitee, agreed: Agreed | None, by: By) -> Invited:
    """Invite somebody and note in the same breath who agreed. Raises Refusal."""
    today = service.rhythm.local(by.now).date()
    noted = check(agreed, invitee.role, today, required=service.agreement_required)

    def work(casework: Casework) -> Invited:
        invited = inviting.invite_in(service, casework, invitee, by)
        if noted is not None:
            note_in(casework, invited.participant, noted, by)
            casework.flush()
        return invited

    return await service.lane.write(lambda connection: work(service.open(connection)))


def note_in(work: Casework, participant_id: str, agreed: Agreed, by: By) -> None:
    """Gather who agreed, inside a transaction."""
    agreement = Agreement(agreed.agreed_by, agreed.understands, agreed.day, by.who, by.now)
    agreements.add(work, participant_id, agreement)
    audit.note(work, by.who, "noted who agreed", participant_id, by.now)


async def of_participant(service: Service, participant_id: str) -> list[Agreement]:
    """Return what was ever agreed for somebody, the newest first."""
    return await service.lane.read(
        lambda connection: agreements.of_participant(service.open(connection), participant_id)
    )
