"""The small drawings beside the names of areas."""

from __future__ import annotations

import math

import pytest

from pictures.palette import INK
from pictures.sheet import Disc, Shape, Sheet
from pictures.symbols import draw_symbol, find_symbol, symbol_names


@pytest.mark.parametrize("name", symbol_names())
def test_a_symbol_stays_inside_its_badge(name: str) -> None:
    symbol = find_symbol(name)
    assert symbol
    sheet = Sheet(200, 200, "#FFFFFF")
    draw_symbol(sheet, symbol, (100, 100), 28, INK)
    assert sheet.marks
    for mark in sheet.marks:
        assert isinstance(mark, Shape | Disc)
        points = mark.points if isinstance(mark, Shape) else (mark.centre,)
        reach = mark.radius if isinstance(mark, Disc) else mark.look.width / 2
        assert all(math.dist(point, (100, 100)) + reach < 44 for point in points)


@pytest.mark.parametrize(
    ("emoji", "name"),
    [("🏠", "home"), ("❤️", "care"), ("🛡️", "safe"), ("🧑‍🤝‍🧑", "friends"), ("🌱", "growing")],
)
def test_an_emoji_stands_for_the_drawing_with_its_meaning(emoji: str, name: str) -> None:
    assert find_symbol(emoji) is find_symbol(name)


@pytest.mark.parametrize("unknown", ["", "🦖", "x"])
def test_an_unknown_symbol_has_no_drawing(unknown: str) -> None:
    assert find_symbol(unknown) is None
