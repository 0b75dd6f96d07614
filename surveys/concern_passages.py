"""Grades one passage of a text by the rules and the points; it knows nothing of whole texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from surveys.concern_chart import Chart
from surveys.concern_context import Context
from surveys.concern_kinds import NEVER_CLEARED, ConcernLevel, Lowering
from surveys.concern_points import signs_of
from surveys.concern_rulebook import HARMLESS, PLAY, Rule, Rulebook
from surveys.concern_vocabulary import Reading

# A passage ends with the sentence that reaches this length; a longer sentence is cut, overlapping.
ENOUGH_WORDS: Final = 40
MOST_WORDS: Final = 60
OVERLAP: Final = 15
TAKING_BACK: Final = "taking_back"
NEVER_ASIDE: Final = "own_death"
# What stands in the place of words set aside: nothing, or a word that says "this was play".
BLANK: Final[frozenset[str]] = frozenset()
PLAY_WORD: Final = frozenset({"playtalk"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that held, and how urgent it is here."""

    rule: Rule
    level: ConcernLevel

    @property
    def is_lowered(self) -> bool:
        """Whether the words around made it less urgent than the rule says."""
        return self.rule.crisis and self.level is not ConcernLevel.CRISIS

    @property
    def reason(self) -> str:
        """The rule's id, with a `!` where it was lowered."""
        return f"{self.rule.id}!" if self.is_lowered else self.rule.id


@dataclass(frozen=True, slots=True)
class Passage:
    """What one passage holds: the rules that held, its signs, and its grade."""

    findings: tuple[Finding, ...]
    signs: frozenset[str]
    level: ConcernLevel
    reasons: tuple[str, ...]


def split_passages(readings: tuple[Reading, ...]) -> Iterator[tuple[Reading, ...]]:
    """Cut a read text into passages of whole sentences, a very long sentence into overlapping ones.

    The cost of grading grows faster than the length, so no passage is longer than `MOST_WORDS`.
    """
    start = 0
    for place in range(1, len(readings) + 1):
        length = place - start
        ends = place == len(readings) or readings[place].opens
        if place == len(readings) or length >= MOST_WORDS or (ends and length >= ENOUGH_WORDS):
            yield readings[start:place]
            start = place if ends else place - OVERLAP


def examine(readings: tuple[Reading, ...], book: Rulebook) -> Passage:
    """Return what the rules and the points say of one passage."""
    plain = _set_harmless_aside(readings, book)
    chart = book.grammar.find(plain, closing=TAKING_BACK)
    findings = tuple(_apply_rules(chart, plain, book))
    reasons = [finding.reason for finding in findings]
    signs = frozenset(signs_of(plain, chart, book.points.phrases, reasons))
    level, sum_reason = _grade(findings, signs, book)
    return Passage(findings, signs, level, (*sorted(reasons), *sum_reason))


def _set_harmless_aside(readings: tuple[Reading, ...], book: Rulebook) -> tuple[Reading, ...]:
    chart = book.grammar.find(readings, last=HARMLESS[-1])
    aside = {place: BLANK for name in HARMLESS for place in chart.covered_closely(name)}
    aside.update(dict.fromkeys(chart.covered_closely(PLAY), PLAY_WORD))
    for place in chart.covered(NEVER_ASIDE):
        aside.pop(place, None)
    if not aside:
        return readings
    return tuple(
        Reading(aside[place], known=True, opens=reading.opens) if place in aside else reading
        for place, reading in enumerate(readings)
    )


def _apply_rules(chart: Chart, readings: tuple[Reading, ...], book: Rulebook) -> list[Finding]:
    """Grade what the rules find; where a "not" stands in between, once more over it, lowered."""
    findings = _grade_chart(chart, book.rules, crossing=False)
    if chart.has(TAKING_BACK):
        seen = {finding.rule.id for finding in findings}
        others = tuple(rule for rule in book.rules if rule.id not in seen)
        findings += _grade_chart(book.grammar.find(readings), others, crossing=True)
    return findings


def _grade_chart(chart: Chart, rules: tuple[Rule, ...], *, crossing: bool) -> list[Finding]:
    """Grade what is on the chart; `crossing` says that a "not" stands inside what it found."""
    found = [rule for rule in rules if chart.has(rule.phrase)]
    if not found:
        return []
    context = Context.of(chart)
    findings: list[Finding] = []
    for rule in found:
        spans = [span for span in chart.spans(rule.phrase) if not context.clears(span, rule.unless)]
        if not spans:
            continue
        negated = crossing and Lowering.NEGATION in rule.lowered_by
        lowered = negated or all(context.lowers(span, rule.lowered_by) for span in spans)
        level = _lower(rule) if lowered else _level_of(rule)
        if level is not ConcernLevel.NONE:
            findings.append(Finding(rule, level))
    return findings


def _level_of(rule: Rule) -> ConcernLevel:
    return ConcernLevel.CRISIS if rule.crisis else ConcernLevel.CONCERN


def _lower(rule: Rule) -> ConcernLevel:
    """One step down, but never to nothing where the subject is grave."""
    if rule.crisis or rule.category in NEVER_CLEARED:
        return ConcernLevel.CONCERN
    return ConcernLevel.NONE


def _grade(
    findings: tuple[Finding, ...], signs: frozenset[str], book: Rulebook
) -> tuple[ConcernLevel, tuple[str, ...]]:
    """Take the more urgent of what the rules say alone and what the points say."""
    alone = [finding for finding in findings if finding.rule.alone]
    by_rule = max((finding.level for finding in alone), default=ConcernLevel.NONE, key=_rank)
    sums = book.points.add_up(signs)
    if not sums.person:
        return by_rule, ()
    urgent = [finding for finding in findings if finding.rule.crisis]
    taken_back = bool(urgent) and all(finding.is_lowered for finding in urgent)
    if sums.crisis and not taken_back:
        return ConcernLevel.CRISIS, ("points.crisis",)
    return max(by_rule, ConcernLevel.CONCERN, key=_rank), ("points.person",)


def _rank(level: ConcernLevel) -> int:
    return level.rank
