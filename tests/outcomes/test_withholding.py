"""The fewest figures are withheld: as few as trying every set would find."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings

from outcomes import withholding
from outcomes.attack import PUBLIC, Finding, Verdict, audit
from outcomes.episode import Audience
from outcomes.errors import ReleaseRefusedError
from outcomes.flow import PAIRED
from outcomes.tables import Cell
from outcomes.withholding import Conflict, fewest_to_withhold
from tests.outcomes.people import COUNTY, DERBY, OTHER
from tests.outcomes.test_attack import SMALL_COUNTS
from tests.outcomes.tiny import MISSING, RULES, Counts, by_hand, family_of, published

LEAVES_NOTHING_OPEN = [([1, 1, 0], 5, 5), ([0, 1, 1], 5, 5), ([1, 0, 1], 6, 6)]


def rank(cell: Cell) -> int:
    return len(cell.row) * 10 + tuple(Audience).index(cell.footprint)


@settings(max_examples=8)
@given(SMALL_COUNTS)
def test_no_smaller_set_would_have_been_enough(counts: Counts) -> None:
    family = family_of(counts)
    shown = published(family)
    found = audit(family, shown, RULES)
    withheld = fewest_to_withhold(found.findings, rank)

    def is_enough(cells: tuple[Cell, ...]) -> bool:
        hidden = published(family, withheld=frozenset(cells))
        return audit(family, hidden, RULES).verdict.allows_release

    assert is_enough(tuple(withheld))
    if not withheld:
        return
    candidates = [cell for cell, count in shown.counts.items() if count is not None]
    smaller = combinations(candidates, len(withheld) - 1)
    assert not any(is_enough(cells) for cells in smaller)


def test_the_same_findings_always_give_the_same_figures_to_withhold() -> None:
    counts = {(DERBY, PAIRED): 4, (COUNTY, PAIRED): 1, (OTHER, PAIRED): 0, (DERBY, MISSING): 4}
    family = family_of(counts)
    findings = audit(family, published(family), RULES).findings
    once = fewest_to_withhold(findings, rank)
    assert once
    assert once == fewest_to_withhold(tuple(reversed(findings)), rank)


def test_among_sets_of_one_size_the_one_that_is_missed_least_is_taken() -> None:
    block = by_hand([3, 2, 3], LEAVES_NOTHING_OPEN, [[1, 0, 0]])
    finding = Finding(block, 0, PUBLIC, Verdict.UNSAFE)
    for best in range(3):
        chosen = fewest_to_withhold([finding], lambda cell, best=best: cell.row != f"row {best}")  # type: ignore[misc]
        assert {f"row {best}"} == {cell.row for cell in chosen}


def test_one_figure_that_is_missed_a_lot_goes_before_two_that_are_not() -> None:
    often, one, other = (Cell(name, Audience.ICB) for name in ("often", "one", "other"))
    conflicts = [Conflict(frozenset({often, one})), Conflict(frozenset({often, other}))]
    chosen = withholding._smallest_cover(conflicts, lambda cell: 100 if cell is often else 1)
    assert {often} == chosen


def test_a_count_that_is_certain_with_everything_withheld_refuses_the_release() -> None:
    block = by_hand([0, 2], [([1, 1], 2, 2)], [[1, 0]])
    fixed = Finding(block, 0, PUBLIC, Verdict.UNSAFE)
    block.links.resize((1, 2), refcheck=False)
    block.links[0] = [1, 0]
    with pytest.raises(ReleaseRefusedError, match="even with every figure withheld"):
        fewest_to_withhold([fixed], rank)


def test_a_search_without_end_refuses_the_release(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(withholding, "_MOST_ROUNDS", 1)
    block = by_hand([3, 2, 3], LEAVES_NOTHING_OPEN, [[1, 0, 0]])
    with pytest.raises(ReleaseRefusedError, match="no small set"):
        fewest_to_withhold([Finding(block, 0, PUBLIC, Verdict.UNSAFE)], rank)
