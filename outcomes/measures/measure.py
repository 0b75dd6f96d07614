"""Says what a measure is made of, as versioned data with a hash; it counts nobody itself."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from outcomes.episode import Audience, Axis
from outcomes.errors import BadMeasureError
from outcomes.measures.recipe import Recipe
from outcomes.observation import Role

MINIMUM_FOR_A_RATE = 10


class Statistic(StrEnum):
    """What kind of figure a measure is."""

    COUNT = "count"
    RATE = "rate"
    MEAN_CHANGE = "mean-change"
    MEDIAN = "median"
    COVERAGE = "coverage"
    """A number of outcomes with evidence: worked out from shown figures only."""


class Direction(StrEnum):
    """Which way is better; `neither` is only looked at."""

    HIGHER_IS_BETTER = "higher-is-better"
    LOWER_IS_BETTER = "lower-is-better"
    NEITHER = "neither"


class Interval(StrEnum):
    """How the uncertainty of a figure is worked out."""

    NONE = "none"
    WILSON = "wilson"
    STUDENT_T = "student-t"


class Sensitivity(StrEnum):
    """Whether "all of them" and "none of them" would tell something private about each one."""

    ORDINARY = "ordinary"
    SENSITIVE = "sensitive"


class PeriodRule(StrEnum):
    """Which day puts somebody into a period."""

    CLOSED = "closing-day"
    ACCEPTED = "day-accepted"
    OPEN_AT_END = "open-on-the-last-day"
    DUE = "day-due"
    STARTED = "day-begun"
    ANSWERED = "day-answered"
    HEARD = "day-heard"
    CLOSED_A_QUARTER_AGO = "closing-day-one-quarter-earlier"
    CLOSED_THREE_QUARTERS_AGO = "closing-day-three-quarters-earlier"


class Cadence(StrEnum):
    """In which releases a measure comes: those of a quarter, of a year, or both."""

    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Scale:
    """The lowest and highest value of an item, and which end is better."""

    low: int = 1
    high: int = 5
    direction: Direction = Direction.HIGHER_IS_BETTER

    def upward(self, value: int) -> int:
        """Give the value with the better end up. Raises `BadMeasureError` off the scale."""
        if not self.low <= value <= self.high:
            message = (
                f"a score of {value} is outside {self.low} to {self.high}; the instrument and the "
                "measure disagree: give the measure a new version for the new scale"
            )
            raise BadMeasureError(message)
        if self.direction is Direction.LOWER_IS_BETTER:
            return self.low + self.high - value
        return value


@dataclass(frozen=True, slots=True)
class Windows:
    """When an answer counts as the first or the last one, in days."""

    before_open: int = 14
    after_open: int = 42
    before_close: int = 42
    after_close: int = 28
    least_gap: int = 28


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure that commissioners get, as data. A change of any field needs a new `version`.

    `population` says in plain words who is counted at all and `numerator` what is counted (or
    averaged) among them; `recipe` names, as data, how the counting does it. `breakdown` is the one
    axis by which a year's figures are broken down, `cadence` the kinds of release it comes in.
    `outcomes` are codes of the contract's twelve outcomes, `indicators` codes of indicators it is
    read beside. `sentence` says the figure in plain words, with `{n}` and `{d}`. Where `missing` is
    not empty, nothing can be counted yet and it says what is lacking.
    Raises `BadMeasureError` when the parts contradict each other.
    """

    id: str
    version: int
    title: str
    statement: str
    sentence: str
    statistic: Statistic
    population: str
    numerator: str
    recipe: Recipe
    direction: Direction
    period_rule: PeriodRule
    interval: Interval
    sensitivity: Sensitivity
    unit: str
    area: str = "Total"
    role: Role | None = None
    instrument: str | None = None
    instrument_version: int | None = None
    items: tuple[str, ...] = ()
    scale: Scale = field(default_factory=Scale)
    windows: Windows = field(default_factory=Windows)
    minimum_n: int = MINIMUM_FOR_A_RATE
    footprints: tuple[Audience, ...] = tuple(Audience)
    breakdown: Axis | None = None
    outcomes: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    cadence: tuple[Cadence, ...] = tuple(Cadence)
    missing: str = ""

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together."""
        if self.minimum_n < MINIMUM_FOR_A_RATE:
            self._refuse(f"a rate or mean of fewer than {MINIMUM_FOR_A_RATE} people is never shown")
        if (self.instrument is None) != (self.instrument_version is None):
            self._refuse("an instrument and its version come together")
        if self.breakdown is not None and Cadence.YEAR not in self.cadence:
            self._refuse("only the figures of a year are broken down")
        averaged = self.statistic in (Statistic.MEAN_CHANGE, Statistic.MEDIAN)
        if averaged and Cadence.YEAR in self.cadence:
            self._refuse("a mean or median of a year would give away those of its quarters")
        if self.statistic is Statistic.MEAN_CHANGE and self.interval is Interval.WILSON:
            self._refuse("the Wilson interval is for shares")

    def _refuse(self, problem: str) -> None:
        message = f"measure {self.id} ({self.area}) version {self.version}: {problem}"
        raise BadMeasureError(message)

    @property
    def in_full(self) -> str:
        """Write every field as JSON: equal definitions are the same text."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    @property
    def content_hash(self) -> str:
        """Give the SHA-256 of every field, so that a changed definition can never pass unseen."""
        return hashlib.sha256(self.in_full.encode()).hexdigest()
