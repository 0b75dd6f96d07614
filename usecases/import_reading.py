"""Reads the cells of one row: choices, days, numbers; whatever is wrong becomes a fault of the row.

It knows no kind of file. What a cell held is repeated only where it cannot be somebody's name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from usecases.import_faults import MEANT, Cells, Fault, closest, harmless

E = TypeVar("E", bound=StrEnum)

EARLIEST: Final = date(2000, 1, 1)
"""Nothing that is imported happened before this: an older day has a slip in its year, or is
somebody's birthday."""

_ISO: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_BRITISH: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_LIKE_A_DAY: Final = re.compile(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}", re.ASCII)
_NUMBER: Final = re.compile(r"\d{1,3}", re.ASCII)


@dataclass(slots=True)
class Reading:
    """One row while it is read: what was wrong in it so far; today: on the service's clock."""

    cells: Cells
    today: date
    faults: list[Fault] = field(default_factory=list)

    def text(self, column: str) -> str:
        """Return what stands in a column, without space around it; nothing where it is left out."""
        return self.cells.texts.get(column, "").strip()

    def fault(self, column: str, cause: str, remedy: str, value: str = "") -> None:
        """Note something that is wrong."""
        self.faults.append(Fault(self.cells.row, str(column), cause, remedy, value))

    def pick(self, column: str, kind: type[E]) -> E | None:
        """Return the one of these that a column names, or None and a fault."""
        chosen = self.choose(column, [each.value for each in kind])
        return kind(chosen) if chosen else None

    def choose(self, column: str, choices: Sequence[str]) -> str:
        """Return one of the choices, or an empty text and a fault; capitals do not matter."""
        text = self.text(column)
        if text.lower() in choices:
            return text.lower()
        meant = closest(text, choices)
        listed = f"Use one of: {', '.join(choices)}"
        if not text:
            self.fault(column, "this is empty", listed)
        elif meant:
            self.fault(column, "there is no such choice", f"{MEANT} {meant}", harmless(text))
        else:
            self.fault(column, "there is no such choice", listed)
        return ""

    def day(self, column: str) -> date | None:
        """Return a day that is not in the future; an empty cell is a fault, too."""
        text = self.text(column)
        shown = text if _LIKE_A_DAY.fullmatch(text) else ""
        day = _day(text)
        if not text:
            self.fault(column, "this is empty", "Give the day, such as 2026-03-31 or 31/03/2026")
        elif day is None:
            remedy = "Write it as 2026-03-31 or 31/03/2026"
            self.fault(column, "this is not a day in the calendar", remedy, shown)
        elif day > self.today:
            remedy = "Import it once the day has come, or put the date right"
            self.fault(column, "this day is in the future", remedy, shown)
        elif day < EARLIEST:
            self.fault(column, "this day is too long ago", "Look at the year", shown)
        else:
            return day
        return None

    def number(self, column: str, least: int, most: int) -> int | None:
        """Return a whole number between two others, both included, or None and a fault."""
        text = self.text(column)
        if _NUMBER.fullmatch(text) and least <= int(text) <= most:
            return int(text)
        cause = "this is empty" if not text else f"this is not a number from {least} to {most}"
        shown = text if _NUMBER.fullmatch(text) else ""
        self.fault(column, cause, "Write a whole number in digits", shown)
        return None

    def looks_like_a_day(self, column: str) -> bool:
        """Tell whether a date stands in a column, of whatever kind."""
        return _LIKE_A_DAY.fullmatch(self.text(column)) is not None


def _day(text: str) -> date | None:
    iso, british = _ISO.fullmatch(text), _BRITISH.fullmatch(text)
    parts = iso.groups() if iso else british.groups()[::-1] if british else None
    if parts is None:
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None
