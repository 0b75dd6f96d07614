"""The signs of plots over time: ranges, bounds, target, comparator, forecast, a broken series.

Each sign has a shape of its own, so that none leans on colour. Must not know where they go.
"""

from __future__ import annotations

from typing import Final

from pictures.geometry import Point, rounded_box
from pictures.palette import BLUE, CARD, GOLD_DEEP, GOLD_PALE, GREEN, INK, QUIET
from pictures.sheet import Look, Sheet

PATH: Final = Look(edge=INK, width=5)
WHISKER: Final = Look(edge=BLUE, width=6)
TARGET: Final = Look(edge=GREEN, width=5, dash=(16, 12))
COMPARATOR: Final = Look(edge=GOLD_DEEP, width=5, dash=(2, 12))
FORECAST: Final = Look(fill=CARD, edge=INK, width=5, dash=(7, 8))
BOUNDS: Final = Look(fill=GOLD_PALE, edge=GOLD_DEEP, width=3, dash=(10, 8))

_BREAK: Final = Look(edge=QUIET, width=5)


def mark_target(sheet: Sheet, at: Point) -> None:
    """Draw the open square of a target."""
    sheet.area(rounded_box(at, (20, 20), 3), Look(fill=CARD, edge=GREEN, width=5))


def mark_comparator(sheet: Sheet, at: Point) -> None:
    """Draw the open triangle of a comparator."""
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
    sheet.line(((at[0], at[1] - 24), (at[0], at[1] + 24)), WHISKER)
    sheet.line(((at[0] - 44, at[1]), (at[0] + 44, at[1])), PATH)
    sheet.disc(at, 14, Look(fill=INK, edge=CARD, width=3))


def swatch_plain(sheet: Sheet, at: Point) -> None:
    """Draw a figure that has no range for a legend."""
    sheet.line(((at[0] - 44, at[1]), (at[0] + 44, at[1])), PATH)
    sheet.disc(at, 14, Look(fill=INK, edge=CARD, width=3))


def swatch_bounds(sheet: Sheet, at: Point) -> None:
    """Draw the honest bounds for a legend."""
    sheet.area(rounded_box(at, (96, 36), 6), BOUNDS)


def swatch_target(sheet: Sheet, at: Point) -> None:
    """Draw the target for a legend."""
    sheet.line(((at[0] - 48, at[1]), (at[0] + 48, at[1])), TARGET)
    mark_target(sheet, at)


def swatch_comparator(sheet: Sheet, at: Point) -> None:
    """Draw the comparator for a legend."""
    sheet.line(((at[0] - 48, at[1]), (at[0] + 48, at[1])), COMPARATOR)
    mark_comparator(sheet, at)


def swatch_break(sheet: Sheet, at: Point) -> None:
    """Draw the mark of a changed definition for a legend."""
    mark_break(sheet, at, 44)


def swatch_forecast(sheet: Sheet, at: Point) -> None:
    """Draw a forecast for a legend."""
    sheet.disc(at, 18, FORECAST)
