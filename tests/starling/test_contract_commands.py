"""`starling episode facts`, `... characteristics` and `starling import sdq` from end to end."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.support.command_line import OPEN, Run, read
from tests.support.tracked import PROJECT
from usecases.import_columns import EXAMPLE as EPISODES
from usecases.import_columns import OPTIONAL
from usecases.sdq_rows import EXAMPLE, HEADINGS


@pytest.fixture
def run(run: Run, tmp_path: Path) -> Run:
    """Run a command line in a folder with two files, on a database with three episodes."""
    (tmp_path / "episodes.csv").write_text(EPISODES)
    (tmp_path / "totals.csv").write_text(EXAMPLE)
    assert run("import episodes episodes.csv").exit_code == 0
    return run


@pytest.fixture
def episode(run: Run) -> str:
    """The id of a support episode that began on 12 January 2026 and goes on."""
    (found,) = read(run("episode list --case T-1001 --json"))
    return str(found["episode"])


def test_facts_are_noted_one_by_one_shown_and_cleared(run: Run, episode: str) -> None:
    assert "child age: nobody noted it" in run(f"episode facts {episode}").stdout
    run(f"episode facts {episode} --child-age 9 --unplanned-moves 2 --away-at-start yes")
    said = read(run(f"episode facts {episode} --plan-on 2026-01-20 --json"))
    assert said == {
        "episode": episode, "child_age": "0-10", "unplanned_moves": 2, "away_at_start": True,
        "away_at_end": None, "plan_on": "2026-01-20", "disengaged_on": None, "back_on": None,
    }  # fmt: skip
    text = run(f"episode facts {episode} --clear away-at-start --clear plan-on").stdout
    assert "away at start: nobody noted it" in text
    assert "unplanned moves: 2" in text


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("--child-age old", "Give the age in years"),
        ("--unplanned-moves 51", "is not between 0 and 50"),
        ("--plan-on 2025-01-01", "older than 14 days before"),
        ("--back-on 2026-02-01", "without having stopped before"),
        ("--plan-on 2026-01-20 --clear plan-on", "both given and cleared"),
    ],
)
def test_facts_that_cannot_be_so_end_with_one_sentence(
    run: Run, episode: str, options: str, told: str
) -> None:
    result = run(f"episode facts {episode} {options}")
    assert result.exit_code == 1
    assert told in result.stderr
    assert read(run(f"episode facts {episode} --json"))["plan_on"] is None


def test_the_age_may_be_given_when_support_is_opened(run: Run) -> None:
    line = f"{OPEN} --case T-9"
    opened = read(run(f"{line} --child-age 12 --json"))["episode"]
    assert read(run(f"episode facts {opened} --json"))["child_age"] == "11-15"
    refused = run(f"{line} --child-age 12/03/2014")
    assert refused.exit_code == 1
    assert "Give the age in years" in refused.stderr
    assert "2014" not in refused.stderr


def test_characteristics_are_noted_shown_and_deleted(run: Run, episode: str) -> None:
    assert "Nothing was given." in run(f"episode characteristics {episode}").stdout
    line = f"episode characteristics {episode} --say sex=female --say disability=no"
    assert "Say who gave it" in run(line).stderr
    assert "sex: female, given by person" in run(f"{line} --given-by person").stdout
    told = read(run(f"episode characteristics {episode} --take-back sex --json"))
    assert set(told["characteristics"]) == {"disability"}
    assert (
        "Write what was given as name=value"
        in run(f"episode characteristics {episode} --say hair=red").stderr
    )


def test_totals_are_imported_once_and_said_in_words_and_as_json(run: Run) -> None:
    dry = run("import sdq totals.csv --dry-run")
    assert dry.stdout == "Nothing was written. This would be: 2 new, 0 changed, 0 unchanged.\n"
    assert run("import sdq totals.csv").stdout == "Imported: 2 new, 0 changed, 0 unchanged.\n"
    assert read(run("import sdq totals.csv --json")) == {
        "rows": 2, "new": 0, "changed": 0, "unchanged": 2, "totals": 0, "faults": 0,
        "dry_run": False, "imported": True, "first_faults": [],
    }  # fmt: skip
    assert run("import sdq --example").stdout == EXAMPLE


def test_faults_end_with_exit_code_1_and_are_all_in_the_report(run: Run, tmp_path: Path) -> None:
    lines = [f"EP-2001,,parent,2026-02-{day % 28 + 1:02},41" for day in range(120)]
    (tmp_path / "wrong.csv").write_text("\n".join([EXAMPLE.splitlines()[0], *lines]))
    result = run("import sdq wrong.csv --report faults.csv")
    assert result.exit_code == 1
    assert "row 2, total: this is not a number from 0 to 40 (41)." in result.stderr
    assert "... and 20 more" in result.stderr
    with (tmp_path / "faults.csv").open(newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 120
    assert read(run("import sdq totals.csv --dry-run --json"))["new"] == 2


def test_a_file_that_is_not_there_is_said(run: Run) -> None:
    assert "cannot be read" in run("import sdq nothing.csv").stderr
    assert "Name the file" in run("import sdq").stderr


def test_the_page_about_it_shows_the_same_example_and_names_every_column() -> None:
    page = (PROJECT / "docs" / "import-episodes.md").read_text()
    assert f"```csv\n{EXAMPLE}```" in page
    columns = (*OPTIONAL, *HEADINGS.known)
    assert [name for name in columns if f"`{name}`" not in page] == []
