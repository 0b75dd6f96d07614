"""Counting people: the oracles of measures.md, section 5, that need no trust."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.definitions import Direction, Scale
from outcomes.episode import Commissioner, Lives, Strand
from outcomes.errors import BadFactsError, BadMeasureError, NotProtectedError
from outcomes.flow import Missing, Stage
from outcomes.measures import MEASURES, Measure, Quarter, tabulate
from outcomes.observation import Observation
from tests.outcomes.people import (
    CLOSED,
    COUNTY,
    DERBY,
    OPENED,
    OTHER,
    Q3,
    Service,
    answer,
    count_of,
    episode,
    every_home_area,
    only,
    step_count,
)

FEELINGS = only("M04", "M05", "M05w", "M05s")
VALUE = st.none() | st.integers(1, 5)
CHILD = st.tuples(st.sampled_from(Commissioner), VALUE, VALUE)
CHILDREN = st.lists(CHILD, max_size=20)


def said(value: int | None) -> dict[str, int] | None:
    return None if value is None else {"feelings": value}


def service_of(children: list[tuple[Commissioner, int | None, int | None]]) -> Service:
    service = Service()
    for commissioner, first, last in children:
        service.children(1, commissioner, said(first), said(last))
    return service


def fingerprint(service: Service, measures: tuple[Measure, ...] = FEELINGS) -> object:
    raw = service.counted(measures)
    return [
        (row.key, commissioner, family.count(row.key, {commissioner}))
        for family in raw.families
        for row in family.rows
        for commissioner in Commissioner
    ]


def test_children_are_counted_by_what_they_said() -> None:
    service = (
        Service()
        .children(6, DERBY, said(2), said(4))
        .children(3, DERBY, said(3), said(3))
        .children(2, DERBY, said(4), said(1))
        .children(2, COUNTY, said(5), said(5))
        .children(1, COUNTY, said(5), said(2))
        .children(1, COUNTY, said(1), said(1))
        .children(4, OTHER, said(2))
        .children(5, OTHER)
    )
    raw = service.counted(FEELINGS)
    assert (15, 24) == count_of(raw, "M04")
    assert (6, 12) == count_of(raw, "M05")
    assert (3, 14) == count_of(raw, "M05w")
    assert (2, 3) == count_of(raw, "M05s")
    assert (6, 11) == count_of(raw, "M05", [DERBY])
    assert 24 == step_count(raw, Stage.ASKED)
    assert 19 == step_count(raw, Stage.ANSWERED_FIRST)
    assert 15 == step_count(raw, Stage.ANSWERED_LAST)
    assert 9 == step_count(raw, Missing.NO_REPLY)


@given(CHILDREN)
def test_better_worse_and_unchanged_are_all_who_were_paired(
    children: list[tuple[Commissioner, int | None, int | None]],
) -> None:
    raw = service_of(children).counted(FEELINGS)
    both = [(first, last) for _, first, last in children if first and last]
    unchanged = sum(first == last for first, last in both)
    better, room = count_of(raw, "M05")
    worse, _ = count_of(raw, "M05w")
    held, at_top = count_of(raw, "M05s")
    paired, eligible = count_of(raw, "M04")
    assert better + worse + unchanged == paired == room + at_top
    assert held <= unchanged
    assert eligible == len(children)
    reasons = sum(step_count(raw, each) for each in Missing)
    assert eligible - paired == reasons


@given(CHILDREN)
def test_the_commissioners_add_up_to_the_whole(
    children: list[tuple[Commissioner, int | None, int | None]],
) -> None:
    raw = service_of(children).counted(FEELINGS)
    for measure in ("M04", "M05", "M05w", "M05s"):
        parts = [count_of(raw, measure, [each]) for each in Commissioner]
        assert count_of(raw, measure) == tuple(map(sum, zip(*parts, strict=True)))


@given(CHILDREN, st.randoms(use_true_random=False))
def test_the_order_of_people_and_their_names_change_nothing(
    children: list[tuple[Commissioner, int | None, int | None]], order: st.DataObject
) -> None:
    service = service_of(children)
    renamed = Service(
        [replace(each, key=f"x{each.key}") for each in service.episodes],
        [
            replace(each, episode=f"x{each.episode}", respondent=f"y{each.respondent}")
            for each in service.observations
        ],
        [replace(each, episode=f"x{each.episode}") for each in service.askings],
    )
    for records in (renamed.episodes, renamed.observations, renamed.askings):
        order.shuffle(records)  # type: ignore[attr-defined]  # a seeded random.Random
    assert fingerprint(service) == fingerprint(renamed)


@given(CHILDREN)
def test_a_person_without_two_answers_changes_the_flow_only(
    children: list[tuple[Commissioner, int | None, int | None]],
) -> None:
    before = service_of(children).counted(FEELINGS)
    after = service_of([*children, (OTHER, 2, None)]).counted(FEELINGS)
    for measure in ("M05", "M05w", "M05s"):
        assert count_of(before, measure) == count_of(after, measure)
    assert step_count(before, Stage.ELIGIBLE) + 1 == step_count(after, Stage.ELIGIBLE)


@settings(max_examples=30)
@given(CHILDREN)
def test_turning_the_scale_and_mirroring_the_answers_changes_nothing(
    children: list[tuple[Commissioner, int | None, int | None]],
) -> None:
    service = service_of(children)
    mirrored = Service(
        service.episodes,
        [
            replace(each, scores={item: 6 - score for item, score in each.scores.items()})
            for each in service.observations
        ],
        service.askings,
    )
    source = replace(FEELINGS[0].source, scale=Scale(direction=Direction.LOWER_IS_BETTER))
    turned = tuple(replace(each, source=source) for each in FEELINGS)
    assert fingerprint(service) == fingerprint(mirrored, turned)


@settings(max_examples=30)
@given(st.lists(st.dates(date(2026, 4, 1), date(2027, 3, 31)), max_size=20))
def test_four_quarters_are_the_year(days: list[date]) -> None:
    episodes = [
        episode(f"e{number}", closed_on=day, accepted_on=date(2026, 1, 1))
        for number, day in enumerate(days)
    ]
    counted = 0
    quarter = Quarter(2026, 1)
    for _ in range(4):
        raw = tabulate(FEELINGS, episodes, [], [], quarter)
        counted += step_count(raw, Stage.ELIGIBLE)
        quarter = quarter.following
    assert len(days) == counted


def test_only_episodes_that_closed_in_the_quarter_count() -> None:
    episodes = [
        episode("open", closed_on=None, close_reason=None),
        episode("before", closed_on=date(2026, 9, 30)),
        episode("first day", closed_on=date(2026, 10, 1)),
        episode("last day", closed_on=date(2026, 12, 31)),
        episode("after", closed_on=date(2027, 1, 1)),
    ]
    raw = tabulate(FEELINGS, episodes, [answer("open"), answer("nobody")], [], Q3)
    assert 2 == step_count(raw, Stage.ELIGIBLE)


def test_an_episode_that_comes_twice_is_refused() -> None:
    with pytest.raises(BadFactsError, match="counted twice"):
        tabulate(FEELINGS, [episode(), episode()], [], [], Q3)


def test_a_child_who_took_part_in_other_support_is_not_left_out() -> None:
    strand = Strand.CONSULTATION
    service = Service().children(1, DERBY, said(2), said(3), strand=strand)
    service.episodes.append(episode("quiet", strand=strand))
    assert (1, 1) == count_of(service.counted(FEELINGS), "M04")


def test_a_skipped_item_is_never_a_number() -> None:
    first, last = {"home": 2, "feelings": 2}, {"home": 4}
    raw = Service().children(7, DERBY, first, last).counted()
    assert (7, 7) == count_of(raw, "M04")
    assert (0, 0) == count_of(raw, "M05")
    family = raw.families[0]
    n = {mean.measure.area: family.count(mean.n, {DERBY}) for mean in family.means}
    assert {"Home": 7} == {area: count for area, count in n.items() if count}


def carer_says(settled: int, others: int | None) -> dict[str, int]:
    scores = every_home_area(others or 1) if others else {}
    return scores | {"settled": settled}


def test_carers_are_counted_once_a_child_and_never_as_children() -> None:
    service = (
        Service()
        .carers(5, DERBY, carer_says(2, 2), carer_says(4, 3))
        .carers(2, DERBY, carer_says(2, 2), {**carer_says(4, 3), "responding": 2})
        .carers(1, DERBY, carer_says(2, None), carer_says(4, 3))
        .carers(3, COUNTY, carer_says(3, 2), carer_says(3, 5))
        .carers(9, COUNTY, carer_says(2, 2), carer_says(4, 3), lives=Lives.RESIDENTIAL)
        .children(4, DERBY, said(1), said(2))
    )
    second = [
        replace(each, respondent="second carer", scores=carer_says(5, 5))
        for each in service.observations
        if each.wave == "end"
    ]
    service.observations.extend(each for each in second if each.role == "carer")
    raw = service.counted()
    assert (8, 11) == count_of(raw, "M09")
    assert (5, 7) == count_of(raw, "M09b")
    assert (4, 4) == count_of(raw, "M05")


def test_a_change_of_carer_is_no_comparison() -> None:
    service = Service([episode()])
    for who, on in (("one", OPENED), ("two", CLOSED)):
        service.observations.append(
            Observation("e1", who, "carer", "carer-star", 1, "start", on, {"settled": 3})
        )
    raw = service.counted(only("M09"))
    family = raw.families[0]
    found = {each.name: family.count(each.row, {DERBY}) for each in family.steps}
    assert {Stage.ELIGIBLE, Stage.ASKED, Stage.ANSWERED_FIRST, Stage.ANSWERED_LAST,
            Missing.NOT_COMPARABLE} == {name for name, count in found.items() if count}  # fmt: skip


def test_the_same_people_are_one_row_whatever_figures_use_it() -> None:
    family = Service().counted().families[0]
    classes = [(row.table, row.classes) for row in family.rows]
    assert len(set(classes)) == len(classes)
    paired = next(rate for rate in family.rates if rate.measure.id == "M04").numerator
    assert paired in {step.row for step in family.steps}


def test_a_score_off_the_scale_stops_the_count() -> None:
    with pytest.raises(BadMeasureError, match="outside 1 to 5"):
        Service().children(1, DERBY, said(2), {"feelings": 9}).counted(FEELINGS)


def test_measures_of_the_same_people_share_one_source() -> None:
    narrow = replace(
        FEELINGS[1],
        source=replace(
            FEELINGS[1].source, windows=replace(FEELINGS[1].source.windows, least_gap=7)
        ),
    )
    with pytest.raises(BadMeasureError, match="must share one source"):
        Service().counted((FEELINGS[0], narrow))


def test_only_one_measure_may_extend_an_item() -> None:
    (extended,) = only("M09b")
    again = replace(extended, id="M09c", items=("settled", "relationship"))
    with pytest.raises(BadMeasureError, match="only one measure may extend"):
        Service().counted((extended, again))


def test_an_extended_item_may_be_named_before_or_after_the_plain_one() -> None:
    plain, extended = only("M09", "M09b")
    service = Service().carers(6, DERBY, carer_says(2, 2), carer_says(4, 3))
    assert count_of(service.counted((plain, extended)), "M09b") == count_of(
        service.counted((extended, plain)), "M09b"
    )


def test_raw_tables_show_no_figure_and_cannot_be_written_anywhere() -> None:
    raw = Service().children(37, DERBY, said(2), said(4)).counted()
    table = raw.families[0].flow
    for shown in (repr(raw), str(raw), repr(table), f"{table}", repr(raw.families)):
        assert "37" not in shown
    for thing in (raw, table):
        with pytest.raises(NotProtectedError, match="protect"):
            pickle.dumps(thing)
        with pytest.raises(NotProtectedError, match="protect"):
            copy.copy(thing)
        with pytest.raises(TypeError):
            json.dumps(thing)
        with pytest.raises(TypeError):
            vars(thing)


def test_every_measure_finds_its_classes() -> None:
    for family in Service().counted(MEASURES).families:
        for rate in family.rates:
            of, counted = family.row(rate.denominator), family.row(rate.numerator)
            assert counted.classes < of.classes, rate.measure.id
            assert of.table == counted.table
        keys = [row.key for row in family.rows]
        assert all(one != other for one, other in pairwise(sorted(keys)))
