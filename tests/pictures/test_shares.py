"""Shares on tracks: what is not shown is hatched and named, never a dot at nought."""

from __future__ import annotations

from typing import Final

import pytest

from pictures.faults import PictureFault
from pictures.marks import WITHHELD
from pictures.palette import INK
from pictures.plot_signs import BOUNDS
from pictures.shares import Share, ShareWords, compose_shares, draw_shares, list_shares
from pictures.sheet import Disc, Shape, Sheet, Words

SHARE_WORDS: Final = ShareWords("the share", "likely range", "had none, or all, counted")
HEAD: Final = ("Measure", "Share", "Range", "Bounds")
SHARES: Final = [
    Share("Feelings better", 63, 47, 76, 40, 80),
    Share("Home more settled", None, withheld="withheld"),
    Share("Nobody", 0),
    Share("Everybody", 100),
]


def sheet_of(shares: list[Share]) -> Sheet:
    return compose_shares(shares, "Shares", SHARE_WORDS)


def words(sheet: Sheet) -> list[str]:
    return [mark.text for mark in sheet.marks if isinstance(mark, Words)]


def dots(sheet: Sheet) -> list[float]:
    """Give where the dots are, without that of the legend."""
    found = [m.centre for m in sheet.marks if isinstance(m, Disc) and m.look.fill == INK]
    lowest = min(y for _, y in found)
    return [x for x, y in found if y > lowest]


def test_a_share_that_is_not_shown_is_hatched_and_has_no_dot() -> None:
    sheet = sheet_of(SHARES)
    assert len(dots(sheet)) == 3
    assert "withheld" in words(sheet)
    hidden = sheet_of(SHARES[1:2])
    assert not [m for m in hidden.marks if isinstance(m, Disc)]
    assert "0%" in words(hidden), "the axis"
    assert words(hidden).count("0%") == 1


def test_dots_stand_in_the_order_of_the_shares() -> None:
    some, none, every = dots(sheet_of(SHARES))
    assert none < some < every
    assert (some - none) / (every - none) == pytest.approx(0.63)


def test_only_what_is_there_is_explained() -> None:
    assert "likely range" in words(sheet_of(SHARES))
    plain = words(sheet_of(SHARES[2:]))
    assert "the share" in plain
    assert "likely range" not in plain
    assert "had none, or all, counted" not in plain


def test_the_honest_bounds_hold_the_share_between_them() -> None:
    sheet = sheet_of(SHARES[:1])
    boxes = [m for m in sheet.marks if isinstance(m, Shape) and m.look == BOUNDS]
    (dot,) = dots(sheet)
    track = max(boxes, key=lambda each: max(y for _, y in each.points))
    assert min(x for x, _ in track.points) < dot < max(x for x, _ in track.points)


def test_shares_can_be_had_as_rows_of_text() -> None:
    assert list_shares(SHARES, head=HEAD).rows == (
        ("Feelings better", "63%", "47% to 76%", "40% to 80%"),
        ("Home more settled", "withheld", "", ""),
        ("Nobody", "0%", "", ""),
        ("Everybody", "100%", "", ""),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Share("x", 101),
        lambda: Share("x", -1),
        lambda: Share("x", 50, low=40),
        lambda: Share("x", 50, least=40),
        lambda: Share("x", None, 40, 60),
        lambda: Share("x", None, least=40, most=60),
        lambda: sheet_of([]),
    ],
)
def test_what_no_share_can_be_is_refused(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(PictureFault):
        wrong()


def test_the_same_shares_give_the_same_bytes() -> None:
    first = draw_shares(SHARES, title="Shares", words=SHARE_WORDS)
    assert first == draw_shares(SHARES, title="Shares", words=SHARE_WORDS)
    assert WITHHELD.edge is not None
    assert WITHHELD.edge.encode() in first
