"""Lays out what stands beside the figures: definitions, others' figures, replies; no own figure."""

from __future__ import annotations

from outcomes.episode import Audience
from outcomes.formats.labels import line_title, topic_title
from outcomes.formats.layout import Cell, Column, Kind, Table, tamed
from outcomes.quarter import Quarter
from outcomes.release import Definition, Release

FORECAST = "f"
"""The official letter for a forecast; it never stands in the place of a figure."""


def definitions_for(release: Release, audience: Audience) -> tuple[Definition, ...]:
    """Give the definitions that an audience needs, in the order of the release.

    They are those of the figures that it sees, and those of which nobody sees a figure, with why.
    """
    seen = {(each.measure, each.area) for each in release.figures_for(audience)}
    return tuple(
        each for each in release.definitions if each.missing or (each.measure, each.area) in seen
    )


def number_column(name: str, label: str, decimals: int = 0) -> Column:
    """Describe a column of numbers."""
    return Column(name, label, Kind.INDICATOR, decimals=decimals)


def definition_table(release: Release, audience: Audience) -> Table:
    """Give what the figures an audience sees mean, one row a measure and area."""
    columns = (
        Column("measure_area", "Measure and area, as in the figures"),
        Column("measure_code", "Code"),
        number_column("version", "Version; another one is another series"),
        Column("area", "Area"),
        Column("title", "Title"),
        Column("statement", "What it means"),
        Column("population", "Who is counted at all"),
        Column("counted", "Who or what is counted among them"),
        Column("statistic", "Kind of figure"),
        Column("unit", "What one of them is"),
        Column("direction", "Which way is better"),
        Column("role", "Who answers"),
        Column("instrument", "Questions and their version"),
        Column("period_rule", "What puts somebody into a period"),
        Column("interval", "How the range is worked out"),
        number_column("smallest_base", "Fewest for a share or mean"),
        Column("breakdown_topic", "Broken down by, in a year"),
        Column("outcomes", "Outcomes of the contract it is evidence for"),
        Column("indicators", "Published indicators it is read beside"),
        Column("definition_hash", "SHA-256 of the whole definition, which is in release.json"),
        Column("why_no_figure", "Why there is no figure, where there is none"),
    )
    rows = [
        (
            line_title(each),
            each.measure,
            each.version,
            each.area,
            each.title,
            each.statement,
            each.population,
            each.numerator,
            each.statistic,
            each.unit,
            each.direction,
            each.role or "",
            each.instrument or "",
            each.period_rule,
            each.interval,
            each.minimum_n,
            topic_title(each.breakdown or ""),
            "; ".join(each.outcomes),
            "; ".join(each.indicators),
            each.content_hash,
            each.missing,
        )
        for each in definitions_for(release, audience)
    ]
    key = ("measure_area",)
    return Table("definitions", "What each figure means", columns, tuple(rows), key)


def uncounted_table(release: Release) -> Table:
    """Give the measures of which nobody sees a figure, and why."""
    columns = (
        Column("measure_area", "Measure and area"),
        Column("measure_code", "Code"),
        Column("area", "Area"),
        Column("title", "Title"),
        Column("why_no_figure", "Why there is no figure"),
    )
    rows = tuple(
        (line_title(each), each.measure, each.area, each.title, each.missing)
        for each in release.definitions
        if each.missing
    )
    return Table("not_counted", "Not counted, and why", columns, rows, ("measure_area",))


def indicator_table(release: Release) -> Table:
    """Give figures that others published, quarter by quarter; the year's end is a forecast."""
    columns = (
        Column("time_period", "Financial year, six digits", Kind.WHERE),
        Column("time_identifier", "Part of the year", Kind.WHERE),
        Column("indicator_code", "Code", Kind.FILTER),
        Column("indicator", "Indicator", Kind.FILTER),
        Column("unit", "Unit"),
        Column("better", "Which way is better"),
        number_column("actual", "Actual", 1),
        number_column("target", "Target", 1),
        number_column("comparator", "Comparator", 1),
        Column("rating", "Rating by the stated rule"),
        Column("rating_rule", "The stated rule"),
        Column("status", "Status (f = forecast)"),
        Column("rule", "How the forecast is worked out"),
        Column("source", "Source"),
    )
    rows: list[tuple[Cell, ...]] = []
    for each in release.indicators:
        about = (*map(tamed, (each.code, each.title, each.unit)), each.better.value)
        for point in each.points:
            quarter = Quarter.parse(point.quarter)
            when = (quarter.time_period, quarter.time_identifier)
            rating = (point.rag.value, release.rating_rule)
            values = (point.actual, point.target, point.comparator, *rating)
            rows.append((*when, *about, *values, "", "", tamed(each.source)))
        if each.forecast is not None:
            when = (release.period.time_period, "Financial year")
            values = (each.forecast, None, None, "", "")
            said = (FORECAST, tamed(each.forecast_rule), tamed(each.source))
            rows.append((*when, *about, *values, *said))
    return Table(
        "published_indicators",
        "Figures that others published",
        columns,
        tuple(rows),
        ("time_period", "time_identifier", "indicator_code"),
    )


def reply_table(release: Release) -> Table:
    """Give what was done about what young people raised."""
    columns = (
        Column("theme", "Short name; the area of the figure that says how many raised it"),
        Column("title", "You said"),
        Column("did", "We did"),
        Column("on", "Day"),
    )
    rows = [(each.theme, tamed(each.title), tamed(each.did), each.on) for each in release.replies]
    key = ("theme", "on", "did")
    return Table("you_said_we_did", "You said, we did", columns, tuple(rows), key)
