"""Defines the measures of how people saw the service and how well asking works; counts nobody."""

from __future__ import annotations

from functools import partial

from outcomes.episode import Axis
from outcomes.measures.characteristics import NO, TITLES, VALUE_TITLES, Characteristic
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
from outcomes.measures.recipe import Mark, Recipe, Sorting
from outcomes.observation import Role

_share = partial(
    Measure,
    version=1,
    statistic=Statistic.RATE,
    direction=Direction.HIGHER_IS_BETTER,
    interval=Interval.WILSON,
    sensitivity=Sensitivity.ORDINARY,
)
_of_adults = partial(
    _share,
    role=Role.PROFESSIONAL,
    instrument="adult-view",
    instrument_version=1,
    period_rule=PeriodRule.ANSWERED,
    unit="answers",
    breakdown=Axis.STRAND,
)
_VIEWS = (
    ("listened", "Listened to", "said that we listened very well"),
    ("useful", "Useful", "said that the help was very useful"),
    ("recommend", "Would recommend", "would certainly tell others to ask us for help"),
)

VIEWS = (
    _of_adults(
        id="M10",
        title="Professionals surer of what to do",
        statement=(
            "Of the professionals who answered both questions after advice, a meeting or training, "
            "the share who are surer now of what to do than they say they were before. They look "
            "back at how sure they were, which makes a change look larger than asking twice does."
        ),
        sentence="{n} of {d} professionals were surer of what to do after our help than before it.",
        population="Answers given in the period to both 'before' and 'now'.",
        numerator="'Now' one step or more above 'before'.",
        recipe=Recipe(Sorting.ADVICE, of=Mark.SAID, counts=Mark.ROSE),
        items=("before", "now"),
        outcomes=outcomes_of("M10", "Total"),
    ),
    *(
        _of_adults(
            id="M11",
            area=area,
            title="How professionals saw our help",
            statement=(
                "Of the professionals who answered this question in the period, the share who "
                f"{told}: the best of five answers. A skipped question is left out."
            ),
            sentence=f"{{n}} of {{d}} professionals {told}.",
            population=f"Answers given in the period to the question '{area}'.",
            numerator="The best of the five answers.",
            recipe=Recipe(Sorting.VIEW, of=Mark.SAID, counts=Mark.TOP, key=item),
            items=(item,),
            outcomes=outcomes_of("M11", area),
        )
        for item, area, told in _VIEWS
    ),
)

ASKING = (
    *(
        _share(
            id=name,
            title=title,
            statement=(
                f"Of the moments three and six months after the end of support that fell due in "
                f"the period, the share {told}."
            ),
            sentence=f"{{n}} of {{d}} follow-ups were {word}.",
            population="Moments three and six months after the end that fell due in the period.",
            numerator=numerator,
            recipe=Recipe(Sorting.FOLLOW_UP, of=of, counts=counts),
            direction=direction,
            period_rule=PeriodRule.DUE,
            unit="follow-ups",
            breakdown=Axis.AGE,
            outcomes=outcomes_of(name, "Total"),
        )
        for name, title, told, word, numerator, of, counts, direction in (
            (
                "M18",
                "Answered when we asked again later",
                "that somebody answered",
                "answered",
                "Answered.",
                Mark.EVERYBODY,
                Mark.SAID,
                Direction.HIGHER_IS_BETTER,
            ),
            (
                "M18d",
                "Reached when we asked again later",
                "that reached somebody's chat",
                "delivered",
                "Delivered.",
                Mark.EVERYBODY,
                Mark.DELIVERED,
                Direction.HIGHER_IS_BETTER,
            ),
            (
                "M18n",
                "Said no when we asked again later",
                "that reached somebody who then said no, which is anybody's right",
                "declined",
                "Declined, among those delivered.",
                Mark.DELIVERED,
                Mark.DECLINED,
                Direction.NEITHER,
            ),
        )
    ),
    _share(
        id="M20",
        title="Questions gone through to the end",
        statement="Of the check-ins that were begun in the period, the share that were ended.",
        sentence="{n} of {d} check-ins that were begun were gone through to the end.",
        population="Check-ins begun in the period.",
        numerator="Gone through to the end.",
        recipe=Recipe(Sorting.CHECK_IN, of=Mark.EVERYBODY, counts=Mark.COMPLETED),
        period_rule=PeriodRule.STARTED,
        unit="check-ins",
        breakdown=Axis.AGE,
        outcomes=outcomes_of("M20", "Total"),
    ),
    _share(
        id="M20t",
        title="Time that answering takes",
        statement=(
            "The median time from the first question to the end, breaks included, of the check-ins "
            "begun in the quarter and gone through to the end, rounded to ten seconds."
        ),
        sentence="{n} check-ins were timed.",
        statistic=Statistic.MEDIAN,
        interval=Interval.NONE,
        population="Check-ins begun in the quarter and gone through to the end.",
        numerator="Median seconds from the first question to the end.",
        recipe=Recipe(Sorting.CHECK_IN, of=Mark.TIMED, counts=Mark.TIMED),
        direction=Direction.LOWER_IS_BETTER,
        period_rule=PeriodRule.STARTED,
        unit="check-ins",
        cadence=(Cadence.QUARTER,),
        outcomes=outcomes_of("M20t", "Total"),
    ),
    Measure(
        id="M21",
        version=1,
        title="Outcomes with evidence",
        statement=(
            "Of the twelve outcomes of the contract, how many have at least one figure about ten "
            "people or more that can be shown. It is worked out from the figures shown, and says "
            "nothing about how good they are."
        ),
        sentence="{n} of the twelve outcomes of the contract have evidence.",
        statistic=Statistic.COVERAGE,
        population="The twelve outcomes of the contract.",
        numerator="At least one measure with a shown figure about ten people or more.",
        recipe=Recipe(Sorting.COVERAGE),
        direction=Direction.HIGHER_IS_BETTER,
        period_rule=PeriodRule.CLOSED,
        interval=Interval.NONE,
        sensitivity=Sensitivity.ORDINARY,
        unit="outcomes",
    ),
)

UPTAKE = tuple(
    _share(
        id=f"U-{what.value}",
        area=title,
        title=f"Who got support: {TITLES[what].lower()}",
        statement=(
            f"Of the support accepted in the year for people of whom this was given ("
            f"{TITLES[what].lower()}), the share for people described as '{title}'. It is only "
            "noted where the person or their worker gave it."
        ),
        sentence=f"{{n}} of {{d}} pieces of support were for people described as '{title}'.",
        population="Support accepted in the year, where it was given.",
        numerator=f"Described as '{title}'.",
        recipe=Recipe(
            Sorting.UPTAKE, of=Mark.GIVEN, counts=Mark.VALUE, key=what.value, value=value
        ),
        direction=Direction.NEITHER,
        period_rule=PeriodRule.ACCEPTED,
        sensitivity=Sensitivity.SENSITIVE,
        unit="pieces of support",
        cadence=(Cadence.YEAR,),
        outcomes=outcomes_of(f"U-{what.value}", title),
    )
    for what in Characteristic
    for value, title in VALUE_TITLES[what].items()
    if value != NO
)


def theme_measure(slug: str, title: str) -> Measure:
    """Define the share of young people heard who raised a theme that staff named."""
    return _share(
        id=f"Y-{slug}",
        area=slug,
        title=f"Young people raised: {title}",
        statement=(
            f"Of the young people whose words were read in the period, the share who raised "
            f"'{title}', as staff sorted it. In a year, somebody counts once in each quarter."
        ),
        sentence=f"{{n}} of {{d}} young people raised this: {title}.",
        population="Young people who were heard, once a quarter each.",
        numerator=f"Raised '{title}'.",
        recipe=Recipe(Sorting.THEME, of=Mark.EVERYBODY, counts=Mark.RAISED, key=slug),
        direction=Direction.NEITHER,
        period_rule=PeriodRule.HEARD,
        sensitivity=Sensitivity.SENSITIVE,
        unit="young people",
    )
