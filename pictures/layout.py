"""Finds room for the names around a star: as large a star as possible, no name on a mark.

Pure arithmetic on boxes and circles; draws nothing and knows no words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol, TypeVar

from pictures.faults import PictureFault
from pictures.geometry import Dial, Point

Size = tuple[float, float]
S = TypeVar("S", bound="Sized")

_SHRINK: Final = 8.0  # pixels the rim gives way in one try
_SLIDE: Final = 6.0  # pixels a name moves in one try
_SLIDES: Final = 50
_LEVEL: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Spot:
    """A circle that must stay free of names."""

    middle: Point
    radius: float


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle around its middle."""

    middle: Point
    size: Size

    @property
    def bottom(self) -> float:
        """The smallest y."""
        return self.middle[1] - self.size[1] / 2

    @property
    def top(self) -> float:
        """The largest y."""
        return self.middle[1] + self.size[1] / 2

    def meets(self, other: Box, gap: float) -> bool:
        """Tell whether less than `gap` pixels lie between two boxes."""
        across = abs(self.middle[0] - other.middle[0]) - (self.size[0] + other.size[0]) / 2
        up = abs(self.middle[1] - other.middle[1]) - (self.size[1] + other.size[1]) / 2
        return across < gap and up < gap

    def distance(self, point: Point) -> float:
        """Measure how far a point lies outside the box; 0 inside."""
        across = max(abs(point[0] - self.middle[0]) - self.size[0] / 2, 0.0)
        up = max(abs(point[1] - self.middle[1]) - self.size[1] / 2, 0.0)
        return math.hypot(across, up)


@dataclass(frozen=True, slots=True)
class Room:
    """What the search may use, in pixels.

    `half_width` is how far anything may reach to either side, `mark` the radius of the largest
    mark on a ray, `gap` the free space around a name, `smallest` the rim below which to give up.
    `badge` is the radius of a badge beyond the end of every ray, `badge_at` how far beyond the
    rim its middle lies; without badges both are 0.
    """

    half_width: float
    mark: float
    gap: float
    smallest: float
    badge: float = 0.0
    badge_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Placing:
    """A dial that fits, and the box of every ray's name relative to the dial's centre."""

    dial: Dial
    names: tuple[Box, ...]
    badges: tuple[Point, ...]

    @property
    def top(self) -> float:
        """How far the highest name or ring reaches above the centre."""
        return max(self.dial.rim, *(box.top for box in self.names))

    @property
    def bottom(self) -> float:
        """How far the lowest name or ring reaches below the centre, as a negative number."""
        return min(-self.dial.rim, *(box.bottom for box in self.names))


class Sized(Protocol):
    """Something that takes room."""

    @property
    def size(self) -> Size:
        """The width and height it takes."""


def place_largest(
    dial: Dial, room: Room, attempts: Iterable[Sequence[S]]
) -> tuple[Sequence[S], Placing]:
    """Take the first set of names, largest letters first, for which there is room.

    Raises PictureFault when there is room for none of them.
    """
    for names in attempts:
        placing = place(dial, [name.size for name in names], room)
        if placing:
            return names, placing
    msg = "the names of the areas leave no room for the star: make them shorter"
    raise PictureFault(msg)


def place(dial: Dial, sizes: Sequence[Size], room: Room) -> Placing | None:
    """Shrink the dial until every name (`sizes`: width, height) finds a place beside its ray.

    None when even the smallest dial leaves no room. A name that is placed lies on no mark and no
    other name, and is nearer to the end of its own ray than to the end of any other.
    """
    rim = min(dial.rim, room.half_width - room.badge_at - max(room.badge, room.mark))
    while rim >= room.smallest:
        smaller = replace(dial, rim=rim)
        ends = [smaller.along(ray, rim + room.badge_at) for ray in range(dial.rays)]
        names = _names(smaller, ends, sizes, room)
        if names is not None:
            return Placing(smaller, names, tuple(ends))
        rim -= _SHRINK
    return None


def _names(
    dial: Dial, ends: Sequence[Point], sizes: Sequence[Size], room: Room
) -> tuple[Box, ...] | None:
    taken = [*_star(dial, room.mark), *(Spot(end, room.badge) for end in ends)]
    names: list[Box] = []
    for ray, size in enumerate(sizes):
        free = (
            box
            for box in _tries(dial, ray, size, room)
            if all(box.distance(spot.middle) > spot.radius + room.gap for spot in taken)
            and not any(box.meets(name, room.gap) for name in names)
        )
        found = next(free, None)
        if found is None or min(ends, key=found.distance) is not ends[ray]:
            return None
        names.append(found)
    return tuple(names)


def _tries(dial: Dial, ray: int, size: Size, room: Room) -> Iterator[Box]:
    """Start just outside the ray's end, then slide up or down, away from the middle."""
    across, up = dial.direction(ray)
    reach = room.half_width - size[0] / 2
    if reach < 0:
        return
    start = dial.rim + room.badge_at + max(room.badge, room.mark) + room.gap
    beside = min(1.0, abs(across) * 1.5) * size[0] / 2
    x = across * start + math.copysign(beside, across)
    y = up * (start + size[1] / 2)
    away = math.copysign(_SLIDE, up) if abs(up) > _LEVEL else _SLIDE
    for slide in range(_SLIDES):
        yield Box((min(max(x, -reach), reach), y + away * slide), size)


def _star(dial: Dial, mark: float) -> Iterator[Spot]:
    """Cover the largest star that could be drawn on the dial with circles."""
    waist = dial.rim * dial.waist
    thick = waist * math.sin(math.pi / dial.rays)
    begin = waist * math.cos(math.pi / dial.rays)
    yield Spot((0.0, 0.0), waist)
    for ray in range(dial.rays):
        yield Spot(dial.along(ray, dial.rim), mark)
        for share in (0.0, 0.2, 0.4, 0.6, 0.8):
            radius = max(thick * (1 - share), mark)
            yield Spot(dial.along(ray, begin + (dial.rim - begin) * share), radius)
