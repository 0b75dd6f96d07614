"""Follows an episode from "could have answered" to "answered twice"; it counts nobody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from outcomes.counting.pairing import Span
from outcomes.episode import CloseReason
from outcomes.observation import Asking, AskingOutcome, Observation

PAIRED = "paired"


class Missing(StrEnum):
    """Why an episode has no two answers to compare. Each unpaired episode has exactly one."""

    NOT_COMPARABLE = "not-comparable"
    WITHDRAWN = "withdrawn"
    NOT_SUITABLE = "not-suitable"
    NOT_ASKED = "not-asked"
    DISENGAGED = "disengaged"
    DECLINED = "declined"
    NO_REPLY = "no-reply"


class Stage(StrEnum):
    """How far an episode came."""

    ELIGIBLE = "eligible"
    ASKED = "asked"
    ANSWERED_FIRST = "answered-first"
    ANSWERED_LAST = "answered-last"
    PAIRED = "paired"


@dataclass(frozen=True, slots=True)
class Path:
    """How far one unpaired episode came, and why no further."""

    asked: bool
    first: bool
    last: bool
    missing: Missing

    @property
    def label(self) -> str:
        """Name the class of all episodes with this path."""
        stages = "".join("ny"[stage] for stage in (self.asked, self.first, self.last))
        return f"{stages}:{self.missing}"

    @classmethod
    def every(cls) -> tuple[Self, ...]:
        """List every path that is possible, in a fixed order.

        The audit needs the paths that nobody took as well: an outsider cannot rule them out.
        """
        ends = [each for each in Missing if each is not Missing.NOT_COMPARABLE]
        unasked = (Missing.NOT_SUITABLE, Missing.NOT_ASKED, Missing.DISENGAGED)
        return (
            cls(asked=True, first=True, last=True, missing=Missing.NOT_COMPARABLE),
            *(cls(asked=False, first=False, last=False, missing=each) for each in unasked),
            *(
                cls(asked=True, first=first, last=last, missing=each)
                for first, last in ((False, False), (True, False), (False, True))
                for each in ends
            ),
        )


@dataclass(frozen=True, slots=True)
class Contact:
    """Everything that passed between us and the people of one role in one episode."""

    answers: Sequence[Observation]
    askings: Sequence[Asking]
    first_days: Span
    last_days: Span
    close_reason: CloseReason

    def path(self) -> Path:
        """Say how far an unpaired episode came and why no further."""
        answered = [each.on for each in self.answers if each.scores]
        first = any(day in self.first_days for day in answered)
        last = any(day in self.last_days for day in answered)
        silent = (AskingOutcome.NOT_ASKED, AskingOutcome.NOT_SUITABLE)
        asked = first or last or any(each.outcome not in silent for each in self.askings)
        return Path(asked, first, last, self._missing(first=first, last=last, asked=asked))

    def _missing(self, *, first: bool, last: bool, asked: bool) -> Missing:
        if first and last:
            return Missing.NOT_COMPARABLE
        outcomes = {each.outcome for each in self.askings}
        for outcome, reason in _STANDING_REASONS:
            if outcome in outcomes:
                return reason
        if not last and self._had_left():
            return Missing.DISENGAGED
        if not asked:
            return Missing.NOT_ASKED
        return self._silence(self.last_days if first else self.first_days)

    def _had_left(self) -> bool:
        """Whether nobody was there any more when the last answer was due.

        The service closed the support for that reason, or everybody whom we asked in those days
        had gone quiet and did not come back in time.
        """
        if self.close_reason is CloseReason.DISENGAGED:
            return True
        return self._outcomes(self.last_days) == {AskingOutcome.GONE_QUIET}

    def _outcomes(self, days: Span) -> Collection[str]:
        """Return what became of the askings of one window, without those that never went out."""
        return {
            each.outcome
            for each in self.askings
            if each.asked_on in days and each.outcome != AskingOutcome.NOT_ASKED
        }

    def _silence(self, days: Span) -> Missing:
        """Say why the answer of one window is missing: the earlier one when both are."""
        outcomes = self._outcomes(days)
        if not outcomes:
            return Missing.NOT_ASKED
        # Somebody who went through and answered nothing has declined, in the kindest way.
        said_no = {AskingOutcome.DECLINED, AskingOutcome.ANSWERED}
        return Missing.DECLINED if said_no & set(outcomes) else Missing.NO_REPLY


_STANDING_REASONS = (
    (AskingOutcome.WITHDRAWN, Missing.WITHDRAWN),
    (AskingOutcome.NOT_SUITABLE, Missing.NOT_SUITABLE),
)
