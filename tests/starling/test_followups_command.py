"""`starling followups`: the board on the command line, and the sweep that exits with 1."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, insert, update

from storage import tables
from tests.support.command_line import OPEN, Run, read

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Rows:
    """Puts rows into the database behind the back of the commands."""

    def __init__(self, url: str) -> None:
        """Take the address of a database with all tables."""
        self._engine = create_engine(url)

    def do(self, statement: Any) -> None:
        """Run one statement and commit."""
        with self._engine.begin() as connection:
            connection.execute(statement)
        self._engine.dispose()

    def somebody(self, run: Run, case: str, worker: str | None = "Mo") -> str:
        """A carer who has joined; return the support episode."""
        episode: str = read(run(f"{OPEN} --case {case} --json"))["episode"]
        named = update(tables.support_episodes).where(tables.support_episodes.c.id == episode)
        self.do(named.values(worker=worker))
        self.do(
            insert(tables.participants).values(
                id=f"who-{case}", key=f"key-{case}", role="carer", age_band="adult",
                status="joined", at_most_days=1, wrapped_key=b"", made_at=NOW, joined_at=NOW,
            )
        )  # fmt: skip
        self.do(
            insert(tables.participations).values(
                participant_id=f"who-{case}", episode_id=episode, since=NOW
            )
        )
        return episode

    def due(self, case: str, episode: str, due_at: datetime, **changes: Any) -> None:
        """An asking of theirs."""
        row = {
            "id": f"due-{case}", "participant_id": f"who-{case}", "participant_key": f"key-{case}",
            "episode_id": episode, "episode_key": "key", "role": "carer",
            "instrument": "carer-star", "wave": "review", "round": 1, "rhythm": "direct-work",
            "state": "planned", "local_time": "2026-09-22T16:00", "zone": "Europe/London",
            "due_at": due_at, "window_ends_at": due_at + 21 * DAY, "next_at": due_at,
            "reminders": 0,
        }  # fmt: skip
        self.do(insert(tables.occasions).values({**row, **changes}))

    def quiet(self, case: str, episode: str) -> None:
        """That they have gone quiet."""
        self.do(
            insert(tables.silences).values(
                id=f"fact-{case}", participant_id=f"who-{case}", participant_key=f"key-{case}",
                episode_id=episode, episode_key="key", kind="disengaged", at=NOW - DAY,
            )
        )  # fmt: skip


@pytest.fixture
def kept(sqlite_url: str) -> Rows:
    return Rows(sqlite_url)


def test_an_empty_board_says_so(run: Run) -> None:
    said = run("followups list").stdout
    assert "due-today: 0  late: 0  answered: 0  quiet: 0" in said
    assert "There is nothing on the list due-today." in said
    assert read(run("followups list --json"))["rows"] == []


def test_what_is_late_is_listed_by_support_and_worker(run: Run, kept: Rows) -> None:
    for case, worker in (("T-1", "Mo"), ("T-2", "Ada"), ("T-3", None)):
        kept.due(case, kept.somebody(run, case, worker), NOW - 3 * DAY)
    said = run("followups list --late").stdout
    assert "T-1 carer who-T-1  carer-star review 1  theraplay  Mo  due " in said
    assert "not asked yet; should have been looked at" in said
    found = read(run("followups list --late --worker Ada --json"))
    assert [(row["case"], row["half_done"]) for row in found["rows"]] == [("T-2", False)]
    assert found["totals"]["late"] == 1
    assert [
        row["case"] for row in read(run("followups list --late --worker - --json"))["rows"]
    ] == ["T-3"]
    assert read(run("followups list --late --intervention ddp --json"))["rows"] == []


def test_answers_are_listed_without_their_content(run: Run, kept: Rows) -> None:
    kept.due(
        "T-1", kept.somebody(run, "T-1"), NOW - 3 * DAY, state="part-answered", next_at=None,
        offered_at=NOW - 3 * DAY, ended_at=NOW - DAY,
    )  # fmt: skip
    (row,) = read(run("followups list --answered --json"))["rows"]
    assert (row["state"], row["half_done"]) == ("part-answered", True)
    assert "answered in part" in run("followups list --answered").stdout


def test_who_has_gone_quiet_is_listed_with_what_to_do(run: Run, kept: Rows) -> None:
    kept.quiet("T-1", kept.somebody(run, "T-1"))
    (row,) = read(run("followups list --quiet --json"))["rows"]
    assert (row["case"], row["kind"], row["worker"]) == ("T-1", "disengaged", "Mo")
    assert "does the support go on" in run("followups list --quiet").stdout


def test_only_one_list_is_shown(run: Run) -> None:
    refused = run("followups list --late --quiet")
    assert refused.exit_code == 1
    assert "Choose one list" in refused.stderr


def test_a_kind_of_support_that_does_not_exist_is_refused_not_found_empty(run: Run) -> None:
    refused = run("followups list --intervention therapley")
    assert refused.exit_code == 1
    assert "Use one of: " in refused.stderr
    assert "theraplay" in refused.stderr
    assert run("followups list --intervention theraplay").exit_code == 0


def test_fifty_rows_are_shown_and_the_way_to_more_is_told(run: Run, kept: Rows) -> None:
    episode = kept.somebody(run, "T-1")
    for number in range(55):
        kept.due("T-1", episode, NOW - 3 * DAY, id=f"due-{number}", round=number)
    said = run("followups list --late").stdout
    assert "There is more: starling followups list --late --from 50" in said
    found = read(run("followups list --late --from 50 --json"))
    assert (len(found["rows"]), found["next_from"]) == (5, None)


def test_a_sweep_without_a_difference_ends_well(run: Run) -> None:
    result = run("followups sweep")
    assert (result.exit_code, result.stdout) == (
        0,
        "0 of 0 that should have been sent were sent.\n",
    )


def test_a_sweep_with_a_difference_names_it_and_exits_with_one(run: Run, kept: Rows) -> None:
    kept.due("T-1", kept.somebody(run, "T-1"), NOW - 10 * DAY)
    result = run("followups sweep")
    assert result.exit_code == 1
    assert "not-looked-at: due-T-1" in result.stdout
    assert "1 were not sent" in result.stderr
    result = run("followups sweep --json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert (found["should"], found["was"]) == (1, 0)
    assert found["missing"] == {"not-looked-at": ["due-T-1"]}
    assert "1 were not sent: starling followups sweep" in run("followups list").stdout
    assert read(run("followups list --json"))["sweep"]["should"] == 1
