"""Folds what people type into plain small words, and never keeps or guesses at meaning."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import groupby, product
from typing import Final

import regex

MARKS: Final = regex.compile(r"\p{Mn}+")
UNSEEN: Final = regex.compile(r"[\p{Cf}\p{Cs}\p{Co}\u034f\u115f\u1160\u3164\uffa0]+")
APOSTROPHES: Final = regex.compile(r"(?<=\p{L})['\u2019\u2018`\u00b4\u02bc\uff07](?=\p{L})")
# Initial letters with an ending (`od'd`, `s.a'd`) are no other word: they keep theirs.
INITIALS: Final = regex.compile(
    r"(?<!\p{L})(o)\.?(d)\.?['\u2019\u2018`]d(?!\p{L})|(?<!\p{L})(s)\.?(a)\.?['\u2019\u2018`]d(?!\p{L})"
)
TOKENS: Final = regex.compile(
    r"(?P<token>(?:[@$](?=\p{L}))?[\p{L}\p{N}][\p{L}\p{N}\p{Mc}@$!*|]*)|(?P<stop>(?<!\.)[.!?;\u061f\u06d4\u1362](?!\S))"
)
LONG_RUN: Final = regex.compile(r"(.)\1{2,}")
MIXED_SCRIPTS: Final = regex.compile(r"\p{Latin}")
LETTER: Final = regex.compile(r"\p{L}")

# What people write instead of a letter. Two readings where both are common.
LEET: Final = {
    "0": "o",
    "1": "il",
    "3": "e",
    "4": "a",
    "5": "s",
    "7": "t",
    "8": "b",
    "@": "a",
    "$": "s",
    "!": "i",
    "|": "il",
}
MOST_READINGS: Final = 4
SPACED_LETTERS: Final = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """One word as typed, folded; `opens` is true when a sentence ended just before it."""

    word: str
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Folding:
    """The characters that stand for something else: emoji for a word, look-alikes for a letter."""

    signs: dict[int, str]
    lookalikes: dict[int, str]
    letters: dict[int, str]


def fold(text: str, folding: Folding) -> tuple[Piece, ...]:
    """Return the words of `text`, lower case, without accents, look-alikes or hidden characters.

    Letters set apart (`k i l l`) come back as one word. Nothing is raised for odd characters.
    """
    plain = text.lower() if text.isascii() else _fold_characters(text, folding)
    plain = APOSTROPHES.sub("", INITIALS.sub(r"\1\2\3\4ed", plain))
    pieces: list[Piece] = []
    opens = False
    for found in TOKENS.finditer(plain):
        token = found["token"]
        if token is None:
            opens = True
            continue
        word = token.rstrip("!*|@$") or token
        pieces.append(Piece(word, opens))
        opens = word != token and token.endswith("!")
    return _join_spaced_letters(pieces)


def fold_word(word: str, folding: Folding) -> str:
    """Return one word of a rule as it would be found in a text."""
    return _fold_characters(word, folding)


def _fold_characters(text: str, folding: Folding) -> str:
    """Apply the tables and Unicode's own folding; accents and hidden characters go."""
    seen = UNSEEN.sub("", text.translate(folding.signs))
    folded = unicodedata.normalize("NFKC", seen).casefold()
    bare = MARKS.sub("", unicodedata.normalize("NFD", folded)).translate(folding.letters)
    bare = UNSEEN.sub("", unicodedata.normalize("NFC", bare))
    if MIXED_SCRIPTS.search(bare) is None:
        return bare
    words = (_fold_lookalikes(word, folding) for word in bare.split(" "))
    return " ".join(words)


def _fold_lookalikes(word: str, folding: Folding) -> str:
    """Change look-alike letters of a word that mixes scripts, or that has nothing else in it."""
    changed = word.translate(folding.lookalikes)
    return changed if changed != word and changed.isascii() else word


def _join_spaced_letters(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Make one word of three or more letters that stand alone one after another."""
    joined: list[Piece] = []
    for single, run in groupby(pieces, key=lambda piece: _is_lone_letter(piece.word)):
        group = list(run)
        if single and len(group) >= SPACED_LETTERS:
            word = "".join(piece.word for piece in group)
            joined.append(Piece(word, group[0].opens))
        else:
            joined.extend(group)
    return tuple(joined)


def _is_lone_letter(word: str) -> bool:
    return len(word) == 1 and LETTER.match(word) is not None


def spell_variants(word: str) -> tuple[str, ...]:
    """Return the spellings that `word` may stand for: itself, stretched letters, leet digits.

    The word itself comes first. At most a handful; a number stays a number.
    """
    variants = [word]
    plain = [word] if not word.isascii() or word.isalpha() else _read_leet(word)
    for spelling in plain:
        variants.append(spelling)
        if LONG_RUN.search(spelling):
            variants.extend((LONG_RUN.sub(r"\1\1", spelling), LONG_RUN.sub(r"\1", spelling)))
    # A sign in front is a letter (`@rms`) or only a sign (`@jo`).
    variants.append(word.lstrip("@$"))
    return tuple(dict.fromkeys(variants))


def _read_leet(word: str) -> list[str]:
    """Read digits and signs as letters, where the word has letters too."""
    if not any(sign.isalpha() for sign in word):
        return [word]
    choices = [LEET.get(sign, sign) for sign in word]
    readings = product(*choices)
    return ["".join(reading) for reading, _ in zip(readings, range(MOST_READINGS), strict=False)]
