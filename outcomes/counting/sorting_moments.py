"""Sorts people by what became of follow-ups, check-ins, views and words; it counts nobody."""

from __future__ import annotations

from outcomes.counting.populations import AskedLater, Began, Listened, Population, Viewed
from outcomes.counting.shapes import OneTable, Shape
from outcomes.measures.measure import Scale
from outcomes.measures.recipe import Mark
from outcomes.observation import AskingOutcome
from outcomes.raw import EVERYBODY, Part

FOLLOW_UPS = f"{Population.ASKED_LATER}:outcome"
CHECK_INS = f"{Population.BEGAN}:ended"

_ANSWERED, _DECLINED, _SILENT, _NOT_DELIVERED = "answered", "declined", "silent", "not-delivered"
_TIMED, _UNTIMED, _LEFT = "completed", "completed-untimed", "left"
_MORE, _NOT_MORE, _NOT_SAID = "more-sure", "not-more-sure", "not-said"
_TOP, _LOWER = "top-answer", "lower-answer"
_RAISED, _NOT_RAISED = "raised", "not-raised"


def follow_up_table() -> OneTable[AskedLater]:
    """Sort people who were to be asked again by what became of it."""

    def place(unit: AskedLater) -> str:
        fact = unit.fact
        if fact.outcome == AskingOutcome.ANSWERED:
            return _ANSWERED
        if not fact.delivered:
            return _NOT_DELIVERED
        return _DECLINED if fact.outcome == AskingOutcome.DECLINED else _SILENT

    classes = (_ANSWERED, _DECLINED, _SILENT, _NOT_DELIVERED)
    marks = {
        Mark.SAID: frozenset((_ANSWERED,)),
        Mark.DECLINED: frozenset((_DECLINED,)),
        Mark.DELIVERED: frozenset((_ANSWERED, _DECLINED, _SILENT)),
    }
    parent = _everybody(Population.ASKED_LATER)
    return OneTable(Shape(FOLLOW_UPS, parent, classes, marks), place)


def check_in_table() -> OneTable[Began]:
    """Sort people by whether they went through all check-ins that they began to the end."""

    def place(unit: Began) -> str:
        if not unit.completed:
            return _LEFT
        return _UNTIMED if unit.seconds is None else _TIMED

    marks = {Mark.COMPLETED: frozenset((_TIMED, _UNTIMED)), Mark.TIMED: frozenset((_TIMED,))}
    classes = (_TIMED, _UNTIMED, _LEFT)
    return OneTable(Shape(CHECK_INS, _everybody(Population.BEGAN), classes, marks), place)


def theme_table(slug: str) -> OneTable[Listened]:
    """Sort young people heard by whether they raised a theme."""

    def place(unit: Listened) -> str:
        return _RAISED if slug in unit.fact.themes else _NOT_RAISED

    marks = {Mark.RAISED: frozenset((_RAISED,))}
    classes = (_RAISED, _NOT_RAISED)
    return OneTable(Shape(f"theme:{slug}", _everybody(Population.HEARD), classes, marks), place)


def advice_table(
    whose: Population, items: tuple[str, str], scale: Scale, version: int
) -> OneTable[Viewed]:
    """Sort adults by whether they are surer now than before our help."""
    before, now = items

    def place(unit: Viewed) -> str:
        scores = unit.answer.scores
        if unit.answer.version != version or before not in scores or now not in scores:
            return _NOT_SAID
        return _MORE if scale.upward(scores[now]) > scale.upward(scores[before]) else _NOT_MORE

    marks = {Mark.SAID: frozenset((_MORE, _NOT_MORE)), Mark.ROSE: frozenset((_MORE,))}
    classes = (_MORE, _NOT_MORE, _NOT_SAID)
    return OneTable(Shape(f"{whose}:{now}", _everybody(whose), classes, marks), place)


def view_table(whose: Population, item: str, scale: Scale, version: int) -> OneTable[Viewed]:
    """Sort adults by whether they gave the best answer to a question."""

    def place(unit: Viewed) -> str:
        scores = unit.answer.scores
        if unit.answer.version != version or item not in scores:
            return _NOT_SAID
        return _TOP if scale.upward(scores[item]) == scale.high else _LOWER

    marks = {Mark.SAID: frozenset((_TOP, _LOWER)), Mark.TOP: frozenset((_TOP,))}
    classes = (_TOP, _LOWER, _NOT_SAID)
    return OneTable(Shape(f"{whose}:{item}", _everybody(whose), classes, marks), place)


def _everybody(population: Population) -> Part:
    return Part(population.value, EVERYBODY)
