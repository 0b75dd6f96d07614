"""Decides what the clock does about one due moment, from all that is known at that moment; pure.

It must not do it, tell anybody anything, or read a clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from outcomes.observation import Wave
from storage.episodes import SupportEpisode
from storage.occasions import Occasion, OccasionState
from storage.people import Person, Standing
from storage.runs import StoredRun
from surveys.conversation import RunStatus
from surveys.people import OwnTime
from usecases.ports import Asked, Rhythm

MOMENT: Final = timedelta(seconds=5)
"""How long to leave somebody alone who is being served by another process just now."""

SOON: Final = timedelta(hours=1)
"""How long to leave somebody alone who is in the middle of other questions."""

_DAY: Final = timedelta(days=1)
_STILL_CHOSEN: Final = timedelta(days=2)
_WHILE_OPEN: Final = (Wave.START.value, Wave.REVIEW.value)


class Verdict(StrEnum):
    """What is to be done about a due moment.

    `ask`, `remind`: speak now. `wait`: look again later. `run-out`: end the half-done run, answers
    kept. `lapse`: nothing came. `miss`: nobody was asked in time, staff must know. `suppress`: it
    must not be asked any more. `give-up`: they cannot be reached, staff must know.
    """

    ASK = "ask"
    REMIND = "remind"
    WAIT = "wait"
    RUN_OUT = "run-out"
    LAPSE = "lapse"
    MISS = "miss"
    SUPPRESS = "suppress"
    GIVE_UP = "give-up"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do; `until` is when to look again, for `wait` only."""

    verdict: Verdict
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A due moment and what surrounds it now.

    `episode` is None where they do not answer in it any more. `run` is the run in which they are,
    or the one of this occasion once it has begun. `asked` says on which occasions they were asked
    lately, and when last. `held_until` is when staff let them be asked again. `busy`: another
    process serves them just now. `worried`: a person must first read what they wrote.
    """

    occasion: Occasion
    person: Person
    episode: SupportEpisode | None
    run: StoredRun | None
    asked: Mapping[str, datetime]
    held_until: datetime | None
    reachable: bool
    busy: bool
    worried: bool

    @property
    def standing_run(self) -> StoredRun | None:
        """The run that waits for them, open or resting."""
        return None if self.run is None or self.run.run.status.over else self.run


def decide(rhythm: Rhythm, found: Found, now: datetime) -> Decision:
    """Return what to do about a due moment at `now`.

    The order matters: what must never be asked comes before what may be asked later.
    """
    occasion = found.occasion
    if found.busy:
        return Decision(Verdict.WAIT, now + MOMENT)
    if now >= occasion.window_ends_at:
        return Decision(_close(found))
    if occasion.state is not OccasionState.ANSWERING and _must_not_be_asked(found):
        return Decision(Verdict.SUPPRESS)
    until = _quiet_until(found, now)
    if until is None and not found.reachable:
        if occasion.state is OccasionState.PLANNED:
            return Decision(Verdict.GIVE_UP)
        until = occasion.window_ends_at
    if until is None and _is_too_late(rhythm, found, now):
        return Decision(Verdict.MISS)
    until = until or _put_back_until(rhythm, found, now)
    if until is not None:
        return Decision(Verdict.WAIT, min(until, occasion.window_ends_at))
    return Decision(Verdict.ASK if occasion.state is OccasionState.PLANNED else Verdict.REMIND)


def _close(found: Found) -> Verdict:
    """Say how a due moment ends whose answers would no longer count."""
    occasion = found.occasion
    if occasion.state is OccasionState.ANSWERING and found.standing_run is not None:
        return Verdict.RUN_OUT
    if _must_not_be_asked(found) or found.person.suppressed_at is not None:
        return Verdict.SUPPRESS
    if occasion.state is OccasionState.PLANNED and occasion.offered_at is None:
        return Verdict.LAPSE if _wanted_quiet(found) else Verdict.MISS
    return Verdict.LAPSE


def _must_not_be_asked(found: Found) -> bool:
    """Whether asking makes no sense any more: they stopped, moved on, or the support did."""
    if found.person.standing is Standing.STOPPED or found.episode is None:
        return True
    is_open = found.episode.closed_on is None
    return is_open is not (found.occasion.wave in _WHILE_OPEN)


def _wanted_quiet(found: Found) -> bool:
    """Whether they themselves asked for quiet in the time in which they would have been asked."""
    resting = found.person.resting_until
    rested = resting is not None and resting > found.occasion.due_at
    return rested or found.person.at_most_days > 1


def _quiet_until(found: Found, now: datetime) -> datetime | None:
    """Return until when they rest or may not be asked, or None; a day where nobody knows."""
    person = found.person
    if person.suppressed_at is not None:
        return now + _DAY
    if person.resting_until is not None and now < person.resting_until:
        return person.resting_until
    return None if person.standing is Standing.JOINED else now + _DAY


def _is_too_late(rhythm: Rhythm, found: Found, now: datetime) -> bool:
    """Whether a first asking would come too late; time of quiet does not count."""
    occasion = found.occasion
    if occasion.state is not OccasionState.PLANNED or occasion.offered_at is not None:
        return False
    quiet = (found.person.resting_until, found.held_until)
    since = max([occasion.due_at, *(moment for moment in quiet if moment is not None)])
    # Holidays and a wish for weekends may hold it up for two weeks, and nobody is to blame.
    since = rhythm.allowed(found.person.own_time, since)
    return now > since + rhythm.late_limit(occasion.rhythm, occasion.wave)


def _put_back_until(rhythm: Rhythm, found: Found, now: datetime) -> datetime | None:
    """Return when to look again where now is a bad moment, or None where it is a good one."""
    own = _own_time(found, now)
    allowed = rhythm.allowed(own, now)
    if allowed > now:
        return allowed
    standing = found.standing_run
    if found.worried or (standing is not None and standing.run.status is RunStatus.HELD):
        return _tomorrow(rhythm, found, now)
    if standing is not None and standing.occasion_id != found.occasion.id:
        return rhythm.allowed(own, now + SOON)
    return _reminder_until(rhythm, found, now) or _turn_until(rhythm, found, now)


def _own_time(found: Found, now: datetime) -> OwnTime:
    """Return when they may be asked: a moment that they chose for this goes before the usual."""
    own = found.person.own_time
    return replace(own, suits=None, at_most_days=1) if _is_chosen(found, now) else own


def _is_chosen(found: Found, now: datetime) -> bool:
    """Whether they themselves chose this moment: put off an offer, or paused until about now."""
    occasion, resting = found.occasion, found.person.resting_until
    if occasion.state is OccasionState.PLANNED:
        return occasion.offered_at is not None
    begun = occasion.state is OccasionState.ANSWERING and found.run is not None
    if not begun or resting is None or found.run is None:
        return False
    return found.run.run.moved_at < resting <= now < resting + _STILL_CHOSEN


def _turn_until(rhythm: Rhythm, found: Found, now: datetime) -> datetime | None:
    """Return when it is this one's turn, or None for now: never two askings in one day.

    Somebody who wants longer quiet between two askings gets it from reminders as well.
    """
    days = _own_time(found, now).at_most_days
    same_counts = days > 1 and found.occasion.state is not OccasionState.PLANNED
    asked = [at for on, at in found.asked.items() if same_counts or on != found.occasion.id]
    if not asked:
        return None
    day = rhythm.local(max(asked)).date() + timedelta(days=days)
    return _that_day(rhythm, found, day) if day > rhythm.local(now).date() else None


def _reminder_until(rhythm: Rhythm, found: Found, now: datetime) -> datetime | None:
    """Return when a reminder is due that is not due now, the end of the window for never, or None.

    Somebody who goes on answering is not reminded of it: the ladder counts from their last move.
    """
    occasion = found.occasion
    if occasion.state is OccasionState.PLANNED:
        return None
    begun = occasion.state is OccasionState.ANSWERING
    if begun and found.standing_run is None:
        return occasion.window_ends_at
    since = found.run.run.moved_at if begun and found.run is not None else None
    if begun and _is_chosen(found, now):
        return None
    asked = Asked(occasion.rhythm, occasion.wave, begun, occasion.reminders)
    due = rhythm.reminder(found.person.own_time, asked, since or now)
    if due is None:
        return occasion.window_ends_at
    return due if since is not None and due > now else None


def _tomorrow(rhythm: Rhythm, found: Found, now: datetime) -> datetime:
    """Return the same time of day tomorrow that was meant for this occasion."""
    return _that_day(rhythm, found, rhythm.local(now).date() + _DAY)


def _that_day(rhythm: Rhythm, found: Found, day: date) -> datetime:
    """Return the time of day that was meant for this occasion on another day."""
    meant = datetime.fromisoformat(found.occasion.local_time).time()
    return rhythm.allowed(found.person.own_time, rhythm.instant(day, meant))
