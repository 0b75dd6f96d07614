"""What the use cases need from the rooms above them: given by the composition root."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from surveys.people import AgeBand, OwnTime, Role
from usecases.arrival import OfferReply


@dataclass(frozen=True, slots=True)
class Planned:
    """A due moment: what to ask, in which wave, and when on the person's own clock.

    `round` counts repeats of one wave (the reviews). `window_days` is how long an answer counts.
    `rhythm` names the rules by which it was planned: they also say how it is repeated.
    """

    instrument: str
    wave: str
    round: int
    day: date
    at: time
    window_days: int
    rhythm: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides when somebody is asked again: where they are with what they were asked.

    `begun` says that the questions are half done, `reminders` how often we repeated the asking.
    """

    rhythm: str
    wave: str
    begun: bool
    reminders: int


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What decides when somebody is asked: the part they play and the help that is given."""

    role: Role
    age_band: AgeBand
    intervention: str
    strand: str


class Rhythm(Protocol):
    """When to ask whom what: pure calendar arithmetic in the person's zone."""

    def at_joining(self, who: Circumstances, today: date) -> list[Planned]:
        """Return what is due because somebody joined: the start (today) and the first review."""
        ...

    def next_review(self, who: Circumstances, after: Planned) -> Planned | None:
        """Return the review that follows this one while the support goes on, or None."""
        ...

    def at_closing(self, who: Circumstances, closed_on: date) -> list[Planned]:
        """Return what is due because the support ended: the end, three and six months later."""
        ...

    def instant(self, day: date, at: time) -> datetime:
        """Return the UTC instant of a local moment, with one defined answer at clock changes."""
        ...

    def put_off(self, reply: OfferReply, own: OwnTime, now: datetime) -> datetime:
        """Return the UTC instant at which somebody who said `later` is asked again.

        What they choose now goes before the part of the week that they chose once.
        """
        ...

    def allowed(self, own: OwnTime, moment: datetime) -> datetime:
        """Return this moment, or the first one after it at which this person may be asked.

        That is outside quiet and school hours and bank holidays, in the part of the week that they
        chose.
        """
        ...

    def reminder(self, own: OwnTime, asked: Asked, since: datetime) -> datetime | None:
        """Return when to remind somebody, counted from when they were asked or moved last.

        None for never again.
        """
        ...

    def late_limit(self, rhythm: str, wave: str) -> timedelta:
        """Return how long after it fell due somebody may still be asked for the first time."""
        ...

    def silent_after(self) -> timedelta:
        """Return after how long without any sign somebody counts as gone quiet for good."""
        ...

    def local(self, moment: datetime) -> datetime:
        """Return this moment on the clock of the service's zone."""
        ...

    def staffed(self, now: datetime) -> bool:
        """Tell whether people read messages now: in duty hours, on no bank holiday."""
        ...

    def next_duty(self, now: datetime) -> tuple[datetime, datetime]:
        """Return from when to when people read: what goes on at this moment, or comes next."""
        ...

    def after_duty(self, now: datetime, spent: timedelta) -> datetime:
        """Return when so much duty time has passed: it stands still while nobody is there."""
        ...

    def read_by(self, now: datetime) -> datetime:
        """Return by when words that come now are read: within the working hours ahead."""
        ...
