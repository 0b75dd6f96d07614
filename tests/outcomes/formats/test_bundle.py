"""All files of a release: the same bytes each time, and nothing in them that is not to be seen."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.episode import Audience
from outcomes.errors import UnsafeCellError
from outcomes.figures import Figure, FlowFigure, Symbol
from outcomes.formats.bundle import OutFile, files_of
from outcomes.formats.datapackage import NAME as PACKAGE
from outcomes.formats.ees import write_table
from outcomes.formats.lists import indicator_table, reply_table
from outcomes.measures.catalogue import MEASURES, theme_measures
from outcomes.release import Definition, Release
from outcomes.statistics import wilson
from tests.outcomes.formats.kept import GOLDEN, kept_files
from tests.outcomes.formats.xlsx import parts_of
from tests.outcomes.sample import sample_release

PERIODS = ("2026/27-Q3", "2026/27")
EACH = [(period, audience) for period in PERIODS for audience in Audience]
REWRITE = "run `python -m tests.outcomes.formats.kept` and look at the difference"
ROOT = Path(__file__).parents[3]
ALL_NAMES = {
    "definitions.csv",
    "published_indicators.csv",
    "workbook.xlsx",
    "measurereport.json",
    "release.json",
    "release.schema.json",
    "notes.txt",
    "datapackage.json",
}
LA_NAMES = {"outcomes_la.csv", "outcomes_la.meta.csv", "flow_la.csv", "flow_la.meta.csv"}
BOARD_NAMES = {name.replace("_la", "_footprint") for name in LA_NAMES}


def content_of(release: Release, audience: Audience) -> dict[str, bytes]:
    return {each.name: each.content for each in files_of(release, audience)}


@cache
def sample_files(period: str, audience: Audience) -> tuple[OutFile, ...]:
    """Make the files of the sample once for every test that only reads them."""
    return files_of(sample_release(period), audience)


def sample_content(period: str, audience: Audience) -> dict[str, bytes]:
    return {each.name: each.content for each in sample_files(period, audience)}


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def seen(files: Iterable[OutFile]) -> Iterator[bytes]:
    """Give everything that somebody who opens the files can see, archives unpacked."""
    for each in files:
        if each.name.endswith(".xlsx"):
            yield from parts_of(each.content).values()
        else:
            yield each.content


def test_the_files_are_those_that_are_kept() -> None:
    for path, text in kept_files():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: {REWRITE}"
    on_disk = {path for path in GOLDEN.rglob("*") if path.is_file()}
    assert {path for path, _ in kept_files()} == on_disk


@pytest.mark.parametrize(("period", "audience"), EACH)
def test_an_audience_gets_these_files(period: str, audience: Audience) -> None:
    files = sample_files(period, audience)
    names = [each.name for each in files]
    expected = ALL_NAMES | LA_NAMES
    if audience is Audience.ICB:
        expected |= BOARD_NAMES
    if period == "2026/27-Q3":
        expected |= {"you_said_we_did.csv"}
    assert expected == set(names)
    assert len(names) == len(set(names))
    for each in files:
        assert re.fullmatch(r"[a-z_]{3,35}(\.meta|\.schema)?\.(csv|txt|json|xlsx)", each.name)
        if not each.name.endswith("xlsx"):
            assert not each.content.startswith(b"\xef\xbb\xbf")
            assert b"\r" not in each.content


@pytest.mark.parametrize(("period", "audience"), EACH)
def test_the_same_release_gives_the_same_bytes(period: str, audience: Audience) -> None:
    assert sample_files(period, audience) == files_of(sample_release(period), audience)


def digests(period: str) -> dict[str, str]:
    return {
        f"{audience}/{name}": hashlib.sha256(content).hexdigest()
        for audience in Audience
        for name, content in sample_content(period, audience).items()
    }


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_gives_the_same_bytes(seed: str) -> None:
    """Whatever the order of sets, the zone and the language of the machine."""
    program = (
        "import json; from tests.outcomes.formats.test_bundle import digests; "
        "print(json.dumps(digests('2026/27')))"
    )
    other = {"PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | other,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert digests("2026/27") == json.loads(done.stdout)


Marks = dict[Audience, set[int]]
"""The numbers that stand in the place of those of a footprint."""


def marked(release: Release) -> tuple[Release, Marks, Marks]:
    """Give every number one of its own; say whose figures and whose flow they are in."""
    numbers = iter(range(4_000_001, 5_000_000))
    figures, flow = ({each: set[int]() for each in Audience} for _ in "12")

    def mark(figure: Figure) -> Figure:
        new: dict[str, int | Decimal] = {}
        for name in (each.name for each in fields(figure)):
            shown = getattr(figure, name)
            if isinstance(shown, int | Decimal):
                number = next(numbers)
                figures[figure.footprint].add(number)
                new[name] = number if isinstance(shown, int) else Decimal(f"{number}.5")
        return replace(figure, **new)  # type: ignore[arg-type]  # names of numbers

    def mark_step(step: FlowFigure) -> FlowFigure:
        if isinstance(step.episodes, Symbol):
            return step
        number = next(numbers)
        flow[step.footprint].add(number)
        return replace(step, episodes=number)

    planted = replace(
        release,
        figures=tuple(map(mark, release.figures)),
        flow=tuple(map(mark_step, release.flow)),
    )
    return planted, figures, flow


def marks_in(files: Iterable[OutFile]) -> set[int]:
    return {int(each) for part in seen(files) for each in re.findall(rb"\b4\d{6}\b", part)}


@pytest.mark.parametrize("period", PERIODS)
def test_every_number_is_seen_by_those_who_may_and_by_nobody_else(period: str) -> None:
    release, figures, flow = marked(sample_release(period))
    for audience in Audience:
        footprints = tuple(Audience) if audience is Audience.ICB else (audience,)
        shown = set().union(*(figures[each] for each in footprints))
        steps = set().union(*(flow[each] for each in footprints))
        files = {each.name: each for each in files_of(release, audience)}
        assert marks_in(files.values()) == shown | steps
        for name in ("workbook.xlsx", "release.json", "measurereport.json"):
            assert marks_in([files[name]]) == shown | steps, name


def test_a_definition_without_a_figure_for_a_council_is_not_in_its_files() -> None:
    release = sample_release()
    only_board = replace(
        release,
        figures=tuple(
            each
            for each in release.figures
            if each.measure != "M02" or each.footprint is Audience.ICB
        ),
    )
    title = next(each for each in release.definitions if each.measure == "M02").title.encode()
    for part in seen(files_of(only_board, Audience.DERBY_CITY)):
        assert title not in part
    assert any(title in part for part in seen(files_of(only_board, Audience.ICB)))


def numbers_in(row: dict[str, str]) -> tuple[int, int]:
    return int(row["numerator_count"]), int(row["denominator_count"])


def rounded(share: float) -> str:
    return str(int(100 * share + 0.5))


@pytest.mark.parametrize("period", PERIODS)
def test_shares_and_ranges_follow_from_the_counts_beside_them(period: str) -> None:
    content = sample_content(period, Audience.ICB)["outcomes_footprint.csv"]
    shares = [row for row in rows_of(content) if row["share_percent"] not in ("c", "u", "z")]
    assert len(shares) > 10
    for row in shares:
        some, of = numbers_in(row)
        bounds = wilson(some, of)
        expected = (rounded(some / of), rounded(bounds.lower), rounded(bounds.upper))
        assert expected == (row["share_percent"], row["share_lower_ci"], row["share_upper_ci"])


@pytest.mark.parametrize(("period", "audience"), EACH)
def test_no_number_beside_a_withheld_count(period: str, audience: Audience) -> None:
    for name, content in sample_content(period, audience).items():
        if name.startswith("outcomes") and not name.endswith(".meta.csv"):
            for row in rows_of(content):
                if "c" in (row["numerator_count"], row["denominator_count"]):
                    assert row["share_percent"] in ("c", "z")
                    assert row["share_lower_ci"] in ("c", "z")


@pytest.mark.parametrize("form", ["=1+1", "+44", "-x", "@SUM(A1)", " =x", "|calc", "%x", "a\tb"])
def test_a_text_that_a_spreadsheet_could_run_is_never_written(form: str) -> None:
    release = sample_release()
    first = replace(release.definitions[0], title=form, statement=form)
    titles = replace(release, definitions=(first, *release.definitions[1:]))
    notes = replace(release, notes=(form,))
    for planted in (titles, notes):
        with pytest.raises(UnsafeCellError, match="formula"):
            files_of(planted, Audience.DERBY_CITY)


@given(st.text(min_size=1, max_size=20), st.sampled_from("=+-@|%\t\n "))
@settings(max_examples=50, deadline=None)
def test_what_somebody_wrote_is_one_cell_that_nothing_runs(text: str, sign: str) -> None:
    release = sample_release()
    planted = replace(
        release,
        replies=(replace(release.replies[0], did=sign + text, title=sign + text),),
        indicators=(replace(release.indicators[0], title=sign + text, source=sign + text),),
    )
    for table in (reply_table(planted), indicator_table(planted)):
        for row in rows_of(write_table(table)):
            for cell in row.values():
                assert not re.match(r"\s*[=+@|%]|\s*-(?!\d)", cell)
                assert not re.search(r"[\t\r\n]", cell)


@pytest.mark.parametrize(("period", "audience"), EACH)
def test_the_package_describes_every_other_file(period: str, audience: Audience) -> None:
    content = sample_content(period, audience)
    package = json.loads(content.pop(PACKAGE))
    assert "https://datapackage.org/profiles/2.0/datapackage.json" == package["$schema"]
    assert list(content) == [each["path"] for each in package["resources"]]
    for each in package["resources"]:
        body = content[each["path"]]
        assert (len(body), f"sha256:{hashlib.sha256(body).hexdigest()}") == (
            each["bytes"],
            each["hash"],
        )
        assert re.fullmatch(r"[a-z0-9._-]+", each["name"])
        if each["path"].endswith(".csv"):
            check_table(each, body)


def check_table(resource: dict[str, object], body: bytes) -> None:
    """A reader that follows the description can take every cell, and no two rows are alike."""
    schema = resource["schema"]
    assert "table" == resource["type"]
    assert isinstance(schema, dict)
    rows = rows_of(body)
    assert list(rows[0]) == [each["name"] for each in schema["fields"]]
    for field in schema["fields"]:
        for row in rows:
            value = row[field["name"]]
            if value not in schema["missingValues"] and field["type"] != "string":
                assert Decimal(value) == (
                    Decimal(value) if field["type"] == "number" else int(value)
                )
    keys = [tuple(row[name] for name in schema["primaryKey"]) for row in rows]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("period", PERIODS)
def test_every_measure_that_was_agreed_fits_the_files(period: str) -> None:
    """The wording of the real catalogue breaks no rule of the standard and no spreadsheet."""
    themes = theme_measures((("calls-back", "Being called back"),))
    definitions = tuple(Definition.of(each) for each in (*MEASURES, *themes))
    figures = tuple(
        Figure(each.measure, each.area, audience, Symbol.WITHHELD, 10)
        for each in definitions
        for audience in Audience
    )
    release = replace(sample_release(period), definitions=definitions, figures=figures)
    for audience in Audience:
        content = content_of(release, audience)
        assert len(definitions) == len(rows_of(content["definitions.csv"]))


def test_a_release_without_figures_still_gives_files() -> None:
    empty = replace(
        sample_release(), figures=(), flow=(), definitions=(), indicators=(), replies=()
    )
    names = set(content_of(empty, Audience.DERBY_CITY))
    assert names == ALL_NAMES - {"definitions.csv", "published_indicators.csv"}
