"""The columns of a file of support episodes: those that it must have, and those that it may have.

It reads nothing and checks nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from outcomes.measures.characteristics import Characteristic
from usecases.contract_facts import Fact


class Column(StrEnum):
    """What the case-management system says of a support episode, by the names of the columns.

    From `child_age` on a file may leave them out; an empty cell says nothing.
    """

    REFERENCE = "reference"
    CASE = "case"
    COMMISSIONER = "commissioner"
    STRAND = "strand"
    INTERVENTION = "intervention"
    LIVES = "lives"
    OPENED_ON = "opened_on"
    CLOSED_ON = "closed_on"
    CLOSE_REASON = "close_reason"
    WORKER = "worker"
    CHILD_AGE = "child_age"
    UNPLANNED_MOVES = "unplanned_moves"
    OUT_OF_AREA_START = "out_of_area_start"
    OUT_OF_AREA_END = "out_of_area_end"
    PLAN_ON = "plan_on"
    DISENGAGED_ON = "disengaged_on"
    BACK_ON = "back_on"
    SEX = "sex"
    ETHNIC_GROUP = "ethnic_group"
    DISABILITY = "disability"
    CAME_ALONE = "came_alone"
    CARE_LEAVER = "care_leaver"
    GIVEN_BY = "given_by"


_ALL: Final = tuple(column.value for column in Column)
_FIRST_OPTIONAL: Final = _ALL.index(Column.CHILD_AGE)

COLUMNS: Final = _ALL[:_FIRST_OPTIONAL]
"""Those that every file has."""

OPTIONAL: Final = _ALL[_FIRST_OPTIONAL:]
"""Those that a file may have: what the contract asks for, and what was given of free will."""

FACTS: Final[Mapping[Column, Fact]] = MappingProxyType(
    {
        Column.CHILD_AGE: Fact.CHILD_AGE,
        Column.UNPLANNED_MOVES: Fact.UNPLANNED_MOVES,
        Column.OUT_OF_AREA_START: Fact.AWAY_AT_START,
        Column.OUT_OF_AREA_END: Fact.AWAY_AT_END,
        Column.PLAN_ON: Fact.PLAN_ON,
        Column.DISENGAGED_ON: Fact.DISENGAGED_ON,
        Column.BACK_ON: Fact.BACK_ON,
    }
)
"""Which fact a column holds."""

CHARACTERISTICS: Final[Mapping[Column, Characteristic]] = MappingProxyType(
    {Column(each.value.replace("-", "_")): each for each in Characteristic}
)
"""Which protected characteristic a column holds."""

EXAMPLE: Final = (
    "reference,case,commissioner,strand,intervention,lives,opened_on,closed_on,close_reason,worker\n"
    "EP-2001,T-1001,derby-city,direct,theraplay,foster,2026-01-12,,,a.worker\n"
    "EP-2002,T-1002,derbyshire-county,carers,attachment-group,kinship,2025-09-01,2026-02-27,"
    "planned,b.worker\n"
    "EP-2003,T-1003,other,consultation,consultation,residential,02/03/2026,,,\n"
)
"""A file as it should look, of made-up children."""
