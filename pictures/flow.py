"""Draws how many of those who could have answered did, step by step; computes no figure.

None means withheld: a hatched bar that shows no length, with the caller's word on it. The reasons
why answers are missing stand below the steps, in bars of another colour and with an edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pictures import marks
from pictures.faults import PictureFault
from pictures.geometry import rounded_box
from pictures.palette import BLUE, CARD, GOLD, GOLD_DEEP, INK, QUIET, SAND
from pictures.sheet import Lettering, Look, Sheet
from pictures.tables import TextTable
from pictures.typesetting import Block, set_block
from pictures.vector import print_svg

WIDTH: Final = 1080

_EDGE: Final = 40.0
_GAP: Final = 34.0
_BAR: Final = 62.0
_NUMBER_ROOM: Final = 190.0  # right of the longest bar
_LONGEST: Final = WIDTH - 2 * _EDGE - _NUMBER_ROOM
_TITLE: Final = Lettering(46, INK, bold=True)
_NAME: Final = Lettering(36, INK)
_NOTE: Final = Lettering(32, QUIET)
_NUMBER: Final = Lettering(40, INK, bold=True)
_HEAD: Final = Lettering(38, INK, bold=True)
_STEP: Final = Look(fill=BLUE)
_REASON: Final = Look(fill=GOLD, edge=GOLD_DEEP, width=4)


@dataclass(frozen=True, slots=True)
class FlowStep:
    """One step: its name, how many people (None is withheld), a note such as a share."""

    label: str
    count: int | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why answers are missing: a heading and a bar for each reason."""

    heading: str
    steps: tuple[FlowStep, ...]


NO_REASONS: Final = Reasons("", ())


@dataclass(frozen=True, slots=True)
class _Row:
    """A step as it is set: its words above, its bar below."""

    step: FlowStep
    name: Block
    note: Block

    @property
    def height(self) -> float:
        """The height of words and bar."""
        return self.name.height + self.note.height + 8 + _BAR


def draw_flow(
    steps: Sequence[FlowStep], *, title: str, withheld_label: str, reasons: Reasons = NO_REASONS
) -> bytes:
    """Draw one bar a step, from top to bottom, as SVG, 1080 units wide.

    Raises PictureFault for no steps or a negative count. The same input gives the same bytes.
    """
    return print_svg(compose_flow(steps, title, withheld_label, reasons), title)


def list_flow(
    steps: Sequence[FlowStep], *, head: tuple[str, str, str], withheld_label: str
) -> TextTable:
    """Give what the bars show as text: step, number and note, a row a step."""
    rows = (
        (step.label, withheld_label if step.count is None else str(step.count), step.note)
        for step in steps
    )
    return TextTable(head, tuple(rows))


def compose_flow(
    steps: Sequence[FlowStep], title: str, withheld_label: str, reasons: Reasons = NO_REASONS
) -> Sheet:
    """Put title and bars on a sheet; see `draw_flow`."""
    all_steps = (*steps, *reasons.steps)
    if not steps or any(step.count is not None and step.count < 0 for step in all_steps):
        msg = "a flow needs at least one step, and no count below nought"
        raise PictureFault(msg)
    room = WIDTH - 2 * _EDGE
    head = set_block(title, _TITLE, room)
    between = set_block(reasons.heading, _HEAD, room)
    parts = [
        [_Row(each, set_block(each.label, _NAME, room), set_block(each.note, _NOTE, room))
         for each in part]
        for part in (steps, reasons.steps)
    ]  # fmt: skip
    height = 2 * _EDGE + head.height + sum(_GAP + row.height for part in parts for row in part)
    height += _GAP + between.height if reasons.steps else 0
    sheet = Sheet(WIDTH, round(height), CARD)
    most = max(step.count or 0 for step in all_steps)
    top = sheet.height - _EDGE
    sheet.lines((_EDGE, top), head.lines, _TITLE, anchor=0)
    top = _draw_rows(sheet, parts[0], top - head.height, (most, withheld_label, _STEP))
    if reasons.steps:
        top -= _GAP
        sheet.lines((_EDGE, top), between.lines, _HEAD, anchor=0)
        _draw_rows(sheet, parts[1], top - between.height, (most, withheld_label, _REASON))
    return sheet


def _draw_rows(
    sheet: Sheet, rows: Sequence[_Row], top: float, manner: tuple[int, str, Look]
) -> float:
    """Draw rows below `top` and return where they end; `manner`: longest, withheld, look."""
    most, withheld_label, look = manner
    for row in rows:
        top -= _GAP
        sheet.lines((_EDGE, top), row.name.lines, _NAME, anchor=0)
        sheet.lines((_EDGE, top - row.name.height), row.note.lines, _NOTE, anchor=0)
        top -= row.height
        middle = top + _BAR / 2
        if row.step.count is None:
            centre = (_EDGE + _LONGEST / 2, middle)
            marks.withheld_box(sheet, centre, (_LONGEST, _BAR), withheld_label)
        else:
            share = row.step.count / most if most else 0.0
            _draw_bar(sheet, middle, (row.step.count, share), look)
    return top


def _draw_bar(sheet: Sheet, middle: float, size: tuple[int, float], look: Look) -> None:
    count, share = size
    track = rounded_box((_EDGE + _LONGEST / 2, middle), (_LONGEST, _BAR), 14)
    sheet.area(track, Look(fill=SAND))
    length = _LONGEST * share
    if count:
        # A bar keeps its length: only the corners of a long one are round.
        bar = rounded_box((_EDGE + length / 2, middle), (length, _BAR), 14)
        sheet.area(bar, look)
    sheet.words((_EDGE + _LONGEST + 24, middle), str(count), _NUMBER, anchor=0)
