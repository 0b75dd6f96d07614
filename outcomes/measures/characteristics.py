"""Lists protected characteristics and their values in plain words; it knows nobody's."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Characteristic(StrEnum):
    """What may be noted about a child, only where they or their worker gave it of free will."""

    SEX = "sex"
    ETHNIC_GROUP = "ethnic-group"
    DISABILITY = "disability"
    CAME_ALONE = "came-alone"
    CARE_LEAVER = "care-leaver"


NOT_GIVEN: Final = "not-given"
"""The class of everybody for whom nothing was given; never a value that somebody can give."""

YES: Final = "yes"
NO: Final = "no"

TITLES: Final[Mapping[Characteristic, str]] = MappingProxyType(
    {
        Characteristic.SEX: "Sex",
        Characteristic.ETHNIC_GROUP: "Ethnic group",
        Characteristic.DISABILITY: "Disability or long-term condition",
        Characteristic.CAME_ALONE: "Came to this country alone",
        Characteristic.CARE_LEAVER: "Has left care",
    }
)
"""What each characteristic is called."""

VALUE_TITLES: Final[Mapping[Characteristic, Mapping[str, str]]] = MappingProxyType(
    {
        Characteristic.SEX: MappingProxyType(
            {
                "female": "Girl or woman",
                "male": "Boy or man",
                "another-way": "Said it in another way",
            }
        ),
        Characteristic.ETHNIC_GROUP: MappingProxyType(
            {
                "asian": "Asian or Asian British",
                "black": "Black, Black British, Caribbean or African",
                "mixed": "Mixed or multiple ethnic groups",
                "white": "White",
                "other": "Other ethnic group",
            }
        ),
        Characteristic.DISABILITY: MappingProxyType(
            {YES: "Has a disability or long-term condition", NO: "Has none"}
        ),
        Characteristic.CAME_ALONE: MappingProxyType(
            {YES: "Came to this country alone", NO: "Did not come alone"}
        ),
        Characteristic.CARE_LEAVER: MappingProxyType(
            {YES: "Has left care", NO: "Is in care or at home"}
        ),
    }
)
"""What each value is called. Ethnic groups are the five broad ones of the census of 2021."""

VALUES: Final[Mapping[Characteristic, tuple[str, ...]]] = MappingProxyType(
    {each: tuple(titles) for each, titles in VALUE_TITLES.items()}
)
"""Which values there are; "not said" is none of them, it is the absence of any."""
