"""Notices words that a person must read, and how soon; it never decides what is true of anybody.

What it misses is still read by a person: every free text is. See docs/concerns.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from surveys.concern_kinds import ConcernCategory, ConcernLevel
from surveys.concern_language import is_understood
from surveys.concern_passages import Passage, examine, split_passages
from surveys.concern_rulebook import Rulebook, load_rulebook
from surveys.concern_text import fold
from surveys.concern_vocabulary import Reading

__all__ = ["Concern", "ConcernCategory", "ConcernLevel", "grade", "notice", "warm_up"]

# Of a longer text the start and the end are read at once; the whole waits for a person.
MOST_CHARACTERS: Final = 3000
TAIL_CHARACTERS: Final = 1000
MOST_WORDS: Final = 400
TAIL_WORDS: Final = 100


@dataclass(frozen=True, slots=True)
class Concern:
    """What was noticed in one text. It holds names of rules, never a word of the text.

    `categories` come surest and most urgent first; `reasons` are rule ids, with a `!` where one
    was lowered.
    """

    level: ConcernLevel
    categories: tuple[ConcernCategory, ...]
    reasons: tuple[str, ...]

    @property
    def wants_person(self) -> bool:
        """Whether the writer asks for a person."""
        return ConcernCategory.WANTS_ADULT in self.categories


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
        return _sum_up([], ["matcher.broken"])


def warm_up() -> None:
    """Load the rules now, so that the first text need not wait. ConcernRuleError if broken."""
    load_rulebook()


def _notice(text: str, book: Rulebook) -> Concern | None:
    readings, unread = read_text(text, book)
    passages: list[Passage] = []
    for words in split_passages(readings):
        passages.append(examine(words, book))
        if passages[-1].level is ConcernLevel.CRISIS:
            break
    return _sum_up(passages, unread)


def read_text(text: str, book: Rulebook) -> tuple[tuple[Reading, ...], list[str]]:
    """Return the words of `text` as they may be read, and why some of it was not read.

    Only so much is read that the work stays bounded: the start and the end of a long text.
    """
    too_long = len(text) > MOST_CHARACTERS
    if too_long:
        text = f"{text[: MOST_CHARACTERS - TAIL_CHARACTERS]}\n{text[-TAIL_CHARACTERS:]}"
    pieces = fold(text, book.folding)
    if len(pieces) > MOST_WORDS:
        too_long = True
        pieces = pieces[: MOST_WORDS - TAIL_WORDS] + pieces[-TAIL_WORDS:]
    readings, too_hard = book.vocabulary.read(pieces)
    reasons = {
        "text.too-long": too_long,
        "text.too-hard": too_hard,
        "language.not-understood": not is_understood(pieces, readings, book),
    }
    return readings, [reason for reason, holds in reasons.items() if holds]


def _sum_up(passages: list[Passage], unread: list[str]) -> Concern | None:
    """Take the most urgent passage; a text that was not read to the end is a concern too."""
    levels = [passage.level for passage in passages]
    if unread:
        levels.append(ConcernLevel.CONCERN)
    level = max(levels, key=lambda found: found.rank, default=ConcernLevel.NONE)
    if level is ConcernLevel.NONE:
        return None
    reasons = dict.fromkeys(reason for passage in passages for reason in passage.reasons)
    return Concern(level, _categories_of(passages, unread), (*reasons, *unread))


def _categories_of(passages: list[Passage], unread: list[str]) -> tuple[ConcernCategory, ...]:
    """Return what was found: the surest and most urgent findings first, then by the subject.

    `not understood` stands where no rule says what it is.
    """
    order = list(ConcernCategory)
    weights: dict[ConcernCategory, tuple[bool, int]] = {}
    for finding in (finding for passage in passages for finding in passage.findings):
        weight = (finding.rule.alone, finding.level.rank)
        category = finding.rule.category
        weights[category] = max(weight, weights.get(category, weight))
    if unread or not weights:
        weights.setdefault(ConcernCategory.NOT_UNDERSTOOD, (False, 0))
    by_subject = sorted(weights, key=order.index)
    return tuple(sorted(by_subject, key=lambda category: weights[category], reverse=True))
