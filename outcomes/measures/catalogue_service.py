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
_ONCE = "Each person counts once a quarter"
_COUNTED_ONCE = "people, counted once in each quarter,"
_VIEWS = (
    ("listened", "Listened to", "said that we listened very well"),
    ("useful", "Useful", "said that the help was very useful"),
    ("recommend", "Would recommend", "would certainly tell others to ask us for help"),
)
_WHICH = (
    f"{_ONCE}, with their last answers of it, given at a review, at the end or later. What was "
    "asked at the start is left out: there was no help yet."
)

_DUE = "People with a moment three or six months after the end that fell due in the quarter."


def _views_of(role: Role, suffix: str, who: str, surer: str, version: int) -> tuple[Measure, ...]:
    """Define how the adults of one role saw our help: what roles say is never put together."""
    share = partial(
        _share,
        version=version,
        role=role,
        instrument="adult-view",
        instrument_version=1,
        period_rule=PeriodRule.ANSWERED,
        unit=who,
        breakdown=Axis.STRAND,
    )
    counted = f"{{n}} of {{d}} {who}, counted once in each quarter,"
    last = f"{who.capitalize()} whose last answers of a quarter, after the start, hold"
    return (
        share(
            id=f"M10{suffix}",
            title=surer,
            statement=(
                f"Of the {who} who answered both questions after advice, a meeting or training, "
                "the share who are surer now of what to do than they say they were before. They "
                "look back at how sure they were, which makes a change look larger than asking "
                f"twice does. {_WHICH}"
            ),
            sentence=f"{counted} were surer of what to do after our help than before it.",
            population=f"{last} both 'before' and 'now'.",
            numerator="'Now' one step or more above 'before'.",
            recipe=Recipe(Sorting.ADVICE, of=Mark.SAID, counts=Mark.ROSE),
            items=("before", "now"),
            outcomes=outcomes_of(f"M10{suffix}", "Total"),
        ),
        *(
            share(
                id=f"M11{suffix}",
                area=area,
                title=f"How {who} saw our help",
                statement=(
                    f"Of the {who} who answered this question in the period, the share who {told}: "
                    f"the best of five answers. A skipped question is left out. {_WHICH}"
                ),
                sentence=f"{counted} {told}.",
                population=f"{last} the question '{area}'.",
                numerator="The best of the five answers.",
                recipe=Recipe(Sorting.VIEW, of=Mark.SAID, counts=Mark.TOP, key=item),
                items=(item,),
                outcomes=outcomes_of(f"M11{suffix}", area),
            )
            for item, area, told in _VIEWS
        ),
    )


VIEWS = (
    *_views_of(Role.PROFESSIONAL, "", "professionals", "Professionals surer of what to do", 2),
    *_views_of(Role.CARER, "c", "carers", "Carers surer of what to do after advice", 1),
)

ASKING = (
    *(
        _share(
            id=name,
            version=2,
            title=title,
            statement=(
                f"Of the people who were to be asked again in the period, three or six months "
                f"after the end of support, the share {told}. {_ONCE}: where two such moments "
                "fell due in it, with the later one."
            ),
            sentence=f"{{n}} of {{d}} {_COUNTED_ONCE} {word}.",
            population=population,
            numerator=numerator,
            recipe=Recipe(Sorting.FOLLOW_UP, of=of, counts=counts),
            direction=direction,
            period_rule=PeriodRule.DUE,
            unit="people",
            breakdown=Axis.AGE,
            outcomes=outcomes_of(name, "Total"),
        )
        for name, title, told, word, population, numerator, of, counts, direction in (
            (
                "M18",
                "Answered when we asked again later",
                "who answered",
                "answered when we asked again later",
                _DUE,
                "Answered.",
                Mark.EVERYBODY,
                Mark.SAID,
                Direction.HIGHER_IS_BETTER,
            ),
            (
                "M18d",
                "Reached when we asked again later",
                "whose chat it reached",
                "were reached when we asked again later",
                _DUE,
                "Delivered.",
                Mark.EVERYBODY,
                Mark.DELIVERED,
                Direction.HIGHER_IS_BETTER,
            ),
            (
                "M18n",
                "Said no when we asked again later",
                "who said no, which is anybody's right, among those whom it reached",
                "said no when we asked again later",
                f"{_DUE[:-1]}, and whom it reached.",
                "Declined.",
                Mark.DELIVERED,
                Mark.DECLINED,
                Direction.NEITHER,
            ),
        )
    ),
    _share(
        id="M20",
        version=2,
        title="Questions gone through to the end",
        statement=(
            "Of the people who began a check-in in the period, the share who went through all that "
            f"they began to the end. {_ONCE}, however often they were asked."
        ),
        sentence=f"{{n}} of {{d}} {_COUNTED_ONCE} went through all they began to the end.",
        population="People who began a check-in in the quarter.",
        numerator="Went through every check-in that they began in the quarter to the end.",
        recipe=Recipe(Sorting.CHECK_IN, of=Mark.EVERYBODY, counts=Mark.COMPLETED),
        period_rule=PeriodRule.STARTED,
        unit="people",
        breakdown=Axis.AGE,
        outcomes=outcomes_of("M20", "Total"),
    ),
    _share(
        id="M20t",
        version=2,
        title="Time that answering takes",
        statement=(
            "The median time from the first question of a check-in to its end, breaks included, of "
            "the people who began a check-in in the quarter and went through all that they began. "
            "For somebody who began several it is the median of theirs. Rounded to ten seconds."
        ),
        sentence="{n} people were timed.",
        statistic=Statistic.MEDIAN,
        interval=Interval.NONE,
        population="People who went through all check-ins that they began in the quarter.",
        numerator="Median of each person's seconds from the first question to the end.",
        recipe=Recipe(Sorting.CHECK_IN, of=Mark.TIMED, counts=Mark.TIMED),
        direction=Direction.LOWER_IS_BETTER,
        period_rule=PeriodRule.STARTED,
        unit="people",
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
        version=2,
        area=slug,
        title=f"Young people raised: {title}",
        statement=(
            f"Of the young people whose words were read in the period, the share who raised "
            f"'{title}', as staff sorted it. Each counts once a quarter: in a year, somebody who "
            "was heard in every quarter counts four times."
        ),
        sentence=(
            f"{{n}} of {{d}} young people, counted once in each quarter, raised this: {title}."
        ),
        population="Young people who were heard, once a quarter each.",
        numerator=f"Raised '{title}'.",
        recipe=Recipe(Sorting.THEME, of=Mark.EVERYBODY, counts=Mark.RAISED, key=slug),
        direction=Direction.NEITHER,
        period_rule=PeriodRule.HEARD,
        sensitivity=Sensitivity.SENSITIVE,
        unit="young people",
    )
