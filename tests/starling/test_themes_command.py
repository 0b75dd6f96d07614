"""What people type about themes, and what they read then."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from starling.__main__ import app

Run = Callable[..., Result]


@pytest.fixture
def run(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command line on a database of its own."""
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()

    def call(*arguments: str) -> Result:
        environment = {"STARLING_DATABASE_URL": sqlite_url}
        return runner.invoke(app, ["themes", *arguments], env=environment)

    return call


def test_a_theme_is_added_answered_renamed_retired_and_listed(run: Run) -> None:
    assert "There is no theme yet" in run("list").stdout
    assert run("add", "Sleep").stdout == "Added: sleep.\n"
    said = run("reply", "sleep", "We bought a night light.", "--on", "2026-01-05", "--json")
    number = json.loads(said.stdout)["reply"]
    assert run("rename", "sleep", "Sleeping well").exit_code == 0
    assert run("retire", "sleep").exit_code == 0
    assert run("list").stdout == (
        "sleep  Sleeping well  0 this quarter, 0 ever  retired\n"
        f"    2026-01-05  {number}  We bought a night light.\n"
    )
    assert run("take-up", "sleep").exit_code == 0
    assert run("take-back", number).exit_code == 0
    (listed,) = json.loads(run("list", "--json").stdout)
    assert (listed["retired"], listed["replies"], listed["raised_ever"]) == (False, [], 0)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["add", "LAC placement"], "Everybody reads this"),
        (["rename", "sleep", "Sleeping"], "There is no such theme"),
        (["reply", "sleep", "We bought a lamp."], "There is no such theme"),
        (["take-back", "nothing"], "nothing with this id"),
    ],
)
def test_slips_are_one_sentence_with_a_remedy(run: Run, arguments: list[str], says: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert says in result.stderr


def test_what_was_done_is_done_today_where_no_day_is_said(run: Run) -> None:
    run("add", "Sleep")
    assert run("reply", "sleep", "We bought a lamp.", "--who", "a.worker").exit_code == 0
    (listed,) = json.loads(run("list", "--json").stdout)
    assert [each["who"] for each in listed["replies"]] == ["a.worker"]
