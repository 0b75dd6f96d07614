"""Reads the pattern language of the concern rules into nodes; it finds nothing itself.

`word` a word · `{name}` a phrase · `(a | b c)` either · `x?` perhaps · `..3` up to three words
(`..` two; `..3~{name}` but none of those) · `!x` not followed by x · `&x` followed by x ·
`[{a} {b} (c | d)]` all of these in any order · `^` `$` start and end of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from surveys.concern_grammar import Edge, Gap, Grammar, Node, Part, Ref, Sequence, Together

FoldWord = Callable[[str], str]

# The standard library's expressions: these are read thousands of times while loading.
LEXEMES: Final = re.compile(r"\{[\w-]+\}|\.\.\d*~?|[\w*]+|\S")
USUAL_GAP: Final = 2
LOOKS: Final = {"!": Part.ABSENT, "&": Part.AHEAD}
EDGES: Final = {"^": Edge.START, "$": Edge.END}
VOWELS: Final = frozenset("aeiou")


class PatternError(ValueError):
    """A pattern that cannot be read, with what is wrong with it."""


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
        self._rest = LEXEMES.findall(line)
        self._rest.reverse()
        alternatives = self._read_alternatives()
        if self._rest:
            raise PatternError("a bracket too many")
        return alternatives

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
            raise PatternError("an empty alternative")
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
            raise PatternError("a square bracket is not closed")
        self._rest.pop()
        return Together(tuple(names))

    def _read_name(self) -> str:
        if not self._rest:
            raise PatternError("the pattern ends too early")
        lexeme = self._rest.pop()
        if lexeme[0] == "{":
            if lexeme[1:-1] not in self._grammar:
                raise PatternError(f"{lexeme} is not defined above")
            return lexeme[1:-1]
        if lexeme == "(":
            return self._read_group()
        if lexeme[0] == "_" or not (lexeme[0].isalnum() or lexeme[0] == "*"):
            raise PatternError(f"{lexeme!r} is not expected here")
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
            raise PatternError("a bracket is not closed")
        self._rest.pop()
        return self._define_group(alternatives)

    def _define_group(self, alternatives: list[Sequence]) -> str:
        self._groups += 1
        name = f"({self._groups})"
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
