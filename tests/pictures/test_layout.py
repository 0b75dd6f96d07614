"""Names find their places around a star."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pictures.faults import PictureFault
from pictures.geometry import Dial
from pictures.layout import Box, Room, Size, place, place_largest

ROOM = Room(half_width=512, mark=36, gap=12, smallest=340)
BADGES = Room(half_width=512, mark=36, gap=12, smallest=340, badge=44, badge_at=98)


@dataclass(frozen=True)
class Name:
    """A name of which only the size matters."""

    size: Size


@given(
    st.integers(3, 10).flatmap(
        lambda rays: st.lists(
            st.tuples(st.floats(60, 300), st.floats(45, 150)), min_size=rays, max_size=rays
        )
    ),
    st.sampled_from([ROOM, BADGES]),
)
@settings(max_examples=60, deadline=None)
def test_a_placed_name_is_inside_the_picture_and_nearest_to_its_own_ray(
    sizes: list[Size], room: Room
) -> None:
    placing = place(Dial(len(sizes), 5, hub=66, rim=430), sizes, room)
    if placing is None:
        return
    assert placing.dial.rim >= room.smallest
    for ray, box in enumerate(placing.names):
        assert abs(box.middle[0]) + box.size[0] / 2 <= room.half_width + 1e-6
        assert box.size == sizes[ray]
        assert min(placing.badges, key=box.distance) == placing.badges[ray]
        tips = [placing.dial.along(other, placing.dial.rim) for other in range(len(sizes))]
        assert all(box.distance(tip) > room.mark + room.gap for tip in tips)
        assert all(box.distance(badge) > room.badge + room.gap for badge in placing.badges)
    for one, other in combinations(placing.names, 2):
        assert not one.meets(other, room.gap)


def test_bulky_names_move_apart_rather_than_lie_on_each_other() -> None:
    sizes: list[Size] = [(300, 320), (200, 50), (400, 320), (300, 320), (300, 100), (100, 50)]
    room = Room(half_width=512, mark=36, gap=12, smallest=300)
    placing = place(Dial(6, 5, hub=66, rim=430), sizes, room)
    assert placing
    for one, other in combinations(placing.names, 2):
        assert not one.meets(other, room.gap)


def test_a_name_wider_than_the_picture_has_no_place() -> None:
    assert place(Dial(3, 5, hub=66, rim=430), [(1100, 50), (90, 50), (90, 50)], ROOM) is None


def test_eight_usual_names_leave_a_star_large_enough_for_its_marks() -> None:
    sizes: list[Size] = [(110, 50), (120, 50), (150, 100), (220, 100)] * 2
    for room in (ROOM, BADGES):
        assert place(Dial(8, 5, hub=66, rim=430), sizes, room) is not None


def test_names_without_room_are_set_smaller_before_giving_up() -> None:
    dial = Dial(8, 5, hub=66, rim=430)
    large, small = [Name((480, 300))] * 8, [Name((150, 50))] * 8
    names, placing = place_largest(dial, ROOM, [large, small])
    assert names is small
    assert len(placing.names) == 8
    with pytest.raises(PictureFault, match="make them shorter"):
        place_largest(dial, ROOM, [large])


def test_a_box_knows_what_it_meets() -> None:
    box = Box((0, 0), (100, 40))
    assert box.meets(Box((100, 0), (80, 40)), gap=12)
    assert not box.meets(Box((103, 0), (80, 40)), gap=12)
    assert box.distance((50, 0)) == 0
    assert box.distance((53, 24)) == 5
    assert (box.bottom, box.top) == (-20, 20)
