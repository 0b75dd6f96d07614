"""Adds up the small signs in a text that mean little alone; it never lowers what a rule found.

The points of each sign are in `concern_points.csv`, fitted to the labelled texts by
`tests/surveys/fit_concern_points.py`: a list that anybody can read, and no more than a sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import fsum
from typing import Final

from surveys.concern_chart import Chart
from surveys.concern_vocabulary import Reading
from surveys.errors import SurveyFault

HEADER: Final = "sign,person,crisis"
START: Final = "(start)"
ENOUGH: Final = "(enough)"
SURE: Final = "(sure)"
SHORT_TEXT: Final = 3
MIDDLING_TEXT: Final = 6


class PointTableError(SurveyFault):
    """The table of points cannot be read; it says which line."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Whether the sums are enough for "a person must read this" and for "at once"."""

    person: bool
    crisis: bool


@dataclass(frozen=True, slots=True)
class PointTable:
    """Points of each sign as (person, crisis); where the sums start, and what is enough.

    A crisis sum of `sure` is enough by itself, whatever the other sum is.
    """

    points: Mapping[str, tuple[float, float]]
    start: tuple[float, float]
    enough: tuple[float, float]
    sure: float
    phrases: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> PointTable:
        """Return the table in `text` (CSV, `#` lines are notes). PointTableError if broken."""
        header, *lines = [line for line in text.splitlines() if line[:1] != "#"] or [""]
        if header != HEADER:
            message = f"the first line is not {HEADER}"
            raise PointTableError(message)
        try:
            rows = (line.split(",") for line in lines)
            points = {sign: (float(person), float(crisis)) for sign, person, crisis in rows}
        except ValueError as error:
            message = f"a line is not a sign and two numbers: {error}"
            raise PointTableError(message) from error
        missing = {START, ENOUGH, SURE} - points.keys()
        if missing:
            message = f"no line for {', '.join(sorted(missing))}"
            raise PointTableError(message)
        start, enough = points.pop(START), points.pop(ENOUGH)
        sure = points.pop(SURE)[1]
        names = tuple(sign[1:-1] for sign in points if sign[0] == "{")
        return cls(points, start, enough, sure, names)

    def add_up(self, signs: Iterable[str]) -> Sums:
        """Return the sums of a text with these signs, each counted once."""
        found = [self.start, *(self.points[sign] for sign in set(signs) if sign in self.points)]
        # Exact sums: the order of a set must not decide a text that is just enough.
        person, crisis = (fsum(points) for points in zip(*found, strict=True))
        enough = person > self.enough[0] or crisis > self.sure
        return Sums(person=enough, crisis=enough and crisis > self.enough[1])


def signs_of(
    readings: tuple[Reading, ...], chart: Chart, phrases: Iterable[str], rules: Iterable[str]
) -> Iterator[str]:
    """Yield the signs of a text: words, pairs of words, `{phrases}`, rules and its length."""
    words = [min(reading.words, default="_") for reading in readings]
    yield from words
    yield from (f"{first} {second}" for first, second in pairwise(words))
    yield from ("{" + name + "}" for name in phrases if chart.has(name))
    yield from (f"rule {rule}" for rule in rules)
    if len(words) < SHORT_TEXT:
        yield "length short"
    elif len(words) < MIDDLING_TEXT:
        yield "length middling"
    else:
        yield "length long"
