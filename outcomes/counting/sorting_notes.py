"""Sorts pieces of support by what staff noted or imported about them; it counts nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from outcomes.counting.populations import Accepted, Ended, Population
from outcomes.counting.shapes import OneTable, Shape, Unit
from outcomes.episode import CloseReason
from outcomes.errors import BadFactsError, BadMeasureError
from outcomes.facts import SdqTotal
from outcomes.measures.bands import Band, band_of
from outcomes.measures.characteristics import NOT_GIVEN, VALUES, Characteristic
from outcomes.measures.recipe import Mark, Who
from outcomes.raw import EVERYBODY, Part

_OUTSIDE, _NOT_NOTED = "not-in-population", "not-noted"
_NONE, _SOME = "none", "one-or-more"
_IN_TIME, _NOT_IN_TIME, _SHORT = "in-time", "not-in-time", "ended-before"
_GONE, _NOT_GONE = "stopped-coming", "did-not"
_NOT_COMPARED, _BETTER, _SAME, _WORSE = "not-compared", "better", "same", "worse"


def moves_table(who: Who) -> OneTable[Ended]:
    """Sort by whether there was an unplanned move while the support went on."""

    def place(unit: Ended) -> str:
        if unit.facts.lives not in who.lives:
            return _OUTSIDE
        moves = unit.facts.staff.unplanned_moves
        if moves is None:
            return _NOT_NOTED
        return _SOME if moves else _NONE

    marks = {Mark.NOTED: frozenset((_NONE, _SOME)), Mark.MOVED: frozenset((_SOME,))}
    return _table("moves", Population.CLOSED, (_OUTSIDE, _NOT_NOTED, _NONE, _SOME), marks, place)


def away_table() -> OneTable[Ended]:
    """Sort by whether the child lived outside their own area at the start and at the end."""
    letters = {True: "y", False: "n", None: "-"}

    def place(unit: Ended) -> str:
        staff = unit.facts.staff
        return f"{letters[staff.away_at_start]}>{letters[staff.away_at_end]}"

    classes = tuple(f"{start}>{end}" for start in "yn-" for end in "yn-")
    marks = {
        Mark.NOTED: frozenset(each for each in classes if "-" not in each),
        Mark.AWAY_AT_START: frozenset(("y>y", "y>n")),
        Mark.AWAY_AT_END: frozenset(("y>y", "n>y")),
    }
    return _table("away", Population.CLOSED, classes, marks, place)


def plan_table(days: int) -> OneTable[Accepted]:
    """Sort by whether a plan with goals was in place so many days after the support was accepted.

    A plan that nobody noted is no plan. Support that ended before then without one is left out.
    """

    def place(unit: Accepted) -> str:
        facts = unit.facts
        limit = facts.accepted_on + timedelta(days=days)
        if facts.staff.plan_on is not None and facts.staff.plan_on <= limit:
            return _IN_TIME
        ended_before = facts.closed_on is not None and facts.closed_on < limit
        return _SHORT if ended_before else _NOT_IN_TIME

    marks = {
        Mark.WENT_ON: frozenset((_IN_TIME, _NOT_IN_TIME)),
        Mark.IN_TIME: frozenset((_IN_TIME,)),
    }
    classes = (_IN_TIME, _NOT_IN_TIME, _SHORT)
    return _table("plan", Population.ACCEPTED, classes, marks, place)


def gone_table(days: int) -> OneTable[Ended]:
    """Sort by whether somebody stopped coming and was not back so many days after the end."""

    def place(unit: Ended) -> str:
        if unit.reason is not CloseReason.DISENGAGED:
            return _NOT_GONE
        back, limit = unit.facts.staff.back_on, unit.closed_on + timedelta(days=days)
        came_back = back is not None and unit.closed_on <= back <= limit
        return _NOT_GONE if came_back else _GONE

    marks = {Mark.GONE: frozenset((_GONE,))}
    classes = (_GONE, _NOT_GONE)
    return _table("disengaged", Population.CLOSED_A_QUARTER_AGO, classes, marks, place)


def bands_table(informant: str, days: int) -> OneTable[Ended]:
    """Sort by how the band of an imported total changed, from the first to the last in the support.

    Totals count from `days` before the support to `days` after it, at least `days` apart. Raises
    `BadFactsError` for two totals of one day.
    """

    def place(unit: Ended) -> str:
        margin = timedelta(days=days)
        first_day, last_day = unit.facts.accepted_on - margin, unit.closed_on + margin
        pair = _first_and_last(unit.totals, informant, first_day, last_day)
        if pair is None or pair[1].on - pair[0].on < margin:
            return _NOT_COMPARED
        first, last = (tuple(Band).index(band_of(each.total)) for each in pair)
        if first == last:
            return _SAME
        return _BETTER if last < first else _WORSE

    marks = {
        Mark.COMPARED: frozenset((_BETTER, _SAME, _WORSE)),
        Mark.BETTER: frozenset((_BETTER,)),
        Mark.WORSE: frozenset((_WORSE,)),
    }
    classes = (_NOT_COMPARED, _BETTER, _SAME, _WORSE)
    return _table(f"sdq/{informant}", Population.CLOSED, classes, marks, place)


def _first_and_last(
    totals: Sequence[SdqTotal], informant: str, first_day: date, last_day: date
) -> tuple[SdqTotal, SdqTotal] | None:
    of_one = (each for each in totals if each.informant == informant)
    found = sorted(
        (each for each in of_one if first_day <= each.on <= last_day), key=lambda each: each.on
    )
    if len({each.on for each in found}) < len(found):
        message = (
            f"support episode {found[0].episode}: two imported totals of one informant on one day; "
            "delete the wrong one"
        )
        raise BadFactsError(message)
    return (found[0], found[-1]) if found else None


def uptake_table(characteristic: str) -> OneTable[Accepted]:
    """Sort by a protected characteristic, where it was given.

    Raises `BadMeasureError` for an unknown characteristic; the sorting raises `BadFactsError` for
    an unknown value.
    """
    if characteristic not in tuple(Characteristic):
        message = f"{characteristic!r} is no characteristic; use one of {', '.join(Characteristic)}"
        raise BadMeasureError(message)
    values = VALUES[Characteristic(characteristic)]

    def place(unit: Accepted) -> str:
        value = unit.facts.characteristics.get(characteristic, NOT_GIVEN)
        if value not in (*values, NOT_GIVEN):
            message = (
                f"support episode {unit.facts.key}: unknown value of {characteristic}; "
                f"use one of {', '.join(values)}, or leave it out"
            )
            raise BadFactsError(message)
        return value

    marks = {Mark.GIVEN: frozenset(values)}
    name = f"uptake:{characteristic}"
    return _table(name, Population.ACCEPTED, (*values, NOT_GIVEN), marks, place)


def _table(
    name: str,
    population: Population,
    classes: tuple[str, ...],
    marks: Mapping[Mark, frozenset[str]],
    place: Callable[[Unit], str],
) -> OneTable[Unit]:
    return OneTable(Shape(name, Part(population.value, EVERYBODY), classes, marks), place)
