"""Answers become numbers where they are one; whatever is no number says why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.catalogue import load_catalogue
from surveys.conversation import Answer, Chosen, Declination, Declined, WordsId, Written
from surveys.scoring import Missing, NotScored, Score, numbers, score

CATALOGUE = load_catalogue()
STAR = CATALOGUE.latest("star")
WORDS = Written(WordsId("w"))

ANSWERS: st.SearchStrategy[Answer] = st.one_of(
    st.builds(Chosen, st.integers(1, 5)),
    st.builds(Declined, st.sampled_from(Declination)),
    st.just(WORDS),
)


@pytest.mark.parametrize(
    ("answer", "scored"),
    [
        (Chosen(1), Score(1)),
        (Chosen(5), Score(5)),
        (Declined(Declination.SKIP), NotScored(Missing.SKIP)),
        (Declined(Declination.DONT_KNOW), NotScored(Missing.DONT_KNOW)),
        (Declined(Declination.RATHER_NOT), NotScored(Missing.RATHER_NOT)),
        (WORDS, NotScored(Missing.NOT_A_NUMBER)),
    ],
)
def test_each_kind_of_answer_has_its_score(answer: Answer, scored: Score | NotScored) -> None:
    scores = score(STAR, {"body": answer})
    assert scores["body"] == scored
    assert scores["home"] == NotScored(Missing.NOT_REACHED)
    assert set(scores) == {item.id for item in STAR.items}


def test_what_is_not_scored_gives_no_number_at_all() -> None:
    check_in = CATALOGUE.latest("check-in")
    answers: dict[str, Answer] = {item.id: Chosen(1) for item in check_in.items}
    assert score(check_in, answers) == {}
    assert numbers(check_in, answers) == {}


@given(st.dictionaries(st.sampled_from([item.id for item in STAR.items]), ANSWERS))
def test_only_a_choice_is_ever_a_number(answers: dict[str, Answer]) -> None:
    chosen = {item: each.value for item, each in answers.items() if isinstance(each, Chosen)}
    assert numbers(STAR, answers) == chosen
