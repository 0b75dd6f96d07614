"""Measure reports, read again with the library of the standard: the same counts, none withheld."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from outcomes.episode import Audience
from outcomes.figures import TOTAL, Symbol
from outcomes.formats.fhir import to_fhir
from outcomes.formats.labels import PLACES
from tests.outcomes.sample import sample_release

PERIODS = ("2026/27-Q3", "2026/27")
MEASURE = "urn:starling:measure:"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


def bundle(period: str, audience: Audience) -> Any:  # the library types fields as it goes
    return Bundle.model_validate_json(to_fhir(sample_release(period), audience))


def reports(period: str, audience: Audience) -> list[Any]:
    """Give the reports of measures; those of the flow and the notes have tests of their own."""
    found = [entry.resource for entry in bundle(period, audience).entry]
    return [each for each in found if getattr(each, "measure", "").startswith(MEASURE)]


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("audience", Audience)
def test_there_is_a_summary_for_each_measure_and_footprint(period: str, audience: Audience) -> None:
    release = sample_release(period)
    expected = {(each.measure, each.footprint) for each in release.figures_for(audience)}
    found = reports(period, audience)
    assert len(expected) == len(found) == len({each.id for each in found})
    for each in found:
        assert ("summary", "complete") == (each.type, each.status)
        assert release.period.first_day == each.period.start
        assert release.period.last_day == each.period.end
        assert release.status.value == each.meta.tag[0].code
    titles = {each.reporter.display for each in found}
    assert {PLACES[footprint].title for _, footprint in expected} == titles


def counts(group: Any) -> dict[str, int | str]:
    return {
        each.code.coding[0].code: each.count
        if each.count is not None
        else each.count__ext.extension[0].valueCode
        for each in group.population or ()
    }


@pytest.mark.parametrize("period", PERIODS)
def test_counts_and_scores_are_those_of_the_release(period: str) -> None:
    release = sample_release(period)
    found = {(each.measure, each.reporter.display): each for each in reports(period, Audience.ICB)}
    words = {Symbol.WITHHELD: "masked", Symbol.TOO_FEW: "not-performed"}
    for figure in release.figures:
        definition = release.definition_of(figure)
        if definition.statistic != "rate":
            continue
        report = found[
            f"urn:starling:measure:{figure.measure.lower()}|1", PLACES[figure.footprint].title
        ]
        area = figure.area.lower().replace(" ", "-")
        group = next(each for each in report.group if each.code.coding[0].code == area)
        if figure.breakdown != TOTAL:
            strata = [each for axis in group.stratifier for each in axis.stratum]
            named = {"0-10+11-15": "0 to 10 and 11 to 15", "16-25": "16 to 25"}
            named |= {"direct": "Direct work with the child"}
            named |= {"carers": "Support for carers and parents"}
            group = next(each for each in strata if each.value.text == named[figure.group])
        expected = {"numerator": figure.numerator, "denominator": figure.denominator}
        assert {
            name: words[shown] if isinstance(shown, Symbol) else shown
            for name, shown in expected.items()
        } == counts(group)
        score = group.measureScore
        if isinstance(figure.percent, Symbol):
            assert score.value is None
            assert words[figure.percent] == score.extension[0].valueCode
        else:
            assert (figure.percent, "%") == (score.value, score.code)


def test_means_have_a_score_and_what_stands_around_it() -> None:
    report = next(
        each
        for each in reports("2026/27-Q3", Audience.DERBY_CITY)
        if each.measure.startswith("urn:starling:measure:m06")
    )
    assert ["body", "home", "feelings"] == [each.code.coding[0].code for each in report.group]
    group = report.group[0]
    assert ({"denominator": 30}, 0.3, "1") == (
        counts(group),
        float(group.measureScore.value),
        group.measureScore.code,
    )
    values = {each.url.rpartition(":")[2]: each.valueDecimal for each in group.extension}
    assert (2.8, 3.1) == (float(values["first_mean"]), float(values["last_mean"]))
    assert "increase" == report.improvementNotation.coding[0].code


def test_a_withheld_count_has_a_reason_and_no_number() -> None:
    content = json.loads(to_fhir(sample_release(), Audience.DERBY_CITY))
    report = next(
        entry["resource"]
        for entry in content["entry"]
        if entry["resource"].get("measure") == "urn:starling:measure:m05w|1"
    )
    numerator = report["group"][0]["population"][0]
    assert "count" not in numerator
    assert {"extension": [{"url": ABSENT, "valueCode": "masked"}]} == numerator["_count"]
    assert "value" not in report["group"][0]["measureScore"]
    assert "decrease" == report["improvementNotation"]["coding"][0]["code"]


def test_nobody_and_no_answer_is_in_it() -> None:
    content = to_fhir(sample_release(), Audience.ICB)
    for word in (b"Patient", b"QuestionnaireResponse", b"subject"):
        assert word not in content


def test_without_figures_there_are_only_the_notes() -> None:
    empty = replace(sample_release(), figures=(), flow=())
    made: Any = Bundle.model_validate_json(to_fhir(empty, Audience.ICB))
    (only,) = [each.resource for each in made.entry]
    assert "OperationOutcome" == only.get_resource_type()
