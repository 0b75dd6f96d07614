"""Counts people: episodes and answers become raw tables; it rounds, hides and publishes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from outcomes.classes import ItemTable
from outcomes.definitions import Measure, Source, Statistic
from outcomes.episode import CloseReason, Commissioner, EpisodeFacts
from outcomes.errors import BadFactsError, BadMeasureError
from outcomes.flow import PAIRED, Contact, Missing, Path, Stage
from outcomes.observation import Asking, AskingOutcome, Observation
from outcomes.pairing import answers_of_the_first_person, closing, opening, pair_up
from outcomes.quarter import Quarter
from outcomes.tables import FLOW, Mean, Rate, RawFamily, RawTable, RawTables, Row, Step

_NOT_REACHED = (AskingOutcome.NOT_ASKED, AskingOutcome.NOT_SUITABLE)
_Record = TypeVar("_Record", Observation, Asking)


def tabulate(
    measures: Sequence[Measure],
    episodes: Iterable[EpisodeFacts],
    observations: Iterable[Observation],
    askings: Iterable[Asking],
    quarter: Quarter,
) -> RawTables:
    """Count everything the measures need, for the support episodes that closed in the quarter.

    Each episode counts once, in the quarter of its closing day. The order of people and their
    pseudonyms make no difference. Raises `BadFactsError` when an episode comes twice and
    `BadMeasureError` when measures or scores do not fit together.
    """
    closed = _closed_in(quarter, episodes)
    answers = _sort(observations, closed)
    asked = _sort(askings, closed)
    families = []
    for source, group in _by_source(measures).items():
        people = [
            _Person(ending, answers.get(key, ()), asked.get(key, ()), source)
            for ending in closed.values()
            for key in [(ending.episode.key, source.instrument, source.role.value)]
        ]
        families.append(_Count(source, group).of(people))
    return RawTables(quarter, measures, families)


@dataclass(frozen=True, slots=True)
class _Ending:
    """A support episode that closed, with what is known of its end."""

    episode: EpisodeFacts
    closed_on: date
    reason: CloseReason


def _closed_in(quarter: Quarter, episodes: Iterable[EpisodeFacts]) -> dict[str, _Ending]:
    found: dict[str, _Ending] = {}
    for each in episodes:
        day, reason = each.closed_on, each.close_reason
        if day is None or reason is None or day not in quarter:
            continue
        if each.key in found:
            message = f"support episode {each.key} came twice; a child would be counted twice"
            raise BadFactsError(message)
        found[each.key] = _Ending(each, day, reason)
    return found


def _sort(
    records: Iterable[_Record], closed: Mapping[str, _Ending]
) -> dict[tuple[str, str, str], list[_Record]]:
    found: dict[tuple[str, str, str], list[_Record]] = {}
    for each in records:
        if each.episode in closed:
            found.setdefault((each.episode, each.instrument, each.role), []).append(each)
    return found


def _by_source(measures: Iterable[Measure]) -> dict[Source, list[Measure]]:
    groups: dict[Source, list[Measure]] = {}
    for each in measures:
        groups.setdefault(each.source, []).append(each)
    names = [source.name for source in groups]
    if len(set(names)) < len(names):
        message = (
            f"measures ask {' and '.join(names)} with different populations, windows or scales; "
            "measures of the same instrument and role must share one source"
        )
        raise BadMeasureError(message)
    return groups


@dataclass(frozen=True, slots=True)
class _Person:
    """One support episode with what the people of one role said and were asked."""

    ending: _Ending
    answers: Sequence[Observation]
    askings: Sequence[Asking]
    source: Source

    @property
    def is_in_population(self) -> bool:
        took_part = any(each.scores for each in self.answers) or any(
            each.outcome not in _NOT_REACHED for each in self.askings
        )
        return self.source.population.holds(self.ending.episode, took_part=took_part)

    def classes(self, tables: Sequence[ItemTable]) -> Iterator[tuple[str, str]]:
        """Give the class of this person in the flow and, when paired, in each further table."""
        ending, windows = self.ending, self.source.windows
        first_days = opening(ending.episode, windows)
        last_days = closing(ending.closed_on, windows)
        answers = answers_of_the_first_person(
            (each for each in self.answers if each.scores), first_days
        )
        if pair_up(answers, (), first_days, last_days, windows.least_gap) is None:
            contact = Contact(self.answers, self.askings, first_days, last_days, ending.reason)
            yield FLOW, contact.path().label
            return
        yield FLOW, PAIRED
        for table in tables:
            yield table.item, table.classify(answers, first_days, last_days)


class _Count:
    """Counts one family: the people of one source, and everything its measures may publish."""

    def __init__(self, source: Source, measures: Sequence[Measure]) -> None:
        self.source = source
        self.measures = measures
        self.tables = self._item_tables()
        self.rows: dict[tuple[str, frozenset[str]], Row] = {}

    def _item_tables(self) -> tuple[ItemTable, ...]:
        found: dict[str, tuple[str, ...]] = {}
        for measure in self.measures:
            if not measure.items:
                continue
            leading, *others = measure.items
            if others and found.get(leading):
                message = f"measure {measure.id}: only one measure may extend the item {leading}"
                raise BadMeasureError(message)
            found[leading] = tuple(others) or found.get(leading, ())
        return tuple(ItemTable(self.source, item, others) for item, others in found.items())

    def of(self, people: Iterable[_Person]) -> RawFamily:
        counts: dict[str, Counter[tuple[Commissioner, str]]] = {
            name: Counter() for name in (FLOW, *(each.item for each in self.tables))
        }
        for person in people:
            if person.is_in_population:
                for table, label in person.classes(self.tables):
                    counts[table][person.ending.episode.commissioner, label] += 1
        paths = Path.every()
        flow = RawTable(FLOW, (PAIRED, *(each.label for each in paths)), counts[FLOW])
        stages = self._stages(paths)
        rates = tuple(self._rates())
        means = tuple(self._means())
        return RawFamily(
            name=self.source.name,
            flow=flow,
            tables=tuple(
                RawTable(each.item, each.labels, counts[each.item]) for each in self.tables
            ),
            steps=(*stages, *self._reasons(paths)),
            rows=tuple(self.rows.values()),
            rates=rates,
            means=means,
        )

    def _row(self, key: str, table: str, classes: Iterable[str]) -> str:
        """Name a row, or give the name of the row that counts the very same people already."""
        counted = frozenset(classes)
        row = Row(f"{self.source.name}.{key}", table, counted)
        return self.rows.setdefault((table, counted), row).key

    def _stages(self, paths: Sequence[Path]) -> tuple[Step, ...]:
        reached: dict[Stage, list[str]] = {
            Stage.ELIGIBLE: [each.label for each in paths],
            Stage.ASKED: [each.label for each in paths if each.asked],
            Stage.ANSWERED_FIRST: [each.label for each in paths if each.first],
            Stage.ANSWERED_LAST: [each.label for each in paths if each.last],
            Stage.PAIRED: [],
        }
        return tuple(
            Step(stage, self._row(stage, FLOW, (PAIRED, *labels)), is_reason=False)
            for stage, labels in reached.items()
        )

    def _reasons(self, paths: Sequence[Path]) -> tuple[Step, ...]:
        return tuple(
            Step(
                reason,
                self._row(
                    f"missing.{reason}",
                    FLOW,
                    (each.label for each in paths if each.missing is reason),
                ),
                is_reason=True,
            )
            for reason in Missing
        )

    def _rates(self) -> Iterator[Rate]:
        by_item = {each.item: each for each in self.tables}
        steps = {
            stage: self.rows[key].key
            for key in self.rows
            for stage in (Stage.ELIGIBLE, Stage.PAIRED)
            if self.rows[key].key.endswith(f".{stage}")
        }
        for measure in self.measures:
            if measure.statistic is not Statistic.RATE:
                continue
            if not measure.items:
                yield Rate(measure, steps[Stage.PAIRED], steps[Stage.ELIGIBLE])
                continue
            table = by_item[measure.items[0]]
            name = f"{measure.id}.{measure.area}"
            base = table.where(measure, event=False)
            event = table.where(measure, event=True)
            denominator = self._row(f"{name}.of", table.item, base)
            yield Rate(measure, self._row(f"{name}.count", table.item, event), denominator)

    def _means(self) -> Iterator[Mean]:
        by_item = {each.item: each for each in self.tables}
        for measure in self.measures:
            if measure.statistic is Statistic.MEAN_CHANGE:
                table = by_item[measure.items[0]]
                scores = {each.label: (each.first, each.last) for each in table.standings}
                n = self._row(f"{measure.id}.{measure.area}.of", table.item, scores)
                yield Mean(measure, n, table.item, scores)
