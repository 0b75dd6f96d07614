"""Loads the packaged rules of concern, once and when first needed; it judges no text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Final, cast

import yaml

from surveys.concern_grammar import Grammar
from surveys.concern_kinds import ConcernCategory, Lowering
from surveys.concern_patterns import PatternError, PatternReader
from surveys.concern_points import PointTable, PointTableError
from surveys.concern_text import Folding, fold_word
from surveys.concern_vocabulary import Vocabulary
from surveys.errors import BadDefinition

PACKAGE: Final = "surveys"
RULES: Final = "concern_rules"
WORDS: Final = "concern_words.txt"
POINTS: Final = "concern_points.csv"
COMPARED_WORDS: Final = 6000
FOLDING_FILE: Final = "01_folding.yaml"
SPELLINGS_FILE: Final = "02_spellings.yaml"
# The phrases that are set aside before the rules look, and the last of their file.
PLAY: Final = "games_and_sport"
HARMLESS: Final = ("hyperbole", PLAY, "talk")
# A word as common as this in English says nothing about another language.
MOST_COMMON: Final = 1500
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ConcernRuleError(BadDefinition):
    """A rule file that cannot be used: says which file, which item, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: a phrase of the grammar, what it is about and how urgent it is.

    `lowered_by` names what lowers it, `unless` a phrase beside which it does not hold; a rule
    that is not `alone` enough only adds to the points.
    """

    id: str
    phrase: str
    category: ConcernCategory
    crisis: bool
    lowered_by: frozenset[Lowering]
    unless: str | None
    alone: bool


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that is needed to read a text; it never changes after loading."""

    folding: Folding
    vocabulary: Vocabulary
    grammar: Grammar
    rules: tuple[Rule, ...]
    points: PointTable
    common_words: tuple[str, ...]
    foreign_words: frozenset[str]


@cache
def load_rulebook() -> Rulebook:
    """Return the packaged rules. ConcernRuleError if a file is broken."""
    folder = files(PACKAGE) / RULES
    texts = {
        entry.name: entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".yaml")
    }
    english = (files(PACKAGE) / WORDS).read_text(encoding="utf-8")
    points = (files(PACKAGE) / POINTS).read_text(encoding="utf-8")
    return build_rulebook(texts, english, points)


def build_rulebook(texts: Mapping[str, str], english: str, points: str) -> Rulebook:
    """Return the rules in `texts` (file name to YAML, in order) over the words of `english`.

    ConcernRuleError if a file is broken.
    """
    grammar = Grammar()
    folding = _read_folding(_parse_file(FOLDING_FILE, texts[FOLDING_FILE]))
    reader = PatternReader(grammar, partial(fold_word, folding=folding))
    rules: list[Rule] = []
    spellings: Mapping[str, tuple[tuple[str, ...], ...]] = {}
    foreign: frozenset[str] = frozenset()
    for name, text in texts.items():
        if name == FOLDING_FILE:
            continue
        content = _parse_file(name, text)
        if name == SPELLINGS_FILE:
            spellings = dict(_read_spellings(name, content["spellings"]))
        else:
            rules.extend(_read_definitions(name, content, grammar, reader))
            listed = str(content.get("foreign_words", "")).split()
            foreign |= frozenset(fold_word(word, folding) for word in listed)
    words = [line for line in english.split("\n") if line and line[0] != "#"]
    ranks = dict(zip(words, range(len(words)), strict=True))
    grammar.close(ranks)
    vocabulary = Vocabulary.build(ranks, grammar.words, spellings)
    strange = frozenset(word for word in foreign if ranks.get(word, MOST_COMMON) >= MOST_COMMON)
    return Rulebook(
        folding=folding,
        vocabulary=vocabulary,
        grammar=grammar,
        rules=tuple(rules),
        points=_read_points(points),
        common_words=tuple(words[:COMPARED_WORDS]),
        foreign_words=strange,
    )


def _read_points(text: str) -> PointTable:
    try:
        return PointTable.read(text)
    except PointTableError as error:
        remedy = "Fit it anew with tests/surveys/fit_concern_points.py"
        raise ConcernRuleError(POINTS, "the table", str(error), remedy) from error


def _parse_file(name: str, text: str) -> dict[str, object]:
    try:
        content = yaml.load(text, Loader)  # noqa: S506 - both loaders named above are safe ones
    except yaml.YAMLError as error:
        raise ConcernRuleError(name, "the file", "not valid YAML", "Check its indents") from error
    if not isinstance(content, dict):
        raise ConcernRuleError(name, "the file", "not a mapping", "Start with `words:`, `rules:`")
    return cast("dict[str, object]", content)


def _read_folding(content: Mapping[str, object]) -> Folding:
    signs = cast("dict[str, str]", content["signs"])
    marks = {ord(sign): f" {word} " for sign, word in signs.items()}
    return Folding(
        marks, _read_letters(str(content["lookalikes"])), _read_letters(str(content["letters"]))
    )


def _read_letters(text: str) -> dict[int, str]:
    pairs = (pair.partition("=") for pair in text.split())
    return {ord(letter): plain for letter, _, plain in pairs}


def _read_spellings(name: str, text: object) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
    for line in str(text).splitlines():
        typed, colon, meant = line.strip().partition(": ")
        if not colon:
            raise ConcernRuleError(name, line, "no colon", "Write `typed: meant`")
        yield typed, tuple(tuple(words.split("_")) for words in meant.split())


def _read_definitions(
    name: str, content: Mapping[str, object], grammar: Grammar, reader: PatternReader
) -> Iterator[Rule]:
    """Define the words and phrases of one file and yield its rules."""
    for item, text in _items(content, "words"):
        grammar.define(item, reader.read_word_list(str(text)))
    for item, text in _items(content, "phrases"):
        _define(name, item, text, grammar, reader)
    for item, fields in _items(content, "rules"):
        if not isinstance(fields, dict):
            raise ConcernRuleError(name, item, "no fields", "Give it `level` and `patterns`")
        rule = _read_rule(name, item, {**content, **fields})
        _define(name, item, fields["patterns"], grammar, reader)
        yield rule


def _items(content: Mapping[str, object], section: str) -> Iterator[tuple[str, object]]:
    found = content.get(section) or {}
    return iter(cast("dict[str, object]", found).items())


def _define(name: str, item: str, text: object, grammar: Grammar, reader: PatternReader) -> None:
    try:
        grammar.define(item, reader.read_lines(str(text)))
    except PatternError as error:
        remedy = "See the pattern language in surveys/concern_patterns.py"
        raise ConcernRuleError(name, item, str(error), remedy) from error


def _read_rule(name: str, item: str, fields: Mapping[str, object]) -> Rule:
    level = fields.get("level")
    if level not in {"crisis", "concern"} or "patterns" not in fields:
        raise ConcernRuleError(
            name, item, "no level or no patterns", "Give it `level: crisis` or `level: concern`"
        )
    try:
        category = ConcernCategory(str(fields.get("category")))
        lowered_by = frozenset(
            Lowering(str(word)) for word in cast("list[str]", fields.get("lowered_by") or [])
        )
    except ValueError as error:
        raise ConcernRuleError(name, item, str(error), "Use a listed name") from error
    unless = cast("str | None", fields.get("unless"))
    alone = fields.get("alone") is not False
    return Rule(item, item, category, level == "crisis", lowered_by, unless, alone)
