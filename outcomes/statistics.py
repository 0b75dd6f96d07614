"""Works out the intervals and sizes that figures carry; it sees totals, never people.

It rounds nothing. What is worked out here from counts of people may only be shown where those
counts may be shown; the functions that say "shown" take what a release already shows.
"""

from __future__ import annotations

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


def hedges_factor(n: int) -> float:
    """Give the factor that takes the bias of a small group out of an effect size.

    J = 1 - 3 / (4 (n - 1) - 1): Hedges 1981, with n - 1 degrees of freedom for n pairs. The size is
    the mean change in spreads of the first answers. Its interval would need the correlation of
    first and last answers (Becker 1988): no release shows that, so a size is shown without one.
    Raises `ValueError` for fewer than three pairs.
    """
    if n < 3:  # noqa: PLR2004 - below, the factor is not positive
        message = "an effect size needs three pairs or more"
        raise ValueError(message)
    return 1 - 3 / (4 * (n - 1) - 1)


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

    `mean_slack` is half of the last shown decimal, `n_slack` half of the base of rounding: by so
    much the true count may be smaller or larger. A mean was divided by the shown count, as its
    distance from the middle of the scale (`averages.show_mean`), so it is off where the count is.
    """

    mean: float
    n: int
    mean_slack: float = 0.05
    n_slack: int = 0

    def reach(self, middle: float) -> float:
        """Give by how much the true mean may lie above or below the shown one."""
        away = abs(self.mean - middle) + self.mean_slack
        return self.mean_slack + away * self.n_slack / (self.n - self.n_slack)


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
    middle = (low + high) / 2
    reach = Z_95 * sqrt(sum(variances)) + both.reach(middle) + only_first.reach(middle)
    difference = both.mean - only_first.mean
    return Bounds(difference - reach, difference + reach)


def _largest_variance(group: ShownGroup, low: int, high: int) -> float:
    """Give the largest variance that the mean of a group may have."""
    n = group.n - group.n_slack
    if n < 2 or not low <= group.mean <= high:  # noqa: PLR2004 - a spread needs two
        message = "a difference of means needs two groups of two or more, on the scale"
        raise ValueError(message)
    middle = (low + high) / 2
    away = max(0.0, abs(group.mean - middle) - group.reach(middle))
    widest = (high - low) / 2
    return (widest - away) * (widest + away) / (n - 1)
