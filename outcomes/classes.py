"""Sorts people by their first and last score on an item; it counts and publishes nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from outcomes.definitions import Base, Event, Measure, Scale, Source
from outcomes.observation import Observation
from outcomes.pairing import Span, pair_up

UNSCORED = "unscored"


@dataclass(frozen=True, slots=True)
class Standing:
    """One person's first and last value on an item, the better end of the scale up.

    `others_rose` is only known for those who rose on the item and answered the measure's further
    items both times: whether every one of those rose too.
    """

    first: int
    last: int
    others_rose: bool | None = None

    @property
    def label(self) -> str:
        """Name the class of all people with this standing."""
        others = {None: "", True: " others rose", False: " others did not all rise"}
        return f"{self.first}>{self.last}{others[self.others_rose]}"


def every_standing(scale: Scale, *, has_others: bool) -> tuple[Standing, ...]:
    """List every standing that is possible, in a fixed order, whether or not anybody has it."""
    values = range(scale.low, scale.high + 1)
    return tuple(
        Standing(first, last, others)
        for first in values
        for last in values
        for others in ((None, True, False) if has_others and last > first else (None,))
    )


def is_in_base(standing: Standing, measure: Measure) -> bool:
    """Say whether a person with this standing belongs to those a rate is a share of."""
    base, scale = measure.base, measure.source.scale
    match base:
        case Base.ELIGIBLE | Base.PAIRED | None:
            return True
        case Base.ROOM_TO_RISE:
            return standing.first < scale.high
        case Base.ROOM_TO_FALL:
            return standing.first > scale.low
        case Base.FIRST_AT_TOP:
            return standing.first == scale.high
        case Base.ROSE_ON_FIRST_ITEM:
            return standing.others_rose is not None
    assert_never(base)


def is_in_event(standing: Standing, measure: Measure) -> bool:
    """Say whether a person with this standing shows what a rate counts."""
    event = measure.event
    match event:
        case Event.ROSE:
            return standing.last > standing.first
        case Event.FELL:
            return standing.last < standing.first
        case Event.STAYED_AT_TOP:
            return standing.last == measure.source.scale.high
        case Event.OTHERS_ALL_ROSE:
            return standing.others_rose is True
        case Event.PAIRED | None:
            return True
    assert_never(event)


@dataclass(frozen=True, slots=True)
class ItemTable:
    """How paired people are sorted by one item, and by further items when a measure has some."""

    source: Source
    item: str
    others: tuple[str, ...]

    @property
    def standings(self) -> tuple[Standing, ...]:
        """List every standing that is possible, whether or not anybody has it."""
        return every_standing(self.source.scale, has_others=bool(self.others))

    @property
    def labels(self) -> tuple[str, ...]:
        """Name every class: the standings, and those without a first and last score."""
        return (*(each.label for each in self.standings), UNSCORED)

    def classify(self, answers: Sequence[Observation], first_days: Span, last_days: Span) -> str:
        """Give the class of one paired person, whose answers are in the order of time."""
        gap = self.source.windows.least_gap
        pair = pair_up(answers, (self.item,), first_days, last_days, gap)
        if pair is None:
            return UNSCORED
        upward = self.source.scale.upward
        first = {item: upward(pair.first.scores[item]) for item in self._shared(pair.first)}
        last = {item: upward(pair.last.scores[item]) for item in self._shared(pair.last)}
        standing = Standing(first[self.item], last[self.item])
        if self.others and standing.last > standing.first:
            known = all(item in first and item in last for item in self.others)
            rose = all(first[item] < last[item] for item in self.others) if known else None
            standing = Standing(standing.first, standing.last, rose)
        return standing.label

    def _shared(self, answer: Observation) -> list[str]:
        return [item for item in (self.item, *self.others) if item in answer.scores]

    def where(self, measure: Measure, *, event: bool) -> frozenset[str]:
        """Give the classes a rate is a share of, or with `event` the classes it counts."""
        return frozenset(
            each.label
            for each in self.standings
            if is_in_base(each, measure) and (not event or is_in_event(each, measure))
        )
