"""What people type to import published indicators, and what they read then."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from outcomes.forecast import RULE_COUNT, RULE_MIDWAY, RULE_NEWEST
from outcomes.indicators import RULE, Unit, derby_csv, known
from tests.support.command_line import Run, read
from tests.support.tracked import PROJECT
from usecases.indicator_rows import COLUMNS, EXAMPLE, MAY_BE_LEFT_OUT

IMPORT = "import indicators"


@pytest.fixture
def run(run: Run, tmp_path: Path) -> Run:
    """Run a command line in a folder with the published file."""
    (tmp_path / "derby.csv").write_text(derby_csv())
    return run


def test_a_file_is_tried_imported_and_corrected(run: Run, tmp_path: Path) -> None:
    dry = run(f"{IMPORT} derby.csv --dry-run")
    assert dry.stdout == "Nothing was written. This would be: 132 new, 0 changed, 0 unchanged.\n"
    assert run(f"{IMPORT} derby.csv").stdout == "Imported: 132 new, 0 changed, 0 unchanged.\n"
    assert run(f"{IMPORT} derby.csv").stdout == "Imported: 0 new, 0 changed, 132 unchanged.\n"
    (tmp_path / "later.csv").write_text(derby_csv().replace("Q1,72.6", "Q1,72.8"))
    assert run(f"{IMPORT} later.csv").stdout == (
        "Imported: 0 new, 1 changed, 131 unchanged.\n  SS_PM17 2021/22-Q1 actual 72.6 -> 72.8\n"
    )


def test_every_fault_is_told_at_once_and_nothing_is_imported(run: Run, tmp_path: Path) -> None:
    (tmp_path / "wrong.csv").write_text(derby_csv().replace("percent", "procent"))
    result = run(f"{IMPORT} wrong.csv")
    assert result.exit_code == 1
    assert "row 2, unit: there is no such choice (procent). Did you mean percent?" in result.stderr
    assert "Nothing was imported. Faults: 108; rows: 132. 8 more faults" in result.stderr
    told = json.loads(run(f"{IMPORT} wrong.csv --json").stdout)
    assert (told["faults"], len(told["all_faults"]), told["imported"]) == (108, 108, False)
    assert read(run(f"{IMPORT} derby.csv --json"))["new"] == 132


def test_which_way_is_better_and_who_published_it_can_be_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(run(f"{IMPORT} --example").stdout.replace(",lower,", ",,"))
    told = read(run(f"{IMPORT} own.csv --better EX_02=lower --source 'A made-up paper' --json"))
    assert (told["new"], told["imported"]) == (3, True)
    told = read(run(f"{IMPORT} own.csv --better EX_02=higher --json"))
    assert [each["became"] for each in told["corrections"]] == ["higher"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("", "Name the file"),
        ("missing.csv", "missing.csv cannot be read"),
        ("derby.csv --better SS_PM16", "cannot be read. Write it as SS_PM16=lower"),
        ("derby.csv --better SS_PM16=down", "cannot be read. Write it as SS_PM16=lower"),
        ("derby.csv --better SS_PM99=lower", "SS_PM99, which is not in this file"),
    ],
)
def test_slips_are_one_sentence_with_a_remedy(run: Run, options: str, says: str) -> None:
    result = run(f"{IMPORT} {options}")
    assert result.exit_code == 1
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_the_page_about_it_names_every_column_choice_code_and_rule() -> None:
    page = " ".join((PROJECT / "docs" / "indicators.md").read_text().split())
    named = (*COLUMNS, *MAY_BE_LEFT_OUT, *Unit, *known())
    assert [each for each in named if f"`{each}`" not in page] == []
    rules = (RULE.in_words, RULE_COUNT, RULE_MIDWAY, RULE_NEWEST)
    assert [each for each in rules if each not in page] == []
    assert " ".join(EXAMPLE.split()) in page
