"""Names what may be published of raw tables: counts, shares, means and the flow; counts nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from outcomes.counting.flow import PAIRED, Path, Stage
from outcomes.counting.shapes import Shape
from outcomes.counting.sorters import Sorters, flow_of, table_of
from outcomes.counting.sorting import ByAnswers
from outcomes.counting.sorting_scores import standings_of
from outcomes.episode import AgeBand, Axis, Strand
from outcomes.errors import BadMeasureError
from outcomes.measures.measure import Measure, Statistic
from outcomes.measures.recipe import Mark
from outcomes.raw import EVERYBODY, Count, Group, Mean, Part, Rate, Row, Step

_NAMED_AFTER_THE_TABLE = {
    Mark.ELIGIBLE,
    Mark.PAIRED,
    Mark.COMPARED,
    Mark.SETTLED_COMPARED,
    Mark.KNOWING_COMPARED,
    Mark.HAD_GOAL,
    Mark.NOTED,
    Mark.GIVEN,
    Mark.SAID,
    Mark.TIMED,
}
"""Marks that several measures share: their rows have a name that no measure's order changes."""

_VALUES = {Axis.AGE: tuple(AgeBand), Axis.STRAND: tuple(Strand)}


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that may be published of some measures. `medians`: measure id to row."""

    rows: tuple[Row, ...]
    counts: tuple[Count, ...]
    rates: tuple[Rate, ...]
    means: tuple[Mean, ...]
    steps: tuple[Step, ...]
    medians: Mapping[str, str]


def figures_of(measures: Sequence[Measure], sorters: Sorters, *, by_group: bool) -> Figures:
    """Name what may be published: for whole footprints, and with `by_group` broken down as well.

    Raises `BadMeasureError` where a recipe asks for people that its table cannot tell, or does not
    fit the kind of figure.
    """
    rows = _Rows(sorters.shapes())
    steps = tuple(step for flow in sorters.flows for step in _steps(rows, flow))
    flows = {each.source.name: each for each in sorters.flows}
    counts: list[Count] = []
    rates: list[Rate] = []
    means: list[Mean] = []
    medians: dict[str, str] = {}
    for measure in measures:
        groups = (None, *_groups(measure)) if by_group else (None,)
        match measure.statistic:
            case Statistic.COUNT:
                counts += (
                    Count(measure, rows.of(measure, Mark.EVERYBODY, group), group)
                    for group in groups
                )
            case Statistic.RATE:
                rates += (_rate(rows, measure, group) for group in groups)
            case Statistic.MEAN_CHANGE:
                means += _means(rows, measure, flows[flow_of(measure)])
            case Statistic.MEDIAN:
                medians[measure.id] = rows.of(measure, measure.recipe.counts, None)
            case Statistic.COVERAGE:
                message = f"measure {measure.id}: its recipe must be to look at shown figures only"
                raise BadMeasureError(message)
            case _:
                assert_never(measure.statistic)
    return Figures(
        tuple(rows.found.values()), tuple(counts), tuple(rates), tuple(means), steps, medians
    )


def _groups(measure: Measure) -> Iterator[Group]:
    if measure.breakdown is not None:
        for value in _VALUES[measure.breakdown]:
            yield Group(measure.breakdown, (value.value,))


def _rate(rows: _Rows, measure: Measure, group: Group | None) -> Rate:
    recipe = measure.recipe
    return Rate(
        measure,
        numerator=rows.of(measure, recipe.counts, group, within=recipe.of),
        denominator=rows.of(measure, recipe.of, group),
        group=group,
        eligible=rows.of(measure, recipe.eligible, group) if recipe.eligible else None,
        paired=rows.of(measure, recipe.compared, group) if recipe.compared else None,
    )


def _means(rows: _Rows, measure: Measure, flow: ByAnswers) -> Iterator[Mean]:
    shape = rows.shapes[table_of(measure)]
    n = rows.of(measure, Mark.COMPARED, None)
    yield Mean(measure, n, shape.name, standings_of(shape))
    if measure.recipe.with_first_only:
        levels = flow.only_first()
        key = f"{measure.id}.{measure.area}.only-first"
        scores = {label: (level, level) for label, level in levels.items()}
        n = rows.named(key, flow.source.name, frozenset(levels), None)
        yield Mean(measure, n, flow.source.name, scores, level_only=True)


def _steps(rows: _Rows, flow: ByAnswers) -> Iterator[Step]:
    name = flow.source.name
    paired = frozenset((PAIRED,))
    reached = {
        Stage.ELIGIBLE: paired | flow.labels(lambda _: True),
        Stage.ASKED: paired | flow.labels(_was_asked),
        Stage.ANSWERED_FIRST: paired | flow.labels(_answered_first),
        Stage.ANSWERED_LAST: paired | flow.labels(_answered_last),
        Stage.PAIRED: paired,
    }
    for stage, classes in reached.items():
        row = rows.named(f"{name}.{stage}", name, classes, None)
        yield Step(name, stage, row, is_reason=False)
    for reason, classes in flow.reasons().items():
        row = rows.named(f"{name}.missing.{reason}", name, classes, None)
        yield Step(name, reason, row, is_reason=True)


def _was_asked(path: Path) -> bool:
    return path.asked


def _answered_first(path: Path) -> bool:
    return path.first


def _answered_last(path: Path) -> bool:
    return path.last


@dataclass(slots=True)
class _Rows:
    """The rows of a release: the same people are one row, whatever figures use it."""

    shapes: Mapping[str, Shape]
    found: dict[tuple[str, frozenset[str], Group | None], Row] = field(default_factory=dict)
    keys: dict[str, Row] = field(default_factory=dict)

    def of(
        self, measure: Measure, mark: Mark, group: Group | None, within: Mark | None = None
    ) -> str:
        """Give the row of a mark of the measure's table, or of its flow; only those `within`."""
        table = self._table(measure, mark)
        classes = self._where(measure, table, mark)
        narrowed = classes
        if within is not None and within is not mark:
            narrowed = classes & self._where(measure, table, within)
        shared = mark in _NAMED_AFTER_THE_TABLE and narrowed == classes
        own = f"{measure.id}.{measure.area}.{'of' if within is None else 'count'}"
        return self.named(f"{table}.{mark.value}" if shared else own, table, narrowed, group)

    def named(self, key: str, table: str, classes: frozenset[str], group: Group | None) -> str:
        """Give the row that counts these people, by this name if they have none yet.

        Everybody of a table is the class of its parent. Raises `BadMeasureError` where a name
        would stand for two rows.
        """
        table, classes = self._highest(table, classes)
        if classes == {EVERYBODY}:
            key = table
        if group is not None:
            whole = self.named(key, table, classes, None)
            key = f"{whole}|{group.axis}={'+'.join(group.values)}"
        row = self.found.setdefault((table, classes, group), Row(key, table, classes, group))
        if self.keys.setdefault(row.key, row) is not row:
            message = f"two different rows would be called {row.key}; give one measure another area"
            raise BadMeasureError(message)
        return row.key

    def _highest(self, table: str, classes: frozenset[str]) -> tuple[str, frozenset[str]]:
        while table in self.shapes and classes == frozenset(self.shapes[table].classes):
            parent: Part = self.shapes[table].parent
            table, classes = parent.table, frozenset((parent.label,))
        return table, classes

    def _table(self, measure: Measure, mark: Mark) -> str:
        own = table_of(measure)
        is_of_flow = mark in (Mark.ELIGIBLE, Mark.PAIRED)
        return flow_of(measure) if is_of_flow else own

    def _where(self, measure: Measure, table: str, mark: Mark) -> frozenset[str]:
        if table not in self.shapes:
            return frozenset((EVERYBODY,))
        if mark is Mark.VALUE:
            return _one_of(self.shapes[table].classes, measure)
        return self.shapes[table].where(mark)


def _one_of(classes: Iterable[str], measure: Measure) -> frozenset[str]:
    if measure.recipe.value not in classes:
        message = f"measure {measure.id} ({measure.area}): {measure.recipe.value!r} is no value"
        raise BadMeasureError(message)
    return frozenset((measure.recipe.value,))
