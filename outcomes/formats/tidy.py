"""Writes a release as plain CSV files for analysts and spreadsheets; it works out no figure.

The files follow the shape of the Department for Education's statistics files (one row an
observation, filters and indicators as columns, `c`, `u` and `z` in the place of a figure). A
council's files have rows for local authorities only. The board's files have its own total as well:
that standard has no level for it, so they are of the same shape but not strictly of the standard.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from outcomes.episode import Audience
from outcomes.errors import UnsafeCellError
from outcomes.figures import Figure, FlowFigure, Shown, Symbol
from outcomes.formats.labels import PLACES, flow_title, step_title
from outcomes.release import Release

_ENGLAND = {"country_code": "E92000001", "country_name": "England"}
_INDICATORS = {
    "numerator": "numerator_count",
    "denominator": "denominator_count",
    "percent": "share_percent",
    "percent_lower": "share_lower_ci",
    "percent_upper": "share_upper_ci",
    "first_mean": "first_mean",
    "last_mean": "last_mean",
    "change_mean": "change_mean",
    "change_lower": "change_lower_ci",
    "change_upper": "change_upper_ci",
}
# What a spreadsheet may take for a formula or a command at the start of a cell, or for a new one.
_FORMULA = re.compile(r"\A\s*[=+\-@|%]|[\t\r\n]")


def to_csv(release: Release, audience: Audience) -> dict[str, bytes]:
    """Give every file an audience gets: file name to content.

    The same release and audience give the same bytes. UTF-8, header row first, line feeds. Raises
    `UnsafeCellError` rather than write a text that a spreadsheet could take for a formula.
    """
    stem = "footprint" if audience is Audience.ICB else "la"
    return {
        f"outcomes_{stem}.csv": _table(
            _figure_row(release, each, audience) for each in release.figures_for(audience)
        ),
        f"flow_{stem}.csv": _table(
            _flow_row(release, each, audience) for each in release.flow_for(audience)
        ),
        "definitions.csv": _table(
            {
                "measure_code": each.measure,
                "version": str(each.version),
                "area": each.area,
                "measure": each.title,
                "statement": each.statement,
                "smallest_base": str(each.minimum_n),
                "definition_hash": each.content_hash,
            }
            for each in release.definitions
        ),
        "notes.txt": _notes(release, audience),
    }


def _figure_row(release: Release, figure: Figure, audience: Audience) -> dict[str, str]:
    return {
        **_where(release, figure.footprint, audience),
        "measure_code": figure.measure,
        "measure": release.definition_of(figure).title,
        "area": figure.area,
        **{column: _cell(getattr(figure, name)) for name, column in _INDICATORS.items()},
        "status": release.status.value,
    }


def _flow_row(release: Release, figure: FlowFigure, audience: Audience) -> dict[str, str]:
    return {
        **_where(release, figure.footprint, audience),
        "people": flow_title(figure.flow),
        "step_type": "Reason for no comparison" if figure.is_reason else "Stage",
        "step": step_title(figure),
        "episodes_count": _cell(figure.episodes),
        "status": release.status.value,
    }


def _where(release: Release, footprint: Audience, audience: Audience) -> dict[str, str]:
    place = PLACES[footprint]
    columns = {
        "time_period": release.period.time_period,
        "time_identifier": release.period.time_identifier,
        "geographic_level": place.geographic_level,
        **_ENGLAND,
        "region_code": place.region_code,
        "region_name": place.region_name,
        "old_la_code": place.old_la_code,
        "new_la_code": place.new_la_code,
        "la_name": place.la_name,
    }
    if audience is Audience.ICB:
        columns |= {
            "footprint": place.title,
            "icb_code": place.icb_code,
            "icb_name": place.icb_name,
        }
    return columns


def _cell(value: Shown) -> str:
    match value:
        case Symbol():
            return value.value
        case Decimal():
            return f"{value:.1f}"
        case _:
            return str(value)


def _table(rows: Iterable[dict[str, str]]) -> bytes:
    """Write rows with their column names first."""
    listed = list(rows)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(listed[0] if listed else ())
    for row in listed:
        writer.writerow(_checked(tuple(row.values())))
    return written.getvalue().encode()


def _checked(cells: Sequence[str]) -> Sequence[str]:
    for each in cells:
        if _FORMULA.search(each) and not re.fullmatch(r"-\d+(\.\d)?", each):
            message = (
                "a text starts like a formula and could run in a spreadsheet; reword the title or "
                "statement of the measure it comes from"
            )
            raise UnsafeCellError(message)
    return cells


def _notes(release: Release, audience: Audience) -> bytes:
    lines = (
        f"Release {release.id}, {release.status}, for {PLACES[audience].title}",
        f"Disclosure policy: {release.policy.name}",
        "",
        *release.notes,
    )
    return ("\n".join(lines) + "\n").encode()
