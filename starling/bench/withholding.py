"""Compares how much is withheld with the least any safe pattern withholds; nobody in it is anybody.

The tables are small ones of made-up people: who pays, how old, what kind of support, what came of
it, with all margins (the shapes of disclosure.md, section 8), small enough for an exact search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from random import Random
from typing import Final

from outcomes.attack import audit
from outcomes.episode import AgeBand, Axis, Commissioner, Strand
from outcomes.errors import ReleaseRefusedError
from outcomes.ledger import Entry
from outcomes.measures.catalogue import MEASURES
from outcomes.measures.measure import Measure, Statistic
from outcomes.protection.gate import hide, rules_of
from outcomes.protection.policy import DFE_C, NHS5, DisclosurePolicy
from outcomes.protection.rounding import first_pass
from outcomes.protection.smallest import smallest_pattern
from outcomes.protection.suppression import Pattern, Suppressor
from outcomes.quarter import Year
from outcomes.raw import EVERYBODY, Box, Count, Group, Part, RawTable, RawTables, Row
from outcomes.scenario import Finding

SEEDS: Final = 50
_YEAR: Final = Year(2026)
_WHO: Final = (30, 55, 15)
_MOST_ROUNDS: Final = 8
_ENOUGH_WORK: Final = 3_000_000
"""When the exact search gives up, in unknowns times questions."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of table: how many ages, kinds of support and results, and how many people."""

    policy: DisclosurePolicy
    ages: int
    strands: int
    results: int
    people: int

    @property
    def name(self) -> str:
        """Name it as the table of shapes does: commissioners, ages, strands, results, people."""
        return (
            f"{self.policy.name} {len(Commissioner)},{self.ages},{self.strands},{self.results} "
            f"n={self.people}"
        )


SHAPES: Final = (
    Shape(NHS5, 2, 2, 2, 120),
    Shape(NHS5, 2, 2, 3, 120),
    Shape(NHS5, 3, 1, 3, 240),
    Shape(NHS5, 2, 1, 2, 60),
    Shape(DFE_C, 1, 1, 3, 120),
)
"""The shapes that are tried in turn, one a seed; exact counts need smaller tables to be searched.

A shape with one kind of support (or one age) is not broken down by it.
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """One table: how many cells it has, and how many are withheld by each.

    `primary` are those too small by themselves, `greedy` what is withheld without any exact search,
    `chosen` what a release would withhold, `least` the fewest that any safe pattern withholds.
    """

    seed: int
    shape: str
    cells: int
    primary: int
    greedy: int
    chosen: int
    least: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """All tables together, summed up.

    `ratio` is `chosen` over `least`, `greedy_ratio` that of the greedy choice. `skipped` says how
    many tables could not be compared: nothing hides them without making them coarser, or the exact
    search gave up.
    """

    tables: tuple[Compared, ...]
    skipped: int
    primary: int
    greedy: int
    chosen: int
    least: int
    ratio: float
    greedy_ratio: float

    def as_dict(self) -> dict[str, object]:
        """Give it as plain values, ready for JSON."""
        return asdict(self)


def compare(
    seeds: int = SEEDS,
    shapes: Sequence[Shape] = SHAPES,
    tell: Callable[[str], None] | None = None,
) -> Comparison:
    """Protect made-up tables as releases are, and find the least that would have been enough."""
    found: list[Compared] = []
    skipped = seed = 0
    while len(found) < seeds and seed < 4 * seeds:
        shape = shapes[seed % len(shapes)]
        one = _compared(seed, shape)
        seed += 1
        if one is None:
            skipped += 1
        else:
            found.append(one)
        if tell is not None:
            tell(f"withheld against the least: {len(found)} of {seeds} tables")
    greedy, chosen, least = (
        sum(getattr(each, name) for each in found) for name in ("greedy", "chosen", "least")
    )
    return Comparison(
        tables=tuple(found),
        skipped=skipped,
        primary=sum(each.primary for each in found),
        greedy=greedy,
        chosen=chosen,
        least=least,
        ratio=_ratio(chosen, least),
        greedy_ratio=_ratio(greedy, least),
    )


def made_up(seed: int, shape: Shape) -> RawTables:
    """Draw the people of one table; the same seed gives the same people."""
    random = Random(seed)  # noqa: S311 - made-up people, no secret
    results = [f"result-{number}" for number in range(shape.results)]
    everybody: dict[tuple[Box, str], int] = {}
    sorted_: dict[tuple[Box, str], int] = {}
    for _ in range(shape.people):
        box = Box(
            random.choices(tuple(Commissioner), _WHO)[0],
            _YEAR.quarters[0],
            random.choices(tuple(AgeBand)[: shape.ages], (3, 5, 2)[: shape.ages])[0],
            random.choices(tuple(Strand)[: shape.strands], (5, 3, 2)[: shape.strands])[0],
        )
        result = random.choices(results, (5, 4, 2)[: shape.results])[0]
        everybody[box, EVERYBODY] = everybody.get((box, EVERYBODY), 0) + 1
        sorted_[box, result] = sorted_.get((box, result), 0) + 1
    tables = (
        RawTable("people", None, (EVERYBODY,), everybody),
        RawTable("results", Part("people", EVERYBODY), results, sorted_),
    )
    rows = tuple(_rows(shape, [("people", EVERYBODY), *(("results", each) for each in results)]))
    like = next(each for each in MEASURES if each.statistic is Statistic.COUNT)
    measures = {name: _measure(like, name) for name in (EVERYBODY, *results)}
    counts = [Count(measures[next(iter(row.classes))], row.key, row.group) for row in rows]
    return RawTables(_YEAR, measures.values(), tables=tables, rows=rows, counts=counts)


def _rows(shape: Shape, counted: Sequence[tuple[str, str]]) -> Iterator[Row]:
    ages = [each.value for each in tuple(AgeBand)[: shape.ages]]
    strands = [each.value for each in tuple(Strand)[: shape.strands]]
    groups: list[Group | None] = [None]
    for axis, values in ((Axis.AGE, ages), (Axis.STRAND, strands)):
        groups.extend(Group(axis, (each,)) for each in values if len(values) > 1)
    for (table, label), group in product(counted, groups):
        suffix = "" if group is None else f"|{group.axis}={group.values[0]}"
        yield Row(f"{label}{suffix}", table, frozenset({label}), group)


def _measure(like: Measure, name: str) -> Measure:
    return replace(like, id=name, title=f"Made up: {name}", outcomes=(), indicators=())


def _compared(seed: int, shape: Shape) -> Compared | None:
    raw = made_up(seed, shape)
    entry = Entry("", raw, first_pass(raw, shape.policy), rules_of(shape.policy))
    try:
        hidden = hide(raw, shape.policy, (), audit)
    except ReleaseRefusedError:
        return None
    greedy, least = _greedy(entry), _least(entry)
    if greedy is None or least is None or hidden.sentences:
        return None
    return Compared(
        seed,
        shape.name,
        len(entry.published.counts),
        _withheld(entry),
        _withheld(greedy),
        _withheld(hidden.entry),
        _withheld(least),
    )


def _greedy(entry: Entry) -> Entry | None:
    """Withhold what each finding needs, one after another, and show again what none asks for."""
    suppressor = Suppressor(entry, ())
    hidden = entry
    for _ in range(_MOST_ROUNDS):
        found = audit(hidden).findings
        if not found:
            suppressor.begin_trying(_ENOUGH_WORK)
            tidied = replace(entry, published=suppressor.published(suppressor.tidied()))
            return hidden if audit(tidied).findings else tidied
        if suppressor.suppress(found):
            return None
        hidden = replace(entry, published=suppressor.published(suppressor.pattern))
    return None


def _least(entry: Entry) -> Entry | None:
    """Search for the safe pattern with the fewest cells, however long it takes within reason."""
    suppressor = Suppressor(entry, ())
    suppressor.weights = {
        line.number: float(len(line.cells))
        for line in suppressor.lines
        if line.number in suppressor.shown
    }

    def shown_with(pattern: Pattern) -> Entry:
        return replace(entry, published=suppressor.published(pattern))

    def findings_of(pattern: Pattern) -> tuple[Finding, ...]:
        return audit(shown_with(pattern)).findings

    suppressor.begin_trying(_ENOUGH_WORK)
    pattern = smallest_pattern(suppressor, findings_of)
    return None if pattern is None else shown_with(pattern)


def _withheld(entry: Entry) -> int:
    return sum(count is None for count in entry.published.counts.values())


def _ratio(chosen: int, least: int) -> float:
    return round(chosen / least, 4) if least else 1.0
