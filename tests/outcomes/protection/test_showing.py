"""Every figure follows from what is shown, and from nothing else."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from outcomes.episode import AgeBand, Audience
from outcomes.figures import TOTAL, Figure, Shown, ShownMean, Symbol
from outcomes.measures.contract import OUTCOMES
from outcomes.measures.measure import Statistic
from outcomes.observation import Role
from outcomes.protection.policy import NHS5
from outcomes.protection.showing import show_figures, show_flow
from outcomes.published import Published
from outcomes.raw import Cell, Mean, Median, Rate, RawTables, Step
from outcomes.statistics import wilson
from tests.outcomes.protection.small import DERBY, NO, SHARE, YES, by_age, made_up, said_yes_or_no

CITY, COUNCIL, BOARD = Audience
C, U, Z = Symbol.WITHHELD, Symbol.TOO_FEW, Symbol.NOT_APPLICABLE
RAW = said_yes_or_no({(DERBY, YES): 1, (DERBY, NO): 1})


def shown(raw: RawTables, means: dict[Cell, ShownMean | None] | None = None,
          **counts: int | None) -> Published:  # fmt: skip
    """Publish these counts for the city; `said__yes` is the row said.yes. The rest is withheld."""
    every: dict[Cell, int | None] = {
        Cell(row, footprint): None for row in raw.rows for footprint in Audience
    }
    for name, count in counts.items():
        every[Cell(name.replace("__", "."), CITY)] = count
    return Published(every, means or {})


def figure(raw: RawTables, published: Published, measure: str, group: str = TOTAL) -> Figure:
    return next(
        each
        for each in show_figures(raw, published, NHS5)
        if (each.measure, each.footprint, each.group) == (measure, CITY, group)
    )


def shares(found: Figure) -> tuple[Shown, Shown, Shown]:
    return found.percent, found.percent_lower, found.percent_upper


def test_a_share_and_its_interval_follow_from_the_two_shown_counts() -> None:
    found = figure(RAW, shown(RAW, said__yes=25, said=45), "T02")
    bounds = wilson(25, 45)
    assert (25, 45) == (found.numerator, found.denominator)
    assert (56, round(100 * bounds.lower), round(100 * bounds.upper)) == shares(found)


def test_the_truth_is_never_looked_at() -> None:
    # One of two people said yes; the counts that are published say something else altogether.
    assert 44 == figure(RAW, shown(RAW, said__yes=20, said=45), "T02").percent


@pytest.mark.parametrize(
    ("yes", "of", "expected"), [(None, 45, C), (25, None, C), (5, 5, U), (None, 5, C)]
)
def test_a_share_of_a_withheld_count_or_of_a_few_is_a_symbol(
    yes: int | None, of: int | None, expected: Symbol
) -> None:
    assert (expected,) * 3 == shares(figure(RAW, shown(RAW, said__yes=yes, said=of), "T02"))


def test_a_part_that_rounding_made_larger_than_the_whole_is_all_of_it() -> None:
    found = figure(RAW, shown(RAW, said__yes=15, said=10), "T02")
    assert (15, 10, 100) == (found.numerator, found.denominator, found.percent)


def with_honest_bounds() -> RawTables:
    raw = said_yes_or_no({(DERBY, YES): 1})
    raw.rates = (Rate(SHARE, "said.yes", "said", eligible="closed", paired="said.no"),)
    return raw


@pytest.mark.parametrize(
    ("eligible", "paired", "expected"),
    [(60, 40, (33, 67)), (40, 40, (50, 50)), (35, 40, (50, 50)), (None, 40, (C, C)),
     (60, None, (C, C))],
)  # fmt: skip
def test_the_two_honest_bounds_count_the_missing_as_none_and_as_all(
    eligible: int | None, paired: int | None, expected: tuple[Shown, Shown]
) -> None:
    raw = with_honest_bounds()
    found = figure(raw, shown(raw, said__yes=20, said=40, closed=eligible, said__no=paired), "T02")
    assert expected == (found.percent_if_none, found.percent_if_all)


@pytest.mark.parametrize(
    ("eligible", "paired", "percent"),
    [(60, 40, 67), (35, 40, 100), (None, 40, C), (60, None, C), (5, 5, U)],
)
def test_beside_a_share_stands_how_many_could_have_been_compared_and_are(
    eligible: int | None, paired: int | None, percent: Shown
) -> None:
    raw = with_honest_bounds()
    found = figure(raw, shown(raw, said__yes=20, said=40, closed=eligible, said__no=paired), "T02")
    seen = tuple(C if each is None else each for each in (eligible, paired))
    assert (*seen, percent) == (found.eligible, found.paired, found.paired_percent)


def test_what_compares_the_answers_of_a_flow_has_the_counts_of_that_flow() -> None:
    raw = said_yes_or_no({(DERBY, YES): 1})
    asked = replace(SHARE, instrument="star", instrument_version=1, role=Role.YOUNG_PERSON)
    raw.steps = (
        Step("star/young-person", "eligible", "closed", is_reason=False),
        Step("star/young-person", "paired", "said", is_reason=False),
        Step("carer-star/carer", "eligible", "said.no", is_reason=False),
    )
    raw.rates = (Rate(asked, "said.yes", "said"),)
    found = figure(raw, shown(raw, closed=45, said=30, said__yes=20), "T02")
    assert (45, 30, 67) == (found.eligible, found.paired, found.paired_percent)
    raw.means = (Mean(replace(asked, id="T06"), "said.yes", "said", {YES: (1, 3), NO: (3, 2)}),)
    mean = figure(raw, shown(raw, closed=45, said=30, said__yes=20), "T06")
    assert (45, 20, 44) == (mean.eligible, mean.paired, mean.paired_percent)
    raw.rates = (Rate(asked, "said", "closed"),)
    itself = figure(raw, shown(raw, closed=45, said=30), "T02")
    assert (Z, Z, Z) == (itself.eligible, itself.paired, itself.paired_percent)


def test_a_share_without_missing_people_has_no_honest_bounds() -> None:
    found = figure(RAW, shown(RAW, said__yes=25, said=45), "T02")
    assert (Z, Z) == (found.percent_if_none, found.percent_if_all)
    assert (Z, Z, Z) == (found.eligible, found.paired, found.paired_percent)


def test_a_count_stands_by_itself() -> None:
    found = figure(RAW, shown(RAW, closed=45), "T01")
    assert (45, Z, Z) == (found.numerator, found.denominator, found.percent)


MEAN = made_up("T06", Statistic.MEAN_CHANGE)


def with_means() -> RawTables:
    raw = said_yes_or_no({(DERBY, YES): 1})
    raw.measures = (*raw.measures, MEAN)
    raw.means = (
        Mean(MEAN, "said", "said", {YES: (1, 2), NO: (2, 2)}),
        Mean(MEAN, "said.no", "said", {YES: (1, 1), NO: (2, 2)}, level_only=True),
    )
    return raw


def means(of: ShownMean | None, only: ShownMean | None) -> dict[Cell, ShownMean | None]:
    return {Cell("T06.Total.mean", CITY): of, Cell("T06.Total.only-first", CITY): only}


FULL = ShownMean(
    Decimal("2.5"), Decimal("3.1"), Decimal("0.6"), Decimal("0.2"), Decimal("1.0"), Decimal("0.7")
)
FIRST = ShownMean(Decimal("2.1"), None, None)


def test_means_are_shown_as_they_were_published() -> None:
    raw = with_means()
    found = figure(raw, shown(raw, means(FULL, FIRST), said=40, said__no=15), "T06")
    assert (FULL.first, FULL.last, FULL.change) == (
        found.first_mean,
        found.last_mean,
        found.change_mean,
    )
    assert (FULL.lower, FULL.upper, FULL.effect) == (
        found.change_lower,
        found.change_upper,
        found.effect,
    )
    assert (Z, 40, Decimal("2.1")) == (found.numerator, found.denominator, found.only_first_mean)
    assert 15 == found.only_first


@pytest.mark.parametrize(("n", "expected"), [(40, C), (None, C), (5, U)])
def test_a_missing_mean_says_whether_it_is_withheld_or_of_too_few(
    n: int | None, expected: Symbol
) -> None:
    raw = with_means()
    found = figure(raw, shown(raw, means(None, None), said=n, said__no=n), "T06")
    assert (expected,) * 4 == (
        found.first_mean,
        found.change_mean,
        found.effect,
        found.only_first_mean,
    )


def test_a_mean_of_fewer_than_thirty_has_no_interval() -> None:
    raw = with_means()
    few = replace(FULL, lower=None, upper=None, effect=None)
    found = figure(raw, shown(raw, means(few, None), said=20), "T06")
    assert (Decimal("0.6"), U, U, U) == (
        found.change_mean,
        found.change_lower,
        found.change_upper,
        found.effect,
    )


@pytest.mark.parametrize(("n", "expected"), [(30, 120), (None, C), (5, U)])
def test_a_median_is_shown_where_its_count_is_and_is_large_enough(
    n: int | None, expected: Shown
) -> None:
    raw = said_yes_or_no({(DERBY, YES): 1})
    raw.medians = (Median(SHARE, "said", {CITY: 120}),)
    assert expected == figure(raw, shown(raw, said__yes=n, said=n), "T02").median_seconds
    alone = made_up("T07", Statistic.RATE)
    raw.medians = (Median(alone, "said", {CITY: 120}),)
    assert expected == figure(raw, shown(raw, said=n), "T07").median_seconds


def test_a_line_of_a_breakdown_is_named_and_totals_are_total() -> None:
    raw = by_age({(DERBY, AgeBand.TO_TEN): 1})
    published = shown(raw)
    counts = {**published.counts, Cell("closed|age=0-10", CITY): 10}
    found = figure(raw, replace(published, counts=counts), "T01", "0-10")
    assert ("age", 10) == (found.breakdown, found.numerator)
    assert (TOTAL, C) == (
        figure(raw, published, "T01").breakdown,
        figure(raw, published, "T01").numerator,
    )


def test_a_measure_is_shown_for_the_footprints_it_is_meant_for_and_no_other() -> None:
    raw = said_yes_or_no({(DERBY, YES): 1})
    raw.rates = (Rate(replace(SHARE, footprints=(BOARD,)), "said.yes", "said"),)
    found = [
        each.footprint for each in show_figures(raw, shown(raw), NHS5) if each.measure == "T02"
    ]
    assert [BOARD] == found


def test_outcomes_with_evidence_are_those_with_a_shown_figure_about_enough_people() -> None:
    raw = said_yes_or_no({(DERBY, YES): 1})
    coverage = made_up("M21", Statistic.RATE)
    coverage = replace(coverage, statistic=Statistic.COVERAGE)
    known = replace(SHARE, outcomes=(OUTCOMES[0].code, OUTCOMES[3].code))
    raw.measures = (known, coverage)
    raw.rates = (Rate(known, "said.yes", "said"),)
    enough = figure(raw, shown(raw, said__yes=10, said=20), "M21")
    assert (2, 12) == (enough.numerator, enough.denominator)
    for counts in ({"said__yes": None, "said": 20}, {"said__yes": 5, "said": 5}):
        assert 0 == figure(raw, shown(raw, **counts), "M21").numerator


def test_the_flow_shows_what_is_published() -> None:
    raw = said_yes_or_no({(DERBY, YES): 1})
    raw.steps = (Step("star/young-person", "paired", "said.yes", is_reason=False),)
    flow = {each.footprint: each.episodes for each in show_flow(raw, shown(raw, said__yes=15))}
    assert {CITY: 15, COUNCIL: C, BOARD: C} == flow
