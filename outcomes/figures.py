"""Holds what may be shown: protected figures and the symbols for a missing one; hides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from outcomes.episode import Audience


class Symbol(StrEnum):
    """What stands in the place of a figure, as English statistics files write it."""

    WITHHELD = "c"
    TOO_FEW = "u"
    NOT_APPLICABLE = "z"


Shown: TypeAlias = int | Decimal | Symbol
"""A rounded count or whole percentage, a mean with one decimal, or a symbol."""


@dataclass(frozen=True, slots=True)
class ShownMean:
    """The means of one item for one footprint, each with one decimal, in points of the scale.

    `lower` and `upper` bound the change; they are absent where too few answered for an interval.
    """

    first: Decimal
    last: Decimal
    change: Decimal
    lower: Decimal | None
    upper: Decimal | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure for one area and footprint. Percentages and their bounds are whole numbers."""

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


@dataclass(frozen=True, slots=True)
class FlowFigure:
    """How many support episodes came to a stage, or were lost for one reason."""

    flow: str
    step: str
    is_reason: bool
    footprint: Audience
    episodes: Shown
