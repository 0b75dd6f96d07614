"""Says who belongs to the populations of a period, and in which box; it sorts and counts nobody.

What is counted is protected as if each one were somebody of their own. So in every population a
person, or a piece of support, stands once in a quarter, however much they did in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from statistics import median
from typing import TypeVar

from outcomes.episode import CloseReason, EpisodeFacts
from outcomes.errors import BadFactsError, BadMeasureError
from outcomes.facts import Begun, Facts, FollowUp, Heard, OwnGoal, SdqTotal
from outcomes.measures.measure import Measure, PeriodRule
from outcomes.observation import Asking, AskingOutcome, Observation, Role, Wave
from outcomes.quarter import Period, Quarter, quarters_of
from outcomes.raw import Box


class Population(StrEnum):
    """Who is counted at all: the root of a tree of tables."""

    CLOSED = "closed"
    ACCEPTED = "accepted"
    OPEN = "open"
    CLOSED_A_QUARTER_AGO = "closed-1-quarter-ago"
    CLOSED_THREE_QUARTERS_AGO = "closed-3-quarters-ago"
    ASKED_LATER = "people-asked-later"
    BEGAN = "people-who-began"
    PROFESSIONALS_VIEW = "adult-view/professional"
    CARERS_VIEW = "adult-view/carer"
    HEARD = "heard"


_BY_RULE = {
    PeriodRule.CLOSED: Population.CLOSED,
    PeriodRule.ACCEPTED: Population.ACCEPTED,
    PeriodRule.OPEN_AT_END: Population.OPEN,
    PeriodRule.CLOSED_A_QUARTER_AGO: Population.CLOSED_A_QUARTER_AGO,
    PeriodRule.CLOSED_THREE_QUARTERS_AGO: Population.CLOSED_THREE_QUARTERS_AGO,
    PeriodRule.DUE: Population.ASKED_LATER,
    PeriodRule.STARTED: Population.BEGAN,
    PeriodRule.HEARD: Population.HEARD,
}
_QUARTERS_BACK = {
    Population.CLOSED: 0,
    Population.CLOSED_A_QUARTER_AGO: 1,
    Population.CLOSED_THREE_QUARTERS_AGO: 3,
}
_VIEW = "adult-view"
_VIEW_OF = {Role.PROFESSIONAL: Population.PROFESSIONALS_VIEW, Role.CARER: Population.CARERS_VIEW}
_FOLLOW_UP_WAVES = (Wave.THREE_MONTHS, Wave.SIX_MONTHS)
_BEFORE_THE_HELP = Wave.START

Asked = tuple[str, str]
"""An instrument and a role."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A piece of support by its facts alone."""

    box: Box
    facts: EpisodeFacts

    @property
    def who(self) -> str:
        """Give the pseudonym of what is counted."""
        return self.facts.key


@dataclass(frozen=True, slots=True)
class Ended:
    """A piece of support that ended, with everything that was said and asked in it."""

    box: Box
    facts: EpisodeFacts
    closed_on: date
    reason: CloseReason
    answers: Mapping[Asked, Sequence[Observation]] = field(default_factory=dict)
    askings: Mapping[Asked, Sequence[Asking]] = field(default_factory=dict)
    totals: Sequence[SdqTotal] = ()
    goals: Sequence[OwnGoal] = ()

    @property
    def who(self) -> str:
        """Give the pseudonym of what is counted."""
        return self.facts.key


@dataclass(frozen=True, slots=True)
class Viewed:
    """One adult who answered about our help in a quarter, with their last answer of it."""

    box: Box
    answer: Observation

    @property
    def who(self) -> str:
        """Give the pseudonym of who is counted."""
        return self.answer.respondent


@dataclass(frozen=True, slots=True)
class AskedLater:
    """One person who was to be asked again in a quarter, with the last such moment of it."""

    box: Box
    fact: FollowUp

    @property
    def who(self) -> str:
        """Give the pseudonym of who is counted."""
        return self.fact.person


@dataclass(frozen=True, slots=True)
class Began:
    """One person who began check-ins in a quarter, in the box of the first of them.

    `completed` says that they went through every one of them to the end, `seconds` is the median of
    those that were timed.
    """

    box: Box
    who: str
    completed: bool
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Listened:
    """One young person heard in a quarter."""

    box: Box
    fact: Heard

    @property
    def who(self) -> str:
        """Give the pseudonym of who is counted."""
        return self.fact.person


Fact = TypeVar("Fact", FollowUp, Begun, Heard)

_Record = TypeVar("_Record", Observation, Asking, SdqTotal, OwnGoal)


def population_of(measure: Measure) -> Population:
    """Name the population of a measure, by its rule for the period and, for views, by the role.

    Raises `BadMeasureError` where a view of our help does not say whose it is.
    """
    if measure.period_rule is not PeriodRule.ANSWERED:
        return _BY_RULE[measure.period_rule]
    if measure.instrument != _VIEW or measure.role not in _VIEW_OF:
        message = f"measure {measure.id}: say whose answers to which questions about our help"
        raise BadMeasureError(message)
    return _VIEW_OF[measure.role]


class People:
    """Everybody that the measures of one period may count, drawn from the facts.

    Raises `BadFactsError` when a piece of support comes twice.
    """

    def __init__(self, facts: Facts, period: Period) -> None:
        """Sort the facts by piece of support once, so that each population takes one pass."""
        self._facts = facts
        self._period = period
        self._quarters = quarters_of(period)
        self._episodes = _by_key(facts.episodes)
        self._answers = _by_episode(facts.observations)
        self._askings = _by_episode(facts.askings)
        self._totals = _by_episode(facts.sdq)
        self._goals = _by_episode(facts.goals)

    def accepted(self) -> Iterator[Accepted]:
        """Give the support that was accepted in the period."""
        for each in self._episodes.values():
            if each.accepted_on in self._period:
                yield Accepted(_box(each, Quarter.containing(each.accepted_on)), each)

    def open(self) -> Iterator[Accepted]:
        """Give the support that was open when the last day of a quarter ended.

        Raises `BadMeasureError` for a year: a stock does not add up over quarters.
        """
        if not isinstance(self._period, Quarter):
            message = "what is open at the end of a day is counted for quarters only, never a year"
            raise BadMeasureError(message)
        last = self._period.last_day
        for each in self._episodes.values():
            if each.accepted_on <= last and (each.closed_on is None or each.closed_on > last):
                yield Accepted(_box(each, self._period), each)

    def ended(self, population: Population) -> Iterator[Ended]:
        """Give the support that ended in the period, or so many quarters before each of its own."""
        back = _QUARTERS_BACK[population]
        quarters = {_earlier(each, back) for each in self._quarters}
        for key, each in self._episodes.items():
            if each.closed_on is None or each.close_reason is None:
                continue
            quarter = Quarter.containing(each.closed_on)
            if quarter in quarters:
                yield Ended(
                    _box(each, quarter),
                    each,
                    each.closed_on,
                    each.close_reason,
                    _by_asked(self._answers.get(key, ())),
                    _by_asked(self._askings.get(key, ())),
                    self._totals.get(key, ()),
                    self._goals.get(key, ()),
                )

    def viewed(self, population: Population) -> Iterator[Viewed]:
        """Give the adults of one role who answered about our help, by their last answer each.

        It may be of a review, of the end or from later. What was asked at the start was answered
        before there was any help, and the role is that in which somebody answered.
        """
        found: dict[tuple[str, Quarter], list[Viewed]] = {}
        for each in self._facts.observations:
            episode = self._episodes.get(each.episode)
            if episode is None or each.on not in self._period or not _is_view(each, population):
                continue
            unit = Viewed(_box(episode, Quarter.containing(each.on)), each)
            found.setdefault((unit.who, unit.box.quarter), []).append(unit)
        for units in found.values():
            yield max(units, key=_order_of_views)

    def asked_later(self) -> Iterator[AskedLater]:
        """Give the people who were to be asked again three or six months after the end.

        Somebody may be due in the same quarter for two pieces of support: the later moment counts.
        """
        due = (each for each in self._facts.followups if each.wave in _FOLLOW_UP_WAVES)
        for boxed in self._by_person((each, each.due_on) for each in due):
            yield max((AskedLater(*each) for each in boxed), key=_order_of_follow_ups)

    def began(self) -> Iterator[Began]:
        """Give the people who began a check-in in the period, whatever became of it."""
        for boxed in self._by_person((each, each.on) for each in self._facts.begun):
            first, fact = min(boxed, key=lambda each: (each[1].on, each[0]))
            seconds = [each.seconds for _, each in boxed if each.seconds is not None]
            yield Began(
                first,
                fact.person,
                completed=all(each.completed for _, each in boxed),
                seconds=median(seconds) if seconds else None,
            )

    def heard(self) -> Iterator[Listened]:
        """Give the young people heard, whose themes of a quarter already are together."""
        for boxed in self._by_person((each, each.on) for each in self._facts.heard):
            yield from (Listened(*each) for each in boxed)

    def _by_person(
        self, dated: Iterable[tuple[Fact, date]]
    ) -> Iterable[Sequence[tuple[Box, Fact]]]:
        """Put together what one person did, or what became of them, in one quarter."""
        found: dict[tuple[str, Quarter], list[tuple[Box, Fact]]] = {}
        for each, day in dated:
            if day in self._period:
                quarter = Quarter.containing(day)
                box = Box(each.commissioner, quarter, each.age, each.strand)
                found.setdefault((each.person, quarter), []).append((box, each))
        return found.values()


def _is_view(said: Observation, population: Population) -> bool:
    if said.instrument != _VIEW or not said.scores or said.wave == _BEFORE_THE_HELP:
        return False
    return _VIEW_OF.get(Role(said.role)) is population


def _order_of_views(unit: Viewed) -> tuple[object, ...]:
    """Order answers of one person by time; no pseudonym may choose between two of one moment."""
    said = unit.answer
    return said.place_in_time, said.version, sorted(said.scores.items()), unit.box


def _order_of_follow_ups(unit: AskedLater) -> tuple[object, ...]:
    """Order moments of one person by the day they fell due; of one day, that with an answer."""
    fact = unit.fact
    answered = fact.outcome == AskingOutcome.ANSWERED
    return fact.due_on, answered, fact.delivered, fact.outcome, unit.box


def _box(facts: EpisodeFacts, quarter: Quarter) -> Box:
    return Box(facts.commissioner, quarter, facts.age, facts.strand)


def _earlier(quarter: Quarter, quarters: int) -> Quarter:
    for _ in range(quarters):
        quarter = Quarter.containing(quarter.first_day - timedelta(days=1))
    return quarter


def _by_key(episodes: Iterable[EpisodeFacts]) -> dict[str, EpisodeFacts]:
    found: dict[str, EpisodeFacts] = {}
    for each in episodes:
        if each.key in found:
            message = f"support episode {each.key} came twice; a child would be counted twice"
            raise BadFactsError(message)
        found[each.key] = each
    return found


def _by_episode(records: Iterable[_Record]) -> dict[str, list[_Record]]:
    found: dict[str, list[_Record]] = {}
    for each in records:
        found.setdefault(each.episode, []).append(each)
    return found


_Said = TypeVar("_Said", Observation, Asking)


def _by_asked(records: Iterable[_Said]) -> dict[Asked, list[_Said]]:
    found: dict[Asked, list[_Said]] = {}
    for each in records:
        found.setdefault((each.instrument, each.role), []).append(each)
    return found
