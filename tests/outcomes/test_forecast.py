"""How a year would end: published series by hand, and what is never forecast."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.forecast import (
    RULE_COUNT,
    RULE_MIDWAY,
    RULE_NEWEST,
    Forecast,
    forecast_year_end,
)
from outcomes.indicators import IndicatorPoint, Rag, Unit, derby_csv
from outcomes.quarter import Quarter, Year, parse_period


def point(quarter: str, actual: str | None) -> IndicatorPoint:
    number = None if actual is None else Decimal(actual)
    return IndicatorPoint(quarter, number, None, None, Rag.NOT_RATED)


def derby(code: str) -> list[IndicatorPoint]:
    return [
        point(row["period"].replace(" ", "-"), row["actual"])
        for row in csv.DictReader(StringIO(derby_csv()))
        if row["indicator_code"] == code
    ]


def year_of(*actuals: str | None) -> list[IndicatorPoint]:
    """The first quarters of 2026/27."""
    return [point(f"2026/27-Q{number}", each) for number, each in enumerate(actuals, 1)]


@pytest.mark.parametrize(
    ("code", "period", "value", "rule"),
    [
        # 62.7 now and 60.8 a year before: 61.75, written with one decimal. It became 64.3.
        ("SS_PM17", "2023/24-Q3", "61.8", RULE_MIDWAY),
        # 10.7 and 9.1. It became 13.7.
        ("SS_PM16", "2022/23-Q3", "9.9", RULE_MIDWAY),
        # 61.8 and 90.6: only half of the year is known. It became 58.8.
        ("SS_PM02d", "2022/23-Q2", "76.2", RULE_MIDWAY),
        # 82.7 and 90.6: 86.65, half of a step goes up. It became 88.7.
        ("EISS_PM47", "2023/24-Q3", "86.7", RULE_MIDWAY),
        # The first year of the series: nothing stands before it. It became 15.2.
        ("EISS_PM48", "2021/22-Q3", "15.2", RULE_NEWEST),
    ],
)
def test_published_series_are_forecast_as_by_hand(
    code: str, period: str, value: str, rule: str
) -> None:
    found = forecast_year_end(derby(code), Unit.PERCENT, parse_period(period))
    assert found == Forecast(Decimal(value), rule)
    assert str(found.value) == value


@pytest.mark.parametrize("period", ["2023/24-Q1", "2023/24-Q4", "2023/24", "2024/25-Q2"])
def test_one_quarter_is_too_little_and_a_known_end_is_not_forecast(period: str) -> None:
    assert forecast_year_end(derby("SS_PM17"), Unit.PERCENT, parse_period(period)) is None


def test_a_whole_year_whose_last_quarter_is_not_out_yet_is_forecast() -> None:
    points = year_of("10", "12", "14", None)
    assert forecast_year_end(points, Unit.SCORE, Year(2026)) == Forecast(Decimal(14), RULE_NEWEST)


def test_what_adds_up_is_carried_on_to_four_quarters() -> None:
    points = year_of("10", "11", "15")
    expected = Forecast(Decimal(48), RULE_COUNT)
    assert forecast_year_end(points, Unit.COUNT, Quarter(2026, 3)) == expected


def test_a_gap_in_what_adds_up_is_filled_even_after_the_last_quarter() -> None:
    points = year_of("10", None, "12", "15")
    found = forecast_year_end(points, Unit.COUNT, Year(2026))
    assert found == Forecast(Decimal(49), RULE_COUNT)  # 37 / 3 * 4 is 49.3


def test_what_was_published_after_the_period_is_not_looked_at() -> None:
    points = year_of("10", "12", "99", "99")
    found = forecast_year_end(points, Unit.RATE, Quarter(2026, 2))
    assert found == Forecast(Decimal(12), RULE_NEWEST)


ACTUALS = st.none() | st.decimals(0, 100, places=1)


@given(st.lists(ACTUALS, min_size=8, max_size=8), st.integers(1, 4), st.sampled_from(Unit))
def test_a_forecast_never_leaves_what_it_was_made_from(
    actuals: list[Decimal | None], number: int, unit: Unit
) -> None:
    """A level lies between the two numbers it comes from; a sum is never below its parts."""
    quarters = [*Year(2025).quarters, *Year(2026).quarters]
    points = [
        IndicatorPoint(str(quarter), actual, None, None, Rag.NOT_RATED)
        for quarter, actual in zip(quarters, actuals, strict=True)
    ]
    found = forecast_year_end(points, unit, Quarter(2026, number))
    this_year = [each for each in actuals[4 : 4 + number] if each is not None]
    is_over = number == 4 and actuals[7] is not None
    is_known = len(this_year) == 4 if unit is Unit.COUNT else is_over
    assert (found is None) == (is_known or len(this_year) < 2)
    if found is None:
        return
    if unit is Unit.COUNT:
        assert found.value >= sum(this_year) - Decimal("0.5")
    else:
        ends = [each for each in (this_year[-1], actuals[3]) if each is not None]
        assert min(ends) <= found.value <= max(ends)


@given(st.permutations(range(12)))
def test_the_order_in_which_quarters_were_published_does_not_matter(order: list[int]) -> None:
    points = derby("SS_PM02a")
    shuffled = [points[place] for place in order]
    quarter = Quarter(2023, 3)
    assert forecast_year_end(shuffled, Unit.PERCENT, quarter) == forecast_year_end(
        points, Unit.PERCENT, quarter
    )
