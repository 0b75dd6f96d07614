"""Draws mean changes with their intervals against nought; computes no figure, judges none.

None means withheld: the row is hatched and says so, and no dot is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pictures import marks
from pictures.faults import PictureFault
from pictures.geometry import Point, rounded_box
from pictures.palette import BLUE, CARD, CREAM, INK, LINE, QUIET, STRAW
from pictures.sheet import Lettering, Look, Sheet
from pictures.tables import TextTable, write_figure
from pictures.typesetting import Block, set_block
from pictures.vector import print_svg

WIDTH: Final = 1080

_EDGE: Final = 40.0
_GAP: Final = 30.0
_TRACK: Final = 58.0
_FIGURES: Final = 430.0  # room for the figures of a row, right of its name
_TITLE: Final = Lettering(46, INK, bold=True)
_NAME: Final = Lettering(36, INK)
_FIGURE: Final = Lettering(36, INK, bold=True)
_INTERVAL: Final = Lettering(32, QUIET)
_TICK: Final = Lettering(32, QUIET)
_SCALE: Final = Lettering(34, INK)
_DOT: Final = 17.0
_WHISKER: Final = Look(edge=BLUE, width=7)
_GRID: Final = Look(edge=STRAW, width=3)
_NOUGHT: Final = Look(edge=LINE, width=6)
_STEPS: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
_MOST_TICKS: Final = 4  # on either side of nought
_LEFT: Final = _EDGE + 30
_RIGHT: Final = WIDTH - _EDGE - 30


@dataclass(frozen=True, slots=True)
class Change:
    """The mean change in one area with the ends of its interval; a mean of None is withheld.

    The ends may be missing together, when there is a mean but no interval.
    """

    label: str
    mean: float | None
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        """Refuse an interval with one end, without a mean, or beside it (PictureFault)."""
        ends = (self.low, self.high)
        if ends == (None, None):
            return
        if self.mean is None or self.low is None or self.high is None:
            msg = "an interval has two ends and a mean: a withheld mean must not leave its ends"
            raise PictureFault(msg)
        if not self.low <= self.mean <= self.high:
            msg = "a mean lies inside its interval: check the order of the ends"
            raise PictureFault(msg)


@dataclass(frozen=True, slots=True)
class Axis:
    """Maps figures to pixels; runs as far below nought as above, ticks `step` apart."""

    step: float
    ticks: int

    def x(self, value: float) -> float:
        """Give the place of a figure."""
        share = value / (2 * self.step * self.ticks) + 0.5
        return _LEFT + (_RIGHT - _LEFT) * share


def draw_changes(
    changes: Sequence[Change], *, title: str, scale_label: str, withheld_label: str
) -> bytes:
    """Draw a dot with its interval for every area as SVG, 1080 units wide.

    `scale_label` says in words what the axis means, for example "change in steps, 0 is no
    change". Raises PictureFault for no changes. The same input gives the same bytes.
    """
    return print_svg(compose_changes(changes, title, scale_label, withheld_label), title)


def list_changes(
    changes: Sequence[Change], *, head: tuple[str, str, str, str], withheld_label: str
) -> TextTable:
    """Give what the dots show as text: area, mean change, low end, high end, a row an area."""

    def say(value: float | None, empty: str) -> str:
        return empty if value is None else write_figure(value, signed=True)

    rows = (
        (
            change.label,
            say(change.mean, withheld_label),
            say(change.low, withheld_label if change.mean is None else ""),
            say(change.high, withheld_label if change.mean is None else ""),
        )
        for change in changes
    )
    return TextTable(head, tuple(rows))


def compose_changes(
    changes: Sequence[Change], title: str, scale_label: str, withheld_label: str
) -> Sheet:
    """Put title, rows and axis on a sheet; see `draw_changes`."""
    if not changes:
        msg = "a picture of changes needs at least one area"
        raise PictureFault(msg)
    head = set_block(title, _TITLE, WIDTH - 2 * _EDGE)
    foot = set_block(scale_label, _SCALE, WIDTH - 2 * _EDGE)
    names = [set_block(change.label, _NAME, WIDTH - 2 * _EDGE - _FIGURES) for change in changes]
    axis = fit_axis(changes)
    rows = sum(_GAP + name.height + _TRACK for name in names)
    bottom = _EDGE + foot.height + _TICK.line + 16
    sheet = Sheet(WIDTH, round(bottom + rows + head.height + _EDGE), CARD)
    top = sheet.height - _EDGE
    sheet.lines((_EDGE, top), head.lines, _TITLE, anchor=0)
    top -= head.height
    _draw_ticks(sheet, axis, bottom - 8 - _TICK.line / 2)
    sheet.lines((WIDTH / 2, _EDGE + foot.height), foot.lines, _SCALE)
    for change, name in zip(changes, names, strict=True):
        top -= _GAP + name.height
        _draw_words(sheet, change, name, top)
        middle = (WIDTH / 2, top - _TRACK / 2)
        if change.mean is None:
            marks.withheld_box(sheet, middle, (WIDTH - 2 * _EDGE, _TRACK), withheld_label)
        else:
            _draw_track(sheet, axis, middle)
            _draw_change(sheet, change, axis, middle[1])
        top -= _TRACK
    return sheet


def fit_axis(changes: Sequence[Change]) -> Axis:
    """Choose the finest round steps with which every figure fits, as far below nought as above."""
    figures = (figure for change in changes for figure in (change.mean, change.low, change.high))
    most = max((abs(figure) for figure in figures if figure is not None), default=0.0)
    step = next((step for step in _STEPS if most <= step * _MOST_TICKS), _STEPS[-1])
    return Axis(step, max(1, math.ceil(most / step)))


def _draw_track(sheet: Sheet, axis: Axis, middle: Point) -> None:
    """Draw the ground of a row with a line for every tick, nought as the strongest."""
    sheet.area(rounded_box(middle, (WIDTH - 2 * _EDGE, _TRACK), 14), Look(fill=CREAM))
    for tick in range(-axis.ticks, axis.ticks + 1):
        x, half = axis.x(tick * axis.step), _TRACK / 2
        ends = ((x, middle[1] - half), (x, middle[1] + half))
        sheet.line(ends, _NOUGHT if tick == 0 else _GRID)


def _draw_ticks(sheet: Sheet, axis: Axis, y: float) -> None:
    for tick in range(-axis.ticks, axis.ticks + 1):
        figure = write_figure(tick * axis.step, signed=True) if tick else "0"
        sheet.words((axis.x(tick * axis.step), y), figure, _TICK)


def _draw_words(sheet: Sheet, change: Change, name: Block, bottom: float) -> None:
    sheet.lines((_EDGE, bottom + name.height), name.lines, _NAME, anchor=0)
    if change.mean is None:
        return
    x, y = WIDTH - _EDGE, bottom + _NAME.line / 2
    if change.low is not None and change.high is not None:
        ends = (write_figure(end, signed=True) for end in (change.low, change.high))
        interval = set_block(f"[{', '.join(ends)}]", _INTERVAL, _FIGURES)
        sheet.lines((x, y + _INTERVAL.line / 2), interval.lines, _INTERVAL, anchor=1)
        x -= interval.width + 20
    sheet.words((x, y), write_figure(change.mean, signed=True), _FIGURE, anchor=1)


def _draw_change(sheet: Sheet, change: Change, axis: Axis, y: float) -> None:
    if change.low is not None and change.high is not None:
        low, high = axis.x(change.low), axis.x(change.high)
        for line in (
            ((low, y), (high, y)),
            ((low, y - 15), (low, y + 15)),
            ((high, y - 15), (high, y + 15)),
        ):
            sheet.line(line, _WHISKER)
    if change.mean is not None:
        sheet.disc((axis.x(change.mean), y), _DOT, Look(fill=INK, edge=CARD, width=3))
