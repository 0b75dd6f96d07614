"""Lays a release out as tables for one audience: who sees which row; it writes no file.

Figures stand in the shape of the Department for Education's statistics files: one row for a place,
a measure and a line of a breakdown, filters and indicators as columns. A council's tables have its
own rows only. The board's have a strict table of both local authorities, and one of all footprints
that has the same shape; the standard has no level for an Integrated Care Board.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from outcomes.episode import COUNCILS, Audience
from outcomes.figures import TOTAL, Figure, Symbol
from outcomes.formats.labels import (
    PLACES,
    flow_title,
    group_title,
    line_title,
    step_title,
    topic_title,
)
from outcomes.formats.layout import Cell, Column, Kind, Table
from outcomes.release import Release, Status

PROVISIONAL = "p"
"""The official letter for what may still change; it never stands in the place of a figure."""

_WHERE = tuple(
    Column(name, label, Kind.WHERE)
    for name, label in (
        ("time_period", "Financial year, six digits"),
        ("time_identifier", "Part of the year"),
        ("geographic_level", "Kind of area"),
        ("country_code", "Country, official code"),
        ("country_name", "Country"),
        ("region_code", "Region, official code"),
        ("region_name", "Region"),
        ("old_la_code", "Local authority, three digits"),
        ("new_la_code", "Local authority, official code"),
        ("la_name", "Local authority"),
    )
)
_BOARD = (
    Column("icb_code", "Integrated Care Board, official code", Kind.WHERE),
    Column("icb_name", "Integrated Care Board", Kind.WHERE),
)
_WHOLE = PLACES[Audience.ICB].title
_FOOTPRINT = Column(
    "footprint", "Footprint", Kind.FILTER, default=_WHOLE, hint="Whose children are counted"
)
_STATUS = Column("status", "Status (p = provisional)")


def _indicator(name: str, label: str, family: str, unit: str = "", decimals: int = 0) -> Column:
    return Column(name, label, Kind.INDICATOR, unit, decimals, family)


INDICATORS = {
    "numerator": _indicator("numerator_count", "How many", "Counts"),
    "denominator": _indicator("denominator_count", "Of how many", "Counts"),
    "percent": _indicator("share_percent", "Share", "Shares", "%"),
    "percent_lower": _indicator("share_lower_ci", "Share, lower end of the range", "Shares", "%"),
    "percent_upper": _indicator("share_upper_ci", "Share, upper end of the range", "Shares", "%"),
    "percent_if_none": _indicator(
        "if_none_percent", "Share if none of the missing had counted", "Shares", "%"
    ),
    "percent_if_all": _indicator(
        "if_all_percent", "Share if all of the missing had counted", "Shares", "%"
    ),
    "first_mean": _indicator("first_mean", "Mean at the start", "Means", decimals=1),
    "last_mean": _indicator("last_mean", "Mean at the end", "Means", decimals=1),
    "change_mean": _indicator("change_mean", "Mean change", "Means", decimals=1),
    "change_lower": _indicator(
        "change_lower_ci", "Mean change, lower end of the range", "Means", decimals=1
    ),
    "change_upper": _indicator(
        "change_upper_ci", "Mean change, upper end of the range", "Means", decimals=1
    ),
    "effect": _indicator("effect_size", "Size of the change (Hedges' g)", "Means", decimals=1),
    "only_first_mean": _indicator(
        "only_first_mean", "Mean at the start of those who answered only then", "Means", decimals=1
    ),
    "only_first": _indicator("only_first_count", "Answered at the start only", "Means"),
    "median_seconds": _indicator("median_seconds", "Median time in seconds", "Times"),
    "eligible": _indicator("eligible_count", "Could have been compared", "Who is compared"),
    "paired": _indicator("paired_count", "Are compared", "Who is compared"),
    "paired_percent": _indicator(
        "paired_percent", "Are compared, of those who could have been", "Who is compared", "%"
    ),
}
"""The fields of a figure and the columns they stand in."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """The strict shape of local authorities only, or the same with a column for the footprint."""

    suffix: str
    places: tuple[Audience, ...]

    @property
    def has_footprints(self) -> bool:
        return Audience.ICB in self.places


def statistics_tables(release: Release, audience: Audience) -> tuple[Table, ...]:
    """Give the tables of figures and flow; for the board in both shapes, without empty ones."""
    if audience is Audience.ICB:
        shapes = [_Shape("la", COUNCILS), _Shape("footprint", tuple(Audience))]
    else:
        shapes = [_Shape("la", (audience,))]
    tables = (make(release, shape) for make in (_outcomes, _flow) for shape in shapes)
    return tuple(each for each in tables if each.rows)


def _outcomes(release: Release, shape: _Shape) -> Table:
    figures = {
        (each.footprint, each.measure, each.area, each.breakdown, each.group): each
        for each in release.figures
        if each.footprint in shape.places
    }
    lines = [
        each
        for each in release.definitions
        if any((each.measure, each.area) == key[1:3] for key in figures)
    ]
    groups = dict.fromkeys([(TOTAL, TOTAL), *(key[3:] for key in figures)])
    first = line_title(lines[0]) if lines else ""
    columns = (
        *_where_columns(shape),
        Column("measure", "Measure", Kind.GROUP),
        Column("measure_area", "Measure and area", Kind.FILTER, "", 0, "", "measure", first),
        Column("breakdown_topic", "Broken down by", Kind.GROUP),
        Column("breakdown", "Breakdown", Kind.FILTER, "", 0, "", "breakdown_topic"),
        *INDICATORS.values(),
        _STATUS,
    )
    rows = [
        (
            *_where(release, place, shape),
            f"{line.measure} {line.title}",
            line_title(line),
            topic_title(topic),
            group_title(group),
            *_indicator_cells(figures.get((place, line.measure, line.area, topic, group))),
            status_of(release),
        )
        for place in shape.places
        for line in lines
        for topic, group in groups
    ]
    key = (*_key(shape), "measure", "measure_area", "breakdown_topic", "breakdown")
    return Table(f"outcomes_{shape.suffix}", "Figures by measure", columns, tuple(rows), key)


def _indicator_cells(figure: Figure | None) -> Iterator[Cell]:
    """Give the cells of a figure; a combination that is not measured is filled with `z`."""
    for name in INDICATORS:
        yield Symbol.NOT_APPLICABLE if figure is None else getattr(figure, name)


def _flow(release: Release, shape: _Shape) -> Table:
    counts = {
        (each.footprint, each.flow, each.is_reason, each.step): each
        for each in release.flow
        if each.footprint in shape.places
    }
    flows = dict.fromkeys(key[1] for key in counts)
    names = {key[2:]: step_title(each) for key, each in counts.items()}
    columns = (
        *_where_columns(shape),
        Column(
            "people", "Who was asked what", Kind.FILTER, default=flow_title(next(iter(flows), ""))
        ),
        Column("step_type", "Stage or reason", Kind.GROUP),
        Column(
            "step",
            "How far they came, or why not",
            Kind.FILTER,
            "",
            0,
            "",
            "step_type",
            next(iter(names.values()), ""),
        ),
        _indicator("episodes_count", "Support episodes", "Counts"),
        _STATUS,
    )
    rows: list[tuple[Cell, ...]] = []
    for place in shape.places:
        for flow in flows:
            for step, name in names.items():
                found = counts.get((place, flow, *step))
                rows.append(
                    (
                        *_where(release, place, shape),
                        flow_title(flow),
                        "Reason for no comparison" if step[0] else "Stage",
                        name,
                        Symbol.NOT_APPLICABLE if found is None else found.episodes,
                        status_of(release),
                    )
                )
    return Table(
        f"flow_{shape.suffix}",
        "Who answered and who is missing",
        columns,
        tuple(rows),
        (*_key(shape), "people", "step_type", "step"),
    )


def _key(shape: _Shape) -> tuple[str, ...]:
    return ("time_period", "time_identifier", "footprint" if shape.has_footprints else "la_name")


def status_of(release: Release) -> str:
    """Give the official letter for a release that may still change, nothing for a final one."""
    return PROVISIONAL if release.status is Status.PROVISIONAL else ""


def _where_columns(shape: _Shape) -> tuple[Column, ...]:
    return (*_WHERE, *_BOARD, _FOOTPRINT) if shape.has_footprints else _WHERE


def _where(release: Release, footprint: Audience, shape: _Shape) -> tuple[str, ...]:
    place = PLACES[footprint]
    cells = (
        release.period.time_period,
        release.period.time_identifier,
        place.geographic_level,
        "E92000001",
        "England",
        place.region_code,
        place.region_name,
        place.old_la_code,
        place.new_la_code,
        place.la_name,
    )
    return (*cells, place.icb_code, place.icb_name, place.title) if shape.has_footprints else cells
