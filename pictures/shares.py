"""Draws shares of a hundred with their likely ranges and honest bounds; computes no figure.

None means that a share is not shown: the row is hatched and says so, and no dot is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pictures import marks
from pictures.faults import PictureFault
from pictures.geometry import Point, rounded_box
from pictures.legend import LegendStyle, Swatch, set_legend
from pictures.palette import BLUE, CARD, CREAM, INK, QUIET, STRAW
from pictures.plot_signs import BOUNDS, swatch_bounds
from pictures.sheet import Lettering, Look, Sheet
from pictures.tables import TextTable
from pictures.typesetting import Block, set_block
from pictures.vector import print_svg

WIDTH: Final = 760
WHOLE: Final = 100

_EDGE: Final = 30.0
_GAP: Final = 30.0
_TRACK: Final = 58.0
_FIGURES: Final = 330.0  # room for the figures of a row, right of its name
_TITLE: Final = Lettering(38, INK, bold=True)
_NAME: Final = Lettering(32, INK)
_FIGURE: Final = Lettering(34, INK, bold=True)
_RANGE: Final = Lettering(28, QUIET)
_TICK: Final = Lettering(28, QUIET)
_LEGEND: Final = LegendStyle(Lettering(28, INK), marks.SWATCH, 52, 10)
_DOT: Final = 17.0
_WHISKER: Final = Look(edge=BLUE, width=7)
_GRID: Final = Look(edge=STRAW, width=3)
_LEFT: Final = _EDGE + 34
_RIGHT: Final = WIDTH - _EDGE - 46
_TICKS: Final = (0, 25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class Share:
    """A share in per cent, the ends of its likely range and its honest bounds; None is not shown.

    The ends come in pairs: `low` and `high`, `least` and `most`. `withheld` says why a share is
    not shown, in a word or two.
    """

    label: str
    value: int | None
    low: int | None = None
    high: int | None = None
    least: int | None = None
    most: int | None = None
    withheld: str = ""

    def __post_init__(self) -> None:
        """Refuse what no share can be (PictureFault)."""
        given = [each for each in (self.value, *self.ends) if each is not None]
        if any(not 0 <= each <= WHOLE for each in given):
            msg = "a share lies between 0 and 100 per cent"
            raise PictureFault(msg)
        pairs = ((self.low, self.high), (self.least, self.most))
        if any((one is None) != (other is None) for one, other in pairs):
            msg = "a range has two ends"
            raise PictureFault(msg)
        if self.value is None and given:
            msg = "a share that is not shown must not leave the ends of its ranges"
            raise PictureFault(msg)

    @property
    def ends(self) -> tuple[int | None, int | None, int | None, int | None]:
        """Both ends of both ranges."""
        return self.low, self.high, self.least, self.most


@dataclass(frozen=True, slots=True)
class ShareWords:
    """What the legend says: the dot, its likely range and the honest bounds."""

    value: str
    likely: str
    bounds: str


def draw_shares(shares: Sequence[Share], *, title: str, words: ShareWords) -> bytes:
    """Draw one track a share as SVG, 760 units wide.

    Raises PictureFault for no shares. The same input gives the same bytes.
    """
    return print_svg(compose_shares(shares, title, words), title)


def list_shares(shares: Sequence[Share], *, head: tuple[str, str, str, str]) -> TextTable:
    """Give what the tracks show as text: name, share, likely range, honest bounds."""
    rows = (
        (
            each.label,
            each.withheld if each.value is None else f"{each.value}%",
            _between(each.low, each.high),
            _between(each.least, each.most),
        )
        for each in shares
    )
    return TextTable(head, tuple(rows))


def compose_shares(shares: Sequence[Share], title: str, words: ShareWords) -> Sheet:
    """Put title, tracks, ticks and legend on a sheet; see `draw_shares`."""
    if not shares:
        msg = "a picture of shares needs at least one share"
        raise PictureFault(msg)
    head = set_block(title, _TITLE, WIDTH - 2 * _EDGE)
    legend = set_legend(_entries(shares, words), WIDTH - 2 * _EDGE, _LEGEND)
    names = [set_block(each.label, _NAME, WIDTH - 2 * _EDGE - _FIGURES) for each in shares]
    rows = sum(_GAP + max(name.height, _FIGURE.line) + _TRACK for name in names)
    bottom = _EDGE + legend.height + _TICK.line + 24
    sheet = Sheet(WIDTH, round(bottom + rows + head.height + _EDGE), CARD)
    top = sheet.height - _EDGE
    sheet.lines((_EDGE, top), head.lines, _TITLE, anchor=0)
    top -= head.height
    legend.draw(sheet, (WIDTH / 2, _EDGE + legend.height))
    for tick in _TICKS:
        sheet.words((_x(tick), bottom - 12 - _TICK.line / 2), f"{tick}%", _TICK)
    for share, name in zip(shares, names, strict=True):
        top -= _GAP + max(name.height, _FIGURE.line)
        _draw_words(sheet, share, name, top)
        _draw_track(sheet, share, (WIDTH / 2, top - _TRACK / 2))
        top -= _TRACK
    return sheet


def _entries(shares: Sequence[Share], words: ShareWords) -> list[tuple[Swatch, str]]:
    """Explain only what is there."""
    shown = [each for each in shares if each.value is not None]
    entries: list[tuple[Swatch, str]] = []
    if shown:
        entries.append((_swatch_dot, words.value))
    if any(each.low is not None for each in shown):
        entries.append((_swatch_likely, words.likely))
    if any(each.least is not None for each in shown):
        entries.append((swatch_bounds, words.bounds))
    return entries


def _x(percent: int) -> float:
    return _LEFT + (_RIGHT - _LEFT) * percent / WHOLE


def _between(low: int | None, high: int | None) -> str:
    return "" if low is None or high is None else f"{low}% to {high}%"


def _draw_words(sheet: Sheet, share: Share, name: Block, bottom: float) -> None:
    sheet.lines((_EDGE, bottom + name.height), name.lines, _NAME, anchor=0)
    if share.value is None:
        return
    x, y = WIDTH - _EDGE, bottom + _FIGURE.line / 2
    likely = _between(share.low, share.high)
    if likely:
        block = set_block(likely, _RANGE, _FIGURES)
        sheet.words((x, y), likely, _RANGE, anchor=1)
        x -= block.width + 24
    sheet.words((x, y), f"{share.value}%", _FIGURE, anchor=1)


def _draw_track(sheet: Sheet, share: Share, middle: Point) -> None:
    size = (WIDTH - 2 * _EDGE, _TRACK)
    if share.value is None:
        marks.withheld_box(sheet, middle, size, share.withheld)
        return
    y = middle[1]
    sheet.area(rounded_box(middle, size, 14), Look(fill=CREAM))
    for tick in _TICKS:
        sheet.line(((_x(tick), y - _TRACK / 2), (_x(tick), y + _TRACK / 2)), _GRID)
    if share.least is not None and share.most is not None:
        _draw_bounds(sheet, _x(share.least), _x(share.most), y)
    if share.low is not None and share.high is not None:
        _draw_likely(sheet, _x(share.low), _x(share.high), y)
    sheet.disc((_x(share.value), y), _DOT, Look(fill=INK, edge=CARD, width=3))


def _draw_bounds(sheet: Sheet, low: float, high: float, y: float) -> None:
    # A bar too short for its corners is still seen.
    width = max(high - low, 12.0)
    sheet.area(rounded_box(((low + high) / 2, y), (width, _TRACK - 22), 6), BOUNDS)


def _draw_likely(sheet: Sheet, low: float, high: float, y: float) -> None:
    for line in (
        ((low, y), (high, y)),
        ((low, y - 15), (low, y + 15)),
        ((high, y - 15), (high, y + 15)),
    ):
        sheet.line(line, _WHISKER)


def _swatch_dot(sheet: Sheet, at: Point) -> None:
    sheet.disc(at, _DOT, Look(fill=INK, edge=CARD, width=3))


def _swatch_likely(sheet: Sheet, at: Point) -> None:
    _draw_likely(sheet, at[0] - 44, at[0] + 44, at[1])
