"""What hid few people before is mended so that it hides them beside everything shown since."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from outcomes.audit.mending import Mender
from outcomes.audit.puzzle import HOW_MANY, System, columns_of
from outcomes.audit.unknowns import systems
from outcomes.episode import Commissioner
from outcomes.ledger import Entry
from outcomes.scenario import Rules
from tests.outcomes.audit.everything import COUNTY, DERBY, OTHER, RULES, raw_of, rounded
from tests.outcomes.audit.test_later_quarters import quarters

EXACT = replace(RULES, base=1, zero_is_shown=True)


@pytest.fixture
def caseload() -> System:
    """How many there are, after three quarters."""
    first, second, third = quarters(3)
    (found,) = (each for each in systems(third, [first, second]) if each.name == HOW_MANY)
    return found


def puzzle_of(rules: Rules) -> System:
    """Who rose, stayed and is missing in one quarter."""
    raw = raw_of({DERBY: (4, 8, 9), COUNTY: (9, 9, 4), OTHER: (7, 8, 9)})
    (found,) = systems(Entry("new", raw, rounded(raw, rules), rules), [])
    return found


@pytest.fixture
def answers() -> System:
    return puzzle_of(RULES)


def breaks_what_is_always_true(system: System, change: dict[int, int]) -> bool:
    return bool(abs(system.links @ columns_of([change], len(system.atoms))).sum())


def fits_what_is_shown(system: System, change: dict[int, int]) -> bool:
    moved = (system.rows @ columns_of([change], len(system.atoms))).toarray().ravel()
    return bool(((moved >= system.low) & (moved <= system.high)).all())


def test_one_more_or_fewer_leaves_the_caseload_and_what_is_always_true(caseload: System) -> None:
    found = Mender(caseload).one_more_or_fewer
    assert len(found) == 2 * 3  # more and fewer, by who pays: only the first quarter has few
    for change in found:
        assert {caseload.atoms[each].table for each in change} == {"accepted", "closed"}
        assert not breaks_what_is_always_true(caseload, change)


def test_tables_follow_the_people_that_they_sort(answers: System) -> None:
    for index, atom in enumerate(answers.atoms):
        if atom.table == "closed":
            change = Mender(answers).completed({index: 1})
            assert change[index] == 1
            assert {answers.atoms[each].table for each in change} >= {"closed", "star"}
            assert not breaks_what_is_always_true(answers, change)


def one_fewer_rose(system: System, who: Commissioner) -> dict[int, int]:
    """One child of a commissioner stayed who rose in truth."""
    at = {
        name: index
        for index, atom in enumerate(system.atoms)
        for name in atom.classes
        if atom.table == "item" and atom.place.commissioner is who
    }
    return {at["rose"]: -1, at["stayed"]: 1}


def test_what_moves_a_sum_too_far_is_mended_elsewhere(answers: System) -> None:
    """20 rose of everybody, shown as 21: with one fewer it would be 18. With Derby 4 or 3 are 3."""
    almost = one_fewer_rose(answers, DERBY)
    assert not breaks_what_is_always_true(answers, almost)
    assert not fits_what_is_shown(answers, almost)
    (mended,) = Mender(answers).mended([almost])
    assert mended.items() > almost.items()
    assert fits_what_is_shown(answers, mended)
    assert not breaks_what_is_always_true(answers, mended)
    assert (answers.truth[list(mended)] + np.array(list(mended.values())) >= 0).all()


def test_what_cannot_be_mended_is_not_given() -> None:
    """Everything is shown as it is: one fewer could only be made good by taking it back."""
    exact = puzzle_of(EXACT)
    assert list(Mender(exact).mended([one_fewer_rose(exact, DERBY)])) == []


def test_nobody_is_taken_from_where_nobody_is(answers: System) -> None:
    almost = {index: 100 * more for index, more in one_fewer_rose(answers, DERBY).items()}
    assert list(Mender(answers).mended([almost])) == []
