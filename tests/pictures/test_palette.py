"""The product's colours can be read, and told apart by everyone."""

from __future__ import annotations

from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt
import pytest

from pictures import palette
from pictures.palette import BLUE, CARD, CREAM, GOLD, HONEY, INK, PAPER, contrast

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear sRGB.
SEEN_WITH: Final = {
    "every cone": np.eye(3),
    "no red cone": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "no green cone": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "no blue cone": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
    "no colour": np.array([[0.2126, 0.7152, 0.0722]] * 3),
}

TO_XYZ: Final = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)


def lab(colour: str, eyes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Give the CIE Lab coordinates of a colour as these eyes see it."""
    srgb = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    x, y, z = TO_XYZ @ np.clip(eyes @ linear, 0, 1) / np.array([0.9505, 1.0, 1.089])
    fx, fy, fz = (np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


@pytest.mark.parametrize(("words", "ground"), palette.TEXT_PAIRS)
def test_words_reach_the_contrast_of_wcag_aa(words: str, ground: str) -> None:
    assert contrast(words, ground) >= 4.5


@pytest.mark.parametrize(("mark", "ground"), palette.MARK_PAIRS)
def test_marks_reach_the_contrast_for_shapes(mark: str, ground: str) -> None:
    assert contrast(mark, ground) >= 3


def test_contrast_is_measured_as_wcag_measures_it() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)
    assert contrast("#FFFFFF", "#777777") == contrast("#777777", "#FFFFFF")
    assert contrast(GOLD, GOLD) == 1


@pytest.mark.parametrize("eyes", SEEN_WITH)
def test_now_and_last_time_look_different_to_every_eye(eyes: str) -> None:
    for one, other in combinations((GOLD, BLUE, INK), 2):
        distance = np.linalg.norm(lab(one, SEEN_WITH[eyes]) - lab(other, SEEN_WITH[eyes]))
        assert distance > 20, (one, other)


@pytest.mark.parametrize("eyes", SEEN_WITH)
def test_the_star_stands_out_from_its_rings_for_every_eye(eyes: str) -> None:
    for ground in (PAPER, CREAM, HONEY, CARD):
        distance = np.linalg.norm(lab(GOLD, SEEN_WITH[eyes]) - lab(ground, SEEN_WITH[eyes]))
        assert distance > 10, ground


def test_every_colour_is_a_plain_hex_triplet() -> None:
    named = {name: value for name, value in vars(palette).items() if name.isupper()}
    colours = [value for value in named.values() if isinstance(value, str)]
    assert len(colours) > 12
    assert all(len(c) == 7 and c.startswith("#") and int(c[1:], 16) >= 0 for c in colours)
    assert len(set(colours)) == len(colours)
