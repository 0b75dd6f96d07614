"""Defines the measures made from young people's own goals, by their ratings; it counts nobody."""

from __future__ import annotations

from functools import partial

from outcomes.measures.contract import outcomes_of
from outcomes.measures.measure import (
    Direction,
    Interval,
    Measure,
    PeriodRule,
    Scale,
    Sensitivity,
    Statistic,
)
from outcomes.measures.recipe import Mark, Recipe, Sorting
from outcomes.observation import Role

_GOALS = (
    "After each picture we offer young people to write down goals of their own, up to three at a "
    "time, and to say from 0 (not there at all) to 10 (there) how close they are. Nobody has to, "
    "and what a goal says is read for no figure."
)
_WHEN = (
    "The first rating of a goal is the earliest one from 14 days before the start of the support "
    "to 42 days after it, the last one the latest from 42 days before the end to 28 days after it, "
    "at least 28 days apart. A goal that they gave up by then is left out; one that they reached "
    "counts by its ratings."
)

_of_goals = partial(
    Measure,
    statistic=Statistic.RATE,
    direction=Direction.HIGHER_IS_BETTER,
    interval=Interval.WILSON,
    period_rule=PeriodRule.CLOSED,
    role=Role.YOUNG_PERSON,
    scale=Scale(0, 10),
)

GOALS = (
    _of_goals(
        id="M07",
        version=2,
        title="Closer to an own goal",
        statement=(
            "Of the young people who said how close they were to a goal of their own at the start "
            "and at the end, the share who came closer by one point or more, on average over all "
            f"goals with both ratings. {_GOALS} {_WHEN}"
        ),
        sentence="{n} of {d} young people came closer to a goal of their own.",
        population="Young people whose support ended, with a goal rated at the start and the end.",
        numerator="The mean change of their goals is one point or more, last less first rating.",
        recipe=Recipe(
            Sorting.GOALS,
            of=Mark.COMPARED,
            counts=Mark.ROSE,
            eligible=Mark.HAD_GOAL,
            compared=Mark.COMPARED,
        ),
        sensitivity=Sensitivity.SENSITIVE,
        unit="young people",
        outcomes=outcomes_of("M07", "Total"),
    ),
    _of_goals(
        id="M07s",
        version=1,
        title="Had a goal of their own",
        statement=(
            "Of the pieces of support that ended in the period, the share in which the young "
            "person had a goal of their own, whether or not they rated it. Support in which only "
            f"carers or professionals were asked is counted as well. {_GOALS}"
        ),
        sentence=(
            "In {n} of {d} pieces of support that ended, the young person had a goal of their own."
        ),
        population="All support that ended.",
        numerator=(
            "A goal that stood at any time from 14 days before the start to 28 days after the end."
        ),
        recipe=Recipe(Sorting.GOALS, of=Mark.EVERYBODY, counts=Mark.HAD_GOAL),
        sensitivity=Sensitivity.ORDINARY,
        unit="pieces of support",
        outcomes=outcomes_of("M07s", "Total"),
    ),
)
