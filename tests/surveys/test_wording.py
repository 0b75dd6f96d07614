"""The wording check finds what must not be said to children, carers and the people around them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.errors import BadDefinition
from surveys.people import Voice
from surveys.reading import (
    count_syllables,
    count_words,
    is_plain,
    plain_words,
    reading_age,
    split_sentences,
    weigh,
)
from surveys.wording import (
    LONGEST_LABEL,
    LONGEST_MESSAGE,
    Finding,
    Kind,
    Sentence,
    check,
    check_all,
)
from surveys.wording_rules import WordingRule, packaged_rules, read_rules

CLEAN = "Thank you for your answer. You can stop at any time."


def rules(text: str, voice: Voice = Voice.OLDER, kind: Kind = Kind.PART) -> set[WordingRule]:
    return {finding.rule for finding in check(text, voice, "here", kind)}


# --- each rule can fail -------------------------------------------------------------------------

BAD = [
    (WordingRule.BANNED_WORD, "We talk about your placement."),
    (WordingRule.BANNED_WORD, "You are a LAC child."),
    (WordingRule.BANNED_WORD, "Your case is open."),
    (WordingRule.BANNED_WORD, "Here is what service users say."),
    (WordingRule.BANNED_WORD, "You are looked after."),
    (WordingRule.BANNED_WORD, "This is for looked-after children."),
    (WordingRule.BANNED_WORD, "You go to respite on Friday."),
    (WordingRule.BANNED_WORD, "How are your siblings?"),
    (WordingRule.BANNED_WORD, "We saw challenging behaviour."),
    (WordingRule.BANNED_WORD, "The intervention ends soon."),
    (WordingRule.BANNED_WORD, "Here is your assessment."),
    (WordingRule.BANNED_WORD, "Your review is on Monday."),
    (WordingRule.BANNED_WORD, "Ask a professional."),
    (WordingRule.BANNED_WORD, "Ask your carer."),
    (WordingRule.BANNED_WORD, "When is your contact with mum?"),
    (WordingRule.BANNED_WORD, "You can contact us."),
    (WordingRule.BANNED_WORD, "This is our last session."),
    (WordingRule.BANNED_WORD, "Please fill in this survey."),
    (WordingRule.BANNED_WORD, "Your score went up."),
    (WordingRule.BANNED_WORD, "A foster home can be good."),
    (WordingRule.BANNED_WORD, "We refer you to somebody."),
    (WordingRule.BANNED_WORD, "Take things you like, e.g. a book."),
    (WordingRule.ACRONYM, "Your PEP is here."),
    (WordingRule.ACRONYM, "The IROs meet you."),
    (WordingRule.ACRONYM, "Ask the S.W. about it."),
    (WordingRule.ACRONYM, "Go to A&E now."),
    (WordingRule.ACRONYM, "Please STOP here."),
    (WordingRule.DIGITS, "This is your T1 answer."),
    (WordingRule.DIGITS, "We write to you in Q3."),
    (WordingRule.DIGITS, "This is about section 47."),
    (WordingRule.GUILT, "You missed three questions."),
    (WordingRule.GUILT, "Don't forget to answer."),
    (WordingRule.GUILT, "We noticed you haven't answered."),
    (WordingRule.GUILT, "You didn’t answer last week."),
    (WordingRule.GUILT, "Your answer is overdue."),
    (WordingRule.GUILT, "Your questions are due."),
    (WordingRule.GUILT, "We are still waiting."),
    (WordingRule.STREAK, "You are on a three week streak."),
    (WordingRule.STREAK, "That makes four weeks in a row."),
    (WordingRule.STREAK, "You have won a badge."),
    (WordingRule.PRESSURE, "You must answer."),
    (WordingRule.PRESSURE, "You need to answer this."),
    (WordingRule.PRESSURE, "Just tap a face."),
    (WordingRule.PRESSURE, "Please complete all of it."),
    (WordingRule.PRESSURE, "It only takes a minute."),
    (WordingRule.PRAISE, "Well done."),
    (WordingRule.PRAISE, "That is great."),
    (WordingRule.PRAISE, "You are amazing."),
    (WordingRule.PRAISE, "You are so brave."),
    (WordingRule.PRAISE, "Thank you 🎉"),
    (WordingRule.EXCLAMATION, "Thank you!"),
    (WordingRule.PROMISE, "We promise to help."),
    (WordingRule.PROMISE, "We keep it secret."),
    (WordingRule.PROMISE, "Somebody answers straight away."),
    (WordingRule.PROMISE, "We know how you feel."),
    (WordingRule.PROMISE, "It will be all right."),
    (WordingRule.LEADING, "Don't you feel better now?"),
    (WordingRule.LEADING, "How much better is your week?"),
    (WordingRule.ASSUMPTION, "How are things with mum and dad?"),
    (WordingRule.ASSUMPTION, "Ask your mum to read it."),
    (WordingRule.ASSUMPTION, "Your friend can read it if he or she wants."),
    (WordingRule.IDIOM, "It is a piece of cake."),
    (WordingRule.IDIOM, "Get it off your chest."),
    (WordingRule.IDIOM, "This is your check-in."),
    (WordingRule.NAME, "We work in Derby."),
    (WordingRule.NAME, "Ask somebody from CAMHS."),
    (WordingRule.NAME, "This is the My Star page."),
    (WordingRule.HARD_WORD, "We appreciate it."),
    (WordingRule.HARD_WORD, "What is your preferred methodology?"),
    (WordingRule.LONG_SENTENCE, "You can tap a face or a word or a number or " + "write " * 9),
    (WordingRule.ONE_IDEA, "If you stop, we keep it, because you may come back."),
    (WordingRule.ONE_IDEA, "You can stop; you can skip."),
    (WordingRule.ONE_IDEA, "You can stop (or skip)."),
    (WordingRule.ONE_IDEA, "You can stop – or skip."),
    (WordingRule.READING_AGE, "Regular participation contributes towards sustained improvement."),
    (WordingRule.EMPTY, "   "),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "text"), BAD, ids=[f"{rule}: {text}" for rule, text in BAD])
def test_a_bad_sentence_is_found(rule: WordingRule, text: str) -> None:
    assert rule in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "Do you feel safe where you live at the moment?",
        "Your carer can read this with you.",
        "A social worker sees this chat.",
        "We are worried about what you wrote.",
    ],
)
def test_a_message_that_gives_something_away_on_a_locked_phone_is_found(text: str) -> None:
    assert WordingRule.PREVIEW in rules(text, Voice.OLDER, Kind.MESSAGE)
    assert WordingRule.PREVIEW not in rules(text, Voice.OLDER, Kind.PART)


def test_what_a_locked_phone_no_longer_shows_is_free() -> None:
    text = "Think about home, school, going out and being online. How safe do you feel?"
    assert rules(text, Voice.OLDER, Kind.MESSAGE) == set()


def test_a_word_that_begins_in_the_preview_and_ends_behind_it_counts() -> None:
    assert WordingRule.PREVIEW in rules("x" * 38 + " social worker", Voice.ADULT, Kind.MESSAGE)


def test_two_questions_in_one_message_are_found() -> None:
    text = "How was your week? How did you sleep?"
    assert WordingRule.ONE_IDEA in rules(text, Voice.YOUNGER, Kind.MESSAGE)


@pytest.mark.parametrize(
    ("kind", "longest"),
    [(Kind.BUTTON, 34), (Kind.LABEL, LONGEST_LABEL), (Kind.MESSAGE, LONGEST_MESSAGE)],
)
def test_a_text_that_does_not_fit_its_place_is_found(kind: Kind, longest: int) -> None:
    fits = ("so " * longest)[:longest].strip().ljust(longest, "o")
    assert WordingRule.TOO_LONG not in rules(fits, Voice.OLDER, kind)
    assert WordingRule.TOO_LONG in rules(fits + "o", Voice.OLDER, kind)


def test_every_rule_has_a_sentence_here_that_breaks_it() -> None:
    shown_elsewhere = {WordingRule.PREVIEW, WordingRule.TOO_LONG}
    assert {rule for rule, _ in BAD} | shown_elsewhere == set(WordingRule)


@pytest.mark.parametrize("voice", list(Voice))
def test_a_sentence_with_many_faults_is_told_them_all(voice: Voice) -> None:
    found = check("Your placement review assessment is due!", voice, "there")
    told = {finding.remedy.split("'")[1] for finding in found if "Take out" in finding.remedy}
    assert {"placement", "review", "assessment", "is due"} <= told
    assert WordingRule.EXCLAMATION in {finding.rule for finding in found}


# --- what may be said ---------------------------------------------------------------------------

GOOD = [
    CLEAN,
    "How was your week?",
    "You do not have to answer.",
    "There is no need to hurry.".replace("hurry", "answer now"),
    "It is not your fault.",
    "You have not done anything wrong.",
    "If you need to stop, tap Pause.",
    "We must tell somebody when you are not safe.",
    "Keep this page in case you want it later.",
    "You can ring 0800 1111 at any time.",
    "Somebody reads this from 9am to 5pm.",
    "OK, we can go on later.",
    "Somebody, everybody, tomorrow, anything and family are long and plain words.",
    "You have {count} questions left, {name}.",
    "People read this on the 1st of May.",
]


@pytest.mark.parametrize("text", GOOD)
def test_a_plain_kind_sentence_passes(text: str) -> None:
    assert check(text, Voice.OLDER, "here", Kind.PART) == []


@pytest.mark.parametrize(
    "text",
    [
        "You are the child's carer.",
        "Your session with us is on Monday.",
        "Please contact the team.",
    ],
)
def test_some_words_are_kept_from_children_and_not_from_adults(text: str) -> None:
    assert WordingRule.BANNED_WORD in rules(text, Voice.YOUNGER)
    assert WordingRule.BANNED_WORD in rules(text, Voice.OLDER)
    assert WordingRule.BANNED_WORD not in rules(text, Voice.ADULT)


def test_what_somebody_picks_is_their_own_voice_and_may_be_glad() -> None:
    assert rules("I feel great", Voice.YOUNGER, Kind.BUTTON) == set()
    assert rules("I feel great.", Voice.YOUNGER, Kind.PART) == {WordingRule.PRAISE}


def test_a_button_is_still_held_to_plain_words() -> None:
    assert WordingRule.BANNED_WORD in rules("😐 My placement", Voice.YOUNGER, Kind.BUTTON)
    assert WordingRule.EXCLAMATION in rules("Yes!", Voice.YOUNGER, Kind.BUTTON)


def test_a_younger_child_gets_shorter_sentences_than_an_older_one_and_both_than_an_adult() -> None:
    limits = packaged_rules().limits
    words = [limits[voice].sentence_words for voice in (Voice.YOUNGER, Voice.OLDER, Voice.ADULT)]
    ages = [limits[voice].reading_age for voice in (Voice.YOUNGER, Voice.OLDER, Voice.ADULT)]
    assert words == [14, 18, 22]
    assert ages == [9, 10, 12]


@pytest.mark.parametrize(
    ("voice", "limit"), [(Voice.YOUNGER, 14), (Voice.OLDER, 18), (Voice.ADULT, 22)]
)
def test_the_word_limit_holds_exactly(voice: Voice, limit: int) -> None:
    fits = " ".join(["so"] * limit) + "."
    assert WordingRule.LONG_SENTENCE not in rules(fits, voice)
    assert WordingRule.LONG_SENTENCE in rules("so " + fits, voice)


def test_a_finding_reads_as_one_line_with_place_rule_sentence_and_remedy() -> None:
    (found,) = check("Thank you!", Voice.OLDER, "phrases/thanks")
    assert found == Finding(
        WordingRule.EXCLAMATION,
        "phrases/thanks",
        "Thank you!",
        "End the sentence with a full stop",
    )
    expected = "phrases/thanks: exclamation: 'Thank you!'. End the sentence with a full stop."
    assert str(found) == expected


def test_findings_come_in_the_order_of_the_sentences() -> None:
    given_texts = [
        Sentence("one", Voice.OLDER, "Yes!"),
        Sentence("two", Voice.OLDER, CLEAN),
        Sentence("three", Voice.YOUNGER, "Your placement.", Kind.PART),
    ]
    assert list(dict.fromkeys(each.where for each in check_all(given_texts))) == ["one", "three"]


# --- it always answers, and soon ----------------------------------------------------------------


@given(st.text(max_size=300), st.sampled_from(Voice), st.sampled_from(Kind))
def test_the_check_never_fails_on_any_text(text: str, voice: Voice, kind: Kind) -> None:
    assert isinstance(check(text, voice, "here", kind), list)


@given(
    st.sampled_from(["placement", "LAC", "respite", "siblings", "intervention", "assessments"]),
    st.lists(st.sampled_from(["we", "talk", "about", "it", "and", "then", "go"]), max_size=9),
    st.integers(0, 9),
    st.sampled_from(Voice),
    st.sampled_from(Kind),
)
def test_a_banned_word_is_found_wherever_it_stands(
    word: str, around: list[str], place: int, voice: Voice, kind: Kind
) -> None:
    said = " ".join([*around[:place], word, *around[place:]])
    assert WordingRule.BANNED_WORD in rules(said, voice, kind)
    assert WordingRule.BANNED_WORD in rules(said.upper(), voice, kind)


def test_two_thousand_sentences_are_checked_within_a_second() -> None:
    many = [Sentence("x", voice, text) for _, text in BAD for voice in Voice]
    many = (many * (2000 // len(many) + 1))[:2000]
    check_all(many[:200])
    began = time.process_time()
    check_all(many)
    assert time.process_time() - began < 1


# --- reading age --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "syllables"),
    {
        "cat": 1, "asked": 1, "wanted": 2, "settled": 2, "table": 2, "faces": 2, "lives": 1,
        "people": 2, "area": 3, "science": 2, "quiet": 2, "family": 3, "question": 2, "feelings": 2,
        "placement": 2, "assessment": 3, "intervention": 4, "information": 4, "behaviour": 3,
        "experience": 4, "serious": 3, "colleague": 2, "multidisciplinary": 7, "don't": 1,
        "relationship": 4, "violence": 3, "created": 3, "special": 2, "language": 2, "every": 2,
    }.items(),
)  # fmt: skip
def test_syllables_are_counted_as_they_are_spoken(word: str, syllables: int) -> None:
    assert count_syllables(word) == syllables


@pytest.mark.parametrize(
    "word", ["stopped", "stories", "happier", "making", "easily", "players", "nobody's"]
)
def test_a_form_of_a_plain_word_is_plain(word: str) -> None:
    assert word not in plain_words()
    assert is_plain(word)


@pytest.mark.parametrize("word", ["placement", "methodology", "statutory", "therapeutic"])
def test_a_word_of_the_trade_is_not_plain(word: str) -> None:
    assert not is_plain(word)


def test_reading_age_rises_from_a_childs_words_to_an_officials() -> None:
    texts = [
        "The cat sat on the mat. It was warm and the sun was out.",
        "Think about the last week. Tap the face that fits how it was for you.",
        "Somebody in the team reads what you write and thinks about what could help you most.",
        "The service will evaluate the effectiveness of the support that was provided to you.",
        "Multidisciplinary assessment of emotional wellbeing informs subsequent interventions.",
    ]
    ages = [reading_age(text) for text in texts]
    assert ages == sorted(ages)
    assert ages[1] < 9 < ages[2] < 10.5
    assert 12 < ages[3] < ages[4]


def test_one_long_plain_word_does_not_decide_about_a_short_line() -> None:
    assert reading_age("Tomorrow?") < 8
    assert reading_age("Multidisciplinary?") > 10


def test_a_short_word_that_is_not_plain_weighs_more_than_a_plain_one() -> None:
    assert weigh("kind") == 1
    assert weigh("duress") == count_syllables("duress") + 1


def test_adults_are_trusted_with_long_words_that_children_are_not() -> None:
    text = "This was a consultation."
    assert WordingRule.HARD_WORD in rules(text, Voice.OLDER)
    assert WordingRule.HARD_WORD not in rules(text, Voice.ADULT)


def test_nothing_to_read_has_no_reading_age() -> None:
    assert reading_age("🙂 12 …") == 0


def test_sentences_end_at_signs_and_at_line_breaks() -> None:
    assert split_sentences("One. Two?\nThree\n\nFour “five.” Six") == [
        "One.", "Two?", "Three", "Four “five.”", "Six",
    ]  # fmt: skip


def test_a_number_is_read_as_a_word() -> None:
    assert count_words("3 of 8, at 10:30") == 5


# --- the rules themselves -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("limits: [", "line 2"),
        ("limits: {}", "capitals"),
        ("nonsense: 1", "limits"),
        ("joins: '('", "limits"),
    ],
)
def test_a_broken_rules_file_is_refused_with_its_place(text: str, told: str) -> None:
    with pytest.raises(BadDefinition) as refused:
        read_rules(text)
    assert refused.value.file == "wording_rules.yaml"
    assert told in refused.value.where


def test_a_rule_that_is_no_regular_expression_is_refused() -> None:
    text = """
limits: {}
capitals: []
joins: but
phrases: {idiom: [{find: "(", say: nothing}]}
preview: [x]
"""
    with pytest.raises(BadDefinition, match="is no regular expression"):
        read_rules(text)
