"""Finds the first and last answer that may be compared; it never looks at which is better."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from outcomes.episode import EpisodeFacts
from outcomes.measures.measure import Windows
from outcomes.observation import Observation


@dataclass(frozen=True, slots=True)
class Span:
    """Two days and everything between them, both included."""

    begins: date
    ends: date

    def __contains__(self, day: date) -> bool:
        """Say whether the day lies in the span."""
        return self.begins <= day <= self.ends


@dataclass(frozen=True, slots=True)
class Pair:
    """The first and the last answer of one person in one support episode."""

    first: Observation
    last: Observation


def opening(episode: EpisodeFacts, windows: Windows) -> Span:
    """Give the days on which an answer counts as a first one."""
    return Span(
        episode.accepted_on - timedelta(days=windows.before_open),
        episode.accepted_on + timedelta(days=windows.after_open),
    )


def closing(closed_on: date, windows: Windows) -> Span:
    """Give the days on which an answer counts as a last one."""
    return Span(
        closed_on - timedelta(days=windows.before_close),
        closed_on + timedelta(days=windows.after_close),
    )


def answers_of_the_first_person(
    observations: Iterable[Observation], first_days: Span
) -> tuple[Observation, ...]:
    """Keep the answers of the one person who answered first, on the version they began with.

    One carer a child: whoever answered first in the opening window. Several answers at the same
    moment are told apart by what else that person answered, never by a pseudonym, so that renaming
    people changes no figure. Returns them in the order of time; empty when nobody answered then.
    """
    by_person: dict[str, list[Observation]] = {}
    for each in observations:
        by_person.setdefault(each.respondent, []).append(each)
    series = [sorted(answers, key=_order) for answers in by_person.values()]
    begun = [answers for answers in series if any(each.on in first_days for each in answers)]
    if not begun:
        return ()
    chosen = min(begun, key=lambda answers: _first_within(answers, first_days))
    version = next(each.version for each in chosen if each.on in first_days)
    return tuple(each for each in chosen if each.version == version)


def pair_up(
    answers: Sequence[Observation],
    items: Sequence[str],
    first_days: Span,
    last_days: Span,
    gap: int,
) -> Pair | None:
    """Give the earliest answer in the opening and the latest in the closing window.

    `answers` are one person's, in the order of time. An answer is valid when every one of `items`
    was answered (with no items: when anything was). Returns None when one is missing or they lie
    fewer than `gap` days apart.
    """
    valid = [each for each in answers if each.scores and all(item in each.scores for item in items)]
    first = next((each for each in valid if each.on in first_days), None)
    last = next((each for each in reversed(valid) if each.on in last_days), None)
    if first is None or last is None or (last.on - first.on).days < gap:
        return None
    return Pair(first, last)


def _order(each: Observation) -> tuple[tuple[date, int], int, list[tuple[str, int]]]:
    return each.place_in_time, each.version, sorted(each.scores.items())


def _first_within(
    answers: Sequence[Observation], first_days: Span
) -> tuple[tuple[date, int], list[tuple[tuple[date, int], int, list[tuple[str, int]]]]]:
    first = next(each for each in answers if each.on in first_days)
    return first.place_in_time, [_order(each) for each in answers]
