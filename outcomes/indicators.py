"""Holds figures that others publish, beside which ours are read; it protects nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Better(StrEnum):
    """Which way an indicator should go; `neither` is only looked at."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


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
