"""Reading a shown figure backwards gives every number that can be behind it and no other."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from math import floor, inf

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from outcomes.audit.backwards import Range, Weighing, count_behind, weighings_behind
from outcomes.figures import ShownMean
from outcomes.protection.averages import show_mean
from outcomes.protection.gate import rules_of
from outcomes.protection.policy import NHS5
from outcomes.raw import Mean
from tests.outcomes.caseload import only

MEASURE = only("M06")[1]
SCORES = {f"{first}>{last}": (first, last) for first in range(1, 6) for last in range(1, 6)}
MEAN = Mean(MEASURE, "n", "home", SCORES)
SCALE = MEASURE.scale
RULES = rules_of(NHS5)


def people(pairs: list[tuple[int, int]]) -> dict[str, int]:
    return {label: sum(pair == scores for pair in pairs) for label, scores in SCORES.items()}


@pytest.mark.parametrize(
    ("shown", "behind"), [(5, (5, 7)), (10, (8, 12)), (15, (13, 17)), (40, (38, 42))]
)
def test_a_count_rounded_to_5_may_be_any_of_the_nearest(
    shown: int, behind: tuple[int, int]
) -> None:
    assert Range(*behind) == count_behind(shown, RULES)


def test_a_withheld_count_may_be_any_and_a_shown_nought_is_nobody() -> None:
    assert Range(0, inf) == count_behind(None, RULES)
    assert Range(0, 0) == count_behind(0, replace(RULES, zero_is_shown=True))


@given(st.integers(5, 500))
def test_the_true_count_is_always_among_those_behind(count: int) -> None:
    low, high = count_behind((count + 2) // 5 * 5, RULES)
    assert low <= count <= high


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=8, max_size=60))
def test_the_true_sums_are_always_among_those_behind(pairs: list[tuple[int, int]]) -> None:
    n = (len(pairs) + 2) // 5 * 5
    shown = show_mean(MEAN, people(pairs), n, with_spread=n >= 30)
    sums = {
        Weighing.FIRST: sum(2 * first - 6 for first, _ in pairs),
        Weighing.LAST: sum(2 * last - 6 for _, last in pairs),
        Weighing.CHANGE: sum(2 * (last - first) for first, last in pairs),
        Weighing.SQUARES: sum((last - first) ** 2 for first, last in pairs),
    }
    found = dict(weighings_behind(shown, n, SCALE))
    assert (Weighing.SQUARES in found) == (n >= 30)
    for weighing, total in sums.items():
        if weighing in found:
            low, high = found[weighing]
            assert low <= total <= high


@settings(max_examples=30)
@given(st.integers(-40, 40), st.sampled_from([10, 15, 30]))
def test_no_other_sum_is_shown_as_the_same_change(total: int, n: int) -> None:
    def changes(wanted: int) -> dict[str, int]:
        step = "3>4" if wanted > 0 else "4>3"
        return {**dict.fromkeys(SCORES, 0), step: abs(wanted)}

    shown = show_mean(MEAN, changes(total), n, with_spread=False)
    low, high = dict(weighings_behind(shown, n, SCALE))[Weighing.CHANGE]
    for other in range(total - n, total + n + 1):
        is_same = show_mean(MEAN, changes(other), n, with_spread=False).change == shown.change
        assert is_same == (low <= 2 * other <= high)


def test_a_level_at_an_end_of_the_scale_may_lie_beyond_it() -> None:
    everybody_low = show_mean(MEAN, people([(1, 5)] * 12), 10, with_spread=False)
    assert (Decimal(1), Decimal(5)) == (everybody_low.first, everybody_low.last)
    found = dict(weighings_behind(everybody_low, 10, SCALE))
    assert -inf == found[Weighing.FIRST].low
    assert inf == found[Weighing.LAST].high


def test_an_interval_without_width_leaves_open_that_nobody_changed() -> None:
    shown = show_mean(MEAN, people([(3, 3)] * 30), 30, with_spread=True)
    assert 0 == dict(weighings_behind(shown, 30, SCALE))[Weighing.SQUARES].low


def test_a_level_without_a_change_says_nothing_of_the_change() -> None:
    level = Mean(MEASURE, "n", "home", SCORES, level_only=True)
    shown = show_mean(level, people([(2, 3)] * 12), 10, with_spread=False)
    assert {Weighing.FIRST} == set(dict(weighings_behind(shown, 10, SCALE)))


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=30, max_size=60))
def test_the_true_sum_of_squares_is_among_those_behind_an_effect_size(
    pairs: list[tuple[int, int]],
) -> None:
    firsts = [first for first, _ in pairs]
    n = len(pairs)
    mean = sum(firsts) / n
    variance = sum((each - mean) ** 2 for each in firsts) / (n - 1)
    assume(variance > 0)
    change = sum(last - first for first, last in pairs)
    factor = 1 - 3 / (4 * (n - 1) - 1)
    shown = ShownMean(
        first=_tenths(mean),
        last=_tenths(sum(last for _, last in pairs) / n),
        change=_tenths(change / n),
        effect=_tenths(factor * change / n / variance**0.5),
    )
    behind = dict(weighings_behind(shown, n, SCALE))[Weighing.FIRST_SQUARES]
    assert behind.low <= sum((2 * each - 6) ** 2 for each in firsts) <= behind.high


def _tenths(value: float) -> Decimal:
    return Decimal(floor(10 * value + 0.5)).scaleb(-1)
