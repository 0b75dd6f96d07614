"""Defines the measures of how much support there was and how it was taken up; it counts nobody."""

from __future__ import annotations

from functools import partial

from outcomes.episode import Axis, Lives
from outcomes.measures.contract import outcomes_of
from outcomes.measures.measure import (
    Cadence,
    Direction,
    Interval,
    Measure,
    PeriodRule,
    Sensitivity,
    Statistic,
)
from outcomes.measures.recipe import Mark, Recipe, Sorting, Who

_count = partial(
    Measure,
    version=1,
    statistic=Statistic.COUNT,
    recipe=Recipe(Sorting.EVERYBODY),
    direction=Direction.NEITHER,
    interval=Interval.NONE,
    sensitivity=Sensitivity.ORDINARY,
    unit="pieces of support",
)
_share = partial(Measure, version=1, statistic=Statistic.RATE, interval=Interval.WILSON)

ACTIVITY = (
    _count(
        id="M01",
        title="Support that ended",
        statement="How many pieces of support ended in the period, whatever the reason.",
        sentence="{n} pieces of support ended.",
        population="Every piece of support that ended in the period.",
        numerator="All of them.",
        period_rule=PeriodRule.CLOSED,
        breakdown=Axis.AGE,
        outcomes=outcomes_of("M01", "Total"),
    ),
    _count(
        id="M02",
        title="Support that was going on",
        statement=(
            "How many pieces of support were going on when the last day of the quarter ended. This "
            "is a level, not a flow: the numbers of several quarters cannot be added up."
        ),
        sentence="{n} pieces of support were going on at the end of the quarter.",
        population="Every piece of support that had begun and not ended by the last day.",
        numerator="All of them.",
        period_rule=PeriodRule.OPEN_AT_END,
        cadence=(Cadence.QUARTER,),
        outcomes=outcomes_of("M02", "Total"),
    ),
    _count(
        id="M03",
        title="Support that was accepted",
        statement="How many pieces of support were accepted in the period.",
        sentence="{n} pieces of support were accepted.",
        population="Every piece of support that was accepted in the period.",
        numerator="All of them.",
        period_rule=PeriodRule.ACCEPTED,
        breakdown=Axis.AGE,
        outcomes=outcomes_of("M03", "Total"),
    ),
)

CIRCUMSTANCES = (
    _share(
        id="M12",
        version=2,
        title="An unplanned move",
        statement=(
            "Of the pieces of support that ended in the period, for children in foster care, "
            "kinship care or residential care, and for which staff noted whether there were "
            "unplanned moves, the share with one or more while the support went on. Where nothing "
            "was noted the support is left out, not counted as settled. A child whose support "
            "ended twice counts twice."
        ),
        sentence="In {n} of {d} pieces of support, the child had an unplanned move meanwhile.",
        population="Support that ended, for children in foster, kinship or residential care.",
        numerator="One unplanned move or more, as staff noted it.",
        recipe=Recipe(
            Sorting.MOVES,
            of=Mark.NOTED,
            counts=Mark.MOVED,
            who=Who(lives=(Lives.FOSTER, Lives.KINSHIP, Lives.RESIDENTIAL)),
        ),
        direction=Direction.LOWER_IS_BETTER,
        period_rule=PeriodRule.CLOSED,
        sensitivity=Sensitivity.SENSITIVE,
        unit="pieces of support",
        breakdown=Axis.AGE,
        outcomes=outcomes_of("M12", "Total"),
        indicators=("SS_PM16", "SS_PM17"),
    ),
    *(
        _share(
            id=name,
            version=2,
            title=f"Living outside their own area at the {moment}",
            statement=(
                "Of the pieces of support that ended in the period and for which staff noted it at "
                "the start and at the end, the share where the child lived outside the area of the "
                f"council that looks after them at the {moment}. The change from start to end is "
                "the difference of the two figures. A child whose support ended twice counts twice."
            ),
            sentence=(
                "In {n} of {d} pieces of support, the child lived outside their own area at the "
                f"{moment}."
            ),
            population="Support that ended, where it was noted both at the start and at the end.",
            numerator=f"Outside their own area at the {moment}.",
            recipe=Recipe(Sorting.AWAY, of=Mark.NOTED, counts=mark),
            direction=Direction.LOWER_IS_BETTER,
            period_rule=PeriodRule.CLOSED,
            sensitivity=Sensitivity.SENSITIVE,
            unit="pieces of support",
            breakdown=Axis.AGE,
            outcomes=outcomes_of(name, "Total"),
        )
        for name, moment, mark in (
            ("M13", "end", Mark.AWAY_AT_END),
            ("M13s", "start", Mark.AWAY_AT_START),
        )
    ),
    _share(
        id="M14",
        title="A plan with goals within 28 days",
        statement=(
            "Of the support that was accepted in the period, the share with a plan with goals in "
            "place 28 days later at most. A plan that nobody noted counts as no plan. Support that "
            "ended before then without a plan is left out. Until 28 days after the period the "
            "figure may still rise."
        ),
        sentence="{n} of {d} pieces of support had a plan with goals within 28 days.",
        population="Support accepted in the period, unless it ended within 28 days without a plan.",
        numerator="A plan with goals in place at most 28 days after it was accepted.",
        recipe=Recipe(Sorting.PLAN, of=Mark.WENT_ON, counts=Mark.IN_TIME, days=28),
        direction=Direction.HIGHER_IS_BETTER,
        period_rule=PeriodRule.ACCEPTED,
        sensitivity=Sensitivity.ORDINARY,
        unit="pieces of support",
        breakdown=Axis.AGE,
        outcomes=outcomes_of("M14", "Total"),
        indicators=("SS_PM18",),
    ),
    _share(
        id="M15",
        title="Stopped coming and did not come back",
        statement=(
            "Of the support that ended one quarter earlier, the share that ended because the child "
            "or family stopped coming and where nobody was back 90 days after the end. It can only "
            "be known then, so it is reported one quarter late."
        ),
        sentence="In {n} of {d} pieces of support, people stopped coming and did not come back.",
        population="Support that ended in the quarter before; in a year, each quarter before.",
        numerator="Ended because people stopped coming, and not back within 90 days.",
        recipe=Recipe(Sorting.GONE, of=Mark.EVERYBODY, counts=Mark.GONE, days=90),
        direction=Direction.LOWER_IS_BETTER,
        period_rule=PeriodRule.CLOSED_A_QUARTER_AGO,
        sensitivity=Sensitivity.SENSITIVE,
        unit="pieces of support",
        outcomes=outcomes_of("M15", "Total"),
        indicators=("SS_PM10",),
    ),
)
