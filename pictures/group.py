"""Draws a group's first and last star for a page; sees only figures that may be published.

None means withheld here, and is shown as withheld: hatched and in words, never as a point. The
result is SVG without inline code (see pictures.vector), for a page or as an image of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from pictures import marks
from pictures.geometry import Dial, Point, rounded_box
from pictures.layout import Box, Placing, Room, place_largest
from pictures.legend import LegendStyle, Swatch, set_legend
from pictures.palette import CARD, INK, QUIET
from pictures.portrait import Portrait
from pictures.sheet import Lettering, Look, Sheet
from pictures.tables import TextTable, write_figure
from pictures.typesetting import Block, set_block
from pictures.vector import print_svg

WIDTH: Final = 1080

_EDGE: Final = 28.0
_GAP: Final = 34.0
_SOFT: Final = 50.0
_RIM: Final = 420.0
_SMALLEST_RIM: Final = 220.0
_HUB: Final = 40.0
_TITLE: Final = Lettering(46, INK, bold=True)
_NAME_SIZES: Final = (36, 32)
_NAME_BESIDE: Final = (300.0, 230.0)
_NAME_ABOVE: Final = 430.0
_FIGURE: Final = Lettering(34, INK)
_WITHHELD: Final = Lettering(32, QUIET)
_RING: Final = Lettering(28, INK)
_SIGN: Final = 48.0  # room for a sign before a figure
_BETWEEN: Final = 26.0
_LEGEND: Final = LegendStyle(Lettering(36, INK), marks.SWATCH, 72, 24)


@dataclass(frozen=True, slots=True)
class GroupRay:
    """One area of a group's star: the mean step first and last, 1 to `steps`; None is withheld."""

    label: str
    first: float | None
    last: float | None

    @property
    def is_withheld(self) -> bool:
        """Tell whether neither figure may be shown."""
        return self.first is None and self.last is None


@dataclass(frozen=True, slots=True)
class _Caption:
    """An area's name and, below it, its figures or the word for withheld."""

    name: Block
    figures: tuple[Block, ...]

    @property
    def row(self) -> float:
        """The width of the figures with a sign before each; a lone word has no sign."""
        widths = [block.width for block in self.figures]
        if len(widths) == 1:
            return widths[0]
        return sum(widths) + 2 * _SIGN + _BETWEEN

    @property
    def size(self) -> Point:
        """The width and height of it all."""
        below = max(block.height for block in self.figures)
        return max(self.name.width, self.row), self.name.height + below


def draw_group_star(
    rays: Sequence[GroupRay],
    *,
    steps: int = 5,
    title: str,
    first_label: str,
    last_label: str,
    withheld_label: str,
) -> bytes:
    """Draw a group's first and last star as SVG, 1080 units wide.

    `rays` (3 to 10) start at the top and go clockwise. Raises PictureFault when a mean is off the
    scale or the areas cannot be drawn. The same input gives the same bytes.
    """
    entries: list[tuple[Swatch, str]] = [
        (marks.swatch_now, last_label),
        (marks.swatch_before, first_label),
    ]
    if any(ray.is_withheld for ray in rays):
        entries.append((marks.swatch_withheld, withheld_label))
    return print_svg(compose_group_star(rays, steps, title, withheld_label, entries), title)


def list_group_star(
    rays: Sequence[GroupRay],
    *,
    area_label: str,
    first_label: str,
    last_label: str,
    withheld_label: str,
) -> TextTable:
    """Give what the star shows as text, a row an area."""

    def say(value: float | None) -> str:
        return withheld_label if value is None else write_figure(value)

    rows = tuple((ray.label, say(ray.first), say(ray.last)) for ray in rays)
    return TextTable((area_label, first_label, last_label), rows)


def compose_group_star(
    rays: Sequence[GroupRay],
    steps: int,
    title: str,
    withheld_label: str,
    entries: Sequence[tuple[Swatch, str]],
) -> Sheet:
    """Put the star, its title and its legend on a sheet; see `draw_group_star`."""
    head = set_block(title, _TITLE, WIDTH - 4 * _EDGE)
    legend = set_legend(entries, WIDTH - 2 * _EDGE, _LEGEND)
    captions, placing = _place(rays, steps, withheld_label)
    centre = (WIDTH / 2, _EDGE + legend.height + _GAP - placing.bottom)
    top = centre[1] + placing.top + _GAP + head.height
    sheet = Sheet(WIDTH, round(top + _EDGE), CARD)
    sheet.lines((WIDTH / 2, top), head.lines, _TITLE)
    legend.draw(sheet, (WIDTH / 2, _EDGE + legend.height))
    portrait = Portrait(sheet, centre, placing.dial, _SOFT)
    _draw_star(portrait, rays)
    for caption, box in zip(captions, placing.names, strict=True):
        _draw_caption(portrait, caption, box)
    return sheet


def _place(
    rays: Sequence[GroupRay], steps: int, withheld_label: str
) -> tuple[Sequence[_Caption], Placing]:
    dial = Dial(len(rays), steps, _HUB, _RIM, tip=12.0)
    room = Room(WIDTH / 2 - _EDGE, mark=2 * marks.POINT, gap=12.0, smallest=_SMALLEST_RIM)

    def set_all() -> Iterator[list[_Caption]]:
        for size, beside in product(_NAME_SIZES, _NAME_BESIDE):
            widths = (beside if dial.points_aside(at) else _NAME_ABOVE for at in range(len(rays)))
            yield [
                _set_caption(ray, withheld_label, size, width)
                for ray, width in zip(rays, widths, strict=True)
            ]

    return place_largest(dial, room, set_all())


def _set_caption(ray: GroupRay, withheld_label: str, size: float, width: float) -> _Caption:
    name = set_block(ray.label, Lettering(size, INK, bold=True), width)
    if ray.is_withheld:
        return _Caption(name, (set_block(withheld_label, _WITHHELD, width),))
    figures = (
        set_block(withheld_label, _WITHHELD, width / 2)
        if value is None
        else set_block(write_figure(value), _FIGURE, width)
        for value in (ray.first, ray.last)
    )
    return _Caption(name, tuple(figures))


def _draw_star(portrait: Portrait, rays: Sequence[GroupRay]) -> None:
    portrait.rings([None if ray.is_withheld else portrait.dial.steps for ray in rays])
    for at, ray in enumerate(rays):
        if ray.is_withheld:
            portrait.withhold(at)
    portrait.filled([ray.last for ray in rays])
    portrait.dashed([ray.first for ray in rays])
    _number_rings(portrait, rays)
    for at, ray in enumerate(rays):
        if ray.first is not None:
            marks.point_first(portrait.sheet, portrait.point(at, ray.first))
        if ray.last is not None:
            marks.point_last(portrait.sheet, portrait.point(at, ray.last))


def _number_rings(portrait: Portrait, rays: Sequence[GroupRay]) -> None:
    """Number the rings midway between the first two neighbours that are both shown."""
    for at, ray in enumerate(rays):
        if not ray.is_withheld and not rays[at - 1].is_withheld:
            for step in range(1, portrait.dial.steps + 1):
                place = portrait.dial.along(at - 0.5, portrait.dial.radius(step))
                portrait.sheet.words(portrait.put(place), str(step), _RING)
            return


def _draw_caption(portrait: Portrait, caption: _Caption, box: Box) -> None:
    x, y = portrait.put(box.middle)
    sheet = portrait.sheet
    clear = rounded_box((x, y), (box.size[0] + 24, box.size[1] + 6), 24)
    sheet.area(clear, Look(fill=sheet.ground))
    top = y + box.size[1] / 2
    sheet.lines((x, top), caption.name.lines, caption.name.lettering)
    below = top - caption.name.height
    if len(caption.figures) == 1:
        sheet.lines((x, below), caption.figures[0].lines, _WITHHELD)
        return
    left = x - caption.row / 2
    for sign, block in zip((marks.point_first, marks.point_last), caption.figures, strict=True):
        sign(sheet, (left + marks.POINT * 1.3, below - block.lettering.line / 2))
        start = left + _SIGN
        sheet.lines((start, below), block.lines, block.lettering, anchor=0)
        left = start + block.width + _BETWEEN
