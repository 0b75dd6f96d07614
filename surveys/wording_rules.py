"""Reads the rules about wording from their packaged file; it checks no sentence itself."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from surveys.definition_text import explain, read_definition
from surveys.people import Voice

RULES_FILE = "wording_rules.yaml"


class WordingRule(StrEnum):
    """What can be wrong with a sentence."""

    READING_AGE = "reading-age"
    HARD_WORD = "hard-word"
    LONG_SENTENCE = "long-sentence"
    ONE_IDEA = "one-idea"
    BANNED_WORD = "banned-word"
    ACRONYM = "acronym"
    DIGITS = "digits"
    GUILT = "guilt"
    STREAK = "streak"
    PRESSURE = "pressure"
    PRAISE = "praise"
    EXCLAMATION = "exclamation"
    PROMISE = "promise"
    LEADING = "leading"
    ASSUMPTION = "assumption"
    IDIOM = "idiom"
    NAME = "name"
    PREVIEW = "preview"
    TOO_LONG = "too-long"
    EMPTY = "empty"


def _can_be_matched(pattern: str) -> str:
    """Refuse an expression that Python cannot compile; `re.error` is a fault of the author."""
    try:
        re.compile(pattern)
    except re.error as error:
        msg = f"{pattern!r} is no regular expression ({error})"
        raise ValueError(msg) from error
    return pattern


Pattern = Annotated[str, Field(min_length=1), AfterValidator(_can_be_matched)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(_Strict):
    """How much one voice bears, what a hard word is in it, and which long words it knows anyway."""

    reading_age: float
    sentence_words: int
    joins: int
    hard_syllables: int
    hard_letters: int
    known: frozenset[str] = frozenset()


class Phrase(_Strict):
    """Words that must not appear, what to say instead, and in which voices."""

    find: Pattern
    say: Annotated[str, Field(min_length=1)]
    voices: tuple[Voice, ...] = tuple(Voice)


class Rules(_Strict):
    """The whole file."""

    limits: dict[Voice, Limits]
    capitals: frozenset[str]
    joins: Pattern
    phrases: dict[WordingRule, tuple[Phrase, ...]]
    preview: Annotated[tuple[Pattern, ...], Field(min_length=1)]


def read_rules(text: str) -> Rules:
    """Return the rules in this text; raise BadDefinition where it cannot be read."""
    try:
        return Rules.model_validate(read_definition(RULES_FILE, text))
    except ValidationError as error:
        raise explain(RULES_FILE, error, "Write it like the entries beside it") from error


@cache
def packaged_rules() -> Rules:
    """Return the rules that ship with this package."""
    return read_rules(files("surveys").joinpath(RULES_FILE).read_text(encoding="utf-8"))
