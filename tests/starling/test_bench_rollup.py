"""The roll-up's measurement prints what it promises and counts the same people on every side."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from starling.bench import rollup_load
from starling.bench.answered import QUESTIONS, make_up
from starling.bench.rollup import SumsDiffer, _compare
from starling.bench.rollup_sides import FORMS, Side
from storage.pairs import worked_out
from tests.support.callers import the_catalogue
from tests.support.postgres import Server
from tests.support.tracked import PROJECT

INSTRUMENTS = (the_catalogue().latest("star"), the_catalogue().latest("carer-star"))


def measure(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the command where the settings name a database that must stay untouched."""
    return subprocess.run(
        [sys.executable, "-m", "starling", "bench", "rollup", "--answers", "4000", *more],
        cwd=PROJECT,
        env={
            "PATH": os.environ["PATH"],
            "TMPDIR": str(folder),
            "STARLING_DATABASE_URL": f"sqlite:///{folder / 'real.db'}",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def check_side(found: dict[str, Any]) -> None:
    assert found["ratio"] > 0
    assert found["ratio_to_quick"] > 0
    for side in (found["roll_up"], *(found["duckdb"][form] for form in FORMS)):
        assert set(side) == {"seconds", "cpu_seconds", "peak_memory_mb"}
        assert all(value > 0 for value in side.values())
    # Eight questions with three sums each, two with two: by commissioner and quarter. In so few
    # answers some sums have nobody.
    assert 280 <= found["sums_compared"] <= (8 * 3 + 2 * 2) * 3 * 4


def test_sqlite_is_measured_and_nothing_is_left_behind(tmp_path: Path) -> None:
    done = measure(tmp_path, "--database", "sqlite", "--rounds", "1")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    check_side(report["sqlite"])
    assert "postgresql" not in report
    assert (report["load"]["answers"], report["pairs"]) == (4000, 140)
    assert report["targets"] == {"ratio": 2.5}
    assert "round 1 of 1" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.postgres
def test_a_server_is_measured_in_a_database_of_its_own(
    tmp_path: Path, postgres_server: Server
) -> None:
    given = ("--database", "postgres", "--database-url", postgres_server.url, "--rounds", "1")
    done = measure(tmp_path, *given)
    assert done.returncode == 0, done.stderr
    check_side(json.loads(done.stdout)["postgresql"])


def test_another_kind_of_database_is_refused(tmp_path: Path) -> None:
    done = measure(tmp_path, "--database", "mysql")
    assert done.returncode == 2
    assert "write sqlite or postgres" in done.stderr


def test_there_are_as_many_answers_as_were_wanted_and_the_same_ones_every_time() -> None:
    made_up, again = (make_up(10_000, *INSTRUMENTS) for _ in range(2))
    assert made_up.count == 10_000
    assert len(made_up.opened) == 10_000 // (5 * QUESTIONS)
    for one, other in zip(made_up.answers, again.answers, strict=True):
        assert np.array_equal(one.values, other.values)
        assert np.array_equal(one.days, other.days)
        assert (one.values.min(), one.values.max()) == (1, 5)


def test_rows_that_the_answers_would_not_have_left_are_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load = rollup_load.name_everybody(make_up(1_000, *INSTRUMENTS), INSTRUMENTS)
    rollup_load.check(load)
    monkeypatch.setattr(
        rollup_load, "worked_out", lambda found, items: worked_out(list(found)[1:], items)
    )
    with pytest.raises(rollup_load.PairsDiffer):
        rollup_load.check(load)


def test_sides_that_counted_other_people_are_noticed() -> None:
    ours = Side({"feelings other Q1 rose": 3}, 1.0, 1.0, 1.0)
    theirs = replace(ours, sums={**ours.sums, "relationship other Q1 rose": 1})
    _compare(ours, [theirs])
    for wrong in ({"feelings other Q1 rose": 2}, {}):
        with pytest.raises(SumsDiffer):
            _compare(ours, [theirs, replace(ours, sums=wrong)])
    with pytest.raises(SumsDiffer):
        _compare(replace(ours, sums={}), [theirs])
