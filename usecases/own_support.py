"""The support in which somebody answers or answered, as their own export tells it.

What staff noted about a young person beside their answers is told to that young person alone. It
changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from storage import changes, characteristics, contract, sdq
from storage.caseload import Answering
from storage.casework import Casework
from storage.changes import CONTRACT, Change, What
from storage.contract import Noted
from storage.people import Person
from surveys.people import Role
from usecases.everything import (
    GivenCharacteristic,
    NotedFacts,
    QuestionnaireTotal,
    Support,
    SupportChange,
)


@dataclass(frozen=True, slots=True)
class _Own:
    """Facts and totals by support episode; both empty for anybody but the young person."""

    noted: Mapping[str, NotedFacts] = field(default_factory=dict)
    totals: Mapping[str, Sequence[QuestionnaireTotal]] = field(default_factory=dict)


def tell(work: Casework, person: Person, answering: Sequence[Answering]) -> list[Support]:
    """Return where they answer or answered; what is about somebody else is not theirs to know."""
    known: dict[str, list[Change]] = {}
    ids = [each.episode.id for each in answering]
    own = _own(work, ids) if person.role is Role.YOUNG_PERSON else _Own()
    for each in changes.of_episodes(work, ids):
        if _is_theirs(each, person):
            known.setdefault(each.episode_id, []).append(each)
    return [_support(each, known.get(each.episode.id, []), own) for each in answering]


def _is_theirs(change: Change, person: Person) -> bool:
    """Whether somebody may know of a change: who else came or went is not theirs to know."""
    if change.what in (What.LEFT, What.REJOINED):
        return person.id in (change.was, change.became)
    return change.what not in CONTRACT or person.role is Role.YOUNG_PERSON


def _support(answering: Answering, changed: list[Change], own: _Own) -> Support:
    episode = answering.episode
    return Support(
        episode=episode.id,
        strand=episode.strand,
        intervention=episode.intervention,
        lives=episode.lives,
        commissioner=episode.commissioner,
        opened_on=episode.opened_on.isoformat(),
        closed_on=episode.closed_on.isoformat() if episode.closed_on else None,
        close_reason=episode.close_reason,
        since=answering.since,
        until=answering.until,
        changes=[
            SupportChange(what=each.what.value, was=each.was, became=each.became, day=each.day)
            for each in changed
        ],
        noted=own.noted.get(episode.id),
        totals=list(own.totals.get(episode.id, ())),
    )


def tell_given(
    work: Casework, person: Person, answering: Sequence[Answering]
) -> list[GivenCharacteristic]:
    """Return what a young person gave of themselves, or their worker for them."""
    if person.role is not Role.YOUNG_PERSON:
        return []
    found = characteristics.of_children(work, {each.episode.child_id for each in answering})
    return [
        GivenCharacteristic(what=each.what, value=each.value, given_by=each.given_by, at=each.at)
        for given in found.values()
        for each in given.values()
    ]


def _own(work: Casework, episode_ids: Sequence[str]) -> _Own:
    totals: dict[str, list[QuestionnaireTotal]] = {}
    for each in sdq.of_episodes(work, episode_ids):
        told = QuestionnaireTotal(informant=each.informant, day=each.day, total=each.total)
        totals.setdefault(each.episode_id, []).append(told)
    noted = contract.of_episodes(work, episode_ids)
    return _Own({episode: _facts(each) for episode, each in noted.items()}, totals)


def _facts(noted: Noted) -> NotedFacts:
    return NotedFacts(
        child_age=noted.child_age,
        unplanned_moves=noted.unplanned_moves,
        away_at_start=noted.away_at_start,
        away_at_end=noted.away_at_end,
        plan_on=noted.plan_on,
        disengaged_on=noted.disengaged_on,
        back_on=noted.back_on,
    )
