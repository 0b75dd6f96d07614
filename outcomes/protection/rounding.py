"""Applies each rule that looks at one figure alone; it cannot see what figures tell together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from outcomes.episode import COUNCILS, Audience, Commissioner
from outcomes.figures import ShownMean
from outcomes.measures.measure import Sensitivity
from outcomes.protection.averages import show_mean
from outcomes.protection.lines import Line, lines_of
from outcomes.protection.policy import DisclosurePolicy
from outcomes.published import Published
from outcomes.raw import Cell, Mean, Rate, RawTables


def first_pass(raw: RawTables, policy: DisclosurePolicy) -> Published:
    """Withhold small counts and shares and means that tell too much, and round the other counts.

    The rules are those of disclosure.md, section 5.5. Cells that hold the same count are withheld
    together. What no figure uses is not shown.
    """
    return _FirstPass(raw, policy).published()


def rounded(count: int, base: int) -> int:
    """Give the nearest multiple of the base, halves upward."""
    return (2 * count + base) // (2 * base) * base


def behind(shown: int, threshold: int, base: int) -> tuple[int, int]:
    """Give the lowest and highest count that is shown as this one; 0 is only shown if it is 0."""
    if shown == 0:
        return 0, 0
    return max(shown - base // 2, threshold), shown + (base - 1) // 2


class _FirstPass:
    """Applies the rules to one period."""

    def __init__(self, raw: RawTables, policy: DisclosurePolicy) -> None:
        self.raw = raw
        self.policy = policy

    def published(self) -> Published:
        telling = {cell for rate in self.raw.rates for cell in self._telling(rate)}
        counts: dict[Cell, int | None] = {}
        for line in lines_of(self.raw):
            shown = None if self._is_withheld(line, telling) else self._rounded(line.truth)
            counts.update(dict.fromkeys(line.cells, shown))
        means = {
            Cell(mean.key, footprint): self._mean(mean, footprint, counts)
            for mean in self.raw.means
            for footprint in mean.measure.footprints
        }
        return Published(counts, means)

    def _rounded(self, count: int) -> int:
        return rounded(count, self.policy.base)

    def _is_withheld(self, line: Line, telling: Collection[Cell]) -> bool:
        return not line.uses or any(
            each in telling or self._is_few(each.row, each.footprint) for each in line.cells
        )

    def _count(self, row: str, commissioners: Collection[Commissioner]) -> int:
        return self.raw.count(row, commissioners)

    def _is_small(self, count: int) -> bool:
        return (self.policy.zero_is_withheld or count > 0) and count < self.policy.threshold

    def _is_few(self, row: str, footprint: Audience) -> bool:
        """Say whether a count is small, or what is left of it once a council subtracts its own.

        A council knows its own children. What is left of the whole must not be a small number of
        other people's children either.
        """
        if self._is_small(self._count(row, footprint.commissioners)):
            return True
        return any(
            0 < self._count(row, others) < self.policy.threshold for others in _others_in(footprint)
        )

    def _telling(self, rate: Rate) -> Iterator[Cell]:
        """Give the numerators that tell something about a few: those counted or all the others."""
        private = rate.measure.sensitivity is Sensitivity.SENSITIVE
        for footprint in Audience:
            of = self._count(rate.denominator, footprint.commissioners)
            counted = self._count(rate.numerator, footprint.commissioners)
            tells_each = private and of < self.policy.class_size and counted in (0, of)
            few_others = 0 < of - counted < self.policy.threshold
            if self._is_small(of) or few_others or tells_each:
                yield Cell(rate.numerator, footprint)

    def _mean(
        self, mean: Mean, footprint: Audience, counts: Mapping[Cell, int | None]
    ) -> ShownMean | None:
        n = counts[Cell(mean.n, footprint)]
        least = max(mean.measure.minimum_n, self.policy.least_for_statistics)
        if n is None or n < least or self._count(mean.n, footprint.commissioners) < least:
            return None
        for others in _others_in(footprint):
            # A council could subtract its own sum from the whole: a mean of the few others, or
            # one that tells nearly everybody's answer.
            few = self._count(mean.n, others)
            if 0 < few < least or (few and _nearly_all_agree(mean, self._people(mean, others))):
                return None
        people = self._people(mean, footprint.commissioners)
        if _nearly_all_agree(mean, people):
            return None
        return show_mean(mean, people, n, with_spread=n >= self.policy.least_for_spread)

    def _people(self, mean: Mean, commissioners: Collection[Commissioner]) -> Mapping[str, int]:
        table = self.raw.tables[mean.table]
        return {each: table.count({each}, commissioners) for each in mean.scores}


def _others_in(footprint: Audience) -> Iterator[frozenset[Commissioner]]:
    """Give what is left of a footprint for each council that knows a part of it."""
    if footprint is Audience.ICB:
        for council in COUNCILS:
            yield footprint.commissioners - council.commissioners


def _nearly_all_agree(mean: Mean, people: Mapping[str, int]) -> bool:
    """Say whether a mean would tell nearly everybody's first answer, last answer or change."""
    n = sum(people.values())
    views: list[dict[int, int]] = [{} for _ in range(1 if mean.level_only else 3)]
    for each, (first, last) in mean.scores.items():
        # Those who answered only at the start have one view: the level.
        for view, value in zip(views, (first, last, last - first), strict=False):
            view[value] = view.get(value, 0) + people[each]
    return any(max(view.values()) >= n - 1 for view in views)
