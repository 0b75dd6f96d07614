"""What staff see of support episodes and of one person: who, what stands, what changed.

It must not show what anybody answered or wrote, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from storage import caseload, changes, episodes, occasions, people
from storage.caseload import Answering
from storage.caseload import Wanted as Wanted  # noqa: PLC0414 (who asks names it)
from storage.casework import Casework
from storage.changes import Change
from storage.occasions import Occasion
from storage.people import Person
from usecases.inviting import EpisodeOnList, with_people
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.suppressing import Held, HeldAction, actions_about, describe
from usecases.walls import EVERYTHING, Sight, may_see_person


@dataclass(frozen=True, slots=True)
class EpisodesPage:
    """Some support episodes; `more` says that there are others after them."""

    episodes: tuple[EpisodeOnList, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """One person as staff see them.

    `cases` are case references by child. `next_due` is what is asked next, None for nothing.
    `held` is every action that ever held them, the newest first.
    """

    person: Person
    known_as: Held
    cases: Mapping[str, str]
    answering: tuple[Answering, ...]
    next_due: Occasion | None
    changes: tuple[Change, ...]
    held: tuple[HeldAction, ...]


async def find_episodes(
    service: Service, wanted: Wanted, sight: Sight = EVERYTHING
) -> EpisodesPage:
    """Return some support episodes: those that go on first, then the newest."""

    def work(casework: Casework) -> EpisodesPage:
        one_more = replace(wanted, most=wanted.most + 1)
        found = caseload.list_some(casework, one_more, sight.caseload)
        some = with_people(casework, found[: wanted.most])
        return EpisodesPage(tuple(some), len(found) > wanted.most)

    return await service.lane.read(lambda connection: work(service.open(connection)))


async def who_are(
    service: Service, participant_ids: Collection[str], sight: Sight = EVERYTHING
) -> dict[str, Held]:
    """Return how staff know these people: by their part and the case, never by name."""
    found = await service.lane.read(
        lambda connection: describe(service.open(connection), participant_ids, sight)
    )
    return {each.participant_id: each for each in found}


async def see(service: Service, participant_id: str, sight: Sight = EVERYTHING) -> PersonSeen:
    """Return one person as staff see them. Raises Refusal."""
    return await service.lane.read(
        lambda connection: _see(service.open(connection), participant_id, sight)
    )


def _see(work: Casework, participant_id: str, sight: Sight) -> PersonSeen:
    person = people.load_person(work, participant_id)
    if person is None or not may_see_person(work, sight, participant_id):
        msg = "Nobody has this id. `starling episode list --json` shows who takes part."
        raise Refusal(msg)
    answering = caseload.ever_of(work, participant_id, sight.caseload)
    here = {each.episode.id: each.episode.child_id for each in answering}
    waiting = [each for each in occasions.of_participant(work, person.id) if not each.state.over]
    return PersonSeen(
        person=person,
        known_as=describe(work, [person.id], sight)[0],
        cases=episodes.case_references(work, sorted(here.values())),
        answering=tuple(answering),
        next_due=min(waiting, key=lambda each: each.next_at or each.due_at, default=None),
        changes=tuple(reversed(changes.of_episodes(work, sorted(here)))),
        held=tuple(actions_about(work, person.id, sight)),
    )
