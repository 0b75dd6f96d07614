"""However few children a service has, its figures come out with a proof, much of them withheld."""

from __future__ import annotations

import pytest

from outcomes.attack import Certificate
from outcomes.compiling import Made, make
from outcomes.counting.flow import Missing, Stage
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
    release = released(12, Q3).release
    said = release.coarsened
    assert said
    assert all("because more would tell something about a few people" in each for each in said)
    assert set(said) <= set(release.notes)


def test_a_measure_of_which_nothing_is_shown_keeps_its_definition_and_the_reason() -> None:
    release = released(12, Q3).release
    shown = {(each.measure, each.area) for each in release.figures}
    for each in release.definitions:
        assert bool(each.missing) is ((each.measure, each.area) not in shown), each.measure
    left_out = [each for each in release.definitions if "Left out" in each.missing]
    assert left_out
    for each in left_out:
        assert any(each.title in sentence for sentence in release.coarsened)


@pytest.mark.parametrize("children", [1, 12])
def test_the_flow_is_said_to_be_left_out_only_where_lines_of_it_are(children: int) -> None:
    release = released(children, Q3).release
    lines = {each.flow: set[str]() for each in release.flow}
    for each in release.flow:
        lines[each.flow].add(each.step)
    is_whole = len(lines) == 2 and all(len(each) == len(Stage) + len(Missing) for each in
                                       lines.values())  # fmt: skip
    is_said = any("Who answered and who is missing" in each for each in release.coarsened)
    assert is_said is not is_whole


@pytest.mark.timeout(120)
def test_a_year_withholds_one_line_rather_than_leave_a_measure_out() -> None:
    """Who was open in its quarter follows from who ended it, looked at once more a quarter later.

    To withhold that number is enough; no measure of the year has to go for it.
    """
    quarter = released(40, Q3)
    year = released(40, YEAR, quarter)
    assert () == year.release.coarsened
    assert any(not isinstance(each, Symbol) and each for each in counts(year))
