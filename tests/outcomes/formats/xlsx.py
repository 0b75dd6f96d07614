"""Reads a workbook as plain zip and XML, so that tests trust no library to tell what is in it."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree as ET

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True, slots=True)
class Tab:
    """One sheet: its name, whether it can be seen, and the rows of its cells."""

    name: str
    is_visible: bool
    rows: tuple[tuple[str | float, ...], ...]


def parts_of(content: bytes) -> dict[str, bytes]:
    """Give every part of the archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def tabs_of(content: bytes) -> list[Tab]:
    """Give every sheet in order. Numbers are numbers, texts are texts."""
    parts = parts_of(content)
    shared = [
        "".join(text.text or "" for text in item.iter(f"{_MAIN}t"))
        for item in ET.fromstring(parts["xl/sharedStrings.xml"])  # noqa: S314 - our own file
    ]
    book = ET.fromstring(parts["xl/workbook.xml"])  # noqa: S314 - our own file
    return [
        Tab(
            sheet.attrib["name"],
            "state" not in sheet.attrib,
            _rows(parts[f"xl/worksheets/sheet{number}.xml"], shared),
        )
        for number, sheet in enumerate(book.iter(f"{_MAIN}sheet"), 1)
    ]


def _rows(part: bytes, shared: list[str]) -> tuple[tuple[str | float, ...], ...]:
    root = ET.fromstring(part)  # noqa: S314 - our own file
    return tuple(
        tuple(_value(cell, shared) for cell in row.iter(f"{_MAIN}c"))
        for row in root.iter(f"{_MAIN}row")
    )


def _value(cell: ET.Element, shared: list[str]) -> str | float:
    assert cell.find(f"{_MAIN}f") is None, "a formula"
    value = cell.findtext(f"{_MAIN}v")
    assert value is not None, f"an empty cell at {cell.attrib['r']}"
    if cell.get("t") == "s":
        return shared[int(value)]
    return float(value) if "." in value else int(value)


def table_of(tab: Tab) -> list[dict[str, str | float]]:
    """Give the rows of the only table on a sheet: everything from the first row with many cells."""
    rows = [row for row in tab.rows if len(row) > 1]
    columns = [re.sub(r"\s+", " ", str(each)) for each in rows[0]]
    return [dict(zip(columns, row, strict=True)) for row in rows[1:]]
