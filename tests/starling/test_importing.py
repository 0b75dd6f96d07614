"""What people type to import support episodes, and what they read then."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import Result

from outcomes.episode import CloseReason, Commissioner, Lives, Strand
from starling.commands.csv_files import MOST_SHOWN
from storage import tables
from storage.database import SoleOwner, read_once, sqlite_file
from storage.lane import Lane
from tests.support.command_line import Run, read
from tests.support.tracked import PROJECT
from usecases.import_columns import COLUMNS, EXAMPLE
from usecases.inviting import INTERVENTIONS

HEADINGS = ",".join(COLUMNS)


@pytest.fixture
def run(run: Run, tmp_path: Path) -> Run:
    """Run a command line in a folder with a file to import."""
    (tmp_path / "episodes.csv").write_text(EXAMPLE)
    return run


def how_many(url: str) -> int:
    """How many support episodes are stored."""
    query = select(func.count()).select_from(tables.support_episodes)
    return read_once(url, lambda connection: connection.execute(query).scalar_one())


def wrong_file(path: Path, rows: int) -> None:
    """Write a file in which the home is wrong in each row."""
    cells = "T-1,other,direct,theraplay,Alex Example,2026-01-01,,,"
    lines = [f"EP-{number},{cells}" for number in range(rows)]
    path.write_text("\n".join([HEADINGS, *lines]))


def test_an_example_is_printed_that_can_be_imported(run: Run, tmp_path: Path) -> None:
    (tmp_path / "example.csv").write_text(run("import episodes --example").stdout)
    assert read(run("import episodes example.csv --json"))["new"] == 3


def test_the_page_about_it_shows_the_same_example_and_names_every_choice() -> None:
    page = (PROJECT / "docs" / "import-episodes.md").read_text()
    assert f"```csv\n{EXAMPLE}```" in page
    choices = (*Commissioner, *Strand, *Lives, *CloseReason, *INTERVENTIONS, *COLUMNS)
    assert [choice for choice in choices if f"`{choice}`" not in page] == []


def test_a_file_is_imported_once_and_said_in_words_and_as_json(run: Run, sqlite_url: str) -> None:
    dry = run("import episodes episodes.csv --dry-run")
    assert dry.stdout == "Nothing was written. This would be: 3 new, 0 changed, 0 unchanged.\n"
    assert how_many(sqlite_url) == 0
    assert "Imported: 3 new" in run("import episodes episodes.csv").stdout
    assert read(run("import episodes episodes.csv --json")) == {
        "rows": 3, "new": 0, "changed": 0, "unchanged": 3, "planned": 0, "refused": 0, "faults": 0,
        "columns": {}, "dry_run": False, "imported": True, "first_faults": [],
    }  # fmt: skip
    assert how_many(sqlite_url) == 3


def test_changed_columns_are_counted(run: Run, tmp_path: Path) -> None:
    run("import episodes episodes.csv")
    later = EXAMPLE.replace("foster", "kinship").replace("b.worker", "c.worker")
    (tmp_path / "later.csv").write_text(later)
    said = run("import episodes later.csv").stdout
    assert "0 new, 2 changed, 1 unchanged. Changed: lives 1, worker 1." in said


def test_faults_end_with_exit_code_1_and_are_all_in_the_report(
    run: Run, tmp_path: Path, sqlite_url: str
) -> None:
    wrong_file(tmp_path / "wrong.csv", MOST_SHOWN + 20)
    result = run("import episodes wrong.csv --report faults.csv")
    assert result.exit_code == 1
    assert "row 2, lives: there is no such choice. Use one of: foster" in result.stderr
    assert "... and 20 more" in result.stderr
    assert "Nothing was imported. Faults: 120; rows: 120." in result.stderr
    assert "Alex" not in result.output
    with (tmp_path / "faults.csv").open(newline="") as stream:
        faults = list(csv.DictReader(stream))
    assert [int(each["row"]) for each in faults] == list(range(2, MOST_SHOWN + 22))
    assert set(faults[0]) == {"row", "column", "cause", "remedy", "value"}
    assert how_many(sqlite_url) == 0


def test_faults_are_read_by_programs_too(run: Run, tmp_path: Path) -> None:
    wrong_file(tmp_path / "wrong.csv", 2)
    result = run("import episodes wrong.csv --json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["faults"], told["imported"]) == (1, 2, False)
    assert [(each["row"], each["column"]) for each in told["first_faults"]] == [
        (2, "lives"),
        (3, "lives"),
    ]


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("import episodes", "Name the file"),
        ("import episodes nothing.csv", "cannot be read"),
        ("import episodes .", "cannot be read"),
        ("import episodes episodes.csv --report episodes.csv", "another name"),
        ("import episodes episodes.csv --report no/such/folder.csv", "cannot be written"),
        ("access key --who case.system --role staff", "no such role"),
        ("access revoke --who nobody", "Nobody of this name"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(
    run: Run, tmp_path: Path, line: str, cause: str
) -> None:
    result = run(line)
    assert (result.exit_code, "Traceback" in result.output) == (1, False)
    assert cause in result.stderr
    assert (tmp_path / "episodes.csv").read_text() == EXAMPLE


def test_how_far_it_is_goes_to_standard_error(sqlite_url: str, tmp_path: Path) -> None:
    """As a real process, whose standard output a program reads."""
    (tmp_path / "episodes.csv").write_text(EXAMPLE)
    line = [sys.executable, "-m", "starling", "import", "episodes", "episodes.csv", "--json"]
    done = subprocess.run(
        line,
        cwd=tmp_path,
        env={**os.environ, "STARLING_DATABASE_URL": sqlite_url, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["new"] == 3


def test_it_works_beside_a_running_service(run: Run, sqlite_url: str) -> None:
    """The file has one owner that serves it; commands take turns with it, this one too."""
    path = sqlite_file(sqlite_url)
    assert path is not None

    async def serve() -> Result:
        async with Lane.open(sqlite_url) as lane:
            await lane.write(lambda connection: None)  # noqa: ARG005 - a connection that stays open
            return await asyncio.to_thread(run, "import episodes episodes.csv --json")

    with SoleOwner(path):
        assert read(asyncio.run(serve()))["new"] == 3


def test_the_case_system_gets_a_key_and_loses_it(run: Run) -> None:
    given = read(run("access key --who case.system --days 90 --json"))
    assert given["role"] == "case-system"
    assert len(given["key"]) == 32
    left = datetime.fromisoformat(given["expires_at"]).timestamp()
    assert left > datetime.now().astimezone().timestamp() + timedelta(days=89).total_seconds()
    assert "starling access revoke --who other" in run("access key --who other").stdout
    assert read(run("access revoke --who case.system --json")) == {
        "who": "case.system",
        "ended": 1,
    }
    assert "cannot come in any more" in run("access revoke --who other").stdout
