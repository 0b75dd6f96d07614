"""Quarters of an English financial year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.errors import BadQuarterError
from outcomes.quarter import Quarter


@pytest.mark.parametrize(
    ("text", "first", "last", "frozen"),
    [
        ("2026/27-Q1", date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 28)),
        ("2026/27-Q2", date(2026, 7, 1), date(2026, 9, 30), date(2026, 10, 28)),
        ("2026/27-Q3", date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 28)),
        ("2026/27-Q4", date(2027, 1, 1), date(2027, 3, 31), date(2027, 4, 28)),
        ("1999/00-Q4", date(2000, 1, 1), date(2000, 3, 31), date(2000, 4, 28)),
    ],
)
def test_a_quarter_has_a_first_a_last_and_a_freeze_date(
    text: str, first: date, last: date, frozen: date
) -> None:
    quarter = Quarter.parse(text)
    assert (first, last, frozen) == (quarter.first_day, quarter.last_day, quarter.freeze_date)
    assert text == str(quarter)


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-Q3", "2026/28-Q3", "2026/27-Q5", "2026/27-q3", " 2026/27-Q3", "x" * 500],
)
def test_nonsense_is_refused_with_the_right_form(text: str) -> None:
    with pytest.raises(BadQuarterError, match="write it as 2026/27-Q3") as error:
        Quarter.parse(text)
    assert len(str(error.value)) < 200


@pytest.mark.parametrize(("year", "number"), [(2026, 0), (2026, 5), (0, 1)])
def test_numbers_that_are_no_quarter_are_refused(year: int, number: int) -> None:
    with pytest.raises(BadQuarterError, match="there is no quarter"):
        Quarter(year, number)


def test_a_quarter_names_itself_for_files_and_addresses() -> None:
    quarter = Quarter.parse("2026/27-Q3")
    assert ("202627", "Financial year Q3", "2026-27-q3") == (
        quarter.time_period,
        quarter.time_identifier,
        quarter.slug,
    )


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2150, 1, 1)))
def test_every_day_lies_in_exactly_one_quarter(day: date) -> None:
    quarter = Quarter.containing(day)
    assert day in quarter
    assert day not in quarter.following
    assert quarter.last_day + timedelta(days=1) == quarter.following.first_day
    assert Quarter.parse(str(quarter)) == quarter < quarter.following
