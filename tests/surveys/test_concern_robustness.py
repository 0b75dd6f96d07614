"""What holds for every text: an answer in bounded work, and no disguise that hides danger."""

from __future__ import annotations

import time
from collections.abc import Callable
from string import ascii_lowercase
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys import concerns
from surveys.concern_kinds import NEVER_CLEARED
from surveys.concerns import ConcernCategory, ConcernLevel, grade, notice

PLAIN: Final = {
    ConcernCategory.SUICIDE: ["i want to die", "i am going to kill myself", "i wanna end my life"],
    ConcernCategory.SELF_HARM: ["i cut my arms", "i self harm", "i hurt myself last night"],
    ConcernCategory.OVERDOSE: ["i took an overdose", "i took all my tablets"],
    ConcernCategory.SEXUAL_ABUSE: ["he touches me at night", "i was raped"],
    ConcernCategory.PHYSICAL_ABUSE: ["my dad hits me", "he punched me in the face"],
    ConcernCategory.EMOTIONAL_ABUSE: ["he threatens to hurt me if i tell"],
    ConcernCategory.NEGLECT: ["there is no food and mum has left us alone"],
    ConcernCategory.EXPLOITATION: ["they make me sell drugs"],
}
GRAVE: Final = st.sampled_from([text for texts in PLAIN.values() for text in texts])
DENIALS: Final = st.sampled_from(
    ["i would never say ", "it is not true that ", "my friend says ", "my mate told me ", "lol "]
)
HIDDEN: Final = ["\u200b", "\u200d", "\u00ad", "\u2060", "\ufeff", "\u0301", "\u0336", "\u202e"]
EMOJI: Final = ["😭", "💀", "🙂", "❤️", "🔪", "🎮", "👍🏽", "👨‍👩‍👧"]
LEET: Final = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7"}
ODD: Final = st.one_of(
    st.text(st.characters(), max_size=400),
    st.text(st.sampled_from("ab ki1!@$*|.\u200b\u0301😭ا한\ud800\x00\n"), max_size=400),
    st.lists(st.sampled_from(["i", "want", "to", "die", "not", "he", "hits", "me", ",", "."])).map(
        " ".join
    ),
)

Disguise = Callable[[str, st.DataObject], str]


def between_letters(text: str, data: st.DataObject) -> str:
    """Put characters that nobody sees between the letters."""
    return "".join(letter + data.draw(st.sampled_from(["", *HIDDEN])) for letter in text)


def between_words(text: str, data: st.DataObject) -> str:
    """Put emoji between the words, in front and behind."""
    signs = st.sampled_from(["", *EMOJI])
    return " ".join(f"{word} {data.draw(signs)}" for word in text.split())


def one_digit_a_word(text: str, data: st.DataObject) -> str:
    """Write one letter of one word as a digit or a sign, as people do."""
    words = text.split()
    place = data.draw(st.integers(0, len(words) - 1))
    letters = sorted(set(words[place]) & set(LEET))
    if letters and len(words[place]) > 1:
        letter = data.draw(st.sampled_from(letters))
        sign = data.draw(st.sampled_from(LEET[letter]))
        words[place] = words[place].replace(letter, sign, 1)
    return " ".join(words)


def stretched(text: str, data: st.DataObject) -> str:
    """Hold the last letter of the text."""
    return text + text[-1] * data.draw(st.integers(2, 12))


def in_wide_letters(text: str, _data: st.DataObject) -> str:
    """Write in full-width letters."""
    return "".join(chr(ord(sign) + 0xFEE0) if sign in ascii_lowercase else sign for sign in text)


def in_capitals(text: str, data: st.DataObject) -> str:
    """Write some letters large."""
    return "".join(sign.upper() if data.draw(st.booleans()) else sign for sign in text)


def run_together(text: str, _data: st.DataObject) -> str:
    """Leave the spaces out."""
    return text.replace(" ", "")


@settings(max_examples=300, deadline=None)
@given(ODD)
def test_whatever_is_typed_there_is_an_answer_and_the_matcher_does_not_break(text: str) -> None:
    found = notice(text)
    assert grade(text) is (found.level if found else ConcernLevel.NONE)
    assert found is None or "matcher.broken" not in found.reasons


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(), min_size=1, max_size=40), st.integers(1, 4000))
def test_the_work_is_bounded_whatever_is_repeated(part: str, times: int) -> None:
    """A generous bound: the machine may be busy. docs/concerns.md says what was measured."""
    concerns.warm_up()
    start = time.process_time()
    notice(part * times)
    assert time.process_time() - start < 1.0


@pytest.mark.parametrize(
    "disguise",
    [
        between_letters,
        between_words,
        one_digit_a_word,
        stretched,
        in_wide_letters,
        in_capitals,
        run_together,
    ],
)
@settings(max_examples=60, deadline=None)
@given(text=GRAVE, data=st.data())
def test_no_disguise_makes_danger_vanish(
    disguise: Disguise, text: str, data: st.DataObject
) -> None:
    assert grade(disguise(text, data)) is not ConcernLevel.NONE


@settings(max_examples=100, deadline=None)
@given(DENIALS, GRAVE)
def test_a_denial_or_another_voice_never_clears_a_grave_subject(denial: str, text: str) -> None:
    assert grade(denial + text) is not ConcernLevel.NONE


@settings(max_examples=100, deadline=None)
@given(GRAVE, st.sampled_from(["football was good", "we had pizza", "lol", "in minecraft", "haha"]))
def test_everyday_talk_beside_it_never_clears_a_grave_subject(text: str, talk: str) -> None:
    """In the same sentence a sport or a kitchen may: "i hurt myself at football" was a fall."""
    assert grade(f"{talk}. {text}") is not ConcernLevel.NONE
    assert grade(f"{text}. {talk}") is not ConcernLevel.NONE


@pytest.mark.parametrize("category", sorted(NEVER_CLEARED))
def test_every_grave_subject_has_plain_texts_that_are_a_crisis(category: ConcernCategory) -> None:
    for text in PLAIN[category]:
        found = notice(text)
        assert found is not None
        assert found.level is ConcernLevel.CRISIS
        assert category in found.categories


@settings(max_examples=50, deadline=None)
@given(GRAVE)
def test_a_broken_matcher_sends_everything_to_a_person(text: str) -> None:
    def break_down() -> None:
        raise RuntimeError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(concerns, "load_rulebook", break_down)
        assert grade(text) is ConcernLevel.CONCERN
