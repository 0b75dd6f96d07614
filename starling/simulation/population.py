"""Who a made-up service serves, in the shares of the published figures; it invents no person.

population.csv: children looked after by Derby City Council at ten quarter ends, by age, gender,
ethnicity and where they live (Derby City Council, Corporate Parenting Committee papers,
2021-2024). Only the last quarter end is used here.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Final, TypeVar

from outcomes.episode import CloseReason, Commissioner, Lives, Strand
from surveys.people import AgeBand

T = TypeVar("T")

_AGES: Final = {
    AgeBand.FIVE_TO_SEVEN: 0.12,
    AgeBand.EIGHT_TO_ELEVEN: 0.30,
    AgeBand.TWELVE_TO_FIFTEEN: 0.34,
    AgeBand.SIXTEEN_TO_SEVENTEEN: 0.16,
    AgeBand.EIGHTEEN_TO_TWENTY_FIVE: 0.08,
}
"""Of those the service sees: referrals are mostly 5 to 10 and 11 to 15; split by us."""

_LIVES: Final = {
    "Foster placement": Lives.FOSTER,
    "Hostels and other supportive settings": Lives.SEMI_INDEPENDENT,
    "Homes and hostels (residential)": Lives.RESIDENTIAL,
    "Placed for adoption": Lives.OTHER,
    "Placed with parents": Lives.BIRTH_FAMILY,
    "Other placement": Lives.OTHER,
}

_COMMISSIONERS: Final = {
    Commissioner.DERBY_CITY: 0.30,
    Commissioner.DERBYSHIRE_COUNTY: 0.55,
    Commissioner.OTHER: 0.15,
}
"""About 600 children in the city's care, 1,060 in the county's, and some from other areas."""

_STRANDS: Final = {Strand.DIRECT: 0.6, Strand.CARERS: 0.28, Strand.CONSULTATION: 0.12}

_INTERVENTIONS: Final = {
    Strand.DIRECT: ("trauma-work", "theraplay", "ddp", "creative-therapy", "wrap-around"),
    Strand.CARERS: ("attachment-group", "dyadic-work", "filial-play", "group-work"),
    Strand.CONSULTATION: ("consultation", "consultation-series", "training"),
}

_REASONS: Final = {
    CloseReason.PLANNED: 0.80,
    CloseReason.DISENGAGED: 0.10,
    CloseReason.MOVED: 0.06,
    CloseReason.OTHER: 0.04,
}


@dataclass(frozen=True, slots=True)
class Child:
    """What is decided about one made-up child before anything happens."""

    number: int
    age_band: AgeBand
    commissioner: Commissioner
    strand: Strand
    intervention: str
    lives: Lives
    reason: CloseReason

    @property
    def case(self) -> str:
        """A case reference that is plainly made up."""
        return f"MADE-UP-{self.number:05d}"


@cache
def count_children(breakdown: str) -> dict[str, int]:
    """Return how many children there were in each category at the last published quarter end."""
    text = files("starling.simulation").joinpath("population.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["breakdown"] == breakdown]
    last = max(row["snapshot_date"] for row in rows)
    return {row["category"]: int(row["children"]) for row in rows if row["snapshot_date"] == last}


@cache
def where_children_live() -> dict[Lives, int]:
    """Return how many children lived where at the last published quarter end."""
    found: dict[Lives, int] = {}
    for category, children in count_children("placement").items():
        if category in _LIVES:
            lives = _LIVES[category]
            found[lives] = found.get(lives, 0) + children
    return found


def make_child(number: int, chance: Random) -> Child:
    """Return one made-up child; the same chance gives the same child."""
    strand = pick(_STRANDS, chance)
    return Child(
        number=number,
        age_band=pick(_AGES, chance),
        commissioner=pick(_COMMISSIONERS, chance),
        strand=strand,
        intervention=chance.choice(_INTERVENTIONS[strand]),
        lives=pick({lives: float(n) for lives, n in where_children_live().items()}, chance),
        reason=pick(_REASONS, chance),
    )


def pick(shares: dict[T, float], chance: Random) -> T:
    """Return one of these by its share; the shares may have any sum."""
    return chance.choices(list(shares), weights=list(shares.values()))[0]
