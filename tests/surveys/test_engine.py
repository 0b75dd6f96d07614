"""The engine: from any state, any input leads to where a person can finish, pause or stop."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys import engine
from surveys.catalogue import load_catalogue
from surveys.conversation import (
    Answered,
    AnswersDropped,
    Asked,
    AskedToChange,
    AskedWhy,
    CameBack,
    Chosen,
    Declination,
    Declined,
    Explained,
    Held,
    Input,
    Passed,
    Paused,
    PersonWanted,
    Run,
    RunFinished,
    RunHeld,
    RunId,
    RunLapsed,
    RunPaused,
    RunResumed,
    RunStatus,
    RunStopped,
    RunWasOver,
    StoppedHere,
    Tapped,
    TapRepeated,
    TapWasOld,
    TapWasUnknown,
    TimeRanOut,
    Turn,
    Typed,
    WentBack,
    Withdrawn,
    WordsId,
    WordsKept,
    Written,
)
from surveys.instrument import Instrument
from surveys.people import Voice
from surveys.run_json import answer_from_json, run_to_json

NOW = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)

WEEK = Instrument.model_validate(
    {
        "id": "week",
        "version": 1,
        "role": "young-person",
        "voices": ["older"],
        "name": "Your week",
        "minutes": 1,
        "opening": "A few questions.",
        "closing": "Thank you.",
        "items": [
            {
                "id": "week",
                "kind": "scale",
                "scored": True,
                "ask": "How was your week?",
                "why": "To know how you are.",
                "choices": [
                    {"value": 1, "symbol": "🙁", "label": "Hard", "also": ["bad"]},
                    {"value": 2, "symbol": "🙂", "label": "Fine"},
                ],
            },
            {
                "id": "talk",
                "kind": "choice",
                "ask": "Would you like to talk with somebody?",
                "why": "So that we can ask somebody.",
                "choices": [{"value": 1, "label": "Yes"}, {"value": 0, "label": "No"}],
                "when": {"item": "week", "any_of": [1]},
                "wants_person": [1],
            },
            {"id": "more", "kind": "text", "ask": "Anything else?", "why": "In case."},
        ],
    }
)


def begin(instrument: Instrument = WEEK) -> Turn:
    return engine.start(instrument, RunId("run"), Voice.OLDER, NOW)


def after(*inputs: Input, instrument: Instrument = WEEK) -> Turn:
    """Return the last turn of a run that got these inputs, each a minute after the one before."""
    turn = begin(instrument)
    for place, each in enumerate(inputs, start=1):
        turn = engine.resume(instrument, stored(turn.run), each, NOW + timedelta(minutes=place))
    return turn


def stored(run: Run) -> Run:
    """Write a run down and read it back, as happens between any two inputs."""
    state = json.loads(json.dumps(run_to_json(run)))
    answers = {item: answer_from_json(answer) for item, answer in state["answers"].items()}
    return replace(run, asked=tuple(state["asked"]), answers=answers, misses=state["misses"])


def test_a_run_begins_with_its_first_question() -> None:
    turn = begin()
    assert (Asked(step=1, item="week", position=1, total=2),) == turn.events
    assert RunStatus.OPEN is turn.run.status


def test_a_tap_answers_and_asks_the_next() -> None:
    turn = after(Tapped(1, 2))
    assert (
        Answered(1, "week", Chosen(2)),
        Asked(step=2, item="more", position=2, total=2),
    ) == turn.events


def test_a_low_answer_opens_its_branch() -> None:
    turn = after(Tapped(1, 1))
    assert Asked(step=2, item="talk", position=2, total=3) == turn.events[-1]


def test_somebody_who_wants_a_person_is_heard() -> None:
    assert PersonWanted("talk") in after(Tapped(1, 1), Tapped(2, 1)).events


@pytest.mark.parametrize("how", list(Declination))
def test_the_three_ways_not_to_answer_are_kept_apart(how: Declination) -> None:
    assert {"week": Declined(how)} == after(Passed(1, how)).run.answers


def test_back_asks_the_question_before_and_its_answer_stands_until_another_is_given() -> None:
    turn = after(Tapped(1, 2), WentBack(2))
    assert (
        Withdrawn(2, "more"),
        Asked(step=3, item="week", position=1, total=2, again=True),
    ) == turn.events
    assert {"week": Chosen(2)} == turn.run.answers


def test_back_at_the_first_question_asks_it_again() -> None:
    assert Asked(2, "week", 1, 2, again=True) == after(WentBack(1)).events[-1]


def test_answers_on_a_branch_left_by_back_do_not_remain() -> None:
    turn = after(Tapped(1, 1), Tapped(2, 0), WentBack(3), WentBack(4), Tapped(5, 2))
    assert AnswersDropped(("talk",)) in turn.events
    assert {"week": Chosen(2)} == turn.run.answers


def test_an_earlier_answer_can_be_changed_and_the_place_is_kept() -> None:
    turn = after(Tapped(1, 2), AskedToChange(1))
    assert Asked(3, "week", 1, 2, again=True) == turn.events[-1]
    turn = engine.resume(WEEK, turn.run, Tapped(3, 1), NOW)
    assert "talk" == turn.run.at


def test_changing_what_is_no_longer_reached_changes_nothing() -> None:
    turn = after(Tapped(1, 1), Tapped(2, 0), AskedToChange(1), Tapped(4, 2), AskedToChange(2))
    assert (TapWasOld(2, "talk"),) == turn.events


def test_changing_the_question_that_stands_asks_it_again() -> None:
    assert Asked(2, "week", 1, 2, again=True) == after(AskedToChange(1)).events[-1]


@pytest.mark.parametrize("step", [0, 7])
def test_changing_a_question_that_was_never_asked_changes_nothing(step: int) -> None:
    assert (TapWasUnknown(),) == after(AskedToChange(step)).events


def test_why_explains_and_asks_again() -> None:
    events = after(AskedWhy(1)).events
    assert Explained("week") == events[0]
    assert Asked(2, "week", 1, 2, again=True) == events[-1]


def test_the_same_tap_twice_has_one_effect() -> None:
    turn = after(Tapped(1, 2), Tapped(1, 2))
    assert (TapRepeated(1, "week", Chosen(2)),) == turn.events
    assert 2 == turn.run.step


def test_the_same_way_not_to_answer_twice_has_one_effect() -> None:
    skip = Passed(1, Declination.SKIP)
    assert (TapRepeated(1, "week", Declined(Declination.SKIP)),) == after(skip, skip).events


def test_another_button_of_an_old_question_changes_nothing() -> None:
    turn = after(Tapped(1, 2), Tapped(1, 1))
    assert (TapWasOld(1, "week"),) == turn.events
    assert {"week": Chosen(2)} == turn.run.answers


def test_back_on_an_old_question_changes_nothing() -> None:
    assert (TapWasOld(1, "week"),) == after(Tapped(1, 2), WentBack(1)).events


def test_a_button_of_the_same_question_put_earlier_still_works() -> None:
    assert {"week": Chosen(2)} == after(AskedWhy(1), Tapped(1, 2)).run.answers


@pytest.mark.parametrize("tap", [Tapped(9, 1), Tapped(0, 1), Tapped(-1, 1), Tapped(1, 77)])
def test_a_forged_button_changes_nothing(tap: Tapped) -> None:
    turn = after(tap)
    assert (TapWasUnknown(),) == turn.events
    assert {} == turn.run.answers


@pytest.mark.parametrize("words", ["2", "fine", "FINE!", "🙂", " Fine "])
def test_plain_words_are_taken_as_the_tap_that_they_mean(words: str) -> None:
    assert {"week": Chosen(2)} == after(Typed(words, WordsId("w"))).run.answers


def test_words_that_mean_the_same_are_taken_too() -> None:
    assert {"week": Chosen(1)} == after(Typed("bad", WordsId("w"))).run.answers


def test_a_typed_way_not_to_answer_is_taken() -> None:
    turn = after(Typed("idk", WordsId("w")))
    assert {"week": Declined(Declination.DONT_KNOW)} == turn.run.answers


def test_words_that_are_no_answer_are_kept_and_the_question_is_put_again() -> None:
    turn = after(Typed("my dog is nice", WordsId("w")))
    assert WordsKept("week", WordsId("w")) in turn.events
    assert Asked(2, "week", 1, 2, again=True, hint=1) == turn.events[-1]
    assert {} == turn.run.answers


def test_a_second_miss_is_counted() -> None:
    turn = after(Typed("hm", WordsId("a")), Typed("hmm", WordsId("b")))
    assert 2 == turn.events[-1].hint  # type: ignore[union-attr]


def test_all_words_are_an_answer_where_words_are_asked_for() -> None:
    turn = after(Tapped(1, 2), Typed("fine", WordsId("w")))
    assert Written(WordsId("w")) == turn.run.answers["more"]
    assert RunFinished() == turn.events[-1]


def test_words_while_the_run_rests_are_kept_and_nothing_moves() -> None:
    turn = after(Paused(), Typed("fine", WordsId("w")))
    assert (WordsKept("week", WordsId("w")),) == turn.events
    assert RunStatus.PAUSED is turn.run.status


def test_pause_keeps_the_place_and_coming_back_asks_it_again() -> None:
    turn = after(Tapped(1, 2), Paused())
    assert RunPaused() == turn.events[-1]
    turn = engine.resume(WEEK, turn.run, CameBack(), NOW)
    assert (RunResumed(), Asked(3, "more", 2, 2, again=True)) == turn.events


def test_pausing_twice_says_so_again_and_changes_nothing() -> None:
    assert (RunPaused(),) == after(Paused(), Paused()).events


def test_a_tap_on_a_paused_run_brings_it_back() -> None:
    turn = after(Paused(), Tapped(1, 2))
    assert RunStatus.OPEN is turn.run.status
    assert {"week": Chosen(2)} == turn.run.answers


def test_coming_back_to_an_open_run_asks_again() -> None:
    assert Asked(2, "week", 1, 2, again=True) == after(CameBack()).events[-1]


def test_a_held_run_keeps_its_place() -> None:
    turn = after(Tapped(1, 2), Held())
    assert RunHeld() == turn.events[-1]
    assert "more" == engine.resume(WEEK, turn.run, CameBack(), NOW).run.at


@pytest.mark.parametrize(
    ("end", "status", "event"),
    [
        (StoppedHere(), RunStatus.STOPPED, RunStopped()),
        (TimeRanOut(), RunStatus.LAPSED, RunLapsed()),
    ],
)
def test_an_ended_run_keeps_its_answers_and_takes_no_more(
    end: Input, status: RunStatus, event: object
) -> None:
    turn = after(Tapped(1, 2), end)
    assert event == turn.events[-1]
    assert {"week": Chosen(2)} == turn.run.answers
    again = engine.resume(WEEK, turn.run, Tapped(2, 1), NOW)
    assert (RunWasOver(status),) == again.events
    assert turn.run == again.run


def test_a_run_is_pinned_to_the_exact_version_that_it_began_with() -> None:
    changed = Instrument.model_validate({**WEEK.model_dump(mode="json"), "version": 2})
    with pytest.raises(engine.WrongInstrument):
        engine.resume(changed, begin().run, Tapped(1, 1), NOW)


def test_a_run_that_is_asked_far_too_often_ends_with_its_answers() -> None:
    turn = after(Tapped(1, 2))
    while turn.run.status is RunStatus.OPEN:
        turn = engine.resume(WEEK, turn.run, AskedWhy(turn.run.step), NOW)
    assert RunStatus.STOPPED is turn.run.status
    assert {"week": Chosen(2)} == turn.run.answers


# --- what always holds ------------------------------------------------------------------

CATALOGUE = load_catalogue()
INSTRUMENTS = st.sampled_from([WEEK, *CATALOGUE.all()])
STEPS = st.integers(-2, 45)
INPUTS: st.SearchStrategy[Input] = st.one_of(
    st.builds(Tapped, STEPS, st.integers(-1, 7)),
    st.builds(Passed, STEPS, st.sampled_from(Declination)),
    st.builds(WentBack, STEPS),
    st.builds(AskedWhy, STEPS),
    st.builds(AskedToChange, STEPS),
    st.builds(Typed, st.one_of(st.text(max_size=20), st.just("skip")), st.just(WordsId("w"))),
    st.just(Paused()),
    st.just(CameBack()),
    st.just(Held()),
)


@st.composite
def walked(draw: st.DrawFn) -> tuple[Instrument, Run]:
    """Walk an instrument with any inputs; half of them aimed at the question that stands."""
    instrument = draw(INSTRUMENTS)
    turn = engine.start(instrument, RunId("run"), Voice.OLDER, NOW)
    for each in draw(st.lists(INPUTS, max_size=30)):
        aimed = each
        if isinstance(each, Tapped | Passed | WentBack | AskedWhy) and draw(st.booleans()):
            aimed = replace(each, step=turn.run.step)
        turn = engine.resume(instrument, stored(turn.run), aimed, NOW)
    return instrument, turn.run


@given(walked())
def test_from_any_state_a_person_can_finish(walk: tuple[Instrument, Run]) -> None:
    instrument, run = walk
    for _ in range(3 * len(instrument.items) + 1):
        if run.status.over:
            break
        run = engine.resume(instrument, run, Passed(run.step, Declination.SKIP), NOW).run
    assert run.status.over


@given(walked(), st.sampled_from([Paused(), StoppedHere()]))
def test_from_any_state_a_person_can_pause_or_stop(
    walk: tuple[Instrument, Run], wish: Input
) -> None:
    instrument, run = walk
    ended = engine.resume(instrument, run, wish, NOW).run
    assert ended.status.over or ended.status is RunStatus.PAUSED


@given(walked())
def test_no_answer_stands_on_a_branch_that_is_not_reached(walk: tuple[Instrument, Run]) -> None:
    instrument, run = walk
    reached = {item.id for item in engine.reachable(instrument, run.answers)}
    assert set(run.answers) <= reached


@given(walked())
def test_a_finished_run_has_an_answer_to_everything_it_reaches(
    walk: tuple[Instrument, Run],
) -> None:
    instrument, run = walk
    if run.status is RunStatus.FINISHED:
        reached = [item.id for item in engine.reachable(instrument, run.answers)]
        assert reached == list(run.answers)


@given(walked())
def test_what_is_written_down_is_what_is_read_back(walk: tuple[Instrument, Run]) -> None:
    _, run = walk
    assert run == stored(run)
