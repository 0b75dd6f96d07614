"""Lists the measures that were agreed, and is the door to counting them; it publishes nothing."""

from __future__ import annotations

from outcomes.definitions import (
    Base,
    Event,
    Interval,
    Measure,
    Population,
    Sensitivity,
    Source,
    Statistic,
)
from outcomes.episode import Lives, Strand
from outcomes.observation import Role
from outcomes.quarter import Quarter
from outcomes.tabulation import tabulate

__all__ = ["AREAS", "HOME_AREAS", "MEASURES", "Measure", "Quarter", "tabulate"]

AREAS = {
    "body": "Body",
    "home": "Home",
    "safety": "Safety",
    "people": "People who care",
    "feelings": "Feelings",
    "friends": "Friends",
    "belief": "Belief in myself",
    "learning": "Learning or work",
}
"""The areas of the young people's star: item id and the name that a reader sees."""

HOME_AREAS = ("settled", "understanding", "relationship", "responding")
"""The items of the carers' star, in the order of the questions."""

_YOUNG_PEOPLE = Source(
    instrument="star",
    role=Role.YOUNG_PERSON,
    population=Population(strands=(Strand.DIRECT,)),
)
_CARERS = Source(
    instrument="carer-star",
    role=Role.CARER,
    population=Population(
        strands=(Strand.DIRECT, Strand.CARERS),
        lives=(Lives.FOSTER, Lives.KINSHIP, Lives.BIRTH_FAMILY),
    ),
)

_PAIRED_RATE = Measure(
    id="M04",
    version=1,
    title="Answered at the start and at the end",
    statement=(
        "Of the support episodes that ended in the quarter and in which a young person could have "
        "answered the star, the share with a first answer (from 14 days before the start to 42 "
        "days after it) and a last answer (from 42 days before the end to 28 days after it), at "
        "least 28 days apart, by the same person on the same version."
    ),
    sentence="{n} of {d} young people answered both at the start and at the end.",
    source=_YOUNG_PEOPLE,
    statistic=Statistic.RATE,
    base=Base.ELIGIBLE,
    event=Event.PAIRED,
    items=(),
    interval=Interval.WILSON,
    sensitivity=Sensitivity.ORDINARY,
)
_FEELINGS_IMPROVED = Measure(
    id="M05",
    version=1,
    title="Feelings better at the end",
    statement=(
        "Of the young people who said how they feel at the start and at the end and were not "
        "already at the top step at the start, the share who were at least one step higher at "
        "the end."
    ),
    sentence="{n} of {d} young people felt better at the end than at the start.",
    source=_YOUNG_PEOPLE,
    statistic=Statistic.RATE,
    base=Base.ROOM_TO_RISE,
    event=Event.ROSE,
    items=("feelings",),
    area=AREAS["feelings"],
    interval=Interval.WILSON,
    sensitivity=Sensitivity.SENSITIVE,
)
_FEELINGS_WORSE = Measure(
    id="M05w",
    version=1,
    title="Feelings worse at the end",
    statement=(
        "Of the young people who said how they feel at the start and at the end and were not "
        "already at the bottom step at the start, the share who were at least one step lower at "
        "the end."
    ),
    sentence="{n} of {d} young people felt worse at the end than at the start.",
    source=_YOUNG_PEOPLE,
    statistic=Statistic.RATE,
    base=Base.ROOM_TO_FALL,
    event=Event.FELL,
    items=("feelings",),
    area=AREAS["feelings"],
    interval=Interval.WILSON,
    sensitivity=Sensitivity.SENSITIVE,
)
_FEELINGS_HELD = Measure(
    id="M05s",
    version=1,
    title="Feelings good throughout",
    statement=(
        "Of the young people who said how they feel at the start and at the end and were at the "
        "top step at the start, the share who were at the top step at the end as well. They could "
        "not rise, so they are not counted among those whose feelings could get better."
    ),
    sentence="{n} of {d} young people felt at their best at the start and still did at the end.",
    source=_YOUNG_PEOPLE,
    statistic=Statistic.RATE,
    base=Base.FIRST_AT_TOP,
    event=Event.STAYED_AT_TOP,
    items=("feelings",),
    area=AREAS["feelings"],
    interval=Interval.WILSON,
    sensitivity=Sensitivity.SENSITIVE,
)
_MEAN_CHANGES = tuple(
    Measure(
        id="M06",
        version=1,
        title="Change from start to end",
        statement=(
            "The mean of last minus first answer, in steps of the five-step scale, over the young "
            f"people who answered the area '{title}' at the start and at the end. Above zero is "
            "better."
        ),
        sentence="{n} young people",
        source=_YOUNG_PEOPLE,
        statistic=Statistic.MEAN_CHANGE,
        items=(item,),
        area=title,
        interval=Interval.STUDENT_T,
        sensitivity=Sensitivity.SENSITIVE,
    )
    for item, title in AREAS.items()
)
_HOME_SETTLED = Measure(
    id="M09",
    version=1,
    title="Home felt more settled",
    statement=(
        "Of the carers (foster, kinship and special guardianship, birth family; one carer a child) "
        "who said how settled the home feels at the start and at the end, the share who said at "
        "least one step higher at the end."
    ),
    sentence="{n} of {d} carers said the home felt more settled at the end than at the start.",
    source=_CARERS,
    statistic=Statistic.RATE,
    base=Base.PAIRED,
    event=Event.ROSE,
    items=("settled",),
    interval=Interval.WILSON,
    sensitivity=Sensitivity.SENSITIVE,
)
_HOME_ALL_BETTER = Measure(
    id="M09b",
    version=1,
    title="Home more settled and all three others better",
    statement=(
        "Of the carers for whom the home felt more settled at the end (M09) and who answered the "
        "other three both times, the share who were also at least one step higher on understanding "
        "and skill, on the relationship and on how the child responds: on all three."
    ),
    sentence=(
        "{n} of {d} carers whose home felt more settled were also better off with understanding, "
        "the relationship and how the child responds."
    ),
    source=_CARERS,
    statistic=Statistic.RATE,
    base=Base.ROSE_ON_FIRST_ITEM,
    event=Event.OTHERS_ALL_ROSE,
    items=HOME_AREAS,
    interval=Interval.WILSON,
    sensitivity=Sensitivity.SENSITIVE,
)

MEASURES = (
    _PAIRED_RATE,
    _FEELINGS_IMPROVED,
    _FEELINGS_WORSE,
    _FEELINGS_HELD,
    *_MEAN_CHANGES,
    _HOME_SETTLED,
    _HOME_ALL_BETTER,
)
"""Every measure that is reported now. A later one is added here; none is ever changed in place."""
