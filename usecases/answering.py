"""Puts together what somebody is told after words that a person must read: when, and by whom.

It must not raise an alert or hold a sentence.
"""

from __future__ import annotations

from datetime import datetime

from storage.alerts import AlertKind, Route
from surveys.concerns import Concern, ConcernLevel
from surveys.conversation import WordsId
from usecases.desk import Desk
from usecases.ladder import pressing
from usecases.telling import ConcernHeard


def answer_concern(
    desk: Desk, concern: Concern, kind: AlertKind, route: Route, words: WordsId | None
) -> ConcernHeard:
    """Return what is told about this concern; `route` says from whom it is kept.

    Who else reads a crisis, or what is kept from somebody, is nobody's choice.
    """
    settled = concern.level is ConcernLevel.CRISIS or route is not Route.ALL
    standing = desk.standing_run
    return ConcernHeard(
        concern.level,
        concern.categories,
        desk.team,
        standing.run if standing is not None else None,
        None if settled else words,
        _answered_by(desk, concern, kind) if kind is AlertKind.CARER else None,
        route,
    )


def _answered_by(desk: Desk, concern: Concern, kind: AlertKind) -> datetime:
    """Return when a person rings or writes at the latest: by the time that the alert has, too."""
    rhythm = desk.service.rhythm
    times = desk.service.ladder.times[pressing(kind, concern.level.value)]
    clock = times.counts == "clock"
    by = desk.now + times.at_most if clock else rhythm.after_duty(desk.now, times.at_most)
    return rhythm.local(by)
