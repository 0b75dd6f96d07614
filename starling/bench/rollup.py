"""Measures how millions of answers become the tables of figures, beside DuckDB on the same answers.

It writes into databases of its own only. Each side is timed in a process of its own, so that the
memory of one is not taken for that of another, and they take turns, as the machine gets faster and
slower.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final, TypeVar

from starling.bench.answered import make_up
from starling.bench.grounds import Database, open_database
from starling.bench.own_server import own_server
from starling.bench.rollup_load import (
    Load,
    check,
    fill_duckdb,
    fill_postgresql,
    fill_sqlite,
    name_everybody,
)
from starling.bench.rollup_sides import FORMS, Side, roll_up_pairs, scan
from surveys.catalogue import load_catalogue

T = TypeVar("T")
Say = Callable[[str], object]

TARGETS: Final = {"ratio": 2.5}
KINDS: Final = ("sqlite", "postgresql")

_NOTES: Final = (
    """
answers: to single questions; every support episode has five moments, all within the financial year
  whose release is rolled up; young people answer eight questions, carers four
duckdb: first and last value, change and rise by question, commissioner and quarter, from a file of
  its own with one row an answer, on all cores: by the plain way (arg_min and arg_max by day), and
  by the quick one, where day and value are one number and first and last its least and greatest
roll_up: from opening the connection to the counts of every table of questions of the catalogue, by
  commissioner, quarter, age and strand, from the rows that the answers' own transactions keep
ratio: the median over the rounds of our seconds over DuckDB's plain ones, each beside its neighbour
cpu_seconds, peak_memory_mb: of the process that asks, without the database server
""".strip()
    .replace("\n  ", " ")
    .split("\n")
)


class SumsDiffer(Exception):
    """The two sides did not find the same people: a figure would be worth nothing."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is measured; `server` is the address of a PostgreSQL server to use.

    Without one a server is started where PostgreSQL is installed.
    """

    answers: int = 10_000_000
    kinds: tuple[str, ...] = KINDS
    rounds: int = 3
    server: str | None = None


async def measure(wanted: Wanted, say: Say) -> dict[str, Any]:
    """Measure and return everything that the command prints; `say` is told how far it is.

    Raises SettingsRefused for a server that cannot be used, NoServer where none can be started, and
    SumsDiffer.
    """
    with tempfile.TemporaryDirectory(prefix="starling-bench-") as folder:
        file = str(Path(folder) / "raw.duckdb")
        load, made = _timed(lambda: _make_up(wanted.answers))
        say(f"made up {load.made_up.count} answers")
        items, scanned = _timed(lambda: fill_duckdb(file, load))
        say("duckdb: filled")
        report: dict[str, Any] = {
            "load": asdict(wanted) | {"server": None, "answers": load.made_up.count},
            "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
            "pairs": sum(len(people) for people in load.people),
            "preparing_s": {"made_up": made, "duckdb": scanned},
        }
        for kind in wanted.kinds:
            async with _database(kind, wanted.server) as database:
                _, report["preparing_s"][kind] = _timed(lambda: _fill(database, load))
                say(f"{kind}: filled")
                report[kind] = _Rounds(file, list(items), database.url, say).run(wanted.rounds)
    return {**report, "targets": TARGETS, "notes": _NOTES}


def _make_up(answers: int) -> Load:
    catalogue = load_catalogue()
    instruments = (catalogue.latest("star"), catalogue.latest("carer-star"))
    load = name_everybody(make_up(answers, *instruments), instruments)
    check(load)
    return load


@asynccontextmanager
async def _database(kind: str, server: str | None) -> AsyncIterator[Database]:
    if kind == "sqlite":
        async with open_database(None) as database:
            yield database
    elif server is not None:
        async with open_database(server) as database:
            yield database
    else:
        with own_server() as address:
            async with open_database(address) as database:
                yield database


def _fill(database: Database, load: Load) -> None:
    fill = fill_sqlite if database.kind == "sqlite" else fill_postgresql
    fill(database.url, database.plain, load)


@dataclass(frozen=True, slots=True)
class _Rounds:
    """Runs both sides in turn on the same answers."""

    file: str
    items: list[str]
    url: str
    say: Say

    def run(self, rounds: int) -> dict[str, Any]:
        """Run so many rounds and sum them up."""
        ours: list[Side] = []
        theirs: dict[str, list[Side]] = {form: [] for form in FORMS}
        for number in range(1, rounds + 1):
            for form in FORMS:
                theirs[form].append(_apart(scan, self.file, form, self.items))
            ours.append(_apart(roll_up_pairs, self.url))
            scans = [each[-1] for each in theirs.values()]
            _compare(ours[-1], scans)
            self.say(
                f"round {number} of {rounds}: {ours[-1].seconds:.2f} s, "
                f"duckdb {' and '.join(f'{each.seconds:.2f} s' for each in scans)}"
            )
        plain, quick = (_ratio(ours, theirs[form]) for form in FORMS)
        return {
            "ratio": plain,
            "ratio_to_quick": quick,
            "roll_up": _summed_up(ours),
            "duckdb": {form: _summed_up(sides) for form, sides in theirs.items()},
            "sums_compared": len(ours[0].sums),
        }


def _ratio(ours: Sequence[Side], theirs: Sequence[Side]) -> float:
    pairs = zip(ours, theirs, strict=True)
    return round(median(one.seconds / other.seconds for one, other in pairs), 2)


def _apart(work: Callable[..., T], *arguments: object) -> T:
    """Run work in a new process that nothing was done in before."""
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawned) as pool:
        return pool.submit(work, *arguments).result()


def _compare(ours: Side, scans: Sequence[Side]) -> None:
    """Raise SumsDiffer unless everybody whom we count, and each change, is found by each scan."""
    for each in scans:
        there = {name: each.sums.get(name, 0) for name in ours.sums}
        if not ours.sums or there != ours.sums:
            raise SumsDiffer


def _summed_up(sides: Sequence[Side]) -> dict[str, float]:
    return {
        "seconds": round(median(each.seconds for each in sides), 3),
        "cpu_seconds": round(median(each.cpu_seconds for each in sides), 3),
        "peak_memory_mb": max(each.peak_mb for each in sides),
    }


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    found = work()
    return found, round(time.perf_counter() - began, 1)
