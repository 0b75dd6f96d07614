"""Works out every figure from counts and means as they are shown; it decides nothing.

Whatever it computes, anybody with the published counts can compute again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from math import floor

from outcomes.episode import Audience
from outcomes.figures import TOTAL, Figure, FlowFigure, Shown, ShownMean, Symbol
from outcomes.measures.contract import OUTCOMES
from outcomes.measures.coverage import outcomes_with_evidence
from outcomes.measures.measure import Measure, Statistic
from outcomes.protection.comparing import compared_by, with_compared
from outcomes.protection.policy import DisclosurePolicy
from outcomes.published import Published
from outcomes.raw import Cell, Count, Group, Mean, Median, Rate, RawTables
from outcomes.statistics import honest_bounds, wilson


def show_figures(
    raw: RawTables, published: Published, policy: DisclosurePolicy
) -> tuple[Figure, ...]:
    """Give every figure of a period for each footprint it is meant for.

    Of `raw` only the names of the rows are read, never a count.
    """
    return tuple(_Showing(raw, published, policy).figures())


def show_flow(raw: RawTables, published: Published) -> tuple[FlowFigure, ...]:
    """Give the flow from "could have answered" to "compared", for each footprint."""
    return tuple(
        FlowFigure(
            step.flow, step.name, step.is_reason, footprint, _count(published, step.row, footprint)
        )
        for step in raw.steps
        for footprint in Audience
    )


class _Showing:
    """Works out the figures of one period."""

    def __init__(self, raw: RawTables, published: Published, policy: DisclosurePolicy) -> None:
        self.raw = raw
        self.published = published
        self.policy = policy
        self.medians = {(each.measure.id, each.measure.area): each for each in raw.medians}
        self.only_first = {
            (each.measure.id, each.measure.area): each for each in raw.means if each.level_only
        }

    def figures(self) -> Iterator[Figure]:
        shown = [*self._counts(), *self._rates(), *self._means(), *self._lone_medians()]
        order = {(each.id, each.area): place for place, each in enumerate(self.raw.measures)}
        shown.extend(self._coverage(shown))
        yield from sorted(shown, key=lambda each: order.get((each.measure, each.area), len(order)))

    def _shown(self, row: str, footprint: Audience) -> int | Symbol:
        return _count(self.published, row, footprint)

    def _least(self, measure: Measure) -> int:
        return max(measure.minimum_n, self.policy.least_for_statistics)

    def _counts(self) -> Iterator[Figure]:
        for count in self.raw.counts:
            for footprint in count.measure.footprints:
                shown = self._shown(count.row, footprint)
                yield _figure(count, footprint, shown, Symbol.NOT_APPLICABLE)

    def _rates(self) -> Iterator[Figure]:
        for rate in self.raw.rates:
            for footprint in rate.measure.footprints:
                figure = self._with_compared(rate, self._rate(rate, footprint))
                yield self._with_median(figure, rate.group)

    def _rate(self, rate: Rate, footprint: Audience) -> Figure:
        counted = self._shown(rate.numerator, footprint)
        of = self._shown(rate.denominator, footprint)
        figure = _figure(rate, footprint, counted, of)
        honest = rate.eligible is not None and rate.paired is not None
        if isinstance(counted, Symbol) or isinstance(of, Symbol):
            return _without_shares(figure, Symbol.WITHHELD, honest=honest)
        if of < self._least(rate.measure):
            return _without_shares(figure, Symbol.TOO_FEW, honest=honest)
        # Both are rounded by themselves, so the part can come out larger than the whole.
        counted = min(counted, of)
        bounds = wilson(counted, of)
        figure = replace(
            figure,
            percent=_percent(counted / of),
            percent_lower=_percent(bounds.lower),
            percent_upper=_percent(bounds.upper),
        )
        return self._with_honest_bounds(rate, figure, counted, of) if honest else figure

    def _with_honest_bounds(self, rate: Rate, figure: Figure, counted: int, of: int) -> Figure:
        """Add the share if none, or all, of those who were not compared had counted."""
        eligible = self._shown(rate.eligible or "", figure.footprint)
        paired = self._shown(rate.paired or "", figure.footprint)
        if isinstance(eligible, Symbol) or isinstance(paired, Symbol):
            return replace(figure, percent_if_none=Symbol.WITHHELD, percent_if_all=Symbol.WITHHELD)
        bounds = honest_bounds(counted, of, eligible, paired)
        return replace(
            figure,
            percent_if_none=_percent(bounds.lower),
            percent_if_all=_percent(bounds.upper),
        )

    def _with_compared(self, about: Rate | Mean, figure: Figure) -> Figure:
        """Add how many of those who could have answered are compared, where any are."""
        rows = compared_by(self.raw, about)
        least = self._least(about.measure)
        return with_compared(figure, rows, lambda row: self._shown(row, figure.footprint), least)

    def _means(self) -> Iterator[Figure]:
        for mean in self.raw.means:
            if not mean.level_only:
                for footprint in mean.measure.footprints:
                    yield self._with_compared(mean, self._mean(mean, footprint))

    def _mean(self, mean: Mean, footprint: Audience) -> Figure:
        shown = self.published.means.get(Cell(mean.key, footprint))
        missing = self._no_mean(mean, footprint)
        base = _figure(mean, footprint, Symbol.NOT_APPLICABLE, self._shown(mean.n, footprint))
        only_first = self.only_first.get((mean.measure.id, mean.measure.area))
        if only_first is not None:
            level = self.published.means.get(Cell(only_first.key, footprint))
            first = self._no_mean(only_first, footprint) if level is None else level.first
            alone = self._shown(only_first.n, footprint)
            base = replace(base, only_first_mean=first, only_first=alone)
        if shown is None:
            return replace(
                base,
                first_mean=missing,
                last_mean=missing,
                change_mean=missing,
                change_lower=missing,
                change_upper=missing,
                effect=missing,
            )
        return _with_means(base, shown)

    def _no_mean(self, mean: Mean, footprint: Audience) -> Symbol:
        """Say why a mean is missing: too few for one, or withheld."""
        n = self._shown(mean.n, footprint)
        is_few = not isinstance(n, Symbol) and n < self._least(mean.measure)
        return Symbol.TOO_FEW if is_few else Symbol.WITHHELD

    def _with_median(self, figure: Figure, group: Group | None) -> Figure:
        median = self.medians.get((figure.measure, figure.area))
        if median is None or group is not None:
            return figure
        return replace(figure, median_seconds=self._median(median, figure.footprint))

    def _median(self, median: Median, footprint: Audience) -> Shown:
        n = self._shown(median.n, footprint)
        if isinstance(n, Symbol):
            return Symbol.WITHHELD
        if n < self._least(median.measure) or footprint not in median.values:
            return Symbol.TOO_FEW
        return median.values[footprint]

    def _lone_medians(self) -> Iterator[Figure]:
        rated = {(each.measure.id, each.measure.area) for each in self.raw.rates}
        for place, median in self.medians.items():
            for footprint in () if place in rated else median.measure.footprints:
                n = self._shown(median.n, footprint)
                figure = _figure(median, footprint, Symbol.NOT_APPLICABLE, n)
                yield replace(figure, median_seconds=self._median(median, footprint))

    def _coverage(self, shown: list[Figure]) -> Iterator[Figure]:
        """Count the outcomes of the contract that have evidence (M21)."""
        outcomes = {(each.id, each.area): each.outcomes for each in self.raw.measures}

        def codes_of(figure: Figure) -> tuple[str, ...]:
            return outcomes.get((figure.measure, figure.area), ())

        for measure in self.raw.measures:
            for footprint in measure.footprints:
                if measure.statistic is Statistic.COVERAGE:
                    covered = len(outcomes_with_evidence(shown, codes_of, footprint))
                    yield Figure(measure.id, measure.area, footprint, covered, len(OUTCOMES))


def _figure(
    shown: Count | Rate | Mean | Median, footprint: Audience, numerator: Shown, denominator: Shown
) -> Figure:
    group = shown.group if isinstance(shown, Count | Rate) else None
    return Figure(
        measure=shown.measure.id,
        area=shown.measure.area,
        footprint=footprint,
        numerator=numerator,
        denominator=denominator,
        breakdown=TOTAL if group is None else group.axis.value,
        group=TOTAL if group is None else "+".join(group.values),
    )


def _without_shares(figure: Figure, symbol: Symbol, *, honest: bool) -> Figure:
    bound = symbol if honest else Symbol.NOT_APPLICABLE
    return replace(
        figure,
        percent=symbol,
        percent_lower=symbol,
        percent_upper=symbol,
        percent_if_none=bound,
        percent_if_all=bound,
    )


def _with_means(figure: Figure, shown: ShownMean) -> Figure:
    return replace(
        figure,
        first_mean=shown.first,
        last_mean=_or_too_few(shown.last),
        change_mean=_or_too_few(shown.change),
        change_lower=_or_too_few(shown.lower),
        change_upper=_or_too_few(shown.upper),
        effect=_or_too_few(shown.effect),
    )


def _or_too_few(shown: Decimal | None) -> Shown:
    return Symbol.TOO_FEW if shown is None else shown


def _count(published: Published, row: str, footprint: Audience) -> int | Symbol:
    shown = published.counts[Cell(row, footprint)]
    return Symbol.WITHHELD if shown is None else shown


def _percent(share: float) -> int:
    return floor(100 * share + 0.5)
