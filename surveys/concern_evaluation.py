"""Measures the concern rules against labelled texts; it changes no rule and shows no text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import Final, cast

import yaml

from surveys.concerns import ConcernLevel, grade
from surveys.errors import SurveyFault

HIDDEN: Final = re.compile(r"\\u([0-9a-f]{4})")
FIELDS: Final = frozenset({"level", "category", "voice", "texts"})
HELD_OUT_OF: Final = 3
Z_95: Final = 1.959964
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class LabelledTextError(SurveyFault):
    """A file of labelled texts that cannot be used: says which file, which group and why."""


class Batch(StrEnum):
    """When texts were written: before the rules, while they were made, or after."""

    FIRST = "first"
    FURTHER = "further"
    FRESH = "fresh"

    @classmethod
    def of_file(cls, name: str) -> Batch:
        """Return the batch of a file by how its name starts; first where it does not say."""
        return next((batch for batch in cls if name.startswith(batch.value)), cls.FIRST)


@dataclass(frozen=True, slots=True)
class LabelledText:
    """One made-up text, how urgent people say it is, what it is about and whose voice it is."""

    text: str
    level: ConcernLevel
    category: str
    voice: str
    batch: Batch

    @property
    def held_out(self) -> bool:
        """Whether the rules were made without looking at this text."""
        if self.batch is Batch.FIRST:
            digest = hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()
            return int(digest, 16) % HELD_OUT_OF == 0
        return self.batch is Batch.FRESH


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
class CategoryReport:
    """How the texts of one level and category came out.

    `noticed`: graded as urgent as labelled or more. For everyday talk: graded `none`.
    `reaches_person`: graded concern or crisis.
    """

    level: ConcernLevel
    category: str
    noticed: Share
    reaches_person: Share


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one evaluation; it holds no text."""

    crisis_recall: Share
    concern_recall: Share
    reaches_person: Share
    false_alarms: Share
    over_graded: Share
    categories: tuple[CategoryReport, ...]


def read_labelled_texts(name: str, text: str, batch: Batch) -> tuple[LabelledText, ...]:
    """Return the texts of one YAML file: groups with level, category, voice and a text a line.

    LabelledTextError if a group is broken.
    """
    try:
        groups = yaml.load(text, Loader)  # noqa: S506 - both loaders named above are safe ones
    except yaml.YAMLError as error:
        message = f"{name}: not valid YAML"
        raise LabelledTextError(message) from error
    if not isinstance(groups, list):
        message = f"{name}: not a list of groups"
        raise LabelledTextError(message)
    return tuple(
        row
        for number, group in enumerate(groups)
        for row in _read_group(name, number, group, batch)
    )


def _read_group(name: str, number: int, group: object, batch: Batch) -> Iterator[LabelledText]:
    if not isinstance(group, dict) or set(group) != FIELDS:
        message = f"{name}: group {number + 1} needs exactly {', '.join(sorted(FIELDS))}"
        raise LabelledTextError(message)
    fields = cast("Mapping[str, object]", group)
    try:
        level = ConcernLevel(str(fields["level"]))
    except ValueError as error:
        message = f"{name}: group {number + 1} has no such level"
        raise LabelledTextError(message) from error
    category, voice = str(fields["category"]), str(fields["voice"])
    for line in filter(None, map(str.strip, str(fields["texts"]).splitlines())):
        plain = HIDDEN.sub(lambda found: chr(int(found[1], 16)), line)
        yield LabelledText(plain, level, category, voice, batch)


def evaluate(rows: Iterable[LabelledText]) -> Report:
    """Grade every text and return recall and false alarms, overall and for each category."""
    graded = [(row, grade(row.text)) for row in rows]
    crisis = [pair for pair in graded if pair[0].level is ConcernLevel.CRISIS]
    concern = [pair for pair in graded if pair[0].level is ConcernLevel.CONCERN]
    everyday = [pair for pair in graded if pair[0].level is ConcernLevel.NONE]
    return Report(
        crisis_recall=_share_noticed(crisis),
        concern_recall=_share_noticed(concern),
        reaches_person=_share_reaching(crisis + concern),
        false_alarms=_share_reaching(everyday),
        over_graded=Share(sum(found is ConcernLevel.CRISIS for _, found in concern), len(concern)),
        categories=tuple(_report_categories(graded)),
    )


def _report_categories(
    graded: list[tuple[LabelledText, ConcernLevel]],
) -> Iterator[CategoryReport]:
    keys = sorted({(-row.level.rank, row.category) for row, _ in graded})
    for rank, category in keys:
        pairs = [
            (row, found)
            for row, found in graded
            if row.category == category and row.level.rank == -rank
        ]
        level = pairs[0][0].level
        yield CategoryReport(level, category, _share_noticed(pairs), _share_reaching(pairs))


def _share_noticed(pairs: list[tuple[LabelledText, ConcernLevel]]) -> Share:
    def is_right(row: LabelledText, found: ConcernLevel) -> bool:
        return found is row.level if row.level is ConcernLevel.NONE else found >= row.level

    return Share(sum(is_right(row, found) for row, found in pairs), len(pairs))


def _share_reaching(pairs: list[tuple[LabelledText, ConcernLevel]]) -> Share:
    return Share(sum(found is not ConcernLevel.NONE for _, found in pairs), len(pairs))
