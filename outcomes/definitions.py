"""Says what a measure is made of, as versioned data with a hash; it counts nobody itself."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from outcomes.episode import EpisodeFacts, Lives, Strand
from outcomes.errors import BadMeasureError
from outcomes.measure import Windows as Windows  # noqa: PLC0414 - tests take it from here
from outcomes.observation import Role

MINIMUM_FOR_A_RATE = 10


class Statistic(StrEnum):
    """Whether a measure is a share of people or a mean on the instrument's scale."""

    RATE = "rate"
    MEAN_CHANGE = "mean-change"


class Base(StrEnum):
    """Whom a rate is a share of."""

    ELIGIBLE = "everybody-in-the-population"
    PAIRED = "paired"
    ROOM_TO_RISE = "paired-and-first-below-the-top"
    ROOM_TO_FALL = "paired-and-first-above-the-bottom"
    FIRST_AT_TOP = "paired-and-first-at-the-top"
    ROSE_ON_FIRST_ITEM = "paired-and-rose-on-the-first-item"


class Event(StrEnum):
    """What a rate counts among them."""

    PAIRED = "answered-first-and-last"
    ROSE = "rose-by-a-point-or-more"
    FELL = "fell-by-a-point-or-more"
    STAYED_AT_TOP = "last-at-the-top"
    OTHERS_ALL_ROSE = "every-other-item-rose-by-a-point-or-more"


class Direction(StrEnum):
    """Which end of the scale is the better one."""

    HIGHER_IS_BETTER = "higher-is-better"
    LOWER_IS_BETTER = "lower-is-better"


class Interval(StrEnum):
    """How the uncertainty of a figure is worked out."""

    WILSON = "wilson"
    STUDENT_T = "student-t"


class Sensitivity(StrEnum):
    """Whether "all of them" and "none of them" would tell something private about each one."""

    ORDINARY = "ordinary"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, slots=True)
class Population:
    """Who could have answered: episodes of these strands where the child lives in one of these.

    `or_took_part` adds the episodes of other strands in which somebody of the role was asked or
    answered all the same, so that nobody's answer is left out.
    """

    strands: tuple[Strand, ...]
    lives: tuple[Lives, ...] = tuple(Lives)
    or_took_part: bool = True

    def holds(self, episode: EpisodeFacts, *, took_part: bool) -> bool:
        """Say whether an episode belongs to the population."""
        reached = episode.strand in self.strands or (self.or_took_part and took_part)
        return reached and episode.lives in self.lives


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
class Source:
    """Where the answers of a measure come from."""

    instrument: str
    role: Role
    population: Population
    windows: Windows = field(default_factory=Windows)
    scale: Scale = field(default_factory=Scale)

    @property
    def name(self) -> str:
        """Name the people asked together: one flow, one set of linked counts."""
        return f"{self.instrument}/{self.role}"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure that commissioners get, as data. A change of any field needs a new `version`.

    `items` are ids of the instrument; the first decides whose answers are valid. A rate is
    `event` among `base`; a mean change is the mean of last minus first. `sentence` says a rate in
    plain words, with `{n}` and `{d}`. Raises `BadMeasureError` when the parts do not fit.
    """

    id: str
    version: int
    title: str
    statement: str
    source: Source
    statistic: Statistic
    items: tuple[str, ...]
    interval: Interval
    sensitivity: Sensitivity
    sentence: str
    area: str = "Total"
    base: Base | None = None
    event: Event | None = None
    minimum_n: int = MINIMUM_FOR_A_RATE

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together."""
        is_rate = self.statistic is Statistic.RATE
        if is_rate != (self.base is not None) or is_rate != (self.event is not None):
            self._refuse("a rate has a base and an event, a mean has neither")
        among_all = self.base is Base.ELIGIBLE
        if among_all != (not self.items) or among_all != (self.event is Event.PAIRED):
            self._refuse("a rate among everybody in the population counts pairs and has no items")
        with_others = self.event is Event.OTHERS_ALL_ROSE
        if with_others != (len(self.items) > 1) or with_others != (
            self.base is Base.ROSE_ON_FIRST_ITEM
        ):
            self._refuse("further items, their event and its base only come together")
        if self.minimum_n < MINIMUM_FOR_A_RATE:
            self._refuse(f"a rate or mean of fewer than {MINIMUM_FOR_A_RATE} people is never shown")

    def _refuse(self, problem: str) -> None:
        message = f"measure {self.id} version {self.version}: {problem}"
        raise BadMeasureError(message)

    @property
    def content_hash(self) -> str:
        """Give the SHA-256 of every field, so that a changed definition can never pass unseen."""
        canonical = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()
