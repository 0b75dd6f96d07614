"""Plays the outsider who tries to work out a withheld count from everything a release shows.

It shares no code with `disclosure`: it reads the shown figures its own way. It never decides what
to publish, and what it cannot prove to be safe is not safe.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from outcomes.episode import Commissioner
from outcomes.errors import OutcomesError
from outcomes.puzzle import Block, Integers, Published, Rules, Target, blocks
from outcomes.tables import RawFamily

# Far above what a puzzle of this size needs; a number of steps, not seconds, so that the same
# release is judged the same on a slow machine.
_MOST_STEPS = 20_000
_MANY = 5


class Verdict(StrEnum):
    """What the audit found. Only `safe` allows a release; `unknown` refuses like `unsafe`."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    UNKNOWN = "unknown"

    @property
    def allows_release(self) -> bool:
        """Say whether figures may go out."""
        return self is Verdict.SAFE


class PuzzleContradictsItselfError(OutcomesError):
    """The true counts do not fit what was shown: the audit reads a figure wrongly."""


@dataclass(frozen=True, slots=True, repr=False)
class Scenario:
    """What one outsider knows beyond the release.

    A council knows its own children exactly. A lone respondent knows exactly how many people share
    one small count with them (`shared`, the index of a target). Somebody who was `told` knows which
    of the withheld counts are small. To the last two nothing may be certain; a range is all right.
    """

    name: str
    known: frozenset[Commissioner] = frozenset()
    shared: int | None = None
    told: bool = False


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Finding:
    """A protected count that one outsider can narrow down too far, or that nobody could judge."""

    block: Block
    target: int
    scenario: Scenario
    verdict: Verdict


@dataclass(frozen=True, slots=True, repr=False)
class Audit:
    """The outcome of one audit: a verdict, the findings, and how many questions were asked."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    questions: int


PUBLIC = Scenario("public")
COUNCILS = (
    Scenario("derby-city", frozenset({Commissioner.DERBY_CITY})),
    Scenario("derbyshire-county", frozenset({Commissioner.DERBYSHIRE_COUNTY})),
)
TOLD = tuple(
    Scenario(f"{each.name}-told-what-is-small", each.known, told=True)
    for each in (*COUNCILS, PUBLIC)
)
LONE_RESPONDENT = "lone-respondent"
SCENARIOS = (*(each.name for each in (*COUNCILS, PUBLIC, *TOLD)), LONE_RESPONDENT)


Witnesses: TypeAlias = dict[tuple[str | None, bool], Integers]
"""Tables that fitted in an earlier audit of the same family, by block and whether one was told."""


def audit(
    family: RawFamily, published: Published, rules: Rules, witnesses: Witnesses | None = None
) -> Audit:
    """Try to work out every protected count of a family, as each outsider.

    A count passes only when two complete tables were found, checked by plain integer arithmetic
    against everything shown, that differ in it by the required width: the solver is never trusted.
    `witnesses` is read and added to: a table that fitted once is tried first the next time.
    Raises `PuzzleContradictsItselfError` when the truth itself does not fit what was shown.
    """
    kept: Witnesses = {} if witnesses is None else witnesses
    findings: list[Finding] = []
    questions = 0
    for block in blocks(family, published, rules):
        hunts = {told: Hunt(block, told=told) for told in (False, True)}
        if not hunts[True].allows(block.truth, PUBLIC):
            message = f"the figures of {family.name} do not fit what was counted; nothing goes out"
            raise PuzzleContradictsItselfError(message)
        for told, hunt in hunts.items():
            hunt.look_near(kept.get((block.name, told)))
        for scenario in scenarios(block):
            targets = list(protected(block, scenario))
            questions += len(targets)
            findings.extend(hunts[scenario.told].hunt(scenario, targets))
        kept.update({(block.name, told): hunt.tables for told, hunt in hunts.items()})
    return Audit(overall(findings), tuple(findings), questions)


def protected(block: Block, scenario: Scenario) -> Iterator[int]:
    """List the targets this outsider must not work out: those about people they do not know.

    Somebody told that a whole is small, with as many children of their own as that allows, knows
    that there is no other. No figure can be withheld against that, so it is not asked of them.
    """
    for index, target in enumerate(block.targets):
        if scenario.told and target.truth == 0:
            continue
        if not target.group & scenario.known and index != scenario.shared:
            yield index


def scenarios(block: Block) -> Iterator[Scenario]:
    """List the outsiders to try on a block."""
    yield from COUNCILS
    yield PUBLIC
    yield from TOLD
    for index, target in enumerate(block.targets):
        few = 0 < target.truth <= (1 if block.name else 2)
        if len(target.group) == 1 and few and target.table in block.about:
            yield Scenario(LONE_RESPONDENT, shared=index)


def overall(findings: Sequence[Finding]) -> Verdict:
    """Give the verdict on a whole audit: one count that nobody could judge makes it unknown."""
    if not findings:
        return Verdict.SAFE
    certain = all(each.verdict is Verdict.UNSAFE for each in findings)
    return Verdict.UNSAFE if certain else Verdict.UNKNOWN


def _near_the_truth(block: Block) -> Integers:
    """Give the truth and every table in which some people are in another class of their table."""
    places = list(zip(block.commissioners, block.sources, strict=True))
    found = [block.truth[np.newaxis, :]]
    for place in sorted(set(places)):
        here = np.flatnonzero([each == place for each in places])
        giving, taking = (each.ravel() for each in np.meshgrid(here, here))
        for people in range(1, block.threshold):
            can = (giving != taking) & (block.truth[giving] >= people)
            tables = np.repeat(block.truth[np.newaxis, :], can.sum(), axis=0)
            each = np.arange(len(tables))
            tables[each, giving[can]] -= people
            tables[each, taking[can]] += people
            found.append(tables)
    return np.vstack(found)


class Hunt:
    """One block, the shown rows taken into account, and every table found so far that fits them."""

    def __init__(
        self, block: Block, using: NDArray[np.bool_] | None = None, *, told: bool = False
    ) -> None:
        """Take into account the shown rows marked in `using`, or all; and when `told` the small."""
        self.block = block
        small = block.small if told else block.small[:0]
        use = np.ones(len(block.ranges), np.bool_) if using is None else using
        low = np.array([each.low for each in block.ranges], np.float64)[use]
        high = np.array([each.high for each in block.ranges], np.float64)[use]
        nothing = np.zeros(len(block.links))
        self.rows = np.vstack([block.links, block.shown[use], small])
        self.low = np.concatenate([nothing, low, np.zeros(len(small))])
        self.high = np.concatenate([nothing, high, np.full(len(small), block.threshold - 1)])
        self.tables: Integers = block.truth[np.newaxis, :]
        self.values = self._aimed_at(self.tables)

    def look_near(self, tried: Integers | None) -> None:
        """Begin with tables that are easily found: those tried before, or those near the truth.

        Most protected counts are shown to be open by these alone, which spares the solver.
        """
        tables = _near_the_truth(self.block) if tried is None else tried
        sums = tables @ self.rows.T
        fits = ((sums >= self.low) & (sums <= self.high)).all(axis=1)
        self.tables = tables[fits]
        self.values = self._aimed_at(self.tables)

    def allows(self, table: Integers, scenario: Scenario) -> bool:
        """Check by integer arithmetic that a table fits everything this outsider knows."""
        sums = self.rows @ table
        inside = (sums >= self.low).all() and (sums <= self.high).all()
        tables = table[np.newaxis, :]
        return bool(inside and self._fits(scenario, tables, self._aimed_at(tables)).all())

    def hunt(self, scenario: Scenario, targets: Sequence[int]) -> Iterator[Finding]:
        """Give the targets that this outsider can narrow down too far."""
        fits = self._fits(scenario, self.tables, self.values)
        low, high = self.values[fits].min(axis=0), self.values[fits].max(axis=0)

        def is_hidden(index: int) -> bool:
            return is_open(self.block.targets[index], scenario, low[index], high[index])

        def push(aim: Integers) -> bool:
            table, proved = self._furthest(aim, scenario)
            values = self._aimed_at(table)
            np.minimum(low, values, out=low)
            np.maximum(high, values, out=high)
            return proved

        for sign in (1, -1):
            # All at once first: it often opens many, and then each needs no question of its own.
            unseen = [index for index in targets if not is_hidden(index)]
            if len(unseen) > _MANY:
                push(sign * self.block.aims[unseen].sum(axis=0))
        for index in targets:
            if is_hidden(index):
                continue
            proved = [push(sign * self.block.aims[index]) for sign in (1, -1)]
            if not is_hidden(index):
                verdict = Verdict.UNSAFE if all(proved) else Verdict.UNKNOWN
                yield Finding(self.block, index, scenario, verdict)

    def _aimed_at(self, tables: Integers) -> NDArray[np.float64]:
        """Give the value of every target in these tables."""
        values: NDArray[np.float64] = tables.astype(np.float64) @ self.block.aims.T
        return values

    def _fits(
        self, scenario: Scenario, tables: Integers, values: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Mark the tables that agree with what this outsider knows beyond what is shown."""
        floor, ceiling = self._limits(scenario)
        fits = np.asarray(((tables >= floor) & (tables <= ceiling)).all(axis=1), np.bool_)
        if scenario.shared is not None:
            known = self.block.targets[scenario.shared].truth
            fits = np.logical_and(fits, values[:, scenario.shared] == known)
        return fits

    def _limits(self, scenario: Scenario) -> tuple[Integers, Integers]:
        """Give the lowest and highest value of each unknown: equal where the outsider knows it."""
        known = np.array([each in scenario.known for each in self.block.commissioners], np.bool_)
        truth = self.block.truth
        return np.where(known, truth, 0), np.where(known, truth, self.block.ceiling)

    def _furthest(self, aim: Integers, scenario: Scenario) -> tuple[Integers, bool]:
        """Find a table that fits and goes as far in one direction as possible.

        Says as well whether it is proved that none goes further. Gives the truth, unproved, when
        the solver gave up or its table does not fit.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - slow to import

        floor, ceiling = self._limits(scenario)
        constraints = [LinearConstraint(self.rows, self.low, self.high)]
        if scenario.shared is not None:
            known = self.block.targets[scenario.shared].truth
            constraints.append(LinearConstraint(self.block.aims[scenario.shared], known, known))
        answer = milp(
            -aim,
            integrality=np.ones(len(self.block.truth)),
            bounds=Bounds(floor, ceiling),
            constraints=constraints,
            options={"node_limit": _MOST_STEPS, "mip_rel_gap": 0.0},
        )
        table = None if answer.x is None else np.rint(answer.x).astype(np.int64)
        if table is None or not self.allows(table, scenario):
            return self.block.truth, False
        self.tables = np.vstack([self.tables, table])
        self.values = np.vstack([self.values, self._aimed_at(table)])
        return table, answer.status == 0


def is_open(target: Target, scenario: Scenario, low: float, high: float) -> bool:
    """Say whether a target that can lie anywhere from `low` to `high` is hidden well enough."""
    if scenario.shared is not None or scenario.told or target.width == 1:
        return high - low >= 1
    below = low < target.truth or target.truth == 0
    width = target.insider_width if scenario.known else target.width
    return high - low >= width and below and high > target.truth
