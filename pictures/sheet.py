"""Holds a picture as plain data, a list of shapes and words; draws nothing and measures nothing.

Coordinates are pixels (units of the viewBox in SVG) with (0, 0) at the lower left and y upwards.
What is added later lies on top.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pictures.geometry import Point

CAPITAL: Final = 0.73
"""Height of a capital or a digit as a share of the font size (DejaVu Sans)."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a shape is inked: colours as "#RRGGBB" or None, line `width` and `dash` in pixels.

    `dash` is (drawn, left out) and needs a width. `strength` runs from 0 (invisible) to 1.
    """

    fill: str | None = None
    edge: str | None = None
    width: float = 0.0
    dash: tuple[float, float] | None = None
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Lettering:
    """How words are set: font size in pixels, colour and weight."""

    size: float
    colour: str
    bold: bool = False

    @property
    def line(self) -> float:
        """The distance from one line of words to the next, in pixels."""
        return self.size * 1.24


@dataclass(frozen=True, slots=True)
class Shape:
    """A line through points, or an area when `closed`."""

    points: tuple[Point, ...]
    look: Look
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Disc:
    """A circle."""

    centre: Point
    radius: float
    look: Look


@dataclass(frozen=True, slots=True)
class Words:
    """One line of words; `anchor` is the share of its width that lies left of `at`.

    `at` is halfway up the capitals, so that digits sit in the middle of a mark.
    """

    at: Point
    text: str
    lettering: Lettering
    anchor: float = 0.5


Mark = Shape | Disc | Words


@dataclass(slots=True)
class Sheet:
    """A picture in the making: its size in pixels, its ground, its marks from back to front."""

    width: int
    height: int
    ground: str
    marks: list[Mark] = field(default_factory=list)

    def area(self, points: Sequence[Point], look: Look) -> None:
        """Add a closed shape."""
        self.marks.append(Shape(tuple(points), look))

    def line(self, points: Sequence[Point], look: Look) -> None:
        """Add an open line."""
        self.marks.append(Shape(tuple(points), look, closed=False))

    def disc(self, centre: Point, radius: float, look: Look) -> None:
        """Add a circle."""
        self.marks.append(Disc(centre, radius, look))

    def words(self, at: Point, text: str, lettering: Lettering, anchor: float = 0.5) -> None:
        """Add one line of words; an empty line adds nothing."""
        if text:
            self.marks.append(Words(at, text, lettering, anchor))

    def lines(
        self, top: Point, lines: Sequence[str], lettering: Lettering, anchor: float = 0.5
    ) -> None:
        """Add lines of words one below the other, the first just under `top`."""
        for number, text in enumerate(lines):
            y = top[1] - lettering.line * (number + 0.5)
            self.words((top[0], y), text, lettering, anchor)
