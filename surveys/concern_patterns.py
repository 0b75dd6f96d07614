"""Reads the pattern language of the concern rules into nodes; it finds nothing itself.

`word` a word · `{name}` a phrase · `(a | b c)` either · `x?` perhaps · `..3` up to three words
(`..` two; `..3~{name}` but none of those) · `!x` not followed by x · `&x` followed by x ·
`[{a} {b} (c | d)]` all of these in any order · `^` `$` start and end of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from surveys.concern_chart import Edge, Gap, Node, Part, Ref, Sequence, Together
from surveys.concern_grammar import Grammar
from surveys.errors import SurveyFault

FoldWord = Callable[[str], str]

# The standard library's expressions: these are read thousands of times while loading.
LEXEMES: Final = re.compile(r"\{[\w#-]+\}|\.\.\d*~?|[\w*]+|\S")
PLAIN_GROUP: Final = re.compile(r"\(([\w *|]+)\)")
USUAL_GAP: Final = 2
LOOKS: Final = {"!": Part.ABSENT, "&": Part.AHEAD}
EDGES: Final = {"^": Edge.START, "$": Edge.END}
VOWELS: Final = frozenset("aeiou")


class PatternFault(StrEnum):
    """What can be wrong with a pattern."""

    EXTRA_BRACKET = "a bracket too many"
    OPEN_BRACKET = "a bracket is not closed"
    EMPTY = "an empty alternative"
    UNFINISHED = "the pattern ends too early"
    UNKNOWN_NAME = "a name that is not defined above"
    UNEXPECTED = "a sign that is not expected here"


class PatternError(SurveyFault):
    """A pattern that cannot be read: what is wrong, and at which word or sign."""

    def __init__(self, fault: PatternFault, lexeme: str = "") -> None:
        """Name the fault and the place."""
        super().__init__(f"{fault.value}: {lexeme}" if lexeme else fault.value)


class PatternReader:
    """Reads patterns for one grammar and gives it the groups in brackets."""

    def __init__(self, grammar: Grammar, fold_word: FoldWord) -> None:
        """Read for `grammar`; a name must be defined there before it is used.

        Words outside ASCII go through `fold_word`, as the words of a text do.
        """
        self._grammar = grammar
        self._fold_word = fold_word
        self._groups = 0
        self._rest: list[str] = []

    def read_lines(self, text: str) -> list[Sequence]:
        """Return the sequences of a block: one pattern a line, `#` starts a comment line.

        PatternError if one cannot be read.
        """
        lines = (line.strip() for line in text.splitlines())
        return [nodes for line in lines if line and line[0] != "#" for nodes in self._read(line)]

    def read_word_list(self, text: str) -> list[Sequence]:
        """Return a sequence for each word of a class: `word+` inflected, `two_words` apart."""
        return [
            tuple(Ref(self._grammar.use_word(word)) for word in form.split("_"))
            for item in text.split()
            for form in inflect(item if item.isascii() else self._fold_word(item))
        ]

    def _read(self, line: str) -> list[Sequence]:
        self._rest = LEXEMES.findall(PLAIN_GROUP.sub(self._read_plain_group, line))
        self._rest.reverse()
        alternatives = self._read_alternatives()
        if self._rest:
            raise PatternError(PatternFault.EXTRA_BRACKET)
        return alternatives

    def _read_plain_group(self, found: re.Match[str]) -> str:
        """Define a bracket that holds words only: nearly all do, and this is the quick way."""
        words: list[str] = []
        phrases: list[Sequence] = []
        for choice in found[1].split("|"):
            parts = self._split_words(choice)
            if len(parts) == 1:
                words.append(parts[0])
            elif parts:
                phrases.append(tuple(Ref(self._grammar.use_word(part)) for part in parts))
            else:
                raise PatternError(PatternFault.EMPTY, found[0])
        name = self._define_group(phrases)
        self._grammar.define_words(name, words)
        return "{" + name + "}"

    def _split_words(self, text: str) -> list[str]:
        plain = text if text.isascii() else " ".join(map(self._fold_word, text.split()))
        return plain.replace("_", " ").split()

    def _read_alternatives(self) -> list[Sequence]:
        alternatives: list[Sequence] = []
        nodes: list[Node] = []
        rest = self._rest
        while rest and rest[-1] != ")":
            if rest[-1] == "|":
                rest.pop()
                alternatives.append(tuple(nodes))
                nodes = []
            else:
                nodes.append(self._read_node())
        alternatives.append(tuple(nodes))
        if not all(alternatives):
            raise PatternError(PatternFault.EMPTY)
        return alternatives

    def _read_node(self) -> Node:
        lexeme = self._rest[-1]
        if lexeme.startswith(".."):
            return self._read_gap()
        if lexeme == "[":
            return self._read_together()
        if edge := EDGES.get(lexeme):
            self._rest.pop()
            return edge
        if look := LOOKS.get(lexeme):
            self._rest.pop()
            return Ref(self._read_name(), look)
        name = self._read_name()
        if self._rest and self._rest[-1] == "?":
            self._rest.pop()
            return Ref(name, Part.OPTIONAL)
        return Ref(name)

    def _read_gap(self) -> Gap:
        lexeme = self._rest.pop()
        most = int(lexeme[2:].rstrip("~") or USUAL_GAP)
        return Gap(most, self._read_name() if lexeme.endswith("~") else None)

    def _read_together(self) -> Together:
        self._rest.pop()
        names: list[str] = []
        while self._rest and self._rest[-1] != "]":
            names.append(self._read_name())
        if not self._rest:
            raise PatternError(PatternFault.OPEN_BRACKET)
        self._rest.pop()
        return Together(tuple(names))

    def _read_name(self) -> str:
        if not self._rest:
            raise PatternError(PatternFault.UNFINISHED)
        lexeme = self._rest.pop()
        if lexeme[0] == "{":
            if lexeme[1:-1] not in self._grammar:
                raise PatternError(PatternFault.UNKNOWN_NAME, lexeme)
            return lexeme[1:-1]
        if lexeme == "(":
            return self._read_group()
        if lexeme[0] == "_" or not (lexeme[0].isalnum() or lexeme[0] == "*"):
            raise PatternError(PatternFault.UNEXPECTED, lexeme)
        return self._read_word(lexeme)

    def _read_word(self, value: str) -> str:
        word = value if value.isascii() else self._fold_word(value)
        if "_" not in word:
            return self._grammar.use_word(word)
        parts = tuple(Ref(self._grammar.use_word(part)) for part in word.split("_"))
        return self._define_group([parts])

    def _read_group(self) -> str:
        alternatives = self._read_alternatives()
        if not self._rest:
            raise PatternError(PatternFault.OPEN_BRACKET)
        self._rest.pop()
        return self._define_group(alternatives)

    def _define_group(self, alternatives: list[Sequence]) -> str:
        self._groups += 1
        name = f"#{self._groups}"
        self._grammar.define(name, alternatives)
        return name


def inflect(item: str) -> tuple[str, ...]:
    """Return the regular forms of `verb+` (`verb++` doubles its last letter), or the item alone.

    >>> inflect("kick+"), inflect("slap++")
    (('kick', 'kicks', 'kicked', 'kicking'), ('slap', 'slaps', 'slapped', 'slapping'))
    """
    verb = item.rstrip("+")
    if verb == item:
        return (item,)
    if item.endswith("++"):
        stem = verb + verb[-1]
        return (verb, verb + "s", stem + "ed", stem + "ing")
    if verb.endswith("e"):
        return (verb, verb + "s", verb + "d", verb[:-1] + "ing")
    if verb.endswith("y") and verb[-2] not in VOWELS:
        return (verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing")
    plural = "es" if verb.endswith(("s", "x", "sh", "ch", "z")) else "s"
    return (verb, verb + plural, verb + "ed", verb + "ing")
