"""Tells whether a text is in a language that the rules can read; it translates nothing."""

from __future__ import annotations

from typing import Final

import regex

from surveys.concern_rulebook import Rulebook
from surveys.concern_text import Piece
from surveys.concern_vocabulary import Reading, is_word_like

LATIN: Final = regex.compile(r"\p{Latin}")
LETTER: Final = regex.compile(r"\p{L}")
LEAST_WORDS: Final = 3
LEAST_LETTERS: Final = 9
MOST_WORDS: Final = 24
UNDERSTOOD_SHARE: Final = 0.5
RARE_RANK: Final = 25_000


def is_understood(pieces: tuple[Piece, ...], readings: tuple[Reading, ...], book: Rulebook) -> bool:
    """Tell whether most of a text is in words that we know.

    Signs, numbers and one or two odd words count as understood: there is nothing to translate.
    """
    words = [piece.word for piece in pieces if LETTER.search(piece.word)]
    strange = sum(len(word) for word in words if not LATIN.search(word))
    letters = sum(len(word) for word in words)
    if letters and strange * 2 >= letters:
        return _only_everyday(readings, book)
    known = [reading for reading in readings if _is_known(reading, book)]
    if len(words) < LEAST_WORDS or letters < LEAST_LETTERS:
        return _only_everyday(readings, book) or not any(
            word in book.foreign_words for word in words
        )
    share = len(known) / max(1, len(readings))
    if share >= UNDERSTOOD_SHARE and not _sounds_foreign(words, book):
        return True
    return _reads_as_english(words, book)


def _only_everyday(readings: tuple[Reading, ...], book: Rulebook) -> bool:
    everyday = book.grammar.members["everyday_words"]
    return not any(everyday.isdisjoint(reading.words) for reading in readings)


def _is_known(reading: Reading, book: Rulebook) -> bool:
    return reading.known and any(
        book.vocabulary.ranks.get(word, 0) < RARE_RANK for word in reading.words
    )


def _sounds_foreign(words: list[str], book: Rulebook) -> bool:
    foreign = sum(word in book.foreign_words for word in words)
    return foreign * 4 >= len(words)


def _reads_as_english(words: list[str], book: Rulebook) -> bool:
    """Compare with common words, slips allowed: a young child's spelling is still English."""
    some = words[:MOST_WORDS]
    if _sounds_foreign(some, book):
        return False
    ranks = book.vocabulary.ranks
    like = sum(
        ranks.get(word, RARE_RANK) < RARE_RANK or is_word_like(word, book.common_words)
        for word in some
    )
    return like / len(some) >= UNDERSTOOD_SHARE
