"""Raises alerts in the transaction of their cause, and lets them climb while nobody takes them.

It must not send anything: what has to leave stands in rows until after the commit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from storage import alerts, audit, words
from storage.alerts import PAGE, AlertKind, Climber, NewAlert, NewStep, Route, Standing
from storage.casework import Casework, Connection
from storage.people import Person
from storage.sequence import new_id
from storage.words import NoticeKind
from surveys.concern_kinds import ConcernCategory, ConcernLevel
from surveys.people import Role
from usecases.ladder import RUNGS, Ladder, Rung, Times, pressing
from usecases.service import Service

MOST: Final = 200
"""How many alerts climb in one ring of the bell at most."""

_LADDER: Final = "ladder"

_WORN: Final = frozenset(
    {
        ConcernCategory.CARER_BREAKING,
        ConcernCategory.CARER_WORN_OUT,
        ConcernCategory.SADNESS,
        ConcernCategory.WANTS_ADULT,
    }
)
"""What a carer at breaking point may also be without anybody being in danger."""

_WATCHERS: Final[Mapping[AlertKind, Collection[str] | None]] = {
    AlertKind.DRILL: None,
    AlertKind.MATCHER: (),
    AlertKind.OVERDUE: (),
    AlertKind.STUCK: (),
    AlertKind.WISHES: (),
}
"""Which workers are told of what is about nobody: all of a drill, otherwise none."""

_ONCE: Final = frozenset(
    {AlertKind.HELP_NOW, AlertKind.MEDIA, AlertKind.WANTS_PERSON, AlertKind.ANOTHER}
)
"""Kinds of which one that still climbs is enough for somebody: more say nothing new."""

_NOTICES: Final = {
    AlertKind.HELP_NOW: NoticeKind.ASKED_FOR_HELP,
    AlertKind.MEDIA: NoticeKind.MEDIA_CAME,
    AlertKind.WANTS_PERSON: NoticeKind.WANTS_PERSON,
    AlertKind.ANOTHER: NoticeKind.WANTS_PERSON,
}
"""What staff are shown of what somebody did without words."""

AGAIN_AFTER: Final = timedelta(days=1)
"""How long an alert about nobody that is not closed is enough; then another is raised."""


@dataclass(frozen=True, slots=True)
class _About:
    """What decides who is told of an alert; `workers` is None for a drill: everybody is."""

    kind: AlertKind
    level: str
    route: Route
    workers: Collection[str] | None


def kind_of(person: Person | None, categories: Sequence[ConcernCategory]) -> AlertKind:
    """Return the kind of alert that words with these categories raise.

    A carer at breaking point is a kind of its own where nothing else is wrong: with danger to
    anybody beside it, or in a child's words, it is a concern like all others.
    """
    grown_up = person is not None and person.role is Role.CARER
    if grown_up and ConcernCategory.CARER_BREAKING in categories and set(categories) <= _WORN:
        return AlertKind.CARER
    if tuple(categories) == (ConcernCategory.NOT_UNDERSTOOD,):
        return AlertKind.NOT_UNDERSTOOD
    return AlertKind.CONCERN


def raise_alert(  # noqa: PLR0913 (what a concern is made of, each named)
    work: Casework,
    service: Service,
    person: Person | None,
    *,
    concern_id: str | None,
    kind: AlertKind,
    level: str,
    categories: Sequence[str] = (),
    now: datetime,
    route: Route = Route.ALL,
) -> str | None:
    """Gather an alert with its timer and its first notices, in the transaction of its cause.

    An allegation goes from the safeguarding lead upwards, and never to the child's own worker; so
    does from then on all that stands of theirs. What a child wants kept from their worker stays so
    for all that follows. Returns the alert's id, or None where one of the same kind climbs already.
    """
    if ConcernCategory.ALLEGATION in categories:
        route = Route.LEAD_ONLY
    workers: Collection[str] = ()
    if person is not None:
        workers = alerts.workers_of(work, [person.id])[person.id]
        if route is Route.LEAD_ONLY:
            _turn(work, service, (person, workers), route, now)
        standing = alerts.standing(work, person.id)
        if kind in _ONCE and any(each.kind is kind and each.climbs for each in standing):
            return None
        if route is Route.ALL and _is_kept(work, person, standing):
            route = Route.NOT_WORKER
    about = _About(kind, level, route, workers)
    alert_id = new_id(work.entropy)
    _put_up(work, service, (alert_id, person, concern_id), about, now)
    return alert_id


def _is_kept(work: Casework, person: Person, standing: Sequence[Standing]) -> bool:
    """Whether something of theirs is kept from their worker: then all that follows is."""
    kept = any(other.route is not Route.ALL for other in standing)
    return kept or alerts.wants_no_worker(work, person.id)


def tell_team(
    work: Casework,
    service: Service,
    person: Person | None,
    what: AlertKind,
    now: datetime,
    route: Route = Route.ALL,
) -> None:
    """Tell staff what somebody did without words, by a notice and by the alert that comes with it.

    Whoever is told that the team knows is told the truth only through here: a notice alone has no
    timer and reaches nobody. For a stranger there is no alert, and they are told of no team: nobody
    could get in touch with them, and they could flood those who read.
    """
    words.give_notice(work, person, _NOTICES[what], now)
    if person is not None:
        level = ConcernLevel.NONE.value
        raise_alert(
            work, service, person, concern_id=None, kind=what, level=level, now=now, route=route
        )


def ask_for_another(work: Casework, service: Service, person: Person, now: datetime) -> None:
    """Do as a child wishes who says `not my worker`: keep all of it from them, and tell others.

    What nobody but the worker was told of goes on to others at once.
    """
    workers = alerts.workers_of(work, [person.id])[person.id]
    _turn(work, service, (person, workers), Route.NOT_WORKER, now)
    tell_team(work, service, person, AlertKind.ANOTHER, now, Route.NOT_WORKER)


def _turn(
    work: Casework,
    service: Service,
    whose: tuple[Person, Collection[str]],
    route: Route,
    now: datetime,
) -> None:
    """Keep what stands of somebody from more people; where only those knew, others are told now."""
    person, workers = whose
    allowed = service.ladder.stops(route, workers)
    for each in alerts.turn(work, person.id, route):
        if RUNGS[each.rung] not in allowed:
            _climb(work, service, each, {person.id: workers}, now)


def raise_once(work: Casework, service: Service, kind: AlertKind, now: datetime) -> bool:
    """Gather an alert about nobody, unless one of the kind is there that is not old or closed."""
    if alerts.is_standing(work, kind, now - AGAIN_AFTER):
        return False
    raise_watch(work, service, kind, now)
    return True


def raise_watch(
    work: Casework, service: Service, kind: AlertKind, now: datetime, alert_id: str | None = None
) -> str:
    """Gather an alert about nobody: a drill, or that something of our own does not work."""
    about = _About(kind, ConcernLevel.NONE.value, Route.ALL, _WATCHERS[kind])
    chosen = alert_id or new_id(work.entropy)
    _put_up(work, service, (chosen, None, None), about, now)
    return chosen


def _put_up(
    work: Casework,
    service: Service,
    whose: tuple[str, Person | None, str | None],
    about: _About,
    now: datetime,
) -> None:
    """Gather the alert on the lowest rung that can be reached, and what that rung is told."""
    alert_id, person, concern_id = whose
    times = _times(service.ladder, about)
    told = _told(service.ladder, about, above=-1)
    new = NewAlert(
        id=alert_id,
        participant_id=person.id if person is not None else None,
        concern_id=concern_id,
        kind=about.kind,
        level=about.level,
        route=about.route,
        rung=RUNGS.index(told[-1]),
        due_at=_after(service, times, now, rung=None),
        next_at=_after(service, times, now, rung=told[-1]),
    )
    alerts.add(work, new, now)
    _tell(work, service.ladder, alert_id, about, told, now)


# --- climbing -------------------------------------------------------------------------------------


async def sweep(service: Service, now: datetime) -> int:
    """Let every alert climb whose time on its rung is over; return how many did.

    Rung by rung: each has its time from when it was told, also after the program stood still.
    """
    return await service.lane.write(lambda connection: _sweep(service, connection, now))


def _sweep(service: Service, connection: Connection, now: datetime) -> int:
    work = service.open(connection)
    found = alerts.claim_climbers(work, now, MOST)
    about = {each.participant_id for each in found if each.participant_id is not None}
    workers = alerts.workers_of(work, about)
    climbed = sum(_climb(work, service, each, workers, now) for each in found)
    work.flush()
    return climbed


def _climb(
    work: Casework,
    service: Service,
    seen: Climber,
    workers: Mapping[str, Collection[str]],
    now: datetime,
) -> bool:
    """Move one alert up; False where another process did, or somebody took it meanwhile.

    workers: who looks after each person that alerts are about.
    """
    told_of = (
        _WATCHERS.get(seen.kind, ())
        if seen.participant_id is None
        else workers[seen.participant_id]
    )
    about = _About(seen.kind, seen.level, seen.route, told_of)
    told = _told(service.ladder, about, above=seen.rung)
    if not told:
        over = alerts.climb(work, seen, seen.rung, None)
        if over:
            audit.note(work, _LADDER, "nobody took alert", seen.id, now)
        return over
    next_at = _after(service, _times(service.ladder, about), now, rung=told[-1])
    if not alerts.climb(work, seen, RUNGS.index(told[-1]), next_at):
        return False
    _tell(work, service.ladder, seen.id, about, told, now)
    return True


def _told(ladder: Ladder, about: _About, above: int) -> list[Rung]:
    """Return the rungs that are told now: the next one, and on to one that can be reached.

    A rung that only has the staff page is passed over while anybody above can be reached: the
    hours of the night would go by with nobody told. Where nobody can, each has its time.
    """
    stops = ladder.stops(about.route, about.workers or ())
    left = [rung for rung in stops if RUNGS.index(rung) > above]
    reached = [bool(ladder.ways(rung, about.route, about.workers)) for rung in left]
    first = reached.index(True) if any(reached) else 0
    return left[: first + 1]


def _tell(
    work: Casework,
    ladder: Ladder,
    alert_id: str,
    about: _About,
    told: Sequence[Rung],
    now: datetime,
) -> None:
    for rung in told:
        number = RUNGS.index(rung)
        ways = ladder.ways(rung, about.route, about.workers)
        for channel, due_at in [(PAGE, None), *((way, now) for way in ways)]:
            step = NewStep(new_id(work.entropy), alert_id, number, channel, due_at)
            alerts.add_step(work, step, now)


def _times(ladder: Ladder, about: _About) -> Times:
    return ladder.times[pressing(about.kind, about.level)]


def _after(service: Service, times: Times, now: datetime, *, rung: Rung | None) -> datetime:
    """Return when the time of a rung is over, or all of it; on the clock or in duty hours."""
    spent = times.at_most if rung is None else times.on(rung)
    if times.counts == "clock":
        return now + spent
    return service.rhythm.after_duty(now, spent)
