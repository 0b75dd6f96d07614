"""Writes a release as an accessible workbook, one table a sheet; it holds no figure of its own.

Laid out with gptables, as the Government Analysis Function advises: a cover, contents, notes, no
merged, hidden or empty cells, and official letters in square brackets. Nothing in the file says
when or on which machine it was made, so that equal releases give equal bytes.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from outcomes.episode import Audience
from outcomes.figures import TOTAL, Figure, Symbol
from outcomes.formats.labels import PLACES, flow_title, group_title, step_title, topic_title
from outcomes.formats.layout import Cell, Table, checked
from outcomes.formats.lists import (
    definition_table,
    indicator_table,
    reply_table,
    uncounted_table,
)
from outcomes.formats.sheets import INDICATORS
from outcomes.measures.measure import Statistic
from outcomes.notes import MEANINGS
from outcomes.release import Definition, Release

if TYPE_CHECKING:
    from gptables import GPTable

NAME = "workbook.xlsx"
_NOTHING = "[x]"
_LEGEND = (
    *(f"[{symbol}] = {meaning}." for symbol, meaning in MEANINGS.items()),
    f"{_NOTHING} = nothing to say here.",
)
_COUNT = ("numerator",)
_COMPARED = ("eligible", "paired", "paired_percent")
_RATE = ("numerator", "denominator", "percent", "percent_lower", "percent_upper",
         "percent_if_none", "percent_if_all", *_COMPARED)  # fmt: skip
_MEAN = ("denominator", "first_mean", "last_mean", "change_mean", "change_lower", "change_upper",
         "effect", "only_first_mean", "only_first", *_COMPARED)  # fmt: skip
_BY_STATISTIC = {
    Statistic.COUNT.value: ("Counts", "How many", _COUNT),
    Statistic.RATE.value: ("Shares", "What share", _RATE),
    Statistic.MEAN_CHANGE.value: ("Changes", "Mean change from start to end", _MEAN),
    Statistic.MEDIAN.value: ("Times", "How long it took", ("median_seconds",)),
    Statistic.COVERAGE.value: (
        "Outcomes covered",
        "How many outcomes have evidence",
        ("numerator", "denominator"),
    ),
}
"""For each kind of measure: the name of its sheet, the title and the fields that it has."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its tab, a title, column names and cells as a reader sees them."""

    tab: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float, ...], ...]


_EMPTY = Sheet("Nothing", "Nothing to show", ("Figures",), (("none",),))


def to_workbook(release: Release, audience: Audience) -> bytes:
    """Give the workbook of an audience: cover, contents, notes and a sheet for each table.

    Raises `UnsafeCellError` for a text that a spreadsheet could run.
    """
    # The libraries warn of each other's future, which is nothing for whoever makes a release.
    with warnings.catch_warnings(action="ignore"):
        return _written(release, audience)


def _written(release: Release, audience: Audience) -> bytes:
    # Both are loaded only for whoever writes workbooks: half a second and a hundred megabytes.
    import pandas as pd  # noqa: PLC0415 - slow to import
    from gptables import Cover, produce_workbook  # noqa: PLC0415

    notes = [(f"n{place}", _text(text)) for place, text in enumerate(release.all_notes, 1)]
    sheets = tuple(sheets_of(release, audience))
    file = io.BytesIO()
    book = produce_workbook(
        file,
        {each.tab: _as_table(each, notes) for each in sheets or (_EMPTY,)},
        cover=Cover(title=f"Outcomes of support, {release.period}", **_cover(release, audience)),
        notes_table=pd.DataFrame(notes, columns=["Note reference", "Note text"]),
        workbook_options={
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    frozen = datetime.combine(release.period.freeze_date, time(), tzinfo=UTC)
    # The library writes the moment of making unless told another; it wants one without a zone.
    book.set_properties({"title": f"Outcomes {release.id}", "created": frozen.replace(tzinfo=None)})
    book.close()
    return file.getvalue()


def sheets_of(release: Release, audience: Audience) -> Iterator[Sheet]:
    """Give the sheets of an audience in the order in which they stand, without empty ones."""
    for statistic, (tab, title, names) in _BY_STATISTIC.items():
        yield from _figures(release, audience, statistic, (tab, title, names))
    for topic in dict.fromkeys(each.breakdown for each in release.figures_for(audience)):
        if topic != TOTAL:
            yield from _breakdown(release, audience, topic)
    yield from _flow(release, audience)
    for tab, table in (
        ("Published indicators", indicator_table(release)),
        ("You said, we did", reply_table(release)),
        ("Definitions", definition_table(release, audience)),
        ("Not counted", uncounted_table(release)),
    ):
        if table.rows:
            yield _listed(tab, table)


def _figures(
    release: Release, audience: Audience, statistic: str, sheet: tuple[str, str, tuple[str, ...]]
) -> Iterator[Sheet]:
    tab, title, names = sheet
    rows = [
        (*_about(each, definition), *_values(each, names))
        for each in release.figures_for(audience)
        if each.breakdown == TOTAL
        and (definition := release.definition_of(each)).statistic == statistic
    ]
    if rows:
        yield Sheet(tab, title, (*_ABOUT, *_labels(names)), tuple(rows))


def _breakdown(release: Release, audience: Audience, topic: str) -> Iterator[Sheet]:
    rows = [
        (*_about(each, release.definition_of(each)), group_title(each.group), *_values(each, _RATE))
        for each in release.figures_for(audience)
        if each.breakdown == topic
    ]
    title = topic_title(topic)
    columns = (*_ABOUT, title, *_labels(_RATE))
    yield Sheet(f"By {topic}", f"The year by: {title}", columns, tuple(rows))


def _flow(release: Release, audience: Audience) -> Iterator[Sheet]:
    rows = tuple(
        (
            flow_title(each.flow),
            PLACES[each.footprint].title,
            "Reason for no comparison" if each.is_reason else "Stage",
            step_title(each),
            _shown(each.episodes),
        )
        for each in release.flow_for(audience)
    )
    columns = ("Who was asked what", "Footprint", "Stage or reason", "Step", "Support episodes")
    if rows:
        yield Sheet("Who answered", "Who answered and who is missing", columns, rows)


def _listed(tab: str, table: Table) -> Sheet:
    columns = tuple(each.label for each in table.columns)
    return Sheet(tab, table.title, columns, tuple(tuple(map(_shown, row)) for row in table.rows))


_ABOUT = ("Code", "Measure", "Area", "Footprint")


def _about(figure: Figure, definition: Definition) -> tuple[str, ...]:
    place = PLACES[figure.footprint].title
    return (figure.measure, _text(definition.title), _text(figure.area), place)


def _labels(names: Sequence[str]) -> tuple[str, ...]:
    columns = (INDICATORS[each] for each in names)
    return tuple(f"{each.label} ({each.unit})" if each.unit else each.label for each in columns)


def _values(figure: Figure, names: Sequence[str]) -> tuple[str | int | float, ...]:
    return tuple(_shown(getattr(figure, each)) for each in names)


def _shown(cell: Cell) -> str | int | float:
    """Write a cell as workbooks do: numbers as numbers, letters in brackets, never nothing."""
    match cell:
        case Symbol():
            return f"[{cell.value}]"
        case Decimal():
            return float(cell)
        case int():
            return cell
        case None:
            return _NOTHING
        case str():
            return _text(cell)


def _text(text: str) -> str:
    """Write a text so that the library takes it for nothing else: no link, no note, no blank."""
    plain = checked(text).replace("](", "] (").replace("$$", "$ $").strip()
    if not plain:
        return _NOTHING
    # It refuses cells of signs only, which includes every writing but the Latin one.
    return plain if re.search("[A-Za-z0-9]", plain) else f"{plain} [as written]"


def _cover(release: Release, audience: Audience) -> dict[str, list[str]]:
    return {
        "intro": [
            f"For {PLACES[audience].title}: support for children in care and those around them.",
            f"Release {release.id}, {release.status.value}.",
        ],
        "about": [_text(release.policy.plain_words), *_LEGEND],
    }


def _as_table(sheet: Sheet, notes: Sequence[tuple[str, str]]) -> GPTable:
    import pandas as pd  # noqa: PLC0415 - as above
    from gptables import GPTable as Made  # noqa: PLC0415

    references = "".join(f"$${reference}$$" for reference, _ in notes)
    return Made(
        table=pd.DataFrame(list(sheet.rows), columns=list(sheet.columns), dtype=object),
        table_name=sheet.tab.lower().replace(" ", "_").replace(",", ""),
        title=sheet.title,
        subtitles=[f"How to read it:{references}"],
        legend=list(_LEGEND),
        index_columns={2: 0},
    )
