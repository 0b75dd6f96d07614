"""Sorts follow-ups, check-ins, views of our help and people heard; it counts nobody."""

from __future__ import annotations

from outcomes.counting.populations import Moment, Population, Viewed
from outcomes.counting.shapes import OneTable, Shape
from outcomes.facts import Begun, FollowUp, Heard
from outcomes.measures.measure import Scale
from outcomes.measures.recipe import Mark
from outcomes.observation import AskingOutcome
from outcomes.raw import EVERYBODY, Part

_ANSWERED, _DECLINED, _SILENT, _NOT_DELIVERED = "answered", "declined", "silent", "not-delivered"
TIMED, _UNTIMED, _LEFT = "completed", "completed-untimed", "left"
_MORE, _NOT_MORE, _NOT_SAID = "more-sure", "not-more-sure", "not-said"
_TOP, _LOWER = "top-answer", "lower-answer"
_RAISED, _NOT_RAISED = "raised", "not-raised"


def follow_up_table() -> OneTable[Moment[FollowUp]]:
    """Sort due follow-ups by what became of them."""

    def place(unit: Moment[FollowUp]) -> str:
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
    return OneTable(Shape("follow-up", _everybody(Population.FOLLOW_UPS), classes, marks), place)


def check_in_table() -> OneTable[Moment[Begun]]:
    """Sort begun check-ins by whether they were gone through to the end."""

    def place(unit: Moment[Begun]) -> str:
        fact = unit.fact
        if not fact.completed:
            return _LEFT
        return _UNTIMED if fact.seconds is None else TIMED

    marks = {Mark.COMPLETED: frozenset((TIMED, _UNTIMED)), Mark.TIMED: frozenset((TIMED,))}
    classes = (TIMED, _UNTIMED, _LEFT)
    return OneTable(Shape("check-in", _everybody(Population.BEGUN), classes, marks), place)


def theme_table(slug: str) -> OneTable[Moment[Heard]]:
    """Sort young people heard by whether they raised a theme."""

    def place(unit: Moment[Heard]) -> str:
        return _RAISED if slug in unit.fact.themes else _NOT_RAISED

    marks = {Mark.RAISED: frozenset((_RAISED,))}
    classes = (_RAISED, _NOT_RAISED)
    return OneTable(Shape(f"theme:{slug}", _everybody(Population.HEARD), classes, marks), place)


def advice_table(items: tuple[str, str], scale: Scale, version: int) -> OneTable[Viewed]:
    """Sort answered questionnaires by whether somebody is surer now than before our help."""
    before, now = items

    def place(unit: Viewed) -> str:
        scores = unit.answer.scores
        if unit.answer.version != version or before not in scores or now not in scores:
            return _NOT_SAID
        return _MORE if scale.upward(scores[now]) > scale.upward(scores[before]) else _NOT_MORE

    marks = {Mark.SAID: frozenset((_MORE, _NOT_MORE)), Mark.ROSE: frozenset((_MORE,))}
    classes = (_MORE, _NOT_MORE, _NOT_SAID)
    parent = _everybody(Population.ADULT_VIEW)
    return OneTable(Shape(f"{Population.ADULT_VIEW}:{now}", parent, classes, marks), place)


def view_table(item: str, scale: Scale, version: int) -> OneTable[Viewed]:
    """Sort answered questionnaires by whether somebody gave the best answer to a question."""

    def place(unit: Viewed) -> str:
        scores = unit.answer.scores
        if unit.answer.version != version or item not in scores:
            return _NOT_SAID
        return _TOP if scale.upward(scores[item]) == scale.high else _LOWER

    marks = {Mark.SAID: frozenset((_TOP, _LOWER)), Mark.TOP: frozenset((_TOP,))}
    classes = (_TOP, _LOWER, _NOT_SAID)
    parent = _everybody(Population.ADULT_VIEW)
    return OneTable(Shape(f"{Population.ADULT_VIEW}:{item}", parent, classes, marks), place)


def _everybody(population: Population) -> Part:
    return Part(population.value, EVERYBODY)
