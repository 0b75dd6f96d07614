"""Goals of young people's own, counted by ratings alone: who had one, and who came closer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, permutations

import pytest

from outcomes.compiling import make
from outcomes.counting.sorters import sorters_for
from outcomes.episode import Audience, Commissioner, Strand
from outcomes.errors import BadMeasureError
from outcomes.facts import Facts, GoalRating, OwnGoal
from outcomes.figures import Figure, Symbol
from outcomes.measures.measure import Windows
from outcomes.protection.policy import NHS5
from tests.outcomes.caseload import CLOSED, COUNTY, OPENED, Q3, YEAR, count, only, rate, support

START, END = OPENED, CLOSED
A_DAY = timedelta(days=1)


def rated(*ratings: tuple[date, int], **changes: object) -> OwnGoal:
    """A goal set on the first day, with these ratings."""
    goal = OwnGoal("e1", "p1", START, ratings=tuple(GoalRating(*each) for each in ratings))
    return replace(goal, **changes)  # type: ignore[arg-type]  # any field, by name


def moved(first: int, last: int, **changes: object) -> OwnGoal:
    """A goal rated on the first and on the last day."""
    return rated((START, first), (END, last), **changes)


def closer(*goals: OwnGoal) -> tuple[int, int]:
    """How many came closer of those compared, in one piece of support with these goals."""
    return rate(count(Facts((support("e1"),), goals=goals)), "M07")


def had_goal(*goals: OwnGoal) -> tuple[int, int]:
    """In how many pieces of support somebody had a goal, of one that ended with these."""
    return rate(count(Facts((support("e1"),), goals=goals)), "M07s")


@pytest.mark.parametrize(
    ("first", "last", "counts"),
    [(3, 8, 1), (3, 4, 1), (3, 3, 0), (8, 2, 0), (0, 10, 1), (10, 10, 0)],
)
def test_one_point_or_more_is_closer(first: int, last: int, counts: int) -> None:
    assert (counts, 1) == closer(moved(first, last))


def test_a_goal_rated_once_is_a_goal_and_not_compared() -> None:
    once = rated((END, 7))
    assert (0, 0) == closer(once)
    assert (1, 1) == had_goal(once)


def test_a_goal_never_rated_is_a_goal_and_no_goal_is_none() -> None:
    assert (1, 1) == had_goal(rated())
    assert (0, 1) == had_goal()


@pytest.mark.parametrize(
    ("changes", "counts"),
    [(((3, 8), (5, 5)), 1), (((3, 4), (5, 5)), 0), (((3, 8), (9, 2)), 0), (((2, 3), (4, 5)), 1)],
)
def test_the_mean_of_several_goals_decides_and_somebody_stands_in_one_row(
    changes: tuple[tuple[int, int], ...], counts: int
) -> None:
    assert (counts, 1) == closer(*(moved(*each) for each in changes))


def test_of_two_goals_the_one_rated_once_changes_nothing() -> None:
    assert (1, 1) == closer(moved(3, 5), rated((START, 9)))


def test_a_goal_given_up_is_no_change_for_the_worse_and_one_reached_counts() -> None:
    given_up = moved(6, 1, put_away_on=END - A_DAY, given_up=True)
    assert (0, 0) == closer(given_up)
    assert (1, 1) == had_goal(given_up)
    assert (1, 1) == closer(moved(3, 5), given_up)
    assert (1, 1) == closer(moved(3, 9, put_away_on=END - A_DAY))


def test_what_is_given_up_after_the_last_days_changes_no_figure_that_is_out() -> None:
    for days, compared in ((28, 0), (29, 1)):
        late = END + timedelta(days=days)
        assert compared == closer(moved(3, 8, put_away_on=late, given_up=True))[1]


def test_ratings_count_up_to_28_days_after_the_support_closed() -> None:
    for days, counts in ((28, 1), (29, 0)):
        assert counts == closer(rated((START, 3), (END, 3), (END + timedelta(days=days), 9)))[0]


def test_first_and_last_are_those_of_all_other_comparisons() -> None:
    before, after = START - timedelta(days=14), START + timedelta(days=42)
    near = END - timedelta(days=42)
    assert (1, 1) == closer(rated((before, 3), (after, 9), (END, 5)))
    assert (0, 1) == closer(rated((before - A_DAY, 1), (after, 5), (END, 5)))
    assert (0, 0) == closer(rated((after + A_DAY, 1), (END, 5)))
    assert (1, 1) == closer(rated((START, 1), (near, 5)))
    assert (0, 0) == closer(rated((START, 1), (near - A_DAY, 5)))


def test_both_ratings_lie_four_weeks_apart() -> None:
    short = support("e1", accepted_on=END - timedelta(days=40))
    for days, compared in ((28, 1), (27, 0)):
        goal = rated((END - timedelta(days=days), 3), (END, 6))
        assert compared == rate(count(Facts((short,), goals=(goal,))), "M07")[1]


def test_a_goal_of_before_or_after_the_support_is_no_goal_of_it() -> None:
    last_day, first_day = END + timedelta(days=28), START - timedelta(days=14)
    assert (1, 1) == had_goal(rated(set_on=last_day))
    assert (0, 1) == had_goal(rated(set_on=last_day + A_DAY))
    long_ago = date(2020, 1, 1)
    assert (1, 1) == had_goal(rated(set_on=long_ago, put_away_on=first_day))
    assert (0, 1) == had_goal(rated(set_on=long_ago, put_away_on=first_day - A_DAY))


def test_support_that_goes_on_is_not_counted_and_each_quarter_has_its_own() -> None:
    goals = (moved(3, 8),)
    assert (0, 0) == rate(
        count(Facts((support("e1", closed_on=None, close_reason=None),), goals=goals)), "M07s"
    )
    facts = Facts((support("e1"),), goals=goals)
    assert (1, 1) == rate(count(facts, YEAR), "M07")
    assert (0, 0) == rate(count(facts, Q3.preceding), "M07")


def test_only_the_one_who_set_the_first_goal_is_compared_whatever_they_are_called() -> None:
    sooner = moved(3, 8, set_on=START - A_DAY)
    for names in permutations(("p1", "p2")):
        goals = [
            replace(each, person=name)
            for each, name in zip((sooner, moved(6, 1)), names, strict=True)
        ]
        assert (1, 1) == closer(*goals) == closer(*goals[::-1])


def test_how_many_are_compared_stands_beside_it_of_those_who_had_a_goal() -> None:
    goals = (moved(3, 8), replace(rated((START, 3)), episode="e2", person="p2"))
    episodes = (support("e1"), support("e2"), support("e3", strand=Strand.CARERS))
    raw = count(Facts(episodes, goals=goals))
    (found,) = (each for each in raw.rates if each.measure.id == "M07")
    assert ("goals.had-a-goal", "goals.compared") == (found.eligible, found.paired)
    people = [raw.count(row or "", tuple(Commissioner)) for row in (found.eligible, found.paired)]
    assert [2, 1] == people
    assert (2, 3) == rate(raw, "M07s")


def test_a_rating_beyond_ten_stops_the_count() -> None:
    with pytest.raises(BadMeasureError, match="outside 0 to 10"):
        closer(moved(3, 11))


def test_measures_of_goals_agree_on_what_is_first_and_last() -> None:
    one, other = only("M07", "M07s")
    astray = replace(other, windows=Windows(least_gap=7))
    with pytest.raises(BadMeasureError, match="must agree on them"):
        sorters_for((one, astray), (one, astray))


# --- protected like all others --------------------------------------------------------------------


def many(people: int, compared: int, nearer: int, commissioner: Commissioner) -> Facts:
    """So many pieces of support, all with a goal, some compared, some of these come nearer."""
    keys = [f"{commissioner}/{number}" for number in range(people)]
    goals = [
        replace(
            moved(3, 7 if number < nearer else 3) if number < compared else rated((START, 3)),
            episode=key,
            person=f"child of {key}",
        )
        for number, key in enumerate(keys)
    ]
    return Facts(
        tuple(support(each, commissioner=commissioner) for each in keys), goals=tuple(goals)
    )


def released(*parts: Facts) -> dict[tuple[str, Audience], Figure]:
    """The figures about goals, as they are given out."""
    facts = Facts(
        tuple(chain.from_iterable(each.episodes for each in parts)),
        goals=tuple(chain.from_iterable(each.goals for each in parts)),
    )
    made = make(facts, Q3, NHS5, compiled_on=date(2027, 7, 1), ledger=[])
    return {
        (each.measure, each.footprint): each
        for each in made.release.figures
        if each.measure in ("M07", "M07s")
    }


CITY, OTHER = Commissioner.DERBY_CITY, Commissioner.OTHER


def test_many_who_came_closer_are_shown_and_a_few_are_withheld() -> None:
    figures = released(many(60, 40, 24, CITY), many(60, 40, 2, COUNTY), many(60, 40, 20, OTHER))
    city = figures["M07", Audience.DERBY_CITY]
    assert (25, 40, 63) == (city.numerator, city.denominator, city.percent)
    assert (60, 40, 67) == (city.eligible, city.paired, city.paired_percent)
    county = figures["M07", Audience.DERBYSHIRE_COUNTY]
    assert (Symbol.WITHHELD, Symbol.WITHHELD) == (county.numerator, county.percent)
    assert (60, 40) == (county.eligible, county.paired)
    shown = figures["M07s", Audience.DERBY_CITY]
    assert (60, 60) == (shown.numerator, shown.denominator)


def test_that_everybody_of_a_few_came_closer_is_not_said() -> None:
    figures = released(many(60, 15, 15, CITY), many(60, 40, 20, COUNTY), many(60, 40, 20, OTHER))
    assert Symbol.WITHHELD is figures["M07", Audience.DERBY_CITY].numerator


def test_where_hardly_anybody_could_be_compared_nothing_is_said_about_them() -> None:
    figures = released(many(60, 3, 2, CITY), many(60, 3, 1, COUNTY), many(60, 3, 3, OTHER))
    of_goals = (each for (measure, _), each in figures.items() if measure == "M07")
    assert all(isinstance(each.numerator, Symbol) for each in of_goals)
