"""Whatever file somebody opens: what was left out, and why, and the rule of ratings are in it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from outcomes.episode import Audience
from outcomes.errors import BadReleaseError
from outcomes.figures import FlowFigure, Symbol
from outcomes.formats.bundle import files_of
from outcomes.formats.lists import indicator_table
from outcomes.indicators import RULE
from outcomes.measures.catalogue import MEASURES
from outcomes.release import Definition, Release, read_release
from tests.outcomes.formats.xlsx import tabs_of
from tests.outcomes.sample import sample_release

BECAUSE = "because more would tell something about a few people."
SAID = f"Stopped coming and did not come back: left out, {BECAUSE}"
GONE, NOT_ASKED = (
    next(each for each in MEASURES if each.id == measure) for measure in ("M15", "M17")
)
COUNCIL = Audience.DERBY_CITY


@cache
def release() -> Release:
    sample = sample_release()
    definitions = (Definition.of(GONE, is_left_out=True), Definition.of(NOT_ASKED))
    return replace(
        sample,
        definitions=(*sample.definitions, *definitions),
        notes=(*sample.notes, SAID),
        coarsened=(SAID,),
        rating_rule=RULE.in_words,
    )


@cache
def content(name: str, audience: Audience = COUNCIL) -> bytes:
    return next(each.content for each in files_of(release(), audience) if each.name == name)


def rows(name: str, audience: Audience = COUNCIL) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(name, audience).decode())))


@pytest.mark.parametrize("audience", Audience)
def test_the_notes_say_once_what_was_left_out(audience: Audience) -> None:
    assert 1 == content("notes.txt", audience).decode().splitlines().count(SAID)


@pytest.mark.parametrize("audience", Audience)
def test_the_workbook_says_what_was_left_out_in_its_notes_and_lists(audience: Audience) -> None:
    tabs = {each.name: each.rows for each in tabs_of(content("workbook.xlsx", audience))}
    notes = [cell for row in tabs["Notes"] for cell in row]
    assert 1 == notes.count(SAID)
    listed = {str(row[0]): row[-1] for row in tabs["Not counted"] if len(row) == 5}
    assert "Left out of this release" in str(listed["M15 Stopped coming and did not come back"])
    assert NOT_ASKED.missing in listed.values()
    assert any(RULE.in_words in row for row in tabs["Published indicators"])


@pytest.mark.parametrize("audience", Audience)
def test_the_json_says_it_and_keeps_the_definition(audience: Audience) -> None:
    told = json.loads(content("release.json", audience))
    assert [SAID] == told["coarsened"]
    assert 1 == told["notes"].count(SAID)
    missing = {each["measure"]: each["missing"] for each in told["definitions"] if each["missing"]}
    assert {"M17", "M15"} == set(missing)
    assert RULE.in_words == told["rating_rule"]


@pytest.mark.parametrize("audience", Audience)
def test_the_lists_of_definitions_say_why_there_is_no_figure(audience: Audience) -> None:
    defined = {row["measure_code"]: row["why_no_figure"] for row in rows("definitions.csv")}
    assert defined["M15"].startswith("Left out of this release, because it would tell something")
    assert defined["M17"] == NOT_ASKED.missing
    assert defined["M05"] == ""
    uncounted = [row["measure_code"] for row in rows("not_counted.csv", audience)]
    assert ["M15", "M17"] == uncounted


@pytest.mark.parametrize("audience", Audience)
def test_the_health_record_says_what_was_suppressed(audience: Audience) -> None:
    made: Any = Bundle.model_validate_json(content("measurereport.json", audience))
    (notes,) = [
        each.resource
        for each in made.entry
        if each.resource.get_resource_type() == "OperationOutcome"
    ]
    assert [SAID] == [each.diagnostics for each in notes.issue if each.code == "suppressed"]
    assert set(release().notes) == {each.diagnostics for each in notes.issue}


def test_a_draft_of_before_says_it_as_well_though_its_notes_did_not() -> None:
    before = replace(release(), notes=sample_release().notes)
    files = {each.name: each.content for each in files_of(before, COUNCIL)}
    assert SAID in files["notes.txt"].decode()
    assert SAID in json.loads(files["release.json"])["notes"]


def test_each_rating_has_the_rule_beside_it_and_a_forecast_has_neither() -> None:
    table = indicator_table(release())
    for rating, rule in zip(table.column("rating"), table.column("rating_rule"), strict=True):
        assert (RULE.in_words if rating else "") == rule
    assert set(table.column("rating")) > {""}


def test_the_definition_is_there_in_full_and_its_hash_is_that_of_the_text() -> None:
    for each in json.loads(content("release.json"))["definitions"]:
        if each["measure"] in ("M17", "M15"):
            assert hashlib.sha256(each["in_full"].encode()).hexdigest() == each["content_hash"]
            whole = json.loads(each["in_full"])
            assert {"recipe", "windows", "sensitivity", "footprints", "scale"} <= set(whole)


def test_a_release_stored_before_any_of_this_was_kept_is_read_as_it_was() -> None:
    later = ("eligible", "paired", "paired_percent", "only_first")
    rich = sample_release()
    figures = tuple(
        replace(each, **dict.fromkeys(later, Symbol.NOT_APPLICABLE))  # type: ignore[arg-type]  # by name
        for each in rich.figures
    )
    sample = replace(rich, figures=figures, rating_rule="")
    text = sample.to_json()
    # What stood in every figure from the beginning stands there still: the same text, the same id.
    assert text.count('"effect_lower":"z","effect_upper":"z"') == len(figures)
    for word in ("rating_rule", "in_full", "missing", "only_first", "paired_percent"):
        assert f'"{word}"' not in text
    assert sample == read_release(text)
    assert '"eligible":' not in text
    with pytest.raises(BadReleaseError):
        read_release(text.replace('"effect_lower":"z"', '"effect_lower":"0.1"', 1))
    newer = release()
    assert newer == read_release(newer.to_json())


def test_who_answered_stands_in_the_health_record_too() -> None:
    entries = json.loads(content("measurereport.json"))["entry"]
    reports = {each["resource"].get("measure"): each["resource"] for each in entries}
    report = reports["urn:starling:flow:star-young-person|1"]
    lines: list[FlowFigure] = [
        each for each in release().flow_for(COUNCIL) if each.flow == "star/young-person"
    ]
    assert len(lines) == len(report["group"])
    first = report["group"][0]
    assert "Young people: star: Could have answered" == first["code"]["text"]
    assert lines[0].episodes == first["population"][0]["count"]
    assert {"masked"} == {
        each["population"][0]["_count"]["extension"][0]["valueCode"]
        for each in report["group"]
        if "_count" in each["population"][0]
    }


@pytest.mark.parametrize(
    ("rule", "period", "days"),
    [
        ("closing-day", "2026/27-Q3", ("2026-10-01", "2026-12-31")),
        ("closing-day-one-quarter-earlier", "2026/27-Q3", ("2026-07-01", "2026-09-30")),
        ("closing-day-three-quarters-earlier", "2026/27-Q3", ("2026-01-01", "2026-03-31")),
        ("closing-day-three-quarters-earlier", "2026/27", ("2025-07-01", "2026-06-30")),
    ],
)
def test_a_report_is_about_the_days_of_the_people_it_counts(
    rule: str, period: str, days: tuple[str, str]
) -> None:
    sample = sample_release(period)
    later = tuple(
        replace(each, period_rule=rule) if each.measure == "M05" else each
        for each in sample.definitions
    )
    files = files_of(replace(sample, definitions=later), COUNCIL)
    bundle = json.loads(next(each.content for each in files if each.name == "measurereport.json"))
    (report,) = (
        each["resource"]
        for each in bundle["entry"]
        if each["resource"].get("measure") == "urn:starling:measure:m05|1"
    )
    assert days == (report["period"]["start"], report["period"]["end"])


def test_the_paired_rate_stands_beside_a_change_in_every_file() -> None:
    files = {each.name: each.content for each in files_of(sample_release(), COUNCIL)}
    for row in csv.DictReader(io.StringIO(files["outcomes_la.csv"].decode())):
        compares = row["measure"].startswith(("M05", "M06"))
        shown = ("45", "30", "67") if compares else ("z", "z", "z")
        shown = ("45", "c", "c") if row["measure"].startswith("M09") else shown
        assert shown == (row["eligible_count"], row["paired_count"], row["paired_percent"])
    (tab,) = (each for each in tabs_of(files["workbook.xlsx"]) if each.name == "Changes")
    assert ([45, 30, 67],) * 3 == tuple(list(row[-3:]) for row in tab.rows if row[0] == "M06")
    told = json.loads(files["release.json"])["figures"]
    assert {67} == {each["paired_percent"] for each in told if each["measure"] == "M06"}
    assert b"urn:starling:figure:paired_percent" in files["measurereport.json"]
