"""Names the product's colours once, for pictures and pages alike; decides no layout.

The hues lean on the colour-blind safe set of Okabe and Ito (2008): orange-gold beside blue stay
apart in every common kind of colour vision, and both keep their distance in grey. Text pairs are
held to WCAG 2.2 level AA (4.5 to 1), marks that carry meaning to 3 to 1 (success criteria 1.4.3
and 1.4.11): tests/pictures/test_palette.py measures every pair that is listed here.
"""

from __future__ import annotations

from typing import Final

INK: Final = "#2B2344"  # words, and the dots of "now": the dark violet of a starling's back
QUIET: Final = "#5C5570"  # second-rank words
PAPER: Final = "#FFFAF0"  # the page behind everything
CARD: Final = "#FFFFFF"  # panels, speech bubbles, the inside of open marks
SAND: Final = "#F4EAD7"  # soft bands and dividers
LINE: Final = "#8A8199"  # borders that must be seen
GOLD: Final = "#F7C548"  # the star now; fills only, never words
GOLD_PALE: Final = "#FFE9AE"
HONEY: Final = "#FFF2D2"  # rings of a star, by turns with CREAM
CREAM: Final = "#FFF8E6"
STRAW: Final = "#E6D5B0"  # faint lines that only decorate
GOLD_DEEP: Final = "#9A5B00"  # the edge of the gold, also as words
BLUE: Final = "#0B67A8"  # last time, links and main buttons
BLUE_PALE: Final = "#DCEDF8"
GREEN: Final = "#0B6B50"  # done, safe, sent
GREEN_PALE: Final = "#DDF3EA"
RED: Final = "#A93412"  # help now, and what could not be done; always with a word beside it
RED_PALE: Final = "#FCE6DD"

TEXT_PAIRS: Final[tuple[tuple[str, str], ...]] = (
    (INK, PAPER),
    (INK, CARD),
    (INK, SAND),
    (INK, HONEY),
    (INK, CREAM),
    (INK, GOLD),
    (INK, GOLD_PALE),
    (INK, BLUE_PALE),
    (INK, GREEN_PALE),
    (INK, RED_PALE),
    (QUIET, PAPER),
    (QUIET, CARD),
    (QUIET, SAND),
    (GOLD_DEEP, PAPER),
    (GOLD_DEEP, CARD),
    (BLUE, PAPER),
    (BLUE, CARD),
    (BLUE, BLUE_PALE),
    (GREEN, PAPER),
    (GREEN, CARD),
    (GREEN, GREEN_PALE),
    (RED, PAPER),
    (RED, CARD),
    (RED, RED_PALE),
    (CARD, INK),
    (CARD, BLUE),
    (CARD, GREEN),
    (CARD, RED),
)
"""Pairs (words, ground) that may be used for text of any size."""

MARK_PAIRS: Final[tuple[tuple[str, str], ...]] = (
    (INK, GOLD),
    (INK, PAPER),
    (BLUE, PAPER),
    (BLUE, SAND),
    (BLUE, HONEY),
    (BLUE, CREAM),
    (BLUE, GOLD),
    (BLUE, GOLD_PALE),
    (GOLD_DEEP, PAPER),
    (GOLD_DEEP, SAND),
    (GOLD_DEEP, HONEY),
    (GOLD_DEEP, CREAM),
    (GOLD_DEEP, GOLD),
    (LINE, PAPER),
    (LINE, CARD),
    (LINE, SAND),
    (LINE, HONEY),
)
"""Pairs (mark, ground) that may be used for lines, shapes, borders and focus rings."""


_DARK: Final = 0.04045  # below it, sRGB is a straight line


def contrast(one: str, other: str) -> float:
    """Measure the contrast of two colours ("#RRGGBB") by WCAG 2.2: 1.0 (same) to 21.0."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= _DARK else ((channel + 0.055) / 1.055) ** 2.4
