"""However few children a service has, its figures come out with a proof, much of them withheld."""

from __future__ import annotations

import pytest

from outcomes.attack import Certificate
from outcomes.compiling import Made, make
from outcomes.figures import Symbol
from outcomes.protection.policy import NHS5
from outcomes.quarter import Period
from tests.outcomes.caseload import Q3, YEAR
from tests.outcomes.golden import COMPILED_ON, made_up_year


def released(children: int, period: Period, *earlier: Made) -> Made:
    """Make a release of so many children; the audit has passed, or this raises."""
    ledger = [each.ledger for each in earlier]
    facts = made_up_year(range(children))
    return make(facts, period, NHS5, compiled_on=COMPILED_ON, ledger=ledger)


def counts(made: Made) -> set[object]:
    """Every number of people that is shown: all but that of the contract's outcomes."""
    return {
        each
        for figure in made.release.figures
        if figure.measure != "M21"
        for each in (figure.numerator, figure.denominator)
        if not isinstance(each, Symbol)
    }


@pytest.mark.parametrize("children", [0, 1, 5, 12])
def test_a_service_of_a_few_children_has_a_quarter_and_a_year(children: int) -> None:
    quarter = released(children, Q3)
    year = released(children, YEAR, quarter)
    for made in (quarter, year):
        Certificate.from_bytes(made.certificate).check()
        assert not {1, 2, 3, 4} & counts(made)


def test_what_is_left_out_of_a_very_small_service_is_said() -> None:
    said = released(12, Q3).release.coarsened
    assert said
    assert all("because more would tell something about a few people" in each for each in said)


@pytest.mark.timeout(120)
def test_a_year_withholds_one_line_rather_than_leave_a_measure_out() -> None:
    """Who was open in its quarter follows from who ended it, looked at once more a quarter later.

    To withhold that number is enough; no measure of the year has to go for it.
    """
    quarter = released(40, Q3)
    year = released(40, YEAR, quarter)
    assert () == year.release.coarsened
    assert any(not isinstance(each, Symbol) and each for each in counts(year))
