"""Files and sentences made of a release: readable, safe to open, and with nothing raw in them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from decimal import Decimal

import pytest

from outcomes.disclosure import NHS5, protect
from outcomes.episode import Audience
from outcomes.errors import UnsafeCellError
from outcomes.figures import Symbol
from outcomes.formats.labels import FLOWS, REASONS, STAGES, flow_title
from outcomes.formats.page import Row, as_rows, flow_rows, group_star
from outcomes.formats.tidy import to_csv
from outcomes.measures import AREAS
from outcomes.release import Release, compile_release
from tests.outcomes.golden import COMPILED_ON, golden_release
from tests.outcomes.people import COUNTY, DERBY, OTHER, Service, every_area

NUMBER = re.compile(r"-?\d+(\.\d)?|[cuz]")
COUNCIL = Audience.DERBY_CITY


@pytest.fixture(scope="module", name="release")
def _release() -> Release:
    return golden_release()


def release_of(service: Service) -> Release:
    return compile_release(protect(service.counted(), NHS5), compiled_on=COMPILED_ON)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


@pytest.mark.parametrize("audience", Audience)
def test_the_same_release_gives_the_same_bytes(release: Release, audience: Audience) -> None:
    assert to_csv(release, audience) == to_csv(release, audience)


@pytest.mark.parametrize("audience", Audience)
def test_the_files_have_the_shape_of_official_statistics(
    release: Release, audience: Audience
) -> None:
    files = to_csv(release, audience)
    for name, content in files.items():
        assert re.fullmatch(r"[a-z_]{3,35}\.(csv|txt)", name)
        assert not content.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in content
    for name in [each for each in files if each.startswith(("outcomes", "flow"))]:
        rows = rows_of(files[name])
        columns = list(rows[0])
        assert ["time_period", "time_identifier", "geographic_level", "country_code"] == columns[:4]
        assert all(re.fullmatch(r"[a-z][a-z_]{1,24}", column) for column in columns)
        filters = [
            column
            for column in columns
            if not column.endswith(("_count", "_percent", "_ci", "_mean"))
        ]
        assert len({tuple(row[column] for column in filters) for row in rows}) == len(rows)
        for row in rows:
            assert ("202627", "Financial year Q3") == (row["time_period"], row["time_identifier"])
            assert ("E92000001", "England", "final") == (
                row["country_code"],
                row["country_name"],
                row["status"],
            )
            for column in set(columns) - set(filters):
                assert NUMBER.fullmatch(row[column]), (column, row[column])


def test_a_councils_files_are_about_its_own_authority_only(release: Release) -> None:
    files = to_csv(release, COUNCIL)
    for name in ("outcomes_la.csv", "flow_la.csv"):
        places = {
            (row["geographic_level"], row["old_la_code"], row["new_la_code"], row["la_name"])
            for row in rows_of(files[name])
        }
        assert {("Local authority", "831", "E06000015", "Derby")} == places


def test_the_boards_files_name_each_footprint(release: Release) -> None:
    rows = rows_of(to_csv(release, Audience.ICB)["outcomes_footprint.csv"])
    places = {(row["footprint"], row["new_la_code"], row["icb_code"]) for row in rows}
    assert {
        ("Derby City", "E06000015", ""),
        ("Derbyshire County", "E10000007", ""),
        ("Whole service", "", "E54000058"),
    } == places


def test_every_figure_has_its_definition_beside_it(release: Release) -> None:
    files = to_csv(release, COUNCIL)
    defined = {(row["measure_code"], row["area"]) for row in rows_of(files["definitions.csv"])}
    assert defined == {
        (row["measure_code"], row["area"]) for row in rows_of(files["outcomes_la.csv"])
    }
    assert release.id in files["notes.txt"].decode()


def test_raw_counts_planted_in_a_service_are_in_none_of_its_files() -> None:
    service = Service()
    service.children(1237, DERBY, {"feelings": 2}, {"feelings": 4})
    service.children(1466, DERBY, {"feelings": 4}, {"feelings": 2})
    service.children(1158, COUNTY, {"feelings": 3}, {"feelings": 3})
    service.children(1123, OTHER, {"feelings": 1})
    release = release_of(service)
    raw = {1237, 1466, 1158, 1123, 1237 + 1466, 1237 + 1466 + 1158, 1237 + 1466 + 1158 + 1123}
    everything = [release.to_json().encode()]
    for audience in Audience:
        everything += to_csv(release, audience).values()
    for content in everything:
        numbers = set(re.findall(rb"\d+", content))
        assert not numbers & {str(each).encode() for each in raw}
    assert b"1235" in everything[0]


@pytest.mark.parametrize(
    "title", ["=1+1", "+44", "-x", "@SUM(A1)", " =x", "|calc", "%x", "a\tb", "a\r\nb"]
)
def test_a_text_that_a_spreadsheet_could_run_is_never_written(release: Release, title: str) -> None:
    planted = replace(release.definitions[0], title=title)
    changed = replace(release, definitions=(planted, *release.definitions[1:]))
    with pytest.raises(UnsafeCellError, match="formula"):
        to_csv(changed, COUNCIL)


def test_a_change_below_zero_is_a_number_and_no_formula() -> None:
    service = Service()
    for number in range(24):
        service.children(1, DERBY, every_area(3 + number % 3), every_area(2 + number % 2))
    (row, *_) = [
        each
        for each in rows_of(to_csv(release_of(service), COUNCIL)["outcomes_la.csv"])
        if each["measure_code"] == "M06"
    ]
    assert float(row["change_mean"]) < 0


def test_a_release_without_figures_still_gives_files() -> None:
    empty = replace(release_of(Service()), figures=(), flow=())
    assert b"\n" == to_csv(empty, COUNCIL)["outcomes_la.csv"]


def test_every_stage_and_reason_has_a_name(release: Release) -> None:
    for row in flow_rows(release, Audience.ICB):
        assert row.step in {*STAGES.values(), *REASONS.values()}
        assert row.people in FLOWS.values()
        assert (row.count is None) == (row.reason is not None)
    assert "something new" == flow_title("something new")


def test_a_rate_is_told_in_a_sentence_a_councillor_understands(release: Release) -> None:
    row = next(
        each
        for each in as_rows(release, Audience.ICB)
        if each.measure == "M05" and each.footprint is Audience.ICB
    )
    assert "About 40 of 90 young people felt better at the end than at the start." == row.sentence
    assert ("44%", None) == (row.value, row.reason)
    assert "The likely range (95%) is from 35% to 55%." == row.interval
    assert "Feelings better at the end" == row.title
    assert "at least one step higher" in row.definition


def test_a_withheld_rate_says_why_and_shows_no_number(release: Release) -> None:
    row = next(
        each
        for each in as_rows(release, Audience.ICB)
        if each.measure == "M05w" and each.footprint is Audience.ICB
    )
    assert row.sentence.startswith("Not shown: withheld, so that nobody can be found")
    assert (None, None) == (row.value, row.interval)
    assert row.reason is not None
    assert not re.search(r"\d", row.sentence)


def test_too_few_for_a_share_still_tells_the_counts() -> None:
    release = release_of(Service().children(6, DERBY, {"home": 2}, {"home": 3}))
    row = next(each for each in as_rows(release, COUNCIL) if each.measure == "M04")
    assert "About 5 of 5 young people answered both at the start and at the end." == row.sentence
    assert (None, "too few answered for this kind of figure") == (row.value, row.reason)


def means_of(changes: list[tuple[int, int]]) -> dict[str, Row]:
    service = Service()
    for number, (first, last) in enumerate(changes):
        body = {"body": 2}, {"body": 2 + number % 3}
        service.children(1, DERBY, body[0] | {"home": first}, body[1] | {"home": last})
    rows = as_rows(release_of(service), COUNCIL)
    return {each.area: each for each in rows if each.measure == "M06"}


def test_a_mean_is_told_with_its_range() -> None:
    rows = means_of([(2, 3), (3, 3), (4, 3)] * 10 + [(3, 4)] * 30)
    assert (
        "About 60 young people answered both times. Their mean went from 3.0 at the start to 3.5 "
        "at the end, on steps from 1 to 5."
    ) == rows["Home"].sentence
    assert "+0.5 steps" == rows["Home"].value
    assert "The likely range (95%) is from +0.3 to +0.7." == rows["Home"].interval


def test_a_mean_that_would_tell_everybodys_first_answer_is_told_to_nobody() -> None:
    row = means_of([(2, 3), (3, 3), (4, 3)] * 10 + [(3, 4)] * 30)["Body"]
    assert (None, None) == (row.value, row.interval)
    assert row.sentence.startswith("Not shown: withheld")


def test_an_interval_around_nothing_says_that_no_change_is_clear() -> None:
    row = means_of([(2, 3), (3, 4), (4, 3), (3, 2)] * 15)["Home"]
    assert "0.0 steps" == row.value
    assert row.interval == "The likely range (95%) is from -0.3 to +0.3. No clear change."


def test_the_group_star_has_every_area_and_never_a_zero(release: Release) -> None:
    star = group_star(release, COUNCIL)
    assert list(AREAS.values()) == [each.label for each in star.areas]
    assert star.can_be_drawn
    for area in star.areas:
        assert (area.first is None) == (area.last is None) == (area.reason is not None)
        for mean in (area.first, area.last):
            assert mean is None or Decimal(1) <= mean <= Decimal(5)
    feelings = star.areas[list(AREAS).index("feelings")]
    assert (None, None) == (feelings.first, feelings.last)


def test_a_group_star_of_too_few_cannot_be_drawn() -> None:
    star = group_star(
        release_of(Service().children(6, DERBY, every_area(2), every_area(3))), COUNCIL
    )
    assert not star.can_be_drawn
    assert {"too few answered for this kind of figure"} == {each.reason for each in star.areas}


def test_the_symbols_are_those_of_english_statistics() -> None:
    assert {"c", "u", "z"} == {each.value for each in Symbol}
