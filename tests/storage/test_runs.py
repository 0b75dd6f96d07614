"""Runs at rest: what was read back is what was stored, and a stale move is refused."""

from __future__ import annotations

import pytest

from storage import runs
from storage.casework import ChangedMeanwhile
from storage.runs import StoredRun
from surveys import engine
from surveys.conversation import (
    Chosen,
    Declination,
    Declined,
    Input,
    Passed,
    RunId,
    Tapped,
    Typed,
    WentBack,
    WordsId,
)
from surveys.people import Voice
from tests.storage.rooms import MINUTE, NOW, Room
from tests.support.callers import the_catalogue

STAR = the_catalogue().latest("star")


def begun(room: Room) -> StoredRun:
    person, episode = room.somebody(), room.support()
    turn = engine.start(STAR, RunId("the-run"), Voice.YOUNGER, NOW)
    stored = StoredRun(turn.run, 0, episode.id, None, ())
    room.do(lambda work: runs.begin(work, person.id, stored))
    assert room.do(lambda work: runs.owner(work, "the-run")) == person.id
    return stored


def test_a_run_comes_back_as_it_was_after_every_step(room: Room) -> None:
    stored = begun(room)
    inputs: tuple[Input, ...] = (
        Tapped(1, 4),
        Passed(2, Declination.RATHER_NOT),
        Typed("nonsense", WordsId("w")),
        WentBack(4),
        Tapped(5, 1),
    )
    for number, given in enumerate(inputs, start=1):
        turn = engine.resume(STAR, stored.run, given, NOW + number * MINUTE)
        before = stored
        stored = room.do(
            lambda work, before=before, turn=turn: runs.move(  # type: ignore[misc]  # mypy sees no Casework in a default
                work, before, turn.run, turn.events, "web"
            )
        )
        assert room.do(lambda work: runs.load(work, "the-run")) == stored
        assert stored.revision == number
    assert [(each.item, each.answer, each.at) for each in stored.logged()] == [
        ("body", Chosen(4), NOW + MINUTE),
        ("home", Declined(Declination.RATHER_NOT), NOW + 2 * MINUTE),
        ("home", Chosen(1), NOW + 5 * MINUTE),
    ]
    assert room.do(lambda work: runs.load_runs(work, ["the-run", "none"])) == {"the-run": stored}


def test_a_run_is_moved_only_as_it_was_read(room: Room) -> None:
    stored = begun(room)
    turn = engine.resume(STAR, stored.run, Tapped(1, 4), NOW)
    room.do(lambda work: runs.move(work, stored, turn.run, turn.events, "web"))
    with pytest.raises(ChangedMeanwhile):
        room.do(lambda work: runs.move(work, stored, turn.run, turn.events, "web"))
    found = room.do(lambda work: runs.load(work, "the-run"))
    assert found is not None
    assert (found.revision, len(found.log)) == (1, 1)


def test_a_run_that_there_is_not_is_nobodys(room: Room) -> None:
    assert room.do(lambda work: runs.load(work, "none")) is None
    assert room.do(lambda work: runs.owner(work, "none")) is None
    assert room.do(lambda work: runs.of_participant(work, "nobody")) == []


def test_the_exact_words_of_an_instrument_are_kept_once(room: Room) -> None:
    for _ in range(2):
        room.do(lambda work: runs.keep_definition(work, STAR, NOW))
    (kept,) = room.do(runs.stored_definitions)
    assert the_catalogue().with_stored([kept]).get(STAR.ref) == STAR
