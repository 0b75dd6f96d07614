"""Says who belongs to the populations of a period, and in which box; it sorts and counts nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from outcomes.episode import CloseReason, EpisodeFacts
from outcomes.errors import BadFactsError, BadMeasureError
from outcomes.facts import Begun, Facts, FollowUp, Heard, SdqTotal
from outcomes.measures.measure import Measure, PeriodRule
from outcomes.observation import Asking, Observation, Wave
from outcomes.quarter import Period, Quarter, quarters_of
from outcomes.raw import Box


class Population(StrEnum):
    """Who is counted at all: the root of a tree of tables."""

    CLOSED = "closed"
    ACCEPTED = "accepted"
    OPEN = "open"
    CLOSED_A_QUARTER_AGO = "closed-1-quarter-ago"
    CLOSED_THREE_QUARTERS_AGO = "closed-3-quarters-ago"
    FOLLOW_UPS = "followups"
    BEGUN = "begun"
    ADULT_VIEW = "adult-view"
    HEARD = "heard"


_BY_RULE = {
    PeriodRule.CLOSED: Population.CLOSED,
    PeriodRule.ACCEPTED: Population.ACCEPTED,
    PeriodRule.OPEN_AT_END: Population.OPEN,
    PeriodRule.CLOSED_A_QUARTER_AGO: Population.CLOSED_A_QUARTER_AGO,
    PeriodRule.CLOSED_THREE_QUARTERS_AGO: Population.CLOSED_THREE_QUARTERS_AGO,
    PeriodRule.DUE: Population.FOLLOW_UPS,
    PeriodRule.STARTED: Population.BEGUN,
    PeriodRule.ANSWERED: Population.ADULT_VIEW,
    PeriodRule.HEARD: Population.HEARD,
}
_QUARTERS_BACK = {
    Population.CLOSED: 0,
    Population.CLOSED_A_QUARTER_AGO: 1,
    Population.CLOSED_THREE_QUARTERS_AGO: 3,
}
_FOLLOW_UP_WAVES = (Wave.THREE_MONTHS, Wave.SIX_MONTHS)

Asked = tuple[str, str]
"""An instrument and a role."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A piece of support by its facts alone."""

    box: Box
    facts: EpisodeFacts


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


@dataclass(frozen=True, slots=True)
class Viewed:
    """One answered questionnaire of an adult about our help."""

    box: Box
    answer: Observation


Fact = TypeVar("Fact", FollowUp, Begun, Heard)


@dataclass(frozen=True, slots=True)
class Moment(Generic[Fact]):
    """One follow-up that was due, one check-in that was begun, or one young person heard."""

    box: Box
    fact: Fact


_Record = TypeVar("_Record", Observation, Asking, SdqTotal)


def population_of(measure: Measure) -> Population:
    """Name the population of a measure, by its rule for the period."""
    return _BY_RULE[measure.period_rule]


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
                )

    def viewed(self, instrument: str) -> Iterator[Viewed]:
        """Give the answered questionnaires of one instrument, by the day of the answer."""
        for each in self._facts.observations:
            episode = self._episodes.get(each.episode)
            if episode is None or each.instrument != instrument or each.on not in self._period:
                continue
            if each.scores:
                yield Viewed(_box(episode, Quarter.containing(each.on)), each)

    def follow_ups(self) -> Iterator[Moment[FollowUp]]:
        """Give the moments after the end of the support that fell due in the period."""
        due = (each for each in self._facts.followups if each.wave in _FOLLOW_UP_WAVES)
        yield from self._moments((each, each.due_on) for each in due)

    def begun(self) -> Iterator[Moment[Begun]]:
        """Give the check-ins that were begun in the period."""
        yield from self._moments((each, each.on) for each in self._facts.begun)

    def heard(self) -> Iterator[Moment[Heard]]:
        """Give the young people heard, each once a quarter. Raises `BadFactsError` otherwise."""
        seen = set()
        for each in self._moments((each, each.on) for each in self._facts.heard):
            once = (each.fact.person, each.box.quarter)
            if once in seen:
                message = "somebody was heard twice in a quarter; put their themes together"
                raise BadFactsError(message)
            seen.add(once)
            yield each

    def _moments(self, dated: Iterable[tuple[Fact, date]]) -> Iterator[Moment[Fact]]:
        for each, day in dated:
            if day in self._period:
                quarter = Quarter.containing(day)
                yield Moment(Box(each.commissioner, quarter, each.age, each.strand), each)


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
