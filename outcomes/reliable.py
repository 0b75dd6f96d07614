"""Tells a change of a score from the error of measurement, by outside norms; it scores nobody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, sqrt

from outcomes.statistics import Z_95

_HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class Norm:
    """How far the scores of an instrument spread and how reliable they are, in a named study.

    Never worked out from our own people: forty of them say too little, and a norm that moves with
    every quarter makes quarters incomparable. Raises `ValueError` for numbers that no study has.
    """

    instrument: str
    version: int
    informant: str
    spread: float
    reliability: float
    source: str

    def __post_init__(self) -> None:
        """Refuse numbers that no study has, and a norm of which nobody knows where it is from."""
        if self.spread <= 0 or not 0 < self.reliability < 1 or not self.source:
            message = (
                f"the norm of {self.instrument} needs a spread above 0, a reliability between 0 "
                "and 1, and a source"
            )
            raise ValueError(message)

    @property
    def error_of_difference(self) -> float:
        """Give the standard error of a difference of two scores of one person.

        SD sqrt(2) sqrt(1 - reliability): Jacobson and Truax 1991, with the sqrt(2) that their paper
        of 1984 left out.
        """
        return self.spread * sqrt(2) * sqrt(1 - self.reliability)

    @property
    def threshold(self) -> float:
        """Give the smallest change, in points, that chance alone makes less often than 1 in 20."""
        return Z_95 * self.error_of_difference

    @property
    def whole_points(self) -> int:
        """Give the threshold on a scale of whole points."""
        return ceil(self.threshold - _HAIR)


class Change(StrEnum):
    """What a change of a score says. The last is not "nothing changed": it may just not show."""

    IMPROVED = "reliably-improved"
    DETERIORATED = "reliably-deteriorated"
    NOT_RELIABLE = "no-reliable-change"


def change_of(first: int, last: int, norm: Norm, *, higher_is_better: bool) -> Change:
    """Say what the change from a first to a last score says, by a norm."""
    gained = last - first if higher_is_better else first - last
    if gained >= norm.whole_points:
        return Change.IMPROVED
    return Change.DETERIORATED if gained <= -norm.whole_points else Change.NOT_RELIABLE


def change_over_several(changes: Collection[Change]) -> Change:
    """Put the changes of one person on several measures into one, by the rule of CORC.

    Improved: at least one improved and none deteriorated. Deteriorated: at least one did. Raises
    `ValueError` for no change at all. (Child Outcomes Research Consortium, analysis of 2011-2015.)
    """
    if not changes:
        message = "somebody without any measured change has none to put together"
        raise ValueError(message)
    if Change.DETERIORATED in changes:
        return Change.DETERIORATED
    return Change.IMPROVED if Change.IMPROVED in changes else Change.NOT_RELIABLE


def crossed_threshold(first: int, last: int, threshold: int) -> bool:
    """Say whether a score, of which less is better, came from a threshold or above to below it.

    Some call it "recovery"; we print the word only in quotes.
    """
    return first >= threshold > last
