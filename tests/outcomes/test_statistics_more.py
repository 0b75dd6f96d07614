"""Sizes, bounds and reliable change agree with other programs and with published examples."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import special, stats
from statsmodels.stats.proportion import proportion_confint

from outcomes.reliable import Change, Norm, change_of, change_over_several, crossed_threshold
from outcomes.statistics import (
    ShownGroup,
    attrition,
    hedges_factor,
    honest_bounds,
    mean_change,
    wilson,
)

SHARES = st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
PAIRS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=3, max_size=60)


@pytest.mark.parametrize(
    ("count", "of", "lower", "upper"),
    # Newcombe 1998, Statistics in Medicine 17:857, table I, the score method without correction.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_agrees_with_the_published_comparison_of_methods(
    count: int, of: int, lower: float, upper: float
) -> None:
    bounds = wilson(count, of)
    assert (bounds.lower, bounds.upper) == pytest.approx((lower, upper), abs=5e-5)


@given(SHARES)
def test_wilson_agrees_with_statsmodels(share: tuple[int, int]) -> None:
    expected = proportion_confint(*share, alpha=0.05, method="wilson")
    bounds = wilson(*share)
    assert (bounds.lower, bounds.upper) == pytest.approx(expected, abs=1e-9)


def test_the_share_that_corc_printed_has_the_margin_of_a_large_group() -> None:
    # 52% (3056/5896) reliably improved: Child Outcomes Research Consortium, 2011 to 2015.
    count, of = 3056, 5896
    bounds = wilson(count, of)
    assert 52 == round(100 * count / of)
    assert (50.6, 53.1) == (round(100 * bounds.lower, 1), round(100 * bounds.upper, 1))


@given(PAIRS)
def test_the_interval_of_a_mean_change_is_that_of_a_paired_t_test(
    pairs: list[tuple[int, int]],
) -> None:
    first, last = np.array(pairs).T
    changes = last - first
    assume(changes.std() > 0)
    expected = stats.ttest_rel(last, first).confidence_interval(0.95)
    bounds = mean_change(int(changes.sum()), int((changes**2).sum()), len(pairs))
    assert (bounds.lower, bounds.upper) == pytest.approx((expected.low, expected.high), abs=1e-9)


@given(st.integers(3, 400))
def test_the_factor_for_small_groups_is_close_to_the_exact_one(n: int) -> None:
    freedom = n - 1
    exact = np.exp(special.gammaln(freedom / 2) - special.gammaln((freedom - 1) / 2))
    exact /= sqrt(freedom / 2)
    assert hedges_factor(n) == pytest.approx(exact, abs=0.011)
    assert hedges_factor(n) < 1


def test_sizes_need_people() -> None:
    with pytest.raises(ValueError, match="three pairs"):
        hedges_factor(2)


GROUPS = st.tuples(SHARES, st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))


@given(GROUPS)
def test_the_truth_lies_between_the_honest_bounds(
    found: tuple[tuple[int, int], int, int, int],
) -> None:
    (count, of), outside, missing, would_have = found
    would_have = min(would_have, missing)
    paired = of + outside
    bounds = honest_bounds(count, of, paired + missing, paired)
    truth = (count + would_have) / (of + missing)
    assert bounds.lower - 1e-12 <= truth <= bounds.upper + 1e-12
    assert bounds.lower <= count / of + 1e-12
    assert bounds.upper >= count / of - 1e-12


def test_honest_bounds_are_those_worked_out_by_hand() -> None:
    # 25 of 40 improved, 5 more were compared but had no room, 60 could have answered: 15 missing.
    bounds = honest_bounds(25, 40, eligible=60, paired=45)
    assert (bounds.lower, bounds.upper) == pytest.approx((25 / 55, 40 / 55))
    same = honest_bounds(25, 40, eligible=40, paired=45)
    assert (same.lower, same.upper) == pytest.approx((25 / 40, 25 / 40))
    with pytest.raises(ValueError, match="not a share"):
        honest_bounds(1, 0, 10, 5)


STARS = st.lists(st.integers(1, 5), min_size=2, max_size=60)


@given(STARS, STARS)
def test_the_attrition_interval_is_never_narrower_than_the_one_from_the_true_spreads(
    both: list[int], only_first: list[int]
) -> None:
    one, other = (
        ShownGroup(round(float(np.mean(each)), 1), len(each)) for each in (both, only_first)
    )
    bounds = attrition(one, other, low=1, high=5)
    error = sqrt(sum(np.var(each, ddof=1) / len(each) for each in (both, only_first)))
    difference = float(np.mean(both) - np.mean(only_first))
    assert bounds.lower <= difference - 1.959 * error
    assert bounds.upper >= difference + 1.959 * error


def test_rounded_counts_widen_the_attrition_interval() -> None:
    exact = attrition(ShownGroup(3.0, 40), ShownGroup(2.0, 30), 1, 5)
    rounded = attrition(ShownGroup(3.0, 40, n_slack=2), ShownGroup(2.0, 30, n_slack=2), 1, 5)
    assert rounded.lower < exact.lower
    assert rounded.upper > exact.upper


TEN_OR_MORE = st.lists(st.integers(1, 5), min_size=12, max_size=60)


@given(TEN_OR_MORE, TEN_OR_MORE, st.integers(-2, 2), st.integers(-2, 2))
def test_neither_rounding_nor_dividing_by_a_rounded_count_makes_a_difference_clear(
    both: list[int], only_first: list[int], one_off: int, other_off: int
) -> None:
    """What is shown is a mean over the shown count, and the true one may be another."""
    groups = []
    for answers, off in ((both, one_off), (only_first, other_off)):
        n = len(answers) + off
        distance = sum(each - 3 for each in answers) / n
        groups.append(ShownGroup(round(min(max(3 + distance, 1.0), 5.0), 1), n, n_slack=2))
    one, other = groups
    bounds = attrition(one, other, low=1, high=5)
    difference = float(np.mean(both) - np.mean(only_first))
    error = sqrt(sum(np.var(each, ddof=1) / len(each) for each in (both, only_first)))
    assert bounds.lower <= difference - 1.959 * error + 1e-9
    assert bounds.upper >= difference + 1.959 * error - 1e-9


@pytest.mark.parametrize("group", [ShownGroup(3.0, 1), ShownGroup(3.0, 3, n_slack=2),
                                   ShownGroup(5.5, 10)])  # fmt: skip
def test_attrition_refuses_what_is_no_group_of_answers(group: ShownGroup) -> None:
    with pytest.raises(ValueError, match="two groups of two or more"):
        attrition(ShownGroup(3.0, 10), group, 1, 5)


@pytest.mark.parametrize(
    ("spread", "reliability", "difference", "threshold"),
    # Three scales as printed in PMC8944273, table 1: spread and alpha to error and index.
    [(7.30, 0.79, 4.73, 9.27), (12.90, 0.91, 5.47, 10.73), (7.19, 0.73, 5.28, 10.36)],
)
def test_reliable_change_agrees_with_published_indexes(
    spread: float, reliability: float, difference: float, threshold: float
) -> None:
    norm = Norm("a scale", 1, "clinician", spread, reliability, "PMC8944273, table 1")
    assert norm.error_of_difference == pytest.approx(difference, abs=0.006)
    assert norm.threshold == pytest.approx(threshold, abs=0.016)


def test_reliable_change_agrees_with_the_example_of_its_authors() -> None:
    # Jacobson and Truax 1991: spread 7.5, reliability 0.80, from 47.5 to 32.5: RC = 3.16.
    norm = Norm("the example", 1, "self", 7.5, 0.80, "Jacobson and Truax 1991")
    assert (47.5 - 32.5) / norm.error_of_difference == pytest.approx(3.16, abs=0.005)
    assert 10 == norm.whole_points


NORM = Norm("made-up", 1, "parent", 6.0, 0.8, "made up for a test")


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (20, 12, Change.IMPROVED),
        (20, 13, Change.NOT_RELIABLE),
        (20, 27, Change.NOT_RELIABLE),
        (20, 28, Change.DETERIORATED),
    ],
)
def test_a_change_is_reliable_from_the_next_whole_point(
    first: int, last: int, expected: Change
) -> None:
    assert 8 == NORM.whole_points
    assert expected is change_of(first, last, NORM, higher_is_better=False)
    assert expected is change_of(40 - first, 40 - last, NORM, higher_is_better=True)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([Change.IMPROVED, Change.NOT_RELIABLE], Change.IMPROVED),
        ([Change.IMPROVED, Change.DETERIORATED], Change.DETERIORATED),
        ([Change.NOT_RELIABLE, Change.NOT_RELIABLE], Change.NOT_RELIABLE),
        ([Change.DETERIORATED], Change.DETERIORATED),
    ],
)
def test_several_measures_of_one_person_follow_the_rule_of_corc(
    changes: list[Change], expected: Change
) -> None:
    assert expected is change_over_several(changes)


def test_nobody_has_a_change_without_a_measure() -> None:
    with pytest.raises(ValueError, match="none to put together"):
        change_over_several([])


@pytest.mark.parametrize(
    ("first", "last", "crossed"), [(17, 16, True), (16, 10, False), (20, 17, False)]
)
def test_crossing_a_threshold_goes_from_it_to_below_it(
    first: int,
    last: int,
    crossed: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert crossed == crossed_threshold(first, last, 17)


@pytest.mark.parametrize(
    "wrong", [{"spread": 0}, {"reliability": 1.0}, {"reliability": 0.0}, {"source": ""}]
)
def test_a_norm_without_sense_or_source_is_refused(wrong: dict[str, object]) -> None:
    right: dict[str, object] = {"spread": 5.0, "reliability": 0.8, "source": "a study"}
    with pytest.raises(ValueError, match="and a source"):
        Norm("scale", 1, "parent", **(right | wrong))  # type: ignore[arg-type]  # by name
