"""The sides of the roll-up's measurement, each run in a process of its own: sums, time, memory.

Ours reads the kept pairs of a database; the other has DuckDB scan the single answers.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from outcomes.counting.shapes import Shape
from outcomes.counting.sorting_scores import home_shape, standings_of
from outcomes.episode import AgeBand, Commissioner
from outcomes.measures.recipe import Mark
from outcomes.raw import Box, Part, RawTable
from starling.bench.answered import PERIOD
from starling.bench.figures import forget_peak, peak_megabytes

Sums = dict[str, int]
"""By question, commissioner and quarter: how many were compared, how many rose, and the change."""

_FORMS: Final = {
    "plain": """
        select item, area, quarter, count(*), sum(last - first), sum((last > first)::int) from (
            select episode, item, any_value(area) as area, any_value(quarter) as quarter,
                   arg_min(value, day) as first, arg_max(value, day) as last
            from raw group by episode, item
        ) group by item, area, quarter
    """,
    "quick": """
        select item, area, quarter, count(*), sum(last - first), sum((last > first)::int) from (
            select episode, item, any_value(area) as area, any_value(quarter) as quarter,
                   min(day::int * 8 + value) % 8 as first, max(day::int * 8 + value) % 8 as last
            from raw group by episode, item
        ) group by item, area, quarter
    """,
}
FORMS: Final = tuple(_FORMS)
"""How DuckDB may be asked for the first and the last value: the plain way, and the quick one."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one side found, what it took of its process, and the most memory that process held."""

    sums: Sums
    seconds: float
    cpu_seconds: float
    peak_mb: float


def scan(file: str, form: str, items: list[str]) -> Side:
    """Have DuckDB work out first, last and change of every question from the single answers."""
    import duckdb  # noqa: PLC0415 - only this measurement needs it

    with duckdb.connect(file, read_only=True) as connection:
        connection.execute("set enable_progress_bar = false")
        forget_peak()
        began, cpu = time.perf_counter(), time.process_time()
        rows: list[Any] = connection.execute(_FORMS[form]).fetchall()
        seconds, used = time.perf_counter() - began, time.process_time() - cpu
    sums: Sums = {}
    for item, area, quarter, compared, change, rose in rows:
        place = f"{items[item]} {tuple(Commissioner)[area].value} Q{quarter + 1}"
        sums |= _named(place, {"compared": compared, "rose": int(rose), "change": int(change)})
    return Side(sums, seconds, used, peak_megabytes())


def roll_up_pairs(url: str) -> Side:
    """Roll the kept pairs of a database up into every table of questions of the catalogue."""
    from outcomes.counting.rollup import compared_by, roll_up  # noqa: PLC0415
    from outcomes.measures.catalogue import MEASURES  # noqa: PLC0415 - loads numpy, as do the others
    from storage.database import read_once  # noqa: PLC0415
    from storage.pair_columns import chunks  # noqa: PLC0415

    sorters = compared_by(MEASURES)
    forget_peak()
    began, cpu = time.perf_counter(), time.process_time()
    tables = read_once(
        url,
        lambda connection: roll_up(
            sorters, chunks(connection, PERIOD, lambda row: AgeBand(row.child_age))
        ),
    )
    seconds, used = time.perf_counter() - began, time.process_time() - cpu
    return Side(_sums(tables), seconds, used, peak_megabytes())


def _sums(tables: Iterable[RawTable]) -> Sums:
    """Add the boxes of our tables up as the other side does."""
    sums: Counter[str] = Counter()
    for table in tables:
        flow, _, item = table.name.partition(":")
        for box, label, count in table.entries():
            if item == "home":
                sums.update(dict.fromkeys(_of_home(flow, box, label), count))
            else:
                sums.update(_of_item(table, item, box, label, count))
    return dict(sums)


def _of_item(table: RawTable, item: str, box: Box, label: str, count: int) -> Sums:
    standing = _standings(table.classes).get(label)
    if standing is None:
        return {}
    first, last = standing
    found = {"compared": count, "rose": count * (last > first), "change": count * (last - first)}
    return _named(_place(item, box), found)


def _of_home(flow: str, box: Box, label: str) -> Iterable[str]:
    shape = _home_shape(flow)
    for item, mark, name in (
        ("settled", Mark.SETTLED_COMPARED, "compared"),
        ("settled", Mark.SETTLED_ROSE, "rose"),
        ("understanding", Mark.KNOWING_COMPARED, "compared"),
        ("understanding", Mark.KNOWING_ROSE, "rose"),
    ):
        if label in shape.where(mark):
            yield f"{_place(item, box)} {name}"


def _place(item: str, box: Box) -> str:
    return f"{item} {box.commissioner.value} Q{box.quarter.number}"


def _named(place: str, numbers: Sums) -> Sums:
    return {f"{place} {name}": number for name, number in numbers.items()}


@cache
def _home_shape(flow: str) -> Shape:
    return home_shape(flow)


@cache
def _standings(classes: tuple[str, ...]) -> Mapping[str, tuple[int, int]]:
    return standings_of(Shape("", Part("", ""), classes, {}))
