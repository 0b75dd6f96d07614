"""Figures from the command line: every step says what comes next, and refuses in a sentence."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict
from pathlib import Path

import pytest
import yaml
from sqlalchemy import text

from outcomes.protection.policy import NHS5
from storage.database import run_once
from tests.support.command_line import Run, read

AUTUMN = "2025/26-Q3"


def compiled(run: Run, period: str = AUTUMN) -> str:
    return str(read(run(f"release compile --period {period} --who a.one --json"))["id"])


def published(run: Run) -> str:
    release = compiled(run)
    read(run(f"release approve {release} --who a.two --json"))
    read(run(f"release publish {release} --json"))
    return release


def test_figures_go_out_in_three_steps_and_each_names_the_next(run: Run) -> None:
    first = run(f"release compile --period {AUTUMN} --who a.one")
    release = first.stdout.split()[1]
    assert f"starling release approve {release} --who THEIR.NAME" in first.stdout
    assert "..." in first.stderr  # what is being done
    assert "compiled" in run("release list").stdout
    second = run(f"release approve {release} --who a.two")
    assert f"Next: starling release publish {release}" in second.stdout
    third = run(f"release publish {release} --who a.two")
    assert f"Next: starling release export --release {release}" in third.stdout
    (listed,) = read(run("release list --json"))
    assert (listed["id"], listed["period"], listed["state"]) == (release, AUTUMN, "published")
    assert (listed["compiled_by"], listed["approved"]["by"]) == ("a.one", "a.two")


def test_a_quarter_is_still_named_by_its_old_option(run: Run) -> None:
    assert AUTUMN == read(run(f"release compile --quarter {AUTUMN} --json"))["period"]


def test_an_export_gives_the_same_bytes_for_ever_and_what_a_pull_gives(
    run: Run, tmp_path: Path
) -> None:
    read(run("simulate --children 12 --from 2025-10-01 --to 2026-03-31 --seed 3 --json"))
    release = published(run)
    exported = []
    for place in ("one", "two"):
        line = f"release export --release {release} --audience derby-city --out {place} --json"
        files = read(run(line))["files"]
        exported.append({name: (tmp_path / place / name).read_bytes() for name in files})
    assert exported[0] == exported[1]
    outcomes = exported[0]["outcomes_la.csv"].decode().splitlines()
    assert {"Derby"} == {row["la_name"] for row in csv.DictReader(outcomes)}
    listed = read(run(f"release files {release} --audience derby-city --json"))
    assert {each["name"]: each["size"] for each in listed} == {
        name: len(content) for name, content in exported[0].items()
    }
    only = read(
        run(f"release export --release {release} --audience icb --format xlsx --out x --json")
    )
    assert ["workbook.xlsx"] == only["files"]
    assert "outcomes_la.csv" in run(f"release files {release} --audience icb").stdout


def test_a_release_is_shown_as_an_audience_sees_it(run: Run) -> None:
    release = compiled(run)
    shown = read(run(f"release show {release} --audience derby-city --json"))
    assert {"derby-city"} == {each["footprint"] for each in shown["figures"]}
    assert ("compiled", None, []) == (shown["state"], shown["stuck"], shown["files"])
    told = run(f"release show {release}").stdout
    assert "derbyshire-county" in told
    assert AUTUMN in told
    assert "no release 'none'" in run("release show none").stderr


def test_a_draft_is_dropped_and_compiled_again(run: Run) -> None:
    release = compiled(run)
    assert "There is a draft" in run(f"release compile --period {AUTUMN}").stderr
    assert f"compile --period {AUTUMN}" in run(f"release drop {release}").stdout
    assert "dropped" == read(run("release list --json"))[0]["state"]
    assert release == compiled(run)


def test_a_database_that_was_changed_behind_our_back_is_found_out(
    run: Run, sqlite_url: str
) -> None:
    assert "no releases yet" in run("release verify").stdout
    release = published(run)
    (seen,) = read(run(f"release verify {release} --json"))
    assert (seen["id"], seen["faults"]) == (release, [])
    assert seen["files"] > 3
    assert f"{seen['files']} files  sound" in run("release verify").stdout
    forge = text("update release_files set body = x'78' where name = 'notes.txt'")
    run_once(sqlite_url, lambda connection: connection.execute(forge))
    result = run("release verify")
    assert 1 == result.exit_code
    assert 3 == len(json.loads(run("release verify --json").stdout)[0]["faults"])
    assert "icb/notes.txt is not what was published" in result.stdout
    export = run(f"release export --release {release} --audience icb --out x")
    assert 1 == export.exit_code
    assert "not what was published" in export.stderr


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("release compile --period soon", "Write a quarter as 2026/27-Q3 or a year as 2026/27"),
        ("release compile --period 2999/00-Q1", "nothing to compile yet"),
        (f"release compile --period {AUTUMN} --policy none", "Use one of: nhs5"),
        ("release approve none --who a.two", "no release with this id"),
        ("release publish none", "no release with this id"),
        ("release drop none", "no release with this id"),
        ("release verify none", "no release with this id"),
        ("release files none --audience icb", "no release"),
        ("release export --release none --audience icb --out out", "no release"),
        ("release export --release none --audience icb --out out --format pdf", "no format"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence_with_exit_code_1(
    run: Run, line: str, cause: str
) -> None:
    result = run(line)
    assert 1 == result.exit_code
    assert cause in result.stderr
    assert "Traceback" not in result.output


def test_figures_may_be_protected_by_a_policy_of_ones_own(run: Run, tmp_path: Path) -> None:
    own = {"name": "county-2027", "plain_words": "Counts below 8 are withheld.", "threshold": 8}
    file, ours = tmp_path / "ours.yaml", {**asdict(NHS5), **own}
    for wrong, cause in (({"threshold": 4}, "threshold"), ({"name": "nhs5"}, "must not be nhs5")):
        file.write_text(yaml.safe_dump({**ours, **wrong}))
        refused = run(f"release compile --period {AUTUMN} --policy-file {file}")
        assert 1 == refused.exit_code
        assert cause in refused.stderr
    file.write_text(yaml.safe_dump(ours))
    run(f"release compile --period {AUTUMN} --policy-file {file}")
    (listed,) = read(run("release list --json"))
    shown = read(run(f"release show {listed['id']} --audience icb --json"))
    assert str(own["plain_words"]) in json.dumps(shown)


def test_two_people_are_needed_here_too(run: Run) -> None:
    release = compiled(run)
    refused = run(f"release approve {release} --who A.One")
    assert 1 == refused.exit_code
    assert "somebody else has to approve" in refused.stderr
    assert "Nobody has approved" in run(f"release publish {release}").stderr
    assert 2 == run(f"release approve {release}").exit_code


def test_refusals_are_listed_with_their_reasons(run: Run, sqlite_url: str) -> None:
    assert "No figures were refused" in run("release refusals").stdout
    keep = text(
        "insert into release_refusals (id, quarter, at, who, reasons) values "
        """('1', '2025/26-Q3', 1770000000000, 'a.one', '["Three cells would show too much."]')"""
    )
    run_once(sqlite_url, lambda connection: connection.execute(keep))
    (told,) = read(run("release refusals --json"))
    assert ["Three cells would show too much."] == told["reasons"]
    assert "Three cells would show too much." in run("release refusals").stdout


def test_a_key_of_a_commissioner_is_handed_out_listed_and_taken_back(run: Run) -> None:
    given = read(run("access key --who derby.analyst --commissioner derby-city --days 90 --json"))
    assert "commissioner-program:derby-city" == given["role"]
    assert 30 < len(given["key"])
    (listed,) = read(run("access list --json"))
    assert ("derby.analyst", False) == (listed["who"], listed["is_link"])
    shown = run("access list")
    assert "commissioner-program:derby-city" in shown.stdout
    assert given["key"] not in shown.stdout
    assert 1 == read(run("access revoke --who derby.analyst --json"))["ended"]
    assert "Nobody can come in" in run("access list").stdout
    assert 2 == run("access key --who x --commissioner nobody").exit_code
    assert "no such role" in run("access key --who x --role commissioner:icb").stderr
