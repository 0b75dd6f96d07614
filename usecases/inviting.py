"""What staff do: open and close support episodes, and invite people to answer.

A case reference is all that we are told of a child: anything that looks like a name, a date of
birth or an address is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from outcomes.episode import AgeBand as ChildAge
from outcomes.episode import CloseReason, Commissioner, Lives, Strand
from storage import (
    audit,
    caseload,
    changes,
    contract,
    episodes,
    invitations,
    participants,
    partings,
    people,
    suppressions,
)
from storage.casework import Casework
from storage.changes import Change, What
from storage.contract import Noted
from storage.episodes import Participation, SupportEpisode
from storage.participants import NewPerson
from storage.people import Person, Standing
from storage.sequence import new_id
from surveys.people import AgeBand, Role, may_use_telegram
from usecases import planning
from usecases.references import check_case_reference as check_case_reference  # noqa: PLC0414
from usecases.references import check_worker as check_worker  # noqa: PLC0414
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.walls import EVERYTHING, Sight

INTERVENTIONS: Final = (
    "trauma-work",
    "creative-therapy",
    "ddp",
    "wrap-around",
    "attachment-group",
    "dyadic-work",
    "theraplay",
    "filial-play",
    "consultation",
    "consultation-series",
    "reflective-practice",
    "joint-planning",
    "group-work",
    "training",
    "harmful-behaviour-support",
    "duty-line",
)
"""What the service does, by the names that staff use; never shown to anybody who answers."""


@dataclass(frozen=True, slots=True)
class By:
    """Who of the staff does something, when, and what they may see of people."""

    who: str
    now: datetime
    sight: Sight = EVERYTHING


@dataclass(frozen=True, slots=True)
class Closing:
    """How a support episode ends."""

    on: date
    reason: CloseReason


@dataclass(frozen=True, slots=True)
class Invitee:
    """Whom to invite; the age band counts for young people only."""

    episode: str
    role: Role
    age_band: AgeBand = AgeBand.ADULT


@dataclass(frozen=True, slots=True)
class NewEpisode:
    """What staff say of a new support episode.

    `worker` is how staff call who looks after it, such as a.worker. `child_age` is the band of the
    figures on the day on which it opens, None where nobody knows.
    """

    case: str
    commissioner: Commissioner
    strand: Strand
    intervention: str
    lives: Lives
    opened_on: date
    worker: str | None = None
    child_age: ChildAge | None = None


@dataclass(frozen=True, slots=True)
class Invited:
    """A new invitation: shown once. `telegram` is None where Telegram cannot be used."""

    participant: str
    code: str
    web: str
    telegram: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class EpisodeOnList:
    """A support episode as staff see it."""

    episode: SupportEpisode
    case: str
    people: tuple[Participation, ...]


def council_of(commissioner: str) -> str | None:
    """Return whose school terms count for a child of this commissioner; None: nobody knows."""
    return None if commissioner == Commissioner.OTHER.value else commissioner


async def open_episode(service: Service, new: NewEpisode, by: By) -> str:
    """Open a support episode; return its id. Raises Refusal."""
    return await service.lane.write(
        lambda connection: open_in(service, service.open(connection), new, by)
    )


def open_in(service: Service, work: Casework, new: NewEpisode, by: By) -> str:
    """Open a support episode inside a transaction; return its id. Raises Refusal."""
    case = check_case_reference(new.case)
    _stay_inside(work, case, by.sight)
    if new.intervention not in INTERVENTIONS:
        msg = f"There is no such kind of support. Use one of: {', '.join(INTERVENTIONS)}."
        raise Refusal(msg)
    if new.opened_on > service.rhythm.local(by.now).date():
        msg = "A support episode cannot be opened in the future. Use today or a day before."
        raise Refusal(msg)
    # Who sees only their own goes on seeing what they open.
    worker = new.worker if new.worker is not None else by.sight.caseload_of
    episode = SupportEpisode(
        id=new_id(work.entropy),
        key=new_id(work.entropy),
        child_id=episodes.find_or_add_child(work, case, by.now),
        commissioner=new.commissioner.value,
        strand=new.strand.value,
        intervention=new.intervention,
        lives=new.lives.value,
        opened_on=new.opened_on,
        closed_on=None,
        close_reason=None,
        worker=check_worker(worker) if worker is not None else None,
    )
    episodes.add(work, episode)
    audit.note(work, by.who, "opened support episode", episode.id, by.now)
    work.flush()
    if new.child_age is not None:
        contract.store(work, {episode.id: Noted(new.child_age)})
    return episode.id


def _stay_inside(work: Casework, case: str, sight: Sight) -> None:
    """Refuse a child of somebody else's: or whoever knows a reference could open any door."""
    if sight.sees_everybody:
        return
    wanted = caseload.Wanted(case=case, most=1)
    if caseload.list_some(work, wanted) and not caseload.list_some(work, wanted, sight.caseload):
        msg = "You cannot open this one yourself. Ask whoever is on duty to open it."
        raise Refusal(msg)


async def close_episode(service: Service, episode_id: str, closing: Closing, by: By) -> int:
    """Close a support episode and plan what is asked after it; return how many askings.

    Raises Refusal.
    """
    return await service.lane.write(
        lambda connection: close_in(service, service.open(connection), episode_id, closing, by)
    )


def close_in(service: Service, work: Casework, episode_id: str, closing: Closing, by: By) -> int:
    """Close a support episode inside a transaction. Raises Refusal."""
    episode = episodes.load(work, episode_id)
    if episode is None:
        msg = "There is no support episode with this id. See `starling episode list`."
        raise Refusal(msg)
    if episode.closed_on is not None:
        msg = f"This support episode was closed on {episode.closed_on:%d %B %Y} already."
        raise Refusal(msg)
    if closing.on < episode.opened_on:
        msg = f"It was opened on {episode.opened_on:%d %B %Y}: it cannot end before that."
        raise Refusal(msg)
    if closing.on > service.rhythm.local(by.now).date():
        msg = "A support episode cannot be closed in the future. Close it on the day."
        raise Refusal(msg)
    episodes.close(work, episode_id, closing.on, closing.reason.value)
    planned = planning.plan_closing(service, work, episode, closing.on, by.now)
    audit.note(work, by.who, "closed support episode", episode_id, by.now)
    work.flush()
    return planned


async def list_episodes(service: Service, *, open_only: bool = False) -> list[EpisodeOnList]:
    """Return the support episodes, the newest first, with who answers in each."""

    def work(casework: Casework) -> list[EpisodeOnList]:
        return with_people(casework, episodes.list_all(casework, open_only=open_only))

    return await service.lane.read(lambda connection: work(service.open(connection)))


def with_people(work: Casework, found: Sequence[SupportEpisode]) -> list[EpisodeOnList]:
    """Return these support episodes as staff see them."""
    cases = episodes.case_references(work, [each.child_id for each in found])
    answering = episodes.participations_in(work, [each.id for each in found])
    return [
        EpisodeOnList(each, cases[each.child_id], tuple(answering.get(each.id, ())))
        for each in found
    ]


async def invite(service: Service, invitee: Invitee, by: By) -> Invited:
    """Invite somebody to answer in a support episode. Raises Refusal."""
    return await service.lane.write(
        lambda connection: invite_in(service, service.open(connection), invitee, by)
    )


def invite_in(service: Service, work: Casework, invitee: Invitee, by: By) -> Invited:
    """Invite somebody inside a transaction. Raises Refusal.

    A child has one star and one history, whatever changes around it: a second invitation for the
    same child lets the same participant in again.
    """
    episode = episodes.load(work, invitee.episode)
    if episode is None:
        msg = "There is no support episode with this id. See `starling episode list`."
        raise Refusal(msg)
    if invitee.role is Role.YOUNG_PERSON and invitee.age_band is AgeBand.ADULT:
        msg = "Give the age band of the young person: 5-7, 8-11, 12-15, 16-17 or 18-25."
        raise Refusal(msg)
    if suppressions.child_has_died(work, episode.child_id):
        msg = "This child has died, as it is noted: nobody is invited to answer about them."
        raise Refusal(msg)
    participant_id = _known_child(work, invitee, episode) or _add_participant(
        work, invitee, episode, by.now
    )
    _let_answer(service, work, participant_id, episode, by)
    new = invitations.make(work, participant_id, by.now)
    audit.note(work, by.who, "invited", participant_id, by.now)
    work.flush()
    return Invited(
        participant=participant_id,
        code=new.code,
        web=f"{service.public_url}/join/{new.link_token}",
        telegram=_telegram_link(service, invitee, new.link_token),
        expires_at=new.expires_at,
    )


def _known_child(work: Casework, invitee: Invitee, episode: SupportEpisode) -> str | None:
    """Return the participant that this child already is, brought up to date.

    Children grow, and whose school terms count is whoever pays for the support they get now.
    """
    if invitee.role is not Role.YOUNG_PERSON:
        return None
    known = participants.participant_of_child(work, episode.child_id)
    if known is not None:
        participants.set_age_band(work, known, invitee.age_band)
        episodes.set_council(work, episode, council_of(episode.commissioner))
    return known


def _add_participant(
    work: Casework, invitee: Invitee, episode: SupportEpisode, now: datetime
) -> str:
    young = invitee.role is Role.YOUNG_PERSON
    band = invitee.age_band if young else AgeBand.ADULT
    child = episode.child_id if young else None
    council = council_of(episode.commissioner) if young else None
    return participants.add_participant(work, NewPerson(invitee.role, band, child, council), now)


def _let_answer(
    service: Service, work: Casework, participant_id: str, episode: SupportEpisode, by: By
) -> None:
    """Let somebody answer in a support episode, also somebody who was taken out of it."""
    if partings.answers_here(work, participant_id, episode.id) is not False:
        episodes.add_participation(work, participant_id, episode.id, by.now)
        return
    person = people.load_person(work, participant_id)
    if person is not None:
        let_come_back(service, work, person, episode.id, by)


def let_come_back(
    service: Service, work: Casework, person: Person, episode_id: str, by: By
) -> None:
    """Let somebody answer again who was taken out: as far as answers count, they are asked."""
    partings.set_until(work, person.id, episode_id, None)
    episode = episodes.load(work, episode_id)
    if episode is not None and person.standing is Standing.JOINED:
        planning.plan_coming_back_to(service, work, person, episode, by.now)
    today = service.rhythm.local(by.now).date()
    changes.note(work, Change(episode_id, What.REJOINED, None, person.id, today, by.now, by.who))
    audit.note(work, by.who, "let take part again", person.id, by.now)


def _telegram_link(service: Service, invitee: Invitee, token: str) -> str | None:
    name = service.bot_name()
    if name is None or not may_use_telegram(invitee.role, invitee.age_band):
        return None
    return f"https://t.me/{name}?start={token}"
