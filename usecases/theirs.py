"""What we tell somebody about what is theirs, by meaning: their words, their goals, what we know.

No sentence stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from storage.goals import GoalEnd
from surveys.conversation import Run, WordsId
from surveys.instrument import Instrument
from surveys.people import Sharing

MOST_GOALS = 3
"""How many goals may stand at once."""


# --- who may read somebody's words ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AnswerInRun:
    """Words that stand as the answer to an item of a run that goes on."""

    instrument: Instrument
    run: Run
    item: str


@dataclass(frozen=True, slots=True)
class SharingAsked:
    """Who else may read these words? `chosen` is what they said before; `can_go_on` as ever."""

    words: WordsId
    chosen: Sharing | None = None
    can_go_on: Run | None = None


@dataclass(frozen=True, slots=True)
class SharingSet:
    """They said who else may read these words; it can be changed at any time."""

    words: WordsId
    chosen: Sharing
    answer: AnswerInRun | None = None
    can_go_on: Run | None = None


@dataclass(frozen=True, slots=True)
class WordsGone:
    """Words or a goal that are not there, or not theirs: nothing changed."""


# --- goals ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GoalTold:
    """One goal: where its words are, and the first and the latest number that they gave it."""

    id: str
    words: WordsId
    first: int | None = None
    latest: int | None = None


@dataclass(frozen=True, slots=True)
class GoalsShown:
    """The goals that stand, in the order in which they were made."""

    goals: tuple[GoalTold, ...]


@dataclass(frozen=True, slots=True)
class GoalShown:
    """One goal, with everything that can be done about it."""

    goal: GoalTold


@dataclass(frozen=True, slots=True)
class GoalWanted:
    """Type your goal; `goal` names the one whose words are to change."""

    goal: str | None = None


@dataclass(frozen=True, slots=True)
class EnoughGoals:
    """As many goals stand as can; one that is put away makes room."""


@dataclass(frozen=True, slots=True)
class GoalKept:
    """A goal stands in these words now: how near are they?"""

    goal: GoalTold


@dataclass(frozen=True, slots=True)
class GoalNumberKept:
    """They said how near they are; `before` is what they had said last time."""

    goal: GoalTold
    value: int
    before: int | None = None


@dataclass(frozen=True, slots=True)
class GoalPutAway:
    """They reached a goal, or it is not theirs any more."""

    how: GoalEnd


@dataclass(frozen=True, slots=True)
class GoalsOffered:
    """After a picture: they can look at their goals, or write one down, if they like."""

    some: bool


# --- what we know of them -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AboutMe:
    """What we know of them in short, and what they can do about it; `link` shows it all."""

    answered: int
    written: int
    goals: int
    link: str


@dataclass(frozen=True, slots=True)
class SeeingNoted:
    """They want to see everything: the team brings it by this day."""

    by: date


@dataclass(frozen=True, slots=True)
class WrongWanted:
    """What is wrong? They type it."""


@dataclass(frozen=True, slots=True)
class WrongNoted:
    """They said what is wrong: the team puts it right or says why not, by this day.

    `words` names what they said, so that they can say who else may read it.
    """

    by: date
    words: WordsId | None = None


@dataclass(frozen=True, slots=True)
class SureToForget:
    """They want to be forgotten: what goes, what stays, and whether they are sure."""


@dataclass(frozen=True, slots=True)
class ForgettingNoted:
    """They are to be forgotten by this day; nothing is asked any more."""

    by: date


TheirTelling = (
    SharingAsked
    | SharingSet
    | WordsGone
    | GoalsShown
    | GoalShown
    | GoalWanted
    | EnoughGoals
    | GoalKept
    | GoalNumberKept
    | GoalPutAway
    | GoalsOffered
    | AboutMe
    | SeeingNoted
    | WrongWanted
    | WrongNoted
    | SureToForget
    | ForgettingNoted
)
