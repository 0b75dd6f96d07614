"""Follows one figure through earlier releases; a changed definition is another series.

It compares only what was published, and claims a change only where likely ranges stand apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from outcomes.figures import Figure, Symbol
from outcomes.formats.sentences import in_minutes, main_of, short_reason
from outcomes.measures.measure import Direction, Statistic
from outcomes.quarter import Period, Quarter, Year
from outcomes.release import Definition, Release, Status

MOST_PERIODS = 8
"""How far back a series is shown: two years of quarters."""

LEAST_TO_COMPARE = 30
"""How many people both periods need before a change between them is told (measures.md)."""


@dataclass(frozen=True, slots=True)
class Point:
    """A figure in one period. `value` is None where it is not shown, for the `reason`.

    Without a reason there is no figure at all. `starts_anew` says that the definition is another
    one than before. `people` is how many the figure is about, where that is shown.
    """

    period: Period
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    people: int | None = None
    reason: str = ""
    starts_anew: bool = False
    is_provisional: bool = False

    @property
    def exists(self) -> bool:
        """Say whether there was a figure, shown or not."""
        return self.value is not None or bool(self.reason)


@dataclass(frozen=True, slots=True)
class Series:
    """A figure from period to period, the oldest first, without a gap in time."""

    statistic: str
    direction: str
    points: tuple[Point, ...]

    @property
    def is_worth_drawing(self) -> bool:
        """Say whether there is anything besides the newest figure."""
        return sum(each.exists for each in self.points) > 1


def follow(releases: Sequence[Release], figure: Figure, definition: Definition) -> Series:
    """Follow a figure of the last of these releases back through the others, oldest first.

    `releases` are all about quarters, or all about years, each period once.
    """
    found = {each.period: _find(each, figure) for each in releases}
    with_figure = [period for period, pair in found.items() if pair is not None]
    periods = _without_gaps(with_figure)[-MOST_PERIODS:]
    provisional = {each.period: each.status is Status.PROVISIONAL for each in releases}
    points: list[Point] = []
    known_hash = ""
    for period in periods:
        pair = found.get(period)
        if pair is None:
            points.append(Point(period))
            continue
        then, meaning = pair
        anew = known_hash not in ("", meaning.content_hash)
        known_hash = meaning.content_hash
        points.append(_point(period, then, meaning, (anew, provisional[period])))
    return Series(definition.statistic, definition.direction, tuple(points))


def _find(release: Release, figure: Figure) -> tuple[Figure, Definition] | None:
    wanted = _key(figure)
    found = next((each for each in release.figures if _key(each) == wanted), None)
    return None if found is None else (found, release.definition_of(found))


def _key(figure: Figure) -> tuple[str, ...]:
    return figure.measure, figure.area, figure.footprint, figure.breakdown, figure.group


def _without_gaps(periods: Sequence[Period]) -> list[Period]:
    """Give every period from the first to the last of these."""
    if not periods:
        return []
    at = min(periods, key=lambda each: each.first_day)
    last = max(periods, key=lambda each: each.first_day)
    line = [at]
    while at.first_day < last.first_day:
        at = at.following if isinstance(at, Quarter) else Year(at.starts + 1)
        line.append(at)
    return line


def _point(
    period: Period, figure: Figure, definition: Definition, marks: tuple[bool, bool]
) -> Point:
    main = main_of(figure, definition)
    anew, provisional = marks
    if isinstance(main, Symbol):
        return Point(
            period, reason=short_reason(main), starts_anew=anew, is_provisional=provisional
        )
    ends = (figure.percent_lower, figure.percent_upper)
    if definition.statistic == Statistic.MEAN_CHANGE:
        ends = (figure.change_lower, figure.change_upper)
    low, high = (None if isinstance(each, Symbol) else Decimal(each) for each in ends)
    people = figure.denominator
    return Point(
        period,
        Decimal(main),
        low if high is not None else None,
        high if low is not None else None,
        None if isinstance(people, Symbol) else int(people),
        starts_anew=anew,
        is_provisional=provisional,
    )


# --- in words -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure stands to the period before: a sentence, and whether that is clearly better.

    `short` is for a table. `is_tested` says that both likely ranges were there to be compared.
    `is_higher` is None where there is no clear change; then, or where neither way is better,
    `is_better` is None.
    """

    told: str
    short: str
    is_tested: bool = False
    is_higher: bool | None = None
    is_better: bool | None = None


def compare(series: Series, unit: str) -> Change | None:
    """Hold the newest figure against the one of the period before; None where that is not known.

    A change is clear only where both are about enough people and the likely ranges stand apart.
    """
    for before, now in list(pairwise(series.points))[-1:]:
        if not before.exists or now.value is None:
            return None
        if now.starts_anew:
            return Change(
                f"The definition changed after {before.period}: the figures before and after must "
                "not be compared.",
                "definition changed",
            )
        if before.value is None:
            return Change(f"In {before.period} it is not shown ({before.reason}).", before.reason)
        return _compare_shown(series, before, now, unit)
    return None


def _compare_shown(series: Series, before: Point, now: Point, unit: str) -> Change:
    was = f"{write(before.value, series.statistic)}{unit}"
    ends = before.low, before.high, now.low, now.high
    is_plain = series.statistic in (Statistic.COUNT, Statistic.COVERAGE, Statistic.MEDIAN)
    if is_plain:
        return Change(f"It was {was} in {before.period}.", was)
    people = min(before.people or 0, now.people or 0)
    if any(each is None for each in ends) or people < LEAST_TO_COMPARE:
        told = f"It was {was} in {before.period}; too few people for a comparison."
        return Change(told, f"{was}, too few to compare")
    low_before, high_before, low, high = (each for each in ends if each is not None)
    if low <= high_before and low_before <= high:
        told = f"No clear change since {before.period} ({was})."
        return Change(told, f"{was}, no clear change", is_tested=True)
    is_higher = low > high_before
    side = "higher" if is_higher else "lower"
    better = {
        Direction.HIGHER_IS_BETTER.value: is_higher,
        Direction.LOWER_IS_BETTER.value: not is_higher,
    }
    return Change(
        f"{side.capitalize()} than in {before.period} ({was}): the likely ranges stand apart.",
        f"{was}, now clearly {side}",
        is_tested=True,
        is_higher=is_higher,
        is_better=better.get(series.direction),
    )


def write(value: Decimal | None, statistic: str) -> str:
    """Write a figure of a series, with a sign where it is a change."""
    if value is None:
        return ""
    if statistic == Statistic.MEDIAN:
        return in_minutes(int(value))
    return f"{value:+.1f}" if statistic == Statistic.MEAN_CHANGE and value else str(value)
