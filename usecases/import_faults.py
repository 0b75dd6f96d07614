"""What can be wrong with a row that is imported, and how that is said without saying too much.

It must not repeat what a cell held where that could be somebody's name: people paste the wrong
column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

MEANT: Final = "Did you mean"
"""How a remedy begins that is a guess."""

_SMALL: Final = re.compile(r"[a-z][a-z0-9 _-]*")
_CLOSE: Final = 0.72
_MOST_LETTERS: Final = 30


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the way of an import: where it is, the cause and the remedy.

    row: the line in a file, or the place in a list, from 1. column: empty where it is the whole
    row. value: what stood there, empty where it must not be repeated.
    """

    row: int
    column: str
    cause: str
    remedy: str
    value: str = ""

    def __str__(self) -> str:
        """Say it in one line."""
        where = f"row {self.row}" + (f", {self.column}" if self.column else "")
        value = f" ({self.value})" if self.value else ""
        end = "?" if self.remedy.startswith(MEANT) else "."
        return f"{where}: {self.cause}{value}. {self.remedy}{end}"


@dataclass(frozen=True, slots=True)
class Cells:
    """One row as it was written: the cells by their columns, all of them."""

    row: int
    texts: Mapping[str, str]


def closest(text: str, choices: Iterable[str]) -> str:
    """Return the one choice that was probably meant, or an empty text."""
    tidy = text.strip().lower()[:_MOST_LETTERS]
    return next(iter(get_close_matches(tidy, list(choices), 1, _CLOSE)), "")


def harmless(text: str) -> str:
    """Return what is nearly one of our own words, or nothing where it may be a name.

    Our words are in small letters, and names are not.
    """
    tidy = text.strip()
    return tidy if len(tidy) <= _MOST_LETTERS and _SMALL.fullmatch(tidy) else ""
