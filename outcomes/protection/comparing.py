"""Says beside a figure of compared answers how many could have been compared; it hides nothing.

It reads the names of rows and counts as they are shown, so that anybody can work it out again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

from outcomes.counting.flow import Stage
from outcomes.figures import Figure, Shown, Symbol
from outcomes.measures.measure import Measure
from outcomes.raw import Mean, Rate, RawTables


@dataclass(frozen=True, slots=True)
class Compared:
    """The rows of those who could have been compared, and of those who are."""

    eligible: str
    paired: str


def compared_by(raw: RawTables, about: Rate | Mean) -> Compared | None:
    """Give the rows behind a figure of compared answers; None where it compares none.

    A share says itself who they are, or leaves it to the flow of those who were asked the same, as
    a mean does. The share of those compared has itself no other beside it.
    """
    if isinstance(about, Rate) and about.eligible is not None and about.paired is not None:
        return Compared(about.eligible, about.paired)
    if isinstance(about, Rate) and about.group is not None:
        return None
    steps = _steps_of(raw, about.measure)
    eligible, paired = steps.get(Stage.ELIGIBLE.value), steps.get(Stage.PAIRED.value)
    if isinstance(about, Mean):
        paired = about.n
    elif about.denominator == eligible:
        return None
    return None if eligible is None or paired is None else Compared(eligible, paired)


def _steps_of(raw: RawTables, measure: Measure) -> dict[str, str]:
    """Give the rows of the flow of those who were asked what a measure compares, by stage."""
    flow = f"{measure.instrument}/{measure.role}"
    return {each.name: each.row for each in raw.steps if each.flow == flow and not each.is_reason}


def with_compared(
    figure: Figure, rows: Compared | None, shown: Callable[[str], int | Symbol], least: int
) -> Figure:
    """Add both counts as they are shown, and their share where at least `least` could have been."""
    if rows is None:
        return figure
    eligible, paired = shown(rows.eligible), shown(rows.paired)
    share = _share(paired, eligible, least)
    return replace(figure, eligible=eligible, paired=paired, paired_percent=share)


def _share(paired: int | Symbol, eligible: int | Symbol, least: int) -> Shown:
    if isinstance(paired, Symbol) or isinstance(eligible, Symbol):
        return Symbol.WITHHELD
    if eligible < least:
        return Symbol.TOO_FEW
    # Both are rounded by themselves, so the part can come out larger than the whole.
    return floor(Fraction(100 * min(paired, eligible), eligible) + Fraction(1, 2))
