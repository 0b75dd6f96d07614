"""What staff type about people's rights and about what is too old: in words, JSON and refusals."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from storage import erased_file
from tests.support.command_line import OPEN, Run, read


@pytest.fixture
def episode(run: Run) -> str:
    """A support episode."""
    return str(read(run(f"{OPEN} --case REF-1 --on 2024-03-01 --json"))["episode"])


@pytest.fixture
def child(run: Run, episode: str) -> str:
    """Somebody who was invited to it."""
    line = f"invite --episode {episode} --role young-person --age-band 12-15 --json"
    return str(read(run(line))["participant"])


def test_somebody_is_forgotten_and_remembered_beside_the_keys(
    run: Run, child: str, tmp_path: Path
) -> None:
    """Then nobody has that id, and a restore would forget them again."""
    asked = run(f"rights forget {child} --who a.worker")
    assert asked.exit_code == 1, "without a yes nothing is done"
    done = read(run(f"rights forget {child} --who a.worker --why invited-by-mistake --yes --json"))
    assert (done["participant"], done["why"], done["case_stays"]) == (
        child,
        "invited-by-mistake",
        True,
    )
    assert done["wiped"]
    assert erased_file.read(tmp_path / "erased.log") == [child]
    gone = run(f"rights forget {child} --who a.worker --yes")
    assert gone.exit_code == 1
    assert "Nobody has this id" in gone.stderr
    assert run(f"rights export {child} --who a.worker").exit_code == 1


def test_a_legal_hold_refuses_until_two_people_lifted_it(run: Run, child: str) -> None:
    """The refusal names the command that shows why."""
    held = read(run(f"rights hold {child} --who a.worker --reason court --json"))["hold"]
    refused = run(f"rights forget {child} --who a.worker --yes")
    assert refused.exit_code == 1
    assert "starling rights holds" in refused.stderr
    assert "REF-1" in run("rights holds").stdout
    assert read(run(f"rights lift {held} --who a.worker --json"))["lifted"] is False
    assert "yourself" in run(f"rights lift {held} --who a.worker").stderr
    assert read(run("rights holds --json"))[0]["asked_to_lift_by"] == "a.worker"
    assert read(run(f"rights lift {held} --who b.worker --json"))["lifted"] is True
    assert "No legal hold" in run("rights holds").stdout
    assert run(f"rights forget {child} --who a.worker --yes").exit_code == 0


def test_an_export_can_be_read_as_a_page(run: Run, child: str) -> None:
    """Staff see all of it; what somebody told themselves stands alone with --own."""
    page = run(f"rights export {child} --who a.worker --html").stdout
    assert "<h1>What we know about you</h1>" in page
    assert "What the team wrote down" in page
    own = run(f"rights export {child} --who a.worker --html --own")
    assert own.exit_code == 0
    assert "What the team wrote down" not in own.stdout
    assert run(f"rights export {child} --who a.worker --own").exit_code == 1


@pytest.mark.parametrize("line", ["export {}", "share {} --with police --reason missing"])
def test_whoever_takes_everything_about_somebody_is_named_in_the_audit(
    run: Run, child: str, line: str
) -> None:
    """Nothing is printed for somebody who does not say who they are."""
    refused = run(f"rights {line.format(child)}")
    assert refused.exit_code == 2
    assert "--who" in refused.stderr
    assert run(f"rights {line.format(child)} --who a.worker").exit_code == 0
    assert read(run(f"audit list --target {child} --who a.worker --json"))


def test_a_wish_is_listed_and_answered(run: Run, child: str, sqlite_url: str) -> None:
    """It is due, late when it is late, and a refusal needs a reason."""
    assert "Nothing waits" in run("rights wishes").stdout
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as file:
        file.execute(
            "insert into wishes (id, participant_id, kind, at, due_at) values (?, ?, 'fix', 1, 2)",
            ("wish1", child),
        )
    (wish,) = read(run("rights wishes --json"))
    assert (wish["wish"], wish["overdue"]) == ("wish1", True)
    assert "LATE" in run("rights wishes").stdout
    assert "--reason" in run("rights decide wish1 refuse --who a.worker").stderr
    assert run("rights decide wish1 grant --who a.worker").exit_code == 0
    assert "No wish with this id" in run("rights decide wish1 grant --who a.worker").stderr


def test_what_protects_somebody_is_handed_over_in_one_line(run: Run, child: str) -> None:
    """With reason, recipient and time in the file itself."""
    given = read(run(f"rights share {child} --with police --reason missing --who a.worker"))
    assert (given["recipient"], given["reason"], given["shared_by"]) == (
        "police",
        "missing",
        "a.worker",
    )
    assert given["everything"]["participant"] == child


def test_a_breach_is_told_by_whose_rows_were_touched(run: Run, child: str) -> None:
    """Everybody since a day, and nobody before."""
    (touched,) = read(run("rights breach --since 2024-01-01 --json"))
    assert (touched["participant"], touched["case"]) == (child, "REF-1")
    assert touched["rows"]["invitations"] == 1
    assert read(run("rights breach --since 2100-01-01 --json")) == []
    assert "REF-1" in run("rights breach --since 2024-01-01T10:00").stdout


def test_what_is_too_old_is_shown_and_goes_once_it_was_filed(
    run: Run, child: str, episode: str, sqlite_url: str
) -> None:
    """A dry run deletes nothing."""
    closed = run(f"episode close {episode} --on 2024-06-01 --reason planned")
    assert closed.exit_code == 0, closed.output
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as file:
        file.execute("update occasions set ended_at = 1")
    assert "records: 365 days" in run("retention show").stdout
    assert read(run("retention show --json"))["records"]["days"] == 365
    due = read(run("retention due --json"))
    assert (due["records"][0]["blocked"], due["records"][0]["unfiled"]) == ("not-filed", [episode])
    assert f"retention file {episode}" in run("retention purge --dry-run").stdout
    filed = read(run(f"retention file {episode} --receipt LCS-4711 --json"))
    assert filed["episode"] == episode
    assert read(run("retention purge --dry-run --json"))["records"][0]["blocked"] is None
    assert read(run("retention purge --json"))["purged"]["records"] == 1
    assert run(f"rights export {child} --who a.worker").exit_code == 1


def test_a_wrong_file_of_ones_own_is_refused_with_its_name(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Before anything is deleted by it."""
    own = tmp_path / "own.yaml"
    own.write_text("classes: {}")
    monkeypatch.setenv("STARLING_RETENTION_FILE", str(own))
    refused = run("retention show")
    assert refused.exit_code == 1
    assert "own.yaml" in refused.stderr
