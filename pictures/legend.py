"""Sets the legend under a picture: each sign beside its words; invents no words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pictures.geometry import Point, rounded_box
from pictures.palette import CARD
from pictures.sheet import Lettering, Look, Sheet
from pictures.typesetting import Block, set_block

Swatch = Callable[[Sheet, Point], None]


@dataclass(frozen=True, slots=True)
class LegendStyle:
    """Sizes in pixels: letters, room for a sign, the least height of a row, space around."""

    lettering: Lettering
    swatch: float
    row: float
    pad: float
    ground: str = CARD


@dataclass(frozen=True, slots=True)
class Legend:
    """Signs and their words, ready to be put down."""

    entries: tuple[tuple[Swatch, Block], ...]
    width: float
    style: LegendStyle

    @property
    def height(self) -> float:
        """The height of the whole panel."""
        return 2 * self.style.pad + sum(self._row(block) for _swatch, block in self.entries)

    def draw(self, sheet: Sheet, top: Point) -> None:
        """Draw the panel with the middle of its upper edge at `top`."""
        style = self.style
        middle = (top[0], top[1] - self.height / 2)
        size = (self.width, self.height)
        sheet.area(rounded_box(middle, size, style.pad), Look(fill=style.ground))
        left = top[0] - self.width / 2 + style.pad
        y = top[1] - style.pad
        for swatch, block in self.entries:
            row = self._row(block)
            swatch(sheet, (left + style.swatch / 2, y - row / 2))
            start = (left + style.swatch + style.pad, y - row / 2 + block.height / 2)
            sheet.lines(start, block.lines, style.lettering, anchor=0)
            y -= row

    def _row(self, block: Block) -> float:
        return max(block.height + self.style.pad / 2, self.style.row)


def set_legend(entries: Sequence[tuple[Swatch, str]], width: float, style: LegendStyle) -> Legend:
    """Break the words of every entry so that they fit a panel of `width` pixels."""
    room = width - 3 * style.pad - style.swatch
    blocks = ((swatch, set_block(words, style.lettering, room)) for swatch, words in entries)
    return Legend(tuple(blocks), width, style)
