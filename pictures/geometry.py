"""Turns values into points and soft outlines around a centre; draws nothing and rounds nothing up.

Lengths are pixels, the centre is (0, 0), y grows upwards, the first ray points to the top and the
others follow clockwise. A missing value is a gap in the outline: it never becomes a point.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pictures.faults import PictureFault

FEWEST_RAYS: Final = 3
MOST_RAYS: Final = 10
FEWEST_STEPS: Final = 2
MOST_STEPS: Final = 5

_ASIDE: Final = 0.5  # the share of a ray's length that goes sideways
_WAIST: Final = 0.68
_SHOULDER: Final = 0.45  # where a petal beside a gap leaves the edge of the gap, of its length
_CORNER_SAMPLES: Final = 7


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Dial:
    """The rings and spokes that a star is drawn on.

    `hub` is the radius (pixels) of the empty middle: the lowest step lies one ring outside it, so
    that even the smallest answer has a length and nothing is ever drawn as nought. `rim` is the
    radius of the highest step, `tip` half the width of a ray's blunt end.
    """

    rays: int
    steps: int
    hub: float
    rim: float
    tip: float = 24.0

    def __post_init__(self) -> None:
        """Refuse a dial on which marks would lie on top of each other (PictureFault)."""
        if not FEWEST_RAYS <= self.rays <= MOST_RAYS:
            msg = f"a star has {FEWEST_RAYS} to {MOST_RAYS} areas, not {self.rays}: split it"
            raise PictureFault(msg)
        if not FEWEST_STEPS <= self.steps <= MOST_STEPS:
            msg = f"a star has {FEWEST_STEPS} to {MOST_STEPS} steps, not {self.steps}"
            raise PictureFault(msg)

    @property
    def ring(self) -> float:
        """The distance between two steps, in pixels."""
        return (self.rim - self.hub) / self.steps

    def direction(self, ray: float) -> Point:
        """Give the unit vector of a ray; a half number lies midway between two rays."""
        angle = math.pi / 2 - 2 * math.pi * ray / self.rays
        return math.cos(angle), math.sin(angle)

    def along(self, ray: float, radius: float) -> Point:
        """Give the point at `radius` pixels from the centre on a ray."""
        across, up = self.direction(ray)
        return across * radius, up * radius

    def radius(self, value: float) -> float:
        """Give the radius of a value between 1 and `steps`; PictureFault outside."""
        if not 1 <= value <= self.steps:
            msg = f"a value on this star lies between 1 and {self.steps}; leave it out if unknown"
            raise PictureFault(msg)
        return self.hub + self.ring * value

    def point(self, ray: int, value: float) -> Point:
        """Give the point of a value on a ray; PictureFault for a value off the scale."""
        return self.along(ray, self.radius(value))

    def points_aside(self, ray: int) -> bool:
        """Tell whether a ray points to the left or right rather than up or down."""
        return abs(self.direction(ray)[0]) > _ASIDE

    @property
    def waist(self) -> float:
        """How far in the outline swings between two equal rays, as a share of their radius.

        Straight sides would be cos(pi / rays); a little less gives the star its points.
        """
        return _WAIST * math.cos(math.pi / self.rays)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of outline without a gap: `rays` in clockwise order and the corners between them.

    A whole outline is closed and has no ends. A piece beside a gap starts and ends midway to the
    missing ray, and is closed through the centre; it is wide when it takes more than half a turn.
    """

    rays: tuple[int, ...]
    corners: tuple[Point, ...]
    whole: bool
    is_wide: bool

    def area(self, softness: float) -> tuple[Point, ...]:
        """Give the polygon to fill, its corners rounded by at most `softness` pixels each way."""
        if self.whole:
            return soften(self.corners, softness)
        middle = (0.0, 0.0)
        # Rounding the middle of a piece wider than half a turn would reach into the gap.
        return soften((*self.corners, middle), softness, but=middle if self.is_wide else None)


def outline(dial: Dial, values: Sequence[float | None]) -> tuple[Stretch, ...]:
    """Give the star's outline through the values, one stretch for each run without a gap.

    `values` has one entry a ray, None where there is nothing to show. Raises PictureFault when
    the number of values is not the dial's number of rays, or a value is off the scale.
    """
    if len(values) != dial.rays:
        msg = f"this star has {dial.rays} rays, and {len(values)} values were given"
        raise PictureFault(msg)
    return tuple(_stretch(dial, values, run) for run in _runs(values))


def _runs(values: Sequence[float | None]) -> list[tuple[int, ...]]:
    """Collect the present rays that are neighbours, going once round from a gap."""
    count = len(values)
    gap = next((ray for ray in range(count) if values[ray] is None), None)
    if gap is None:
        return [tuple(range(count))]
    runs: list[list[int]] = [[]]
    for ray in ((gap + step) % count for step in range(1, count + 1)):
        if values[ray] is not None:
            runs[-1].append(ray)
        elif runs[-1]:
            runs.append([])
    return [tuple(run) for run in runs if run]


def _stretch(dial: Dial, values: Sequence[float | None], run: tuple[int, ...]) -> Stretch:
    radii = [dial.radius(value) for ray in run if (value := values[ray]) is not None]
    whole = len(run) == dial.rays
    corners: list[Point] = []
    for ray, radius, after in zip(run, radii, [*radii[1:], radii[0]], strict=True):
        corners += _tip(dial, ray, radius)
        corners.append(dial.along(ray + 0.5, max(dial.hub, dial.waist * min(radius, after))))
    if not whole:
        corners[-1] = dial.along(run[-1] + 0.5, max(dial.hub, _SHOULDER * radii[-1]))
        corners.insert(0, dial.along(run[0] - 0.5, max(dial.hub, _SHOULDER * radii[0])))
    return Stretch(run, tuple(corners), whole, is_wide=2 * len(run) > dial.rays)


def _tip(dial: Dial, ray: int, radius: float) -> list[Point]:
    """Give the two corners of a blunt end; both lie on the value's ring, not outside it."""
    turn = min(dial.tip / radius * dial.rays / (2 * math.pi), 0.3)
    return [dial.along(ray - turn, radius), dial.along(ray + turn, radius)]


def soften(
    corners: Sequence[Point], softness: float, *, but: Point | None = None
) -> tuple[Point, ...]:
    """Round every corner of a polygon with a curve that starts at most `softness` before it.

    The result stays inside the hull of the corners. The corner `but` is left sharp.
    """
    soft: list[Point] = []
    for at, here in enumerate(corners):
        if here == but:
            soft.append(here)
            continue
        start = _towards(here, corners[at - 1], softness)
        end = _towards(here, corners[(at + 1) % len(corners)], softness)
        soft.extend(_curve(start, here, end))
    return tuple(soft)


def _towards(here: Point, there: Point, most: float) -> Point:
    """Go from one corner towards another, never past 45 % of the way."""
    length = math.dist(here, there)
    share = min(most / length, 0.45) if length else 0.0
    return here[0] + (there[0] - here[0]) * share, here[1] + (there[1] - here[1]) * share


def _curve(start: Point, bend: Point, end: Point) -> list[Point]:
    """Sample a quadratic Bezier curve, ends included."""
    points = []
    for sample in range(_CORNER_SAMPLES + 1):
        t = sample / _CORNER_SAMPLES
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
        points.append(
            (
                a * start[0] + b * bend[0] + c * end[0],
                a * start[1] + b * bend[1] + c * end[1],
            )
        )
    return points


def rounded_box(middle: Point, size: Point, softness: float) -> tuple[Point, ...]:
    """Give a rectangle of `size` (width, height) around `middle` with rounded corners."""
    x, y = middle
    across, up = size[0] / 2, size[1] / 2
    box = ((x - across, y - up), (x + across, y - up), (x + across, y + up), (x - across, y + up))
    return soften(box, softness)


def hatch(area: Sequence[Point], spacing: float) -> tuple[tuple[Point, Point], ...]:
    """Give slanting lines, `spacing` pixels apart, that cover a convex area and stay inside it."""
    # A line of the hatch is where x - y has one value.
    offsets = [x - y for x, y in area]
    first, last = min(offsets), max(offsets)
    count = math.floor((last - first) / (spacing * math.sqrt(2)))
    lines = []
    for number in range(1, count + 1):
        ends = _crossings(area, first + number * (last - first) / (count + 1))
        lines.append((min(ends), max(ends)))
    return tuple(lines)


def _crossings(area: Sequence[Point], offset: float) -> list[Point]:
    """Find where the edges of an area meet the line x - y = offset."""
    found = []
    for at, end in enumerate(area):
        start = area[at - 1]
        before, after = start[0] - start[1] - offset, end[0] - end[1] - offset
        if before * after <= 0 and before != after:
            share = before / (before - after)
            found.append(
                (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
            )
    return found
