"""What one figure may show by itself: nothing small, and nothing that tells about a few."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.episode import AgeBand, Audience, Commissioner, Strand
from outcomes.figures import ShownMean
from outcomes.measures.measure import Statistic
from outcomes.protection.lines import lines_of
from outcomes.protection.policy import DFE_C, NHS5, DisclosurePolicy
from outcomes.protection.rounding import behind, first_pass, rounded
from outcomes.published import Published
from outcomes.raw import EVERYBODY, Box, Cell, Mean, Part, RawTable, RawTables, Row
from tests.outcomes.protection.small import (
    ALL,
    COUNTY,
    DERBY,
    NO,
    OTHER,
    PRIVATE,
    Q3,
    YES,
    made_up,
    said_yes_or_no,
)

CITY, COUNCIL, BOARD = Audience
COUNTS = st.dictionaries(
    st.tuples(st.sampled_from(tuple(Commissioner)), st.sampled_from((YES, NO))),
    st.integers(0, 40),
    min_size=6,
    max_size=6,
)
POLICIES = st.sampled_from((NHS5, DFE_C))


@given(COUNTS, POLICIES)
def test_no_small_count_is_ever_shown(
    counts: dict[tuple[Commissioner, str], int], policy: DisclosurePolicy
) -> None:
    raw = said_yes_or_no(counts, share=PRIVATE, also_alone=True)
    for cell, shown in first_pass(raw, policy).counts.items():
        truth = raw.count(cell.row, cell.footprint.commissioners)
        if 0 < truth < policy.threshold:
            assert shown is None
        if shown is not None:
            assert not 0 < shown < policy.threshold
            assert abs(shown - truth) <= policy.base / 2


@given(COUNTS, POLICIES)
def test_cells_that_hold_the_same_people_share_one_status(
    counts: dict[tuple[Commissioner, str], int], policy: DisclosurePolicy
) -> None:
    raw = said_yes_or_no(counts, also_alone=True)
    shown = first_pass(raw, policy).counts
    for line in lines_of(raw):
        assert 1 == len({shown[cell] for cell in line.cells})
    for footprint in Audience:
        assert shown[Cell("said.yes", footprint)] == shown[Cell("below", footprint)]
        assert shown[Cell("said", footprint)] == shown[Cell("closed", footprint)]


def test_a_whole_service_with_the_children_of_one_council_is_that_council() -> None:
    raw = said_yes_or_no({(DERBY, YES): 12, (DERBY, NO): 9})
    cells = {cell for line in lines_of(raw) for cell in line.cells if len(line.cells) > 1}
    assert {Cell("said.no", CITY), Cell("said.no", BOARD)} <= cells


def test_a_part_and_all_but_a_few_are_withheld_alike() -> None:
    raw = said_yes_or_no({(DERBY, YES): 30, (DERBY, NO): 3}, no_is_shown=False)
    assert first_pass(raw, NHS5).counts[Cell("said.yes", CITY)] is None
    assert 35 == first_pass(raw, NHS5).counts[Cell("said", CITY)]


@pytest.mark.parametrize(("people", "shown"), [(19, None), (20, 20)])
def test_all_of_a_small_group_is_not_told_on_a_private_matter(
    people: int, shown: int | None
) -> None:
    raw = said_yes_or_no({(DERBY, YES): people}, share=PRIVATE, no_is_shown=False)
    assert shown == first_pass(raw, DFE_C).counts[Cell("said.yes", CITY)]
    usual = said_yes_or_no({(DERBY, YES): people}, no_is_shown=False)
    assert people == first_pass(usual, DFE_C).counts[Cell("said.yes", CITY)]


@pytest.mark.parametrize("others", [1, 4])
def test_the_whole_is_withheld_where_a_council_could_find_a_few_others(others: int) -> None:
    raw = said_yes_or_no({(DERBY, YES): 30, (COUNTY, YES): others, (OTHER, YES): 0})
    assert first_pass(raw, NHS5).counts[Cell("said.yes", BOARD)] is None
    assert 30 == first_pass(raw, NHS5).counts[Cell("said.yes", CITY)]


@pytest.mark.parametrize(("policy", "shown"), [(NHS5, None), (DFE_C, 0)])
def test_nobody_is_shown_as_nobody_only_where_the_policy_says_so(
    policy: DisclosurePolicy, shown: int | None
) -> None:
    raw = said_yes_or_no({(DERBY, YES): 30, (COUNTY, NO): 30})
    assert shown == first_pass(raw, policy).counts[Cell("said.no", CITY)]


def test_what_no_figure_uses_is_not_shown() -> None:
    raw = said_yes_or_no({(DERBY, YES): 30, (DERBY, NO): 30})
    raw.counts = ()
    assert first_pass(raw, NHS5).counts[Cell("said.no", CITY)] is None


@given(st.integers(0, 500), st.sampled_from([(5, 5), (6, 1), (5, 10), (8, 4), (10, 20)]))
def test_a_shown_count_can_be_read_back_to_exactly_what_it_may_have_been(
    count: int, rule: tuple[int, int]
) -> None:
    threshold, base = rule
    if count < threshold:
        return
    low, high = behind(rounded(count, base), threshold, base)
    same = [each for each in range(threshold, count + 3 * base)
            if rounded(each, base) == rounded(count, base)]  # fmt: skip
    assert (same[0], same[-1]) == (low, high)


def means_of(people: dict[tuple[Commissioner, tuple[int, int]], int]) -> Published:
    """Show the means of one item, for people by commissioner, first and last answer."""
    scores = sorted({answers for _, answers in people})
    counts = {
        (Box(owner, Q3, AgeBand.TO_TEN, Strand.DIRECT), str(answers)): count
        for (owner, answers), count in people.items()
    }
    everybody = {(box, EVERYBODY): 0 for box, _ in counts}
    for (box, _), count in counts.items():
        everybody[box, EVERYBODY] += count
    measure = made_up("T06", Statistic.MEAN_CHANGE)
    mean = Mean(measure, "paired", "item", {str(each): each for each in scores})
    raw = RawTables(
        Q3,
        [ALL, measure],
        tables=[
            RawTable("closed", None, (EVERYBODY,), everybody),
            RawTable("item", Part("closed", EVERYBODY), mean.scores, counts),
        ],
        rows=[Row("paired", "item", frozenset(mean.scores))],
        means=[mean],
    )
    return first_pass(raw, NHS5)


def mean_for(published: Published, footprint: Audience) -> ShownMean | None:
    return published.means[Cell("T06.Total.mean", footprint)]


def test_a_mean_is_the_sum_divided_by_the_shown_count() -> None:
    published = means_of({(DERBY, (2, 4)): 8, (DERBY, (3, 3)): 4})
    shown = mean_for(published, CITY)
    # 12 people, shown as 10: 16 points of change by 10; the first answers lie 8 below the middle.
    assert shown == ShownMean(first=Decimal("2.2"), last=Decimal("3.8"), change=Decimal("1.6"))


@pytest.mark.parametrize(
    "people",
    [
        {(DERBY, (2, 4)): 9},
        {(DERBY, (2, 4)): 5, (DERBY, (3, 3)): 3},
        {(DERBY, (2, 4)): 11, (DERBY, (3, 3)): 1},
        {(DERBY, (2, 4)): 6, (DERBY, (3, 5)): 6},
        {(DERBY, (2, 3)): 6, (DERBY, (2, 5)): 6},
    ],
    ids=["nine", "eight", "all but one", "all rose by two", "all began at two"],
)
def test_no_mean_of_a_few_or_of_people_who_nearly_all_agree(
    people: dict[tuple[Commissioner, tuple[int, int]], int],
) -> None:
    assert mean_for(means_of(people), CITY) is None


@pytest.mark.parametrize("others", [9, 10])
def test_no_mean_of_the_whole_where_a_council_could_work_out_one_of_a_few_others(
    others: int,
) -> None:
    people = {
        (DERBY, (2, 4)): 10,
        (DERBY, (3, 3)): 10,
        (OTHER, (2, 4)): others - 5,
        (OTHER, (3, 2)): 5,
    }
    published = means_of(people)
    assert (others == 10) is (mean_for(published, BOARD) is not None)
    assert mean_for(published, CITY) is not None


def test_an_effect_size_and_an_interval_need_thirty() -> None:
    few = mean_for(means_of({(DERBY, (2, 4)): 12, (DERBY, (3, 3)): 12}), CITY)
    many = mean_for(means_of({(DERBY, (2, 4)): 20, (DERBY, (3, 3)): 20}), CITY)
    assert few is not None
    assert many is not None
    assert (None, None) == (few.lower, few.effect)
    # A change of 1 in first answers that spread by 0.506, and a little less for 40 people.
    assert Decimal("1.9") == many.effect
    assert many.lower is not None
    assert many.lower < Decimal(1)
