"""What staff come to know of a made-up child beside the answers: drawn, and invented for nobody.

Sex, ethnic group and who came alone follow population.csv (children looked after by Derby City
Council at the last published quarter end); all other shares are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final, TypeVar

from outcomes.episode import AgeBand, Lives
from outcomes.measures.characteristics import NO, YES, Characteristic
from starling.simulation.population import Child, count_children, pick
from surveys.people import AgeBand as SpokenBand
from usecases.characteristics import GivenBy
from usecases.sdq_totals import MOST, Informant

T = TypeVar("T")

_SEXES: Final = {"Female": "female", "Male": "male", "Indeterminate": "another-way"}
_ETHNIC_GROUPS: Final = {
    "Asian or Asian British": "asian",
    "Black or Black British": "black",
    "Dual Heritage": "mixed",
    "Gypsy/Roma/Traveller": "white",
    "White British": "white",
    "White Other": "white",
    "Other": "other",
}
_SAID: Final = {
    Characteristic.SEX: 0.95,
    Characteristic.ETHNIC_GROUP: 0.85,
    Characteristic.DISABILITY: 0.6,
    Characteristic.CAME_ALONE: 0.7,
    Characteristic.CARE_LEAVER: 0.8,
}
"""How many of them, or their workers, say it."""

_IN_CARE: Final = (Lives.FOSTER, Lives.KINSHIP, Lives.RESIDENTIAL, Lives.SEMI_INDEPENDENT)
_MOVES: Final = {0: 0.8, 1: 0.14, 2: 0.04, 3: 0.02}
_YOUNG: Final = (SpokenBand.FIVE_TO_SEVEN, SpokenBand.EIGHT_TO_ELEVEN)
_INFORMANTS: Final = {Informant.PARENT: 0.65, Informant.TEACHER: 0.3, Informant.SELF: 0.35}
"""Whose questionnaire comes to the file; only whoever is 12 or older fills one in themselves."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Two totals of one informant, and how many days after the beginning and the end they are."""

    first_after: int
    first: int
    last_after: int
    last: int | None


@dataclass(frozen=True, slots=True)
class Known:
    """What staff come to know of one child and one support; None is what nobody notes.

    plan_after: days after the beginning, also negative. stops: at which share of the support they
    stop coming for a while. gone_for: days until they are back, where they come back. left_before:
    days before its end, where the support ends because they stopped.
    """

    age: AgeBand
    given: Mapping[Characteristic, str]
    giver: GivenBy
    away_at_start: bool | None
    away_at_end: bool | None
    moves: int | None
    plan_after: int | None
    stops: float | None
    gone_for: int | None
    left_before: int
    scores: Mapping[Informant, Scores]


def draw_known(child: Child, seed: int) -> Known:
    """Return what becomes known of a child; the same seed gives the same, whatever else happens."""
    chance = Random(f"{seed}:known:{child.number}")
    in_care = child.lives in _IN_CARE
    away = chance.random() < (0.3 if in_care else 0.1)
    stops = chance.uniform(0.3, 0.6) if chance.random() < 0.08 else None
    comes_back = stops is not None or chance.random() < 0.2
    return Known(
        age=_age(child, chance),
        given=_given(child, chance),
        giver=chance.choice(list(GivenBy)),
        away_at_start=_unless(chance, away),
        away_at_end=_unless(chance, chance.random() < (0.85 if away else 0.05)),
        moves=_unless(chance, pick(_MOVES, chance) if in_care else 0),
        plan_after=_plan_after(chance),
        stops=stops,
        gone_for=chance.randint(10, 75) if comes_back else None,
        left_before=chance.randint(5, 45),
        scores=_scores(child, chance),
    )


def _unless(chance: Random, value: T) -> T | None:
    """Return a value, or nothing where nobody noted it."""
    return None if chance.random() < 0.04 else value


def _age(child: Child, chance: Random) -> AgeBand:
    """Return the band of the figures; of those from 8 to 11, one in four is 11."""
    match child.age_band:
        case SpokenBand.FIVE_TO_SEVEN:
            return AgeBand.TO_TEN
        case SpokenBand.EIGHT_TO_ELEVEN:
            return AgeBand.TO_TEN if chance.random() < 0.75 else AgeBand.TO_FIFTEEN
        case SpokenBand.TWELVE_TO_FIFTEEN:
            return AgeBand.TO_FIFTEEN
        case _:
            return AgeBand.FROM_SIXTEEN


def _given(child: Child, chance: Random) -> dict[Characteristic, str]:
    old_enough = child.age_band not in _YOUNG
    has_left = child.age_band is SpokenBand.EIGHTEEN_TO_TWENTY_FIVE
    alone = old_enough and chance.random() < _share_alone()
    values = {
        Characteristic.SEX: pick(_shares("gender", _SEXES), chance),
        Characteristic.ETHNIC_GROUP: pick(_shares("ethnicity", _ETHNIC_GROUPS), chance),
        Characteristic.DISABILITY: YES if chance.random() < 0.2 else NO,
        Characteristic.CAME_ALONE: YES if alone else NO,
        Characteristic.CARE_LEAVER: YES if has_left and chance.random() < 0.9 else NO,
    }
    return {what: value for what, value in values.items() if chance.random() < _SAID[what]}


def _plan_after(chance: Random) -> int | None:
    fate = chance.random()
    if fate < 0.06:
        return None
    in_time = int(min(28, max(-10, chance.gauss(15, 7))))
    return in_time if fate < 0.86 else chance.randint(29, 70)


def _scores(child: Child, chance: Random) -> dict[Informant, Scores]:
    found = {}
    for informant, share in _INFORMANTS.items():
        too_young = informant is Informant.SELF and child.age_band in _YOUNG
        if chance.random() < share and not too_young:
            first = _total(chance.gauss(16, 6.2))
            last = _total(first + chance.gauss(-2, 4.2)) if chance.random() < 0.7 else None
            found[informant] = Scores(chance.randint(-30, 30), first, chance.randint(-25, 30), last)
    return found


def _total(drawn: float) -> int:
    return round(min(MOST, max(0, drawn)))


@cache
def _share_alone() -> float:
    """Return the share of those who came alone among children of about 12 and older."""
    ages = count_children("age")
    old_enough = ages["10 to 15"] * 2 / 3 + ages["16 and over"]
    return sum(count_children("uasc").values()) / old_enough


def _shares(breakdown: str, names: Mapping[str, str]) -> dict[str, float]:
    """Return how many children the published figures have in each of our groups."""
    found: dict[str, float] = {}
    for category, children in count_children(breakdown).items():
        if category in names:
            found[names[category]] = found.get(names[category], 0) + children
    return found
