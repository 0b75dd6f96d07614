"""How fast a browser may send."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from web.pace import BURST, RATE, Pace

gaps = some.lists(some.floats(0, 5), max_size=200)


@given(gaps)
def test_never_more_comes_through_than_the_burst_and_the_rate_allow(gaps: list[float]) -> None:
    pace, at, passed = Pace(), 0.0, 0
    for gap in gaps:
        at += gap
        passed += pace.allows(1, at)
    assert passed <= BURST + RATE * at + 1


@given(some.lists(some.floats(0.1, 60), max_size=300))
def test_a_person_is_never_stopped(gaps: list[float]) -> None:
    pace, at = Pace(), 0.0
    for gap in gaps:
        at += gap
        assert pace.allows(1, at)


def test_one_browser_does_not_slow_another_down() -> None:
    pace = Pace()
    while pace.allows(1, 0.0):
        pass
    assert pace.allows(2, 0.0)
