"""Which first and which last answer are compared (measures.md, section 4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.counting.pairing import Pair, answers_of_the_first_person, closing, opening, pair_up
from outcomes.measures.measure import Windows
from outcomes.observation import Observation
from tests.outcomes.people import CLOSED, OPENED, answer, episode

FIRST_DAYS = opening(episode(), Windows())
LAST_DAYS = closing(CLOSED, Windows())


def paired(*observations: Observation, items: tuple[str, ...] = ("feelings",)) -> Pair | None:
    answers = answers_of_the_first_person(observations, FIRST_DAYS)
    return pair_up(answers, items, FIRST_DAYS, LAST_DAYS, gap=28)


def day(beginning: date, days: int) -> date:
    return beginning + timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "counts"), [(-15, False), (-14, True), (0, True), (42, True), (43, False)]
)
def test_a_first_answer_comes_from_14_days_before_to_42_days_after_the_start(
    days: int,
    counts: bool,  # noqa: FBT001 - a column of the table
) -> None:
    pair = paired(answer(on=day(OPENED, days)), answer(on=CLOSED))
    assert counts == (pair is not None)


@pytest.mark.parametrize(
    ("days", "counts"), [(-43, False), (-42, True), (0, True), (28, True), (29, False)]
)
def test_a_last_answer_comes_from_42_days_before_to_28_days_after_the_end(
    days: int,
    counts: bool,  # noqa: FBT001 - a column of the table
) -> None:
    pair = paired(answer(on=OPENED), answer(on=day(CLOSED, days)))
    assert counts == (pair is not None)


@pytest.mark.parametrize(("gap", "counts"), [(27, False), (28, True)])
def test_first_and_last_lie_at_least_28_days_apart(
    gap: int,
    counts: bool,  # noqa: FBT001 - a column of the table
) -> None:
    short = closing(day(OPENED, 30), Windows())
    answers = (answer(on=OPENED), answer(on=day(OPENED, gap)))
    pair = pair_up(answers, ("feelings",), FIRST_DAYS, short, gap=28)
    assert counts == (pair is not None)


def test_the_earliest_first_and_the_latest_last_are_taken() -> None:
    answers = [
        answer(on=day(OPENED, 1), scores={"feelings": 1}),
        answer(on=day(OPENED, 9), scores={"feelings": 2}),
        answer(on=day(CLOSED, -9), scores={"feelings": 3}),
        answer(on=day(CLOSED, 9), scores={"feelings": 4}),
    ]
    assert Pair(answers[0], answers[3]) == paired(*reversed(answers))


def test_a_skipped_item_is_no_answer_to_it() -> None:
    early = answer(on=OPENED, scores={"home": 2})
    later = answer(on=day(OPENED, 20), scores={"home": 2, "feelings": 2})
    last = answer(on=CLOSED, scores={"home": 4, "feelings": 4})
    assert Pair(later, last) == paired(early, later, last)
    assert Pair(early, last) == paired(early, later, last, items=("home",))
    assert Pair(early, last) == paired(early, later, last, items=())
    assert paired(early, later, last, items=("friends",)) is None


def test_another_version_is_never_compared() -> None:
    first = answer(on=OPENED)
    newer = answer(on=CLOSED, version=2)
    assert paired(first, newer) is None
    older = answer(on=day(CLOSED, -5))
    assert Pair(first, older) == paired(first, newer, older)


def test_one_person_is_compared_with_themselves_only() -> None:
    first = answer(on=OPENED, respondent="first carer")
    last = answer(on=CLOSED, respondent="second carer")
    assert paired(first, last) is None


def test_the_person_who_answered_first_stands_for_the_child() -> None:
    first = answer(on=OPENED, respondent="b")
    other = answer(on=day(OPENED, 1), respondent="a")
    last = answer(on=CLOSED, respondent="b")
    assert Pair(first, last) == paired(other, answer(on=CLOSED, respondent="a"), first, last)


def test_somebody_who_only_answered_later_does_not_stand_for_the_child() -> None:
    assert answers_of_the_first_person([answer(on=CLOSED)], FIRST_DAYS) == ()


ANSWERS = st.lists(
    st.builds(
        lambda who, days, value, wave: answer(
            respondent=who, on=day(OPENED, days), scores={"feelings": value}, wave=wave
        ),
        st.sampled_from("abc"),
        st.integers(-20, 200),
        st.integers(1, 5),
        st.sampled_from(["start", "review", "end"]),
    ),
    max_size=8,
)


@given(ANSWERS, st.permutations("abc"), st.randoms(use_true_random=False))
def test_new_names_and_another_order_change_no_pair(
    answers: list[Observation], names: list[str], order: st.DataObject
) -> None:
    renamed = [
        answer(
            respondent=names["abc".index(each.respondent)],
            on=each.on,
            scores=each.scores,
            wave=each.wave,
        )
        for each in answers
    ]
    order.shuffle(renamed)  # type: ignore[attr-defined]  # a seeded random.Random

    def said(pair: Pair | None) -> object:
        return pair and [(each.on, each.scores, each.wave) for each in (pair.first, pair.last)]

    assert said(paired(*answers)) == said(paired(*renamed))
