"""Who of the staff sees what: roles, and the walls around the caseload of each.

It must not know a page. What lies outside somebody's sight is not there for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from storage import walls
from storage.casework import Casework
from storage.walls import ANYBODY, Caseload, Reader
from storage.walls import Thing as Thing  # noqa: PLC0414 (who asks names it)
from usecases.refusal import Refusal
from usecases.service import Service


class StaffRole(StrEnum):
    """What somebody of the staff does here; one person may do several things.

    `worker`: the support episodes that they look after, and the people in them. `duty`,
    `safeguarding-lead` and `on-call-manager`: everybody. `analyst`: figures, never words.
    `auditor`: the audit, nothing else. `administrator`: accounts, never words.
    """

    WORKER = "worker"
    DUTY = "duty"
    SAFEGUARDING_LEAD = "safeguarding-lead"
    ON_CALL_MANAGER = "on-call-manager"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


STAFF: Final = "staff"
"""The role of a service whose staff all do everything but audit themselves.

Whoever looks at the audit there is named `auditor` besides.
"""

SEE_EVERYBODY: Final = frozenset(
    {StaffRole.DUTY, StaffRole.SAFEGUARDING_LEAD, StaffRole.ON_CALL_MANAGER}
)
LEADS: Final = frozenset({StaffRole.SAFEGUARDING_LEAD, StaffRole.ON_CALL_MANAGER})
"""Who hears of allegations."""

CASEWORK: Final = SEE_EVERYBODY | {StaffRole.WORKER}
"""Who works with people at all."""

_OF_STAFF: Final = frozenset(StaffRole) - {StaffRole.AUDITOR, StaffRole.ON_CALL_MANAGER}


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody may see: by their roles, and of people by their caseload.

    `caseload_of` is whose support episodes they see, None for everybody's. `opened` are the
    children outside it that they opened for a stated reason a short while ago.
    """

    roles: frozenset[StaffRole]
    caseload_of: str | None
    opened: frozenset[str] = frozenset()

    @property
    def caseload(self) -> Caseload | None:
        """The caseload beyond which nothing is seen; None where there is no wall."""
        return None if self.caseload_of is None else Caseload(self.caseload_of, self.opened)

    @property
    def sees_everybody(self) -> bool:
        """Whether there is no wall."""
        return self.caseload_of is None


def reader_of(sight: Sight, who: str) -> Reader:
    """Return who reads words: nobody those in which they themselves may be accused.

    What may accuse anybody of the staff, or a carer, is read from the safeguarding lead upwards.
    """
    if sight is EVERYTHING:
        return ANYBODY
    return Reader(who, sight.caseload, leads=bool(sight.roles & LEADS))


EVERYTHING: Final = Sight(frozenset(StaffRole), None)
"""What the command line sees: whoever works there is inside the machine already."""

NOTHING: Final = Sight(frozenset(), "")


def roles_of(stored: str) -> frozenset[StaffRole]:
    """Return the roles that a stored list names; words that we do not know give nothing.

    Whoever is named safeguarding lead reads the audit too; `staff`, who do a lead's work, do not.
    """
    named = stored.split()
    found = {StaffRole(each) for each in named if each in _NAMES}
    if StaffRole.SAFEGUARDING_LEAD in found:
        found.add(StaffRole.AUDITOR)
    return frozenset(found | _OF_STAFF) if STAFF in named else frozenset(found)


_NAMES: Final = frozenset(each.value for each in StaffRole)


def sight_of(who: str, stored: str, opened: frozenset[str] = frozenset()) -> Sight:
    """Return what somebody with these roles sees; nobody's caseload where they do no casework."""
    roles = roles_of(stored)
    if roles & SEE_EVERYBODY:
        return Sight(roles, None)
    return Sight(roles, who, opened) if StaffRole.WORKER in roles else Sight(roles, "")


def may_see(work: Casework, sight: Sight, thing: Thing, row_id: str) -> bool:
    """Tell whether something may be shown; with no wall, whatever is asked for."""
    caseload = sight.caseload
    return caseload is None or walls.holds(work, caseload, thing, row_id)


def may_see_episode(work: Casework, sight: Sight, episode_id: str) -> bool:
    """Tell whether a support episode may be shown."""
    return may_see(work, sight, Thing.EPISODE, episode_id)


def may_see_child(work: Casework, sight: Sight, child_id: str) -> bool:
    """Tell whether a child, with all who answer about them, may be shown."""
    return may_see(work, sight, Thing.CHILD, child_id)


def may_see_person(work: Casework, sight: Sight, participant_id: str) -> bool:
    """Tell whether somebody who answers may be shown."""
    return may_see(work, sight, Thing.PERSON, participant_id)


def may_see_words(work: Casework, sight: Sight, who: str, words_id: str) -> bool:
    """Tell whether `who` may read these words; never those in which they may be accused."""
    if walls.are_hidden_from(work, reader_of(sight, who), words_id):
        return False
    return may_see(work, sight, Thing.WORDS, words_id)


def only_visible(work: Casework, sight: Sight, participant_ids: set[str]) -> set[str]:
    """Return which of these people may be shown."""
    caseload = sight.caseload
    if caseload is None:
        return participant_ids
    return walls.people_inside(work, caseload, participant_ids)


def only_children(work: Casework, sight: Sight, child_ids: set[str]) -> set[str]:
    """Return which of these children may be shown."""
    caseload = sight.caseload
    return child_ids if caseload is None else walls.children_inside(work, caseload, child_ids)


def must_see(work: Casework, sight: Sight, thing: Thing, row_id: str, otherwise: str) -> None:
    """Raise Refusal with the words for something that is not there, where it may not be seen."""
    if not may_see(work, sight, thing, row_id):
        raise Refusal(otherwise)


async def may_be_shown(service: Service, sight: Sight, who: str, thing: Thing, row_id: str) -> bool:
    """Tell whether something may be shown to `who`, before anything is done with it."""

    def work(casework: Casework) -> bool:
        if thing is Thing.WORDS:
            return may_see_words(casework, sight, who, row_id)
        return may_see(casework, sight, thing, row_id)

    return await service.lane.read(lambda connection: work(service.open(connection)))


async def is_their_own(service: Service, who: str, thing: Thing, row_id: str) -> bool:
    """Tell whether `who` looks after the child that a person or a wish belongs to, or did."""
    return await service.lane.read(
        lambda connection: walls.looks_after(service.open(connection), who, thing, row_id)
    )
