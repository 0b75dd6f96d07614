"""Folding: what people type becomes plain small words, and nothing hides in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.concern_rulebook import load_rulebook
from surveys.concern_text import Piece, fold, fold_word, spell_variants

FOLDING = load_rulebook().folding


def words(text: str) -> list[str]:
    return [piece.word for piece in fold(text, FOLDING)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("... !?", []),
        ("I'm NOT ok", ["im", "not", "ok"]),
        ("don’t", ["dont"]),
        ("ｋｉｌｌ", ["kill"]),
        ("d\u200bi\u00ade", ["die"]),
        ("di\u0301e\u0301", ["die"]),
        ("diе", ["die"]),
        ("wаnt", ["want"]),
        ("łódź", ["lodz"]),
        ("đánh", ["danh"]),
        ("сор", ["сор"]),
        ("أُريد", ["ارید"]),
        ("می‌خواهم", ["میخواهم"]),
        ("help!!!", ["help"]),
        ("d!e", ["d!e"]),
        ("k*ll", ["k*ll"]),
        ("🔪 lol", ["emojiblade", "lol"]),
        ("🦄", []),
        ("k i l l", ["kill"]),
        ("r u ok", ["r", "u", "ok"]),
        ("k.i.l.l", ["kill"]),
        ("4-1", ["4", "1"]),
    ],
)
def test_text_folds_to_plain_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_a_sentence_opens_after_a_full_stop_and_not_after_three() -> None:
    assert fold("a dog. a cat", FOLDING)[2] == Piece("a", opens=True)
    assert not fold("a dog... a cat", FOLDING)[2].opens
    assert fold("help! now", FOLDING)[1].opens
    assert not fold("v1.2 x", FOLDING)[1].opens


def test_lookalikes_are_left_alone_in_a_text_without_latin_letters() -> None:
    assert words("сор") == ["сор"]
    assert words("the сор") == ["the", "cop"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("kill", {"kill"}),
        ("k1ll", {"k1ll", "kill", "klll", "kll", "kl"}),
        ("dieeee", {"dieeee", "diee", "die"}),
        ("2024", {"2024"}),
        ("умру", {"умру"}),
    ],
)
def test_digits_and_stretched_letters_are_read_both_ways(word: str, expected: set[str]) -> None:
    assert set(spell_variants(word)) <= expected
    assert spell_variants(word)[0] == word


def test_a_word_of_leet_has_only_a_few_readings() -> None:
    assert len(spell_variants("1111l1111")) <= 13


def test_a_rule_word_folds_as_a_text_does() -> None:
    assert fold_word("أريد", FOLDING) == words("أريد")[0]


@given(st.text(st.characters(), max_size=80))
def test_folding_takes_any_text_and_gives_words_without_spaces(text: str) -> None:
    assert all(piece.word and " " not in piece.word for piece in fold(text, FOLDING))
