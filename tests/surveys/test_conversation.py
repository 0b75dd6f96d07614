"""A run and its answers are written down and read back as they were."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.conversation import (
    Answer,
    Chosen,
    Declination,
    Declined,
    Run,
    RunId,
    RunStatus,
    Turn,
    WordsId,
    Written,
)
from surveys.instrument import InstrumentRef
from surveys.people import Voice
from surveys.run_json import answer_from_json, answer_to_json, run_to_json

NOW = datetime(2026, 9, 22, tzinfo=UTC)
ANSWERS: st.SearchStrategy[Answer] = st.one_of(
    st.builds(Chosen, st.integers(0, 99)),
    st.builds(Declined, st.sampled_from(Declination)),
    st.builds(Written, st.text(max_size=20).map(WordsId)),
)


def run(*asked: str, **answers: Answer) -> Run:
    ref = InstrumentRef(id="star", version=1, digest="d")
    status = RunStatus.OPEN
    return Run(RunId("r"), ref, Voice.OLDER, status, asked, answers, NOW, NOW, misses=2)


@given(ANSWERS)
def test_an_answer_comes_back_from_json(answer: Answer) -> None:
    assert answer_from_json(json.loads(json.dumps(answer_to_json(answer)))) == answer


def test_an_answer_of_no_known_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="guessed"):
        answer_from_json(["guessed", 3])


def test_what_moves_in_a_run_is_written_down() -> None:
    moved = run("body", "home", body=Chosen(3), home=Written(WordsId("w")))
    assert run_to_json(moved) == {
        "asked": ["body", "home"],
        "answers": {"body": ["chosen", 3], "home": ["written", "w"]},
        "misses": 2,
    }


def test_a_run_knows_which_question_stands() -> None:
    assert (run().step, run().at) == (0, None)
    assert (run("body", "home").step, run("body", "home").at) == (2, "home")


@pytest.mark.parametrize("status", list(RunStatus))
def test_a_run_is_over_when_nothing_more_can_be_answered(status: RunStatus) -> None:
    assert status.over is (status.value in ("finished", "stopped", "lapsed"))


def test_a_turn_without_events_has_none() -> None:
    assert Turn(run()).events == ()
