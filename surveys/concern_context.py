"""Tells what the words around a finding make of it: taken back, about another, long ago, a joke.

It only says what it sees; it never clears a finding by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from surveys.concern_chart import Chart, Span
from surveys.concern_kinds import Lowering

CARRIED_WORDS: Final = 5
SUBJECT_REACH: Final = 9
NEARBY: Final = 6


@dataclass(frozen=True, slots=True)
class Context:
    """The places of a text's words that change how a finding is read."""

    chart: Chart
    taking_back: frozenset[int]
    carrying: frozenset[int]
    own: frozenset[int]
    others: frozenset[int]
    pronouns: frozenset[int]
    turns: frozenset[int]
    told: frozenset[int]
    has_looked_after: bool
    is_close_by: bool
    is_joke: bool

    @classmethod
    def of(cls, chart: Chart) -> Context:
        """Return the context of the text behind `chart`."""
        looked_after = chart.covered("looked_after_person")
        return cls(
            chart=chart,
            taking_back=frozenset(chart.covered("taking_back") - chart.covered("not_taking_back")),
            carrying=frozenset(chart.covered("aux")),
            own=frozenset(chart.covered("self_word")),
            others=frozenset(
                chart.covered("somebody_else") - looked_after - chart.covered("hearer")
            ),
            pronouns=frozenset(chart.covered("he")),
            turns=frozenset(span.start for span in chart.spans("turn")),
            told=frozenset(span.end for span in chart.spans("told_to")),
            has_looked_after=bool(looked_after),
            is_close_by=chart.has("close_by"),
            is_joke=chart.has("at_play") or (chart.has("laughing") and chart.has("trifle")),
        )

    def lowers(self, span: Span, lowerings: frozenset[Lowering]) -> bool:
        """Tell whether one of `lowerings` holds for what was found at `span`."""
        checks = {
            Lowering.NEGATION: self._is_taken_back,
            Lowering.OTHERS: self._is_about_others,
            Lowering.PAST: self._is_long_ago,
            Lowering.JOKE: self._is_joke,
        }
        return any(checks[lowering](span) for lowering in lowerings)

    def clears(self, span: Span, unless: str | None) -> bool:
        """Tell whether the phrase `unless` stands in or close to `span`, in the same sentence."""
        if unless is None:
            return False
        sentence = self.chart.sentence_of(span.start)
        return any(
            max(sentence.start, span.start - NEARBY) <= found.start
            and found.end <= min(sentence.end, span.end + NEARBY)
            and not self._turns_between(found, span)
            for found in self.chart.spans(unless)
        )

    def _turns_between(self, one: Span, other: Span) -> bool:
        """Tell whether the sentence turns to something else between two places."""
        start, end = min(one.end, other.end), max(one.start, other.start)
        return any(start <= place < end for place in self.turns)

    def _is_taken_back(self, span: Span) -> bool:
        """Look left over small words for a "not" that belongs to the finding."""
        start = self.chart.sentence_of(span.start).start
        for place in range(span.start - 1, max(start, span.start - CARRIED_WORDS) - 1, -1):
            if place in self.taking_back:
                return True
            if place not in self.carrying:
                return False
        return False

    def _is_about_others(self, span: Span) -> bool:
        """Look left for whose life it is; a child in the writer's care is never "another"."""
        if span.start in self.told:
            return True
        within = range(span.start, span.end)
        if self.has_looked_after or self.is_close_by or any(place in self.own for place in within):
            return False
        for place in range(span.start, max(0, span.start - SUBJECT_REACH) - 1, -1):
            if place in self.own and place not in self.others:
                return False
            if place in self.others:
                return True
            if place in self.pronouns:
                return any(other < place for other in self.others)
        return False

    def _is_long_ago(self, span: Span) -> bool:
        sentence = self.chart.sentence_of(span.start)
        return self._holds("long_ago", sentence) and not self._holds("still_so", sentence)

    def _is_joke(self, span: Span) -> bool:
        return self.is_joke and span.start >= 0

    def _holds(self, name: str, within: Span) -> bool:
        return any(
            within.start <= found.start and found.end <= within.end
            for found in self.chart.spans(name)
        )
