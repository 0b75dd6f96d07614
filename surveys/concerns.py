"""Notices words that a person must read, and how soon; it never decides what is true of anybody.

What it misses is still read by a person: every free text is. See docs/concerns.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from surveys.concern_context import Context
from surveys.concern_grammar import Chart
from surveys.concern_language import is_understood
from surveys.concern_points import Sums, signs_of
from surveys.concern_rulebook import (
    HARMLESS,
    ConcernCategory,
    Lowering,
    Rule,
    Rulebook,
    load_rulebook,
)
from surveys.concern_text import fold
from surveys.concern_vocabulary import Reading

__all__ = ["Concern", "ConcernCategory", "ConcernLevel", "grade", "notice", "warm_up"]

# Of a longer text the start and the end are read; the whole waits for a person.
MOST_CHARACTERS: Final = 6000
TAIL_CHARACTERS: Final = 1500

# Subjects that a "not" or a joke never clears.
NEVER_CLEARED: Final = frozenset(
    {
        ConcernCategory.SUICIDE,
        ConcernCategory.SELF_HARM,
        ConcernCategory.OVERDOSE,
        ConcernCategory.SEXUAL_ABUSE,
        ConcernCategory.PHYSICAL_ABUSE,
        ConcernCategory.EMOTIONAL_ABUSE,
        ConcernCategory.NEGLECT,
        ConcernCategory.EXPLOITATION,
    }
)
TAKING_BACK: Final = "taking_back"
# Subjects where the points do not raise what a rule has lowered: a "never", another's life.
OWN_LIFE: Final = frozenset(
    {ConcernCategory.SUICIDE, ConcernCategory.SELF_HARM, ConcernCategory.OVERDOSE}
)
# What stands in the place of words set aside: nothing, or a word that says "this was play".
BLANK: Final[frozenset[str]] = frozenset()
PLAY: Final = "games_and_sport"
PLAY_WORD: Final = frozenset({"playtalk"})


class ConcernLevel(StrEnum):
    """How soon a person must read a text. The levels compare: none < concern < crisis."""

    NONE = "none"
    CONCERN = "concern"
    CRISIS = "crisis"

    @property
    def rank(self) -> int:
        """The place in the order, 0 to 2."""
        return list(ConcernLevel).index(self)

    def __lt__(self, other: str) -> bool:
        """Compare by urgency, not by letters."""
        return self.rank < ConcernLevel(other).rank

    def __le__(self, other: str) -> bool:
        """Compare by urgency, not by letters."""
        return self.rank <= ConcernLevel(other).rank

    def __gt__(self, other: str) -> bool:
        """Compare by urgency, not by letters."""
        return self.rank > ConcernLevel(other).rank

    def __ge__(self, other: str) -> bool:
        """Compare by urgency, not by letters."""
        return self.rank >= ConcernLevel(other).rank


@dataclass(frozen=True, slots=True)
class Concern:
    """What was noticed in one text. It holds names of rules, never a word of the text.

    `categories` come most urgent first; `reasons` are rule ids, `!` marking one that was lowered.
    """

    level: ConcernLevel
    categories: tuple[ConcernCategory, ...]
    reasons: tuple[str, ...]

    @property
    def wants_person(self) -> bool:
        """Whether the writer asks for a person."""
        return ConcernCategory.WANTS_ADULT in self.categories


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that held, and how urgent it is here."""

    rule: Rule
    level: ConcernLevel


def grade(text: str) -> ConcernLevel:
    """Return how soon a person must read `text`. Never raises."""
    concern = notice(text)
    return ConcernLevel.NONE if concern is None else concern.level


def notice(text: str) -> Concern | None:
    """Return what in `text` must reach a person at once, or None. Never raises.

    A fault in here, or a text too long or too hard to read, is itself a concern.
    """
    try:
        return _notice(text, load_rulebook())
    except Exception:  # noqa: BLE001 - whatever breaks, the text must go to a person
        return _ask_person("matcher.broken")


def warm_up() -> None:
    """Load the rules now, so that the first text need not wait. ConcernRuleError if broken."""
    load_rulebook()


@dataclass(frozen=True, slots=True)
class Examined:
    """What one text holds, before it is summed up."""

    findings: tuple[Finding, ...]
    signs: frozenset[str]
    extra: tuple[str, ...]


def examine(text: str, book: Rulebook) -> Examined:
    """Return what the rules find in `text`, its signs, and what made it hard to read."""
    too_long = len(text) > MOST_CHARACTERS
    if too_long:
        text = f"{text[: MOST_CHARACTERS - TAIL_CHARACTERS]}\n{text[-TAIL_CHARACTERS:]}"
    pieces = fold(text, book.folding)
    readings, too_hard = book.vocabulary.read(pieces)
    plain = _set_harmless_aside(readings, book)
    chart = book.grammar.find(plain, closing=TAKING_BACK)
    findings = _apply_rules(chart, plain, book)
    rules = [_describe(finding) for finding in findings]
    signs = signs_of(plain, chart, book.points.phrases, rules)
    extra = (
        ("text.too-long", too_long),
        ("text.too-hard", too_hard),
        ("language.not-understood", not is_understood(pieces, readings, book)),
    )
    return Examined(
        tuple(findings), frozenset(signs), tuple(reason for reason, holds in extra if holds)
    )


def _notice(text: str, book: Rulebook) -> Concern | None:
    examined = examine(text, book)
    sums = book.points.add_up(examined.signs)
    return _sum_up(examined, sums)


def _set_harmless_aside(readings: tuple[Reading, ...], book: Rulebook) -> tuple[Reading, ...]:
    chart = book.grammar.find(readings, last=HARMLESS[-1])
    aside = {place: BLANK for name in HARMLESS for place in chart.covered(name)}
    aside.update(dict.fromkeys(chart.covered(PLAY), PLAY_WORD))
    if not aside:
        return readings
    return tuple(
        Reading(aside[place], known=True, opens=reading.opens) if place in aside else reading
        for place, reading in enumerate(readings)
    )


def _apply_rules(
    chart: Chart, readings: tuple[Reading, ...], book: Rulebook
) -> list[Finding]:
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


def _sum_up(examined: Examined, sums: Sums) -> Concern | None:
    """Take the most urgent of what the rules say alone, what the points say, and what is unread."""
    alone = [finding for finding in examined.findings if finding.rule.alone]
    levels = [finding.level for finding in alone]
    reasons = sorted(_describe(finding) for finding in examined.findings)
    if sums.person:
        own = [finding for finding in alone if finding.rule.category in OWN_LIFE]
        taken_back = bool(own) and all(_is_lowered(finding) for finding in alone)
        crisis = sums.crisis and not taken_back
        levels.append(ConcernLevel.CRISIS if crisis else ConcernLevel.CONCERN)
        reasons.append("points.crisis" if crisis else "points.person")
    if examined.extra:
        levels.append(ConcernLevel.CONCERN)
        reasons.extend(examined.extra)
    if not levels:
        return None
    level = max(levels, key=lambda found: found.rank)
    return Concern(level, _categories_of(examined), tuple(reasons))


def _categories_of(examined: Examined) -> tuple[ConcernCategory, ...]:
    """Return what was found, most urgent first; `not understood` where no rule says what it is."""
    order = list(ConcernCategory)
    found = {finding.rule.category for finding in examined.findings}
    if examined.extra or not found:
        found.add(ConcernCategory.NOT_UNDERSTOOD)
    return tuple(sorted(found, key=order.index))


def _is_lowered(finding: Finding) -> bool:
    return finding.rule.crisis and finding.level is not ConcernLevel.CRISIS


def _describe(finding: Finding) -> str:
    return f"{finding.rule.id}!" if _is_lowered(finding) else finding.rule.id


def _ask_person(*reasons: str) -> Concern:
    return Concern(ConcernLevel.CONCERN, (ConcernCategory.NOT_UNDERSTOOD,), reasons)
