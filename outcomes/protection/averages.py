"""Works out the means of one item as they are shown; it does not decide whether they may be."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import floor, sqrt

from outcomes.figures import ShownMean
from outcomes.raw import Mean
from outcomes.statistics import hedges_factor, mean_change


def show_mean(mean: Mean, people: Mapping[str, int], n: int, *, with_spread: bool) -> ShownMean:
    """Give the means of one item: sums over people divided by the count that is shown.

    Dividing by the shown count keeps an outsider from working out the true one (disclosure.md,
    section 6). So that this does not bend a level, it is the distance from the middle of the scale
    that is divided; a level never leaves the scale. `people` counts those of each class.
    `with_spread` adds the interval and the effect size, which need many people.
    """
    scale = mean.measure.scale
    middle = Fraction(scale.low + scale.high, 2)
    firsts, first_squares = (
        sum(
            (people[each] * (first - middle) ** power for each, (first, _) in mean.scores.items()),
            Fraction(0),
        )
        for power in (1, 2)
    )
    first_level = _level(middle + Fraction(firsts, n), scale.low, scale.high)
    if mean.level_only:
        return ShownMean(first=first_level, last=None, change=None)
    lasts = sum(people[each] * (last - middle) for each, (_, last) in mean.scores.items())
    changes = [(people[each], last - first) for each, (first, last) in mean.scores.items()]
    total = sum(count * change for count, change in changes)
    squares = sum(count * change**2 for count, change in changes)
    bounds = mean_change(total, squares, n) if with_spread else None
    return ShownMean(
        first=first_level,
        last=_level(middle + Fraction(lasts, n), scale.low, scale.high),
        change=tenths(Fraction(total, n)),
        lower=None if bounds is None else tenths(bounds.lower),
        upper=None if bounds is None else tenths(bounds.upper),
        effect=_effect(total, firsts, first_squares, n) if with_spread else None,
    )


def tenths(value: Fraction | float) -> Decimal:
    """Round to one decimal, halves upward."""
    half = Fraction(1, 2) if isinstance(value, Fraction) else 0.5
    return Decimal(floor(10 * value + half)).scaleb(-1)


def _level(value: Fraction, low: int, high: int) -> Decimal:
    return tenths(min(max(value, Fraction(low)), Fraction(high)))


def _effect(total: int, firsts: Fraction, squares: Fraction, n: int) -> Decimal | None:
    """Give Hedges' g: the mean change in spreads of the first answers, for small numbers.

    `firsts` and `squares` are the sums of the first answers' distances from the middle and of their
    squares. None where nearly all gave the same first answer. Formula: `statistics.hedges_factor`.
    """
    variance = (squares - firsts**2 / n) / (n - 1)
    if variance <= 0:
        return None
    return tenths(hedges_factor(n) * total / n / sqrt(variance))
