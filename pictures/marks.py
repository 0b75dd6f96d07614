"""The signs that every star shares: now, last time, the same both times, not answered.

Each sign has a shape of its own, so that none leans on colour. Must not know where they go.
"""

from __future__ import annotations

from typing import Final

from pictures.geometry import Point, hatch, rounded_box
from pictures.palette import BLUE, CARD, GOLD, GOLD_DEEP, INK, LINE, PAPER
from pictures.sheet import Lettering, Look, Sheet
from pictures.typesetting import set_block

DOT: Final = 30.0  # radius
SQUARE: Final = 52.0  # side
FRAME: Final = 71.0  # side of the square that goes round a dot
POINT: Final = 13.0  # radius of a small dot
SIGN: Final = 25.0  # radius of the sign for "not answered"

APART: Final = 57.0
"""The least distance between two rings: a dot and a square on neighbouring steps do not touch."""

SWATCH: Final = 120.0  # width that a sign takes in a legend

NOW_EDGE: Final = Look(edge=GOLD_DEEP, width=5)
BEFORE_EDGE: Final = Look(edge=BLUE, width=6, dash=(15, 13))
UNANSWERED: Final = Look(edge=LINE, width=4, dash=(1, 13))
WITHHELD: Final = Look(edge=LINE, width=3)
HATCH: Final = 15.0  # distance between the lines of a hatching

_NOW_NUMBER: Final = Lettering(34, CARD, bold=True)
_BEFORE_NUMBER: Final = Lettering(34, BLUE, bold=True)
_WITHHELD_WORDS: Final = Lettering(34, INK)
_DASH: Final = Lettering(36, INK, bold=True)
_BOX: Final = Look(fill=CARD, edge=BLUE, width=5)


def mark_now(sheet: Sheet, at: Point, number: str) -> None:
    """Draw the round dot of "now" with its number."""
    sheet.disc(at, DOT, Look(fill=INK))
    sheet.words(at, number, _NOW_NUMBER)


def mark_before(sheet: Sheet, at: Point, number: str) -> None:
    """Draw the open square of "last time" with its number."""
    sheet.area(rounded_box(at, (SQUARE, SQUARE), 9), _BOX)
    sheet.words(at, number, _BEFORE_NUMBER)


def mark_same(sheet: Sheet, at: Point, number: str) -> None:
    """Draw both signs as one: the dot of "now" inside the square of "last time"."""
    sheet.area(rounded_box(at, (FRAME, FRAME), 11), _BOX)
    mark_now(sheet, at, number)


def mark_skipped(sheet: Sheet, at: Point) -> None:
    """Draw the sign for "not answered": a broken circle with a dash, never a number."""
    sheet.disc(at, SIGN, Look(fill=PAPER, edge=LINE, width=4, dash=(9, 8)))
    sheet.words(at, "–", _DASH)


def swatch_now(sheet: Sheet, at: Point) -> None:
    """Draw "now" for a legend."""
    look = Look(fill=GOLD, edge=GOLD_DEEP, width=4)
    sheet.area(rounded_box(at, (SWATCH - 8, 52), 26), look)
    sheet.disc(at, 22, Look(fill=INK))


def swatch_before(sheet: Sheet, at: Point) -> None:
    """Draw "last time" for a legend."""
    half = SWATCH / 2 - 4
    sheet.line([(at[0] - half, at[1]), (at[0] + half, at[1])], BEFORE_EDGE)
    sheet.area(rounded_box(at, (46, 46), 8), _BOX)


def swatch_skipped(sheet: Sheet, at: Point) -> None:
    """Draw "not answered" for a legend."""
    mark_skipped(sheet, at)


def swatch_withheld(sheet: Sheet, at: Point) -> None:
    """Draw "withheld" for a legend."""
    hatched_box(sheet, at, (SWATCH - 16, 46))


def withheld_box(sheet: Sheet, middle: Point, size: Point, words: str) -> None:
    """Draw a hatched box of `size` (width, height) with the word for "withheld" on a plate."""
    hatched_box(sheet, middle, size)
    block = set_block(words, _WITHHELD_WORDS, size[0] - 80)
    sheet.area(rounded_box(middle, (block.width + 48, size[1] - 3), 14), Look(fill=CARD))
    sheet.lines((middle[0], middle[1] + block.height / 2), block.lines, _WITHHELD_WORDS)


def hatched_box(sheet: Sheet, middle: Point, size: Point) -> None:
    """Draw a hatched box of `size` (width, height): something is known here and not shown."""
    box = rounded_box(middle, size, 8)
    sheet.area(box, Look(fill=CARD))
    for line in hatch(box, HATCH):
        sheet.line(line, WITHHELD)
    sheet.area(box, WITHHELD)


def point_last(sheet: Sheet, at: Point) -> None:
    """Draw the small dot of a group's last mean; its figure stands beside the area's name."""
    sheet.disc(at, POINT, Look(fill=INK, edge=CARD, width=3))


def point_first(sheet: Sheet, at: Point) -> None:
    """Draw the small open square of a group's first mean, larger than the dot it may lie under."""
    sheet.area(rounded_box(at, (2.6 * POINT, 2.6 * POINT), 5), Look(fill=CARD, edge=BLUE, width=5))
