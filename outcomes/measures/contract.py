"""Lists what the contract asks for, and which measure is evidence of what; it counts nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Outcome:
    """One of the twelve outcomes that the contract asks for.

    `measures` are the ids of the measures that are evidence of it. Where there are none, `gap` says
    what would have to be asked or noted: an outcome without evidence is shown as one.
    """

    code: str
    title: str
    measures: tuple[str, ...]
    gap: str = ""


OUTCOMES: Final = (
    Outcome("O01", "Homes that are stable", ("M09", "M12")),
    Outcome("O02", "Fewer children far from home or in hospital", ("M13", "M13s")),
    Outcome(
        "O03",
        "Good support on the way to adulthood",
        (),
        "Nobody is asked yet how well the step to an own life is prepared.",
    ),
    Outcome(
        "O04",
        "Fewer moves from family homes to residential care",
        (),
        "Staff note unplanned moves, but not yet from what kind of home to which.",
    ),
    Outcome("O05", "Carers who feel able to cope", ("M08", "M09b", "M10c")),
    Outcome("O06", "Professionals who understand", ("M10",)),
    Outcome("O07", "Stronger relationships, and strength in hard times", ("M06", "M09b")),
    Outcome("O08", "Feeling secure and attached", ("M06",)),
    Outcome(
        "O09",
        "Less inequality with other children",
        ("U-sex", "U-ethnic-group", "U-disability", "U-came-alone", "U-care-leaver"),
    ),
    Outcome(
        "O10",
        "Risk of harm is managed",
        (),
        "How risk is managed is judged by professionals and not yet recorded in numbers.",
    ),
    Outcome("O11", "Support that is easy to get", ("M03", "M15")),
    Outcome(
        "O12",
        "Knowing what help there is",
        (),
        "Nobody is asked yet whether they know where to find help.",
    ),
)
"""The outcomes as the contract lists them, in plain words."""


@dataclass(frozen=True, slots=True)
class KeyIndicator:
    """One thing the contract watches all the time, and the ids of the measures about it."""

    code: str
    title: str
    measures: tuple[str, ...]


KEY_INDICATORS: Final = (
    KeyIndicator("K1", "Homes far away, and unplanned moves", ("M12", "M13", "M13s")),
    KeyIndicator(
        "K2",
        "Feeling better at the end of the support",
        ("M04", "M05", "M05w", "M05s", "M06", "M16", "M16w", "M19"),
    ),
    KeyIndicator(
        "K3",
        "Confidence of carers, families and professionals, and how they saw the service",
        ("M04c", "M08", "M09", "M09b", "M10", "M10c", "M11", "M11c"),
    ),
    KeyIndicator("K4", "A plan with goals in place", ("M14",)),
    KeyIndicator("K5", "Young people who stop coming and do not come back", ("M15",)),
)
"""The key performance indicators of the contract, in plain words."""

_AREAS_OF: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "O07": frozenset(("People who care", "Friends", "Belief in myself")),
        "O08": frozenset(("Home", "People who care")),
    }
)
"""Of M06, an outcome takes only these areas as evidence."""


def outcomes_of(measure: str, area: str) -> tuple[str, ...]:
    """Give the codes of the outcomes that a measure, in one of its areas, is evidence of."""
    return tuple(
        each.code
        for each in OUTCOMES
        if measure in each.measures
        and (measure != "M06" or area in _AREAS_OF.get(each.code, frozenset()))
    )
