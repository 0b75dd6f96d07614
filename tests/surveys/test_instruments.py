"""The packaged questionnaires keep what we promise to the people who answer them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from surveys.catalogue import load_catalogue
from surveys.conversation import Declination, Passed, PersonWanted, Run, RunId, RunStatus, Tapped
from surveys.engine import reachable, resume, start
from surveys.instrument import Instrument, Item, ItemKind
from surveys.people import Role, Voice
from surveys.reading import count_words
from surveys.scoring import numbers
from surveys.understanding import ReadChoice, fold, read_answer, read_wish
from surveys.wording import Kind, Sentence, check_all, instrument_sentences

NOW = datetime(2026, 10, 5, 16, 0, tzinfo=UTC)
ALL = load_catalogue().all()
BY_ID = {each.id: each for each in ALL}
STAR = BY_ID["star"]
CHECK_IN = BY_ID["check-in"]
CARER = BY_ID["carer-star"]
ADULT = BY_ID["adult-view"]

QUESTIONS = [pytest.param(i, item, id=f"{i.id}-{item.id}") for i in ALL for item in i.items]
INSTRUMENTS = [pytest.param(each, id=each.id) for each in ALL]
NUMBER_WORDS = {1: "one|a", 2: "two", 4: "four", 5: "five", 6: "six", 8: "eight"}

LICENSED = ("my star", "outcomes star", "outcome star", "sdq", "strengths and difficulties")
OTHERS = ("mind of my own", "bright spots", "your life your care", "rating scale", "wemwbs")
OTHERS_AREAS = {
    "physical health", "where you live", "being safe", "relationships", "feelings and behaviour",
    "confidence and self-esteem", "education and learning",
}  # fmt: skip


def texts(instrument: Instrument) -> list[Sentence]:
    return list(instrument_sentences(instrument))


def walk(instrument: Instrument, run: Run, taps: int = 0) -> Iterator[tuple[int, Run, list[str]]]:
    """Yield every way through an instrument: taps on answers, the run at its end, the path."""
    if run.status is RunStatus.FINISHED:
        yield taps, run, [item.id for item in reachable(instrument, run.answers)]
        return
    item = instrument.item(run.asked[-1])
    ways: list[Tapped | Passed] = [Tapped(run.step, choice.value) for choice in item.choices]
    ways.append(Passed(run.step, Declination.SKIP))
    for way in ways:
        yield from walk(instrument, resume(instrument, run, way, NOW).run, taps + 1)


def begin(instrument: Instrument, voice: Voice) -> Run:
    return start(instrument, RunId("r1"), voice, NOW).run


# --- what every instrument keeps ----------------------------------------------------------------


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_every_sentence_of_an_instrument_passes_the_wording_check(instrument: Instrument) -> None:
    assert [str(finding) for finding in check_all(texts(instrument))] == []


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_an_opening_tells_how_long_it_takes_and_that_one_may_stop(instrument: Instrument) -> None:
    for voice in instrument.voices:
        said = instrument.opening.speak(voice).lower()
        assert re.search(rf"about ({NUMBER_WORDS[instrument.minutes]}) minute", said)
        assert "stop" in said
        assert "skip" in said


@pytest.mark.parametrize(
    ("instrument", "many"),
    [(STAR, "eight questions"), (CARER, "five questions"), (ADULT, "six questions"),
     (CHECK_IN, "three or four")],
)  # fmt: skip
def test_an_opening_tells_how_many_questions_come(instrument: Instrument, many: str) -> None:
    for voice in instrument.voices:
        assert many in instrument.opening.speak(voice)


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_a_closing_thanks_once_and_says_what_happens_with_the_answers(
    instrument: Instrument,
) -> None:
    for voice in instrument.voices:
        said = instrument.closing.speak(voice)
        assert said.count("Thank you") == 1
        assert "team" in said


@pytest.mark.parametrize("instrument", [STAR, CHECK_IN, CARER], ids=lambda each: each.id)
def test_an_opening_says_that_nobody_reads_live_and_where_help_is(instrument: Instrument) -> None:
    for voice in instrument.voices:
        assert "later, not now. If you need help now, tap Help now." in instrument.opening.speak(
            voice
        )


@pytest.mark.parametrize(("instrument", "item"), QUESTIONS)
def test_every_choice_is_described_in_every_voice(instrument: Instrument, item: Item) -> None:
    for voice in instrument.voices:
        described = [choice.label.sentences()[voice] for choice in item.choices]
        assert len({fold(words) for words in described}) == len(described)
        assert all(re.search("[a-z]", words) for words in described)


@pytest.mark.parametrize(("instrument", "item"), QUESTIONS)
def test_every_question_is_asked_and_explained_in_every_voice(
    instrument: Instrument, item: Item
) -> None:
    for voice in instrument.voices:
        assert item.ask.sentences()[voice]
        assert item.why.sentences()[voice]


@pytest.mark.parametrize(("instrument", "item"), QUESTIONS)
def test_a_question_and_its_buttons_fit_a_small_phone(instrument: Instrument, item: Item) -> None:
    assert len(item.choices) <= 5
    for voice in instrument.voices:
        assert len(item.ask.speak(voice)) <= 100


@pytest.mark.parametrize(("instrument", "item"), QUESTIONS)
def test_typed_words_never_mean_two_things(instrument: Instrument, item: Item) -> None:
    for voice in instrument.voices:
        for choice in item.choices:
            for words in (choice.label.speak(voice), *choice.also):
                assert read_answer(item, voice, words) == ReadChoice(choice.value), words
                assert read_wish(words) is None, words


@pytest.mark.parametrize(("instrument", "item"), QUESTIONS)
def test_numbers_and_faces_may_be_typed(instrument: Instrument, item: Item) -> None:
    for place, choice in enumerate(item.choices, start=1):
        for voice in instrument.voices:
            assert read_answer(item, voice, str(place)) == ReadChoice(choice.value)
            if choice.symbol:
                assert read_answer(item, voice, choice.symbol) == ReadChoice(choice.value)


@pytest.mark.parametrize(
    ("item", "said", "value"),
    [("body", "Rubbish", 1), ("home", "not great", 2), ("feelings", "ok", 3),
     ("friends", "Good.", 4), ("learning", "really good", 5), ("people", "nobody", 1)],
)  # fmt: skip
def test_everyday_words_are_understood(item: str, said: str, value: int) -> None:
    for voice in STAR.voices:
        assert read_answer(STAR.item(item), voice, said) == ReadChoice(value)


@pytest.mark.parametrize("said", ["fine", "not bad", "whatever", "it depends"])
def test_words_that_could_mean_two_steps_are_not_guessed_at(said: str) -> None:
    assert read_answer(STAR.item("feelings"), Voice.OLDER, said) is None


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_nothing_is_named_or_worded_after_a_licensed_tool(instrument: Instrument) -> None:
    said = " ".join(each.text.lower() for each in texts(instrument))
    everything = f"{instrument.id.replace('-', ' ')} {said}"
    assert not [name for name in (*LICENSED, *OTHERS) if name in everything]
    labels = {each.text.lower() for each in texts(instrument) if each.kind is Kind.LABEL}
    assert not labels & OTHERS_AREAS


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_a_higher_value_is_always_better_and_steps_run_from_one(instrument: Instrument) -> None:
    for item in instrument.items:
        if item.scored:
            assert [choice.value for choice in item.choices] == [1, 2, 3, 4, 5]


# --- the check-in -------------------------------------------------------------------------------


@pytest.mark.parametrize("voice", CHECK_IN.voices)
def test_a_check_in_is_at_most_six_taps_on_every_way_through(voice: Voice) -> None:
    ways = list(walk(CHECK_IN, begin(CHECK_IN, voice)))
    assert len(ways) > 100
    start_button = 1
    assert max(taps for taps, _, _ in ways) + start_button <= 6
    assert {len(path) for _, _, path in ways} == {4, 5}


@pytest.mark.parametrize("voice", CHECK_IN.voices)
def test_a_check_in_can_be_read_in_one_minute(voice: Voice) -> None:
    """A nine-year-old reads about 120 words a minute; the opening is read before it begins."""
    read = sum(
        count_words(item.ask.speak(voice))
        + sum(count_words(choice.label.speak(voice)) for choice in item.choices)
        for item in CHECK_IN.items
    )
    assert read <= 100


def test_only_a_hard_week_leads_to_the_offer_to_talk() -> None:
    for _, run, path in walk(CHECK_IN, begin(CHECK_IN, Voice.OLDER)):
        week = run.answers["week"]
        hard = getattr(week, "value", None) in (1, 2)
        assert ("talk" in path) is hard


def test_the_offer_to_talk_comes_after_the_quick_questions_and_before_the_words() -> None:
    assert [item.id for item in CHECK_IN.items] == ["week", "sleep", "people", "talk", "words"]


@pytest.mark.parametrize(("value", "wanted"), [(1, True), (2, False), (3, False)])
def test_only_a_yes_asks_for_a_person(value: int, wanted: bool) -> None:  # noqa: FBT001 (a table)
    run = begin(CHECK_IN, Voice.YOUNGER)
    for answer in (1, 1, 1):
        run = resume(CHECK_IN, run, Tapped(run.step, answer), NOW).run
    turn = resume(CHECK_IN, run, Tapped(run.step, value), NOW)
    assert (PersonWanted("talk") in turn.events) is wanted


def test_a_check_in_never_becomes_a_number_in_figures() -> None:
    for _, run, _ in walk(CHECK_IN, begin(CHECK_IN, Voice.OLDER)):
        assert numbers(CHECK_IN, run.answers) == {}


def test_the_words_are_optional_text_and_come_last() -> None:
    for instrument in (CHECK_IN, CARER, ADULT):
        assert [item.id for item in instrument.items if item.kind is ItemKind.TEXT] == ["words"]
        assert instrument.items[-1].id == "words"
        for voice in instrument.voices:
            assert "skip this" in instrument.items[-1].ask.speak(voice)


# --- the star -----------------------------------------------------------------------------------


def test_the_star_has_its_eight_areas_each_scored_and_labelled() -> None:
    expected = ["body", "home", "safety", "people", "feelings", "friends", "belief", "learning"]
    assert [item.id for item in STAR.items] == expected
    assert all(item.scored and item.area is not None for item in STAR.items)
    assert STAR.picture


def test_the_star_means_the_same_step_by_the_same_face_everywhere() -> None:
    faces = {tuple(choice.symbol for choice in item.choices) for item in STAR.items}
    assert faces == {("😞", "🙁", "😐", "🙂", "😀")}


@pytest.mark.parametrize("instrument", [STAR, CHECK_IN], ids=lambda each: each.id)
def test_the_youngest_voice_has_a_face_or_picture_on_every_question(instrument: Instrument) -> None:
    for item in instrument.items:
        drawn = any(ord(sign) > 0x2300 for sign in item.ask.speak(Voice.YOUNGER))
        assert drawn or all(choice.symbol for choice in item.choices)
        assert not any(ord(sign) > 0x2300 for sign in item.ask.speak(Voice.OLDER))


def test_two_voices_speak_and_they_differ() -> None:
    for instrument in (STAR, CHECK_IN):
        assert instrument.role is Role.YOUNG_PERSON
        assert instrument.voices == (Voice.YOUNGER, Voice.OLDER)
        for item in instrument.items:
            assert item.ask.speak(Voice.YOUNGER) != item.ask.speak(Voice.OLDER)


@pytest.mark.parametrize(
    ("instrument", "item", "voice"),
    [(STAR, "safety", Voice.YOUNGER), (STAR, "safety", Voice.OLDER),
     (CARER, "settled", Voice.ADULT), (CHECK_IN, "talk", Voice.YOUNGER)],
)  # fmt: skip
def test_an_answer_that_brings_a_person_says_so_when_asked_why(
    instrument: Instrument, item: str, voice: Voice
) -> None:
    assert instrument.item(item).wants_person == (1,)
    assert "we tell the team" in instrument.item(item).why.speak(voice)


def test_no_other_answer_brings_a_person_unasked() -> None:
    named = {(each.id, item.id) for each in ALL for item in each.items if item.wants_person}
    assert named == {("star", "safety"), ("carer-star", "settled"), ("check-in", "talk")}


# --- the adults ---------------------------------------------------------------------------------


def test_the_carers_star_asks_the_four_things_and_one_line() -> None:
    expected = ["settled", "understanding", "relationship", "responding", "words"]
    assert [item.id for item in CARER.items] == expected
    assert [item.id for item in CARER.items if item.scored] == expected[:4]
    assert (CARER.role, CARER.voices) == (Role.CARER, (Voice.ADULT,))


def test_the_adults_view_asks_confidence_twice_on_one_scale() -> None:
    expected = ["before", "now", "listened", "useful", "recommend", "words"]
    assert [item.id for item in ADULT.items] == expected
    assert ADULT.item("before").choices == ADULT.item("now").choices
    assert (ADULT.role, ADULT.voices) == (Role.PROFESSIONAL, (Voice.ADULT,))
