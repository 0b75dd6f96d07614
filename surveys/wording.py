"""Checks every sentence that a participant can see: plain, short, kind; it rewrites nothing.

The rules, their sources and how to change them: docs/wording.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from surveys.instrument import LONGEST_BUTTON, Instrument, Item, Wording
from surveys.people import Voice
from surveys.reading import (
    count_syllables,
    count_words,
    is_plain,
    reading_age,
    split_sentences,
    split_words,
)
from surveys.wording_rules import Limits, WordingRule, packaged_rules

LONGEST_LABEL = 18
"""Characters of a label that stay readable beside a ray of the picture on a phone."""

LONGEST_MESSAGE = 420
"""Characters of a message that leave room for its buttons on a screen of 360 x 640."""

PREVIEW = 40
"""Characters of a message that a locked phone shows to whoever holds it."""


class Kind(StrEnum):
    """Where a text stands. A message arrives by itself, a part stands below or beside others."""

    MESSAGE = "message"
    PART = "part"
    BUTTON = "button"
    LABEL = "label"

    @property
    def short(self) -> bool:
        """Whether it is a few words that somebody picks, not a sentence that we say to them."""
        return self in (Kind.BUTTON, Kind.LABEL)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One text that a participant can see, in one voice, and where its author finds it."""

    where: str
    voice: Voice
    text: str
    kind: Kind = Kind.MESSAGE


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with one sentence, and what to do about it."""

    rule: WordingRule
    where: str
    sentence: str
    remedy: str

    def __str__(self) -> str:
        """Return one line: where, which rule, the sentence, the remedy."""
        return f"{self.where}: {self.rule}: {self.sentence!r}. {self.remedy}."


def check(sentence: str, voice: Voice, where: str, kind: Kind = Kind.MESSAGE) -> list[Finding]:
    """Return what is wrong with a text of one or more sentences in this voice; [] when nothing is.

    The text may hold `{placeholders}`; each is read as one short word. Without a kind it is held to
    the rules for a message, which are the strictest.
    """
    text = _read_aloud(sentence)
    if not text:
        return [Finding(WordingRule.EMPTY, where, sentence, "Write something or take it out")]
    return [
        Finding(rule, where, shown, remedy)
        for rule, shown, remedy in (
            *_look_at_whole(text, voice, kind),
            *(each for part in split_sentences(text) for each in _look_at(part, voice, kind)),
        )
    ]


def check_all(sentences: Iterable[Sentence]) -> list[Finding]:
    """Return what is wrong with any of these texts, in their order."""
    return [
        finding
        for each in sentences
        for finding in check(each.text, each.voice, each.where, each.kind)
    ]


def instrument_sentences(instrument: Instrument) -> Iterator[Sentence]:
    """Return every text of an instrument that somebody can see, in each voice it speaks."""
    name = f"{instrument.id}.v{instrument.version}"
    own = (
        ("name", instrument.name, Kind.PART),
        ("opening", instrument.opening, Kind.MESSAGE),
        ("closing", instrument.closing, Kind.MESSAGE),
    )
    for voice in instrument.voices:
        for part, words, kind in own:
            yield Sentence(f"{name}/{part} ({voice})", voice, words.speak(voice), kind)
        for item in instrument.items:
            yield from _item_sentences(f"{name}/{item.id}", item, voice)


def _item_sentences(where: str, item: Item, voice: Voice) -> Iterator[Sentence]:
    texts: list[tuple[str, Wording, Kind]] = [
        ("ask", item.ask, Kind.MESSAGE),
        ("why", item.why, Kind.PART),
    ]
    if item.area is not None:
        texts.insert(0, ("area", item.area, Kind.LABEL))
    for part, words, kind in texts:
        yield Sentence(f"{where}/{part} ({voice})", voice, words.speak(voice), kind)
    for choice in item.choices:
        place = f"{where}/choice {choice.value} ({voice})"
        yield Sentence(place, voice, choice.button(voice), Kind.BUTTON)


# --- one look each --------------------------------------------------------------------------------

Look = tuple[WordingRule, str, str]
"""A rule that is broken, the words to show, and the remedy."""

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_ACRONYM = re.compile(r"\b[A-Z][A-Z]+s?\b|\b(?:[A-Z]\.){2,}|\b[A-Z]&[A-Z]\b")
_GLUED = re.compile(
    r"\b(?!\d+(?:st|nd|rd|th|am|pm|s)\b)(?:[^\W\d_]+[-/]?\d+|\d+[^\W\d_]{1,})\w*", re.IGNORECASE
)
_BREAKS = re.compile(r";|\(|\)|\s[–—-]\s|—")
_SPARED_ON_BUTTONS = frozenset({WordingRule.PRAISE, WordingRule.PROMISE, WordingRule.LEADING})
"""What somebody picks is their own voice: "I feel great" praises nobody."""


def _read_aloud(text: str) -> str:
    """Return the text as it is read: one kind of apostrophe, a short word for each placeholder."""
    return _PLACEHOLDER.sub("it", text).replace("’", "'").strip()


def _look_at_whole(text: str, voice: Voice, kind: Kind) -> Iterator[Look]:
    limits = packaged_rules().limits[voice]
    longest = {
        Kind.BUTTON: LONGEST_BUTTON,
        Kind.LABEL: LONGEST_LABEL,
        Kind.MESSAGE: LONGEST_MESSAGE,
    }.get(kind)
    if longest is not None and len(text) > longest:
        yield WordingRule.TOO_LONG, text, f"Use at most {longest} characters, not {len(text)}"
    if not kind.short and (age := reading_age(text)) > limits.reading_age:
        reach = f"bring it to {limits.reading_age:g} with shorter words and shorter sentences"
        yield WordingRule.READING_AGE, text, f"It reads at age {age:.1f}; {reach}"
    if kind is Kind.MESSAGE:
        yield from _look_at_message(text)


def _look_at_message(text: str) -> Iterator[Look]:
    if text.count("?") > 1:
        yield WordingRule.ONE_IDEA, text, "Ask one question in one message"
    start = " ".join(text.split())[: PREVIEW + 20]
    found = _preview().search(start)
    if found and found.start() < PREVIEW:
        remedy = f"let the first {PREVIEW} characters give nothing away"
        yield WordingRule.PREVIEW, text, f"A locked phone shows {found.group()!r}; {remedy}"


def _look_at(sentence: str, voice: Voice, kind: Kind) -> Iterator[Look]:
    limits = packaged_rules().limits[voice]
    yield from _look_for_phrases(sentence, voice, kind)
    yield from _look_at_signs(sentence)
    yield from _look_for_hard_words(sentence, limits)
    if not kind.short:
        yield from _look_at_length(sentence, limits)


def _look_for_phrases(sentence: str, voice: Voice, kind: Kind) -> Iterator[Look]:
    anything, phrases = _phrases(voice)
    if not anything.search(sentence):
        return
    for rule, pattern, say in phrases:
        if kind.short and rule in _SPARED_ON_BUTTONS:
            continue
        for found in pattern.finditer(sentence):
            yield rule, sentence, f"Take out {found.group()!r}; instead: {say}"


def _look_at_signs(sentence: str) -> Iterator[Look]:
    if "!" in sentence:
        yield WordingRule.EXCLAMATION, sentence, "End the sentence with a full stop"
    for found in _ACRONYM.finditer(sentence):
        if found.group().removesuffix("s") not in packaged_rules().capitals:
            remedy = f"Write {found.group()!r} out in plain words, or in small letters"
            yield WordingRule.ACRONYM, sentence, remedy
    for found in _GLUED.finditer(sentence):
        remedy = f"Say in words what {found.group()!r} means"
        yield WordingRule.DIGITS, sentence, remedy


def _look_for_hard_words(sentence: str, limits: Limits) -> Iterator[Look]:
    for word in dict.fromkeys(split_words(sentence)):
        long = len(word) >= limits.hard_letters or count_syllables(word) >= limits.hard_syllables
        if long and not is_plain(word) and word not in limits.known:
            remedy = f"Use an everyday word instead of {word!r}"
            yield WordingRule.HARD_WORD, sentence, remedy


def _look_at_length(sentence: str, limits: Limits) -> Iterator[Look]:
    words = count_words(sentence)
    if words > limits.sentence_words:
        remedy = f"Use at most {limits.sentence_words} words, not {words}; make two sentences of it"
        yield WordingRule.LONG_SENTENCE, sentence, remedy
    joins = len(_joins().findall(sentence))
    if joins > limits.joins or _BREAKS.search(sentence):
        remedy = "Say one thing in one sentence, without brackets, dashes or semicolons"
        yield WordingRule.ONE_IDEA, sentence, remedy


# --- patterns, put together once ------------------------------------------------------------------


def _whole_words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


@cache
def _phrases(
    voice: Voice,
) -> tuple[re.Pattern[str], tuple[tuple[WordingRule, re.Pattern[str], str], ...]]:
    """Return one pattern that tells whether anything is there at all, and then each by itself."""
    own = [
        (rule, phrase)
        for rule, phrases in packaged_rules().phrases.items()
        for phrase in phrases
        if voice in phrase.voices
    ]
    anything = _whole_words("|".join(phrase.find for _, phrase in own))
    return anything, tuple((rule, _whole_words(each.find), each.say) for rule, each in own)


@cache
def _joins() -> re.Pattern[str]:
    return _whole_words(packaged_rules().joins)


@cache
def _preview() -> re.Pattern[str]:
    return _whole_words("|".join(packaged_rules().preview))
