"""Holds figures that others publish, beside which ours are read; it protects nothing of ours.

How an actual is rated against its target is stated here, in words and as numbers.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from io import StringIO
from types import MappingProxyType
from typing import Final, assert_never

from outcomes.quarter import Quarter


class Better(StrEnum):
    """Which way an indicator should go; `neither` is only looked at."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Unit(StrEnum):
    """What the numbers of an indicator are.

    A `count` adds up over the quarters of a year; a `stock` is how many there are at the end of a
    quarter. A `rate` says in its title of how many it is.
    """

    PERCENT = "percent"
    RATE = "rate"
    SCORE = "score"
    DAYS = "days"
    STOCK = "stock"
    COUNT = "count"


class Rag(StrEnum):
    """How an actual stands to its target, by the stated rule."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NOT_RATED = "not-rated"


@dataclass(frozen=True, slots=True)
class IndicatorPoint:
    """One quarter (`2026/27-Q3`) of an indicator, as it was published."""

    quarter: str
    actual: Decimal | None
    target: Decimal | None
    comparator: Decimal | None
    rag: Rag


@dataclass(frozen=True, slots=True)
class Indicator:
    """A published indicator up to the period of a release, oldest quarter first.

    `forecast` is the year's end as it would come out by the stated rule, None where no quarter is
    missing or too little is known; it is always marked as a forecast.
    """

    code: str
    title: str
    unit: str
    better: Better
    source: str
    points: tuple[IndicatorPoint, ...]
    forecast: Decimal | None = None
    forecast_rule: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What was done about something that young people raised, in plain words for everybody.

    `theme` is its short name, also the area of the figure that says how many raised it.
    """

    theme: str
    title: str
    did: str
    on: str


# --- the rule -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RatingRule:
    """How red, amber and green are told apart.

    `amber_percent`: by how many percent of the target an actual may be worse and is still amber.
    """

    amber_percent: int

    @property
    def in_words(self) -> str:
        """Say the rule as it stands beside the figures."""
        return (
            "Green: at the target or better. "
            f"Amber: worse than the target by no more than {self.amber_percent}% of the target. "
            "Red: worse than that. "
            "Not rated: no actual or no target was published, or neither way is better."
        )


RULE: Final = RatingRule(amber_percent=5)
"""Our own rule: the papers show targets and do not say how far from one is still near it."""


def rate(
    actual: Decimal | None, target: Decimal | None, better: Better, rule: RatingRule = RULE
) -> Rag:
    """Rate an actual against its target, both in the same unit, without any rounding.

    The tolerance is a share of the target's size: 5% of a target of 90 is 4.5, of 14.5 it is 0.725.
    """
    if actual is None or target is None:
        return Rag.NOT_RATED
    match better:
        case Better.HIGHER:
            worse_by = target - actual
        case Better.LOWER:
            worse_by = actual - target
        case Better.NEITHER:
            return Rag.NOT_RATED
        case _:
            assert_never(better)
    if worse_by <= 0:
        return Rag.GREEN
    return Rag.AMBER if worse_by * 100 <= abs(target) * rule.amber_percent else Rag.RED


# --- what is known of published indicators --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an indicator beyond its numbers: which way is better and why."""

    code: str
    better: Better
    why: str
    source: str


@cache
def known() -> Mapping[str, Known]:
    """Return what is known of indicators, by code: `known_indicators.csv` beside this module."""
    rows = csv.DictReader(StringIO(_packaged("known_indicators.csv")))
    found = {
        row["code"]: Known(row["code"], Better(row["better"]), row["why"], row["source"])
        for row in rows
    }
    return MappingProxyType(found)


_MOVED: Final = (
    "Derby City Council, moved by {} years for a made-up service: not what was published then"
)


def derby_csv() -> str:
    """Return three years of eleven indicators as Derby City Council published them.

    From the council's quarterly performance papers on children in care, 2020/21 to 2023/24, copied
    number by number: percentages and scores of the whole city, in which nobody can be found.
    """
    return _packaged("derby_indicators.csv")


def derby_moved(last: Quarter) -> str:
    """Return the same series moved to other years, for made-up services; their source says so.

    The newest year becomes that of `last`, and nothing is there of the quarters after it.
    """
    rows = list(csv.DictReader(StringIO(derby_csv())))
    by = last.starts - max(int(row["period"][:4]) for row in rows)
    written = StringIO()
    writer = csv.DictWriter(written, [*rows[0], "source"], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        quarter = Quarter(int(row["period"][:4]) + by, int(row["period"][-1]))
        if quarter <= last:
            period = str(quarter).replace("-", " ")
            writer.writerow({**row, "period": period, "source": _MOVED.format(by)})
    return written.getvalue()


def _packaged(name: str) -> str:
    return files("outcomes").joinpath(name).read_text(encoding="utf-8")
