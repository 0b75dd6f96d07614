"""Applies each rule that looks at one figure alone; it cannot see what figures tell together."""

from __future__ import annotations

from collections.abc import Mapping

from outcomes.definitions import Sensitivity
from outcomes.derivation import show_mean
from outcomes.episode import COUNCILS, Audience
from outcomes.figures import ShownMean
from outcomes.policy import DisclosurePolicy
from outcomes.puzzle import Published
from outcomes.tables import Cell, Mean, Rate, RawFamily


def first_pass(family: RawFamily, policy: DisclosurePolicy) -> Published:
    """Withhold small counts and shares and means that tell too much, and round the other counts."""
    return _FirstPass(family, policy).published()


class _FirstPass:
    """Applies the rules to one family."""

    def __init__(self, family: RawFamily, policy: DisclosurePolicy) -> None:
        self.family = family
        self.policy = policy

    def published(self) -> Published:
        counts = {
            Cell(row.key, footprint): self._shown(row.key, footprint)
            for row in self.family.rows
            for footprint in Audience
        }
        for rate in self.family.rates:
            for footprint in Audience:
                if self._tells_too_much(rate, footprint):
                    counts[Cell(rate.numerator, footprint)] = None
        means = {
            Cell(mean.key, footprint): self._mean(mean, footprint, counts)
            for mean in self.family.means
            for footprint in Audience
        }
        return Published(counts, means)

    def _count(self, row: str, footprint: Audience) -> int:
        return self.family.count(row, footprint.commissioners)

    def _is_small(self, count: int) -> bool:
        return (self.policy.zero_is_withheld or count > 0) and count < self.policy.threshold

    def _shown(self, row: str, footprint: Audience) -> int | None:
        """Round a count to the nearest multiple of the base, or withhold it.

        A council knows its own children, so it can subtract them from the whole: what is left must
        not be a small number of other people's children either.
        """
        count = self._count(row, footprint)
        others = (self._outside(row, footprint, council) for council in COUNCILS)
        if self._is_small(count) or any(0 < each < self.policy.threshold for each in others):
            return None
        return (2 * count + self.policy.base) // (2 * self.policy.base) * self.policy.base

    def _outside(self, row: str, footprint: Audience, council: Audience) -> int:
        """Count those in a footprint who are not the council's own; none in another footprint."""
        if footprint is not Audience.ICB:
            return 0
        return self._count(row, footprint) - self._count(row, council)

    def _tells_too_much(self, rate: Rate, footprint: Audience) -> bool:
        """Say whether a share would tell something about a few: those counted or all the others."""
        of = self._count(rate.denominator, footprint)
        counted = self._count(rate.numerator, footprint)
        if self._is_small(of) or 0 < of - counted < self.policy.threshold:
            return True
        private = rate.measure.sensitivity is Sensitivity.SENSITIVE
        return private and of < self.policy.class_size and counted in (0, of)

    def _mean(
        self, mean: Mean, footprint: Audience, counts: Mapping[Cell, int | None]
    ) -> ShownMean | None:
        n = counts[Cell(mean.n, footprint)]
        least = max(mean.measure.minimum_n, self.policy.least_for_statistics)
        if n is None or n < least:
            return None
        # A council could subtract its own sum from the whole: a mean of the few others.
        if any(0 < self._outside(mean.n, footprint, council) < least for council in COUNCILS):
            return None
        table = self.family.table(mean.table)
        people = {each: table.count({each}, footprint.commissioners) for each in mean.scores}
        if _nearly_all_agree(mean, people):
            return None
        return show_mean(mean, people, n, with_interval=n >= self.policy.least_for_spread)


def _nearly_all_agree(mean: Mean, people: Mapping[str, int]) -> bool:
    """Say whether a mean would tell nearly everybody's first answer, last answer or change."""
    n = sum(people.values())
    views: list[dict[int, int]] = [{}, {}, {}]
    for each, (first, last) in mean.scores.items():
        for view, value in zip(views, (first, last, last - first), strict=True):
            view[value] = view.get(value, 0) + people[each]
    return any(max(view.values()) >= n - 1 for view in views)
