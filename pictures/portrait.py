"""Draws rings, stars and their gaps on a sheet; knows values, but neither names nor people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pictures import marks
from pictures.geometry import Dial, Point, hatch, outline
from pictures.palette import CREAM, GOLD, GOLD_PALE, HONEY, LINE, STRAW
from pictures.sheet import Look, Sheet

Values = Sequence[float | None]

_GLOW: Final = ((48.0, 0.18), (34.0, 0.22), (20.0, 0.3))  # line width, strength
_SHINE: Final = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)  # shares of the star's size
_SECTOR: Final = 12  # lines that make up the arc of one ray's share of the rings
_CLEAR: Final = 6.0  # pixels beyond the rim that a gap wipes


@dataclass(frozen=True, slots=True)
class Portrait:
    """A dial with its middle at `centre` of a sheet, and how soft its outlines are (pixels)."""

    sheet: Sheet
    centre: Point
    dial: Dial
    softness: float

    def rings(self, shown: Values) -> None:
        """Draw the rings and spokes; where `shown` has no value they stop."""
        for step in range(self.dial.steps, 0, -1):
            last = step == self.dial.steps
            look = Look(
                fill=CREAM if step % 2 else HONEY,
                edge=LINE if last else STRAW,
                width=3 if last else 2,
            )
            self.sheet.disc(self.centre, self.dial.radius(step), look)
        for ray, value in enumerate(shown):
            if value is not None:
                self._spoke(ray, Look(edge=STRAW, width=3))
        for ray, value in enumerate(shown):
            if value is None:
                # What is not shown has no scale on which it could be read as something.
                self.sheet.area(
                    self._sector(ray, self.dial.rim + _CLEAR), Look(fill=self.sheet.ground)
                )

    def skip(self, ray: int, before: float | None) -> None:
        """Say "not answered" on a ray: a dotted spoke, and a sign outside the last ring.

        Where `before` stands on the last ring, the sign moves in beside it. It cannot be taken
        for a value there either: a gap has no rings.
        """
        self._spoke(ray, marks.UNANSWERED)
        aside = -marks.APART if before == self.dial.steps else marks.SIGN
        at = self.put(self.dial.along(ray, self.dial.rim + aside))
        marks.mark_skipped(self.sheet, at)

    def withhold(self, ray: int) -> None:
        """Say "withheld" on a ray: its share of the rings is hatched."""
        for line in hatch(self._sector(ray, self.dial.rim), marks.HATCH):
            self.sheet.line(line, marks.WITHHELD)

    def filled(self, values: Values) -> None:
        """Draw a shining star through the values; a missing one splits it."""
        for area in self._areas(values):
            for width, strength in _GLOW:
                self.sheet.area(area, Look(edge=GOLD_PALE, width=width, strength=strength))
        for area in self._areas(values):
            self.sheet.area(area, Look(fill=GOLD))
            for share in _SHINE:
                self.sheet.area(self._shrink(area, share), Look(fill=GOLD_PALE, strength=0.17))
            self.sheet.area(area, marks.NOW_EDGE)

    def dashed(self, values: Values) -> None:
        """Draw the broken line of a star through the values; a missing one splits it."""
        for area in self._areas(values):
            self.sheet.area(area, marks.BEFORE_EDGE)

    def point(self, ray: int, value: float) -> Point:
        """Give the place of a value on the sheet."""
        return self.put(self.dial.point(ray, value))

    def put(self, point: Point) -> Point:
        """Move a point of the dial to its place on the sheet."""
        return self.centre[0] + point[0], self.centre[1] + point[1]

    def _areas(self, values: Values) -> list[list[Point]]:
        stretches = outline(self.dial, values)
        return [[self.put(p) for p in stretch.area(self.softness)] for stretch in stretches]

    def _shrink(self, area: Iterable[Point], share: float) -> list[Point]:
        x, y = self.centre
        return [(x + (px - x) * share, y + (py - y) * share) for px, py in area]

    def _spoke(self, ray: int, look: Look) -> None:
        ends = (self.dial.along(ray, 0.0), self.dial.along(ray, self.dial.rim))
        self.sheet.line([self.put(end) for end in ends], look)

    def _sector(self, ray: int, radius: float) -> list[Point]:
        turns = (ray - 0.5 + part / _SECTOR for part in range(_SECTOR + 1))
        return [self.centre, *(self.put(self.dial.along(turn, radius)) for turn in turns)]
