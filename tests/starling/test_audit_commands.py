"""The audit on the command line: proven, listed, and its head kept outside the database."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from starling import compose, rounds
from starling.anchors import AnchorsRefused, add_anchor, read_anchors
from starling.settings import Settings
from storage import chain, tables
from storage.chain import End
from storage.database import run_once
from tests.storage.rooms import NOW
from tests.support.callers import Place, open_support
from tests.support.command_line import OPEN, Run, read
from usecases.auditing import Anchor, AnchorKind, is_due, verify


def note_three(run: Run) -> None:
    for number in range(3):
        assert run(f"{OPEN} --case T-{number}").exit_code == 0


def test_an_audit_that_nobody_touched_is_whole(run: Run) -> None:
    note_three(run)
    assert "The audit is whole." in run("audit verify").stdout
    told = read(run("audit verify --json"))
    assert (told["whole"], told["lines"], told["wrong"]) == (True, 3, [])


def test_a_changed_line_is_named_and_the_command_says_no(run: Run, sqlite_url: str) -> None:
    note_three(run)
    line = read(run("audit list --json"))[1]["id"]
    change = update(tables.audit).where(tables.audit.c.id == line).values(who="somebody.else")
    run_once(sqlite_url, lambda connection: connection.execute(change))
    told = run("audit verify")
    assert told.exit_code == 1
    assert f"Line {line} (" in told.stderr
    as_json = run("audit verify --json")
    assert as_json.exit_code == 1
    assert [each["line"] for each in json.loads(as_json.stdout)["wrong"]] == [line]


def test_the_end_cut_off_with_its_head_set_back_is_found_by_the_head_outside(
    run: Run, sqlite_url: str
) -> None:
    note_three(run)
    earlier = read(run("audit head --json"))["end"]
    assert run(f"{OPEN} --case T-4").exit_code == 0
    assert run("audit head --write").exit_code == 0

    def forge(connection: Any) -> None:
        end = End(earlier["last"], earlier["count"], bytes.fromhex(earlier["digest"]))
        connection.execute(delete(tables.audit).where(tables.audit.c.id > earlier["last"]))
        head = update(tables.marks).where(tables.marks.c.name == chain.HEAD)
        connection.execute(head.values(value=end.written()))

    run_once(sqlite_url, forge)
    told = run("audit verify")
    assert told.exit_code == 1
    assert "outside the database" in told.stderr


def with_a_head_outside(run: Run) -> Path:
    """Let there be three lines and a head of them outside; return its file."""
    note_three(run)
    assert run("audit head --write").exit_code == 0
    return Path("audit-heads.log").absolute()


def take_away(url: str, *names: str, lines: bool = False) -> None:
    """Delete marks of the audit from the database, and all its lines."""

    def work(connection: Any) -> None:
        connection.execute(delete(tables.marks).where(tables.marks.c.name.in_(names)))
        if lines:
            connection.execute(delete(tables.audit))

    run_once(url, work)


def test_an_audit_that_was_taken_away_as_a_whole_is_missed(run: Run, sqlite_url: str) -> None:
    with_a_head_outside(run)
    take_away(sqlite_url, chain.HEAD, chain.KEY, "identity", lines=True)
    told = run("audit verify")
    assert told.exit_code == 1
    assert "heads outside are of another database" in told.stderr
    assert "starling audit adopt" in told.stderr
    note_three(run)
    assert run("audit head --write").exit_code == 0, "a new beginning, as the service writes it"
    assert run("audit verify").exit_code == 1


def test_whoever_only_writes_to_the_database_cannot_give_it_another_name(
    run: Run, sqlite_url: str
) -> None:
    with_a_head_outside(run)
    named = tables.marks.insert().values(name="identity", value="another")
    run_once(sqlite_url, lambda connection: connection.execute(named))
    assert read(run("audit verify --json"))["heads_compared"] == 1
    take_away(sqlite_url, chain.KEY)
    assert run("audit verify").exit_code == 1


def older_by_days(monkeypatch: pytest.MonkeyPatch) -> None:
    later = compose.clock() + timedelta(days=2)
    monkeypatch.setattr(compose, "clock", lambda: later)


def test_lines_of_days_without_any_head_outside_are_wrong(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = with_a_head_outside(run)
    file.unlink()
    assert run("audit verify").exit_code == 0, "on the first day none is written yet"
    older_by_days(monkeypatch)
    told = run("audit verify")
    assert told.exit_code == 1
    assert "no head of them outside" in told.stderr
    file.write_text("")
    assert run("audit verify").exit_code == 1


def test_who_moves_a_database_on_purpose_says_so_and_is_named(run: Run, sqlite_url: str) -> None:
    file = with_a_head_outside(run)
    take_away(sqlite_url, chain.HEAD, chain.KEY, lines=True)
    note_three(run)
    assert run("audit adopt").exit_code == 2
    assert run("audit adopt --who a.worker").exit_code == 1, "without a yes nothing is done"
    assert run("audit verify").exit_code == 1
    assert run("audit adopt --who a.worker --yes").exit_code == 0
    told = read(run("audit verify --json"))
    assert (told["whole"], told["heads_left_behind_by_restores"]) == (True, 1)
    (line,) = read(run("audit list --who a.worker --json"))
    assert line["did"] == "took over the audit as it is"
    assert len(file.read_text().splitlines()) == 2, "nothing is ever taken out of it"


def test_lines_are_listed_and_narrowed(run: Run) -> None:
    note_three(run)
    assert len(run("audit list --most 2").stdout.splitlines()) == 2
    assert read(run("audit list --who nobody.here --json")) == []
    assert "no such line" in run("audit list --since 2030-01-01").stdout


def anchor(number: int, identity: str = "one") -> Anchor:
    end = End(number, number, bytes([number]) * 32)
    return Anchor(identity, NOW + number * timedelta(hours=12), AnchorKind.HEAD, end)


def test_heads_outside_are_only_ever_added(tmp_path: Path) -> None:
    file = tmp_path / "var" / "audit-heads.log"
    for number in (1, 2, 3):
        add_anchor(file, anchor(number))
    assert read_anchors(file) == [anchor(1), anchor(2), anchor(3)]
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_head_is_due_once_a_day_for_each_database(tmp_path: Path) -> None:
    first, same_day, next_day = anchor(0), anchor(0), anchor(1)
    assert is_due([], first)
    assert not is_due([first], same_day)
    assert is_due([first], next_day)
    assert is_due([first], anchor(0, identity="other"))
    assert read_anchors(tmp_path / "none.log") == []


def test_a_spoilt_line_outside_is_named(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "audit-heads.log"
    add_anchor(file, anchor(1))
    file.write_text(file.read_text() + "spoilt\n")
    with pytest.raises(AnchorsRefused, match="line 2"):
        read_anchors(file)
    told = run("audit verify")
    assert told.exit_code == 1
    assert "line 2" in told.stderr


async def test_a_running_service_writes_the_head_outside_once_a_day(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(sqlite_url)
    monkeypatch.setattr(rounds, "clock", lambda: place.now)
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'starling.db'}")
    async with place.open() as service:
        await rounds._remember_audit(settings, service)
        assert read_anchors(settings.audit_heads_file) == []
        for case, wait in (("T-1", 0), ("T-2", 3), ("T-3", 24)):
            place.forward(timedelta(hours=wait))
            await open_support(place, service, case)
            await rounds._remember_audit(settings, service)
        written = read_anchors(settings.audit_heads_file)
        assert [each.end.count for each in written] == [1, 3]
        assert (await verify(service, written, place.now)).anchors == 2
