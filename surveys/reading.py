"""Counts words and syllables and estimates a reading age; it judges nothing and knows no voices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

STEADYING_WORDS = 10
"""Ordinary words that are added to a text, so that one word does not decide about a short line."""

STEADYING_SYLLABLES = 13
"""Syllables of these words: everyday English has about 1.3 a word."""

AGE_AT_GRADE_ZERO = 5
"""A child in United States grade n is about n + 5 years old."""

_SENTENCE_END = re.compile(r"(?<=[.?!…])\s+|(?<=[.?!…][\"'”’)])\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_NUMBER = re.compile(r"\d[\d.,:]*")
_VOWELS = re.compile(r"[aeiouy]+")
_TWO_BEATS = re.compile(
    r"ia(?!l|n$|ns$)|io(?!us|n|ur)|[rv]ious|eo(?!ple|u)|[aeiou]ing|(?<![qg])ua|uou"
    r"|creat|scien|quiet|rienc"
)
_SILENT_END = re.compile(r"(?:[^aeiouylr]|[aeiouy][lr]|[aeiou]y|[gq]u)e(?:s|ly|ful|less)?$")
_SILENT_INSIDE = re.compile(r"(?<=[aeiouy][^aeiouy])e(?=ment|ship|guard|fore)")
_SOUNDED_ES = re.compile(r"(?:[sxzcg]|ch|sh)es$")
_SILENT_ED = re.compile(r"(?<![td])(?<![^aeiouyl]l)(?<![aeiouy])ed$")
_COUNTED_BY_EAR = {
    "area": 3,
    "areas": 3,
    "being": 2,
    "business": 2,
    "create": 2,
    "creative": 3,
    "different": 2,
    "doing": 2,
    "every": 2,
    "everybody": 4,
    "everyone": 3,
    "everything": 3,
    "family": 3,
    "favourite": 2,
    "going": 2,
    "idea": 3,
    "ideas": 3,
    "interested": 3,
    "interesting": 3,
    "lion": 2,
    "people": 2,
    "really": 2,
    "seeing": 2,
    "something": 2,
    "sometimes": 2,
    "somebody": 3,
    "someone": 2,
    "somewhere": 2,
    "trial": 2,
    "video": 3,
}


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text; a line break ends a sentence too."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip()]


def split_words(sentence: str) -> list[str]:
    """Return the words in lower case, without digits, signs and faces; a hyphen parts two words."""
    return _WORD.findall(sentence.replace("’", "'").lower())


def count_words(sentence: str) -> int:
    """Return how many words somebody has to read; a number counts as one."""
    return len(split_words(sentence)) + len(_NUMBER.findall(sentence))


@lru_cache(maxsize=20_000)
def count_syllables(word: str) -> int:
    """Return the syllables of one English word by its spelling; wrong by one now and then."""
    low = word.lower().replace("'", "")
    if low in _COUNTED_BY_EAR:
        return _COUNTED_BY_EAR[low]
    spoken = _SILENT_INSIDE.sub("", low)
    beats = len(_VOWELS.findall(spoken)) + len(_TWO_BEATS.findall(spoken))
    silent = _SILENT_ED.search(low) or (_SILENT_END.search(low) and not _SOUNDED_ES.search(low))
    return max(1, beats - (1 if silent else 0))


@cache
def plain_words() -> frozenset[str]:
    """Return the words that most nine-year-olds know, from plain_words.txt of this package."""
    text = files("surveys").joinpath("plain_words.txt").read_text(encoding="utf-8")
    lines = (line.partition("#")[0] for line in text.splitlines())
    return frozenset(word for line in lines for word in line.lower().split())


_ENDINGS = {
    "": ("'s", "'ll", "'re", "'ve", "'d", "n't", "es", "s", "ed", "ing", "er", "est", "ly"),
    "e": ("ed", "ing", "er", "est"),
    "y": ("ies", "ied", "ier", "iest", "ily"),
    "s": ("s'",),
}
"""Endings that form a word, by what they replace: "ily" stands for the "y" of "easy"."""

_DOUBLED = re.compile(r"(?<=\w\w)(?<=(\w))\1$")
"""The second of two equal letters at the end, as in the "stopp" of "stopped"."""


@lru_cache(maxsize=20_000)
def is_plain(word: str) -> bool:
    """Tell whether a word, or the word it is formed from, is on the list of plain words."""
    low = word.lower().replace("’", "'")
    return low in plain_words() or any(is_plain(stem) for stem in _stems(low))


def _stems(word: str) -> Iterator[str]:
    """Yield the shorter words that this one may be formed from."""
    for put_back, endings in _ENDINGS.items():
        for ending in endings:
            if word.endswith(ending):
                stem = word[: len(word) - len(ending)] + put_back
                yield stem
                yield _DOUBLED.sub("", stem)


def weigh(word: str) -> int:
    """Return the syllables that a word counts for in the reading age.

    Length is not the same as difficulty: "somebody" is long and easy, "duress" short and hard.
    A plain word therefore weighs two syllables at most, and any other word one more than it has.
    """
    syllables = count_syllables(word)
    return min(syllables, 2) if is_plain(word) else syllables + 1


def reading_age(text: str) -> float:
    """Return the age in years at which a child can usually read this text.

    The Flesch-Kincaid grade (Kincaid and others, 1975), 0.39 x words a sentence + 11.8 x syllables
    a word - 15.59, plus 5 years; with the syllables of `weigh`, and steadied for short lines by
    ten ordinary words that count for the second term only. An empty text reads at any age: 0.
    """
    sentences = [words for words in map(split_words, split_sentences(text)) if words]
    count = sum(map(len, sentences))
    if not count:
        return 0.0
    weight = sum(weigh(word) for words in sentences for word in words)
    load = (weight + STEADYING_SYLLABLES) / (count + STEADYING_WORDS)
    grade = 0.39 * count / len(sentences) + 11.8 * load - 15.59
    return max(0.0, grade + AGE_AT_GRADE_ZERO)
