"""Turns the rhythm into due moments for one person in one support episode; it asks nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from storage import episodes, occasions, people
from storage.casework import Casework
from storage.episodes import SupportEpisode
from storage.occasions import Occasion, OccasionState
from storage.people import Person, Standing
from storage.sequence import new_id
from usecases.ports import Circumstances, Planned
from usecases.service import Service

START: Final = "start"
REVIEW: Final = "review"


def circumstances(person: Person, episode: SupportEpisode) -> Circumstances:
    """Return what decides when this person is asked."""
    return Circumstances(person.role, person.age_band, episode.intervention, episode.strand)


def plan_joining(service: Service, work: Casework, person: Person, now: datetime) -> None:
    """Plan what is due because somebody joined, in every support episode that still goes on.

    The start is due at once: they are here now.
    """
    today = service.rhythm.local(now).date()
    for episode in episodes.episodes_of(work, person.id):
        if episode.closed_on is not None:
            continue
        planned = service.rhythm.at_joining(circumstances(person, episode), today)
        due = [as_occasion(service, work, person, episode, each) for each in planned]
        occasions.plan(work, [_at_once(each, now) if each.wave == START else each for each in due])


def plan_closing(
    service: Service, work: Casework, episode: SupportEpisode, closed_on: date, now: datetime
) -> int:
    """Plan what is due because the support ended, for everybody who has joined; return how many."""
    occasions.end_reviews(work, episode.id, now)
    due: list[Occasion] = []
    for each in episodes.participations_of(work, episode.id):
        person = people.load_person(work, each.participant_id)
        if person is None or person.standing is not Standing.JOINED:
            continue
        planned = service.rhythm.at_closing(circumstances(person, episode), closed_on)
        due += [as_occasion(service, work, person, episode, plan) for plan in planned]
    occasions.plan_anew(work, due)
    return len(due)


def plan_coming_back(service: Service, work: Casework, person: Person, now: datetime) -> None:
    """Plan again what was taken back because somebody stopped, as far as answers still count."""
    for episode in episodes.episodes_of(work, person.id):
        plan_coming_back_to(service, work, person, episode, now)


def plan_coming_back_to(
    service: Service, work: Casework, person: Person, episode: SupportEpisode, now: datetime
) -> None:
    """Plan again what was taken back in one support episode, as far as answers still count."""
    who = circumstances(person, episode)
    if episode.closed_on is None:
        planned = service.rhythm.at_joining(who, service.rhythm.local(now).date())
    else:
        planned = service.rhythm.at_closing(who, episode.closed_on)
    known = occasions.of_participant(work, person.id)
    due = [as_occasion(service, work, person, episode, each) for each in planned]
    waves = sorted({each.wave for each in planned})
    occasions.revive(work, person.id, episode.id, waves, now)
    occasions.plan(work, [each for each in due if each.window_ends_at > now])
    if REVIEW in waves:
        _go_on_with_reviews(service, work, person, episode, known, now)


def plan_reopening(
    service: Service, work: Casework, episode: SupportEpisode, now: datetime
) -> None:
    """The support goes on after all: what follows its end is taken back, reviews come again.

    `episode` is already open again. Ended askings stay what they are; a later end plans anew.
    """
    occasions.end_what_follows(work, episode.id, now)
    for each in episodes.participations_of(work, episode.id):
        person = people.load_person(work, each.participant_id)
        if person is not None and person.standing is Standing.JOINED:
            plan_coming_back_to(service, work, person, episode, now)


def _go_on_with_reviews(
    service: Service,
    work: Casework,
    person: Person,
    episode: SupportEpisode,
    known: Iterable[Occasion],
    now: datetime,
) -> None:
    """Plan the next review after those that fell into the time of quiet."""
    reviews = [each for each in known if each.episode_id == episode.id and each.wave == REVIEW]
    last = max(reviews, key=lambda each: each.round, default=None)
    while last is not None and last.window_ends_at <= now:
        last = _next_review(service, work, person, episode, last)
    if last is not None:
        occasions.plan(work, [last])


def plan_review(
    service: Service, work: Casework, person: Person, episode: SupportEpisode, after: Occasion
) -> None:
    """Plan the review that follows this one, where there is one."""
    following = _next_review(service, work, person, episode, after)
    if following is not None:
        occasions.plan_later(work, following)


def _next_review(
    service: Service, work: Casework, person: Person, episode: SupportEpisode, after: Occasion
) -> Occasion | None:
    local = datetime.fromisoformat(after.local_time)
    window = (after.window_ends_at - after.due_at) // timedelta(days=1)
    was = Planned(
        after.instrument,
        after.wave,
        after.round,
        local.date(),
        local.time(),
        max(window, 1),
        after.rhythm,
    )
    following = service.rhythm.next_review(circumstances(person, episode), was)
    return None if following is None else as_occasion(service, work, person, episode, following)


def as_occasion(
    service: Service, work: Casework, person: Person, episode: SupportEpisode, planned: Planned
) -> Occasion:
    """Build the due moment of a plan: the local intent, the zone and the UTC instant."""
    due_at = service.rhythm.instant(planned.day, planned.at)
    last_day = planned.day + timedelta(days=planned.window_days)
    return Occasion(
        id=new_id(work.entropy),
        participant_id=person.id,
        participant_key=person.key,
        episode_id=episode.id,
        episode_key=episode.key,
        role=person.role.value,
        instrument=planned.instrument,
        wave=planned.wave,
        round=planned.round,
        state=OccasionState.PLANNED,
        local_time=datetime.combine(planned.day, planned.at).isoformat(timespec="minutes"),
        zone=service.zone,
        due_at=due_at,
        window_ends_at=service.rhythm.instant(last_day, planned.at),
        next_at=due_at,
        reminders=0,
        offered_at=None,
        ended_at=None,
        run_id=None,
        rhythm=planned.rhythm,
    )


def _at_once(occasion: Occasion, now: datetime) -> Occasion:
    return replace(occasion, due_at=now, next_at=now)


def instruments_of(planned: Iterable[Planned]) -> set[str]:
    """Return which instruments a plan needs: the composition root checks that they exist."""
    return {each.instrument for each in planned}
