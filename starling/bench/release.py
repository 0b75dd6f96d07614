"""Measures what one quarter's whole release costs, and how much is withheld beside the least.

It publishes nothing: figures of made-up people are made and thrown away.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from outcomes.compiling import make
from outcomes.episode import Audience
from outcomes.figures import Symbol
from outcomes.formats.bundle import files_of
from outcomes.ledger import Entry
from outcomes.protection.policy import policy_named
from outcomes.quarter import Quarter
from starling.bench.figures import peak_megabytes
from starling.bench.service import THEMES, Service
from starling.bench.withholding import compare

_QUARTER = Quarter(2025, 2)
_FIRST = date(2024, 4, 1)


@dataclass(frozen=True, slots=True)
class Load:
    """How large the made-up service is, and how many small tables are searched exactly."""

    a_year: int
    seed: int
    policy: str
    tables: int


def measure(load: Load, say: Callable[[str], None]) -> dict[str, object]:
    """Make one quarter's release with an earlier one in the ledger; return what it took."""
    policy = policy_named(load.policy)
    facts = Service(_FIRST, date(2026, 3, 31), load.a_year, load.seed).facts()
    before = Quarter(_QUARTER.starts, _QUARTER.number - 1)
    say("the quarter before")
    earlier = make(facts, before, policy, compiled_on=before.freeze_date, ledger=(), themes=THEMES)
    say("the quarter that is measured")
    began, cpu = time.perf_counter(), time.process_time()
    made = make(
        facts,
        _QUARTER,
        policy,
        compiled_on=_QUARTER.freeze_date,
        ledger=(earlier.ledger,),
        themes=THEMES,
        progress=say,
    )
    compiled = time.perf_counter() - began
    files = [each for audience in Audience for each in files_of(made.release, audience)]
    whole, spent = time.perf_counter() - began, time.process_time() - cpu
    shown = Entry.from_bytes(made.ledger).published.counts
    result: dict[str, object] = {
        "children_a_year": load.a_year,
        "policy": load.policy,
        "seconds": round(whole, 2),
        "seconds_without_files": round(compiled, 2),
        "cpu_seconds": round(spent, 2),
        "peak_megabytes": round(peak_megabytes()),
        "cells": len(shown),
        "cells_withheld": sum(each is None for each in shown.values()),
        "figures": len(made.release.figures),
        "figures_withheld": sum(
            Symbol.WITHHELD in (each.numerator, each.percent, each.change_mean)
            for each in made.release.figures
        ),
        "coarsened": list(made.release.coarsened),
        "files": len(files),
        "bytes_of_files": sum(len(each.content) for each in files),
        "bytes_of_certificate": len(made.certificate),
    }
    if load.tables:
        say("small tables, searched exactly")
        result["withheld_beside_the_least"] = compare(seeds=load.tables).as_dict()
    return result
