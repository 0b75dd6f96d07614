"""Draws one plot of a figure over time into a frame: dots, ranges, guides; computes no figure.

What is not shown has a hatched column, what does not exist an empty one; no line crosses either,
nor a change of definition, which has a mark of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from pictures import marks
from pictures.faults import PictureFault
from pictures.geometry import Point, rounded_box
from pictures.moments import Guides, Moment, Scale
from pictures.palette import CARD, CREAM, INK, LINE, QUIET, STRAW
from pictures.plot_signs import (
    BOUNDS,
    COMPARATOR,
    FORECAST,
    PATH,
    TARGET,
    WHISKER,
    mark_break,
    mark_comparator,
    mark_target,
)
from pictures.sheet import Lettering, Look, Sheet

_GRID: Final = Look(edge=STRAW, width=3)
_NOUGHT: Final = Look(edge=LINE, width=5)


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
        (TARGET, guides.target, mark_target),
        (COMPARATOR, guides.comparator, mark_comparator),
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
            sheet.line((one, other), PATH)
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
        sheet.area(rounded_box((at[0], (least + most) / 2), size, 6), BOUNDS)
        top = max(top, most)
    if moment.low is not None and moment.high is not None:
        low, high = frame.y(scale, moment.low), frame.y(scale, moment.high)
        top = max(top, high)
        sheet.line(((at[0], low), (at[0], high)), WHISKER)
        for y in (low, high):
            sheet.line(((at[0] - 11, y), (at[0] + 11, y)), WHISKER)
    look = FORECAST if moment.is_forecast else Look(fill=INK, edge=CARD, width=3)
    sheet.disc(at, radius * (1.3 if moment.is_forecast else 1), look)
    return max(top, at[1] + radius)


def _write_figure(sheet: Sheet, frame: Frame, top: Point, at: Point, text: str) -> None:
    """Write a figure above its range, or below its dot where there is no room."""
    lettering = Lettering(frame.letters, INK, bold=True)
    y = top[1] + frame.letters * 0.7
    if y > frame.top + frame.letters * 0.8:
        y = at[1] - frame.letters * 1.25
    size = (len(text) * frame.letters * 0.72, frame.letters * 1.1)
    sheet.area(rounded_box((at[0], y), size, 6), Look(fill=CREAM, strength=0.85))
    sheet.words((at[0], y), text, lettering)
