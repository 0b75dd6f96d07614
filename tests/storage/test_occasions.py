"""Due moments: planned once, claimed oldest first, and never by two at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from storage import occasions
from storage.casework import Casework
from storage.database import open_engine
from storage.occasions import OccasionState
from tests.storage.rooms import DAY, MINUTE, NOW, Room


def test_the_same_moment_is_planned_once_and_stays_as_it_is(room: Room) -> None:
    person, episode = room.somebody(), room.support()
    first = room.due(person, episode, NOW)
    room.do(lambda work: occasions.plan(work, [replace(first, id="another", next_at=NOW + DAY)]))
    room.do(lambda work: occasions.plan(work, []))
    assert room.do(lambda work: occasions.of_participant(work, person.id)) == [first]
    assert room.do(lambda work: occasions.load(work, first.id)) == first
    assert room.do(lambda work: occasions.load(work, "nothing")) is None


def test_what_is_due_is_claimed_oldest_first_and_the_rest_waits(room: Room) -> None:
    person, episode = room.somebody(), room.support()
    for number in (3, 1, 2):
        room.due(person, episode, NOW + number * MINUTE, number)
    claimed = room.do(lambda work: occasions.claim_due(work, NOW + 2 * MINUTE, 10))
    assert [each.round for each in claimed] == [1, 2]
    assert len(room.do(lambda work: occasions.claim_due(work, NOW + DAY, 2))) == 2
    room.do(lambda work: occasions.end(work, "moment-1", OccasionState.DECLINED, NOW))
    room.do(lambda work: occasions.move(work, replace(claimed[1], next_at=None)))
    left = room.do(lambda work: occasions.claim_due(work, NOW + DAY, 10))
    assert [each.round for each in left] == [3]


def test_what_waits_for_somebody_is_due_and_still_counts(room: Room) -> None:
    person, episode = room.somebody(), room.support()
    due = room.due(person, episode, NOW)
    for now, waits in ((NOW - MINUTE, False), (NOW, True), (due.window_ends_at, False)):
        found = room.do(lambda work, now=now: occasions.waiting_for(work, person.id, now))  # type: ignore[misc]  # mypy sees no Casework in a default
        assert (found == due) is waits
    assert room.do(lambda work: occasions.waiting_for(work, "nobody", NOW)) is None


def test_stopping_ends_what_waits_and_coming_back_begins_it_again(room: Room) -> None:
    person, episode = room.somebody(), room.support()
    room.due(person, episode, NOW - 30 * DAY, 1)
    room.due(person, episode, NOW - DAY, 2)
    room.due(person, episode, NOW + DAY, 3)
    room.due(person, episode, NOW, 4)
    room.do(lambda work: occasions.end(work, "moment-4", OccasionState.ANSWERED, NOW))
    room.do(lambda work: occasions.suppress(work, person.id, NOW))

    def states() -> dict[int, tuple[str, object]]:
        found = room.do(lambda work: occasions.of_participant(work, person.id))
        return {each.round: (each.state.value, each.next_at) for each in found}

    ended = {1: ("suppressed", None), 2: ("suppressed", None), 3: ("suppressed", None)}
    assert states() == {**ended, 4: ("answered", None)}

    def revive(work: Casework) -> None:
        occasions.revive(work, person.id, episode.id, ["review"], NOW)

    room.do(lambda work: occasions.revive(work, person.id, episode.id, ["end"], NOW))
    assert states()[2] == ("suppressed", None)
    room.do(revive)
    assert states() == {
        1: ("suppressed", None),
        2: ("planned", NOW),
        3: ("planned", NOW + DAY),
        4: ("answered", None),
    }


def test_the_end_of_support_ends_its_reviews_only(room: Room) -> None:
    person, one, two = room.somebody(), room.support(), room.support("T-2")
    room.due(person, one, NOW, 1)
    room.due(person, two, NOW, 2)
    room.do(lambda work: occasions.end_reviews(work, one.id, NOW))
    found = room.do(lambda work: occasions.of_participant(work, person.id))
    assert {each.round: each.state.value for each in found} == {1: "suppressed", 2: "planned"}


@pytest.mark.parametrize("state", list(OccasionState))
def test_a_moment_is_over_unless_it_waits(state: OccasionState) -> None:
    assert state.over is (state.value not in ("planned", "offered", "answering"))


@pytest.mark.postgres
def test_two_processes_never_claim_the_same_moment(postgres_url: str) -> None:
    room = Room(postgres_url)
    person, episode = room.somebody(), room.support()
    for number in range(1, 21):
        room.due(person, episode, NOW, number)
    both = Barrier(2, timeout=20)

    def claim() -> set[str]:
        engine = open_engine(postgres_url)
        with engine.begin() as connection:
            claimed = occasions.claim_due(room.opener(connection), NOW, 10)
            both.wait()
        engine.dispose()
        return {each.id for each in claimed}

    with ThreadPoolExecutor(2) as pool:
        one, two = (each.result() for each in [pool.submit(claim), pool.submit(claim)])
    assert (len(one), len(two), one & two) == (10, 10, set())
