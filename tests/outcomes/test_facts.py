"""Episodes, answers and askings refuse what contradicts itself."""

from __future__ import annotations

from datetime import date

import pytest

from outcomes.episode import Audience, Commissioner
from outcomes.errors import BadFactsError
from tests.outcomes.people import CLOSED, COUNTY, DERBY, OTHER, answer, asking, episode


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"closed_on": None}, "both a closing date and a closing reason"),
        ({"close_reason": None}, "both a closing date and a closing reason"),
        ({"closed_on": date(2026, 5, 1)}, "closed before it was accepted"),
    ],
)
def test_an_episode_that_contradicts_itself_is_refused(
    changes: dict[str, object], problem: str
) -> None:
    with pytest.raises(BadFactsError, match=problem):
        episode(**changes)  # type: ignore[arg-type]  # any field, by name


def test_an_open_episode_has_neither_date_nor_reason() -> None:
    assert episode(closed_on=None, close_reason=None).closed_on is None


def test_a_council_sees_its_own_children_and_the_board_sees_all() -> None:
    seen = {audience: audience.commissioners for audience in Audience}
    assert {
        Audience.DERBY_CITY: {DERBY},
        Audience.DERBYSHIRE_COUNTY: {COUNTY},
        Audience.ICB: {DERBY, COUNTY, OTHER},
    } == seen
    assert not any(Audience(council.value).sees(Commissioner.OTHER) for council in (DERBY, COUNTY))


@pytest.mark.parametrize("changes", [{"role": "friend"}, {"wave": "middle"}])
def test_an_answer_with_an_unknown_word_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(BadFactsError, match="unknown"):
        answer(**changes)  # type: ignore[arg-type]  # any field, by name


@pytest.mark.parametrize("score", [None, 2.5, True, "3"])
def test_a_score_that_is_no_whole_number_is_refused(score: object) -> None:
    with pytest.raises(BadFactsError, match="leave an item out when it was skipped"):
        answer(scores={"feelings": score})  # type: ignore[dict-item]  # wrong on purpose


@pytest.mark.parametrize("changes", [{"role": "x"}, {"wave": "x"}, {"outcome": "x"}])
def test_an_asking_with_an_unknown_word_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(BadFactsError, match="unknown"):
        asking(**changes)  # type: ignore[arg-type]  # any field, by name


def test_answers_of_one_day_come_in_the_order_of_the_waves() -> None:
    start = answer(on=CLOSED, wave="start")
    end = answer(on=CLOSED, wave="end")
    assert start.place_in_time < end.place_in_time
