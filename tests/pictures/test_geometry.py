"""The star's geometry: what is drawn where, and what must never be drawn."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pictures.faults import PictureFault
from pictures.geometry import Dial, Point, hatch, outline, rounded_box, soften

DIAL = Dial(rays=8, steps=5, hub=60, rim=360)


@st.composite
def dials_with_values(draw: st.DrawFn, *, gaps: bool = True) -> tuple[Dial, list[float | None]]:
    rays, steps = draw(st.integers(3, 10)), draw(st.integers(2, 5))
    dial = Dial(rays, steps, hub=draw(st.floats(20, 90)), rim=draw(st.floats(200, 450)))
    value = st.one_of(st.integers(1, steps), st.floats(1, steps))
    entry = st.one_of(st.none(), value) if gaps else value
    return dial, draw(st.lists(entry, min_size=rays, max_size=rays))


def turn_of(dial: Dial, point: Point) -> float:
    """Say on which ray a point lies; 2.5 is midway between the third and the fourth."""
    clockwise = (math.pi / 2 - math.atan2(point[1], point[0])) % (2 * math.pi)
    return clockwise * dial.rays / (2 * math.pi)


def apart(dial: Dial, one: float, other: float) -> float:
    """Measure the distance of two turns, the shorter way round."""
    gap = abs(one - other) % dial.rays
    return min(gap, dial.rays - gap)


def test_the_first_ray_points_up_and_the_next_follow_clockwise() -> None:
    assert DIAL.point(0, 5) == pytest.approx((0, 360))
    assert DIAL.point(2, 5) == pytest.approx((360, 0))
    assert DIAL.point(4, 5) == pytest.approx((0, -360))


def test_the_lowest_step_lies_a_whole_ring_outside_the_hub() -> None:
    assert DIAL.radius(1) == 60 + 60
    assert DIAL.radius(5) == 360


@pytest.mark.parametrize("value", [0, 0.99, 5.01, -1, float("nan")])
def test_a_value_off_the_scale_is_refused(value: float) -> None:
    with pytest.raises(PictureFault, match="between 1 and 5"):
        DIAL.radius(value)


@pytest.mark.parametrize(("rays", "steps"), [(2, 5), (11, 5), (8, 1), (8, 6)])
def test_a_star_that_cannot_be_read_is_refused(rays: int, steps: int) -> None:
    with pytest.raises(PictureFault):
        Dial(rays, steps, hub=60, rim=360)


def test_an_outline_needs_a_value_or_a_gap_for_every_ray() -> None:
    with pytest.raises(PictureFault, match="8 rays, and 7 values"):
        outline(DIAL, [3] * 7)


def test_without_a_gap_the_outline_is_one_whole_star() -> None:
    (star,) = outline(DIAL, [1, 2, 3, 4, 5, 4, 3, 2])
    assert star.whole
    assert star.rays == tuple(range(8))


@pytest.mark.parametrize(
    ("values", "runs"),
    [
        ([3, None, 3, 3, 3, 3, 3, 3], [(2, 3, 4, 5, 6, 7, 0)]),
        ([None, 1, 2, None, 3, 4, 5, 1], [(1, 2), (4, 5, 6, 7)]),
        ([1, None, 2, None, 3, None, 4, None], [(2,), (4,), (6,), (0,)]),
        ([None] * 8, []),
        ([*([None] * 7), 5], [(7,)]),
    ],
)
def test_a_missing_value_splits_the_outline(
    values: list[float | None], runs: list[tuple[int, ...]]
) -> None:
    assert [stretch.rays for stretch in outline(DIAL, values)] == runs


@given(dials_with_values())
def test_every_present_ray_is_drawn_once_and_no_missing_ray_ever(
    drawn: tuple[Dial, list[float | None]],
) -> None:
    dial, values = drawn
    rays = sorted(ray for stretch in outline(dial, values) for ray in stretch.rays)
    assert rays == [ray for ray, value in enumerate(values) if value is not None]


@given(dials_with_values(), st.floats(0, 200))
def test_nothing_is_ever_drawn_outside_the_rim(
    drawn: tuple[Dial, list[float | None]], softness: float
) -> None:
    dial, values = drawn
    for stretch in outline(dial, values):
        assert all(math.hypot(*point) <= dial.rim + 1e-6 for point in stretch.corners)
        assert all(math.hypot(*point) <= dial.rim + 1e-6 for point in stretch.area(softness))


@given(dials_with_values(), st.floats(0, 200))
def test_no_point_lies_in_the_share_of_a_missing_ray(
    drawn: tuple[Dial, list[float | None]], softness: float
) -> None:
    dial, values = drawn
    missing = [ray for ray, value in enumerate(values) if value is None]
    for stretch in outline(dial, values):
        for point in stretch.area(softness):
            if math.hypot(*point) > 1e-6:
                turn = turn_of(dial, point)
                assert all(apart(dial, turn, ray) > 0.5 - 1e-6 for ray in missing)


@given(dials_with_values(gaps=False))
def test_the_outline_goes_once_round_in_the_order_of_the_rays(
    drawn: tuple[Dial, list[float | None]],
) -> None:
    dial, values = drawn
    (star,) = outline(dial, values)
    turns = [turn_of(dial, corner) for corner in star.corners]
    start = turns[0]
    rounded = [(turn - start) % dial.rays for turn in turns]
    assert all(before < after for before, after in pairwise(rounded))


@given(dials_with_values())
def test_the_tip_of_a_ray_lies_on_the_ring_of_its_value(
    drawn: tuple[Dial, list[float | None]],
) -> None:
    dial, values = drawn
    for stretch in outline(dial, values):
        radii = [math.hypot(*corner) for corner in stretch.corners]
        for ray in stretch.rays:
            value = values[ray]
            assert value is not None
            near = [
                radius
                for radius, corner in zip(radii, stretch.corners, strict=True)
                if apart(dial, turn_of(dial, corner), ray) < 0.4
            ]
            assert near == pytest.approx([dial.radius(value)] * 2)


@given(dials_with_values(gaps=False))
def test_between_two_rays_the_outline_swings_in_but_never_past_the_hub(
    drawn: tuple[Dial, list[float | None]],
) -> None:
    dial, values = drawn
    (star,) = outline(dial, values)
    for waist in star.corners[2::3]:
        assert dial.hub - 1e-9 <= math.hypot(*waist) < dial.radius(1) + dial.rim * dial.waist


def test_soft_corners_keep_close_to_the_sharp_ones() -> None:
    square = ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0))
    soft = soften(square, 10)
    assert all(0 <= x <= 100 and 0 <= y <= 100 for x, y in soft)
    assert (0.0, 0.0) not in soft
    assert min(math.dist((0, 0), point) for point in soft) < 10


def test_a_rounded_box_has_the_size_it_was_given() -> None:
    box = rounded_box((50, 20), (80, 30), 8)
    assert (min(x for x, _ in box), max(x for x, _ in box)) == (10, 90)
    assert (min(y for _, y in box), max(y for _, y in box)) == (5, 35)


@given(st.integers(3, 10), st.integers(0, 9), st.floats(6, 40))
def test_a_hatching_stays_inside_its_area(rays: int, ray: int, spacing: float) -> None:
    dial = Dial(rays, 5, hub=60, rim=360)
    turns = [ray - 0.5 + part / 12 for part in range(13)]
    wedge = [(0.0, 0.0), *(dial.along(turn, 360) for turn in turns)]
    lines = hatch(wedge, spacing)
    assert lines
    for end in (end for line in lines for end in line):
        assert math.hypot(*end) <= 360 + 1e-6
        assert math.hypot(*end) < 1e-6 or apart(dial, turn_of(dial, end), ray) <= 0.5 + 1e-6
