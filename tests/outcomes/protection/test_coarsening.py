"""Where withholding is not enough, less is shown, and it is said."""

from __future__ import annotations

from collections.abc import Sequence

from outcomes.episode import AgeBand, Axis, Commissioner
from outcomes.figures import Symbol
from outcomes.ledger import Entry
from outcomes.protection.coarsening import Coarser, coarsened, titles_about
from outcomes.protection.gate import hide, protect
from outcomes.protection.policy import NHS5
from outcomes.raw import EVERYBODY, Group, RawTables, Step
from outcomes.scenario import Finding, Scenario, Target, Verdict
from tests.outcomes.protection.brute import BruteAudit, brute_audit
from tests.outcomes.protection.small import (
    COUNTY,
    DERBY,
    NO,
    OTHER,
    Q3,
    ROUNDED,
    YES,
    by_age,
    said_yes_or_no,
)

YOUNG, TEENS, GROWN, UNKNOWN = AgeBand
FEW_GROWN = {
    (DERBY, YOUNG): 12, (DERBY, TEENS): 14, (DERBY, GROWN): 1,
    (COUNTY, YOUNG): 18, (COUNTY, TEENS): 15, (COUNTY, GROWN): 2, (OTHER, TEENS): 9,
    (OTHER, GROWN): 2,
}  # fmt: skip


def target(table: str, group: Group | None = None, owner: Commissioner = DERBY) -> Target:
    everybody = frozenset({EVERYBODY, YES})
    return Target("", table, everybody, frozenset({owner}), frozenset({Q3}), group, 1, 4, 3)


def age(*bands: AgeBand) -> Group:
    return Group(Axis.AGE, tuple(each.value for each in bands))


def less(raw: RawTables, about: Target) -> Coarser:
    found = coarsened(raw, [about])
    assert found is not None
    return found


def groups(raw: RawTables) -> set[Group]:
    return {row.group for row in raw.rows.values() if row.group is not None}


def test_the_ages_with_the_fewest_people_are_put_together_with_their_neighbours() -> None:
    found = less(by_age(FEW_GROWN), target("closed", age(GROWN)))
    assert {age(YOUNG), age(TEENS), age(GROWN, UNKNOWN)} == groups(found.raw)
    (how,) = found.said.values()
    assert "ages 16-25 and not known are shown together, because more would tell" in how


def test_whoever_was_counted_is_counted_still() -> None:
    raw = by_age(FEW_GROWN)
    found = less(raw, target("closed", age(GROWN)))
    everybody = frozenset(Commissioner)
    row = next(row for row in found.raw.rows.values() if row.group == age(GROWN, UNKNOWN))
    assert 5 == found.raw.count(row.key, everybody)
    assert raw.count("closed", everybody) == found.raw.count("closed", everybody)
    assert {row.key for row in found.raw.rows.values()} == {each.row for each in found.raw.counts}


def test_the_last_two_ages_are_not_put_together_but_left_out() -> None:
    raw = by_age(FEW_GROWN)
    for _ in range(2):
        raw = less(raw, target("closed", age(GROWN))).raw
    assert 2 == len(groups(raw))
    found = less(raw, target("closed", age(GROWN)))
    assert set() == groups(found.raw)
    assert "not broken down by age" in next(iter(found.said.values()))
    assert ["closed"] == [each.row for each in found.raw.counts]


def test_a_measure_that_is_not_broken_down_is_left_out() -> None:
    raw = said_yes_or_no({(DERBY, YES): 30, (DERBY, NO): 2})
    raw.steps = (Step("said", "paired", "said.yes", is_reason=False),)
    found = less(raw, target("said"))
    assert {"closed"} == set(found.raw.rows)
    assert () == found.raw.rates
    assert () == found.raw.steps
    assert ["T01"] == [each.id for each in found.raw.measures]
    ((what, how),) = found.said.items()
    assert "Made-up measure T02; Made-up measure T04; Who answered and who is missing" in what
    assert how.startswith("left out")


def test_nothing_is_said_of_rows_that_no_reader_ever_saw() -> None:
    raw = said_yes_or_no({(DERBY, YES): 30, (DERBY, NO): 2})
    raw.rates = ()
    raw.counts = tuple(each for each in raw.counts if each.row == "closed")
    found = less(raw, target("said"))
    assert {"closed"} == set(found.raw.rows)
    assert {} == found.said


def test_a_table_is_named_by_what_shows_it_or_by_whom_it_is_about() -> None:
    raw = said_yes_or_no({(DERBY, YES): 30, (DERBY, NO): 2})
    assert titles_about(raw, "closed") == "Made-up measure T01"
    raw.rates = raw.counts = ()
    assert titles_about(raw, "said") == "How many there are: support that ended"
    paired, asked = (
        Step("star/young-person", name, row, is_reason=False)
        for name, row in (("paired", "said.yes"), ("asked", "closed"))
    )
    raw.steps = (paired,)
    assert titles_about(raw, "said") == "Who answered and who is missing (young people)"
    raw.steps = (paired, asked)
    assert titles_about(raw, "said") == "Who answered and who is missing (young people, some lines)"


def test_a_count_of_an_earlier_release_takes_what_it_follows_from_along() -> None:
    """How many were open follows from how many ended since, by whatever line of a breakdown."""
    raw = by_age(FEW_GROWN)
    found = less(raw, target("open"))
    assert {age(YOUNG), age(TEENS), age(GROWN, UNKNOWN)} == groups(found.raw)
    assert "shown together" in next(iter(found.said.values()))
    assert set() == set(less(said_yes_or_no({(DERBY, YES): 30}), target("open")).raw.rows)


def test_where_nothing_near_can_be_left_out_everything_can_in_the_end() -> None:
    raw, steps = by_age(FEW_GROWN), 0
    while (found := coarsened(raw, [target("never counted")])) is not None:
        raw, steps = found.raw, steps + 1
    assert steps == 4
    assert {} == raw.rows
    assert () == raw.measures


def test_the_release_says_what_is_shown_more_coarsely() -> None:
    worry = Finding(target("closed", age(GROWN)), Scenario("public"), Verdict.UNSAFE, 1, 1)

    def asking(new: Entry, earlier: Sequence[Entry], progress: object) -> BruteAudit:
        """Ask for ages to be put together, whatever is withheld."""
        del earlier, progress
        is_done = age(GROWN, UNKNOWN) in groups(new.raw)
        return BruteAudit(*(Verdict.SAFE, ()) if is_done else (Verdict.UNSAFE, (worry,)))

    hidden = hide(by_age(FEW_GROWN), NHS5, (), asking)
    (sentence,) = hidden.sentences
    assert sentence.startswith("Made-up measure T01: ages 16-25 and not known are shown together")
    assert sentence.endswith("because more would tell something about a few people.")


def test_a_line_of_several_ages_is_named_after_all_of_them() -> None:
    raw = less(by_age(FEW_GROWN), target("closed", age(GROWN))).raw
    safe = protect(raw, NHS5).safe
    lines = {each.group for each in safe.figures}
    assert {"Total", "0-10", "11-15", "16-25+not-known"} == lines
    withheld = [each for each in safe.figures if each.group == "16-25+not-known"]
    assert all(each.numerator is Symbol.WITHHELD for each in withheld)


def test_brute_force_agrees_that_less_fine_tables_can_be_protected() -> None:
    few = {(DERBY, YES): 2, (COUNTY, NO): 3, (OTHER, YES): 1}
    hidden = hide(said_yes_or_no(few), ROUNDED, (), brute_audit)
    assert hidden.audited.verdict.allows_release
