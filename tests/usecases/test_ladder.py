"""The ladder as data: a wrong file is refused with a remedy, and no address is ever shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.alerts import AlertKind, Route
from surveys.errors import BadDefinition
from tests.support.ladders import DUTY, LEAD, WORKER, packaged_text, reached_ladder, with_rungs
from usecases.ladder import Pressing, Rung, packaged_ladder, pressing, read_ladder

NAMES = (WORKER, "jo.worker", DUTY, LEAD)
sets_of_names = st.frozensets(st.sampled_from(NAMES))
kept_routes = st.sampled_from([Route.NOT_WORKER, Route.LEAD_ONLY])


def test_the_packaged_ladder_tells_nobody_but_has_times_for_all() -> None:
    ladder = packaged_ladder()
    assert ladder.reached == ()
    assert set(ladder.times) == set(Pressing)
    assert ladder.times[Pressing.CARER].within == 60
    assert {pressing(kind, "none") for kind in AlertKind} <= set(ladder.times)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("duty: {ways: []", "duty: {ways: [{email: nobody}]", "this is no e-mail address"),
        ("duty: {ways: []", "duty: {ways: [{chat: 'http://chat.example.org'}]", "https://"),
        ("duty: {ways: []", "duty: {ways: [{pigeon: x}]", "kind"),
        ("duty: {ways: []", "duty: {ways: [x]", "a way is one of"),
        ("worker: {ways: []", "worker: {ways: [{email: a@example.org}]", "one by one"),
        ("  on-call-manager: {ways: [], people: {}}\n", "", "on-call-manager is missing"),
        ("within: 30, worker: 10,", "within: 30,", "the minutes for worker are missing"),
        ("within: 30", "within: 0", "greater than 0"),
        ('at: "10:00"', "at: 10:00", "in quotes"),
        ("version: 1", "version: 2", "1"),
        ("{counts: clock", "{counts: sheep", "clock"),
    ],
)
def test_a_wrong_file_is_refused_with_a_remedy(old: str, new: str, told: str) -> None:
    assert old in packaged_text()
    with pytest.raises(BadDefinition) as refused:
        read_ladder("ours.yaml", packaged_text().replace(old, new, 1))
    assert told in str(refused.value)
    assert "packaged usecases/ladder.yaml" in str(refused.value)


def test_an_address_is_never_shown() -> None:
    ladder = reached_ladder()
    assert "example.org" not in repr(ladder)
    for ways in (ladder.ways(rung, Route.ALL, None) for rung in Rung):
        assert not any("example" in channel for channel in ways)


def test_a_service_can_do_without_drills() -> None:
    text = packaged_text().replace('drill: {weekday: tuesday, at: "10:00"}', "drill: off")
    assert read_ladder("ours.yaml", text).drill is None


@given(route=kept_routes, workers=sets_of_names)
def test_what_is_kept_from_somebody_never_goes_to_them(
    route: Route, workers: frozenset[str]
) -> None:
    ladder = reached_ladder()
    stops = ladder.stops(route, workers)
    assert stops
    assert Rung.WORKER not in stops
    assert route is Route.NOT_WORKER or Rung.DUTY not in stops
    told = {way.address for rung in Rung for way in ladder.ways(rung, route, workers).values()}
    assert not told & {f"{name}@example.org" for name in workers}


def test_a_way_that_somebody_shares_with_a_rung_above_is_kept_from_them_too() -> None:
    ladder = with_rungs(
        "\n  worker: {people: {mo.worker: [{email: mo@example.org}]}}\n"
        "  duty: {ways: [{email: mo@example.org}, {email: team@example.org}]}\n"
        "  safeguarding-lead: {}\n  on-call-manager: {}\n"
    )
    ways = ladder.ways(Rung.DUTY, Route.NOT_WORKER, {"Mo.Worker "})
    assert [way.address for way in ways.values()] == ["team@example.org"]


def test_of_the_workers_only_those_of_the_child_are_told() -> None:
    ways = reached_ladder().ways(Rung.WORKER, Route.ALL, {"jo.worker"})
    assert [way.address for way in ways.values()] == ["jo.worker@example.org"]
