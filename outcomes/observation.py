"""Holds scored answers and the asking before them; a skipped item is absent, never a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from outcomes.errors import BadFactsError


class Role(StrEnum):
    """In which role somebody answered. Answers of different roles are never compared."""

    YOUNG_PERSON = "young-person"
    CARER = "carer"
    PROFESSIONAL = "professional"


class Wave(StrEnum):
    """At which moment of the support we asked, in the order of time."""

    START = "start"
    REVIEW = "review"
    END = "end"
    THREE_MONTHS = "3-months"
    SIX_MONTHS = "6-months"


class AskingOutcome(StrEnum):
    """What became of one asking.

    `gone-quiet` is no reply, either: nobody was there any more to give one, as far as we know. It
    says nothing about how they are.
    """

    ANSWERED = "answered"
    DECLINED = "declined"
    NO_REPLY = "no-reply"
    GONE_QUIET = "gone-quiet"
    NOT_ASKED = "not-asked"
    NOT_SUITABLE = "not-suitable"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Observation:
    """What one person said once: item id to value, only for the items that were answered.

    `episode` and `respondent` are pseudonyms, `on` is the local date (Europe/London).
    Raises `BadFactsError` for an unknown role or wave, or a score that is not a whole number.
    """

    episode: str
    respondent: str
    role: str
    instrument: str
    version: int
    wave: str
    on: date
    scores: Mapping[str, int]

    def __post_init__(self) -> None:
        """Refuse words we do not know and scores that are no whole numbers."""
        _check_words(self.episode, self.role, self.wave)
        for item, score in self.scores.items():
            if type(score) is not int:
                message = (
                    f"answer in support episode {self.episode}: the score of item {item} is not a "
                    "whole number; leave an item out when it was skipped"
                )
                raise BadFactsError(message)

    @property
    def place_in_time(self) -> tuple[date, int]:
        """Order answers by day, and within a day by wave."""
        return self.on, tuple(Wave).index(Wave(self.wave))


@dataclass(frozen=True, slots=True)
class Asking:
    """One time we asked one person, or should have, and what became of it.

    A moment when nobody was asked is an asking too (`not-asked`); `asked_on` is then the day it was
    due. Raises `BadFactsError` for an unknown role, wave or outcome.
    """

    episode: str
    respondent: str
    role: str
    instrument: str
    wave: str
    asked_on: date
    outcome: str

    def __post_init__(self) -> None:
        """Refuse words we do not know."""
        _check_words(self.episode, self.role, self.wave)
        if self.outcome not in tuple(AskingOutcome):
            message = (
                f"asking in support episode {self.episode}: unknown outcome {self.outcome!r}; "
                f"use one of {', '.join(AskingOutcome)}"
            )
            raise BadFactsError(message)


def _check_words(episode: str, role: str, wave: str) -> None:
    for kind, word, known in (("role", role, tuple(Role)), ("wave", wave, tuple(Wave))):
        if word not in known:
            message = (
                f"answer or asking in support episode {episode}: unknown {kind} {word!r}; "
                f"use one of {', '.join(known)}"
            )
            raise BadFactsError(message)
