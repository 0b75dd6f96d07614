"""Works out the intervals that figures carry; it sees totals, never people, and rounds nothing."""

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

    Formula as the Office for Health Improvement and Disparities prints it (measures.md, section 4).
    Works at 0 and at `of`. Raises `ValueError` unless 0 <= count <= of and of >= 1.
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
