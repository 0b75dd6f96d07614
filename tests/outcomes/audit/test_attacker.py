"""The attacker gets as far as somebody who tries every table there could be, and no further."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.audit.attacker import audit
from outcomes.audit.certificate import Certificate, CertificateRefusedError
from outcomes.audit.outsiders import COUNCILS, PUBLIC, TOLD, is_open
from outcomes.audit.puzzle import HOW_MANY
from outcomes.audit.unknowns import systems
from outcomes.audit.witnesses import ReadWronglyError
from outcomes.episode import Audience, Commissioner
from outcomes.ledger import BadLedgerError, Entry
from outcomes.published import Published
from outcomes.quarter import Quarter, Year
from outcomes.raw import EVERYBODY, Box, Cell, RawTable, RawTables, Row
from outcomes.scenario import Finding, Rules, Target, Verdict
from tests.outcomes.audit.everything import (
    COUNTY,
    DERBY,
    OTHER,
    Q3,
    ROSE,
    RULES,
    STAYED,
    Counts,
    Everything,
    entry_of,
    raw_of,
    rounded,
)

EXACT = Rules(threshold=3, base=1, zero_is_shown=True, width=2, insider_width=2, class_size=4)
few = st.tuples(*[st.integers(0, 3), st.integers(0, 2), st.integers(0, 2)])
services = st.fixed_dictionaries(dict.fromkeys(Commissioner, few))
policies = st.sampled_from([RULES, EXACT, replace(EXACT, zero_is_shown=False)])


def place(finding: Finding) -> tuple[object, ...]:
    target = finding.target
    return (target.table, target.classes, target.commissioners, finding.scenario.name,
            None if finding.scenario.shared is None else
            (finding.scenario.shared.classes, finding.scenario.shared.commissioners))  # fmt: skip


def asked_about(entry: Entry) -> Iterator[tuple[Target, bool]]:
    """Give each protected count, and whether the number of people may differ in what hides it."""
    for system in systems(entry, ()):
        for target, free in zip(system.targets, system.free, strict=True):
            if bool(free) == (system.name == HOW_MANY):
                yield target, bool(free)


@settings(max_examples=25, deadline=None)
@given(services, policies, st.sets(st.integers(0, 11), max_size=6))
def test_a_count_is_found_exactly_when_no_table_hides_it(
    counts: Counts, rules: Rules, hidden: set[int]
) -> None:
    raw = raw_of(counts)
    cells = [Cell(row, footprint) for row in raw.rows for footprint in Audience]
    withheld = frozenset(cells[each] for each in hidden) if not rules.zero_is_shown else frozenset()
    entry = entry_of(counts, rules, withheld)
    everything = {False: Everything(entry, counts), True: Everything(entry, counts, spare=2)}
    result = audit(entry)
    found = {place(each) for each in result.findings}
    anyhow = {where[:3] for where in found}
    assert all(each.verdict is Verdict.UNSAFE for each in result.findings)
    for target, free in asked_about(entry):
        for scenario in (*COUNCILS, PUBLIC, *TOLD):
            if target.commissioners & scenario.known or (scenario.told and target.truth == 0):
                continue
            low, high = everything[free].reach(target, scenario)
            is_hidden = is_open(target, scenario, low - target.truth, high - target.truth)
            where = (target.table, target.classes, target.commissioners, scenario.name, None)
            if where in found:
                assert not is_hidden
            elif not is_hidden:
                # What is found out anyway is asked about again once it is hidden better.
                assert scenario.told
                assert where[:3] in anyhow
    if result.certificate is not None:
        result.certificate.check()


@settings(max_examples=15, deadline=None)
@given(services, st.permutations(list(Commissioner)[:2]))
def test_changing_the_councils_round_changes_the_findings_round(
    counts: Counts, order: list[Commissioner]
) -> None:
    swap = dict(zip((DERBY, COUNTY), order, strict=True)) | {OTHER: OTHER}
    one = audit(entry_of(counts))
    other = audit(entry_of({swap[who]: each for who, each in counts.items()}))
    assert len(one.findings) == len(other.findings)
    assert one.verdict is other.verdict


@settings(max_examples=15, deadline=None)
@given(services)
def test_withholding_one_figure_more_never_tells_more(counts: Counts) -> None:
    before = audit(entry_of(counts))
    after = audit(entry_of(counts, withheld=frozenset({Cell("rose", Audience.ICB)})))
    asked = {"public", "derby-city", "derbyshire-county", "lone-respondent"}
    assert {place(each) for each in after.findings if each.scenario.name in asked} <= {
        place(each) for each in before.findings
    }


def test_exact_counts_with_nothing_else_withheld_give_every_small_one_away() -> None:
    counts = {DERBY: (6, 6, 2), COUNTY: (5, 5, 5), OTHER: (4, 4, 4)}
    found = audit(entry_of(counts, EXACT))
    assert found.verdict is Verdict.UNSAFE
    assert any(each.low == each.high == 2 for each in found.findings)
    assert found.certificate is None


@pytest.mark.parametrize(("least", "reach"), [(0, (0, 2)), (1, (1, 1))])
def test_two_small_counts_that_make_two_are_both_one_where_noughts_are_always_shown(
    least: int, reach: tuple[int, int]
) -> None:
    """Where a nought may be withheld as well, the same figures leave both open."""
    counts = {DERBY: (1, 1, 9), COUNTY: (9, 9, 9), OTHER: (9, 9, 9)}
    plain = raw_of(counts)
    raw = RawTables(
        plain.period,
        plain.measures,
        tables=plain.tables.values(),
        rows=[*plain.rows.values(), Row("stayed", "item", frozenset({STAYED}))],
    )
    rules = replace(EXACT, threshold=2, width=4, insider_width=4, withheld_at_least=least)
    found = [
        each
        for each in audit(Entry("new", raw, rounded(raw, rules), rules)).findings
        if (each.target.classes, each.target.commissioners)
        == (frozenset({ROSE}), frozenset({DERBY}))
        and each.scenario.name == "public"
    ]
    assert [(each.low, each.high) for each in found] == [reach]


def test_a_figure_that_does_not_fit_the_truth_is_noticed() -> None:
    counts = {DERBY: (9, 9, 9), COUNTY: (9, 9, 9), OTHER: (9, 9, 9)}
    entry = entry_of(counts)
    wrong = {**entry.published.counts, Cell("rose", Audience.ICB): 12}
    with pytest.raises(ReadWronglyError):
        audit(replace(entry, published=Published(wrong, {})))


def test_a_certificate_is_the_same_bytes_again_and_can_be_checked_by_anybody() -> None:
    counts = {DERBY: (7, 8, 9), COUNTY: (9, 9, 4), OTHER: (9, 9, 9)}
    certificate = audit(entry_of(counts)).certificate
    assert certificate is not None
    again = audit(entry_of(counts)).certificate
    assert again is not None
    assert again.digest == certificate.digest
    Certificate.from_bytes(certificate.to_bytes()).check()


def test_a_certificate_that_was_changed_is_refused() -> None:
    counts = {DERBY: (2, 8, 9), COUNTY: (2, 9, 4), OTHER: (9, 9, 9)}
    certificate = audit(entry_of(counts)).certificate
    assert certificate is not None
    proof = certificate.proofs[0]
    assert proof.claims
    for forged in (
        replace(proof, differences=tuple(() for _ in proof.differences)),
        replace(proof, low=tuple(0 for _ in proof.low), high=tuple(0 for _ in proof.high)),
        replace(proof, truth=tuple(0 for _ in proof.truth)),
        replace(proof, claims=tuple(replace(each, known=(0, 1, 2)) for each in proof.claims)),
    ):
        with pytest.raises(CertificateRefusedError):
            Certificate((forged,)).check()
    with pytest.raises(CertificateRefusedError):
        Certificate.from_bytes(b"nothing")


def test_what_is_kept_of_a_release_comes_back_as_it_was() -> None:
    entry = entry_of({DERBY: (2, 8, 9), COUNTY: (2, 9, 4), OTHER: (9, 9, 9)})
    again = Entry.from_bytes(entry.to_bytes())
    assert again.to_bytes() == entry.to_bytes()
    first, second = audit(entry).certificate, audit(again).certificate
    assert first is not None
    assert second is not None
    assert first.digest == second.digest
    with pytest.raises(BadLedgerError):
        Entry.from_bytes(b"nothing")


def year_of(counts: Counts) -> Entry:
    """The year as if its other quarters had been empty."""
    raw = raw_of(counts, period=Year(Q3.starts))
    return Entry("year", raw, rounded(raw, EXACT), EXACT)


def test_a_year_with_one_late_answer_shows_nobody_by_the_difference() -> None:
    """Exact figures of a quarter and of its year give the one late answer away."""
    sooner = {DERBY: (7, 8, 9), COUNTY: (9, 9, 4), OTHER: (9, 9, 9)}
    later = {**sooner, DERBY: (8, 8, 8)}
    raw = raw_of(sooner)
    quarter = Entry("quarter", raw, rounded(raw, EXACT), EXACT)
    assert audit(year_of(sooner), [quarter]).verdict is Verdict.SAFE
    found = audit(year_of(later), [quarter])
    assert found.verdict is Verdict.UNSAFE
    assert {each.target.release for each in found.findings} >= {"late answers"}


def test_other_quarters_make_no_difference() -> None:
    counts = {DERBY: (7, 8, 9), COUNTY: (9, 9, 4), OTHER: (9, 9, 9)}
    before = Quarter(Q3.starts, 2)
    raw = raw_of({**counts, DERBY: (3, 8, 8)}, before)
    earlier = Entry("earlier", raw, rounded(raw), RULES)
    alone, beside = audit(entry_of(counts)), audit(entry_of(counts), [earlier])
    assert alone.verdict is beside.verdict is Verdict.SAFE
    assert alone.questions == beside.questions


def test_who_knows_a_count_knows_it_by_its_other_name() -> None:
    """Those who ended a quarter ago are looked at again: that gives nobody away to themselves."""
    raw = raw_of({DERBY: (0, 1, 0), COUNTY: (9, 9, 9), OTHER: (9, 9, 9)}, Quarter(Q3.starts, 2))
    again = RawTables(
        Q3,
        raw.measures,
        tables=[
            RawTable("closed-1-quarter-ago", None, (EVERYBODY,), dict_of(raw.tables["closed"])),
            RawTable("closed", None, (EVERYBODY,), {}),
        ],
        rows=[Row("again", "closed-1-quarter-ago", frozenset({EVERYBODY}))],
    )
    earlier = Entry("earlier", raw, rounded(raw), RULES)
    assert audit(earlier).verdict is Verdict.SAFE
    assert audit(Entry("now", again, rounded(again), RULES), [earlier]).verdict is Verdict.SAFE


def test_that_somebody_was_taken_back_does_not_say_what_they_answered() -> None:
    """How many were taken back is known for all together, not for those who had answered."""
    others = {COUNTY: (9, 9, 9), OTHER: (9, 9, 9)}
    raw = raw_of({**others, DERBY: (9, 9, 9)})
    quarter = Entry("quarter", raw, rounded(raw), RULES)
    fewer = raw_of({**others, DERBY: (8, 9, 9)}, period=Year(Q3.starts))
    found = audit(Entry("year", fewer, rounded(fewer), RULES), [quarter])
    assert [] == [each for each in found.findings if each.target.release == "back answers"]


def test_what_is_not_looked_at_of_later_quarters_is_taken_to_be_known() -> None:
    """To let their totals alone differ would forget what their parts say of them."""
    few = raw_of({DERBY: (0, 1, 0), COUNTY: (9, 9, 9), OTHER: (9, 9, 9)}, Quarter(Q3.starts, 2))
    many = raw_of(dict.fromkeys(Commissioner, (9, 9, 9)))
    earlier = Entry("earlier", few, rounded(few), RULES)
    now = Entry("now", many, rounded(many), RULES)
    (system,) = (each for each in systems(now, [earlier]) if each.name == HOW_MANY)
    assert {each.place.quarter for each in system.atoms} == {Quarter(Q3.starts, 2)}


def dict_of(table: RawTable) -> dict[tuple[Box, str], int]:
    """The true counts of a table."""
    return {(box, label): count for box, label, count in table.entries()}
