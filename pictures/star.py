"""Draws one person's star now over their star last time; keeps nothing and judges nothing.

Now is filled gold with a round dot and its number; last time is a dashed blue line with an open
square and its number: shape, line and number tell them apart without any colour. What was not
answered is a gap: the rings stop there and a sign outside them says so; it is never a point.
Areas that bring a symbol get a small drawing above their name, for those who read pictures first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle, product
from typing import Final

from pictures import marks, press
from pictures.faults import PictureFault
from pictures.geometry import Dial, rounded_box
from pictures.layout import Placing, Room, place_largest
from pictures.legend import LegendStyle, Swatch, set_legend
from pictures.palette import BLUE_PALE, GOLD_PALE, GREEN_PALE, INK, PAPER, RED_PALE
from pictures.portrait import Portrait
from pictures.sheet import Lettering, Look, Sheet
from pictures.symbols import draw_symbol, find_symbol
from pictures.tables import TextTable
from pictures.typesetting import Block, set_block

WIDTH: Final = 1080

_EDGE: Final = 28.0  # nothing is drawn nearer to the edge of the picture
_GAP: Final = 36.0  # between title, star and legend
_SOFT: Final = 60.0
_TITLE: Final = Lettering(58, INK, bold=True)
_NAME_SIZES: Final = (41, 37, 33)
_NAME_BESIDE: Final = (310.0, 255.0, 225.0)  # widest name left and right of the star, in turn
_NAME_ABOVE: Final = 430.0  # and above and below it
_BADGE: Final = 44.0
_BADGE_GROUNDS: Final = (GOLD_PALE, BLUE_PALE, GREEN_PALE, RED_PALE)
_LEGEND: Final = LegendStyle(Lettering(39, INK), marks.SWATCH, 78, 26)
_RIM: Final = 430.0


@dataclass(frozen=True, slots=True)
class Ray:
    """One area of a person's star: its name, the steps chosen now and last time, a symbol.

    A step is a whole number from 1 to `steps`, or None when the area was not answered. `symbol`
    is a name or an emoji known to `pictures.symbols`; anything else draws nothing.
    """

    label: str
    now: int | None
    before: int | None
    symbol: str = ""


def draw_star(
    rays: Sequence[Ray],
    *,
    steps: int = 5,
    title: str,
    now_label: str,
    before_label: str | None,
    skipped_label: str,
) -> bytes:
    """Draw a star as PNG, 1080 pixels wide and at least as high.

    `rays` (3 to 10) stand in the order in which they were asked, the first at the top, the others
    clockwise. `before_label` is None for a first star. The same input gives the same bytes (with
    the same matplotlib). May be called from any thread; the first call loads matplotlib.
    Raises PictureFault when a step is off the scale, the number of areas or steps cannot be drawn,
    a first star brings values of last time, or the names are far too long.
    """
    entries: list[tuple[Swatch, str]] = [(marks.swatch_now, now_label)]
    if before_label is None and any(ray.before is not None for ray in rays):
        msg = "a first star has no last time: give before_label, or leave `before` empty"
        raise PictureFault(msg)
    if before_label is not None:
        entries.append((marks.swatch_before, before_label))
    if any(ray.now is None for ray in rays):
        entries.append((marks.swatch_skipped, skipped_label))
    return press.print_png(compose_star(rays, steps, title, entries))


def list_star(
    rays: Sequence[Ray],
    *,
    area_label: str,
    now_label: str,
    before_label: str | None,
    skipped_label: str,
) -> TextTable:
    """Give what the star shows as text, a row an area; a dash where last time has nothing."""
    today = [skipped_label if ray.now is None else str(ray.now) for ray in rays]
    if before_label is None:
        rows = [(ray.label, now) for ray, now in zip(rays, today, strict=True)]
        return TextTable((area_label, now_label), tuple(rows))
    earlier = ["–" if ray.before is None else str(ray.before) for ray in rays]
    compared = zip((ray.label for ray in rays), today, earlier, strict=True)
    return TextTable((area_label, now_label, before_label), tuple(compared))


def compose_star(
    rays: Sequence[Ray], steps: int, title: str, entries: Sequence[tuple[Swatch, str]]
) -> Sheet:
    """Put the star, its title and its legend on a sheet; see `draw_star`."""
    head = set_block(title, _TITLE, WIDTH - 4 * _EDGE)
    legend = set_legend(entries, WIDTH - 2 * _EDGE, _LEGEND)
    names, placing = _place(
        tuple(ray.label for ray in rays),
        steps,
        has_symbols=any(find_symbol(ray.symbol) for ray in rays),
        has_signs=any(ray.now is None for ray in rays),
    )
    centre = (WIDTH / 2, _EDGE + legend.height + _GAP - placing.bottom)
    top = centre[1] + placing.top + _GAP + head.height
    sheet = Sheet(WIDTH, max(round(top + _EDGE), WIDTH), PAPER)
    sheet.lines((WIDTH / 2, top), head.lines, _TITLE)
    legend.draw(sheet, (WIDTH / 2, _EDGE + legend.height))
    portrait = Portrait(sheet, centre, placing.dial, _SOFT)
    now = [ray.now for ray in rays]
    portrait.rings(now)
    for at, ray in enumerate(rays):
        if ray.now is None:
            portrait.skip(at, ray.before)
    _draw_names(portrait, placing, names)
    _draw_badges(portrait, placing, rays)
    portrait.filled(now)
    portrait.dashed([ray.before for ray in rays])
    for at, ray in enumerate(rays):
        _draw_numbers(portrait, at, ray)
    return sheet


@lru_cache(maxsize=64)
def _place(
    labels: tuple[str, ...], steps: int, *, has_symbols: bool, has_signs: bool
) -> tuple[Sequence[Block], Placing]:
    """Find the places of the names, once for all who answer the same questions."""
    hub = 50.0 + 2 * len(labels)
    dial = Dial(len(labels), steps, hub, _RIM)
    room = Room(
        half_width=WIDTH / 2 - _EDGE,
        mark=2 * marks.SIGN if has_signs else marks.FRAME / 2,
        gap=12.0,
        smallest=hub + steps * marks.APART,
        badge=_BADGE if has_symbols else 0.0,
        badge_at=2 * marks.SIGN + _BADGE + 4 if has_symbols else 0.0,
    )
    return place_largest(dial, room, _set_names(labels, dial))


def _set_names(labels: Sequence[str], dial: Dial) -> Iterator[list[Block]]:
    """Set all names in ever smaller letters and narrower lines."""
    for size, beside in product(_NAME_SIZES, _NAME_BESIDE):
        lettering = Lettering(size, INK, bold=True)
        yield [
            set_block(label, lettering, beside if dial.points_aside(at) else _NAME_ABOVE)
            for at, label in enumerate(labels)
        ]


def _draw_names(portrait: Portrait, placing: Placing, names: Sequence[Block]) -> None:
    for name, box in zip(names, placing.names, strict=True):
        x, y = portrait.put(box.middle)
        # A name that reaches over the rings gets a clear ground.
        clear = rounded_box((x, y), (name.width + 24, name.height + 6), 24)
        portrait.sheet.area(clear, Look(fill=PAPER))
        portrait.sheet.lines((x, y + name.height / 2), name.lines, name.lettering)


def _draw_badges(portrait: Portrait, placing: Placing, rays: Sequence[Ray]) -> None:
    for ray, end, ground in zip(rays, placing.badges, cycle(_BADGE_GROUNDS), strict=False):
        symbol = find_symbol(ray.symbol)
        if symbol:
            at = portrait.put(end)
            portrait.sheet.disc(at, _BADGE, Look(fill=ground))
            draw_symbol(portrait.sheet, symbol, at, _BADGE * 0.64, INK)


def _draw_numbers(portrait: Portrait, at: int, ray: Ray) -> None:
    if ray.now is not None and ray.now == ray.before:
        marks.mark_same(portrait.sheet, portrait.point(at, ray.now), str(ray.now))
        return
    if ray.before is not None:
        marks.mark_before(portrait.sheet, portrait.point(at, ray.before), str(ray.before))
    if ray.now is not None:
        marks.mark_now(portrait.sheet, portrait.point(at, ray.now), str(ray.now))
