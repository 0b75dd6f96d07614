"""Made-up staff give figures out on their days: one compiles, another approves, then they publish.

It goes through the steps of the real use cases and must not change what they refuse: a refusal is
told with its reasons, and life goes on.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, TypeAlias

from outcomes.figures import Shown, Symbol
from outcomes.quarter import Period, Quarter, Year, parse_period
from outcomes.release import Release
from starling.simulation.orders import BY, Report, Room
from starling.simulation.staff import SECOND
from storage.releases import DRAFTS, ReleaseOnList, State
from usecases import publishing
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service

_AUDIT: Final = "trying to find out"
"""How the use case says that an audit is going on."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long something took by a clock on the wall: making a release, and its audits in it."""

    compiling: float = 0.0
    auditing: float = 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the figures of one period.

    `release` is the id of what was published, empty where the figures were refused: then `reasons`
    say why. `cells` are all printed counts (how many, of how many, how many at each step of the
    flow), `withheld` those with a `c` in their place. `coarsened` are the sentences about what is
    shown more coarsely.
    """

    period: str
    day: date
    release: str = ""
    status: str = ""
    cells: int = 0
    withheld: int = 0
    coarsened: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    seconds: Seconds = Seconds()

    @property
    def is_published(self) -> bool:
        """Whether the figures went out."""
        return bool(self.release)


@dataclass(slots=True)
class Stopwatch:
    """Adds up the seconds of audits, from what is said while figures are made."""

    auditing: float = 0.0
    _began: float = field(default_factory=time.perf_counter)
    _said_at: float = 0.0
    _words: str = ""

    def hear(self, words: str) -> None:
        """Take the seconds since the words before for what these words named."""
        now = time.perf_counter()
        if self._words.startswith(_AUDIT):
            self.auditing += now - self._said_at
        self._said_at, self._words = now, words

    def stop(self) -> Seconds:
        """Return how long it took since the watch was made."""
        self.hear("")
        return Seconds(round(self._said_at - self._began, 3), round(self.auditing, 3))


Compiled: TypeAlias = tuple[str, Seconds] | tuple[tuple[str, ...], Seconds]
"""The id of a draft, or the reasons why there is none; and how long it took to know."""


@dataclass(frozen=True, slots=True)
class Compile:
    """Make the draft of a period; done again it finds the one that there is."""

    now: datetime
    reports: tuple[Report, ...]
    period: str

    async def carry_out(self, service: Service, *, again: bool) -> Compiled:
        """Return the id of the draft, or why there can be none."""
        there = await _standing(service, self.period) if again else None
        if there is not None:
            return there.id, Seconds()
        watch = Stopwatch()
        period = parse_period(self.period)
        try:
            made = await publishing.compile_period(
                service, period, By(BY, self.now), progress=watch.hear
            )
        except Refusal as refusal:
            return await _reasons(service, self.period, refusal), watch.stop()
        return made.id, watch.stop()


@dataclass(frozen=True, slots=True)
class GiveOut:
    """Let another person approve a draft, and publish it; done again it goes on where it stopped.

    It comes an hour after the draft.
    """

    now: datetime
    reports: tuple[Report, ...]
    release: str

    async def carry_out(self, service: Service, *, again: bool) -> Release | tuple[str, ...]:
        """Return what was published, or why it was not."""
        del again
        draft = await publishing.load_draft(service, self.release)
        if draft is None or draft.release is None:
            msg = "a made-up draft is gone"
            raise Refusal(msg)
        try:
            if draft.on_list.state is State.COMPILED:
                await publishing.approve(service, self.release, By(SECOND, self.now))
            if draft.on_list.state in DRAFTS:
                await publishing.publish(service, self.release, By(BY, self.now))
        except Refusal as refusal:
            return await _reasons(service, draft.on_list.period, refusal)
        return draft.release


async def _standing(service: Service, period: str) -> ReleaseOnList | None:
    """Return what stands of a period: a draft, or what was published."""
    listed = await publishing.list_all(service)
    kept = [each for each in listed if each.period == period and each.state is not State.DROPPED]
    return kept[0] if kept else None


async def _reasons(service: Service, period: str, refusal: Refusal) -> tuple[str, ...]:
    """Return the reasons as they are kept for staff, or what was said where none were kept."""
    kept = [each for each in await publishing.list_refusals(service) if each.period == period]
    return kept[0].reasons if kept else (str(refusal),)


@dataclass(slots=True)
class Releasing:
    """Staff who keep the days on which figures are due, and what became of each."""

    room: Room
    hand_over: Callable[[], tuple[Report, ...]]
    happened: Counter[str]
    due: list[Period]
    told: list[Told] = field(default_factory=list)

    async def work(self, day: date, now: datetime) -> None:
        """Give out all figures whose books are closed today, or were while nothing ran."""
        while self.due and self.due[0].freeze_date <= day:
            told = await self._give_out(self.due.pop(0), day, now)
            self.told.append(told)
            self.happened["releases published" if told.is_published else "releases refused"] += 1

    async def _give_out(self, period: Period, day: date, now: datetime) -> Told:
        compiling = Compile(now, self.hand_over(), str(period))
        draft, seconds = await self.room.do(compiling)
        if isinstance(draft, tuple):
            return Told(str(period), day, reasons=draft, seconds=seconds)
        later = now + timedelta(hours=1)
        given = await self.room.do(GiveOut(later, self.hand_over(), draft))
        if isinstance(given, tuple):
            return Told(str(period), day, reasons=given, seconds=seconds)
        return tell(given, day, seconds)


def tell(release: Release, day: date, seconds: Seconds) -> Told:
    """Say what a published release shows, in numbers."""
    printed = list(_counts(release))
    return Told(
        period=str(release.period),
        day=day,
        release=release.id,
        status=release.status.value,
        cells=len(printed),
        withheld=printed.count(Symbol.WITHHELD),
        coarsened=release.coarsened,
        seconds=seconds,
    )


def _counts(release: Release) -> Iterator[Shown]:
    """Give every count that is printed, or the letter in its place; no empty places."""
    for figure in release.figures:
        for value in (figure.numerator, figure.denominator):
            if value is not Symbol.NOT_APPLICABLE:
                yield value
    yield from (each.episodes for each in release.flow)


def due_between(first: date, last: date) -> list[Period]:
    """Return the quarters and years that lie between two days, as their books are closed.

    A year comes after its last quarter.
    """
    quarter = Quarter.containing(first)
    found: list[Period] = []
    while quarter.last_day <= last:
        found.append(quarter)
        year = Year(quarter.starts)
        if quarter == year.quarters[-1]:
            found.append(year)
        quarter = quarter.following
    return [each for each in found if each.first_day >= first]
