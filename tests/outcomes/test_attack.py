"""The outsider finds exactly what trying everything would find, and nobody is trusted."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes import attack
from outcomes.attack import (
    COUNCILS,
    PUBLIC,
    Finding,
    Hunt,
    PuzzleContradictsItselfError,
    Scenario,
    Verdict,
    audit,
    is_open,
    overall,
    protected,
    scenarios,
)
from outcomes.episode import Audience, Commissioner
from outcomes.flow import PAIRED
from outcomes.inversion import Range
from outcomes.puzzle import Block, Published, Rules, blocks
from outcomes.tables import Cell, RawFamily
from tests.outcomes.people import COUNTY, DERBY, OTHER
from tests.outcomes.tiny import (
    MISSING,
    ROSE,
    RULES,
    STAYED,
    Counts,
    by_hand,
    family_of,
    family_with_item,
    known_to,
    published,
    tables_that_fit,
)

SMALL_COUNTS = st.fixed_dictionaries(
    {(owner, label): st.integers(0, 4) for owner in Commissioner for label in (PAIRED, MISSING)}
)


LINKED_COUNTS = st.fixed_dictionaries(
    {
        (owner, label): st.integers(0, 3)
        for owner in Commissioner
        for label in (MISSING, ROSE, STAYED)
    }
)


def block_of(family: RawFamily, ceiling: int = 5) -> Block:
    (block,) = blocks(family, published(family), RULES)
    return replace(block, ceiling=ceiling)


def found_by(block: Block, scenario: Scenario, targets: list[int]) -> set[int]:
    hunt = Hunt(block, told=scenario.told)
    hunt.look_near(None)
    return {finding.target for finding in hunt.hunt(scenario, targets)}


@settings(max_examples=12)
@given(SMALL_COUNTS)
def test_the_audit_finds_exactly_what_trying_every_table_finds(counts: Counts) -> None:
    family = family_of(counts)
    finds_what_trying_finds(family, block_of(family))


@settings(max_examples=8)
@given(LINKED_COUNTS)
def test_the_audit_knows_that_an_item_is_about_exactly_those_who_were_paired(
    counts: Counts,
) -> None:
    family = family_with_item(counts)
    block = block_of(family, ceiling=3)
    # The number paired is the sum of two counts, so it may be twice as large as each.
    wide = [source == "flow" and number % 4 == 0 for number, source in enumerate(block.sources)]
    narrow = [
        (row, Range(0, 3))
        for row, is_wide in zip(np.eye(12, dtype=np.int64), wide, strict=True)
        if not is_wide
    ]
    block = replace(
        block,
        ceiling=6,
        shown=np.vstack([block.shown, *(row for row, _ in narrow)]),
        ranges=(*block.ranges, *(span for _, span in narrow)),
    )
    finds_what_trying_finds(family, block)


def finds_what_trying_finds(family: RawFamily, block: Block) -> None:
    drawn = replace(block, ceiling=3) if family.tables else block
    fitting = tables_that_fit(family, published(family), drawn)
    for scenario in scenarios(block):
        targets = list(protected(block, scenario))
        possible = known_to(scenario, block, fitting) @ block.aims.T
        expected = {
            index
            for index in targets
            if not is_open(
                block.targets[index], scenario, possible[:, index].min(), possible[:, index].max()
            )
        }
        assert expected == found_by(block, scenario, targets)


@settings(max_examples=12)
@given(SMALL_COUNTS)
def test_the_furthest_tables_are_the_furthest_there_are(counts: Counts) -> None:
    family = family_of(counts)
    block = block_of(family)
    fitting = tables_that_fit(family, published(family), block)
    for scenario in (PUBLIC, *COUNCILS):
        possible = known_to(scenario, block, fitting)
        for aim in block.aims:
            for sign in (1, -1):
                table, is_proved = Hunt(block)._furthest(sign * aim, scenario)
                assert is_proved
                assert (possible @ (sign * aim)).max() == table @ (sign * aim)


@settings(max_examples=12)
@given(
    SMALL_COUNTS,
    st.sampled_from([("eligible", a) for a in Audience] + [("paired", a) for a in Audience]),
)
def test_withholding_one_more_figure_never_helps_an_outsider(
    counts: Counts, place: tuple[str, Audience]
) -> None:
    family = family_of(counts)
    before = audit(family, published(family), RULES)
    after = audit(family, published(family, withheld=frozenset({Cell(*place)})), RULES)
    exposed = {(each.scenario.name, each.target) for each in before.findings}
    assert {(each.scenario.name, each.target) for each in after.findings} <= exposed


@settings(max_examples=8)
@given(SMALL_COUNTS)
def test_changing_the_two_councils_round_changes_who_finds_what_and_nothing_else(
    counts: Counts,
) -> None:
    turned = {DERBY: COUNTY, COUNTY: DERBY, OTHER: OTHER}
    found = audit(family_of(counts), published(family_of(counts)), RULES)
    other = family_of({(turned[owner], label): n for (owner, label), n in counts.items()})
    found_there = audit(other, published(other), RULES)
    assert found.verdict is found_there.verdict
    assert found.questions == found_there.questions
    assert len(found.findings) == len(found_there.findings)


# Rows 7, 3, 6 and columns 9, 7 of a table with two columns; the last row is shown as 3 and 3, the
# four cells above are withheld (handbook on statistical disclosure control, section 4.3).
HANDBOOK = [
    ([1, 1, 0, 0, 0, 0], 7, 7),
    ([0, 0, 1, 1, 0, 0], 3, 3),
    ([0, 0, 0, 0, 1, 1], 6, 6),
    ([1, 0, 1, 0, 1, 0], 9, 9),
    ([0, 1, 0, 1, 0, 1], 7, 7),
    ([0, 0, 0, 0, 1, 0], 3, 3),
]
FIRST_CELL = [1, 0, 0, 0, 0, 0]


def test_the_handbook_example_leaves_the_first_cell_from_3_to_6() -> None:
    block = by_hand([4, 3, 2, 1, 3, 3], HANDBOOK, [FIRST_CELL])
    low, high = (int(Hunt(block)._furthest(sign * block.aims[0], PUBLIC)[0][0]) for sign in (-1, 1))
    assert (3, 6) == (low, high)
    assert list(Hunt(block).hunt(PUBLIC, [0])) == []


def test_somebody_who_knows_one_cell_of_the_handbook_example_knows_the_other() -> None:
    second = ([0, 1, 0, 0, 0, 0], 3, 3)
    block = by_hand([4, 3, 2, 1, 3, 3], [*HANDBOOK, second], [FIRST_CELL])
    (finding,) = Hunt(block).hunt(PUBLIC, [0])
    assert Verdict.UNSAFE is finding.verdict


TOTAL_OF_TWO = [([1, 1], 2, 2)]


def test_a_total_of_two_gives_two_withheld_cells_away_where_zeros_would_be_shown() -> None:
    block = by_hand([1, 1], TOTAL_OF_TWO, [[1, 0], [0, 1]], lowest=1)
    assert {0, 1} == {each.target for each in Hunt(block).hunt(PUBLIC, [0, 1])}


def test_a_total_of_two_hides_two_withheld_cells_where_zeros_are_withheld_too() -> None:
    block = by_hand([1, 1], TOTAL_OF_TWO, [[1, 0], [0, 1]])
    assert list(Hunt(block).hunt(PUBLIC, [0, 1])) == []


def test_linked_tables_that_are_safe_one_by_one_are_not_safe_together() -> None:
    # Two tables share their margins: a + b = 5, b + c = 5 and a + c = 6 leave nothing open.
    one = [([1, 1, 0], 5, 5)]
    both = [*one, ([0, 1, 1], 5, 5), ([1, 0, 1], 6, 6)]
    aims = [[1, 0, 0]]
    assert list(Hunt(by_hand([3, 2, 3], one, aims)).hunt(PUBLIC, [0])) == []
    assert len(list(Hunt(by_hand([3, 2, 3], both, aims)).hunt(PUBLIC, [0]))) == 1


def test_a_table_that_breaks_one_shown_figure_proves_nothing() -> None:
    block = by_hand([4, 3, 2, 1, 3, 3], HANDBOOK, [FIRST_CELL])
    hunt = Hunt(block)
    assert hunt.allows(block.truth, PUBLIC)
    for place in range(len(block.truth)):
        tampered = block.truth.copy()
        tampered[place] += 1
        assert not hunt.allows(tampered, PUBLIC)
    assert not hunt.allows(np.array([4, 3, 2, 1, 4, 2]), PUBLIC)
    council = Scenario("knows all", frozenset({DERBY}))
    assert not hunt.allows(np.array([5, 2, 1, 2, 3, 3]), council)
    assert hunt.allows(np.array([5, 2, 1, 2, 3, 3]), PUBLIC)


def test_tables_that_were_tried_before_are_checked_again() -> None:
    block = by_hand([4, 3, 2, 1, 3, 3], HANDBOOK, [FIRST_CELL])
    wrong = np.array([[4, 3, 2, 1, 3, 3], [5, 2, 1, 2, 3, 3], [9, 9, 9, 9, 9, 9]])
    hunt = Hunt(block)
    hunt.look_near(wrong)
    assert 2 == len(hunt.tables)


def test_what_the_solver_gives_up_on_is_unknown_and_unknown_refuses() -> None:
    # The truth does not fit what is shown, so there is no table at all.
    block = by_hand([4, 1], [([1, 1], 9, 8)], [[1, 0]])
    (finding,) = Hunt(block).hunt(PUBLIC, [0])
    assert Verdict.UNKNOWN is finding.verdict
    assert not finding.verdict.allows_release


def test_a_solver_that_makes_a_table_up_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    block = by_hand([4, 3, 2, 1, 3, 3], [*HANDBOOK, ([0, 1, 0, 0, 0, 0], 3, 3)], [FIRST_CELL])
    made_up = SimpleNamespace(x=np.array([9.0, 3, 2, 1, 3, 3]), status=0)
    monkeypatch.setattr("scipy.optimize.milp", lambda *_, **__: made_up)
    (finding,) = Hunt(block).hunt(PUBLIC, [0])
    assert Verdict.UNKNOWN is finding.verdict


def test_only_safe_allows_a_release() -> None:
    assert [Verdict.SAFE] == [each for each in Verdict if each.allows_release]


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], Verdict.SAFE),
        ([Verdict.UNSAFE], Verdict.UNSAFE),
        ([Verdict.UNSAFE, Verdict.UNKNOWN], Verdict.UNKNOWN),
    ],
)
def test_one_count_nobody_could_judge_makes_the_whole_unknown(
    verdicts: list[Verdict], expected: Verdict
) -> None:
    block = by_hand([1, 1], TOTAL_OF_TWO, [[1, 0]])
    assert expected is overall([Finding(block, 0, PUBLIC, each) for each in verdicts])


def test_an_audit_that_reads_a_figure_wrongly_stops_everything() -> None:
    family = family_of({(DERBY, PAIRED): 4, (DERBY, MISSING): 4})
    shown = published(family)
    wrong = Published({**shown.counts, Cell("paired", Audience.DERBY_CITY): 30}, {})
    with pytest.raises(PuzzleContradictsItselfError, match="do not fit what was counted"):
        audit(family, wrong, RULES)


def test_a_council_subtracts_its_own_children_and_finds_the_others() -> None:
    # 12 in all are shown as 10, which may be 8 to 12. To the public the two who are not Derby's may
    # be 0 to 4. Derby knows of its own 10, so for Derby they are 0, 1 or 2.
    family = family_of({(DERBY, PAIRED): 10, (COUNTY, PAIRED): 2})
    shown = {
        Cell(row.key, footprint): 10 if footprint is not Audience.DERBYSHIRE_COUNTY else None
        for row in family.rows
        if row.key != "missing"
        for footprint in Audience
    }
    found = audit(family, Published(shown, {}), Rules(5, 5, 4, 3, 20))
    assert Verdict.UNSAFE is found.verdict
    assert {"derby-city"} == {each.scenario.name for each in found.findings}


def test_witnesses_of_one_audit_spare_the_next_its_questions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts = {(owner, label): 4 for owner in Commissioner for label in (PAIRED, MISSING)}
    counts[OTHER, MISSING] = 2
    family = family_of(counts)
    witnesses: attack.Witnesses = {}
    before = audit(family, published(family), RULES, witnesses)
    monkeypatch.setattr(attack, "_near_the_truth", lambda _: pytest.fail("tried before"))
    assert before.verdict is audit(family, published(family), RULES, witnesses).verdict


def test_nothing_about_a_puzzle_is_printed() -> None:
    block = block_of(family_of({(DERBY, PAIRED): 4, (DERBY, MISSING): 4}))
    finding = Finding(block, 0, Scenario("x", shared=3), Verdict.UNSAFE)
    for thing in (block, finding, finding.scenario, *block.targets):
        assert "=" not in repr(thing)
