"""Writes tables as CSV files, and statistics tables with their description; it screens each pair.

The strict file follows the standard of the Department for Education's statistics files. The
footprint file has the same shape but a level that the standard does not know, so it breaks exactly
the checks in `ON_PURPOSE`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from outcomes.formats.layout import Column, Kind, Table, bare
from outcomes.formats.screen_words import OPTIONAL_META, REQUIRED_META
from outcomes.formats.screener import refuse_if_failed, screen
from outcomes.formats.screening import Pair, Sheet

META_COLUMNS = (*REQUIRED_META, OPTIONAL_META[0])
ON_PURPOSE = {
    "precheck_geog_level": "the standard has no level for an Integrated Care Board",
}
"""What the footprint files break knowingly, and why. Nothing else is let through."""


def write_table(table: Table) -> bytes:
    """Write a table as CSV: UTF-8, column names first, line feeds.

    Raises `UnsafeCellError` for a text that a spreadsheet could run.
    """
    return _written(_as_text(table))


def write_statistics(table: Table) -> dict[str, bytes]:
    """Write a statistics table as `NAME.csv` and `NAME.meta.csv`.

    Raises `UnscreenedFileError` when the screener finds a FAIL, `UnsafeCellError` for a text that a
    spreadsheet could run.
    """
    pair = pair_of(table)
    is_strict = "footprint" not in pair.data.columns
    refuse_if_failed(pair, screen(pair, None if is_strict else ON_PURPOSE))
    return {pair.data_name: _written(pair.data), pair.meta_name: _written(pair.meta)}


def pair_of(table: Table) -> Pair:
    """Give a statistics table and its description as text, as they will be written."""
    return Pair(
        f"{table.name}.csv",
        f"{table.name}.meta.csv",
        _as_text(table),
        Sheet(META_COLUMNS, tuple(_described(table))),
    )


def _described(table: Table) -> Iterator[tuple[str, ...]]:
    """Describe each filter with several values and each indicator, in the order of the columns."""
    for column in table.columns:
        if column.kind is Kind.INDICATOR:
            yield _indicator(column)
        elif column.kind is Kind.FILTER and len(table.levels(column.name)) > 1:
            yield _filter(column)


def _indicator(column: Column) -> tuple[str, ...]:
    words = (column.name, "Indicator", column.label, column.family, column.unit)
    return (*words, str(column.decimals), "", "", "")


def _filter(column: Column) -> tuple[str, ...]:
    words = (column.name, "Filter", column.label, "", "", "")
    return (*words, column.hint, column.grouped_by, column.default)


def _as_text(table: Table) -> Sheet:
    return Sheet(
        tuple(column.name for column in table.columns),
        tuple(tuple(bare(cell) for cell in row) for row in table.rows),
    )


def _written(sheet: Sheet) -> bytes:
    """Write text cells, which were checked when they became text."""
    written = io.StringIO()
    rows: Iterable[tuple[str, ...]] = (sheet.columns, *sheet.rows)
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue().encode()
