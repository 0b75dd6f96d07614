"""Works out the intervals and sizes that figures carry; it sees totals, never people.

It rounds nothing. What is worked out here from counts of people may only be shown where those
counts may be shown; the functions that say "shown" take what a release already shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Bounds:
    """A 95% interval, in the unit of the figure it belongs to."""

    lower: float
    upper: float


def wilson(count: int, of: int) -> Bounds:
    """Give the 95% Wilson score interval of `count` out of `of`, as shares from 0 to 1.

    Formula as the Office for Health Improvement and Disparities prints it in its technical guide
    (Proportions). Works at 0 and at `of`. Raises `ValueError` unless 0 <= count <= of and of >= 1.
    """
    if not 0 <= count <= of or of < 1:
        message = f"{count} of {of} is not a share"
        raise ValueError(message)
    square = Z_95 * Z_95
    spread = Z_95 * sqrt(square + 4 * count * (of - count) / of)
    below = 2 * (of + square)
    lower = (2 * count + square - spread) / below
    upper = (2 * count + square + spread) / below
    # At the ends the formula gives exactly 0 and 1; floating point may miss them by a hair.
    return Bounds(0.0 if count == 0 else lower, 1.0 if count == of else upper)


def mean_change(total: int, squares: int, of: int) -> Bounds:
    """Give the 95% t interval of a mean paired change, in points of the scale.

    `total` is the sum of the changes, `squares` the sum of their squares, `of` the number of pairs
    it is divided by. Raises `ValueError` for fewer than two pairs.
    """
    if of < 2:  # noqa: PLR2004 - a spread needs two
        message = "an interval for a mean needs two pairs or more"
        raise ValueError(message)
    from scipy.special import stdtrit  # noqa: PLC0415 - a quarter of a second, only when needed

    mean = total / of
    # `of` may be a rounded count, a little larger or smaller than the number that was summed.
    variance = max(0.0, (squares - total * mean) / (of - 1))
    reach = float(stdtrit(of - 1, 0.975)) * sqrt(variance / of)
    return Bounds(mean - reach, mean + reach)


@dataclass(frozen=True, slots=True)
class Moments:
    """What is known of paired scores: how many, their means, spreads and correlation.

    Spreads are sample standard deviations (n - 1). `correlation` is 0 where one side does not
    spread at all, which makes the interval of an effect size wider, never narrower.
    """

    n: int
    first_mean: float
    last_mean: float
    first_spread: float
    change_spread: float
    correlation: float

    @property
    def change_mean(self) -> float:
        """Give the mean of last minus first."""
        return self.last_mean - self.first_mean


def moments(pairs: Mapping[tuple[int, int], int]) -> Moments:
    """Work out the moments of paired scores: first and last score to how many people have them.

    Raises `ValueError` for fewer than two people.
    """
    n = sum(pairs.values())
    if n < 2:  # noqa: PLR2004 - a spread needs two
        message = "a spread needs two pairs or more"
        raise ValueError(message)

    # In whole numbers: where nothing spreads, the spread is exactly 0 and not a hair above.
    def together(one: Callable[[int, int], int], other: Callable[[int, int], int]) -> int:
        both = sum(one(*pair) * other(*pair) * count for pair, count in pairs.items())
        return n * both - _total(pairs, one) * _total(pairs, other)

    first_square, last_square = together(_first, _first), together(_last, _last)
    freedom = n * (n - 1)
    product = sqrt(first_square) * sqrt(last_square)
    return Moments(
        n,
        _total(pairs, _first) / n,
        _total(pairs, _last) / n,
        sqrt(first_square / freedom),
        sqrt(together(_change, _change) / freedom),
        max(-1.0, min(1.0, together(_first, _last) / product)) if product else 0.0,
    )


def _first(first: int, _last: int) -> int:
    return first


def _last(_first: int, last: int) -> int:
    return last


def _change(first: int, last: int) -> int:
    return last - first


def _total(pairs: Mapping[tuple[int, int], int], one: Callable[[int, int], int]) -> int:
    return sum(one(*pair) * count for pair, count in pairs.items())


@dataclass(frozen=True, slots=True)
class Effect:
    """A standardised mean change with its 95% interval: it has no unit."""

    size: float
    bounds: Bounds


def hedges_factor(n: int) -> float:
    """Give the factor that takes the bias of a small group out of an effect size.

    J = 1 - 3 / (4 (n - 1) - 1): Hedges 1981, with n - 1 degrees of freedom for n pairs. Raises
    `ValueError` for fewer than three pairs.
    """
    if n < 3:  # noqa: PLR2004 - below, the factor is not positive
        message = "an effect size needs three pairs or more"
        raise ValueError(message)
    return 1 - 3 / (4 * (n - 1) - 1)


def effect_size(of: Moments) -> Effect | None:
    """Give the mean change in spreads of the first scores (d_av), with Hedges' factor.

    Its standard error is sqrt(2 (1 - r) / n + d^2 / (2 n)), r being the correlation of first and
    last score (Becker 1988, for one group measured twice). None where the first scores do not
    spread. Raises `ValueError` for fewer than three pairs. It is not comparable with
    `standardised_response_mean`: the two divide by different spreads.
    """
    factor = hedges_factor(of.n)
    if not of.first_spread:
        return None
    size = factor * of.change_mean / of.first_spread
    error = sqrt(2 * (1 - of.correlation) / of.n + size * size / (2 * of.n))
    return Effect(size, Bounds(size - Z_95 * error, size + Z_95 * error))


def standardised_response_mean(of: Moments) -> float | None:
    """Give the mean change in spreads of the changes; None where all changed alike.

    Liang, Fossel and Larson 1990. Its name never stands beside that of an effect size in a file.
    """
    return of.change_mean / of.change_spread if of.change_spread else None


def honest_bounds(count: int, of: int, eligible: int, paired: int) -> Bounds:
    """Give the share if none, and if all, of those who could not be compared had counted.

    `count` of `of` is the share among the compared, `paired` how many were compared in all and
    `eligible` how many could have been. Some of the compared may stand outside the share (those who
    had no room to rise); the missing ones are all added to it. Nothing is imputed: the truth lies
    between the two bounds whatever the missing would have said. Rounded counts may contradict each
    other by a hair, so fewer eligible than compared means nobody is missing. Raises `ValueError`
    unless 0 <= count <= of and of >= 1.
    """
    if not 0 <= count <= of or of < 1:
        message = f"{count} of {of} is not a share"
        raise ValueError(message)
    missing = max(0, eligible - paired)
    whole = of + missing
    return Bounds(count / whole, (count + missing) / whole)


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A mean as it is shown and the count beside it, each with what rounding may have changed.

    `mean_slack` is half of the last shown decimal, `n_slack` half of the base of rounding.
    """

    mean: float
    n: int
    mean_slack: float = 0.05
    n_slack: int = 0


def attrition(both: ShownGroup, only_first: ShownGroup, low: int, high: int) -> Bounds:
    """Bound how much higher those compared began than those who answered only at the start.

    Where 0 lies outside, the compared group is not like the others from the start. It uses only
    what is shown anyway: no spread is published for small groups, for mean and spread together can
    give away all answers. In its place stands the largest variance that answers from `low` to
    `high` with this mean can have, (mean - low) (high - mean) (Bhatia and Davis 2000), times
    n / (n - 1). The interval is therefore wider than one from the true spread, never narrower: it
    warns later, and what it warns of is there. Raises `ValueError` for groups of fewer than two, or
    a mean off the scale.
    """
    variances = [_largest_variance(each, low, high) for each in (both, only_first)]
    reach = Z_95 * sqrt(sum(variances)) + both.mean_slack + only_first.mean_slack
    difference = both.mean - only_first.mean
    return Bounds(difference - reach, difference + reach)


def _largest_variance(group: ShownGroup, low: int, high: int) -> float:
    """Give the largest variance that the mean of a group may have."""
    n = group.n - group.n_slack
    if n < 2 or not low <= group.mean <= high:  # noqa: PLR2004 - a spread needs two
        message = "a difference of means needs two groups of two or more, on the scale"
        raise ValueError(message)
    middle = (low + high) / 2
    away = max(0.0, abs(group.mean - middle) - group.mean_slack)
    widest = (high - low) / 2
    return (widest - away) * (widest + away) / (n - 1)
