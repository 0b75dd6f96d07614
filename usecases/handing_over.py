"""Sharing to protect somebody: one file for whoever may need it, with reason, recipient and time.

The law allows it and asks for a record of it (ICO, a 10 step guide to sharing information to
safeguard children). It must not ask anybody's permission first: it has to work in two minutes.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel

from storage import audit, people
from storage.casework import Casework
from storage.walls import Thing
from usecases import rights, walls
from usecases.everything import Everything
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service

_NOBODY = "Nobody has this id. `starling episode list --json` shows who takes part."


class Recipient(StrEnum):
    """Who is given it."""

    SOCIAL_CARE = "childrens-social-care"
    EMERGENCY_DUTY = "emergency-duty-team"
    POLICE = "police"
    AMBULANCE = "ambulance"
    HEALTH = "health"
    SCHOOL = "school"
    LADO = "designated-officer"
    COURT = "court"


class SharingReason(StrEnum):
    """Why it is given."""

    DANGER = "immediate-danger"
    HARM = "risk-of-serious-harm"
    MISSING = "missing"
    ALLEGATION = "allegation"
    ENQUIRY = "child-protection-enquiry"
    ORDER = "court-order"


class HandedOver(BaseModel):
    """All that is stored about one person, with why and to whom it is given."""

    recipient: Recipient
    reason: SharingReason
    shared_by: str
    shared_at: datetime
    everything: Everything


async def share(
    service: Service, participant_id: str, recipient: Recipient, reason: SharingReason, by: By
) -> HandedOver:
    """Return what is handed over, once it is noted in the audit. Raises Refusal."""

    def work(casework: Casework) -> HandedOver:
        walls.must_see(casework, by.sight, Thing.PERSON, participant_id, _NOBODY)
        if people.load_person(casework, participant_id) is None:
            raise Refusal(_NOBODY)
        everything = rights.gather(service, casework, participant_id)
        did = f"shared to protect: with {recipient.value}, {reason.value}"
        audit.note(casework, by.who, did, participant_id, by.now)
        casework.flush()
        return HandedOver(
            recipient=recipient,
            reason=reason,
            shared_by=by.who,
            shared_at=by.now,
            everything=everything,
        )

    return await service.lane.write(lambda connection: work(service.open(connection)))
