"""Describes a table to hand out: its columns, their meaning and its cells; it makes no figure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from outcomes.errors import UnsafeCellError
from outcomes.figures import Symbol

Cell: TypeAlias = str | int | Decimal | Symbol | None
"""A text, a number, a symbol in the place of a number, or nothing."""

# What a spreadsheet may take for a formula or a command at the start of a cell, or for a new one.
_FORMULA = re.compile(r"\A\s*[=+\-@|%]|[\t\r\n]")


class Kind(StrEnum):
    """What a column is for."""

    WHERE = "where"
    """When and where: the same in every statistics file."""
    FILTER = "filter"
    GROUP = "group"
    """Groups the values of a filter; it is described with its filter."""
    INDICATOR = "indicator"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in a file, the label a person reads and how to take its values.

    `unit` is blank or one that statistics files know (`%`). `grouped_by` names the column that
    groups a filter, `default` the value that is chosen first. `family` puts indicators together.
    """

    name: str
    label: str
    kind: Kind = Kind.TEXT
    unit: str = ""
    decimals: int = 0
    family: str = ""
    grouped_by: str = ""
    default: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a name that is safe in file names, and as many cells a row as columns.

    No two rows are alike in the columns of `key`. Raises `ValueError` for a row of another length.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    key: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse rows that do not fit."""
        for row in self.rows:
            if len(row) != len(self.columns):
                message = f"a row has {len(row)} cells, its table {len(self.columns)} columns"
                raise ValueError(message)

    def column(self, name: str) -> tuple[Cell, ...]:
        """Give the cells of a column from top to bottom. Raises `KeyError` for an unknown one."""
        for place, column in enumerate(self.columns):
            if column.name == name:
                return tuple(row[place] for row in self.rows)
        raise KeyError(name)

    def levels(self, name: str) -> tuple[Cell, ...]:
        """Give the different values of a column in the order in which they first stand."""
        return tuple(dict.fromkeys(self.column(name)))


def bare(cell: Cell) -> str:
    """Write a cell as data files do: bare numbers, bare symbols, text that no program can run.

    Raises `UnsafeCellError` for a text that a spreadsheet could take for a formula.
    """
    match cell:
        case None:
            return ""
        case Symbol():
            return cell.value
        case int():
            return str(cell)
        case Decimal():
            return f"{cell:f}"
        case str():
            return checked(cell)


def checked(text: str) -> str:
    """Give a text back if no spreadsheet can run it. Raises `UnsafeCellError` with the remedy."""
    if _FORMULA.search(text):
        message = (
            "a text starts like a formula and could run in a spreadsheet; reword the title or "
            "statement of the measure, or the note, that it comes from"
        )
        raise UnsafeCellError(message)
    return text


def tamed(text: str) -> str:
    """Put what somebody wrote on one line that no spreadsheet runs: an apostrophe marks it as text.

    For words from outside. Ours are `checked` instead, for they can be reworded.
    """
    line = " ".join(text.split())
    return f"'{line}" if _FORMULA.search(line) else line
