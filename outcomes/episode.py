"""Holds what figures need to know of a support episode; never a name, address or reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from outcomes.errors import BadFactsError


class Commissioner(StrEnum):
    """Who pays for a support episode. `other` is any other authority that places children here."""

    DERBY_CITY = "derby-city"
    DERBYSHIRE_COUNTY = "derbyshire-county"
    OTHER = "other"


class Strand(StrEnum):
    """How the support reaches the child: directly, through the carers, or by consultation."""

    DIRECT = "direct"
    CARERS = "carers"
    CONSULTATION = "consultation"


class AgeBand(StrEnum):
    """How old the child was when the support was accepted, in the only bands that are published."""

    TO_TEN = "0-10"
    TO_FIFTEEN = "11-15"
    FROM_SIXTEEN = "16-25"
    NOT_KNOWN = "not-known"


class Axis(StrEnum):
    """By what a year's figures may be broken down, besides the footprint. Never by two at once."""

    AGE = "age"
    STRAND = "strand"


class Lives(StrEnum):
    """Where the child lives. `kinship` is kinship care or special guardianship."""

    FOSTER = "foster"
    KINSHIP = "kinship"
    RESIDENTIAL = "residential"
    BIRTH_FAMILY = "birth-family"
    SEMI_INDEPENDENT = "semi-independent"
    OTHER = "other"


class CloseReason(StrEnum):
    """Why the support ended, as staff recorded it."""

    PLANNED = "planned"
    DISENGAGED = "disengaged"
    MOVED = "moved"
    DECLINED = "declined"
    TRANSFERRED = "transferred"
    OTHER = "other"


class Audience(StrEnum):
    """Who receives a file, and at the same time the children a figure is about (its footprint).

    The two councils see their own children. The Integrated Care Board (`icb`) pays for everybody,
    so its footprint is all children, those of other authorities included.
    """

    DERBY_CITY = "derby-city"
    DERBYSHIRE_COUNTY = "derbyshire-county"
    ICB = "icb"

    def sees(self, commissioner: Commissioner) -> bool:
        """Say whether the children of this commissioner are inside the footprint."""
        return self is Audience.ICB or self.value == commissioner.value

    @property
    def commissioners(self) -> frozenset[Commissioner]:
        """Give the commissioners whose children are inside the footprint."""
        return frozenset(each for each in Commissioner if self.sees(each))


COUNCILS = (Audience.DERBY_CITY, Audience.DERBYSHIRE_COUNTY)


@dataclass(frozen=True, slots=True)
class StaffFacts:
    """What staff noted about one support episode because the contract asks for it.

    None means that nobody noted it, which is neither yes nor no. `unplanned_moves` happened while
    the support went on. `away_at_*`: whether the child lived outside their own area. `plan_on` is
    the day from which a plan with goals was in place. `disengaged_on` is when the child or family
    stopped coming, `back_on` when they came again.
    """

    unplanned_moves: int | None = None
    away_at_start: bool | None = None
    away_at_end: bool | None = None
    plan_on: date | None = None
    disengaged_on: date | None = None
    back_on: date | None = None


@dataclass(frozen=True, slots=True)
class EpisodeFacts:
    """One support episode: one piece of support for one child, paid by one commissioner.

    `key` is a pseudonym that means nothing outside the tabulation. Dates are local dates
    (Europe/London). `closed_on` and `close_reason` are both given or both absent. `age` is that on
    the day it was accepted. `characteristics` are protected ones that were given of free will:
    name to value, both from `outcomes.measures.characteristics`.
    Raises `BadFactsError` when they are not, or when it closed before it opened.
    """

    key: str
    commissioner: Commissioner
    strand: Strand
    lives: Lives
    accepted_on: date
    closed_on: date | None
    close_reason: CloseReason | None
    age: AgeBand = AgeBand.NOT_KNOWN
    staff: StaffFacts = field(default_factory=StaffFacts)
    characteristics: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse facts that contradict each other."""
        if (self.closed_on is None) != (self.close_reason is None):
            problem = "it needs both a closing date and a closing reason, or neither"
        elif self.closed_on is not None and self.closed_on < self.accepted_on:
            problem = "it closed before it was accepted"
        else:
            return
        message = f"support episode {self.key}: {problem}; correct it on the staff page"
        raise BadFactsError(message)
