"""What is shown: nothing small, nothing that gives small away, nothing around protect()."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes import disclosure
from outcomes.disclosure import DFE_C, NHS5, POLICIES, SafeTable, SafeTables, protect
from outcomes.episode import COUNCILS, Audience, Commissioner
from outcomes.errors import NotProtectedError, PolicyRefusedError, ReleaseRefusedError
from outcomes.figures import Figure, FlowFigure, Shown, Symbol
from outcomes.primary import first_pass
from outcomes.statistics import wilson
from outcomes.tables import Cell
from tests.outcomes.people import (
    COUNTY,
    DERBY,
    OTHER,
    Q3,
    Service,
    count_of,
    every_area,
    only,
)

FEELINGS = only("M04", "M05", "M05w", "M05s")
C, U, Z = Symbol.WITHHELD, Symbol.TOO_FEW, Symbol.NOT_APPLICABLE
BETTER, SAME, WORSE, HELD = (2, 4), (3, 3), (4, 2), (5, 5)


def feels(value: int) -> dict[str, int]:
    return {"feelings": value}


def add(service: Service, count: int, who: Commissioner, change: tuple[int, int]) -> Service:
    return service.children(count, who, feels(change[0]), feels(change[1]))


def figure(safe: SafeTables, measure: str, footprint: Audience, area: str | None = None) -> Figure:
    return next(
        each
        for table in safe.tables
        for each in table.figures
        if (each.measure, each.footprint) == (measure, footprint)
        and (area is None or each.area == area)
    )


def flow(safe: SafeTables, step: str, footprint: Audience) -> Shown:
    found: FlowFigure = next(
        each
        for table in safe.tables
        for each in table.flow
        if (each.step, each.footprint) == (step, footprint)
    )
    return found.episodes


def test_shares_are_worked_out_from_the_counts_as_they_are_shown() -> None:
    service = add(add(Service(), 27, DERBY, BETTER), 16, DERBY, SAME)
    safe = protect(service.counted(FEELINGS), NHS5)
    shown = figure(safe, "M05", Audience.DERBY_CITY)
    bounds = wilson(25, 45)
    assert (25, 45, 56) == (shown.numerator, shown.denominator, shown.percent)
    assert (round(100 * bounds.lower), round(100 * bounds.upper)) == (
        shown.percent_lower,
        shown.percent_upper,
    )


@pytest.mark.parametrize("worse", range(5))
def test_one_to_four_who_felt_worse_are_never_shown(worse: int) -> None:
    service = add(add(Service(), 30, DERBY, SAME), worse, DERBY, WORSE)
    safe = protect(service.counted(FEELINGS), NHS5)
    for footprint in (Audience.DERBY_CITY, Audience.ICB):
        shown = figure(safe, "M05w", footprint)
        assert (C, C, C, C) == (
            shown.numerator,
            shown.percent,
            shown.percent_lower,
            shown.percent_upper,
        )
        assert isinstance(shown.denominator, int)


@pytest.mark.parametrize("others", [1, 2, 3, 4])
def test_a_share_of_nearly_everybody_is_withheld_because_the_few_others_are(others: int) -> None:
    service = add(add(Service(), 30, DERBY, BETTER), others, DERBY, SAME)
    shown = figure(protect(service.counted(FEELINGS), NHS5), "M05", Audience.DERBY_CITY)
    assert (C, C) == (shown.numerator, shown.percent)
    assert isinstance(shown.denominator, int)


@pytest.mark.parametrize(("count", "numerator", "percent"), [(19, C, C), (20, 20, 100)])
def test_all_of_a_small_group_is_not_told_about_feelings(
    count: int, numerator: Shown, percent: Shown
) -> None:
    safe = protect(add(Service(), count, DERBY, BETTER).counted(FEELINGS), NHS5)
    shown = figure(safe, "M05", Audience.DERBY_CITY)
    assert (numerator, percent) == (shown.numerator, shown.percent)


def test_that_all_of_a_small_group_answered_may_be_told() -> None:
    safe = protect(add(Service(), 12, DERBY, BETTER).counted(FEELINGS), NHS5)
    shown = figure(safe, "M04", Audience.DERBY_CITY)
    assert (10, 10, 100) == (shown.numerator, shown.denominator, shown.percent)


def test_enough_to_count_but_too_few_for_a_share_is_marked_as_that() -> None:
    safe = protect(add(Service(), 6, DERBY, BETTER).counted(FEELINGS), NHS5)
    shown = figure(safe, "M04", Audience.DERBY_CITY)
    assert (5, 5, U, U, U) == (
        shown.numerator,
        shown.denominator,
        shown.percent,
        shown.percent_lower,
        shown.percent_upper,
    )


@pytest.mark.parametrize("others", [1, 4])
def test_the_whole_is_withheld_where_a_council_could_subtract_itself_and_find_a_few(
    others: int,
) -> None:
    service = add(add(Service(), 30, DERBY, BETTER), others, COUNTY, BETTER)
    safe = protect(service.counted(FEELINGS), NHS5)
    assert 30 == flow(safe, "eligible", Audience.DERBY_CITY)
    assert C is flow(safe, "eligible", Audience.DERBYSHIRE_COUNTY)
    assert C is flow(safe, "eligible", Audience.ICB)


def test_a_council_alone_in_the_service_hides_nobody_elses_children() -> None:
    safe = protect(add(Service(), 30, DERBY, BETTER).counted(FEELINGS), NHS5)
    assert 30 == flow(safe, "eligible", Audience.ICB)


def test_the_audit_withholds_what_no_single_rule_would() -> None:
    # Six of all felt better and Derby knows it was its own six: none of the twenty others did.
    service = add(add(Service(), 6, DERBY, BETTER), 6, DERBY, SAME)
    add(add(service, 10, COUNTY, SAME), 10, OTHER, SAME)
    service.children(5, COUNTY).children(6, OTHER)
    safe = protect(service.counted(only("M04", "M05")), NHS5)
    assert C is figure(safe, "M05", Audience.ICB).numerator
    assert 5 == figure(safe, "M05", Audience.DERBY_CITY).numerator
    assert 30 == figure(safe, "M05", Audience.ICB).denominator


def test_a_council_that_makes_up_a_small_whole_by_itself_stops_no_release() -> None:
    service = add(add(Service(), 4, COUNTY, BETTER), 8, COUNTY, SAME)
    add(add(service, 6, DERBY, SAME), 6, OTHER, SAME)
    safe = protect(service.counted(only("M04", "M05")), NHS5)
    assert C is figure(safe, "M05", Audience.ICB).numerator


STAR = [
    ({"feelings": first, "home": home}, {"feelings": last, "home": home + step})
    for first, last in ((2, 4), (3, 3), (1, 2), (4, 3), (2, 5))
    for home, step in ((1, 1), (2, 2), (3, 0), (4, -1))
]


def group(service: Service, count: int, who: Commissioner) -> Service:
    for number in range(count):
        first, last = STAR[number % len(STAR)]
        service.children(1, who, first, last)
    return service


def test_means_are_sums_divided_by_the_count_as_it_is_shown() -> None:
    safe = protect(group(Service(), 36, DERBY).counted(only("M06")), NHS5)
    shown = figure(safe, "M06", Audience.DERBY_CITY, "Home")
    pairs = [STAR[number % len(STAR)] for number in range(36)]
    total = sum(last["home"] - first["home"] for first, last in pairs)
    start = sum(first["home"] - 3 for first, _ in pairs)
    assert 35 == shown.denominator
    assert Decimal(round(10 * total / 35)) / 10 == shown.change_mean
    assert Decimal(round(10 * (3 + start / 35))) / 10 == shown.first_mean
    assert isinstance(shown.change_lower, Decimal)
    assert isinstance(shown.change_upper, Decimal)
    assert shown.change_lower < shown.change_mean < shown.change_upper  # type: ignore[operator]
    assert (Z, Z) == (shown.numerator, shown.percent)


@pytest.mark.parametrize(
    ("count", "denominator", "mean", "bound"),
    [(4, C, C, C), (7, 5, U, U), (8, 10, None, U), (27, 25, None, U), (28, 30, None, None)],
)
def test_a_mean_needs_ten_and_its_interval_thirty(
    count: int, denominator: Shown, mean: Shown | None, bound: Shown | None
) -> None:
    safe = protect(group(Service(), count, DERBY).counted(only("M06")), NHS5)
    shown = figure(safe, "M06", Audience.DERBY_CITY, "Home")
    assert denominator == shown.denominator
    for expected, value in ((mean, shown.change_mean), (bound, shown.change_lower)):
        assert isinstance(value, Decimal) if expected is None else value is expected


@pytest.mark.parametrize(
    "odd_one", [({"home": 3}, {"home": 3}), ({"home": 2}, {"home": 4}), ({"home": 3}, {"home": 5})]
)
def test_a_mean_that_would_tell_nearly_everybodys_answer_is_withheld(
    odd_one: tuple[dict[str, int], dict[str, int]],
) -> None:
    service = Service().children(15, DERBY, {"home": 3}, {"home": 4})
    service.children(1, DERBY, *odd_one)
    shown = figure(protect(service.counted(only("M06")), NHS5), "M06", Audience.DERBY_CITY, "Home")
    assert (15, C, C, C) == (
        shown.denominator,
        shown.first_mean,
        shown.last_mean,
        shown.change_mean,
    )


def test_one_odd_answer_beside_all_the_same_is_told_by_no_mean() -> None:
    service = Service().children(15, DERBY, {"home": 3}, {"home": 4})
    for odd, is_shown in ((1, False), (2, True)):
        service.children(1, DERBY, {"home": 1}, {"home": 5})
        family = service.counted(only("M06")).families[0]
        home = next(each for each in family.means if each.measure.area == "Home")
        shown = first_pass(family, NHS5).means[Cell(home.key, Audience.DERBY_CITY)]
        assert is_shown == (shown is not None), odd


def test_the_mean_of_the_whole_is_withheld_where_it_would_give_the_mean_of_a_few_others() -> None:
    service = group(group(Service(), 40, DERBY), 8, COUNTY)
    safe = protect(service.counted(only("M06")), NHS5)
    assert C is figure(safe, "M06", Audience.ICB, "Home").change_mean
    assert isinstance(figure(safe, "M06", Audience.DERBY_CITY, "Home").change_mean, Decimal)


def test_a_mean_goes_when_its_count_must_go() -> None:
    service = group(group(Service(), 20, DERBY), 20, COUNTY)
    family = service.counted(only("M06")).families[0]
    before = first_pass(family, NHS5)
    home = next(each for each in family.means if each.measure.area == "Home")
    withheld = frozenset({Cell(home.n, Audience.ICB)})
    after = disclosure._without(family, before, withheld)
    assert before.means[Cell(home.key, Audience.ICB)] is not None
    assert after.means[Cell(home.key, Audience.ICB)] is None
    assert after.means[Cell(home.key, Audience.DERBY_CITY)] is not None


COUNTS = st.lists(st.integers(0, 14), min_size=15, max_size=15)


def crowd(counts: list[int]) -> Service:
    service = Service()
    numbers = iter(counts)
    for who in Commissioner:
        for change in (BETTER, SAME, WORSE, HELD):
            add(service, next(numbers), who, change)
        service.children(next(numbers), who)
    return service


def every_count(safe: SafeTables) -> list[Shown]:
    counts: list[Shown] = [each.episodes for table in safe.tables for each in table.flow]
    for table in safe.tables:
        for each in table.figures:
            counts += [each.numerator, each.denominator]
    return counts


@settings(max_examples=10)
@given(COUNTS)
def test_no_small_count_is_ever_shown_nor_left_over_by_subtraction(counts: list[int]) -> None:
    raw = crowd(counts).counted(FEELINGS)
    safe = protect(raw, NHS5)
    for count in every_count(safe):
        assert count is C or (isinstance(count, int) and count >= 5 and count % 5 == 0)
    for measure in ("M04", "M05", "M05w", "M05s"):
        whole = figure(safe, measure, Audience.ICB)
        for council in COUNCILS:
            outside = Commissioner(council.value)
            others = [each for each in Commissioner if each is not outside]
            for shown, true in zip(
                (whole.numerator, whole.denominator), count_of(raw, measure, others), strict=True
            ):
                assert shown is C or not 0 < true < 5
        for footprint in Audience:
            part = figure(safe, measure, footprint)
            counted, of = count_of(raw, measure, footprint.commissioners)
            if 0 < of - counted < 5:
                assert (C, C) == (part.numerator, part.percent)


@settings(max_examples=4)
@given(COUNTS, st.permutations(range(60)))
def test_the_order_of_people_changes_no_figure(counts: list[int], order: list[int]) -> None:
    service = crowd(counts)
    places = [each for each in order if each < len(service.episodes)]
    places += range(60, len(service.episodes))
    mixed = Service([service.episodes[each] for each in places])
    mixed.observations = service.observations[::-1]
    mixed.askings = service.askings[::-1]
    one, other = (protect(each.counted(FEELINGS), NHS5) for each in (service, mixed))
    assert [(table.figures, table.flow) for table in one.tables] == [
        (table.figures, table.flow) for table in other.tables
    ]


def test_nobody_at_all_gives_withheld_figures_and_no_error() -> None:
    safe = protect(Service().counted(), NHS5)
    assert {C} == set(every_count(safe)) - {Z}


def test_exact_counts_are_refused_until_their_protection_is_built() -> None:
    assert {"nhs5": NHS5, "dfe_c": DFE_C} == POLICIES
    with pytest.raises(PolicyRefusedError, match="secondary suppression"):
        protect(Service().counted(FEELINGS), DFE_C)


@pytest.mark.parametrize(
    "changes", [{"threshold": 3}, {"base": 1}, {"width": 1}, {"zero_is_withheld": False}]
)
def test_a_policy_nobody_signed_off_is_refused_whatever_its_name(
    changes: dict[str, object],
) -> None:
    policy = replace(NHS5, **changes)  # type: ignore[arg-type]  # any field, by name
    with pytest.raises(PolicyRefusedError):
        protect(Service().counted(FEELINGS), policy)


def test_nothing_is_published_when_the_audit_is_still_not_satisfied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(disclosure, "fewest_to_withhold", lambda *_: frozenset())
    service = add(add(Service(), 6, DERBY, BETTER), 6, DERBY, SAME)
    add(add(service, 10, COUNTY, SAME), 10, OTHER, SAME)
    service.children(5, COUNTY).children(6, OTHER)
    raw = service.counted(only("M04", "M05"))
    with pytest.raises(ReleaseRefusedError, match="still unsafe"):
        protect(raw, NHS5)


def test_safe_tables_are_built_by_protect_only() -> None:
    for build in (
        lambda: SafeTable("x", (), (), seal=object()),
        lambda: SafeTables(Q3, (), NHS5, (), scenarios=(), seal=None),
    ):
        with pytest.raises(NotProtectedError, match="protect"):
            build()


def test_a_star_with_every_area_is_shown_for_every_footprint() -> None:
    service = Service()
    for who, count in ((DERBY, 20), (COUNTY, 22), (OTHER, 12)):
        for number in range(count):
            service.children(1, who, every_area(1 + number % 4), every_area(2 + number % 3))
    safe = protect(service.counted(), NHS5)
    shown = [each for each in safe.tables[0].figures if each.measure == "M06"]
    assert 24 == len(shown)
    assert {(20, 20, 55)} == {
        tuple(figure(safe, "M06", place, each.area).denominator for place in Audience)
        for each in shown
    }
