"""Chooses the tables that a list of measures needs; it looks at no person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from outcomes.counting.goals import TABLE as GOALS
from outcomes.counting.goals import goals_table
from outcomes.counting.populations import (
    Accepted,
    AskedLater,
    Began,
    Ended,
    Listened,
    Population,
    Viewed,
    population_of,
)
from outcomes.counting.shapes import OneTable, Shape, Sorter
from outcomes.counting.sorting import ByAnswers, Source
from outcomes.counting.sorting_later import later_table
from outcomes.counting.sorting_moments import (
    CHECK_INS,
    FOLLOW_UPS,
    advice_table,
    check_in_table,
    follow_up_table,
    theme_table,
    view_table,
)
from outcomes.counting.sorting_notes import (
    away_table,
    bands_table,
    gone_table,
    moves_table,
    plan_table,
    uptake_table,
)
from outcomes.errors import BadMeasureError
from outcomes.measures.measure import Measure, Statistic
from outcomes.measures.recipe import Sorting

_BY_ANSWERS = (Sorting.FLOW, Sorting.ITEM, Sorting.HOME)
_NEEDED = {Statistic.MEAN_CHANGE: Sorting.ITEM, Statistic.MEDIAN: Sorting.CHECK_IN}
"""Kinds of figure that can be worked out from one sorting only."""


@dataclass(frozen=True, slots=True)
class Sorters:
    """Everything that sorts people for some measures, by the population that it sorts."""

    populations: tuple[Population, ...]
    flows: tuple[ByAnswers, ...]
    ended: Mapping[Population, Sequence[Sorter[Ended]]]
    accepted: Sequence[OneTable[Accepted]]
    viewed: Mapping[Population, Sequence[OneTable[Viewed]]]
    asked_later: Sequence[OneTable[AskedLater]]
    began: Sequence[OneTable[Began]]
    heard: Sequence[OneTable[Listened]]

    def shapes(self) -> Mapping[str, Shape]:
        """List every table but the roots by its name."""
        sorters: tuple[Iterable[Sorter[Ended] | OneTable[Accepted] | OneTable[Viewed]
                       | OneTable[AskedLater] | OneTable[Began] | OneTable[Listened]], ...] = (
            *self.ended.values(), self.accepted, *self.viewed.values(),
            self.asked_later, self.began, self.heard,
        )  # fmt: skip
        return {shape.name: shape for some in sorters for each in some for shape in each.shapes}


def sorters_for(measures: Sequence[Measure], everything: Sequence[Measure]) -> Sorters:
    """Choose the tables for the measures of a release, out of `everything` that is ever counted.

    The classes of a table depend on everything, so that a year has the classes of its quarters and
    an audit can hold them against each other.

    Raises `BadMeasureError` where two measures ask for one table in different ways, and where a
    measure lacks what its recipe needs.
    """
    _check_agreement(measures)
    first = {table_of(each): each for each in reversed(measures)}
    single = [first[name] for name in dict.fromkeys(table_of(each) for each in measures)]

    def of(sorting: Sorting) -> list[Measure]:
        return [each for each in single if each.recipe.sorting is sorting]

    flows = _flows(measures, everything)
    moves = [moves_table(each.recipe.who) for each in of(Sorting.MOVES)]
    away = [away_table() for _ in of(Sorting.AWAY)]
    bands = [bands_table(each.recipe.key, each.recipe.days) for each in of(Sorting.BANDS)]
    goals = [goals_table(each.windows, each.scale) for each in of(Sorting.GOALS)]
    gone = [gone_table(each.recipe.days) for each in of(Sorting.GONE)]
    later = [later_table(source_of(each), each.recipe.key) for each in of(Sorting.LATER)]
    return Sorters(
        populations=tuple(dict.fromkeys(population_of(each) for each in measures)),
        flows=flows,
        ended={
            Population.CLOSED: [*flows, *goals, *moves, *away, *bands],
            Population.CLOSED_A_QUARTER_AGO: gone,
            Population.CLOSED_THREE_QUARTERS_AGO: later,
        },
        accepted=[
            *(plan_table(each.recipe.days) for each in of(Sorting.PLAN)),
            *(uptake_table(each.recipe.key) for each in of(Sorting.UPTAKE)),
        ],
        viewed={
            whose: [_view(each) for each in single if population_of(each) is whose]
            for whose in (Population.PROFESSIONALS_VIEW, Population.CARERS_VIEW)
        },
        asked_later=[follow_up_table() for _ in of(Sorting.FOLLOW_UP)],
        began=[check_in_table() for _ in of(Sorting.CHECK_IN)],
        heard=[theme_table(each.recipe.key) for each in of(Sorting.THEME)],
    )


def table_of(measure: Measure) -> str:
    """Name the table that sorts the people of a measure."""
    recipe = measure.recipe
    flow = f"{measure.instrument}/{measure.role}"
    whose = population_of(measure).value
    named = {
        Sorting.EVERYBODY: whose,
        Sorting.FLOW: flow,
        Sorting.ITEM: f"{flow}:{recipe.key}",
        Sorting.HOME: f"{flow}:home",
        Sorting.LATER: f"{flow}:{recipe.key}:later",
        Sorting.GOALS: GOALS,
        Sorting.ADVICE: f"{whose}:{measure.items[-1] if measure.items else ''}",
        Sorting.VIEW: f"{whose}:{recipe.key}",
        Sorting.MOVES: "moves",
        Sorting.AWAY: "away",
        Sorting.PLAN: "plan",
        Sorting.GONE: "disengaged",
        Sorting.BANDS: f"sdq/{recipe.key}",
        Sorting.FOLLOW_UP: FOLLOW_UPS,
        Sorting.CHECK_IN: CHECK_INS,
        Sorting.UPTAKE: f"uptake:{recipe.key}",
        Sorting.THEME: f"theme:{recipe.key}",
    }
    if recipe.sorting not in named:
        message = (
            f"measure {measure.id}: nothing can sort people by {recipe.sorting.value} yet; say in "
            "`missing` what is lacking"
        )
        raise BadMeasureError(message)
    return named[recipe.sorting]


def flow_of(measure: Measure) -> str:
    """Name the table of who answered and who is missing that goes with a measure."""
    return f"{measure.instrument}/{measure.role}"


def source_of(measure: Measure) -> Source:
    """Say whose answers a measure compares. Raises `BadMeasureError` where it does not say."""
    if measure.instrument is None or measure.role is None:
        message = f"measure {measure.id}: say which instrument, version and role it compares"
        raise BadMeasureError(message)
    return Source(
        measure.instrument,
        _version(measure),
        measure.role.value,
        measure.scale,
        measure.windows,
        measure.recipe.who,
    )


def _version(measure: Measure) -> int:
    if measure.instrument_version is None:
        message = f"measure {measure.id}: say which version of the instrument it is about"
        raise BadMeasureError(message)
    return measure.instrument_version


def _view(measure: Measure) -> OneTable[Viewed]:
    whose, scale, version = population_of(measure), measure.scale, _version(measure)
    if measure.recipe.sorting is Sorting.VIEW:
        return view_table(whose, measure.recipe.key, scale, version)
    before, now = measure.items
    return advice_table(whose, (before, now), scale, version)


def _flows(measures: Iterable[Measure], everything: Sequence[Measure]) -> tuple[ByAnswers, ...]:
    by_source: dict[Source, list[Measure]] = {}
    for each in measures:
        if each.recipe.sorting in _BY_ANSWERS:
            by_source.setdefault(source_of(each), []).append(each)
    names = [each.name for each in by_source]
    if len(set(names)) < len(names):
        message = (
            f"measures ask {' and '.join(names)} in different versions, or with different people, "
            "windows or scales; measures of one instrument and role must agree on them"
        )
        raise BadMeasureError(message)
    return tuple(_flow(source, group, everything) for source, group in by_source.items())


def _flow(source: Source, measures: Sequence[Measure], everything: Sequence[Measure]) -> ByAnswers:
    items = [each.recipe.key for each in measures if each.recipe.sorting is Sorting.ITEM]
    crossed = {
        each.recipe.key
        for each in everything
        if each.recipe.with_first_only and flow_of(each) == source.name
    }
    if len(crossed) > 1:
        message = (
            f"{source.name}: those who answered only at the start can be looked at by one question "
            "only; ask for it in one measure"
        )
        raise BadMeasureError(message)
    with_home = any(each.recipe.sorting is Sorting.HOME for each in measures)
    return ByAnswers(source, tuple(dict.fromkeys(items)), with_home, next(iter(crossed), None))


def _check_agreement(measures: Iterable[Measure]) -> None:
    """Refuse measures that need one table in two ways."""
    asked: dict[str, tuple[object, ...]] = {}
    for each in measures:
        name, recipe = table_of(each), each.recipe
        if _NEEDED.get(each.statistic, recipe.sorting) is not recipe.sorting:
            message = (
                f"measure {each.id}: a {each.statistic.value} cannot be made by sorting people by "
                f"{recipe.sorting.value}"
            )
            raise BadMeasureError(message)
        wanted = (recipe.sorting, recipe.who, recipe.days, each.scale, each.windows,
                  each.instrument_version, each.period_rule)  # fmt: skip
        if asked.setdefault(name, wanted) != wanted:
            message = (
                f"measure {each.id}: another measure asks for the table {name} with other people, "
                "days or windows; measures of one table must agree on them"
            )
            raise BadMeasureError(message)
