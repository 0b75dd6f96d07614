"""Words are broken into lines that fit, and none is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pictures.faults import PictureFault
from pictures.press import measure
from pictures.sheet import Lettering
from pictures.typesetting import drawable, set_block

BOLD = Lettering(40, "#000000", bold=True)
LETTERS = st.text("abcdefghijklmnopqrstuvwxyzÄéßł -'", min_size=1, max_size=60)


def test_a_short_name_stays_on_one_line() -> None:
    assert set_block("Home", BOLD, 300).lines == ("Home",)


def test_a_long_name_is_broken_into_even_lines() -> None:
    assert set_block("Believing in myself", BOLD, 300).lines == ("Believing", "in myself")


@given(LETTERS, st.floats(90, 500))
@settings(max_examples=60)
def test_no_line_is_wider_than_asked_and_no_letter_is_lost(text: str, width: float) -> None:
    block = set_block(text, BOLD, width)
    assert all(measure(line, BOLD) <= width for line in block.lines)
    assert "".join(block.lines).replace(" ", "") == text.replace(" ", "")
    assert block.width <= width


def test_an_emoji_without_a_shape_is_left_out_rather_than_shown_as_a_box() -> None:
    assert drawable("Where I live 🏠️ now") == "Where I live now"


def test_a_name_in_a_script_without_shapes_is_refused_rather_than_cut() -> None:
    with pytest.raises(PictureFault, match="send them as text"):
        drawable("家")


def test_arabic_and_cyrillic_names_are_kept() -> None:
    assert drawable("المنزل") == "المنزل"
    assert drawable("Друзья") == "Друзья"


def test_no_words_take_no_room() -> None:
    block = set_block("", BOLD, 300)
    assert (block.lines, block.size) == ((), (0, 0))
