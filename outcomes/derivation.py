"""Works out percentages, means and intervals from counts as they are shown; it decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from math import floor

from outcomes.episode import Audience
from outcomes.figures import Figure, FlowFigure, Shown, ShownMean, Symbol
from outcomes.policy import DisclosurePolicy
from outcomes.puzzle import Published
from outcomes.statistics import mean_change, wilson
from outcomes.tables import Cell, Mean, Rate, RawFamily


def show_mean(mean: Mean, people: Mapping[str, int], n: int, *, with_interval: bool) -> ShownMean:
    """Give the means of one item: sums over people divided by the count that is shown.

    Dividing by the shown count keeps an outsider from working out the true one (disclosure.md,
    section 6). So that this does not bend a level, it is the distance from the middle of the scale
    that is divided; a level never leaves the scale. `people` counts those of each class.
    """
    scale = mean.measure.source.scale
    middle = Fraction(scale.low + scale.high, 2)
    firsts = sum(people[each] * (first - middle) for each, (first, _) in mean.scores.items())
    lasts = sum(people[each] * (last - middle) for each, (_, last) in mean.scores.items())
    changes = [(people[each], last - first) for each, (first, last) in mean.scores.items()]
    total = sum(count * change for count, change in changes)
    squares = sum(count * change**2 for count, change in changes)
    bounds = mean_change(total, squares, n) if with_interval else None
    return ShownMean(
        first=_level(middle + Fraction(firsts, n), scale.low, scale.high),
        last=_level(middle + Fraction(lasts, n), scale.low, scale.high),
        change=_tenths(Fraction(total, n)),
        lower=None if bounds is None else _tenths(bounds.lower),
        upper=None if bounds is None else _tenths(bounds.upper),
    )


def show_figures(
    family: RawFamily, published: Published, policy: DisclosurePolicy
) -> Iterator[Figure]:
    """Give every measure of a family for each footprint, from what is shown and nothing else."""
    for rate in family.rates:
        for footprint in Audience:
            yield _rate(rate, footprint, published, policy)
    for mean in family.means:
        for footprint in Audience:
            yield _mean(mean, footprint, published, policy)


def show_flow(family: RawFamily, published: Published) -> Iterator[FlowFigure]:
    """Give the flow of a family for each footprint, from what is shown and nothing else."""
    for step in family.steps:
        for footprint in Audience:
            count = _count(published, step.row, footprint)
            yield FlowFigure(family.name, step.name, step.is_reason, footprint, count)


def _count(published: Published, row: str, footprint: Audience) -> int | Symbol:
    shown = published.counts[Cell(row, footprint)]
    return Symbol.WITHHELD if shown is None else shown


def _rate(
    rate: Rate, footprint: Audience, published: Published, policy: DisclosurePolicy
) -> Figure:
    measure = rate.measure
    numerator = _count(published, rate.numerator, footprint)
    denominator = _count(published, rate.denominator, footprint)
    shares: tuple[Shown, Shown, Shown]
    if isinstance(numerator, Symbol) or isinstance(denominator, Symbol):
        shares = (Symbol.WITHHELD, Symbol.WITHHELD, Symbol.WITHHELD)
    elif denominator < max(measure.minimum_n, policy.least_for_statistics):
        shares = (Symbol.TOO_FEW, Symbol.TOO_FEW, Symbol.TOO_FEW)
    else:
        bounds = wilson(numerator, denominator)
        shares = (
            _percent(numerator / denominator),
            _percent(bounds.lower),
            _percent(bounds.upper),
        )
    return Figure(
        measure=measure.id,
        area=measure.area,
        footprint=footprint,
        numerator=numerator,
        denominator=denominator,
        percent=shares[0],
        percent_lower=shares[1],
        percent_upper=shares[2],
    )


def _mean(
    mean: Mean, footprint: Audience, published: Published, policy: DisclosurePolicy
) -> Figure:
    measure = mean.measure
    n = _count(published, mean.n, footprint)
    shown = published.means.get(Cell(mean.key, footprint))
    values: tuple[Shown, ...]
    if shown is not None:
        lower = Symbol.TOO_FEW if shown.lower is None else shown.lower
        upper = Symbol.TOO_FEW if shown.upper is None else shown.upper
        values = (shown.first, shown.last, shown.change, lower, upper)
    elif isinstance(n, Symbol) or n >= max(measure.minimum_n, policy.least_for_statistics):
        values = (Symbol.WITHHELD,) * 5
    else:
        values = (Symbol.TOO_FEW,) * 5
    first, last, change, lower, upper = values
    return Figure(
        measure=measure.id,
        area=measure.area,
        footprint=footprint,
        numerator=Symbol.NOT_APPLICABLE,
        denominator=n,
        first_mean=first,
        last_mean=last,
        change_mean=change,
        change_lower=lower,
        change_upper=upper,
    )


def _percent(share: float) -> int:
    return floor(100 * share + 0.5)


def _level(value: Fraction, low: int, high: int) -> Decimal:
    return _tenths(min(max(value, Fraction(low)), Fraction(high)))


def _tenths(value: Fraction | float) -> Decimal:
    """Round to one decimal, halves upward."""
    half = Fraction(1, 2) if isinstance(value, Fraction) else 0.5
    return Decimal(floor(10 * value + half)).scaleb(-1)
