"""Sharing to protect somebody: one file for whoever may need it, with reason, recipient and time.

The law allows it and asks for a record of it (ICO, a 10 step guide to sharing information to
safeguard children). It must not ask anybody's permission first: it has to work in two minutes.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel

from storage import audit, people
from storage.casework import Casework
from storage.walls import Thing
from usecases import rights, walls
from usecases.everything import Everything
from usecases.inviting import By
from usecases.recipients import Recipient as Recipient  # noqa: PLC0414 (who shares names it)
from usecases.recipients import SharingReason as SharingReason  # noqa: PLC0414
from usecases.refusal import Refusal
from usecases.service import Service

_NOBODY = "Nobody has this id. `starling episode list --json` shows who takes part."


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
