"""Calendar arithmetic in the person's zone: from the dates of support to the moments of asking.

It must not read a clock, open anything but its packaged data, or know who anybody is.

What people mean is local: `six weeks after, at four` is a day and a time on the wall, and stays so
across both changes of the clocks. One rule each for what the calendar leaves open:

- a local time that does not exist (clocks go forward) is the first instant after the gap;
- a local time that exists twice (clocks go back) is the first of the two;
- months are counted from the original day, never chained; where the month has no such day, it is
  its last one: three months after 30 November is 28 February, or 29 in a leap year; one month after
  31 January too, and a year after 29 February is 28 February.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from followups.errors import NotPutOff
from followups.hours import Hours, Opening, packaged_hours
from followups.rhythm_data import MOST_REMINDERS, Ask, Rhythms, packaged_rhythms
from followups.terms import Terms, packaged_terms
from outcomes.observation import Wave
from surveys.people import AgeBand, OwnTime, Suits
from usecases.arrival import OfferReply
from usecases.ports import Asked, Circumstances, Planned

MONTHS_AFTER: Final = {Wave.END: 0, Wave.THREE_MONTHS: 3, Wave.SIX_MONTHS: 6}
"""The waves that follow the end of the support, by months after it."""

EVENING: Final = time(18, 30)
"""What `tonight` means."""

AFTERNOON: Final = time(16, 0)
"""When `tomorrow` and `next week` are."""

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
_MONTHS_A_YEAR: Final = 12

_MOST_KEPT: Final = 5_000
"""How many days of openings are kept at most, over all ages, councils and parts of the week."""

_Openings = tuple[tuple[datetime, datetime], ...]
_Group = tuple[AgeBand, str | None, Suits | None]


@dataclass(frozen=True, slots=True)
class LocalRhythm:
    """When to ask whom what, on the clock of one zone; see usecases.ports.Rhythm.

    All moments that come in are aware; all that go out are UTC, but for `local`.
    """

    zone: ZoneInfo
    rhythms: Rhythms = field(default_factory=packaged_rhythms)
    hours: Hours = field(default_factory=packaged_hours)
    terms: Terms = field(default_factory=packaged_terms)
    _openings: dict[tuple[_Group, int], _Openings] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    # --- what is due ------------------------------------------------------------------

    def at_joining(self, who: Circumstances, today: date) -> list[Planned]:
        """Return the start, due today, and the first review, so many weeks after today."""
        asks = self._asks(who)
        starts = [self._plan(who, ask, today) for ask in asks if ask.wave is Wave.START]
        reviews = [
            self._plan(who, ask, today + timedelta(weeks=ask.every_weeks))
            for ask in asks
            if ask.every_weeks is not None
        ]
        return starts + reviews

    def next_review(self, who: Circumstances, after: Planned) -> Planned | None:
        """Return the review that follows, counted from the day on which this one was due.

        None when this was no review, or when somebody like them is not asked for reviews.
        """
        for ask in self._asks(who):
            same = ask.ask == after.instrument and ask.wave.value == after.wave
            if same and ask.every_weeks is not None:
                day = after.day + timedelta(weeks=ask.every_weeks)
                return self._plan(who, ask, day, after.round + 1)
        return None

    def at_closing(self, who: Circumstances, closed_on: date) -> list[Planned]:
        """Return the end, due on the closing day, and what follows months later."""
        return [
            self._plan(who, ask, months_after(closed_on, MONTHS_AFTER[ask.wave]))
            for ask in self._asks(who)
            if ask.wave in MONTHS_AFTER
        ]

    def _asks(self, who: Circumstances) -> tuple[Ask, ...]:
        return self.rhythms.of_kind(who.intervention).asks[who.role]

    def _plan(self, who: Circumstances, ask: Ask, day: date, number: int = 1) -> Planned:
        rhythm = self.rhythms.of_kind(who.intervention)
        window, at = rhythm.waves[ask.wave].window_days, rhythm.at[who.role]
        return Planned(ask.ask, ask.wave.value, number, day, at, window, rhythm.name)

    # --- instants ---------------------------------------------------------------------

    def instant(self, day: date, at: time) -> datetime:
        """Return the UTC instant of a local moment, by the rules at the top of this module."""
        return instant_of(self.zone, day, at)

    def local(self, moment: datetime) -> datetime:
        """Return this moment on the clock of the zone."""
        return moment.astimezone(self.zone)

    # --- when to ask ------------------------------------------------------------------

    def put_off(self, reply: OfferReply, own: OwnTime, now: datetime) -> datetime:
        """Return when somebody who said `later` is asked again, outside quiet and school hours.

        What they choose now goes before the part of the week that they chose once. `tonight` is an
        hour from now when the evening has begun. Raises NotPutOff for a reply that names no moment.
        """
        return self.allowed(replace(own, suits=None), self._chosen(reply, now))

    def _chosen(self, reply: OfferReply, now: datetime) -> datetime:
        today = self.local(now).date()
        match reply:
            case OfferReply.IN_AN_HOUR:
                return now + _HOUR
            case OfferReply.TONIGHT:
                evening = self.instant(today, EVENING)
                return evening if evening > now else now + _HOUR
            case OfferReply.TOMORROW:
                return self.instant(today + _DAY, AFTERNOON)
            case OfferReply.NEXT_WEEK:
                return self.instant(today + timedelta(days=7), AFTERNOON)
            case OfferReply.START | OfferReply.LATER | OfferReply.NOT_THIS_TIME:
                raise NotPutOff(reply.value)
            case _:
                assert_never(reply)

    def allowed(self, own: OwnTime, moment: datetime) -> datetime:
        """Return this moment, or the first one after it at which this person may be asked.

        Outside the quiet hours of their age, school hours in the terms of their council and bank
        holidays, and in the part of the week that they chose. For a moment and a person it has one
        answer; it never changes the order of two moments, and what is allowed stays as it is.
        """
        utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
        council = own.council if own.council in self.terms.councils else None
        key = ((own.age_band, council, own.suits), utc.toordinal())
        for opening in self._openings.get(key) or self._open_from(*key):  # pragma: no branch
            if utc < opening[1]:  # comes true: the last of them closes after the day is over
                break
        return max(utc, opening[0])

    def _open_from(self, group: _Group, day_number: int) -> _Openings:
        """Return and keep the openings for one day in UTC, until one closes after that day.

        A day in UTC touches three local ones at most, wherever the zone lies: it begins with the
        day before.
        """
        age_band, council, suits = group
        found: list[tuple[datetime, datetime]] = []
        over = datetime.combine(date.fromordinal(day_number + 1), time(0), UTC)
        day = date.fromordinal(day_number - 1)
        while not found or found[-1][1] < over:
            school = self.terms.is_school_day(council, day)
            hours = self.hours.asking_on(age_band, day, school=school, suits=suits)
            opens, closes = self._instants(day, hours) if hours is not None else (over, over)
            if opens < closes:  # a day that a change of the clocks took away has no time at all
                found.append((opens, closes))
            day += _DAY
        if len(self._openings) >= _MOST_KEPT:
            self._openings.clear()
        openings = self._openings[group, day_number] = tuple(found)
        return openings

    def reminder(self, own: OwnTime, asked: Asked, since: datetime) -> datetime | None:
        """Return when to remind somebody, or None for never again.

        At the same time of day, so many days later as the ladder of those who have begun, or have
        not, says. All reminders of an asking count, on whichever ladder they were.
        """
        ladder = self.rhythms.named(asked.rhythm).reminders.of(begun=asked.begun)[:MOST_REMINDERS]
        if asked.reminders >= len(ladder):
            return None
        local = self.local(since)
        day = local.date() + timedelta(days=ladder[asked.reminders])
        return self.allowed(own, self.instant(day, local.time()))

    def silent_after(self) -> timedelta:
        """Return after how long without any sign somebody counts as gone quiet for good."""
        return timedelta(days=self.rhythms.silent_after_days)

    def late_limit(self, rhythm: str, wave: str) -> timedelta:
        """Return how long after it fell due somebody may still be asked for the first time.

        wave: one of outcomes.observation.Wave; ValueError for any other. A rhythm that the file has
        no longer is the usual one.
        """
        return timedelta(days=self.rhythms.named(rhythm).waves[Wave(wave)].late_days)

    # --- when people read -------------------------------------------------------------

    def staffed(self, now: datetime) -> bool:
        """Tell whether people read messages now: in duty hours, on no bank holiday."""
        opens, closes = self.next_duty(now)
        return opens <= now < closes

    def next_duty(self, now: datetime) -> tuple[datetime, datetime]:
        """Return from when to when people read: what goes on at this moment, or comes next."""
        day = self.local(now).date()
        while True:
            hours = self.hours.duty_on(day)
            if hours is not None:
                opens, closes = self._instants(day, hours)
                if max(now, opens) < closes:
                    return opens, closes
            day += _DAY

    def read_by(self, now: datetime) -> datetime:
        """Return by when words that come now are read: one working day of duty hours later.

        On Tuesday at ten this is Wednesday at ten; on Saturday it is the end of Monday.
        """
        return self.after_duty(now, self.hours.working_day)

    def after_duty(self, now: datetime, spent: timedelta) -> datetime:
        """Return when so much duty time has passed: it stands still while nobody is there."""
        left = spent
        day = self.local(now).date()
        while True:
            hours = self.hours.duty_on(day)
            if hours is not None:
                opens, closes = self._instants(day, hours)
                begins = max(now.astimezone(UTC), opens)
                if begins + left <= closes:
                    return begins + left
                left -= max(closes - begins, timedelta())
            day += _DAY

    def _instants(self, day: date, hours: Opening) -> tuple[datetime, datetime]:
        return self.instant(day, hours.opens), self.instant(day, hours.closes)


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of a month that is too short."""
    whole = day.year * _MONTHS_A_YEAR + day.month - 1 + months
    year, month = whole // _MONTHS_A_YEAR, whole % _MONTHS_A_YEAR + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@lru_cache(maxsize=4_096)  # hundreds are asked at one moment
def instant_of(zone: ZoneInfo, day: date, at: time) -> datetime:
    """Return the UTC instant of a local moment: the first of two, or the first after a gap."""
    meant = datetime.combine(day, at.replace(tzinfo=None, fold=0))
    instant = meant.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == meant:
        return instant
    return _end_of_gap(zone, meant)


def _end_of_gap(zone: ZoneInfo, meant: datetime) -> datetime:
    """Return the instant at which the clocks went forward over this local time.

    Read with the offset before the change it lies after the change, and the other way round (PEP
    495): the change is found between the two, to the second.
    """
    wall = meant.replace(tzinfo=zone, microsecond=0)
    after = wall.replace(fold=0).astimezone(UTC)
    before = wall.replace(fold=1).astimezone(UTC)
    new_offset = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == new_offset:
            after = middle
        else:
            before = middle
    return after
