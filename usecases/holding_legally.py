"""Legal hold: nothing of somebody is erased or purged while the police or a court may need it.

One person sets it, two lift it. It must not hide anything: what is held is read as before.
"""

from __future__ import annotations

from dataclasses import dataclass

from storage import audit, legal_holds, people
from storage.casework import Casework
from storage.legal_holds import LegalHold
from storage.reasons import HoldReason as HoldReason  # noqa: PLC0414 (who holds names it)
from storage.walls import Thing
from usecases import walls
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.suppressing import Held, describe
from usecases.walls import EVERYTHING, Sight

_NOBODY = "Nobody has this id. `starling episode list --json` shows who takes part."
_NO_HOLD = "No legal hold with this id stands. See `starling rights holds`."


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A legal hold that stands, and how staff know whose record it is."""

    hold: LegalHold
    whose: Held


async def hold(service: Service, participant_id: str, reason: HoldReason, by: By) -> LegalHold:
    """Let nothing of this person be erased or purged. Raises Refusal."""

    def work(casework: Casework) -> LegalHold:
        walls.must_see(casework, by.sight, Thing.PERSON, participant_id, _NOBODY)
        if people.load_person(casework, participant_id) is None:
            raise Refusal(_NOBODY)
        added = legal_holds.add(casework, participant_id, reason, by.who, by.now)
        audit.note(casework, by.who, f"legal hold: {reason.value}", participant_id, by.now)
        casework.flush()
        return added

    return await service.lane.write(lambda connection: work(service.open(connection)))


async def ask_to_lift(service: Service, hold_id: str, by: By) -> None:
    """Take the first look: say that a hold is not needed any more. Raises Refusal."""

    def work(casework: Casework) -> None:
        standing = _standing(casework, hold_id, by)
        legal_holds.ask_to_lift(casework, standing, by.who)
        audit.note(casework, by.who, "asked to lift a legal hold", standing.participant_id, by.now)
        casework.flush()

    await service.lane.write(lambda connection: work(service.open(connection)))


async def lift(service: Service, hold_id: str, by: By) -> None:
    """Take the second look: a hold ends. Whoever asked for it cannot. Raises Refusal."""

    def work(casework: Casework) -> None:
        standing = _standing(casework, hold_id, by)
        if standing.asked_by is None:
            msg = "Nobody has asked to lift this hold yet. One person asks, another one lifts."
            raise Refusal(msg)
        if standing.asked_by.casefold() == by.who.casefold():
            msg = "You asked to lift this hold yourself: somebody else has to look at it, too."
            raise Refusal(msg)
        legal_holds.lift(casework, standing, by.who, by.now)
        audit.note(casework, by.who, "lifted a legal hold", standing.participant_id, by.now)
        casework.flush()

    await service.lane.write(lambda connection: work(service.open(connection)))


async def list_held(service: Service, sight: Sight = EVERYTHING) -> list[HeldRecord]:
    """Return every hold that stands and may be seen, the oldest first."""

    def work(casework: Casework) -> list[HeldRecord]:
        standing = legal_holds.standing(casework)
        seen = walls.only_visible(casework, sight, {each.participant_id for each in standing})
        by_id = {each.participant_id: each for each in describe(casework, seen)}
        return [
            HeldRecord(each, by_id[each.participant_id])
            for each in standing
            if each.participant_id in by_id
        ]

    return await service.lane.read(lambda connection: work(service.open(connection)))


async def of_participant(service: Service, participant_id: str) -> list[LegalHold]:
    """Return every hold that stands on somebody."""
    found = await service.lane.read(
        lambda connection: legal_holds.of_participant(service.open(connection), participant_id)
    )
    return [each for each in found if each.lifted_at is None]


def _standing(work: Casework, hold_id: str, by: By) -> LegalHold:
    found = legal_holds.load(work, hold_id)
    if found is None or found.lifted_at is not None:
        raise Refusal(_NO_HOLD)
    walls.must_see(work, by.sight, Thing.PERSON, found.participant_id, _NO_HOLD)
    return found
