"""Small drawings that stand beside the name of an area; they show the area, never an answer.

They are drawn here because no emoji font can be counted on. An instrument may name one ("home")
or use an emoji that means the same; what is not known gets no drawing rather than an empty box.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from pictures.geometry import Dial, Point, outline, soften
from pictures.sheet import Look, Sheet

_LINE: Final = 0.17  # thickness of a line, in units of the drawing (its radius is 1)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line, or the outline of an area when `closed`."""

    points: tuple[Point, ...]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Blot:
    """A filled area."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """A filled circle."""

    centre: Point
    radius: float


Symbol = tuple[Stroke | Blot | Round, ...]


def _arc(centre: Point, radius: float, start: float, end: float) -> tuple[Point, ...]:
    """Sample an arc; angles in degrees, anticlockwise from the right."""
    angles = [math.radians(start + (end - start) * part / 24) for part in range(25)]
    return tuple(
        (centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in angles
    )


def _ray(centre: Point, start: float, end: float, turn: float) -> tuple[Point, ...]:
    """Give a line that points away from a centre; `turn` in degrees."""
    return _arc(centre, start, turn, turn)[:1] + _arc(centre, end, turn, turn)[:1]


def _heart(centre: Point, size: float) -> tuple[Point, ...]:
    """Sample the well-known heart curve."""
    points = []
    for part in range(48):
        t = 2 * math.pi * part / 48
        across = math.sin(t) ** 3
        up = (13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)) / 16
        points.append((centre[0] + size * across, centre[1] + size * (up + 0.12)))
    return tuple(points)


def _star() -> tuple[Point, ...]:
    corners = outline(Dial(rays=5, steps=2, hub=0.1, rim=0.95, tip=0.03), [2] * 5)
    return corners[0].area(0.12)


def _person(across: float) -> Symbol:
    return (Round((across, 0.32), 0.27), Blot(_arc((across, -0.62), 0.36, 180, 0)))


_SYMBOLS: Final[dict[str, Symbol]] = {
    "body": (
        Round((0, 0.66), 0.24),
        Stroke(((-0.68, 0.38), (0, 0.14), (0.68, 0.38))),
        Stroke(((0, 0.14), (0, -0.24))),
        Stroke(((-0.42, -0.86), (0, -0.24), (0.42, -0.86))),
    ),
    "home": (
        Stroke(((-0.84, 0.02), (0, 0.76), (0.84, 0.02))),
        Stroke(((-0.58, 0.1), (-0.58, -0.7), (0.58, -0.7), (0.58, 0.1))),
        Blot(((-0.17, -0.7), (-0.17, -0.16), (0.17, -0.16), (0.17, -0.7))),
    ),
    "safe": (
        Stroke(
            soften(
                ((0, 0.84), (0.68, 0.58), (0.64, -0.2), (0, -0.86), (-0.64, -0.2), (-0.68, 0.58)),
                0.16,
            ),
            closed=True,
        ),
        Stroke(((-0.28, 0.02), (-0.06, -0.22), (0.3, 0.28))),
    ),
    "care": (Blot(_heart((0, 0), 0.78)),),
    "feelings": (
        Stroke(_arc((0, 0), 0.8, 0, 360)),
        Round((-0.28, 0.22), 0.11),
        Round((0.28, 0.22), 0.11),
        Stroke(_arc((0, 0.16), 0.5, 228, 312)),
    ),
    "friends": (*_person(-0.42), *_person(0.42)),
    "belief": (Blot(_star()),),
    "learning": (
        Stroke(soften(((0, 0.42), (-0.84, 0.6), (-0.84, -0.42), (0, -0.62)), 0.1), closed=True),
        Stroke(soften(((0, 0.42), (0.84, 0.6), (0.84, -0.42), (0, -0.62)), 0.1), closed=True),
    ),
    "idea": (
        Stroke(_arc((0, 0.22), 0.54, -52, 232)),
        Stroke(((-0.32, -0.2), (-0.24, -0.48), (0.24, -0.48), (0.32, -0.2))),
        Stroke(((-0.14, -0.78), (0.14, -0.78))),
    ),
    "together": (Blot(_heart((-0.3, 0.18), 0.46)), Blot(_heart((0.4, -0.24), 0.4))),
    "talk": (
        Stroke(
            soften(
                (
                    (-0.82, 0.66),
                    (0.82, 0.66),
                    (0.82, -0.34),
                    (-0.06, -0.34),
                    (-0.44, -0.76),
                    (-0.44, -0.34),
                    (-0.82, -0.34),
                ),
                0.2,
            ),
            closed=True,
        ),
        Round((-0.38, 0.16), 0.1),
        Round((0, 0.16), 0.1),
        Round((0.38, 0.16), 0.1),
    ),
    "growing": (
        Stroke(((0, -0.84), (0, 0.3))),
        Blot((*_arc((0.42, 0.1), 0.42, 180, 90), *_arc((0.0, 0.52), 0.42, 0, -90))),
        Blot((*_arc((-0.46, 0.36), 0.46, 0, 90), *_arc((0.0, 0.82), 0.46, 180, 270))),
    ),
    "tree": (
        Stroke(((0, -0.86), (0, -0.1))),
        Round((0, 0.42), 0.4),
        Round((-0.4, 0.06), 0.32),
        Round((0.4, 0.06), 0.32),
        Blot(((-0.4, -0.26), (-0.3, 0.4), (0.3, 0.4), (0.4, -0.26))),
    ),
    "weather": (
        Stroke(_arc((-0.34, 0.4), 0.26, 20, 240)),
        *(Stroke(_ray((-0.34, 0.4), 0.46, 0.56, turn)) for turn in (65, 110, 155, 200)),
        Stroke(
            (
                *_arc((-0.34, -0.36), 0.3, 270, 110),
                *_arc((0.06, -0.12), 0.38, 150, 20),
                *_arc((0.46, -0.34), 0.32, 70, -90),
            ),
            closed=True,
        ),
    ),
    "ball": (
        Stroke(_arc((0, 0), 0.82, 0, 360)),
        Blot(tuple(_ray((0, 0), 0, 0.34, 90 + 72 * corner)[1] for corner in range(5))),
        *(Stroke(_ray((0, 0), 0.3, 0.82, 90 + 72 * corner)) for corner in range(5)),
    ),
}

_EMOJI: Final = {
    "body": "💪🏃🧍🤸🍎🩺",
    "home": "🏠🏡🏘🛏🛋",
    "safe": "🛡🔒🔐🦺☂",
    "care": "❤🧡💛💚💙💜🫶💗💖🤗",
    "feelings": "🙂😊😀😌🎭😐💭",
    "friends": "👫👭👬🧑👥🤝👋",
    "tree": "🌳🌲",
    "weather": "🌦🌤⛅🌥",
    "ball": "⚽🏀🏈🎾",
    "belief": "⭐🌟✨🏅🦁💫",
    "learning": "📚📖🎒🏫✏🎓💼",
    "idea": "💡🧠🔑",
    "together": "💞💕👪👨👩🫂",
    "talk": "💬🗨🗣👂",
    "growing": "🌱🌿🪴🌻",
}

_NAMES: Final = {sign: name for name, signs in _EMOJI.items() for sign in signs}


def find_symbol(name: str) -> Symbol | None:
    """Find the drawing for a name ("home") or an emoji with that meaning; None if there is none."""
    return _SYMBOLS.get(name) or _SYMBOLS.get(_NAMES.get(name[:1], ""))


def symbol_names() -> tuple[str, ...]:
    """List the names an instrument may use."""
    return tuple(_SYMBOLS)


def draw_symbol(sheet: Sheet, symbol: Symbol, centre: Point, radius: float, colour: str) -> None:
    """Draw a symbol within `radius` pixels of `centre`."""
    line = Look(edge=colour, width=_LINE * radius)
    filled = Look(fill=colour, edge=colour, width=_LINE * radius / 3)

    def put(points: tuple[Point, ...]) -> list[Point]:
        return [(centre[0] + x * radius, centre[1] + y * radius) for x, y in points]

    for part in symbol:
        match part:
            case Stroke(points, closed):
                (sheet.area if closed else sheet.line)(put(points), line)
            case Blot(points):
                sheet.area(put(points), filled)
            case Round(middle, size):
                sheet.disc(put((middle,))[0], size * radius, filled)
