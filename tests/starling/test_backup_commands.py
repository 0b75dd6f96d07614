"""Backups on the command line: made, tried out, brought back, and refused where they are spoilt."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.support.command_line import OPEN, Run, read


@pytest.fixture
def made(run: Run) -> str:
    """A backup of one support episode; its file."""
    assert run(f"{OPEN} --case T-1").exit_code == 0
    return str(read(run("backup --to copies --json"))["file"])


_opened: list[str] = []
_watching: list[bool] = []
_TO_WRITE = os.O_WRONLY | os.O_RDWR


def _look(event: str, given: tuple[object, ...]) -> None:
    """Note every database that is opened, and every file that is opened to be written."""
    if not _watching:
        return
    writes = event == "open" and isinstance(given[2], int) and given[2] & _TO_WRITE
    if event == "sqlite3.connect" or writes:
        _opened.append(str(given[0]))


sys.addaudithook(_look)


def test_a_backup_is_tried_out_and_not_even_for_a_moment_is_there_a_file(
    run: Run, made: str, tmp_path: Path
) -> None:
    """What a backup holds is plain in a database: killed half-way, it must be in none on a disk."""
    before = sorted(tmp_path.rglob("*"))
    _watching.append(True)
    told = run("restore --from copies --verify")
    _watching.clear()
    assert _opened
    assert all("mode=memory" in each for each in _opened), _opened
    assert told.exit_code == 0, told.output
    assert "can be restored" in told.stdout
    assert sorted(tmp_path.rglob("*")) == before
    assert read(run(f"restore --from {made} --verify --json"))["good"]


def test_a_backup_is_brought_back_into_an_empty_database_only(
    run: Run, made: str, tmp_path: Path
) -> None:
    told = run("restore --from copies")
    assert told.exit_code == 1
    assert "not empty" in told.stderr
    second = {"STARLING_DATABASE_URL": f"sqlite:///{tmp_path / 'second.db'}"}
    told = run(f"restore --from {made}", **second)
    assert told.exit_code == 0, told.output
    assert "Restored" in told.stdout
    assert [each["case"] for each in read(run("episode list --json", **second))] == ["T-1"]
    assert run("audit verify", **second).exit_code == 0
    assert "restored" in (tmp_path / "audit-heads.log").read_text()


def test_a_spoilt_backup_or_another_key_is_refused_and_no_database_is_made(
    run: Run, made: str, tmp_path: Path
) -> None:
    second = {"STARLING_DATABASE_URL": f"sqlite:///{tmp_path / 'second.db'}"}
    other = {"STARLING_BACKUP_KEY": "b3RoZXIta2V5LW90aGVyLWtleS1vdGhlci1rZXktMDA="}
    told = run(f"restore --from {made}", **second, **other)
    assert told.exit_code == 1
    assert "backup key is another" in told.stderr
    Path(made).write_bytes(Path(made).read_bytes()[:-20])
    told = run(f"restore --from {made} --verify", **second)
    assert told.exit_code == 1
    assert "cut short" in told.stderr
    assert not (tmp_path / "second.db").exists()


def test_a_new_backup_key_is_told_of_once_and_never_made_beside_older_backups(
    run: Run, tmp_path: Path
) -> None:
    assert run(f"{OPEN} --case T-1").exit_code == 0
    assert "A backup key was made" in run("backup --to copies").stderr
    assert "A backup key was made" not in run("backup --to copies").stderr
    (tmp_path / "backup.key").unlink()
    assert run("backup --to copies").exit_code == 1
    assert not (tmp_path / "backup.key").exists()


def test_a_folder_without_a_backup_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    told = run("restore --from copies --verify", STARLING_BACKUP_KEY="b" * 43 + "=")
    assert told.exit_code == 1
    assert "no backup" in told.stderr
