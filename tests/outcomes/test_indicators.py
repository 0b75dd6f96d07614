"""How an actual is rated against its target: the rule, its edges, and published series by hand."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.indicators import RULE, Better, Rag, RatingRule, Unit, derby_csv, known, rate

GREEN, AMBER, RED = Rag.GREEN, Rag.AMBER, Rag.RED
NUMBERS = st.decimals(-1000, 1000, places=3)
WAYS = st.sampled_from([Better.HIGHER, Better.LOWER])


def derby(code: str, year: str) -> list[Rag]:
    """Rate the four quarters of a published year."""
    rows = csv.DictReader(StringIO(derby_csv()))
    return [
        rate(Decimal(row["actual"]), Decimal(row["target"]), known()[code].better)
        for row in rows
        if row["indicator_code"] == code and row["period"].startswith(year)
    ]


@pytest.mark.parametrize(
    ("code", "year", "expected"),
    [
        # Target 72: all of 72.6, 73.5, 72.4 and 73.6 reach it.
        ("SS_PM17", "2021/22", [GREEN, GREEN, GREEN, GREEN]),
        # Target 74.5, amber down to 70.775: 72.1, 68.3, 64.7, 60.8.
        ("SS_PM17", "2022/23", [AMBER, RED, RED, RED]),
        # Lower is better. Target 9, amber up to 9.45: 9.5, 7.2, 10.3, 9.1.
        ("SS_PM16", "2021/22", [RED, GREEN, RED, AMBER]),
        # Target 97, amber down to 92.15: 96.3, 94.9, 96.6 and 97.0, which is 97.
        ("SS_PM10", "2021/22", [AMBER, AMBER, AMBER, GREEN]),
        # Lower is better. Target 14.5, amber up to 15.225: 15.4, 15.5, 15.2, 15.2.
        ("EISS_PM48", "2021/22", [RED, RED, AMBER, AMBER]),
        # How many are in care is neither good nor bad by itself.
        ("SS_PM07", "2021/22", [Rag.NOT_RATED] * 4),
    ],
)
def test_published_series_are_rated_as_by_hand(code: str, year: str, expected: list[Rag]) -> None:
    assert derby(code, year) == expected


def test_the_edge_of_the_tolerance_is_amber_and_what_is_beyond_is_red() -> None:
    target = Decimal(90)
    assert rate(Decimal("85.5"), target, Better.HIGHER) is AMBER
    assert rate(Decimal("85.499"), target, Better.HIGHER) is RED
    assert rate(Decimal("94.5"), target, Better.LOWER) is AMBER
    assert rate(Decimal("94.501"), target, Better.LOWER) is RED


def test_nothing_is_near_a_target_of_nought() -> None:
    assert rate(Decimal(0), Decimal(0), Better.LOWER) is GREEN
    assert rate(Decimal("0.1"), Decimal(0), Better.LOWER) is RED


@given(st.none() | NUMBERS, st.none() | NUMBERS, st.sampled_from(Better))
def test_without_actual_target_or_direction_nothing_is_rated(
    actual: Decimal | None, target: Decimal | None, better: Better
) -> None:
    known_enough = actual is not None and target is not None and better is not Better.NEITHER
    assert (rate(actual, target, better) is not Rag.NOT_RATED) == known_enough


@given(NUMBERS, NUMBERS, st.decimals(0, 100, places=3), WAYS)
def test_whatever_is_better_is_never_rated_worse(
    actual: Decimal, target: Decimal, step: Decimal, better: Better
) -> None:
    order = [GREEN, AMBER, RED]
    improved = actual + step if better is Better.HIGHER else actual - step
    first, second = rate(actual, target, better), rate(improved, target, better)
    assert order.index(second) <= order.index(first)


@given(NUMBERS, NUMBERS)
def test_turning_signs_and_direction_round_changes_nothing(
    actual: Decimal, target: Decimal
) -> None:
    assert rate(actual, target, Better.HIGHER) is rate(-actual, -target, Better.LOWER)


def test_the_words_of_the_rule_say_its_number() -> None:
    assert "no more than 5% of the target" in RULE.in_words
    assert "10%" in RatingRule(amber_percent=10).in_words


def test_the_packaged_series_are_the_published_ones_and_each_is_known() -> None:
    rows = list(csv.DictReader(StringIO(derby_csv())))
    assert len(rows) == 132
    assert {row["indicator_code"] for row in rows} == set(known())
    assert {row["unit"] for row in rows} <= set(Unit)
    assert [each.code for each in known().values() if not (each.why and each.source)] == []
