"""A young person's star: readable on a phone, honest about gaps, the same every time."""

from __future__ import annotations

import io
import math
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from PIL import Image

from pictures import engraver, marks
from pictures.faults import PictureFault
from pictures.palette import BLUE, CARD, CREAM, GOLD, HONEY, INK, PAPER
from pictures.sheet import Disc, Shape, Sheet, Words
from pictures.star import WIDTH, Ray, compose_star, draw_star, list_star

AREAS: Final = (
    "Body",
    "Home",
    "Feeling safe",
    "People who care",
    "Feelings",
    "Friends",
    "Believing in myself",
    "Learning or work",
)
SYMBOLS: Final = ("body", "🏠", "safe", "❤️", "feelings", "friends", "belief", "📚")
NOW: Final = (4, 3, 5, 4, 2, 3, 4, 5)
BEFORE: Final = (2, 3, 3, 4, 1, 2, 5, 3)
SMALLEST_LETTERS: Final = 30  # at 1080 pixels: 9.4 pixels on a phone that shows 340


def rays(
    now: tuple[int | None, ...] = NOW,
    before: tuple[int | None, ...] = BEFORE,
    symbols: tuple[str, ...] = ("",) * 10,
    names: tuple[str, ...] = AREAS,
) -> list[Ray]:
    each = zip(names, now, before, symbols, strict=False)
    return [Ray(name, n, b, symbol) for name, n, b, symbol in each]


def draw(star: list[Ray], before_label: str | None = "Last time, 3 March") -> bytes:
    return draw_star(
        star,
        title="Your star",
        now_label="Now, 14 May",
        before_label=before_label,
        skipped_label="You left this out",
    )


def compose(star: list[Ray], steps: int = 5, title: str = "Your star") -> Sheet:
    entries = [
        (marks.swatch_now, "Now, 14 May"),
        (marks.swatch_before, "Last time, 3 March"),
        (marks.swatch_skipped, "You left this out"),
    ]
    return compose_star(star, steps, title, entries)


def pixels(png: bytes) -> npt.NDArray[np.int64]:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(np.int64)


def extents(sheet: Sheet) -> list[tuple[str, Bbox]]:
    """Measure all words as the printing machinery really sets them."""
    figure = engraver.compose(sheet).figure
    words = (artist for artist in figure.get_children() if isinstance(artist, Text))
    return [(word.get_text(), word.get_window_extent()) for word in words]


def numbers(sheet: Sheet) -> list[str]:
    return [m.text for m in sheet.marks if isinstance(m, Words) and m.text.isdigit()]


STARS: Final = {
    "now beside last time": rays(),
    "a first star": rays(before=(None,) * 8),
    "with gaps": rays(now=(4, None, 3, 4, None, None, 2, 5)),
    "with symbols": rays(symbols=SYMBOLS),
    "with symbols and gaps": rays(now=(4, None, 3, 4, None, None, 2, 5), symbols=SYMBOLS),
    "three areas": rays(now=(5, 1, 3), before=(2, 2, None), names=AREAS[:3]),
    "four areas of a carer": rays(
        now=(4, 3, 2, 4),
        before=(2, 3, 2, 3),
        names=(
            "How settled home feels",
            "Knowing what helps",
            "You and your child",
            "How your child responds",
        ),
    ),
    "ten areas": rays(
        now=(1,) * 10,
        before=(1, 2) * 5,
        names=(*AREAS, "Money and things I need", "Where I am going next"),
    ),
    "nothing answered": rays(now=(None,) * 8, before=(None,) * 8),
}


@pytest.mark.parametrize("star", STARS.values(), ids=STARS)
def test_the_picture_is_a_png_of_the_promised_size(star: list[Ray]) -> None:
    png = draw(star)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    image = Image.open(io.BytesIO(png))
    assert image.width == WIDTH == 1080
    assert WIDTH <= image.height <= 2 * WIDTH
    assert len(png) < 200_000
    assert 50 < len(image.palette.colors if image.palette else ()) <= 256


def test_the_same_star_gives_the_same_bytes_without_date_or_software() -> None:
    png = draw(STARS["with gaps"])
    assert png == draw(STARS["with gaps"])
    assert not Image.open(io.BytesIO(png)).info


def test_another_answer_gives_another_picture() -> None:
    assert draw(rays(now=(4, 3, 5, 4, 2, 3, 4, 4))) != draw(rays())


@pytest.mark.parametrize("star", STARS.values(), ids=STARS)
def test_all_words_lie_inside_the_picture_and_not_on_each_other(star: list[Ray]) -> None:
    sheet = compose(star)
    words = extents(sheet)
    for text, box in words:
        assert box.x0 >= 0, text
        assert box.x1 <= sheet.width, text
        assert box.y0 >= 0, text
        assert box.y1 <= sheet.height, text
    for (one, first), (other, second) in combinations(words, 2):
        overlap = Bbox.intersection(first.padded(-3), second.padded(-3))
        assert overlap is None, (one, other)


@pytest.mark.parametrize("star", STARS.values(), ids=STARS)
def test_all_letters_can_be_read_on_a_phone(star: list[Ray]) -> None:
    sizes = [m.lettering.size for m in compose(star).marks if isinstance(m, Words)]
    assert min(sizes) >= SMALLEST_LETTERS


NAMES: Final = st.text("abcdefghijklmnop ", min_size=1, max_size=24).filter(str.strip)


@given(st.lists(NAMES, min_size=3, max_size=8), st.sampled_from(["", "home"]))
@settings(max_examples=25, deadline=None)
def test_any_names_of_up_to_24_letters_fit(areas: list[str], symbol: str) -> None:
    star = [Ray(area, 1 + at % 5, 5 - at % 5, symbol) for at, area in enumerate(areas)]
    sheet = compose(star)
    for text, box in extents(sheet):
        assert box.x0 >= 0, text
        assert box.x1 <= sheet.width, text


def test_usual_names_of_forty_letters_always_fit() -> None:
    area = "A rather long name for one of the areas"
    for symbol in ("", "home"):
        compose([Ray(area, 3, 2, symbol)] * 8)


def test_every_answer_stands_on_the_picture_as_a_number() -> None:
    assert sorted(numbers(compose(rays()))) == sorted(
        # Where both are the same, one number serves both signs.
        [str(step) for step in NOW] + [str(b) for n, b in zip(NOW, BEFORE, strict=True) if n != b]
    )


def test_what_was_not_answered_has_no_number_and_least_of_all_a_nought() -> None:
    star = rays(now=(None, 3, None, 4, None, 2, 5, 1), before=(None,) * 8)
    assert sorted(numbers(compose(star))) == ["1", "2", "3", "4", "5"]


def beside_the_first_ray(star: list[Ray]) -> npt.NDArray[np.int64]:
    """Give the colours along the first ray, from the inner rings to the rim, a little aside."""
    discs = (mark for mark in compose(star).marks if isinstance(mark, Disc))
    rings = max(discs, key=lambda disc: disc.radius)
    image = pixels(draw(star))
    x, y = round(rings.centre[0]) + 16, image.shape[0] - round(rings.centre[1])
    return image[y - round(0.9 * rings.radius) : y - round(0.4 * rings.radius), x]


def test_the_rings_stop_where_nothing_was_answered() -> None:
    """Beside the ray of a gap there is nothing but paper, whatever the neighbours say."""
    paper = [int(PAPER[at : at + 2], 16) for at in (1, 3, 5)]
    gap = beside_the_first_ray(rays(now=(None, *(5,) * 7), before=(None, *(5,) * 7)))
    assert np.abs(gap - paper).max() == 0
    lowest = beside_the_first_ray(rays(now=(1, *(5,) * 7), before=(None, *(5,) * 7)))
    assert np.abs(lowest - paper).max() > 10


def test_no_gold_lies_on_the_ray_of_a_gap() -> None:
    def gold_on_the_first_ray(first: int | None) -> list[float]:
        sheet = compose(rays(now=(first, *(5,) * 7), before=(None,) * 8))
        rings = max((m for m in sheet.marks if isinstance(m, Disc)), key=lambda disc: disc.radius)
        stars = [m.points for m in sheet.marks if isinstance(m, Shape) and m.look.fill == GOLD]
        x, y = rings.centre
        places = [share / 20 * rings.radius for share in range(1, 21)]
        return [at for at in places if any(Path(s).contains_point((x, y + at)) for s in stars)]

    assert gold_on_the_first_ray(None) == []
    assert len(gold_on_the_first_ray(1)) >= 5


def test_a_first_star_shows_no_sign_of_last_time() -> None:
    png = draw(rays(before=(None,) * 8), before_label=None)
    blue = (np.abs(pixels(png) - [0x0B, 0x67, 0xA8]) < 12).all(axis=2)
    assert not blue.any()


def test_a_first_star_with_values_of_last_time_is_refused() -> None:
    with pytest.raises(PictureFault, match="before_label"):
        draw(rays(), before_label=None)


@pytest.mark.parametrize("step", [0, 6, -1])
def test_a_step_off_the_scale_is_refused(step: int) -> None:
    with pytest.raises(PictureFault):
        draw(rays(now=(step, *NOW[1:])))
    with pytest.raises(PictureFault):
        draw(rays(before=(step, *BEFORE[1:])))


@pytest.mark.parametrize("count", [0, 2, 11])
def test_too_few_or_too_many_areas_are_refused(count: int) -> None:
    with pytest.raises(PictureFault):
        draw([Ray("Home", 3, None)] * count)


def test_a_fault_never_repeats_words_or_answers() -> None:
    with pytest.raises(PictureFault) as fault:
        draw([Ray("Secret garden", 97, None)] * 4)
    assert "Secret" not in str(fault.value)
    assert "97" not in str(fault.value)


def test_the_picture_can_be_had_as_rows_of_text() -> None:
    star = rays(now=(4, None, 3), before=(None, 3, 2), names=AREAS[:3])
    table = list_star(
        star, area_label="Area", now_label="Now", before_label="Last time", skipped_label="left out"
    )
    assert table.head == ("Area", "Now", "Last time")
    assert table.rows == (
        ("Body", "4", "–"),
        ("Home", "left out", "3"),
        ("Feeling safe", "3", "2"),
    )


def test_the_rows_of_a_first_star_have_no_last_time() -> None:
    star = rays(before=(None,) * 8)[:3]
    table = list_star(
        star, area_label="Area", now_label="Now", before_label=None, skipped_label="left out"
    )
    assert table.head == ("Area", "Now")
    assert table.rows == (("Body", "4"), ("Home", "3"), ("Feeling safe", "5"))


def test_the_sign_of_a_gap_is_not_hidden_by_a_highest_step_of_last_time() -> None:
    for before in (None, 1, 4, 5):
        sheet = compose(rays(now=(None, *NOW[1:]), before=(before, *BEFORE[1:])))
        dash = max(at for at, m in enumerate(sheet.marks) if isinstance(m, Words) and m.text == "–")
        sign = sheet.marks[dash]
        assert isinstance(sign, Words)
        squares = [
            m
            for m in sheet.marks[dash:]
            if isinstance(m, Shape) and m.look.fill == CARD and m.look.edge == BLUE
        ]
        for square in squares:
            assert min(math.dist(sign.at, point) for point in square.points) > marks.SIGN


def test_the_main_colours_are_exact() -> None:
    png = draw(rays())
    colours, counts = np.unique(
        pixels(png).reshape(-1, 3) @ [1 << 16, 1 << 8, 1], return_counts=True
    )
    often = {f"#{colour:06X}" for colour in colours[np.argsort(counts)[-5:]]}
    assert often == {PAPER, CARD, CREAM, HONEY, INK}
