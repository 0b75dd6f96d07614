"""Holds what may be shown: protected figures and the symbols for a missing one; hides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator

from outcomes.episode import Audience


class Symbol(StrEnum):
    """What stands in the place of a figure, as English statistics files write it."""

    WITHHELD = "c"
    TOO_FEW = "u"
    NOT_APPLICABLE = "z"


TOTAL = "Total"
"""The line of a breakdown that holds everybody, as statistics files write it."""


def _read(value: object) -> object:
    """Read a stored figure: text is a symbol or a number with decimals, never a whole number."""
    if not isinstance(value, str) or isinstance(value, Symbol):
        return value
    return Symbol(value) if value in tuple(Symbol) else Decimal(value)


Shown: TypeAlias = Annotated[int | Decimal | Symbol, BeforeValidator(_read)]
"""A rounded count or whole percentage, a mean with one decimal, or a symbol."""


@dataclass(frozen=True, slots=True)
class ShownMean:
    """The means of one item for one footprint, each with one decimal, in points of the scale.

    `lower` and `upper` bound the change, `effect` is its size in spreads of the first answers
    (Hedges' g); they are absent where too few answered. `last` and `change` are absent for those
    who answered only at the start.
    """

    first: Decimal
    last: Decimal | None
    change: Decimal | None
    lower: Decimal | None = None
    upper: Decimal | None = None
    effect: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure for one area, footprint and group. Percentages and bounds are whole numbers.

    `breakdown` says by what the figure is broken down and `group` names the line of it; both are
    `TOTAL` for a whole footprint. A count by itself has it as `numerator` and no denominator.
    `percent_if_none` and `percent_if_all` are the two honest bounds: the share if none, or all, of
    those who could have answered but were not compared had counted. `only_first_mean` is the mean
    first answer of those who answered only at the start, `only_first` how many they are.
    `median_seconds` is rounded to tens.
    `effect` has no interval: one would need the correlation of first and last answers, which is not
    published.
    `eligible` and `paired` say, for a figure of compared answers, how many could have answered and
    how many are compared, `paired_percent` what share that is; they are published counts.
    """

    measure: str
    area: str
    footprint: Audience
    numerator: Shown
    denominator: Shown
    percent: Shown = Symbol.NOT_APPLICABLE
    percent_lower: Shown = Symbol.NOT_APPLICABLE
    percent_upper: Shown = Symbol.NOT_APPLICABLE
    first_mean: Shown = Symbol.NOT_APPLICABLE
    last_mean: Shown = Symbol.NOT_APPLICABLE
    change_mean: Shown = Symbol.NOT_APPLICABLE
    change_lower: Shown = Symbol.NOT_APPLICABLE
    change_upper: Shown = Symbol.NOT_APPLICABLE
    breakdown: str = TOTAL
    group: str = TOTAL
    percent_if_none: Shown = Symbol.NOT_APPLICABLE
    percent_if_all: Shown = Symbol.NOT_APPLICABLE
    effect: Shown = Symbol.NOT_APPLICABLE
    only_first_mean: Shown = Symbol.NOT_APPLICABLE
    median_seconds: Shown = Symbol.NOT_APPLICABLE
    eligible: Shown = Symbol.NOT_APPLICABLE
    paired: Shown = Symbol.NOT_APPLICABLE
    paired_percent: Shown = Symbol.NOT_APPLICABLE
    only_first: Shown = Symbol.NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class FlowFigure:
    """How many support episodes came to a stage, or were lost for one reason."""

    flow: str
    step: str
    is_reason: bool
    footprint: Audience
    episodes: Shown
