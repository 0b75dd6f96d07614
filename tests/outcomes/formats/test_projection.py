"""The JSON of a release: one audience's part, as its schema says."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import jsonschema_rs
import pytest

from outcomes.episode import Audience
from outcomes.figures import Figure, FlowFigure, Symbol
from outcomes.formats.projection import project, schema
from outcomes.release import Definition
from tests.outcomes.sample import sample_release

PERIODS = ("2026/27-Q3", "2026/27")


def projected(period: str, audience: Audience) -> Any:  # whatever the text holds
    return json.loads(project(sample_release(period), audience))


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("audience", Audience)
def test_it_follows_the_schema_that_goes_with_it(period: str, audience: Audience) -> None:
    validator = jsonschema_rs.validator_for(json.loads(schema()))
    assert [] == [error.message for error in validator.iter_errors(projected(period, audience))]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("audience", "moon"),
        ("period", "2026"),
        ("status", "draft"),
        ("figures", [{"measure": "M01"}]),
        ("more", 1),
    ],
)
def test_the_schema_refuses_anything_else(name: str, value: object) -> None:
    validator = jsonschema_rs.validator_for(json.loads(schema()))
    assert not validator.is_valid(projected("2026/27-Q3", Audience.ICB) | {name: value})


def test_the_schema_knows_every_field_of_a_figure_and_of_the_flow() -> None:
    parts = json.loads(schema())["$defs"]
    for name, kind in (("figure", Figure), ("flow", FlowFigure)):
        assert {each.name for each in fields(kind)} == set(parts[name]["properties"])
    named = {each.name for each in fields(Definition)}
    assert set(parts["definition"]["properties"]) <= named


@pytest.mark.parametrize("period", PERIODS)
def test_a_council_gets_its_part_under_the_name_of_the_whole(period: str) -> None:
    release = sample_release(period)
    content = projected(period, Audience.DERBY_CITY)
    assert (release.id, "derby-city") == (content["id"], content["audience"])
    for part in ("figures", "flow"):
        assert {"derby-city"} == {each["footprint"] for each in content[part]}
    assert len(release.figures_for(Audience.DERBY_CITY)) == len(content["figures"])


def test_a_mean_is_a_number_and_a_withheld_one_is_c() -> None:
    content = projected("2026/27-Q3", Audience.DERBYSHIRE_COUNTY)
    figure = next(
        each
        for each in content["figures"]
        if (each["measure"], each["area"]) == ("M06", "Feelings")
    )
    assert (2.9, -0.1, "c", "z") == (
        figure["first_mean"],
        figure["change_mean"],
        figure["only_first_mean"],
        figure["percent"],
    )


def test_equal_releases_are_equal_texts_and_another_symbol_is_another_text() -> None:
    release = sample_release()
    first = replace(release.figures[0], numerator=Symbol.WITHHELD)
    changed = replace(release, figures=(first, *release.figures[1:]))
    assert project(release, Audience.ICB) == project(replace(release), Audience.ICB)
    assert project(release, Audience.ICB) != project(changed, Audience.ICB)
