"""Holds a figure over time as plain data, with the axis it is drawn on; draws nothing.

A figure that is not shown has no value here, so that no point can stand for it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pictures.faults import PictureFault
from pictures.tables import write_figure

_STEPS: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000)
_MOST_TICKS: Final = 5


@dataclass(frozen=True, slots=True)
class Moment:
    """A figure at one time; a label has a line or two, split by a break: `Q3` and `2026/27`.

    `low` and `high` end its likely range, `least` and `most` its honest bounds. A `value` of None
    is not shown for the `reason`, or does not exist where there is no reason.
    `starts_anew` says that it must not be held against what came before.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    least: float | None = None
    most: float | None = None
    reason: str = ""
    starts_anew: bool = False
    is_forecast: bool = False

    def __post_init__(self) -> None:
        """Refuse a range with one end, or the ends of a figure that is not shown."""
        pairs = ((self.low, self.high), (self.least, self.most))
        given = [each for pair in pairs for each in pair if each is not None]
        if len(given) % 2 or (given and self.value is None):
            msg = "a range has two ends and a figure between them"
            raise PictureFault(msg)


@dataclass(frozen=True, slots=True)
class Guides:
    """What a figure is read against, a value a moment: a target and a comparator, None is none."""

    target: tuple[float | None, ...] = ()
    comparator: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Scale:
    """The ends of the upward axis, the distance of its ticks, and what follows each figure."""

    low: float
    high: float
    step: float
    suffix: str = ""
    signed: bool = False

    def write(self, value: float) -> str:
        """Write a figure as the axis means it."""
        if value == round(value) and not self.signed:
            return f"{round(value)}{self.suffix}"
        return f"{write_figure(value, signed=self.signed)}{self.suffix}"

    @property
    def ticks(self) -> list[float]:
        """Where the axis has its ticks."""
        count = round((self.high - self.low) / self.step)
        return [self.low + number * self.step for number in range(count + 1)]


PERCENT: Final = Scale(0, 100, 25, "%")
"""The axis of every share: all of it, so that no small change looks large."""


def fit_scale(
    moments: Sequence[Moment], guides: Guides, *, from_nought: bool, suffix: str = ""
) -> Scale:
    """Choose an axis with round ticks that holds every figure; counts begin `from_nought`."""
    figures = [each for moment in moments for each in (moment.value, moment.low, moment.high)]
    known = [each for each in (*figures, *guides.target, *guides.comparator) if each is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    low = min(low, 0.0) if from_nought else low
    span = max(high - low, 0.2)
    step = next((each for each in _STEPS if span <= each * (_MOST_TICKS - 1)), span)
    first = math.floor(low / step)
    last = max(math.ceil(high / step), first + 2)
    return Scale(first * step, last * step, step, suffix)


def signed_scale(moments: Sequence[Moment]) -> Scale:
    """Choose an axis for changes: as far below nought as above."""
    figures = [each for moment in moments for each in (moment.value, moment.low, moment.high)]
    most = max((abs(each) for each in figures if each is not None), default=0.5)
    step = next((each for each in _STEPS if most <= each * 2), most)
    return Scale(-2 * step, 2 * step, step, signed=True)
