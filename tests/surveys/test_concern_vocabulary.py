"""Reading one typed word as the words that it may stand for."""

from __future__ import annotations

import pytest

from surveys.concern_rulebook import load_rulebook
from surveys.concern_text import Piece
from surveys.concern_vocabulary import MOST_GUESSES, Vocabulary, is_word_like, sound_of

BOOK = load_rulebook()


def readings(*typed: str) -> list[set[str]]:
    found, _ = BOOK.vocabulary.read(Piece(word) for word in typed)
    return [set(reading.words) for reading in found]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("kill", "kill"),
        ("wont", "want"),  # codespell:ignore wont
        ("wont", "wont"),  # codespell:ignore wont
        ("tuches", "touches"),
        ("herts", "hurts"),
        ("strangeled", "strangled"),
        ("thretened", "threatened"),
        ("suicidle", "suicidal"),
        ("k1ll", "kill"),
        ("k*ll", "kill"),
        ("dieeee", "die"),
        ("frightund", "frightened"),
    ],
)
def test_a_slip_or_a_sound_is_read_as_the_word_that_was_meant(typed: str, meant: str) -> None:
    assert meant in readings(typed)[0]


@pytest.mark.parametrize("word", ["diet", "kilt", "harmony", "skill", "rapper", "cute"])
def test_a_word_of_english_is_never_bent_into_a_worrying_one(word: str) -> None:
    assert readings(word) == [{word}] or word in readings(word)[0]
    assert not {"die", "kill", "harm", "rape", "cut"} & readings("diet")[0]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("killmyself", ["kill", "myself"]),
        ("idontwanttobehere", ["i", "dont", "want", "to", "be", "here"]),
        ("hehitsme", ["he", "hits", "me"]),
    ],
)
def test_words_that_run_together_are_cut(typed: str, meant: list[str]) -> None:
    assert [word in found for word, found in zip(meant, readings(typed), strict=True)]
    assert all(word in found for word, found in zip(meant, readings(typed), strict=True))


def test_a_spelling_may_stand_for_several_words() -> None:
    assert readings("idwtl") == [{"dont"}, {"want"}, {"to"}, {"live"}]


@pytest.mark.parametrize("word", ["kian", "xqzt", "ሰላም", "z", "q*z"])
def test_a_name_or_a_strange_word_stays_what_it_is(word: str) -> None:
    assert readings(word) == [{word}]


def test_the_place_of_a_sentence_is_kept() -> None:
    found, _ = BOOK.vocabulary.read([Piece("killmyself", opens=True), Piece("now")])
    assert [reading.opens for reading in found] == [True, False, False]


def test_after_so_many_guesses_the_text_counts_as_too_hard() -> None:
    pieces = [Piece(f"zqx{chr(97 + n % 26)}{chr(97 + n // 26)}w") for n in range(MOST_GUESSES + 1)]
    assert BOOK.vocabulary.read(pieces[:-1])[1] is False
    assert BOOK.vocabulary.read(pieces)[1] is True


def test_words_that_sound_alike_share_a_key() -> None:
    assert sound_of("tuches") == sound_of("touches")
    assert sound_of("nife\nphone") == "nf\nfn"  # codespell:ignore nife


def test_a_child_s_spelling_is_like_a_word() -> None:
    assert is_word_like("windo", ("window", "door"))  # codespell:ignore windo
    assert not is_word_like("chciałbym", ("window", "door"))


def test_a_word_of_one_letter_alone_costs_too_much_to_cut_out() -> None:
    vocabulary = Vocabulary.build({"kill": 1, "me": 0}, ["kill", "me"], {})
    found, _ = vocabulary.read([Piece("killme"), Piece("killzme")])
    assert [set(reading.words) for reading in found] == [{"kill"}, {"me"}, {"killzme"}]
