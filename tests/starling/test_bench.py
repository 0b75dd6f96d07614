"""The measurement prints what it promises, on a tiny load; how quick it was is nobody's promise."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from starling.bench.figures import Round, percentile, ratio, shares, summed_up
from starling.bench.stages import STAGES
from starling.bench.stopwatch import Seam, Stopwatch
from tests.support.postgres import Server
from tests.support.tracked import PROJECT

SIDE = {"cpu_ms_per_{}", "p50_ms", "p99_ms", "{}s_per_second"}
TINY = ("--answers", "8", "--people", "5", "--at-once", "3", "--rounds", "2")


def measure(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the command where the settings name a database that must stay untouched."""
    return subprocess.run(
        [sys.executable, "-m", "starling", "bench", "answer", *TINY, *more],
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


def names(side: str) -> set[str]:
    return {name.format(side) for name in SIDE}


def check_report(report: dict[str, Any], kind: str) -> None:
    assert report["load"]["database"] == kind
    assert report["load"]["people_kept"] == 5
    assert report["load"]["runs_finished"] == 0
    assert report["load"]["answers"] == {"one_at_a_time": 14, "at_once": 42}
    for mode in ("one_at_a_time", "at_once"):
        ours, floor = report["answer"][mode], report["floor"][mode]
        assert set(ours) == names("answer") | {"stages"}
        assert set(floor) == names("update")
        assert set(ours["stages"]["of_cpu"]) == {*STAGES, "other"}
        assert all(value > 0 for name, value in {**ours, **floor}.items() if name != "stages")
        assert all(share >= 0 for share in ours["stages"]["of_cpu"].values())
        assert ours["stages"]["of_cpu"]["commit"] > 0
        assert report[f"cpu_ratio_{mode}"] > 0
    assert set(report["answer"]["one_at_a_time"]["stages"]["of_waiting"]) == {*STAGES, "other"}
    assert report["peak_memory_mb"] > 50
    assert report["targets"] == {"cpu_ratio_one_at_a_time": 1.5, "cpu_ratio_at_once": 1.0}


def test_the_command_prints_every_figure_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = measure(tmp_path)
    assert done.returncode == 0, done.stderr
    check_report(json.loads(done.stdout), "sqlite")
    assert "round 2 of 2" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.postgres
def test_it_measures_on_a_server_in_a_database_of_its_own(
    tmp_path: Path, postgres_server: Server
) -> None:
    done = measure(tmp_path, "--database-url", postgres_server.url)
    assert done.returncode == 0, done.stderr
    check_report(json.loads(done.stdout), "postgresql")
    assert "starling_bench" not in databases(postgres_server)


def databases(server: Server) -> str:
    import psycopg  # noqa: PLC0415 - only this test asks the server itself

    with psycopg.connect(server.url.replace("+psycopg", "")) as connection:
        return str(connection.execute("select datname from pg_database").fetchall())


SMALL = (
    "--occasions", "30", "--episodes", "3", "--limited-seconds", "0.5", "--children", "60",
)  # fmt: skip


def measure_dispatch(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the other measurement where the settings name a database that must stay untouched."""
    return subprocess.run(
        [sys.executable, "-m", "starling", "bench", "dispatch", *SMALL, *more],
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


def check_dispatched(found: dict[str, Any]) -> None:
    assert found["cpu_ratio"] > 0
    for side in ("dispatch", "floor", "a_tenth"):
        assert {"per_second", "cpu_ms_each"} <= set(found[side])
        assert all(value > 0 for value in found[side].values())
    assert set(found["peak_memory_mb"]) == {"a_tenth", "all"}


def test_dispatching_is_measured_beside_a_bare_claim_and_leaves_nothing_behind(
    tmp_path: Path,
) -> None:
    done = measure_dispatch(tmp_path, "--only-sqlite")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    check_dispatched(report["sqlite"])
    assert report["limited"]["permitted_per_second"] == 30
    assert 0 < report["limited"]["busiest_second"] <= 33
    assert report["lateness"]["left"] == report["lateness"]["due_at_once"] > 0
    assert report["lateness"]["left_after"]["p50_s"] <= report["lateness"]["left_after"]["most_s"]
    assert set(report["planning"]) == {"seconds", "cpu_ms_per_episode"}
    assert report["targets"]["cpu_ratio"] == 3.0
    assert "postgresql" not in report
    assert "dispatched 30" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.postgres
def test_dispatching_is_measured_on_a_server_with_one_process_and_with_two(
    tmp_path: Path, postgres_server: Server
) -> None:
    done = measure_dispatch(tmp_path, "--database-url", postgres_server.url)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    check_dispatched(report["postgresql"])
    assert report["workers"]["ratio"] > 0
    assert "starling_bench" not in databases(postgres_server)


def test_an_address_that_is_no_server_is_refused_in_a_sentence(tmp_path: Path) -> None:
    done = measure(tmp_path, "--database-url", "sqlite:///real.db")
    assert (done.returncode, done.stdout) == (1, "")
    assert "--database-url takes the address of a PostgreSQL server" in done.stderr


# --- the arithmetic -------------------------------------------------------------------------------


def rounds(*cpu_ms: float) -> Sequence[Round]:
    return [Round(10, 2.0, cpu / 100, [0.001 * n for n in range(1, 11)]) for cpu in cpu_ms]


def test_a_ratio_compares_each_round_with_its_neighbour_only() -> None:
    assert ratio(rounds(3, 30, 6), rounds(2, 10, 4)) == 1.5


def test_rounds_are_summed_up_by_their_median_and_waits_by_percentiles() -> None:
    assert summed_up(rounds(1, 9, 2), "answer") == {
        "answers_per_second": 5.0,
        "cpu_ms_per_answer": 2.0,
        "p50_ms": 5.0,
        "p99_ms": 10.0,
    }


@pytest.mark.parametrize(("percent", "expected"), [(1, 1), (50, 2), (75, 3), (99, 4), (100, 4)])
def test_a_percentile_is_a_value_that_occurred(percent: int, expected: int) -> None:
    assert percentile([1, 2, 3, 4], percent) == expected


def test_shares_keep_what_belongs_to_no_stage() -> None:
    assert shares({"a": 30, "b": 50}, 100, ("a", "b", "c")) == {
        "a": 0.3,
        "b": 0.5,
        "c": 0.0,
        "other": 0.2,
    }


# --- the stopwatch --------------------------------------------------------------------------------


class Work:
    """Something with a part inside a part."""

    def outer(self) -> int:
        """Work, and let another part work."""
        spin()
        return self.inner() + 1

    def inner(self) -> int:
        """Work alone."""
        spin()
        return 1

    async def waits(self) -> int:
        """Work on the event loop."""
        spin()
        return 2


class Derived(Work):
    """Has everything from somewhere else."""


def spin() -> None:
    sum(range(20_000))


def test_each_moment_belongs_to_the_innermost_stage_only() -> None:
    watch = Stopwatch()
    with watch.watching([Seam("a", Work, "outer"), Seam("b", Work, "inner")]):
        assert Work().outer() == 2
    assert set(watch.cpu) == {"a", "b"}
    assert 0.2 < watch.cpu["a"] / watch.cpu["b"] < 5


async def test_a_coroutine_is_watched_while_it_runs() -> None:
    watch = Stopwatch()
    with watch.watching([Seam("a", Work, "waits")]):
        assert await Work().waits() == 2
    assert watch.cpu["a"] > 0


async def test_everything_is_as_it_was_when_the_watching_ends() -> None:
    outer, waits = Work.outer, Work.waits
    seams = [Seam("a", Work, "outer"), Seam("a", Derived, "waits")]
    with Stopwatch().watching(seams):
        assert Work.outer is not outer
    assert (Work.outer, Work.waits) == (outer, waits)
    assert "waits" not in vars(Derived)
    assert await Derived().waits() == 2
