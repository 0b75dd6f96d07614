"""The workbook, opened again as zip and XML: the same figures, a table a sheet, nothing hidden."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from outcomes.episode import Audience
from outcomes.figures import TOTAL, Shown, Symbol
from outcomes.formats.labels import PLACES, group_title
from outcomes.formats.sheets import INDICATORS
from outcomes.formats.workbook import to_workbook
from tests.outcomes.formats.xlsx import Tab, parts_of, table_of, tabs_of
from tests.outcomes.sample import sample_release

QUARTER, YEAR = "2026/27-Q3", "2026/27"


@pytest.fixture(scope="module", name="quarter")
def _quarter() -> list[Tab]:
    return tabs_of(to_workbook(sample_release(QUARTER), Audience.ICB))


@pytest.fixture(scope="module", name="year")
def _year() -> list[Tab]:
    return tabs_of(to_workbook(sample_release(YEAR), Audience.DERBYSHIRE_COUNTY))


def table(tabs: list[Tab], name: str) -> list[dict[str, str | float]]:
    return table_of(next(each for each in tabs if each.name == name))


def written(shown: Shown) -> str | float:
    return f"[{shown.value}]" if isinstance(shown, Symbol) else float(shown)


def label(field: str) -> str:
    column = INDICATORS[field]
    return f"{column.label} ({column.unit})" if column.unit else column.label


def test_a_cover_contents_and_notes_come_first(quarter: list[Tab], year: list[Tab]) -> None:
    names = [each.name for each in quarter]
    assert ["Cover", "Contents", "Notes"] == names[:3]
    contents = [row["Sheet name"] for row in table(quarter, "Contents")]
    assert names[3:] == contents
    assert "You said, we did" in contents
    assert {"By age", "By strand"} <= {each.name for each in year}
    assert [row["Note text"] for row in table(quarter, "Notes")] == list(sample_release().notes)


def test_every_sheet_can_be_seen_and_has_no_empty_cell(quarter: list[Tab], year: list[Tab]) -> None:
    for tab in (*quarter, *year):
        assert tab.is_visible
        assert all(cell != "" for row in tab.rows for cell in row)


@pytest.mark.parametrize(
    ("tab", "measures", "fields"),
    [
        ("Counts", {"M01", "M02", "M03"}, ("numerator",)),
        (
            "Shares",
            {"M04", "M05", "M05w", "M09", "M20", "Y-calls-back", "Y-quiet-room"},
            ("numerator", "denominator", "percent", "percent_lower", "percent_if_all"),
        ),
        ("Changes", {"M06"}, ("denominator", "change_mean", "change_lower", "only_first_mean")),
        ("Times", {"M20t"}, ("median_seconds",)),
        ("Outcomes covered", {"M21"}, ("numerator", "denominator")),
    ],
)
def test_the_cells_are_the_figures_of_the_release(
    quarter: list[Tab], tab: str, measures: set[str], fields: tuple[str, ...]
) -> None:
    rows = table(quarter, tab)
    figures = [each for each in sample_release(QUARTER).figures if each.measure in measures]
    assert len(figures) == len(rows)
    for row, figure in zip(rows, figures, strict=True):
        assert (figure.measure, figure.area) == (row["Code"], row["Area"])
        assert PLACES[figure.footprint].title == row["Footprint"]
        for field in fields:
            assert written(getattr(figure, field)) == row[label(field)]


def test_breakdowns_have_a_sheet_each(year: list[Tab]) -> None:
    for axis, title in (
        ("age", "Age when support was accepted"),
        ("strand", "How the support reaches the child"),
    ):
        figures = [
            each
            for each in sample_release(YEAR).figures
            if each.footprint is Audience.DERBYSHIRE_COUNTY and each.breakdown == axis
        ]
        rows = table(year, f"By {axis}")
        assert [group_title(each.group) for each in figures] == [row[title] for row in rows]
        assert [written(each.percent) for each in figures] == [row["Share (%)"] for row in rows]


def test_a_council_finds_only_itself(year: list[Tab]) -> None:
    for tab in year:
        for row in table_of(tab) if tab.name != "Cover" else ():
            assert row.get("Footprint", "Derbyshire County") == "Derbyshire County"


def test_withheld_is_shown_as_withheld_on_every_sheet_with_figures(quarter: list[Tab]) -> None:
    shares = table(quarter, "Shares")
    assert "[c]" in {row["How many"] for row in shares}
    for tab in quarter[3:]:
        texts = [str(row[0]) for row in tab.rows if len(row) == 1]
        assert any(text.startswith("[c] = withheld") for text in texts)


def test_the_file_says_nothing_of_the_machine_and_the_moment() -> None:
    parts = parts_of(to_workbook(sample_release(), Audience.DERBY_CITY))
    core = parts["docProps/core.xml"].decode()
    assert "<dc:creator></dc:creator><cp:lastModifiedBy></cp:lastModifiedBy>" in core
    assert "2027-01-28T00:00:00Z" in core
    assert not any(name.startswith(("xl/externalLinks", "xl/comments")) for name in parts)
    for content in parts.values():
        for folder in (Path.cwd(), Path.home(), Path(tempfile.gettempdir())):
            assert str(folder).encode() not in content
        assert b"absPath" not in content


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("see https://example.org {=1+1}", "see https://example.org {=1+1}"),
        ("{=1+1}", "{=1+1}"),
        ("[here](https://example.org)", "[here] (https://example.org)"),
        ("one $$note$$", "one $ $note$ $"),
        ("Передзвонили", "Передзвонили [as written]"),
        ("👍", "👍 [as written]"),
        (" ", "[x]"),
        ("=1+1", "'=1+1"),
        ("- one\n- two", "'- one - two"),
    ],
)
def test_what_somebody_wrote_stays_a_text(written: str, shown: str) -> None:
    release = sample_release()
    did = replace(release.replies[0], did=written)
    tabs = tabs_of(to_workbook(replace(release, replies=(did,)), Audience.DERBY_CITY))
    assert shown == table(tabs, "You said, we did")[0]["We did"]


def test_a_year_without_breakdowns_has_no_sheets_for_them() -> None:
    release = sample_release(YEAR)
    plain = replace(
        release, figures=tuple(each for each in release.figures if each.breakdown == TOTAL)
    )
    names = {each.name for each in tabs_of(to_workbook(plain, Audience.ICB))}
    assert not names & {"By age", "By strand"}
