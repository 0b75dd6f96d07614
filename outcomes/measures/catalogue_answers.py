"""Defines the measures made from what young people and carers answered; it counts nobody."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import Final

from outcomes.episode import Lives, Strand
from outcomes.measures.catalogue_goals import GOALS
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
from outcomes.measures.recipe import HOME_ITEMS, Mark, Recipe, Sorting, Who
from outcomes.observation import Role

AREAS: Final = MappingProxyType(
    {
        "body": "Body",
        "home": "Home",
        "safety": "Safety",
        "people": "People who care",
        "feelings": "Feelings",
        "friends": "Friends",
        "belief": "Belief in myself",
        "learning": "Learning or work",
    }
)
"""The areas of the young people's star: id of the question and the name that a reader sees."""

_FEELINGS = AREAS["feelings"]
_CHILDREN = Who(strands=(Strand.DIRECT,))
_CARERS = Who(
    strands=(Strand.DIRECT, Strand.CARERS),
    lives=(Lives.FOSTER, Lives.KINSHIP, Lives.BIRTH_FAMILY),
)
_WHEN = (
    "The first answer is the earliest one from 14 days before the start of the support to 42 days "
    "after it, the last one the latest from 42 days before the end to 28 days after it, at least "
    "28 days apart, by the same person on the same version of the questions."
)

_share = partial(
    Measure,
    version=1,
    statistic=Statistic.RATE,
    direction=Direction.HIGHER_IS_BETTER,
    interval=Interval.WILSON,
    sensitivity=Sensitivity.SENSITIVE,
    period_rule=PeriodRule.CLOSED,
    instrument_version=1,
)
_of_children = partial(
    _share, role=Role.YOUNG_PERSON, instrument="star", unit="young people", area=_FEELINGS
)
_of_carers = partial(_share, role=Role.CARER, instrument="carer-star", unit="carers")


def _feelings(of: Mark, counts: Mark, *, with_bounds: bool) -> Recipe:
    return Recipe(
        Sorting.ITEM,
        of=of,
        counts=counts,
        key="feelings",
        who=_CHILDREN,
        eligible=Mark.ELIGIBLE if with_bounds else None,
        compared=Mark.COMPARED if with_bounds else None,
    )


def _home(of: Mark, counts: Mark, compared: Mark | None = None) -> Recipe:
    eligible = None if compared is None else Mark.ELIGIBLE
    return Recipe(
        Sorting.HOME, of=of, counts=counts, eligible=eligible, compared=compared, who=_CARERS
    )


YOUNG_PEOPLE = (
    _of_children(
        id="M04",
        area="Total",
        title="Answered at the start and at the end",
        statement=(
            "Of the pieces of support that ended in the period and in which a young person could "
            f"have answered the star, the share with a first and a last answer. {_WHEN}"
        ),
        sentence="{n} of {d} young people answered both at the start and at the end.",
        population=(
            "Direct support that ended, and other support in which the young person was asked or "
            "answered."
        ),
        numerator="A first and a last answer that can be compared.",
        recipe=Recipe(Sorting.FLOW, of=Mark.ELIGIBLE, counts=Mark.PAIRED, who=_CHILDREN),
        sensitivity=Sensitivity.ORDINARY,
        outcomes=outcomes_of("M04", "Total"),
    ),
    _of_children(
        id="M05",
        title="Feelings better at the end",
        statement=(
            "Of the young people who said how they feel at the start and at the end and were not "
            "already at the top step at the start, the share who were at least one step higher at "
            f"the end. {_WHEN}"
        ),
        sentence="{n} of {d} young people felt better at the end than at the start.",
        population="Young people with both answers on feelings, the first below the top step.",
        numerator="The last answer one step or more above the first.",
        recipe=_feelings(Mark.ROOM_TO_RISE, Mark.ROSE, with_bounds=True),
        items=("feelings",),
        indicators=("EISS_PM48",),
        outcomes=outcomes_of("M05", _FEELINGS),
    ),
    _of_children(
        id="M05w",
        title="Feelings worse at the end",
        statement=(
            "Of the young people who said how they feel at the start and at the end and were not "
            "already at the bottom step at the start, the share who were at least one step lower "
            f"at the end. {_WHEN}"
        ),
        sentence="{n} of {d} young people felt worse at the end than at the start.",
        population="Young people with both answers on feelings, the first above the bottom step.",
        numerator="The last answer one step or more below the first.",
        recipe=_feelings(Mark.ROOM_TO_FALL, Mark.FELL, with_bounds=True),
        direction=Direction.LOWER_IS_BETTER,
        items=("feelings",),
        outcomes=outcomes_of("M05w", _FEELINGS),
    ),
    _of_children(
        id="M05s",
        title="Feelings good throughout",
        statement=(
            "Of the young people who said how they feel at the start and at the end and were at "
            "the top step at the start, the share who were at the top step at the end as well. "
            "They could not rise, so they are not counted among those whose feelings could get "
            f"better. {_WHEN}"
        ),
        sentence="{n} of {d} young people felt at their best at the start and at the end.",
        population="Young people with both answers on feelings, the first at the top step.",
        numerator="The last answer at the top step as well.",
        recipe=_feelings(Mark.FIRST_AT_TOP, Mark.STAYED_AT_TOP, with_bounds=False),
        items=("feelings",),
        outcomes=outcomes_of("M05s", _FEELINGS),
    ),
    *(
        _of_children(
            id="M06",
            area=title,
            title="Change from start to end",
            statement=(
                "The mean of last minus first answer, in steps of the five-step scale, over the "
                f"young people who answered the area '{title}' at the start and at the end. Above "
                f"zero is better. {_WHEN} People often come to us when things are at their "
                "hardest, so some of a change for the better would have come about without any "
                "help."
            ),
            sentence="{n} young people answered at the start and at the end.",
            statistic=Statistic.MEAN_CHANGE,
            interval=Interval.STUDENT_T,
            population=f"Young people with both answers on the area '{title}'.",
            numerator="Last answer minus first answer.",
            recipe=Recipe(
                Sorting.ITEM,
                of=Mark.COMPARED,
                counts=Mark.COMPARED,
                key=item,
                who=_CHILDREN,
                with_first_only=item == "feelings",
            ),
            items=(item,),
            cadence=(Cadence.QUARTER,),
            outcomes=outcomes_of("M06", title),
        )
        for item, title in AREAS.items()
    ),
    *GOALS,
    _of_children(
        id="M19",
        title="Still as well six months later",
        statement=(
            "Of the young people whose support ended three quarters earlier, who said how they "
            "feel at the start and at the end and again six months after the end, the share who "
            "were then at most one step lower than at the end. It can only be known then, so it is "
            "reported three quarters late."
        ),
        sentence=(
            "Six months later, {n} of {d} young people felt as well as at the end, or at most one "
            "step lower."
        ),
        population="Young people compared at the end who answered six months later as well.",
        numerator="The answer six months later at most one step below the last one.",
        recipe=Recipe(
            Sorting.LATER,
            of=Mark.ANSWERED_LATER,
            counts=Mark.HELD,
            key="feelings",
            who=_CHILDREN,
            eligible=Mark.COMPARED,
            compared=Mark.ANSWERED_LATER,
        ),
        items=("feelings",),
        period_rule=PeriodRule.CLOSED_THREE_QUARTERS_AGO,
        outcomes=outcomes_of("M19", _FEELINGS),
    ),
)

_CARERS_ASKED = (
    "Carers are foster and kinship carers, special guardians and birth families; one carer a "
    f"child, whoever answered first. {_WHEN}"
)

CARERS = (
    _of_carers(
        id="M04c",
        title="Carers answered at the start and at the end",
        statement=(
            "Of the pieces of support that ended in the period and in which a carer could have "
            "answered about life at home, the share with a first and a last answer. "
            f"{_CARERS_ASKED}"
        ),
        sentence="{n} of {d} carers answered both at the start and at the end.",
        population=(
            "Support of the child or of the carers that ended, and other support in which the "
            "carer was asked or answered, where the child lives in foster care, kinship care or "
            "special guardianship, or with the birth family."
        ),
        numerator="A first and a last answer that can be compared.",
        recipe=Recipe(Sorting.FLOW, of=Mark.ELIGIBLE, counts=Mark.PAIRED, who=_CARERS),
        sensitivity=Sensitivity.ORDINARY,
        outcomes=outcomes_of("M04c", "Total"),
    ),
    _of_carers(
        id="M08",
        title="Surer of what to do",
        statement=(
            "Of the carers who said at the start and at the end how sure they are of what to do "
            "when things get hard, the share who were at least one step surer at the end. "
            f"{_CARERS_ASKED}"
        ),
        sentence="{n} of {d} carers were surer of what to do at the end than at the start.",
        population="Carers with both answers on knowing what to do.",
        numerator="The last answer one step or more above the first.",
        recipe=_home(Mark.KNOWING_COMPARED, Mark.KNOWING_ROSE, Mark.KNOWING_COMPARED),
        items=HOME_ITEMS[1:2],
        outcomes=outcomes_of("M08", "Total"),
    ),
    _of_carers(
        id="M09",
        title="Home felt more settled",
        statement=(
            "Of the carers who said how settled the home feels at the start and at the end, the "
            f"share who said at least one step higher at the end. {_CARERS_ASKED}"
        ),
        sentence="{n} of {d} carers said the home felt more settled at the end than at the start.",
        population="Carers with both answers on how settled the home feels.",
        numerator="The last answer one step or more above the first.",
        recipe=_home(Mark.SETTLED_COMPARED, Mark.SETTLED_ROSE, Mark.SETTLED_COMPARED),
        items=HOME_ITEMS[:1],
        outcomes=outcomes_of("M09", "Total"),
        indicators=("SS_PM16", "SS_PM17"),
    ),
    _of_carers(
        id="M09b",
        title="Home more settled and all three others better",
        statement=(
            "Of the carers for whom the home felt more settled at the end (M09) and who answered "
            "the other three both times, the share who were also at least one step higher on "
            "knowing what to do, on the relationship and on how the child responds: on all three. "
            f"{_CARERS_ASKED}"
        ),
        sentence=(
            "{n} of {d} carers whose home felt more settled were also better off with knowing what "
            "to do, the relationship and how the child responds."
        ),
        population="Carers counted in M09 with both answers on the other three.",
        numerator="The last answer one step or more above the first on all three.",
        recipe=_home(Mark.OTHERS_KNOWN, Mark.OTHERS_ROSE),
        items=HOME_ITEMS,
        outcomes=outcomes_of("M09b", "Total"),
    ),
)
