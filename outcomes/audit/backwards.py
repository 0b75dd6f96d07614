"""Reads a shown figure backwards: which whole numbers can be behind it; it makes no figure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from math import ceil, floor, inf, sqrt
from typing import NamedTuple, assert_never

from outcomes.figures import ShownMean
from outcomes.measures.measure import Scale
from outcomes.scenario import Rules


class Range(NamedTuple):
    """The lowest and highest whole number that can be behind a figure; infinite where open."""

    low: float
    high: float


class Weighing(Enum):
    """What is added up over people.

    Twice a value's distance from the middle of its scale (so that it is a whole number), twice a
    change, a squared change, or the square of the first value's doubled distance.
    """

    FIRST = "first"
    LAST = "last"
    CHANGE = "change"
    SQUARES = "squares"
    FIRST_SQUARES = "first-squares"


def count_behind(shown: int | None, rules: Rules) -> Range:
    """Give the counts that are shown as this one, or that are withheld when it is None."""
    if shown is None:
        return Range(rules.withheld_at_least, inf)
    if shown == 0 and rules.zero_is_shown:
        return Range(0, 0)
    near = [each for each in range(shown + rules.base) if 2 * abs(each - shown) <= rules.base]
    return Range(max(near[0], rules.threshold), near[-1])


def weighings_behind(shown: ShownMean, n: int, scale: Scale) -> Iterator[tuple[Weighing, Range]]:
    """Give the sums over people that lead to these means when divided by `n` and shown in tenths.

    Levels are shown as the middle of the scale plus the mean distance from it, cut off at the ends
    of the scale; halves are rounded up.
    """
    middle = Fraction(scale.low + scale.high, 2)
    for weighing, value in ((Weighing.FIRST, shown.first), (Weighing.LAST, shown.last)):
        if value is None:
            continue
        low, high = _doubled_sums(value, n, middle)
        yield (
            weighing,
            Range(-inf if value <= scale.low else low, inf if value >= scale.high else high),
        )
    if shown.change is None:
        return
    changes = _doubled_sums(shown.change, n, Fraction(0))
    yield Weighing.CHANGE, changes
    if shown.lower is not None and shown.upper is not None:
        yield Weighing.SQUARES, _squares(changes, shown.lower, shown.upper, n)
    if shown.effect is not None:
        firsts = _doubled_sums(shown.first, n, middle)
        yield Weighing.FIRST_SQUARES, _first_squares(shown.effect, changes, firsts, n)


def _doubled_sums(value: Decimal, n: int, middle: Fraction) -> Range:
    tenths = 10 * Fraction(value)
    low = n * (tenths - Fraction(1, 2) - 10 * middle) / 5
    beyond = n * (tenths + Fraction(1, 2) - 10 * middle) / 5
    return Range(ceil(low), ceil(beyond) - 1)


def _squares(changes: Range, lower: Decimal, upper: Decimal, n: int) -> Range:
    """Give the sums of squared changes that lead to the shown bounds, for any possible sum."""
    from scipy.special import stdtrit  # noqa: PLC0415 - a quarter of a second, only when needed

    quantile = float(stdtrit(n - 1, 0.975))
    half = 0.05
    found: list[Range] = []
    for doubled in range(ceil(changes.low), floor(changes.high) + 1):
        mean = doubled / 2 / n
        reaches = (
            max(mean - float(lower) - half, float(upper) - half - mean, 0.0),
            min(mean - float(lower) + half, float(upper) + half - mean),
        )
        if reaches[0] <= reaches[1]:
            low, high = (
                (each * sqrt(n) / quantile) ** 2 * (n - 1) + doubled**2 / 4 / n for each in reaches
            )
            found.append(Range(low if reaches[0] else 0.0, high))
    # Halves and floating point: a hair wider would be harmless, so look a hair inside instead.
    low, high = min(each.low for each in found), max(each.high for each in found)
    return Range(ceil(low - 1e-9), floor(high + 1e-9))


def _first_squares(effect: Decimal, changes: Range, firsts: Range, n: int) -> Range:
    """Give the sums of squared doubled distances of the first values that lead to an effect size.

    The effect is the mean change in spreads of the first values, with Hedges' factor, in tenths.
    """
    factor = 1 - 3 / (4 * (n - 1) - 1)
    low, high = float(effect) - 0.05, float(effect) + 0.05
    spreads: list[Range] = []
    for doubled in range(ceil(changes.low), floor(changes.high) + 1):
        change = factor * doubled / 2 / n
        if not change:
            if low <= 0 <= high:
                spreads.append(Range(0.0, inf))
            continue
        sides = sorted((low * (1 if change > 0 else -1), high * (1 if change > 0 else -1)))
        if sides[1] > 0:
            widest = inf if sides[0] <= 0 else (change / sides[0]) ** 2
            spreads.append(Range((change / sides[1]) ** 2, widest))
    sums = (max(0.0, firsts.low, -firsts.high), max(abs(firsts.low), abs(firsts.high)))
    least = min(each.low for each in spreads) * (n - 1) + sums[0] ** 2 / 4 / n
    most = max(each.high for each in spreads) * (n - 1) + sums[1] ** 2 / 4 / n
    return Range(ceil(4 * least - 1e-6), inf if most == inf else floor(4 * most + 1e-6))


def weight(weighing: Weighing, scores: tuple[int, int], scale: Scale) -> int:
    """Give what one person with these first and last values adds to a weighed sum."""
    first, last = scores
    ends = scale.low + scale.high
    match weighing:
        case Weighing.FIRST:
            return 2 * first - ends
        case Weighing.LAST:
            return 2 * last - ends
        case Weighing.CHANGE:
            return 2 * (last - first)
        case Weighing.SQUARES:
            return (last - first) ** 2
        case Weighing.FIRST_SQUARES:
            return (2 * first - ends) ** 2
    assert_never(weighing)
