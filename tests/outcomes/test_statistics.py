"""Intervals agree with values worked out by hand and by scipy."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from outcomes.statistics import mean_change, wilson


@pytest.mark.parametrize(
    ("count", "of", "lower", "upper"),
    # Worked out by hand with (2O + z² ± z√(z² + 4Oq)) / (2(n + z²)), z = 1.95996.
    [
        (0, 10, 0.0, 0.27754),
        (10, 10, 0.72246, 1.0),
        (1, 1, 0.20655, 1.0),
        (25, 40, 0.47028, 0.75776),
    ],
)
def test_wilson_agrees_with_hand_computed_values(
    count: int, of: int, lower: float, upper: float
) -> None:
    bounds = wilson(count, of)
    assert bounds.lower == pytest.approx(lower, abs=5e-5)
    assert bounds.upper == pytest.approx(upper, abs=5e-5)


@given(st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_wilson_agrees_with_scipy_contains_the_share_and_mirrors(share: tuple[int, int]) -> None:
    count, of = share
    bounds, mirrored = wilson(count, of), wilson(of - count, of)
    expected = stats.binomtest(count, of).proportion_ci(method="wilson")
    assert bounds.lower == pytest.approx(expected.low, abs=1e-9)
    assert bounds.upper == pytest.approx(expected.high, abs=1e-9)
    assert bounds.lower <= count / of <= bounds.upper
    assert mirrored.lower == pytest.approx(1 - bounds.upper, abs=1e-9)


def test_wilson_shrinks_as_more_people_answer() -> None:
    widths = [wilson(n // 2, n) for n in (10, 20, 40, 80)]
    spans = [each.upper - each.lower for each in widths]
    assert sorted(spans, reverse=True) == spans


@pytest.mark.parametrize(("count", "of"), [(-1, 4), (5, 4), (0, 0)])
def test_wilson_refuses_what_is_no_share(count: int, of: int) -> None:
    with pytest.raises(ValueError, match="is not a share"):
        wilson(count, of)


@given(st.lists(st.integers(-4, 4), min_size=2, max_size=60))
def test_mean_change_agrees_with_scipy(changes: list[int]) -> None:
    n = len(changes)
    bounds = mean_change(sum(changes), sum(each**2 for each in changes), n)
    mean = sum(changes) / n
    error = stats.sem(changes)
    if error == 0:
        assert (bounds.lower, bounds.upper) == pytest.approx((mean, mean))
        return
    expected = stats.t.interval(0.95, n - 1, loc=mean, scale=error)
    assert (bounds.lower, bounds.upper) == pytest.approx(expected, abs=1e-9)


def test_mean_change_agrees_with_a_hand_computed_value() -> None:
    # 0, 1, 2, 1: mean 1, s = 0.8165, t(3) = 3.18245, half-width 1.29923.
    bounds = mean_change(4, 6, 4)
    assert bounds.lower == pytest.approx(1 - 1.29923, abs=1e-5)
    assert bounds.upper == pytest.approx(1 + 1.29923, abs=1e-5)


def test_a_rounded_count_that_leaves_no_spread_gives_the_mean_alone() -> None:
    bounds = mean_change(36, 36, 35)
    assert math.isclose(bounds.lower, bounds.upper)


def test_mean_change_needs_two_pairs() -> None:
    with pytest.raises(ValueError, match="two pairs"):
        mean_change(1, 1, 1)
