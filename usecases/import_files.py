"""Reads the rows of a CSV file as text, one after the other; it does not know what they mean.

Never more than one row is held. Whatever the bytes are, it ends with rows or with faults.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from usecases.import_columns import COLUMNS, OPTIONAL
from usecases.import_faults import MEANT, Cells, Fault, closest, harmless

LONGEST_LINE: Final = 65_536
"""Bytes of one line: far more than ten cells need."""

_BOM: Final = "\ufeff"
_SAVE_AGAIN: Final = "Save it again as “CSV UTF-8”"


@dataclass(frozen=True, slots=True)
class Headings:
    """The columns of a kind of file: those that must be there, and those that may be."""

    columns: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """Return all of them."""
        return self.columns + self.optional


EPISODES: Final = Headings(COLUMNS, OPTIONAL)
"""The columns of a file of support episodes."""


class _Unreadable(Exception):
    """A line that is no text of ours; the rest is not read."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.fault = (cause, remedy)


@dataclass(slots=True)
class _Lines:
    """The lines of a file as text, and how many were read."""

    stream: BinaryIO
    number: int = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = self.stream.readline(LONGEST_LINE + 1)
        if not raw:
            raise StopIteration
        self.number += 1
        if len(raw) > LONGEST_LINE:
            cause = f"this line is longer than {LONGEST_LINE} bytes"
            raise _Unreadable(cause, "Look whether it is a CSV file with a line for each row")
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            cause = "this line holds bytes that are not UTF-8"
            raise _Unreadable(cause, _SAVE_AGAIN) from None  # the error holds what stood there
        return text.removeprefix(_BOM) if self.number == 1 else text


def read_file(stream: BinaryIO, headings: Headings = EPISODES) -> Iterator[Cells | Fault]:
    """Yield the rows of a file, or what stops us from reading them.

    stream: UTF-8 with or without a byte order mark, comma or semicolon, any ends of lines. The
    first row holds the names of the columns, in any order; nothing is read where they are wrong.
    Rows without any text are left out. Numbers of rows are those of the lines in the file.
    """
    lines = _Lines(stream)
    try:
        yield from _read(lines, headings)
    except _Unreadable as error:
        yield Fault(lines.number, "", *error.fault)
    except csv.Error:
        cause = "this row cannot be split into cells"
        yield Fault(lines.number, "", cause, f"Look at its quotes. {_SAVE_AGAIN}")


def _read(lines: _Lines, headings: Headings) -> Iterator[Cells | Fault]:
    first = next(lines, None)
    if first is None or not first.strip():
        yield Fault(1, "", "the first line is empty", "Begin with the names of the columns")
        return
    separator = ";" if first.count(";") > first.count(",") else ","
    names = [name.strip().lower() for name in next(csv.reader([first], delimiter=separator), [])]
    faults = check_headings(names, headings=headings)
    yield from faults
    if not faults:
        yield from _read_rows(lines, names, separator)


def _read_rows(lines: _Lines, names: list[str], separator: str) -> Iterator[Cells | Fault]:
    reader = csv.reader(lines, delimiter=separator, strict=True)
    row = lines.number + 1
    for texts in reader:
        if len(texts) == len(names):
            if any(map(str.strip, texts)):
                yield Cells(row, dict(zip(names, texts, strict=True)))
        elif any(map(str.strip, texts)):
            cause = f"this row has {len(texts)} cells and there are {len(names)} columns"
            yield Fault(row, "", cause, f"Put text that holds “{separator}” into quotes")
        row = lines.number + 1


def check_headings(
    names: Sequence[str], row: int = 1, headings: Headings = EPISODES
) -> list[Fault]:
    """Return what is wrong with the names of the columns: in any order, each of ours once."""
    faults: list[Fault] = []
    seen: set[str] = set()
    for place, name in enumerate(names, 1):
        if name not in headings.known:
            faults.append(_unknown_heading(row, place, name, headings))
        elif name in seen:
            faults.append(Fault(row, name, "this column is there twice", "Keep one of them"))
        seen.add(name)
    return faults + [
        Fault(row, column, "this column is missing", "Add it; its cells may be empty where noted")
        for column in headings.columns
        if column not in seen
    ]


def _unknown_heading(row: int, place: int, name: str, headings: Headings) -> Fault:
    cause = f"the heading of column {place} is not one of ours"
    meant = closest(name, headings.known)
    if meant:
        return Fault(row, meant, cause, f"{MEANT} {meant}", harmless(name))
    return Fault(row, "", cause, f"Take it out. The columns are: {', '.join(headings.known)}")
