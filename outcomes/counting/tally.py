"""Counts people: facts become raw tables; it rounds, hides and publishes nothing.

The order of people and their pseudonyms make no difference, and each person is looked at once per
population.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Protocol, TypeVar, assert_never

from outcomes.counting.populations import People, Population
from outcomes.counting.rows import Figures, figures_of
from outcomes.counting.shapes import Shape, Sorter
from outcomes.counting.sorters import Sorters, sorters_for
from outcomes.episode import Audience
from outcomes.errors import BadFactsError
from outcomes.facts import Facts
from outcomes.measures.measure import Cadence, Measure, Statistic
from outcomes.measures.recipe import Sorting
from outcomes.quarter import Period, Quarter, Year
from outcomes.raw import EVERYBODY, Box, Median, RawTable, RawTables

_SECONDS_ROUNDED_TO = 10


def count_period(measures: Sequence[Measure], facts: Facts, period: Period) -> RawTables:
    """Count everything that the measures of a release of this period need.

    Each person, or piece of support, counts once in a quarter, that of the day that the measure
    goes by. A quarter
    has counts for whole footprints; a year has the sums of its four quarters, broken down by the
    one axis of each measure, and neither means nor medians. Measures that belong to the other kind
    of release are left out, and so are figures that cannot be counted yet. Raises `BadFactsError`
    where facts contradict each other and `BadMeasureError` where measures or scores do not fit
    together.
    """
    cadence = Cadence.YEAR if isinstance(period, Year) else Cadence.QUARTER
    chosen = tuple(each for each in measures if cadence in each.cadence)
    counted = tuple(each for each in chosen if is_counted(each))
    sorters = sorters_for(counted, measures)
    people = People(facts, period)
    tables = list(_tables(sorters, people))
    figures = figures_of(counted, sorters, by_group=cadence is Cadence.YEAR)
    return RawTables(
        period,
        chosen,
        tables=tables,
        rows=figures.rows,
        counts=figures.counts,
        rates=figures.rates,
        means=figures.means,
        medians=tuple(_medians(counted, people, figures)),
        steps=figures.steps,
    )


def is_counted(measure: Measure) -> bool:
    """Say whether there is anything to count for a measure."""
    return not measure.missing and measure.recipe.sorting is not Sorting.COVERAGE


class _Boxed(Protocol):
    @property
    def box(self) -> Box: ...

    @property
    def who(self) -> str: ...


_Unit = TypeVar("_Unit", bound=_Boxed)


@dataclass(slots=True)
class _Tally:
    """Counts the people of one population, for each table that sorts them."""

    population: Population
    shapes: tuple[Shape, ...]
    counts: dict[str, Counter[tuple[Box, str]]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, population: Population, units: Iterable[_Unit], sorters: Sequence[Sorter[_Unit]]
    ) -> _Tally:
        shapes = tuple(shape for each in sorters for shape in each.shapes)
        tally = cls(population, shapes)
        tally.counts = {name: Counter() for name in (population, *(each.name for each in shapes))}
        for unit in _each_once(population, units):
            tally.counts[population][unit.box, EVERYBODY] += 1
            for sorter in sorters:
                for table, label in sorter.places(unit):
                    tally.counts[table][unit.box, label] += 1
        return tally

    def tables(self) -> Iterator[RawTable]:
        yield RawTable(self.population.value, None, (EVERYBODY,), self.counts[self.population])
        for each in self.shapes:
            yield RawTable(each.name, each.parent, each.classes, self.counts[each.name])


def _each_once(population: Population, units: Iterable[_Unit]) -> Iterator[_Unit]:
    """Give all units; raise `BadFactsError` where somebody comes again in the same quarter.

    Every threshold and the whole proof take a count for so many different people.
    """
    seen: set[tuple[str, Quarter]] = set()
    for unit in units:
        place = unit.who, unit.box.quarter
        if place in seen:
            message = f"somebody came twice in a quarter among {population}; count each one once"
            raise BadFactsError(message)
        seen.add(place)
        yield unit


def _tables(sorters: Sorters, people: People) -> Iterator[RawTable]:
    """Count the populations that some measure is about, each with the tables that sort it."""
    for population in sorters.populations:
        yield from _tally(population, sorters, people).tables()


def _tally(population: Population, sorters: Sorters, people: People) -> _Tally:
    match population:
        case Population.ACCEPTED:
            return _Tally.of(population, people.accepted(), sorters.accepted)
        case Population.OPEN:
            return _Tally.of(population, people.open(), ())
        case Population.ASKED_LATER:
            return _Tally.of(population, people.asked_later(), sorters.asked_later)
        case Population.BEGAN:
            return _Tally.of(population, people.began(), sorters.began)
        case Population.PROFESSIONALS_VIEW | Population.CARERS_VIEW:
            return _Tally.of(population, people.viewed(population), sorters.viewed[population])
        case Population.HEARD:
            return _Tally.of(population, people.heard(), sorters.heard)
        case (
            Population.CLOSED
            | Population.CLOSED_A_QUARTER_AGO
            | Population.CLOSED_THREE_QUARTERS_AGO
        ):
            return _Tally.of(population, people.ended(population), sorters.ended[population])
    assert_never(population)


def _medians(measures: Iterable[Measure], people: People, figures: Figures) -> Iterator[Median]:
    for measure in measures:
        if measure.statistic is Statistic.MEDIAN:
            yield Median(measure, figures.medians[measure.id], _seconds(people))


def _seconds(people: People) -> Mapping[Audience, int]:
    """Give the median of people's own seconds for each footprint, rounded to tens."""
    timed = [
        (each.box.commissioner, each.seconds)
        for each in people.began()
        if each.completed and each.seconds is not None
    ]
    found = {}
    for audience in Audience:
        seconds = [length for commissioner, length in timed if audience.sees(commissioner)]
        if seconds:
            tens = round(median(seconds) / _SECONDS_ROUNDED_TO)
            found[audience] = tens * _SECONDS_ROUNDED_TO
    return found
