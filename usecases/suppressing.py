"""Staff let nobody ask somebody, or a whole household, for a while; the undo takes two people.

Nothing that somebody planned or answered is ended here: the clock waits while they are held. Who is
held still gets answers and help, and their words are read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from storage import (
    audit,
    changes,
    doors,
    episodes,
    households,
    partings,
    people,
    recalls,
    suppressions,
)
from storage.casework import Casework
from storage.changes import Change, What
from storage.people import Person
from storage.reasons import Reason as Reason  # noqa: PLC0414 (who holds names it)
from storage.suppressions import Suppression
from surveys.people import Role
from usecases import moving, quietening
from usecases.inviting import By
from usecases.known_as import Held as Held  # noqa: PLC0414 (who holds names them)
from usecases.known_as import describe as describe  # noqa: PLC0414
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.walls import EVERYTHING, Sight, only_visible

CONFIRMATION: Final = "ask again"
"""What has to be typed before somebody is asked again after a death."""

_NOBODY: Final = "Nobody has this id. `starling episode list --json` shows who takes part."
_NO_ACTION: Final = "Nothing with this id holds anybody. See `starling people held`."


@dataclass(frozen=True, slots=True)
class Suppressed:
    """What staff did: the id of the action, and everybody who is held now because of it.

    Where a child has died, `around_id` is a second action, which holds those around the child for
    their bereavement: they may be let go one day, and the child stays held.
    """

    action_id: str
    people: tuple[Held, ...]
    around_id: str | None = None


@dataclass(frozen=True, slots=True)
class HeldAction:
    """An action of staff with what has become of it, as staff see it."""

    action: Suppression
    people: tuple[Held, ...]

    @property
    def needs_typing(self) -> bool:
        """Whether the words of CONFIRMATION have to be typed before it is lifted."""
        return self.action.reason is Reason.DECEASED

    def was_asked_by(self, who: str) -> bool:
        """Whether this person took the first look, and so cannot take the second."""
        asked = self.action.lift_asked_by
        return asked is not None and _same(asked, who)


# --- holding --------------------------------------------------------------------------------------


async def household_of(service: Service, participant_id: str) -> tuple[Held, ...]:
    """Return whom one action for the household of this person would hold. Raises Refusal."""

    def work(casework: Casework) -> tuple[Held, ...]:
        person = _load(casework, participant_id)
        return describe(casework, _whom(casework, person, household=True))

    return await service.lane.read(lambda connection: work(service.open(connection)))


async def whom_it_would_hold(
    service: Service,
    participant_id: str,
    reason: Reason,
    *,
    household: bool,
    sight: Sight = EVERYTHING,
) -> tuple[Held, ...]:
    """Return everybody whom this action would hold, before it is done. Raises Refusal."""

    def work(casework: Casework) -> tuple[Held, ...]:
        person = _load(casework, participant_id)
        wide = household or _holds_everybody(person, reason)
        return describe(casework, _whom(casework, person, household=wide), sight)

    return await service.lane.read(lambda connection: work(service.open(connection)))


async def suppress(
    service: Service, participant_id: str, reason: Reason, by: By, *, household: bool
) -> Suppressed:
    """Let nobody ask this person, or their household, from this moment on. Raises Refusal."""
    return await service.lane.write(
        lambda connection: suppress_in(
            service, service.open(connection), participant_id, reason, by, household=household
        )
    )


def suppress_in(
    service: Service,
    work: Casework,
    participant_id: str,
    reason: Reason,
    by: By,
    *,
    household: bool,
) -> Suppressed:
    """Hold somebody inside a transaction. Raises Refusal.

    Where a child has died, everybody around the child is held, whatever was chosen, and nobody
    answers about the child any more, professionals included.
    """
    person = _load(work, participant_id)
    has_died = _holds_everybody(person, reason)
    whom = _whom(work, person, household=household or has_died)
    answering = _answering_about(work, person.id) if has_died else []
    _quieten(service, work, whom, {who for _, who in answering}, by)
    around_id = None
    if has_died:
        action_id = _add(work, {person.id}, reason, by)
        around = whom - {person.id}
        around_id = _add(work, around, Reason.BEREAVEMENT, by) if around else None
        for episode_id, who in answering:
            moving.leave_in(service, work, episode_id, who, by)
    else:
        action_id = _add(work, whom, reason, by)
    work.flush()
    return Suppressed(action_id, describe(work, whom), around_id)


def _quieten(service: Service, work: Casework, whom: set[str], also: set[str], by: By) -> None:
    """Take back what is on its way to these people, and pause what they are in the middle of.

    The chats of `also` are held with theirs: all at once, so that nobody waits in a circle.
    """
    doors_of = doors.hold(work, whom | also)
    for each in sorted(whom):
        recalls.cancel_askings(work.connection, each)
        quietening.pause(service, work, each, doors_of.get(each), by.now)


def _answering_about(work: Casework, child: str) -> list[tuple[str, str]]:
    """Return who else answers about a child: each support episode with each participant."""
    return [
        (episode_id, each.participant_id)
        for episode_id in households.episodes_of_child(work, child)
        for each in episodes.participations_of(work, episode_id)
        if each.participant_id != child
    ]


def _add(work: Casework, whom: set[str], reason: Reason, by: By) -> str:
    for each in sorted(whom):
        audit.note(work, by.who, f"held back: {reason.value}", each, by.now)
    return suppressions.add(work, whom, reason, by.who, by.now)


def _let_answer_again(service: Service, work: Casework, action: Suppression, by: By) -> None:
    """It was a mistake: let those answer again who were taken out by this very action."""
    for child in action.people:
        noted = changes.of_episodes(work, households.episodes_of_child(work, child))
        last = {(each.episode_id, each.was or each.became): each for each in noted if _is_who(each)}
        for (episode_id, who), each in last.items():
            by_this = (each.at, each.who) == (action.since, action.since_by)
            if not who or each.what is not What.LEFT or not by_this:
                continue
            if partings.answers_here(work, who, episode_id) is False:
                moving.rejoin_in(service, work, episode_id, who, by)


def _is_who(change: Change) -> bool:
    """Whether this is about who answers."""
    return change.what in (What.LEFT, What.REJOINED)


def _load(work: Casework, participant_id: str) -> Person:
    person = people.load_person(work, participant_id)
    if person is None:
        raise Refusal(_NOBODY)
    return person


def _holds_everybody(person: Person, reason: Reason) -> bool:
    return reason is Reason.DECEASED and person.role is Role.YOUNG_PERSON


def _whom(work: Casework, person: Person, *, household: bool) -> set[str]:
    if not household:
        return {person.id}
    if person.role is Role.PROFESSIONAL:
        msg = "A professional belongs to no household. Hold this person alone."
        raise Refusal(msg)
    return households.around(work, person)


# --- what is held ---------------------------------------------------------------------------------


async def list_held(service: Service, sight: Sight = EVERYTHING) -> list[HeldAction]:
    """Return every action that holds somebody now, those that wait for a second look first."""

    def standing(work: Casework) -> list[Suppression]:
        found = suppressions.standing(work)
        return [each for each in found if only_visible(work, sight, set(each.people))]

    return await service.lane.read(
        lambda connection: _show(service.open(connection), standing, sight)
    )


async def count_held(service: Service, sight: Sight = EVERYTHING) -> int:
    """Return how many people nobody may ask now."""

    def work(casework: Casework) -> int:
        held = {who for each in suppressions.standing(casework) for who in each.people}
        return len(only_visible(casework, sight, held))

    return await service.lane.read(lambda connection: work(service.open(connection)))


async def history_of(service: Service, participant_id: str) -> list[HeldAction]:
    """Return every action that ever held this person, the newest first."""
    return await service.lane.read(
        lambda connection: actions_about(service.open(connection), participant_id)
    )


def actions_about(
    work: Casework, participant_id: str, sight: Sight = EVERYTHING
) -> list[HeldAction]:
    """Return every action that ever held this person, inside a transaction."""
    return _show(
        work, lambda casework: suppressions.of_participant(casework, participant_id), sight
    )


async def find_action(service: Service, action_id: str) -> HeldAction:
    """Return one action that still holds somebody. Raises Refusal."""

    def find(work: Casework) -> list[Suppression]:
        return [each for each in suppressions.standing(work) if each.action_id == action_id]

    found = await service.lane.read(lambda connection: _show(service.open(connection), find))
    if not found:
        raise Refusal(_NO_ACTION)
    return found[0]


def _show(
    work: Casework, find: Callable[[Casework], list[Suppression]], sight: Sight = EVERYTHING
) -> list[HeldAction]:
    return [HeldAction(each, describe(work, each.people, sight)) for each in find(work)]


# --- the two looks of the undo --------------------------------------------------------------------


async def ask_to_lift(service: Service, action_id: str, by: By) -> None:
    """Ask that those whom an action holds may be asked again: the first look. Raises Refusal."""

    def work(casework: Casework) -> None:
        action = _standing(casework, action_id)
        if action.lift_asked_by is not None and not _same(action.lift_asked_by, by.who):
            msg = f"{action.lift_asked_by} asked for this already: you can take the second look."
            raise Refusal(msg)
        suppressions.note_asked(casework, action_id, by.who, by.now)
        for each in action.people:
            audit.note(casework, by.who, "asked to let ask again", each, by.now)
        casework.flush()

    await service.lane.write(lambda connection: work(service.open(connection)))


async def lift(
    service: Service, action_id: str, by: By, *, confirmation: str = ""
) -> tuple[Held, ...]:
    """Let those whom an action holds be asked again: the second look, by another person.

    Returns those whom nothing holds any more. After a death the words of CONFIRMATION have to be
    typed as well. Raises Refusal.
    """

    def work(casework: Casework) -> tuple[Held, ...]:
        return lift_in(service, casework, action_id, by, confirmation)

    return await service.lane.write(lambda connection: work(service.open(connection)))


def lift_in(
    service: Service, work: Casework, action_id: str, by: By, confirmation: str
) -> tuple[Held, ...]:
    """Lift an action inside a transaction. Raises Refusal."""
    action = _standing(work, action_id)
    if action.lift_asked_by is None:
        msg = "Nobody asked for this yet. One person asks, and another one lifts it."
        raise Refusal(msg)
    if _same(action.lift_asked_by, by.who):
        msg = f"{action.lift_asked_by} asked for this, so somebody else has to lift it."
        raise Refusal(msg)
    if action.reason is Reason.DECEASED and confirmation.strip().casefold() != CONFIRMATION:
        msg = f"Somebody has died. Type the words {CONFIRMATION!r} if they really may be asked."
        raise Refusal(msg)
    doors.hold(work, action.people)
    free = suppressions.lift(work, action, by.who, by.now)
    if action.reason is Reason.DECEASED:
        _let_answer_again(service, work, action, by)
    for each in action.people:
        audit.note(work, by.who, f"let ask again: {action.reason.value}", each, by.now)
    work.flush()
    return describe(work, tuple(free))


def _standing(work: Casework, action_id: str) -> Suppression:
    action = suppressions.load(work, action_id)
    if action is None or action.lifted_at is not None:
        raise Refusal(_NO_ACTION)
    return action


def _same(one: str, other: str) -> bool:
    """Tell whether two names are those of one person; spelling them differently helps nobody."""
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()
