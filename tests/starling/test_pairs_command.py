"""What is kept beside answers can be worked out anew from the command line."""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import Connection, insert, select

from storage import tables
from storage.database import read_once, run_once
from tests.storage.rooms import NOW
from tests.support.callers import the_catalogue
from tests.support.command_line import Run, read

STAR = the_catalogue().latest("star")


def answer(connection: Connection) -> None:
    """Leave an answer beside which nothing is kept."""
    definition = (STAR.digest, STAR.id, STAR.version, STAR.model_dump_json(), NOW)
    connection.execute(insert(tables.definitions).values(definition))
    seen = ("seen", "some-support", "x", "young-person", "star", 1, "start", date(2026, 9, 1))
    row = (*seen, True, json.dumps({"feelings": 2}))
    connection.execute(insert(tables.observations).values(row))


def test_rebuilding_says_how_far_it_is_and_what_came_of_it(run: Run, sqlite_url: str) -> None:
    run_once(sqlite_url, answer)
    done = run("pairs rebuild")
    assert done.exit_code == 0, done.output
    assert done.stdout == "Rows kept beside the answers: 1.\n"
    assert "1 of 1 support episodes" in done.stderr
    assert read(run("pairs rebuild --json")) == {"rows": 1}
    rows = read_once(sqlite_url, lambda work: work.execute(select(tables.pairs)).all())
    assert [row.episode_key for row in rows] == ["some-support"]
