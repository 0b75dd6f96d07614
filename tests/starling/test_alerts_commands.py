"""What people type about alerts, and what they read then."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from starling.__main__ import app
from tests.support.ladders import packaged_text

Run = Callable[..., Result]


@pytest.fixture
def run(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command line on a database of its own."""
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()

    def call(*arguments: str) -> Result:
        environment = {"STARLING_DATABASE_URL": sqlite_url}
        return runner.invoke(app, ["alerts", *arguments], env=environment)

    return call


def test_a_drill_is_raised_taken_closed_opened_again_and_reported(run: Run) -> None:
    assert run("list").stdout == "Nothing waits.\n"
    assert "There was no drill" in run("drill").stdout
    alert = json.loads(run("drill", "--now", "--who", "dee.duty", "--json").stdout)["alert"]
    (listed,) = json.loads(run("list", "--json").stdout)
    assert (listed["alert"], listed["kind"], listed["taken_by"]) == (alert, "drill", None)
    assert [(each["rung"], each["way"]) for each in listed["told"]] == [("worker", "page")]
    assert "NOT TAKEN" in run("list").stdout
    assert "not taken yet" in run("drill").stdout
    assert run("acknowledge", alert, "--who", "dee.duty").stdout == "Taken by dee.duty.\n"
    assert "taken by dee.duty after 0 minutes, worker" in run("drill").stdout
    assert run("close", alert, "--because", "drill", "--who", "dee.duty").exit_code == 0
    assert run("list").stdout == "Nothing waits.\n"
    assert run("reopen", alert, "--who", "dee.duty").exit_code == 0
    assert "taken by dee.duty" in run("list").stdout
    report = json.loads(run("report", "--json").stdout)
    assert report["all"] == {"category": "all", "closed": 0, "no_concern": 0, "share": 0.0}
    assert [each["taken_by"] for each in report["drills"]] == ["dee.duty"]
    assert "none closed" in run("report").stdout


def test_slips_are_one_sentence_with_a_remedy(run: Run) -> None:
    for arguments in (
        ["acknowledge", "nothing", "--who", "me"],
        ["close", "nothing", "--because", "drill", "--who", "me"],
        ["reopen", "nothing", "--who", "me"],
    ):
        result = run(*arguments)
        assert result.exit_code == 1
        assert "There is no such alert" in result.stderr
    result = run("close", "nothing", "--because", "bored", "--who", "me")
    assert "Use one of: spoke-with-them" in result.stderr
    assert run("acknowledge", "nothing").exit_code == 2  # nobody takes it without a name


def test_a_ladder_file_is_checked_without_showing_its_addresses(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "ladder.yaml"
    secret = "https://chat.example.org/hooks/a-made-up-secret"
    reached = "duty: {ways: [{chat: " + secret + "}], people: {}}"
    file.write_text(packaged_text().replace("duty: {ways: [], people: {}}", reached))
    told = run("check", str(file)).stdout
    assert "duty: somebody can be reached" in told
    assert "worker: told by the staff page alone" in told
    assert json.loads(run("check", str(file), "--json").stdout)["duty"]
    file.write_text(file.read_text().replace("https://chat", "ftp://chat"))
    result = run("check", str(file))
    assert result.exit_code == 1
    assert "https://" in result.stderr
    assert "made-up-secret" not in result.stderr
    assert "cannot be read" in run("check", str(tmp_path / "nothing.yaml")).stderr
