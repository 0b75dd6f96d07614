"""What people type about alerts, and what they read then."""

from __future__ import annotations

from pathlib import Path

from tests.support.command_line import Run, read
from tests.support.ladders import packaged_text


def test_a_drill_is_raised_taken_closed_opened_again_and_reported(run: Run) -> None:
    assert run("alerts list").stdout == "Nothing waits.\n"
    assert "There was no drill" in run("alerts drill").stdout
    alert = read(run("alerts drill --now --who dee.duty --json"))["alert"]
    (listed,) = read(run("alerts list --json"))
    assert (listed["alert"], listed["kind"], listed["taken_by"]) == (alert, "drill", None)
    assert [(each["rung"], each["way"]) for each in listed["told"]] == [("worker", "page")]
    assert "NOT TAKEN" in run("alerts list").stdout
    assert "not taken yet" in run("alerts drill").stdout
    assert run(f"alerts acknowledge {alert} --who dee.duty").stdout == "Taken by dee.duty.\n"
    assert "taken by dee.duty after 0 minutes, worker" in run("alerts drill").stdout
    assert run(f"alerts close {alert} --because drill --who dee.duty").exit_code == 0
    assert run("alerts list").stdout == "Nothing waits.\n"
    assert run(f"alerts reopen {alert} --who dee.duty").exit_code == 0
    assert "taken by dee.duty" in run("alerts list").stdout
    report = read(run("alerts report --json"))
    assert report["all"] == {"category": "all", "closed": 0, "no_concern": 0, "share": 0.0}
    assert [each["taken_by"] for each in report["drills"]] == ["dee.duty"]
    assert "none closed" in run("alerts report").stdout


def test_slips_are_one_sentence_with_a_remedy(run: Run) -> None:
    for line in (
        "alerts acknowledge nothing --who me",
        "alerts close nothing --because drill --who me",
        "alerts reopen nothing --who me",
    ):
        result = run(line)
        assert result.exit_code == 1
        assert "There is no such alert" in result.stderr
    result = run("alerts close nothing --because bored --who me")
    assert "Use one of: spoke-with-them" in result.stderr
    assert run("alerts acknowledge nothing").exit_code == 2  # nobody takes it without a name


def test_a_ladder_file_is_checked_without_showing_its_addresses(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "ladder.yaml"
    secret = "https://chat.example.org/hooks/a-made-up-secret"
    reached = "duty: {ways: [{chat: " + secret + "}], people: {}}"
    file.write_text(packaged_text().replace("duty: {ways: [], people: {}}", reached))
    told = run(f"alerts check {file}").stdout
    assert "duty: somebody can be reached" in told
    assert "worker: told by the staff page alone" in told
    assert read(run(f"alerts check {file} --json"))["duty"]
    file.write_text(file.read_text().replace("https://chat", "ftp://chat"))
    result = run(f"alerts check {file}")
    assert result.exit_code == 1
    assert "https://" in result.stderr
    assert "made-up-secret" not in result.stderr
    assert "cannot be read" in run(f"alerts check {tmp_path / 'nothing.yaml'}").stderr
