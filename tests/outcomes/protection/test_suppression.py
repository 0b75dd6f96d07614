"""What is withheld beyond small numbers: enough against everybody, little, and always the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.episode import Audience, Commissioner
from outcomes.ledger import Entry
from outcomes.measures.measure import Statistic
from outcomes.protection.gate import hide, rules_of
from outcomes.protection.policy import NHS5, DisclosurePolicy
from outcomes.protection.rounding import first_pass
from outcomes.protection.smallest import smallest_pattern
from outcomes.protection.suppression import Pattern, Suppressor
from outcomes.published import Published
from outcomes.raw import Cell, Mean, RawTables
from outcomes.scenario import Finding, Scenario, Target, Verdict
from tests.outcomes.protection.brute import Every, brute_audit
from tests.outcomes.protection.small import (
    COUNTY,
    DERBY,
    EXACT,
    NO,
    OTHER,
    Q3,
    ROUNDED,
    YES,
    made_up,
    said_yes_or_no,
    swapped,
)

CITY, COUNCIL, BOARD = Audience
PLACES = tuple((owner, label) for owner in Commissioner for label in (YES, NO))
Counts = Mapping[tuple[Commissioner, str], int]
COUNTS = st.fixed_dictionaries({place: st.integers(0, 6) for place in PLACES})
POLICIES = st.sampled_from((ROUNDED, EXACT))


def entry_of(raw: RawTables, policy: DisclosurePolicy) -> Entry:
    return Entry("now", raw, first_pass(raw, policy), rules_of(policy))


def withheld(entry: Entry) -> frozenset[Cell]:
    return frozenset(cell for cell, count in entry.published.counts.items() if count is None)


@settings(max_examples=12, deadline=None)
@given(COUNTS, POLICIES)
def test_nobody_who_tries_every_table_finds_out_what_must_stay_hidden(
    counts: Counts, policy: DisclosurePolicy
) -> None:
    entry = entry_of(said_yes_or_no(counts), policy)
    suppressor = Suppressor(entry, ())
    hidden = entry
    for _ in range(6):
        found = brute_audit(hidden)
        if found.verdict is Verdict.SAFE:
            break
        assert not suppressor.suppress(found.findings)
        before, hidden = hidden, replace(entry, published=suppressor.published(suppressor.pattern))
        assert withheld(before) < withheld(hidden)
    assert found.verdict is Verdict.SAFE


@settings(max_examples=8, deadline=None)
@given(COUNTS, POLICIES)
def test_withholding_more_never_tells_an_outsider_more(
    counts: Counts, policy: DisclosurePolicy
) -> None:
    entry = entry_of(said_yes_or_no(counts), policy)
    shown = [cell for cell, count in entry.published.counts.items() if count is not None]
    if not shown:
        return
    less = dict(entry.published.counts)
    less[shown[len(shown) // 2]] = None
    hidden = replace(entry, published=replace(entry.published, counts=less))
    before, after = Every(entry), Every(hidden)
    for finding in brute_audit(entry).findings:
        if not finding.scenario.told:
            low, high = before.range_of(finding.target, finding.scenario)
            wider = after.range_of(finding.target, finding.scenario)
            assert wider[0] <= low <= high <= wider[1]


@settings(max_examples=6, deadline=None)
@given(COUNTS, POLICIES)
def test_the_same_counts_always_withhold_the_same(counts: Counts, policy: DisclosurePolicy) -> None:
    found = []
    for _ in range(2):
        entry = entry_of(said_yes_or_no(counts), policy)
        suppressor = Suppressor(entry, ())
        suppressor.suppress(brute_audit(entry).findings)
        found.append(suppressor.pattern)
    assert found[0] == found[1]


@settings(max_examples=10, deadline=None)
@given(COUNTS, POLICIES)
def test_exchanging_the_councils_exchanges_what_is_withheld(
    counts: Counts, policy: DisclosurePolicy
) -> None:
    sides = []
    for one in (counts, swapped(counts)):
        entry = entry_of(said_yes_or_no(one), policy)
        suppressor = Suppressor(entry, ())
        suppressor.suppress(brute_audit(entry).findings)
        sides.append(withheld(replace(entry, published=suppressor.published(suppressor.pattern))))
    if counts == swapped(counts):
        return  # nothing tells the councils apart
    other = {CITY: COUNCIL, COUNCIL: CITY, BOARD: BOARD}
    assert sides[0] == {Cell(cell.row, other[cell.footprint]) for cell in sides[1]}


ONE_MUST_GO = {(DERBY, YES): 7, (DERBY, NO): 6, (COUNTY, YES): 6, (COUNTY, NO): 7, (OTHER, YES): 1}


def test_a_small_number_that_follows_by_subtraction_is_covered_by_another_withheld_one() -> None:
    raw = said_yes_or_no(ONE_MUST_GO)
    entry = entry_of(raw, EXACT)
    hidden = hide(raw, EXACT, (), brute_audit)
    assert withheld(entry) < withheld(hidden.entry)
    assert brute_audit(hidden.entry).verdict is Verdict.SAFE


@settings(max_examples=6, deadline=None)
@given(COUNTS, POLICIES)
def test_no_safe_pattern_is_lighter_than_the_exact_one(
    counts: Counts, policy: DisclosurePolicy
) -> None:
    entry = entry_of(said_yes_or_no(counts), policy)
    suppressor = Suppressor(entry, ())
    suppressor.begin_trying(10**9)

    def shown_with(lines: frozenset[int]) -> Entry:
        return replace(entry, published=suppressor.published(Pattern(lines)))

    best = smallest_pattern(suppressor, lambda each: brute_audit(shown_with(each.lines)).findings)
    if best is None:
        return
    assert brute_audit(shown_with(best.lines)).verdict is Verdict.SAFE
    for one in suppressor.shown:
        less = best.lines - {one}
        if less != best.lines:
            assert brute_audit(shown_with(less)).verdict is not Verdict.SAFE


def test_lines_that_nothing_asks_for_are_shown_again() -> None:
    entry = entry_of(said_yes_or_no(ONE_MUST_GO), EXACT)
    suppressor = Suppressor(entry, ())
    suppressor.suppress(brute_audit(entry).findings)
    suppressor.pattern = Pattern(frozenset(suppressor.shown))
    suppressor.begin_trying(10**9)
    kept = suppressor.tidied().lines
    assert suppressor.is_enough(kept)
    assert not any(suppressor.is_enough(kept - {each}) for each in kept)
    assert kept < set(suppressor.shown)


def test_nothing_is_shown_again_without_work_that_is_allowed() -> None:
    entry = entry_of(said_yes_or_no(ONE_MUST_GO), EXACT)
    suppressor = Suppressor(entry, ())
    suppressor.suppress(brute_audit(entry).findings)
    suppressor.begin_trying(0)
    assert suppressor.pattern == suppressor.tidied()
    assert smallest_pattern(suppressor, lambda _: ()) is None


HANDBOOK = {
    (DERBY, YES): 5, (DERBY, NO): 2, (OTHER, YES): 1, (OTHER, NO): 2,
    (COUNTY, YES): 3, (COUNTY, NO): 3,
}  # fmt: skip
"""Rows of 7, 3 and 6, columns of 9 and 7; four cells in a rectangle are withheld."""


def handbook(*shown: Cell) -> Entry:
    """The example of the handbook on disclosure control, section 4.2: exact but for two rows."""
    raw = said_yes_or_no(HANDBOOK)
    hidden = {Cell("said.yes", CITY), Cell("said.no", CITY)} - set(shown)
    counts = {
        cell: None if cell in hidden else raw.count(cell.row, cell.footprint.commissioners)
        for row in raw.rows
        for cell in (Cell(row, footprint) for footprint in Audience)
    }
    rules = replace(rules_of(EXACT), threshold=1)
    return Entry("handbook", raw, Published(counts, {}), rules)


def first_cell(width: int) -> Target:
    yes, owner, when = frozenset({YES}), frozenset({DERBY}), frozenset({Q3})
    return Target("", "said", yes, owner, when, None, HANDBOOK[DERBY, YES], width, width)


def test_the_example_of_the_handbook_leaves_three_to_six() -> None:
    entry = handbook()
    assert (3, 6) == Every(entry).range_of(first_cell(3), Scenario("public"))
    suppressor = Suppressor(entry, ())
    for width in (3, 4):
        (asked,) = suppressor.learn(
            [Finding(first_cell(width), Scenario("public"), Verdict.UNSAFE, 0, 0)]
        )
        assert (width == 3) is suppressor.is_hidden(asked, frozenset())


def test_the_example_of_the_handbook_leaves_nothing_open_once_a_second_cell_is_known() -> None:
    entry = handbook(Cell("said.no", CITY))
    assert (5, 5) == Every(entry).range_of(first_cell(3), Scenario("public"))
    suppressor = Suppressor(entry, ())
    finding = Finding(first_cell(3), Scenario("public"), Verdict.UNSAFE, 5, 5)
    assert not suppressor.suppress([finding])
    (withheld_line,) = suppressor.pattern.lines
    assert Cell("said.no", CITY) in suppressor.lines[withheld_line].cells


def test_what_counts_alone_do_not_give_away_takes_the_mean_with_it() -> None:
    raw = said_yes_or_no({(DERBY, YES): 14, (DERBY, NO): 12, (COUNTY, YES): 16, (COUNTY, NO): 14})
    mean = Mean(made_up("T06", Statistic.MEAN_CHANGE), "said", "said", {YES: (1, 3), NO: (3, 2)})
    raw.means = (mean,)
    entry = entry_of(raw, NHS5)
    assert all(entry.published.means[Cell(mean.key, each)] for each in Audience)
    target = replace(first_cell(1), truth=14)
    suppressor = Suppressor(entry, ())
    finding = Finding(target, Scenario("public"), Verdict.UNSAFE, 14, 14)
    assert () == suppressor.suppress([finding])
    assert {Cell(mean.key, CITY)} == suppressor.pattern.means
    assert frozenset() == suppressor.pattern.lines
    suppressor.suppress([finding])
    shown = suppressor.published(suppressor.pattern).means
    assert shown[Cell(mean.key, CITY)] is None
    assert shown[Cell(mean.key, BOARD)] is None
    assert shown[Cell(mean.key, COUNCIL)] is not None
