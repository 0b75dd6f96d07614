"""Judges words: how urgent they are and of whom they must be kept; raises what follows from it.

It must not keep the words or answer their writer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from storage import alerts, words
from storage.alerts import AlertKind, Route
from storage.casework import Casework
from storage.people import Person
from surveys import concern_routing
from surveys.concern_routing import KeptFrom
from surveys.concerns import Concern, ConcernCategory, ConcernLevel, notice
from usecases import alerting
from usecases.service import Service

_ROUTES: Final = {
    KeptFrom.NOBODY: Route.ALL,
    KeptFrom.WORKER: Route.NOT_WORKER,
    KeptFrom.ALL_BUT_LEADS: Route.LEAD_ONLY,
}


NOT_UNDERSTOOD: Final = Concern(
    ConcernLevel.CONCERN, (ConcernCategory.NOT_UNDERSTOOD,), ("update.stranded",)
)
"""The concern about words that could not be dealt with and in which nothing was noticed."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What words say: a concern, or None; and who may know of it."""

    concern: Concern | None
    route: Route


def judge(work: Casework, person: Person | None, text: str) -> Judged:
    """Return how urgent a text is, and who may know of it: its writer's own worker may be meant."""
    concern = notice(text)
    workers: Collection[str] = ()
    if person is not None and concern_routing.names_matter(text, concern):
        workers = alerts.workers_of(work, [person.id])[person.id]
    role = person.role if person is not None else None
    routed = concern_routing.route(text, concern, role, workers)
    return Judged(routed.concern, _ROUTES[routed.kept_from])


def raise_for_words(  # noqa: PLR0913 (whose words, and how they were judged)
    work: Casework,
    service: Service,
    person: Person | None,
    *,
    words_id: str,
    concern: Concern,
    route: Route,
    now: datetime,
) -> AlertKind:
    """Gather a concern about words and its alert; return of which kind that is."""
    categories = [category.value for category in concern.categories]
    kind = alerting.kind_of(person, concern.categories)
    level = concern.level.value
    concern_id = words.raise_concern(
        work,
        person,
        words_id,
        level=level,
        categories=categories,
        reasons=concern.reasons,
        now=now,
    )
    alerting.raise_alert(
        work,
        service,
        person,
        concern_id=concern_id,
        kind=kind,
        level=level,
        categories=categories,
        now=now,
        route=route,
    )
    return kind
