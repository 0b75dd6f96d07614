"""A figure over time: a changed definition is another series, and a change must be clear."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from outcomes.episode import Audience
from outcomes.figures import Figure, Symbol
from outcomes.measures.measure import Direction, Statistic
from outcomes.pages.series import Point, Series, compare, follow
from outcomes.quarter import Quarter, parse_period
from outcomes.release import Release
from tests.outcomes.pages.whole import whole_release
from tests.outcomes.sample import definition

CITY = Audience.DERBY_CITY
NOW, BEFORE = Quarter(2026, 3), Quarter(2026, 2)


def settled(release: Release) -> Figure:
    return next(each for each in release.figures if (each.measure, each.footprint) == ("M09", CITY))


def series_of(*releases: Release) -> Series:
    figure = settled(releases[-1])
    return follow(releases, figure, releases[-1].definition_of(figure))


def redefined(release: Release) -> Release:
    return replace(
        release,
        definitions=tuple(
            replace(each, version=2, content_hash="another") if each.measure == "M09" else each
            for each in release.definitions
        ),
    )


def points(before: Point, now: Point, direction: Direction = Direction.HIGHER_IS_BETTER) -> Series:
    return Series(Statistic.RATE.value, direction.value, (before, now))


def share(period: Quarter, value: int, spread: int = 10, people: int = 60) -> Point:
    return Point(period, Decimal(value), Decimal(value - spread), Decimal(value + spread), people)


def test_a_figure_is_followed_through_earlier_releases_of_its_own_footprint() -> None:
    found = series_of(
        whole_release("2026/27-Q1", share=40),
        whole_release("2026/27-Q2", share=50),
        whole_release("2026/27-Q3", share=60),
    )
    assert [each.value for each in found.points] == [40, 50, 60]
    assert {each.people for each in found.points} == {60}
    assert not any(each.starts_anew for each in found.points)


def test_a_quarter_without_a_release_is_a_gap_and_no_figure() -> None:
    found = series_of(whole_release("2025/26-Q4"), whole_release("2026/27-Q3"))
    assert [each.exists for each in found.points] == [True, False, False, True]
    assert [str(each.period) for each in found.points[1:3]] == ["2026/27-Q1", "2026/27-Q2"]


def test_a_withheld_figure_stays_withheld_and_never_becomes_a_number() -> None:
    whole = whole_release("2026/27-Q2")
    hidden = replace(
        whole,
        figures=tuple(
            replace(each, numerator=Symbol.WITHHELD, percent=Symbol.WITHHELD)
            for each in whole.figures
        ),
    )
    point = series_of(hidden, whole_release()).points[0]
    assert (point.value, point.low, point.reason) == (None, None, "withheld")


def test_a_changed_definition_begins_another_series_and_is_said() -> None:
    found = series_of(
        whole_release("2026/27-Q1"), whole_release("2026/27-Q2"), redefined(whole_release())
    )
    assert [each.starts_anew for each in found.points] == [False, False, True]
    change = compare(found, "%")
    assert change is not None
    assert "definition changed" in change.told
    assert change.is_higher is None


def test_years_are_followed_by_years() -> None:
    found = series_of(whole_release("2025/26"), whole_release("2026/27"))
    assert [each.period for each in found.points] == [
        parse_period("2025/26"),
        parse_period("2026/27"),
    ]


def test_only_two_years_of_quarters_are_shown() -> None:
    periods = [
        f"{year}/{year - 1999:02d}-Q{n}" for year in (2024, 2025, 2026) for n in (1, 2, 3, 4)
    ]
    assert len(series_of(*map(whole_release, periods)).points) == 8


def test_a_change_is_clear_only_where_the_likely_ranges_stand_apart() -> None:
    clear = compare(points(share(BEFORE, 30), share(NOW, 60)), "%")
    assert clear is not None
    assert clear.told == "Higher than in 2026/27-Q2 (30%): the likely ranges stand apart."
    assert (clear.is_higher, clear.is_better) == (True, True)
    unclear = compare(points(share(BEFORE, 50), share(NOW, 60)), "%")
    assert unclear is not None
    assert unclear.told == "No clear change since 2026/27-Q2 (50%)."
    assert (unclear.is_higher, unclear.is_better) == (None, None)


def test_which_way_is_better_is_the_measures_own_business() -> None:
    pair = share(BEFORE, 60), share(NOW, 30)
    for direction, better in (
        (Direction.HIGHER_IS_BETTER, False),
        (Direction.LOWER_IS_BETTER, True),
        (Direction.NEITHER, None),
    ):
        change = compare(points(*pair, direction), "%")
        assert change is not None
        assert (change.is_higher, change.is_better) == (False, better)


def test_too_few_people_are_never_compared() -> None:
    change = compare(points(share(BEFORE, 10, people=29), share(NOW, 90)), "%")
    assert change is not None
    assert change.told == "It was 10% in 2026/27-Q2; too few people for a comparison."
    assert not change.is_tested


def test_what_was_not_shown_before_is_said_without_a_number() -> None:
    change = compare(points(Point(BEFORE, reason="withheld"), share(NOW, 60)), "%")
    assert change is not None
    assert change.told == "In 2026/27-Q2 it is not shown (withheld)."
    assert compare(points(Point(BEFORE), share(NOW, 60)), "%") is None
    assert compare(points(share(BEFORE, 60), Point(NOW, reason="withheld")), "%") is None


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 30), st.integers(0, 30))
def test_a_clear_change_never_has_ranges_that_touch(
    one: int, other: int, spread: int, other_spread: int
) -> None:
    before, now = share(BEFORE, one, spread), share(NOW, other, other_spread)
    change = compare(points(before, now), "%")
    assert change is not None
    assert (change.is_higher is not None) == (abs(one - other) > spread + other_spread)


def test_a_hash_alone_is_enough_for_another_series() -> None:
    assert definition("M09", "x", "{n}").content_hash != definition("M09", "y", "{n}").content_hash
