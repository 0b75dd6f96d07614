"""Statistics files: names, columns, exact words, a full matrix, and a description that fits."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

import pytest

from outcomes.episode import Audience
from outcomes.figures import Symbol
from outcomes.formats.ees import META_COLUMNS, pair_of, write_statistics, write_table
from outcomes.formats.layout import Cell, Column, Kind, Table, bare
from outcomes.formats.sheets import INDICATORS, statistics_tables
from outcomes.release import Status
from tests.outcomes.sample import sample_release

PERIODS = ("2026/27-Q3", "2026/27")
STARTS = ["time_period", "time_identifier", "geographic_level", "country_code", "country_name"]
PLAIN = re.compile(r"-?\d+(\.\d)?|[cuz]")
DERBY = ("Local authority", "E92000001", "England", "E12000004", "East Midlands", "831",
         "E06000015", "Derby")  # fmt: skip
WHERE = ("geographic_level", "country_code", "country_name", "region_code", "region_name",
         "old_la_code", "new_la_code", "la_name")  # fmt: skip

Rows = list[dict[str, str]]


def read(content: bytes) -> Rows:
    return list(csv.DictReader(io.StringIO(content.decode())))


def file(name: str, period: str, audience: Audience) -> tuple[Rows, Rows]:
    """Give the rows of a data file and those of its description."""
    tables = statistics_tables(sample_release(period), audience)
    table = next(each for each in tables if each.name == name)
    written = write_statistics(table)
    return read(written[f"{name}.csv"]), read(written[f"{name}.meta.csv"])


def test_a_council_has_strict_files_only_and_the_board_both_shapes() -> None:
    names = {
        audience: [each.name for each in statistics_tables(sample_release(), audience)]
        for audience in Audience
    }
    assert ["outcomes_la", "flow_la"] == names[Audience.DERBY_CITY]
    assert ["outcomes_la", "outcomes_footprint", "flow_la", "flow_footprint"] == (
        names[Audience.ICB]
    )


@pytest.mark.parametrize(
    ("period", "time"),
    [("2026/27-Q3", ("202627", "Financial year Q3")), ("2026/27", ("202627", "Financial year"))],
)
def test_a_councils_rows_are_about_its_authority_and_one_time(
    period: str, time: tuple[str, str]
) -> None:
    for name in ("outcomes_la", "flow_la"):
        rows, _ = file(name, period, Audience.DERBY_CITY)
        assert STARTS == list(rows[0])[:5]
        assert {(row["time_period"], row["time_identifier"]) for row in rows} == {time}
        assert {tuple(row[each] for each in WHERE) for row in rows} == {DERBY}


def test_the_board_sees_each_footprint_named() -> None:
    rows, meta = file("outcomes_footprint", "2026/27-Q3", Audience.ICB)
    places = {(row["footprint"], row["geographic_level"], row["icb_code"]) for row in rows}
    assert places == {
        ("Derby City", "Local authority", ""),
        ("Derbyshire County", "Local authority", ""),
        ("Whole service", "Integrated care board", "E54000058"),
    }
    described = {row["col_name"]: row for row in meta}
    assert "Whole service" == described["footprint"]["filter_default"]


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("audience", Audience)
def test_every_combination_has_one_row(period: str, audience: Audience) -> None:
    for table in statistics_tables(sample_release(period), audience):
        rows = read(write_statistics(table)[f"{table.name}.csv"])
        if table.name.startswith("outcomes"):
            parts = ("la_name", "measure_area", "breakdown")
            groups = {"measure_area": "measure", "breakdown": "breakdown_topic"}
        else:
            parts, groups = ("la_name", "people", "step"), {"step": "step_type"}
        levels = [
            {(row[part], row[groups.get(part, part)], row.get("footprint")) for row in rows}
            if part == "la_name"
            else {(row[part], row[groups.get(part, part)]) for row in rows}
            for part in parts
        ]
        assert len(rows) == len(levels[0]) * len(levels[1]) * len(levels[2])


@pytest.mark.parametrize("period", PERIODS)
def test_cells_are_bare_numbers_and_letters(period: str) -> None:
    rows, meta = file("outcomes_footprint", period, Audience.ICB)
    indicators = [row["col_name"] for row in meta if row["col_type"] == "Indicator"]
    assert [column.name for column in INDICATORS.values()] == indicators
    for row in rows:
        assert all(PLAIN.fullmatch(row[name]) for name in indicators)


def test_the_description_names_units_decimals_groups_and_defaults() -> None:
    _, meta = file("outcomes_la", "2026/27", Audience.DERBY_CITY)
    assert list(META_COLUMNS) == list(meta[0])
    described = {row["col_name"]: row for row in meta}
    assert ("%", "0") == (
        described["share_percent"]["indicator_unit"],
        described["share_percent"]["indicator_dp"],
    )
    assert ("", "1") == (
        described["change_mean"]["indicator_unit"],
        described["change_mean"]["indicator_dp"],
    )
    assert "measure" == described["measure_area"]["filter_grouping_column"]
    assert "breakdown_topic" == described["breakdown"]["filter_grouping_column"]


def test_a_filter_with_one_value_is_in_the_data_and_not_in_the_description() -> None:
    rows, meta = file("outcomes_la", "2026/27-Q3", Audience.DERBY_CITY)
    assert {("Total", "Total")} == {(row["breakdown_topic"], row["breakdown"]) for row in rows}
    assert "breakdown" not in {row["col_name"] for row in meta}


def test_merged_bands_stand_as_one_line() -> None:
    rows, _ = file("outcomes_la", "2026/27", Audience.DERBYSHIRE_COUNTY)
    ages = [
        row["breakdown"]
        for row in rows
        if row["measure_area"].startswith("M04") and row["breakdown_topic"].startswith("Age")
    ]
    assert ["0 to 10 and 11 to 15", "16 to 25"] == ages


def test_provisional_is_marked_beside_the_figures_and_never_in_them() -> None:
    assert Status.PROVISIONAL is sample_release("2026/27-Q3").status
    for period, mark in (("2026/27-Q3", "p"), ("2026/27", "")):
        rows, _ = file("outcomes_la", period, Audience.DERBY_CITY)
        assert {mark} == {row["status"] for row in rows}


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (5, "5"),
        (Decimal("-0.3"), "-0.3"),
        (Decimal("0.0"), "0.0"),
        (Decimal("1E+1"), "10"),
        (Symbol.WITHHELD, "c"),
        (None, ""),
        ("a text, with “signs”", "a text, with “signs”"),
    ],
)
def test_a_cell_is_written_bare(cell: Cell, text: str) -> None:
    assert text == bare(cell)


def test_a_row_of_another_length_is_no_row_of_a_table() -> None:
    column = Column("one", "One", Kind.TEXT)
    with pytest.raises(ValueError, match="a row has 2 cells, its table 1 columns"):
        Table("name", "Title", (column,), (("a", "b"),), ("one",))


def test_a_column_that_is_not_there_is_a_fault() -> None:
    table = Table("name", "Title", (Column("one", "One"),), (("a",), ("a",)), ("one",))
    assert (("a", "a"), ("a",)) == (table.column("one"), table.levels("one"))
    with pytest.raises(KeyError, match="two"):
        table.column("two")
    assert b"one\na\na\n" == write_table(table)
    assert ("one",) == pair_of(table).data.columns
