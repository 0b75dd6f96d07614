"""The words in which a conversation is told: runs, answers, inputs, events; it decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from surveys.instrument import InstrumentRef
from surveys.people import Voice

RunId = NewType("RunId", str)
WordsId = NewType("WordsId", str)


class Declination(StrEnum):
    """The three different ways not to answer; none of them is ever a number."""

    SKIP = "skip"
    DONT_KNOW = "dont-know"
    RATHER_NOT = "rather-not"


@dataclass(frozen=True, slots=True)
class Chosen:
    """An answer by choice: the stored value."""

    value: int


@dataclass(frozen=True, slots=True)
class Declined:
    """Somebody chose not to answer, and how."""

    how: Declination


@dataclass(frozen=True, slots=True)
class Written:
    """An answer in somebody's own words, kept elsewhere and encrypted; this is only where."""

    words: WordsId


Answer = Chosen | Declined | Written


class RunStatus(StrEnum):
    """Where a run stands. `held`: questions stopped because somebody must read what was said."""

    OPEN = "open"
    PAUSED = "paused"
    HELD = "held"
    FINISHED = "finished"
    STOPPED = "stopped"
    LAPSED = "lapsed"

    @property
    def over(self) -> bool:
        """Whether nothing more can be answered in this run."""
        return self in (RunStatus.FINISHED, RunStatus.STOPPED, RunStatus.LAPSED)


@dataclass(frozen=True, slots=True)
class Run:
    """One person working through one exact version of an instrument: the whole state.

    `asked` lists the item of every question ever put, in order: its length is the step that
    buttons carry. `answers` holds the standing answers only, in the order of the instrument.
    `misses` counts typed words that we could not read as an answer to the question that stands.
    """

    id: RunId
    instrument: InstrumentRef
    voice: Voice
    status: RunStatus
    asked: tuple[str, ...]
    answers: Mapping[str, Answer]
    started_at: datetime
    moved_at: datetime
    misses: int = 0

    @property
    def step(self) -> int:
        """The number of the question that stands; 0 before the first."""
        return len(self.asked)

    @property
    def at(self) -> str | None:
        """The item that stands, or None before the first question."""
        return self.asked[-1] if self.asked else None


# --- what somebody can do -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tapped:
    """A choice was tapped on the question that was asked as `step`."""

    step: int
    value: int


@dataclass(frozen=True, slots=True)
class Passed:
    """One of the three ways not to answer was tapped."""

    step: int
    how: Declination


@dataclass(frozen=True, slots=True)
class WentBack:
    """Back: show the question before this one."""

    step: int


@dataclass(frozen=True, slots=True)
class AskedWhy:
    """Why do you ask?"""

    step: int


@dataclass(frozen=True, slots=True)
class AskedToChange:
    """Change the answer to the question that was asked as `step`."""

    step: int


@dataclass(frozen=True, slots=True)
class Typed:
    """Words instead of a tap; `words` says where they are kept."""

    text: str
    words: WordsId


@dataclass(frozen=True, slots=True)
class Paused:
    """Not now, I will come back."""


@dataclass(frozen=True, slots=True)
class CameBack:
    """Go on where we were."""


@dataclass(frozen=True, slots=True)
class StoppedHere:
    """No more of these questions."""


@dataclass(frozen=True, slots=True)
class Held:
    """Something was said that a person must read: questions stop, the place is kept."""


@dataclass(frozen=True, slots=True)
class TimeRanOut:
    """The answer window closed; what was answered is kept."""


Input = (
    Tapped
    | Passed
    | WentBack
    | AskedWhy
    | AskedToChange
    | Typed
    | Paused
    | CameBack
    | StoppedHere
    | Held
    | TimeRanOut
)


# --- what happened ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """A question was put: `position` of `total` reachable items; `again` when it was put before.

    `hint` is set when typed words could not be read as an answer, from the second time on with
    an offer to skip.
    """

    step: int
    item: str
    position: int
    total: int
    again: bool = False
    hint: int = 0


@dataclass(frozen=True, slots=True)
class Answered:
    """The question asked as `step` was settled with this answer."""

    step: int
    item: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The question asked as `step` no longer stands unanswered: its buttons must go."""

    step: int
    item: str


@dataclass(frozen=True, slots=True)
class AnswersDropped:
    """Answers on a branch that is no longer reached were taken out."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """We said why we ask this."""

    item: str


@dataclass(frozen=True, slots=True)
class WordsKept:
    """Words that could not be read as an answer to this item were kept for a person to read."""

    item: str
    words: WordsId


@dataclass(frozen=True, slots=True)
class PersonWanted:
    """The answer asks for somebody to talk with."""

    item: str


@dataclass(frozen=True, slots=True)
class RunPaused:
    """The run waits; its place is kept."""


@dataclass(frozen=True, slots=True)
class RunHeld:
    """The run waits because a person must read something first."""


@dataclass(frozen=True, slots=True)
class RunResumed:
    """The run goes on after a pause."""


@dataclass(frozen=True, slots=True)
class RunFinished:
    """Every reachable item was answered or declined."""


@dataclass(frozen=True, slots=True)
class RunStopped:
    """The person ended the run; what was answered is kept."""


@dataclass(frozen=True, slots=True)
class RunLapsed:
    """The window closed on the run; what was answered is kept."""


@dataclass(frozen=True, slots=True)
class TapRepeated:
    """The same button was tapped again: nothing changed."""

    step: int
    item: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class TapWasOld:
    """A button of an earlier question was tapped: nothing changed, changing is offered."""

    step: int
    item: str


@dataclass(frozen=True, slots=True)
class TapWasUnknown:
    """A button that this run never offered: nothing changed."""


@dataclass(frozen=True, slots=True)
class RunWasOver:
    """The run had ended before: nothing changed."""

    status: RunStatus


Event = (
    Asked
    | Answered
    | Withdrawn
    | AnswersDropped
    | Explained
    | WordsKept
    | PersonWanted
    | RunPaused
    | RunHeld
    | RunResumed
    | RunFinished
    | RunStopped
    | RunLapsed
    | TapRepeated
    | TapWasOld
    | TapWasUnknown
    | RunWasOver
)


@dataclass(frozen=True, slots=True)
class Turn:
    """The run after one input, and what happened, in order."""

    run: Run
    events: tuple[Event, ...] = field(default=())
