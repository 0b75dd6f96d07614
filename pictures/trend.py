"""Draws figures over time, one large or several small side by side; computes no figure.

What is withheld is hatched, never a point at nought; a changed definition breaks the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pictures import marks
from pictures.faults import PictureFault
from pictures.legend import Legend, LegendStyle, Swatch, set_legend
from pictures.moments import Guides, Moment, Scale
from pictures.palette import CARD, INK
from pictures.panel import Frame, draw_panel
from pictures.plot_signs import (
    swatch_bounds,
    swatch_break,
    swatch_comparator,
    swatch_figure,
    swatch_forecast,
    swatch_plain,
    swatch_target,
)
from pictures.sheet import Lettering, Sheet
from pictures.tables import TextTable
from pictures.typesetting import set_block
from pictures.vector import print_svg

WIDTH: Final = 760
WIDE: Final = 1080

_FEW_COLUMNS: Final = 2
_EDGE: Final = 30.0
_TITLE: Final = Lettering(38, INK, bold=True)
_SMALL_TITLE: Final = Lettering(30, INK, bold=True)
_LETTERS: Final = 32.0
_SMALL: Final = 25.0
_HEIGHT: Final = 340.0
_SMALL_HEIGHT: Final = 230.0
_TICKS_ROOM: Final = 112.0
_SMALL_TICKS_ROOM: Final = 80.0
_LEGEND: Final = LegendStyle(Lettering(28, INK), marks.SWATCH, 54, 10)


@dataclass(frozen=True, slots=True)
class Trend:
    """One figure over time with its axis and what it is read against."""

    title: str
    moments: tuple[Moment, ...]
    scale: Scale
    guides: Guides = field(default_factory=Guides)


@dataclass(frozen=True, slots=True)
class TrendWords:
    """What the legend says; only what is in the picture is explained."""

    figure: str
    target: str
    comparator: str
    withheld: str
    changed: str
    forecast: str
    bounds: str = ""


def draw_trend(trend: Trend, words: TrendWords) -> bytes:
    """Draw a figure over time as SVG, 760 units wide. Raises PictureFault for no moments.

    The same input gives the same bytes.
    """
    return print_svg(compose_trend(trend, words), trend.title)


def draw_trends(trends: Sequence[Trend], *, columns: int, title: str, words: TrendWords) -> bytes:
    """Draw several figures over time as small plots with one legend. Raises PictureFault.

    Two `columns` are 760 units wide, for a phone; more of them 1080, for paper.
    """
    return print_svg(compose_trends(trends, columns, title, words), title)


def list_trend(trend: Trend, *, head: tuple[str, ...], absent: str, words: TrendWords) -> TextTable:
    """Give what a plot shows as text: time, figure, range, then target and comparator if any."""
    guides = [each for each in (trend.guides.target, trend.guides.comparator) if each]
    rows = []
    for at, moment in enumerate(trend.moments):
        shown = moment.reason or absent
        if moment.value is not None:
            shown = trend.scale.write(moment.value)
        if moment.starts_anew and at:
            shown = f"{shown} ({words.changed})"
        if moment.is_forecast:
            shown = f"{shown} ({words.forecast})"
        if moment.least is not None and moment.most is not None:
            bounds = f"{trend.scale.write(moment.least)} to {trend.scale.write(moment.most)}"
            shown = f"{shown} ({words.bounds}: {bounds})"
        ends = "" if moment.low is None or moment.high is None else (
            f"{trend.scale.write(moment.low)} to {trend.scale.write(moment.high)}"
        )  # fmt: skip
        beside = (_guide(trend.scale, values, at) for values in guides)
        rows.append((moment.label.replace("\n", " "), shown, ends, *beside))
    return TextTable(head[: 3 + len(guides)], tuple(rows))


def compose_trend(trend: Trend, words: TrendWords) -> Sheet:
    """Put title, plot and legend on a sheet; see `draw_trend`."""
    head = set_block(trend.title, _TITLE, WIDTH - 2 * _EDGE)
    legend = _legend([trend], words, WIDTH)
    labels = _label_lines(trend) * _LETTERS * 1.24 + 30
    bottom = _EDGE + legend.height + labels
    sheet = Sheet(WIDTH, round(bottom + _HEIGHT + 40 + head.height + _EDGE), CARD)
    sheet.lines((_EDGE, sheet.height - _EDGE), head.lines, _TITLE, anchor=0)
    legend.draw(sheet, (WIDTH / 2, _EDGE + legend.height))
    frame = Frame(_EDGE + _TICKS_ROOM, WIDTH - _EDGE, bottom, bottom + _HEIGHT, _LETTERS)
    draw_panel(sheet, frame, trend.moments, trend.scale, trend.guides)
    return sheet


def compose_trends(trends: Sequence[Trend], columns: int, title: str, words: TrendWords) -> Sheet:
    """Put small plots in rows of `columns`, with one legend below; see `draw_trends`."""
    if not trends:
        msg = "a picture of trends needs at least one"
        raise PictureFault(msg)
    width = WIDTH if columns <= _FEW_COLUMNS else WIDE
    legend = _legend(trends, words, width)
    room = (width - 2 * _EDGE) / columns
    heads = [set_block(each.title, _SMALL_TITLE, room - 24) for each in trends]
    lines = max(_label_lines(each) for each in trends)
    pairs = list(zip(trends, heads, strict=True))
    rows = [pairs[at : at + columns] for at in range(0, len(pairs), columns)]
    heights = [
        max(head.height for _trend, head in row) + _SMALL_HEIGHT + lines * _SMALL * 1.24 + 70
        for row in rows
    ]
    main = set_block(title, _TITLE, width - 2 * _EDGE)
    sheet = Sheet(width, round(2 * _EDGE + legend.height + sum(heights) + main.height + 16), CARD)
    sheet.lines((_EDGE, sheet.height - _EDGE), main.lines, _TITLE, anchor=0)
    legend.draw(sheet, (width / 2, _EDGE + legend.height))
    top = sheet.height - _EDGE - main.height - 16
    for row, height in zip(rows, heights, strict=True):
        tallest = max(head.height for _trend, head in row)
        for at, (trend, head) in enumerate(row):
            left = _EDGE + at * room
            sheet.lines((left, top), head.lines, _SMALL_TITLE, anchor=0)
            plot = top - tallest - 34
            frame = Frame(
                left + _SMALL_TICKS_ROOM,
                left + room - 24,
                plot - _SMALL_HEIGHT,
                plot,
                _SMALL,
                is_small=True,
            )
            draw_panel(sheet, frame, trend.moments, trend.scale, trend.guides)
        top -= height
    return sheet


def _label_lines(trend: Trend) -> int:
    return max((each.label.count("\n") + 1 for each in trend.moments), default=1)


def _legend(trends: Sequence[Trend], words: TrendWords, width: int) -> Legend:
    moments = [moment for trend in trends for moment in trend.moments]
    has_range = any(each.low is not None for each in moments)
    figure = swatch_figure if has_range else swatch_plain
    entries: list[tuple[Swatch, str]] = [(figure, words.figure)]
    if any(each.least is not None for each in moments):
        entries.append((swatch_bounds, words.bounds))
    if any(trend.guides.target for trend in trends):
        entries.append((swatch_target, words.target))
    if any(trend.guides.comparator for trend in trends):
        entries.append((swatch_comparator, words.comparator))
    if any(each.value is None and each.reason for each in moments):
        entries.append((marks.swatch_withheld, words.withheld))
    if any(each.starts_anew for trend in trends for each in trend.moments[1:]):
        entries.append((swatch_break, words.changed))
    if any(each.is_forecast for each in moments):
        entries.append((swatch_forecast, words.forecast))
    return set_legend(entries, width - 2 * _EDGE, _LEGEND)


def _guide(scale: Scale, values: Sequence[float | None], at: int) -> str:
    value = values[at]
    return "" if value is None else scale.write(value)
