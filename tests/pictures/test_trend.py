"""Figures over time: what is not shown is hatched, what changed its meaning is not joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pictures.faults import PictureFault
from pictures.marks import WITHHELD
from pictures.moments import PERCENT, Guides, Moment, fit_scale, signed_scale
from pictures.palette import CREAM, INK
from pictures.plot_signs import BOUNDS, COMPARATOR, PATH, TARGET, WHISKER
from pictures.sheet import Disc, Shape, Sheet, Words
from pictures.trend import Trend, TrendWords, compose_trend, compose_trends, draw_trend, list_trend

WORDS: Final = TrendWords(
    figure="our figure",
    target="the target",
    comparator="elsewhere",
    withheld="not shown",
    changed="new definition",
    forecast="a forecast",
    bounds="had none, or all, counted",
)
HEAD: Final = ("When", "Figure", "Range", "Target", "Elsewhere")
MOMENTS: Final = (
    Moment("Q1\n2026/27", 44, 30, 60),
    Moment("Q2\n2026/27", 48, 33, 66),
    Moment("Q3\n2026/27", None, reason="withheld"),
    Moment("Q4\n2026/27", 63, 47, 76, 40, 80),
)


def trend_of(moments: Sequence[Moment], guides: Guides | None = None) -> Trend:
    return Trend("Feelings better", tuple(moments), PERCENT, guides or Guides())


def sheet_of(moments: Sequence[Moment], guides: Guides | None = None) -> Sheet:
    return compose_trend(trend_of(moments, guides), WORDS)


def lines(sheet: Sheet, look: object) -> list[Shape]:
    """Give the lines of a look that are in the plot: those of the legend lie below it."""
    plot = next(m for m in sheet.marks if isinstance(m, Shape) and m.look.fill == CREAM)
    bottom = min(y for _, y in plot.points)
    return [
        m
        for m in sheet.marks
        if isinstance(m, Shape) and m.look == look and min(y for _, y in m.points) >= bottom - 1
    ]


def dots(sheet: Sheet) -> list[Disc]:
    plot = next(m for m in sheet.marks if isinstance(m, Shape) and m.look.fill == CREAM)
    bottom = min(y for _, y in plot.points)
    return [
        m
        for m in sheet.marks
        if isinstance(m, Disc) and m.look.fill == INK and m.centre[1] >= bottom - 1
    ]


def words(sheet: Sheet) -> list[str]:
    return [mark.text for mark in sheet.marks if isinstance(mark, Words)]


def test_each_figure_has_a_point_and_what_is_withheld_has_a_hatching_and_none() -> None:
    sheet = sheet_of(MOMENTS)
    assert len(dots(sheet)) == 3
    assert len(lines(sheet, WITHHELD)) > 5
    assert "not shown" in words(sheet)
    assert not lines(sheet_of(MOMENTS[:2]), WITHHELD)


def test_no_line_crosses_what_is_withheld_or_missing() -> None:
    assert len(lines(sheet_of(MOMENTS), PATH)) == 1
    absent = [*MOMENTS[:1], Moment("Q2\n2026/27", None), MOMENTS[3]]
    assert not lines(sheet_of(absent), PATH)
    assert "–" in words(sheet_of(absent))


def test_a_changed_definition_breaks_the_line_and_says_so() -> None:
    joined = sheet_of(MOMENTS[:2])
    broken = sheet_of([MOMENTS[0], replace(MOMENTS[1], starts_anew=True)])
    assert len(lines(joined, PATH)) == 1
    assert not lines(broken, PATH)
    assert "new definition" in words(broken)
    assert "new definition" not in words(joined)


def test_the_first_moment_of_a_plot_is_never_marked_as_a_break() -> None:
    assert "new definition" not in words(sheet_of([replace(MOMENTS[0], starts_anew=True)]))


def test_the_honest_bounds_stand_behind_the_newest_figure() -> None:
    (box,) = lines(sheet_of(MOMENTS), BOUNDS)
    (low, high) = (min(y for _, y in box.points), max(y for _, y in box.points))
    newest = max(dots(sheet_of(MOMENTS)), key=lambda each: each.centre[0])
    assert low < newest.centre[1] < high


def test_a_range_is_as_high_as_it_says() -> None:
    whiskers = lines(sheet_of([Moment("Q1", 50, 25, 75)]), WHISKER)
    stem = max(whiskers, key=lambda each: each.points[1][1] - each.points[0][1])
    plot = next(m for m in sheet_of(MOMENTS).marks if isinstance(m, Shape) and m.look.fill == CREAM)
    height = max(y for _, y in plot.points) - min(y for _, y in plot.points)
    assert stem.points[1][1] - stem.points[0][1] == pytest.approx(height / 2)


def test_target_and_comparator_have_lines_of_their_own() -> None:
    sheet = sheet_of(MOMENTS, Guides((50, 50, None, 55), (40, None, None, None)))
    assert len(lines(sheet, TARGET)) == 1
    assert not lines(sheet, COMPARATOR)
    assert {"the target", "elsewhere"} <= set(words(sheet))


def test_a_forecast_is_no_point_and_is_joined_to_nothing() -> None:
    sheet = sheet_of([MOMENTS[0], Moment("Year's\nend", 50, is_forecast=True)])
    assert len(dots(sheet)) == 1
    assert not lines(sheet, PATH)
    assert "a forecast" in words(sheet)


def test_the_year_is_written_where_it_begins() -> None:
    assert words(sheet_of(MOMENTS)).count("2026/27") == 1


def test_small_plots_share_one_legend_and_name_only_the_ends_of_their_time() -> None:
    shown = words(compose_trends([trend_of(MOMENTS)] * 4, 2, "All", WORDS))
    assert shown.count("our figure") == 1
    assert shown.count("Q1") == shown.count("Q4") == 4
    assert "Q2" not in shown


def test_a_plot_can_be_had_as_rows_of_text() -> None:
    trend = trend_of(
        [*MOMENTS[:3], replace(MOMENTS[3], starts_anew=True), Moment("Q5", None)],
        Guides((50, None, None, 55, None)),
    )
    table = list_trend(trend, head=HEAD, absent="no figure", words=WORDS)
    assert table.head == ("When", "Figure", "Range", "Target")
    assert table.rows == (
        ("Q1 2026/27", "44%", "30% to 60%", "50%"),
        ("Q2 2026/27", "48%", "33% to 66%", ""),
        ("Q3 2026/27", "withheld", "", ""),
        (
            "Q4 2026/27",
            "63% (new definition) (had none, or all, counted: 40% to 80%)",
            "47% to 76%",
            "55%",
        ),
        ("Q5", "no figure", "", ""),
    )


def test_half_a_range_or_the_ends_of_a_hidden_figure_are_refused() -> None:
    with pytest.raises(PictureFault):
        Moment("Q1", 50, 40)
    with pytest.raises(PictureFault):
        Moment("Q1", None, 40, 60, reason="withheld")
    with pytest.raises(PictureFault):
        Moment("Q1", None, least=40, most=60)
    with pytest.raises(PictureFault):
        sheet_of([])


@given(st.lists(st.floats(0, 5000, allow_nan=False), min_size=1, max_size=8))
def test_an_axis_holds_every_figure_and_counts_begin_at_nought(values: list[float]) -> None:
    moments = [Moment(f"Q{at}", value) for at, value in enumerate(values)]
    for from_nought in (True, False):
        scale = fit_scale(moments, Guides(), from_nought=from_nought)
        assert scale.low - 1e-6 <= min(values)
        assert max(values) <= scale.high + 1e-6
        assert len(scale.ticks) <= 7
    assert fit_scale(moments, Guides(), from_nought=True).low == 0


@given(st.lists(st.floats(-4, 4, allow_nan=False), min_size=1, max_size=8))
def test_changes_have_nought_in_the_middle(values: list[float]) -> None:
    scale = signed_scale([Moment(f"Q{at}", value) for at, value in enumerate(values)])
    assert scale.low == -scale.high
    assert max(map(abs, values)) <= scale.high + 1e-6


def test_the_same_figures_give_the_same_bytes_without_inline_code() -> None:
    svg = draw_trend(trend_of(MOMENTS), WORDS)
    assert svg == draw_trend(trend_of(MOMENTS), WORDS)
    assert ET.fromstring(svg) is not None  # noqa: S314  our own SVG
    assert b"style" not in svg
    assert b"<script" not in svg
