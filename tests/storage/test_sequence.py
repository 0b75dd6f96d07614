"""Row numbers ascend and are never shared; row names are random, short and can be read out."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.sequence import NODES, NumberRefused, Sequence, new_id

NOW = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
moments = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 - hypothesis adds the time zone itself
    max_value=datetime(2089, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
)


@given(st.lists(moments, min_size=2, max_size=60))
def test_numbers_ascend_whatever_the_clock_does(clock: list[datetime]) -> None:
    sequence = Sequence(3)
    numbers = [sequence.next(now) for now in clock]
    assert all(earlier < later for earlier, later in pairwise(numbers))
    assert all(0 <= number < 2**63 for number in numbers)


@given(
    st.lists(st.tuples(st.integers(0, NODES - 1), moments), min_size=2, max_size=60),
)
def test_two_nodes_never_make_the_same_number(calls: list[tuple[int, datetime]]) -> None:
    nodes = {node: Sequence(node) for node, _ in calls}
    numbers = [nodes[node].next(now) for node, now in calls]
    assert len(set(numbers)) == len(numbers)


def test_numbers_of_different_nodes_sort_by_time() -> None:
    early = Sequence(NODES - 1).next(NOW)
    late = Sequence(0).next(NOW + timedelta(milliseconds=1))
    assert early < late


def test_more_numbers_than_fit_into_a_millisecond_still_ascend() -> None:
    sequence = Sequence()
    numbers = [sequence.next(NOW) for _ in range(10_000)]
    assert numbers == sorted(set(numbers))


def test_a_process_that_starts_again_with_a_clock_that_went_back_goes_on_from_there() -> None:
    before = Sequence(NODES - 1).next(NOW)
    again = Sequence(0)
    again.go_on_after(before)
    assert again.next(NOW - timedelta(hours=1)) > before


def test_threads_share_a_sequence_without_sharing_a_number() -> None:
    sequence = Sequence()
    made: list[list[int]] = [[] for _ in range(8)]

    def take(mine: list[int]) -> None:
        mine.extend(sequence.next(NOW) for _ in range(2_000))

    threads = [threading.Thread(target=take, args=(mine,)) for mine in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [number for mine in made for number in mine]
    assert len(set(numbers)) == len(numbers) == 16_000
    assert all(mine == sorted(mine) for mine in made)


def test_the_time_zone_of_an_instant_does_not_matter() -> None:
    london = NOW.astimezone(timezone(timedelta(hours=1)))
    assert Sequence().next(NOW) == Sequence().next(london)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(TypeError):
        Sequence().next(NOW.replace(tzinfo=None))


def test_a_clock_that_is_wrong_by_decades_is_refused() -> None:
    with pytest.raises(NumberRefused, match="2100"):
        Sequence().next(NOW.replace(year=2100))


@pytest.mark.parametrize("node", [-1, NODES])
def test_a_node_that_does_not_exist_is_refused(node: int) -> None:
    with pytest.raises(NumberRefused, match=str(node)):
        Sequence(node)


@given(st.binary(min_size=10, max_size=10))
def test_a_name_has_16_letters_and_digits_that_cannot_be_confused(random: bytes) -> None:
    name = new_id(lambda size: random[:size])
    assert len(name) == 16
    assert set(name) <= set("0123456789abcdefghjkmnpqrstvwxyz")


@given(st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10))
def test_all_80_bits_count(one: bytes, other: bytes) -> None:
    same = new_id(lambda _: one) == new_id(lambda _: other)
    assert same == (one == other)


def test_a_name_is_crockfords_way_of_writing_its_bits() -> None:
    assert new_id(lambda size: bytes(size - 1) + b"\x1f") == "000000000000000z"
