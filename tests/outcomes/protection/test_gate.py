"""Only protected tables come out, with a proof, or nothing does and it is said why."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.attack import audit
from outcomes.episode import Audience, Commissioner
from outcomes.errors import NotProtectedError, ReleaseRefusedError
from outcomes.figures import Symbol
from outcomes.ledger import Entry
from outcomes.protection.gate import hide, protect
from outcomes.protection.policy import DFE_C, NHS5, DisclosurePolicy
from outcomes.protection.safe_tables import SafeTables
from outcomes.raw import Cell
from outcomes.scenario import Finding, Scenario, Target, Verdict
from tests.outcomes.protection.brute import BruteAudit
from tests.outcomes.protection.small import (
    COUNTY,
    DERBY,
    NO,
    OTHER,
    Q3,
    YES,
    Counts,
    said_yes_or_no,
    swapped,
)

CITY, COUNCIL, BOARD = Audience
PLACES = tuple((owner, label) for owner in Commissioner for label in (YES, NO))
ENOUGH = {
    (DERBY, YES): 24, (DERBY, NO): 17, (COUNTY, YES): 31, (COUNTY, NO): 22,
    (OTHER, YES): 8, (OTHER, NO): 9,
}  # fmt: skip
A_FEW_OTHERS = {**ENOUGH, (OTHER, YES): 2, (OTHER, NO): 9}


def shown(safe: SafeTables, measure: str, footprint: Audience) -> tuple[object, object, object]:
    found = next(
        each for each in safe.figures if (each.measure, each.footprint) == (measure, footprint)
    )
    return found.numerator, found.denominator, found.percent


@pytest.mark.parametrize(("policy", "expected"), [(NHS5, (25, 40, 63)), (DFE_C, (24, 41, 59))])
def test_what_is_safe_is_shown_as_the_policy_shows_it(
    policy: DisclosurePolicy, expected: tuple[int, int, int]
) -> None:
    protected = protect(said_yes_or_no(ENOUGH), policy)
    assert expected == shown(protected.safe, "T02", CITY)
    protected.certificate.check()
    assert () == protected.safe.coarsened


def test_what_follows_from_other_figures_is_withheld_too() -> None:
    raw = said_yes_or_no(A_FEW_OTHERS)
    protected = protect(raw, DFE_C)
    counts = protected.entry.published.counts
    out = [cell for cell, count in counts.items() if count is None]
    assert any(raw.count(each.row, each.footprint.commissioners) > 5 for each in out)
    assert Symbol.WITHHELD in {
        value for footprint in Audience for value in shown(protected.safe, "T02", footprint)
    }
    assert audit(protected.entry).verdict is Verdict.SAFE


@settings(max_examples=10, deadline=None)
@given(
    st.fixed_dictionaries({place: st.integers(0, 30) for place in PLACES}),
    st.sampled_from((NHS5, DFE_C)),
)
def test_there_is_a_proof_or_there_is_nothing(counts: Counts, policy: DisclosurePolicy) -> None:
    with suppress(ReleaseRefusedError):
        protected = protect(said_yes_or_no(counts), policy)
        protected.certificate.check()
        raw = protected.entry.raw
        for cell, count in protected.entry.published.counts.items():
            truth = raw.count(cell.row, cell.footprint.commissioners)
            assert count is None or not 0 < truth < policy.threshold


def test_the_same_counts_give_the_same_figures() -> None:
    once, again = (protect(said_yes_or_no(A_FEW_OTHERS), DFE_C) for _ in range(2))
    assert (once.safe.figures, once.safe.coarsened) == (again.safe.figures, again.safe.coarsened)
    assert once.certificate.digest == again.certificate.digest


@pytest.mark.parametrize("policy", [NHS5, DFE_C])
def test_exchanging_the_councils_exchanges_their_figures(policy: DisclosurePolicy) -> None:
    one, other = (
        hide(said_yes_or_no(counts), policy, (), audit).entry.published.counts
        for counts in (A_FEW_OTHERS, swapped(A_FEW_OTHERS))
    )
    name = {CITY: COUNCIL, COUNCIL: CITY, BOARD: BOARD}
    assert one == {Cell(cell.row, name[cell.footprint]): count for cell, count in other.items()}


def test_what_one_late_answer_said_does_not_follow_from_two_releases() -> None:
    first = protect(said_yes_or_no(ENOUGH), DFE_C)
    earlier = replace(first.entry, name="provisional")
    later = said_yes_or_no({**ENOUGH, (DERBY, YES): 25, (DERBY, NO): 16})
    alone = protect(later, DFE_C)
    assert 25 == alone.entry.published.counts[Cell("said.yes", CITY)]
    try:
        after = protect(later, DFE_C, [earlier])
    except ReleaseRefusedError as refusal:
        assert refusal.reasons  # noqa: PT017 - to refuse is as right as to withhold
        return
    assert ("provisional",) == after.safe.audited_with
    assert after.entry.published.counts.get(Cell("said.yes", CITY)) is None


def finding(owner: Commissioner, scenario: Scenario) -> Finding:
    target = Target(
        "", "said", frozenset({YES}), frozenset({owner}), frozenset({Q3}), None, 2, 4, 3
    )
    return Finding(target, scenario, Verdict.UNSAFE, 2, 2)


def test_the_refusal_says_why_in_plain_words() -> None:
    public = Scenario("public")
    told = Scenario("told", frozenset({DERBY}), told=True)
    alone = Scenario("lone-respondent", shared=finding(COUNTY, public).target)
    found = (finding(OTHER, public), finding(COUNTY, public), finding(OTHER, told),
             finding(OTHER, alone))  # fmt: skip

    def never(new: Entry, earlier: Sequence[Entry], progress: object) -> BruteAudit:
        """Find the same, whatever is withheld."""
        del new, earlier, progress
        return BruteAudit(Verdict.UNSAFE, found)

    with pytest.raises(ReleaseRefusedError) as refusal:
        hide(said_yes_or_no(ENOUGH), NHS5, (), never)
    who = ("anybody", "derby-city told which withheld numbers are small",
           "somebody who knows their own answer")  # fmt: skip
    many = ("2 numbers", "one number", "one number")
    assert refusal.value.reasons == tuple(
        f"How many there are: support that ended: {some} would show something about a few people "
        f"to {outsider}; leave this quarter out and compile its year, or compile with a policy "
        "that withholds more (--policy-file)."
        for some, outsider in zip(many, who, strict=True)
    )


def test_protected_tables_cannot_be_made_or_remade_in_any_other_way() -> None:
    with pytest.raises(NotProtectedError):
        SafeTables(Q3, (), NHS5, figures=(), flow=(), coarsened=(), scenarios=(), audited_with=(),
                   seal=object())  # fmt: skip
    safe = protect(said_yes_or_no(ENOUGH), NHS5).safe
    with pytest.raises(NotProtectedError):
        pickle.dumps(safe)


def test_what_is_done_is_told_step_by_step() -> None:
    said: list[str] = []
    protect(said_yes_or_no(A_FEW_OTHERS), DFE_C, progress=said.append)
    assert "withholding further figures" in said
