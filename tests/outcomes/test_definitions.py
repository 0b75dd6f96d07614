"""Measures are data: versioned, hashed, and refused when their parts do not fit."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from outcomes.classes import Standing, is_in_base, is_in_event
from outcomes.definitions import Base, Direction, Event, Scale, Statistic
from outcomes.episode import Lives, Strand
from outcomes.errors import BadMeasureError
from outcomes.measures import AREAS, MEASURES, Measure
from tests.outcomes.people import episode, only

(RATE,) = only("M05")
MEAN = only("M06")[0]


@pytest.mark.parametrize(
    ("measure", "changes"),
    [
        (RATE, {"event": None}),
        (RATE, {"base": None}),
        (MEAN, {"base": Base.PAIRED, "event": Event.ROSE}),
        (RATE, {"statistic": Statistic.MEAN_CHANGE}),
        (RATE, {"items": ()}),
        (RATE, {"base": Base.ELIGIBLE}),
        (RATE, {"event": Event.PAIRED}),
        (RATE, {"items": ("feelings", "home")}),
        (RATE, {"event": Event.OTHERS_ALL_ROSE}),
        (RATE, {"base": Base.ROSE_ON_FIRST_ITEM}),
        (RATE, {"minimum_n": 9}),
    ],
)
def test_parts_that_do_not_fit_are_refused_and_the_measure_is_named(
    measure: Measure, changes: dict[str, object]
) -> None:
    with pytest.raises(BadMeasureError, match=f"measure {measure.id} version 1"):
        replace(measure, **changes)  # type: ignore[arg-type]  # any field, by name


def test_every_field_of_a_measure_changes_its_hash() -> None:
    changed = [
        replace(RATE, version=2),
        replace(RATE, statement="something else"),
        replace(RATE, minimum_n=11),
        replace(RATE, source=replace(RATE.source, scale=Scale(high=6))),
        replace(
            RATE, source=replace(RATE.source, windows=replace(RATE.source.windows, least_gap=7))
        ),
    ]
    assert len({RATE.content_hash, *(each.content_hash for each in changed)}) == 6
    assert RATE.content_hash == replace(RATE).content_hash


def test_the_agreed_measures_are_all_there() -> None:
    assert {"M04": 1, "M05": 1, "M05w": 1, "M05s": 1, "M06": 8, "M09": 1, "M09b": 1} == Counter(
        each.id for each in MEASURES
    )
    assert set(AREAS.values()) == {each.area for each in only("M06")}
    assert len({(each.id, each.area) for each in MEASURES}) == len(MEASURES)


def test_a_measure_says_what_it_is_without_a_word_that_hurts() -> None:
    for measure in MEASURES:
        told = f"{measure.title} {measure.statement} {measure.sentence}".lower()
        assert not any(word in told for word in ("placement", "lac ", "service user", "case "))


def test_children_in_direct_support_and_all_others_who_took_part_could_answer() -> None:
    population = RATE.source.population
    direct, group = episode(), episode(strand=Strand.CONSULTATION)
    assert population.holds(direct, took_part=False)
    assert population.holds(group, took_part=True)
    assert not population.holds(group, took_part=False)


@pytest.mark.parametrize("lives", Lives)
def test_carers_are_those_of_family_homes(lives: Lives) -> None:
    (home,) = only("M09")
    facts = episode(lives=lives)
    expected = lives in {Lives.FOSTER, Lives.KINSHIP, Lives.BIRTH_FAMILY}
    assert expected == home.source.population.holds(facts, took_part=True)


def test_a_scale_turns_the_better_end_up() -> None:
    assert [1, 5] == [Scale().upward(1), Scale().upward(5)]
    turned = Scale(direction=Direction.LOWER_IS_BETTER)
    assert [5, 3, 1] == [turned.upward(each) for each in (1, 3, 5)]


@pytest.mark.parametrize("value", [0, 6])
def test_a_score_off_the_scale_is_refused(value: int) -> None:
    with pytest.raises(BadMeasureError, match="outside 1 to 5"):
        Scale().upward(value)


def test_a_standing_always_stands_for_a_pair() -> None:
    (paired,) = only("M04")
    assert is_in_base(Standing(2, 3), paired)
    assert is_in_event(Standing(2, 3), paired)
