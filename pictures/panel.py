"""Draws one plot of a figure over time into a frame: dots, ranges, guides; computes no figure.

What is not shown has a hatched column, what does not exist an empty one; no line crosses either,
nor a change of definition, which has a mark of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from pictures import marks
from pictures.faults import PictureFault
from pictures.geometry import Point, rounded_box
from pictures.palette import BLUE, CARD, CREAM, GOLD_DEEP, GOLD_PALE, GREEN, INK, LINE, QUIET, STRAW
from pictures.sheet import Lettering, Look, Sheet
from pictures.tables import write_figure

_GRID: Final = Look(edge=STRAW, width=3)
_NOUGHT: Final = Look(edge=LINE, width=5)
_PATH: Final = Look(edge=INK, width=5)
_WHISKER: Final = Look(edge=BLUE, width=6)
_TARGET: Final = Look(edge=GREEN, width=5, dash=(16, 12))
_COMPARATOR: Final = Look(edge=GOLD_DEEP, width=5, dash=(2, 12))
_FORECAST: Final = Look(fill=CARD, edge=INK, width=5, dash=(7, 8))
_BREAK: Final = Look(edge=QUIET, width=5)
_BOUNDS: Final = Look(fill=GOLD_PALE, edge=GOLD_DEEP, width=3, dash=(10, 8))
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


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a plot stands on its sheet, in pixels, and how large its words are.

    A small one names its first and last time only, and writes its last figure only.
    """

    left: float
    right: float
    bottom: float
    top: float
    letters: float
    is_small: bool = False

    def x(self, at: int, of: int) -> float:
        """Give the middle of a column."""
        return self.left + (at + 0.5) * (self.right - self.left) / of

    def y(self, scale: Scale, value: float) -> float:
        """Give the height of a figure."""
        share = (value - scale.low) / (scale.high - scale.low)
        return self.bottom + share * (self.top - self.bottom)


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


def draw_panel(
    sheet: Sheet, frame: Frame, moments: Sequence[Moment], scale: Scale, guides: Guides
) -> None:
    """Draw the plot. Raises PictureFault for no moments."""
    if not moments:
        msg = "a figure over time needs at least one moment"
        raise PictureFault(msg)
    _draw_ground(sheet, frame, scale)
    for at in range(len(moments)):
        _draw_label(sheet, frame, at, moments)
        _draw_gap(sheet, frame, at, moments)
    for line, values, mark in (
        (_TARGET, guides.target, _mark_target),
        (_COMPARATOR, guides.comparator, _mark_comparator),
    ):
        _draw_guide(sheet, frame, scale, values, line)
        for at, value in enumerate(values):
            if value is not None:
                mark(sheet, (frame.x(at, len(moments)), frame.y(scale, value)))
    _draw_figures(sheet, frame, moments, scale)


def _draw_ground(sheet: Sheet, frame: Frame, scale: Scale) -> None:
    width, height = frame.right - frame.left, frame.top - frame.bottom
    middle = (frame.left + width / 2, frame.bottom + height / 2)
    sheet.area(rounded_box(middle, (width, height), 14), Look(fill=CREAM))
    lettering = Lettering(frame.letters, QUIET)
    for tick in scale.ticks:
        y = frame.y(scale, tick)
        is_nought = abs(tick) < scale.step / 100
        sheet.line(((frame.left, y), (frame.right, y)), _NOUGHT if is_nought else _GRID)
        words = f"0{scale.suffix}" if is_nought else scale.write(tick)
        sheet.words((frame.left - 12, y), words, lettering, anchor=1)


def _draw_label(sheet: Sheet, frame: Frame, at: int, moments: Sequence[Moment]) -> None:
    """Name a time; what its second line has in common with the one before is not repeated."""
    if frame.is_small and at not in (0, len(moments) - 1):
        return
    lines = moments[at].label.split("\n")
    if at and not frame.is_small and lines[1:] == moments[at - 1].label.split("\n")[1:]:
        lines = lines[:1]
    lettering = Lettering(frame.letters, INK if moments[at].value is not None else QUIET)
    sheet.lines((frame.x(at, len(moments)), frame.bottom - 10), lines, lettering)


def _draw_gap(sheet: Sheet, frame: Frame, at: int, moments: Sequence[Moment]) -> None:
    """Hatch the column of what is not shown, and mark where a new series begins."""
    column = (frame.right - frame.left) / len(moments)
    x, height = frame.x(at, len(moments)), frame.top - frame.bottom
    moment = moments[at]
    if moment.value is None and moment.reason:
        size = (min(column * 0.62, 90.0), height - 12)
        marks.hatched_box(sheet, (x, frame.bottom + height / 2), size)
    elif moment.value is None:
        sheet.words((x, frame.bottom + height / 2), "–", Lettering(frame.letters, QUIET))
    if moment.starts_anew and at:
        mark_break(sheet, (x - column / 2, frame.bottom + height / 2), height)


def _draw_guide(
    sheet: Sheet, frame: Frame, scale: Scale, values: Sequence[float | None], line: Look
) -> None:
    for at, (one, other) in enumerate(pairwise(values)):
        if one is not None and other is not None:
            start = (frame.x(at, len(values)), frame.y(scale, one))
            sheet.line((start, (frame.x(at + 1, len(values)), frame.y(scale, other))), line)


def _draw_figures(sheet: Sheet, frame: Frame, moments: Sequence[Moment], scale: Scale) -> None:
    places = [
        None if each.value is None else (frame.x(at, len(moments)), frame.y(scale, each.value))
        for at, each in enumerate(moments)
    ]
    for at, (one, other) in enumerate(pairwise(places), start=1):
        if one and other and not (moments[at].starts_anew or moments[at].is_forecast):
            sheet.line((one, other), _PATH)
    for at, (moment, place) in enumerate(zip(moments, places, strict=True)):
        if place is not None and moment.value is not None:
            top = _draw_figure(sheet, frame, moment, scale, place)
            if at == len(moments) - 1 or not frame.is_small:
                _write_figure(sheet, frame, (place[0], top), place, scale.write(moment.value))


def _draw_figure(sheet: Sheet, frame: Frame, moment: Moment, scale: Scale, at: Point) -> float:
    """Draw a figure with its range, and return how high it reaches."""
    top, radius = at[1], frame.letters * 0.44
    if moment.least is not None and moment.most is not None:
        least, most = frame.y(scale, moment.least), frame.y(scale, moment.most)
        size = (frame.letters * 1.3, max(most - least, 12.0))
        sheet.area(rounded_box((at[0], (least + most) / 2), size, 6), _BOUNDS)
        top = max(top, most)
    if moment.low is not None and moment.high is not None:
        low, high = frame.y(scale, moment.low), frame.y(scale, moment.high)
        top = max(top, high)
        sheet.line(((at[0], low), (at[0], high)), _WHISKER)
        for y in (low, high):
            sheet.line(((at[0] - 11, y), (at[0] + 11, y)), _WHISKER)
    look = _FORECAST if moment.is_forecast else Look(fill=INK, edge=CARD, width=3)
    sheet.disc(at, radius * (1.3 if moment.is_forecast else 1), look)
    return max(top, at[1] + radius)


def _write_figure(sheet: Sheet, frame: Frame, top: Point, at: Point, text: str) -> None:
    """Write a figure above its range, or below its dot where there is no room."""
    lettering = Lettering(frame.letters, INK, bold=True)
    y = top[1] + frame.letters * 0.7
    if y > frame.top + frame.letters * 0.4:
        y = at[1] - frame.letters * 1.25
    size = (len(text) * frame.letters * 0.72, frame.letters * 1.1)
    sheet.area(rounded_box((at[0], y), size, 6), Look(fill=CREAM, strength=0.85))
    sheet.words((at[0], y), text, lettering)


def _mark_target(sheet: Sheet, at: Point) -> None:
    sheet.area(rounded_box(at, (20, 20), 3), Look(fill=CARD, edge=GREEN, width=5))


def _mark_comparator(sheet: Sheet, at: Point) -> None:
    x, y = at
    sheet.area(
        ((x - 14, y - 10), (x + 14, y - 10), (x, y + 15)),
        Look(fill=CARD, edge=GOLD_DEEP, width=5),
    )


def mark_break(sheet: Sheet, at: Point, height: float) -> None:
    """Draw two strokes through a line: what stands left and right is not the same series."""
    x, half = at[0], height / 2
    for shift in (-6, 6):
        sheet.line(((x + shift, at[1] - half), (x + shift, at[1] + half)), _BREAK)


def swatch_figure(sheet: Sheet, at: Point) -> None:
    """Draw a figure with its range for a legend."""
    sheet.line(((at[0], at[1] - 24), (at[0], at[1] + 24)), _WHISKER)
    sheet.line(((at[0] - 44, at[1]), (at[0] + 44, at[1])), _PATH)
    sheet.disc(at, 14, Look(fill=INK, edge=CARD, width=3))


def swatch_bounds(sheet: Sheet, at: Point) -> None:
    """Draw the honest bounds for a legend."""
    sheet.area(rounded_box(at, (96, 36), 6), _BOUNDS)


def swatch_target(sheet: Sheet, at: Point) -> None:
    """Draw the target for a legend."""
    sheet.line(((at[0] - 48, at[1]), (at[0] + 48, at[1])), _TARGET)
    _mark_target(sheet, at)


def swatch_comparator(sheet: Sheet, at: Point) -> None:
    """Draw the comparator for a legend."""
    sheet.line(((at[0] - 48, at[1]), (at[0] + 48, at[1])), _COMPARATOR)
    _mark_comparator(sheet, at)


def swatch_break(sheet: Sheet, at: Point) -> None:
    """Draw the mark of a changed definition for a legend."""
    mark_break(sheet, at, 44)


def swatch_forecast(sheet: Sheet, at: Point) -> None:
    """Draw a forecast for a legend."""
    sheet.disc(at, 18, _FORECAST)
