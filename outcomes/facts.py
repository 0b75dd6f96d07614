"""Holds everything that figures are made from, under pseudonyms; never a name or a word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from outcomes.episode import AgeBand, Commissioner, EpisodeFacts, Strand
from outcomes.observation import Asking, Observation


@dataclass(frozen=True, slots=True)
class SdqTotal:
    """One imported total, 0 to 40, of a licensed questionnaire that others asked.

    `informant` says who filled it in (`parent`, `teacher`, `self`): totals of different informants
    are never compared.
    """

    episode: str
    informant: str
    on: date
    total: int


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One due moment after the end of the support (or any other), and how it ended.

    `person` is the pseudonym of who was to be asked, in whatever support: people are counted, not
    moments. `outcome` is a value of `AskingOutcome`.
    """

    episode: str
    person: str
    commissioner: Commissioner
    strand: Strand
    age: AgeBand
    wave: str
    due_on: date
    delivered: bool
    outcome: str


@dataclass(frozen=True, slots=True)
class Begun:
    """One check-in that somebody began: whether it was ended, and after how many seconds.

    `person` is the pseudonym of who began it: people are counted, not check-ins.
    """

    episode: str
    person: str
    commissioner: Commissioner
    strand: Strand
    age: AgeBand
    on: date
    completed: bool
    seconds: int | None


@dataclass(frozen=True, slots=True)
class Heard:
    """One young person whose words staff read in a quarter, with the themes that staff saw in them.

    `person` is a pseudonym; somebody comes once a quarter, with all their themes of it.
    """

    person: str
    commissioner: Commissioner
    strand: Strand
    age: AgeBand
    on: date
    themes: frozenset[str]


@dataclass(frozen=True, slots=True)
class GoalRating:
    """How near somebody said on a day that they are to a goal: 0 (not there at all) to 10."""

    on: date
    value: int


@dataclass(frozen=True, slots=True)
class OwnGoal:
    """One goal that a young person set, in one piece of support in which they took part.

    `person` is a pseudonym; the words of a goal are nowhere in figures. `ratings` are those given
    in this support, the oldest first. `given_up` says that it was put away as not theirs any more,
    and not as reached.
    """

    episode: str
    person: str
    set_on: date
    put_away_on: date | None = None
    given_up: bool = False
    ratings: tuple[GoalRating, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the measures of one period need.

    `episodes` holds every support episode that was open on any day since the earliest day that a
    measure of the period looks at; `observations`, `askings` and `goals` are those of these
    episodes.
    """

    episodes: tuple[EpisodeFacts, ...]
    observations: tuple[Observation, ...] = ()
    askings: tuple[Asking, ...] = ()
    sdq: tuple[SdqTotal, ...] = ()
    followups: tuple[FollowUp, ...] = ()
    begun: tuple[Begun, ...] = ()
    heard: tuple[Heard, ...] = ()
    goals: tuple[OwnGoal, ...] = ()
