"""A measure is data with a hash, and is refused where its parts contradict each other."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from outcomes.episode import Audience, Axis
from outcomes.errors import BadMeasureError
from outcomes.measures.measure import (
    Cadence,
    Direction,
    Interval,
    Measure,
    PeriodRule,
    Scale,
    Sensitivity,
    Statistic,
    Windows,
)
from outcomes.measures.recipe import Mark, Recipe, Sorting
from outcomes.observation import Role
from tests.outcomes.caseload import only

(RATE,) = only("M05")
MEAN = only("M06")[0]

OTHERWISE: dict[str, object] = {
    "id": "M99",
    "version": 2,
    "title": "something else",
    "statement": "something else",
    "sentence": "something else",
    "statistic": Statistic.COUNT,
    "population": "something else",
    "numerator": "something else",
    "recipe": Recipe(Sorting.ITEM, Mark.COMPARED, Mark.ROSE, "feelings"),
    "direction": Direction.LOWER_IS_BETTER,
    "period_rule": PeriodRule.ACCEPTED,
    "interval": Interval.NONE,
    "sensitivity": Sensitivity.ORDINARY,
    "unit": "something else",
    "area": "something else",
    "role": Role.CARER,
    "instrument": "something else",
    "instrument_version": 2,
    "items": ("home",),
    "scale": Scale(high=6),
    "windows": Windows(least_gap=7),
    "minimum_n": 11,
    "footprints": (Audience.ICB,),
    "breakdown": Axis.STRAND,
    "outcomes": ("O01",),
    "indicators": ("something else",),
    "cadence": (Cadence.YEAR,),
    "missing": "something else",
}


@pytest.mark.parametrize("name", [each.name for each in fields(Measure)])
def test_every_field_of_a_measure_changes_its_hash(name: str) -> None:
    changed = replace(RATE, **{name: OTHERWISE[name]})  # type: ignore[arg-type]  # by name
    assert RATE.content_hash != changed.content_hash
    assert RATE.content_hash == replace(RATE).content_hash


@pytest.mark.parametrize(
    ("measure", "changes", "problem"),
    [
        (RATE, {"minimum_n": 9}, "fewer than 10 people is never shown"),
        (RATE, {"instrument": None}, "come together"),
        (
            RATE,
            {"cadence": (Cadence.QUARTER,), "breakdown": Axis.AGE},
            "only the figures of a year",
        ),
        (MEAN, {"cadence": tuple(Cadence)}, "give away those of its quarters"),
        (MEAN, {"interval": Interval.WILSON}, "for shares"),
    ],
)
def test_parts_that_do_not_fit_are_refused_and_the_measure_is_named(
    measure: Measure, changes: dict[str, object], problem: str
) -> None:
    with pytest.raises(BadMeasureError, match=problem) as refused:
        replace(measure, **changes)  # type: ignore[arg-type]  # any field, by name
    assert f"measure {measure.id} " in str(refused.value)


def test_a_scale_turns_the_better_end_up() -> None:
    assert [1, 5] == [Scale().upward(1), Scale().upward(5)]
    turned = Scale(direction=Direction.LOWER_IS_BETTER)
    assert [5, 3, 1] == [turned.upward(each) for each in (1, 3, 5)]


@pytest.mark.parametrize("value", [0, 6])
def test_a_score_off_the_scale_is_refused(value: int) -> None:
    with pytest.raises(BadMeasureError, match="outside 1 to 5"):
        Scale().upward(value)
