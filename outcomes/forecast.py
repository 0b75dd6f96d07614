"""Says how a year of a published indicator would end by a stated rule; it never claims to know.

The rules were tried on the eleven published series of Derby City (docs/indicators.md): with three
quarters known, midway between the newest quarter and the last year's end missed the year's end by
4.2 on average, the newest quarter alone by 5.1, the mean of the year so far by 5.5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from outcomes.indicators import IndicatorPoint, Unit
from outcomes.quarter import Period, Quarter, quarters_of

FEWEST: Final = 2
"""Published quarters of a year without which nothing is said about its end."""

_QUARTERS: Final = 4

RULE_COUNT: Final = (
    "Forecast: what was counted in the quarters published so far, divided by how many they are, "
    "times four."
)
RULE_MIDWAY: Final = (
    "Forecast: midway between the newest published quarter and the last quarter of the year before."
)
RULE_NEWEST: Final = (
    "Forecast: the same as the newest published quarter, as the end of the year before is not "
    "known."
)


@dataclass(frozen=True, slots=True)
class Forecast:
    """How a year would end, and the rule that says so."""

    value: Decimal
    rule: str


def forecast_year_end(
    points: Sequence[IndicatorPoint], unit: Unit, period: Period
) -> Forecast | None:
    """Say how the financial year of a period would end, from what was published up to the period.

    For a `count` that is the sum of the year, for every other unit the value of its last quarter.
    None where fewer than two quarters of the year are known, and where its end is known already.
    The number has as many decimals as the newest one that was published.
    """
    last = quarters_of(period)[-1]
    actuals = {
        Quarter.parse(each.quarter): each.actual for each in points if each.actual is not None
    }
    of_year = {
        quarter: actual
        for quarter, actual in actuals.items()
        if quarter.starts == last.starts and quarter <= last
    }
    if len(of_year) < FEWEST:
        return None
    if unit is Unit.COUNT:
        return _sum_up(of_year)
    return _look_ahead(of_year, actuals.get(Quarter(last.starts - 1, _QUARTERS)))


def _sum_up(of_year: Mapping[Quarter, Decimal]) -> Forecast | None:
    if len(of_year) == _QUARTERS:
        return None
    whole = sum(of_year.values(), Decimal(0)) * _QUARTERS / len(of_year)
    return Forecast(whole.quantize(Decimal(1), ROUND_HALF_UP), RULE_COUNT)


def _look_ahead(of_year: Mapping[Quarter, Decimal], year_before: Decimal | None) -> Forecast | None:
    newest = max(of_year)
    if newest.number == _QUARTERS:
        return None
    latest = of_year[newest]
    if year_before is None:
        return Forecast(latest, RULE_NEWEST)
    return Forecast(_midway(latest, year_before), RULE_MIDWAY)


def _midway(latest: Decimal, before: Decimal) -> Decimal:
    """Return the middle of two numbers, with as many decimals as the first one was written."""
    step = Decimal(1).scaleb(min(int(latest.as_tuple().exponent), 0))
    return ((latest + before) / 2).quantize(step, ROUND_HALF_UP)
