"""Measures the concern rules against labelled texts; it changes no rule and shows no text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Final

from surveys.concern_kinds import ConcernCategory, ConcernLevel
from surveys.concern_labels import LabelledText
from surveys.concerns import notice

Z_95: Final = 1.959964
APART: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`, with its 95% Wilson interval."""

    part: int
    whole: int

    @property
    def rate(self) -> float:
        """The share itself; 0 where there is nothing to share."""
        return self.part / self.whole if self.whole else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval by Wilson (1927); 0 to 1 where there is nothing to share."""
        if not self.whole:
            return (0.0, 1.0)
        square = Z_95 * Z_95
        middle = (self.rate + square / (2 * self.whole)) / (1 + square / self.whole)
        spread = self.rate * (1 - self.rate) / self.whole + square / (4 * self.whole**2)
        half = Z_95 * sqrt(spread) / (1 + square / self.whole)
        return (max(0.0, middle - half), min(1.0, middle + half))


@dataclass(frozen=True, slots=True)
class Graded:
    """A labelled text with the level and the categories that the rules gave it."""

    row: LabelledText
    level: ConcernLevel
    categories: tuple[ConcernCategory, ...]


@dataclass(frozen=True, slots=True)
class CategoryReport:
    """How the texts of one level and labelled category came out.

    `noticed`: graded as urgent as labelled or more. For everyday talk: graded `none`.
    `reaches_person`: graded concern or crisis. `named`: given this category by the rules too;
    None where the label is not one of our categories.
    """

    level: ConcernLevel
    category: str
    noticed: Share
    reaches_person: Share
    named: Share | None


@dataclass(frozen=True, slots=True)
class AlarmReport:
    """How many everyday texts were taken for something of this category."""

    category: ConcernCategory
    alarms: Share


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one evaluation; it holds no text."""

    crisis_recall: Share
    concern_recall: Share
    reaches_person: Share
    false_alarms: Share
    over_graded: Share
    categories: tuple[CategoryReport, ...]
    alarms: tuple[AlarmReport, ...]


def evaluate(rows: Iterable[LabelledText]) -> Report:
    """Grade every text and return recall and false alarms, overall and for each category."""
    graded = [_grade(row) for row in rows]
    crisis = [each for each in graded if each.row.level is ConcernLevel.CRISIS]
    concern = [each for each in graded if each.row.level is ConcernLevel.CONCERN]
    everyday = [each for each in graded if each.row.level is ConcernLevel.NONE]
    over = sum(each.level is ConcernLevel.CRISIS for each in concern)
    return Report(
        crisis_recall=_share_noticed(crisis),
        concern_recall=_share_noticed(concern),
        reaches_person=_share_reaching(crisis + concern),
        false_alarms=_share_reaching(everyday),
        over_graded=Share(over, len(concern)),
        categories=tuple(_report_categories(graded)),
        alarms=tuple(_report_alarms(everyday)),
    )


def _grade(row: LabelledText) -> Graded:
    found = notice(row.text)
    if found is None:
        return Graded(row, ConcernLevel.NONE, ())
    return Graded(row, found.level, found.categories)


def _report_categories(graded: list[Graded]) -> Iterator[CategoryReport]:
    keys = sorted({(-each.row.level.rank, each.row.category) for each in graded})
    for rank, category in keys:
        chosen = [
            each
            for each in graded
            if each.row.category == category and each.row.level.rank == -rank
        ]
        level = chosen[0].row.level
        named = _share_named(chosen, category)
        noticed, reaching = _share_noticed(chosen), _share_reaching(chosen)
        yield CategoryReport(level, category, noticed, reaching, named)


def _report_alarms(everyday: list[Graded]) -> Iterator[AlarmReport]:
    for category in ConcernCategory:
        alarms = sum(category in each.categories for each in everyday)
        yield AlarmReport(category, Share(alarms, len(everyday)))


def _share_named(chosen: list[Graded], category: str) -> Share | None:
    """Compare with our name of the category, written in whatever way (`self_harm`, `Self harm`)."""
    plain = APART.sub(" ", category.lower())
    ours = next((each for each in ConcernCategory if APART.sub(" ", each) == plain), None)
    if ours is None:
        return None
    return Share(sum(ours in each.categories for each in chosen), len(chosen))


def _share_noticed(graded: list[Graded]) -> Share:
    def is_right(each: Graded) -> bool:
        wanted = each.row.level
        return each.level is wanted if wanted is ConcernLevel.NONE else each.level >= wanted

    return Share(sum(map(is_right, graded)), len(graded))


def _share_reaching(graded: list[Graded]) -> Share:
    return Share(sum(each.level is not ConcernLevel.NONE for each in graded), len(graded))
