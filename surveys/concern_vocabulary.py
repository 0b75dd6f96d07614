"""Reads one typed word as the words it may stand for, and decides nothing about risk."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from surveys.concern_text import Piece, spell_variants

# A typed word is compared with the rules' words: one slip from five letters on, two from nine.
FUZZY_FROM: Final = 5
TWO_SLIPS_FROM: Final = 9
SOUND_FROM: Final = 4
SOUND_SLIPS: Final = 2
MOST_MEANINGS: Final = 3
# Words that run together are cut where the cut words are common enough.
CUT_FROM: Final = 4
CUT_TO: Final = 60
LONGEST_WORD: Final = 14
CUT_COST_A_LETTER: Final = 2.35
CUT_COST_A_WORD: Final = 2.0
UNRANKED: Final = 2500
# A hard text must not take long: after so many unknown words we stop guessing.
MOST_GUESSES: Final = 60

LONE_LETTERS: Final = frozenset("iau")
# How letters are heard, one change after the other. The standard library's expressions: they run
# over all the rules' words at once, a word a line.
SOUNDS: Final = tuple(
    (re.compile(pattern, re.MULTILINE), sound)
    for pattern, sound in (
        (r"([a-z])\1+", r"\1"),
        (r"^wr", "r"),
        (r"^kn", "n"),
        (r"^wh", "w"),
        (r"ph", "f"),
        (r"igh", "i"),
        (r"[oa]ugh", "o"),
        (r"tch", "ch"),
        (r"ck|c(?![ehiy])|q", "k"),
        (r"c(?=[eiy])|z", "s"),
        (r"x", "ks"),
        (r"th$", "f"),
        (r"mb(?=s?$|ing|ed)", "m"),
        (r"[aeiouyw]+r", "r"),
        (r"(?<=[a-z])ed$", "d"),
        (r"(?<=[a-z])[aeiouyw]+", ""),
        (r"([a-z])\1+", r"\1"),
    )
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The words that one place in a text may hold; `known` if they were certain, not guessed."""

    words: frozenset[str]
    known: bool
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of English with their rank, the words of the rules, and known misspellings.

    `spellings` maps a typed word to its readings; a reading may hold several words.
    """

    ranks: Mapping[str, int]
    rule_words: frozenset[str]
    spellings: Mapping[str, tuple[tuple[str, ...], ...]]
    by_sound: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fuzzy_words: tuple[str, ...] = ()

    @classmethod
    def build(
        cls,
        ranks: Mapping[str, int],
        rule_words: Iterable[str],
        spellings: Mapping[str, tuple[tuple[str, ...], ...]],
    ) -> Vocabulary:
        """Return a vocabulary with its indexes by sound and by length."""
        words = frozenset(rule_words)
        plain = sorted(word for word in words if word.isascii() and word.isalpha())
        heard = [word for word in plain if len(word) >= SOUND_FROM]
        by_sound: dict[str, tuple[str, ...]] = {}
        for word, key in zip(heard, sound_of("\n".join(heard)).split("\n"), strict=True):
            by_sound[key] = (*by_sound.get(key, ()), word)
        fuzzy = tuple(word for word in plain if len(word) >= FUZZY_FROM - 1)
        return cls(ranks, words, spellings, by_sound, fuzzy)

    def read(self, pieces: Iterable[Piece]) -> tuple[tuple[Reading, ...], bool]:
        """Return what the pieces may say, and whether the text was too hard to read to the end."""
        readings: list[Reading] = []
        guesses = 0
        for piece in pieces:
            found = self._recognise(piece.word)
            if found is None:
                guesses += 1
                found = self._guess(piece.word) if guesses <= MOST_GUESSES else ()
            first, *rest = found or (Reading(frozenset((piece.word,)), known=False),)
            readings.append(Reading(first.words, first.known, piece.opens))
            readings.extend(rest)
        return tuple(readings), guesses > MOST_GUESSES

    def _recognise(self, word: str) -> tuple[Reading, ...] | None:
        """Read a word without guessing: a listed spelling, a word of the rules or of English."""
        for variant in (word,) if word.isalpha() else spell_variants(word):
            listed = self.spellings.get(variant)
            if listed is not None:
                return _open_spellings(listed)
            if variant in self.rule_words or variant in self.ranks or variant.isdecimal():
                return (Reading(frozenset((variant,)), known=True),)
        return None

    def _guess(self, word: str) -> tuple[Reading, ...]:
        """Read a word that is not listed: stretched, misspelled, masked or run together."""
        for variant in spell_variants(word):
            if variant != word and (found := self._recognise(variant)):
                return found
        for variant in spell_variants(word):
            near = self._find_near(variant)
            if near:
                return (Reading(near, known=True),)
            cut = self._cut(variant)
            if cut:
                return cut
        return ()

    def _find_near(self, word: str) -> frozenset[str]:
        """Return the rules' words that `word` is a slip or a sound away from."""
        if "*" in word:
            return self._unmask(word)
        if not word.isascii() or len(word) < SOUND_FROM:
            return frozenset()
        slips = 2 if len(word) >= TWO_SLIPS_FROM else 1
        near = set()
        if len(word) >= FUZZY_FROM:
            found = process.extract(
                word, self.fuzzy_words, scorer=OSA.distance, score_cutoff=slips, limit=MOST_MEANINGS
            )
            near = {match for match, _, _ in found if match[0] == word[0] or len(word) > FUZZY_FROM}
        alike = self.by_sound.get(sound_of(word), ())
        heard = [like for like in alike if OSA.distance(like, word) <= SOUND_SLIPS]
        return frozenset((*near, *heard[:MOST_MEANINGS]))

    def _unmask(self, word: str) -> frozenset[str]:
        """Return the rules' words that fit a word with stars in place of letters."""
        shape = re.compile("".join("[a-z]" if sign == "*" else re.escape(sign) for sign in word))
        fits = [plain for plain in self.fuzzy_words if shape.fullmatch(plain)]
        return frozenset(fits[:MOST_MEANINGS])

    def _cut(self, word: str) -> tuple[Reading, ...]:
        """Cut words that run together into common words, or return nothing."""
        if not (CUT_FROM <= len(word) <= CUT_TO and word.isascii() and word.isalpha()):
            return ()
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(word) + 1):
            starts = range(max(0, end - LONGEST_WORD), end)
            best.append(
                min((best[start][0] + self._cost(word[start:end]), start) for start in starts)
            )
        if best[-1][0] > CUT_COST_A_LETTER * len(word) + CUT_COST_A_WORD:
            return ()
        parts: list[str] = []
        end = len(word)
        while end:
            start = best[end][1]
            parts.append(word[start:end])
            end = start
        readings: list[Reading] = []
        for part in reversed(parts):
            readings.extend(self._recognise(part) or ())
        return tuple(readings)

    def _cost(self, word: str) -> float:
        """Return how unlikely `word` is as a part: its rank as a logarithm, and a fee a word."""
        if len(word) == 1 and word not in LONE_LETTERS:
            return 100.0
        rank = self.ranks.get(word)
        if word in self.rule_words or word in self.spellings:
            rank = min(UNRANKED, rank) if rank is not None else UNRANKED
        if rank is None or (len(word) == 2 and rank > UNRANKED):  # noqa: PLR2004 - two letters
            return 100.0
        return math.log(rank + 20)


def _open_spellings(listed: tuple[tuple[str, ...], ...]) -> tuple[Reading, ...]:
    """Lay a listed spelling out: readings of one word share a place, a longer one takes several."""
    longest = max(listed, key=len)
    if len(longest) > 1:
        return tuple(Reading(frozenset((word,)), known=True) for word in longest)
    return (Reading(frozenset(word for (word,) in listed), known=True),)


def sound_of(word: str) -> str:
    """Return a rough key of how a British child hears `word`: its first sound and consonants.

    Of several words, one a line, the keys come back one a line.
    """
    key = word
    for pattern, sound in SOUNDS:
        key = pattern.sub(sound, key)
    return key


def is_word_like(word: str, words: tuple[str, ...]) -> bool:
    """Tell whether `word` could be a misspelling of one of `words`."""
    slips = 1 if len(word) < FUZZY_FROM + 1 else 2
    return process.extractOne(word, words, scorer=OSA.distance, score_cutoff=slips) is not None
