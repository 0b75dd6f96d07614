"""Keeps what a later audit needs of a published release; whoever stores it must lock it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeAlias

from outcomes.episode import AgeBand, Audience, Axis, Commissioner, Strand
from outcomes.errors import OutcomesError
from outcomes.figures import ShownMean
from outcomes.measures.measure import Measure
from outcomes.published import Published
from outcomes.quarter import Quarter, parse_period
from outcomes.raw import (
    Box,
    Cell,
    Group,
    Mean,
    Part,
    Rate,
    RawTable,
    RawTables,
    Row,
)
from outcomes.scenario import Rules

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_FORMAT = 1


class BadLedgerError(OutcomesError):
    """What was kept of a release cannot be read: nothing can be audited against it."""


class KeptCount(NamedTuple):
    """How many people more or fewer there are somewhere in another truth.

    `release` names the release that says so, "" for the one whose ledger this is. `age` and
    `strand` where that one told people apart by them. `kind` is "" for people, "late" and "back"
    for those who came in after an earlier release and those who were taken back.
    """

    table: str
    commissioner: Commissioner
    quarter: Quarter
    classes: frozenset[str]
    people: int
    release: str = ""
    age: str | None = None
    strand: str | None = None
    kind: str = ""


Kept: TypeAlias = tuple[KeptCount, ...]
"""Another truth that would have been shown in the same way, as a difference."""


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One published release as the audit of a later one sees it.

    `name` names the release. `raw` is what was true when it was published: what an insider knew
    then, and what must stay hidden for ever. `witnesses` are other truths that would have been
    shown in the same way, as differences: where to begin when it is audited again.
    """

    name: str
    raw: RawTables
    published: Published
    rules: Rules
    witnesses: tuple[Kept, ...] = ()

    def to_bytes(self) -> bytes:
        """Write it, to be locked: the same entry is always the same bytes."""
        used = {
            _place(measure): measure
            for measure in (
                *(each.measure for each in self.raw.rates),
                *(each.measure for each in self.raw.means),
            )
        }
        number = {place: index for index, place in enumerate(sorted(used))}
        content: dict[str, object] = {
            "format": _FORMAT,
            "name": self.name,
            "period": str(self.raw.period),
            "rules": [getattr(self.rules, each) for each in Rules.__slots__],
            "measures": [_measures().dump_python(used[place], mode="json") for place in number],
            "tables": [_table(each) for each in self.raw.tables.values()],
            "rows": [
                [each.key, each.table, sorted(each.classes), _group(each.group)]
                for each in self.raw.rows.values()
            ],
            "rates": [
                [
                    number[_place(each.measure)],
                    each.numerator,
                    each.denominator,
                    _group(each.group),
                ]
                for each in self.raw.rates
            ],
            "means": [
                [
                    number[_place(each.measure)],
                    each.n,
                    each.table,
                    dict(each.scores),
                    each.level_only,
                ]
                for each in self.raw.means
            ],
            "counts": [[*cell, count] for cell, count in sorted(self.published.counts.items())],
            "shown": [
                [*cell, None if mean is None else _mean(mean)]
                for cell, mean in sorted(self.published.means.items())
            ],
        }
        content["witnesses"] = [
            [[count.table, count.commissioner.value, str(count.quarter), sorted(count.classes),
              *count[4:]]
             for count in each]
            for each in self.witnesses
        ]  # fmt: skip
        text = json.dumps(content, separators=(",", ":"), sort_keys=True)
        return zlib.compress(text.encode(), 6)

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """Read what `to_bytes` wrote. Raises `BadLedgerError`."""
        try:
            content = json.loads(zlib.decompress(stored))
            measures = [_measures().validate_python(each) for each in content["measures"]]
            return cls(
                content["name"],
                _raw(content, measures),
                Published(
                    {Cell(row, Audience(to)): count for row, to, count in content["counts"]},
                    {Cell(row, Audience(to)): _shown(mean) for row, to, mean in content["shown"]},
                ),
                Rules(*content["rules"]),
                tuple(_kept(each) for each in content["witnesses"]),
            )
        except (ValueError, KeyError, TypeError, ArithmeticError, zlib.error) as error:
            message = "what was kept of an earlier release cannot be read; take it from a backup"
            raise BadLedgerError(message) from error


@cache
def _measures() -> TypeAdapter[Measure]:
    from pydantic import TypeAdapter  # noqa: PLC0415 - built once, when a release is made

    return TypeAdapter(Measure)


def _kept(stored: list[list[Any]]) -> Kept:
    return tuple(
        KeptCount(table, Commissioner(who), Quarter.parse(when), frozenset(classes), *rest)
        for table, who, when, classes, *rest in stored
    )


def _place(measure: Measure) -> tuple[str, str, int]:
    return measure.id, measure.area, measure.version


def _group(group: Group | None) -> list[object] | None:
    return None if group is None else [group.axis.value, list(group.values)]


def _table(table: RawTable) -> list[object]:
    entries = sorted(
        [box.commissioner.value, str(box.quarter), box.age.value, box.strand.value, label, count]
        for box, label, count in table.entries()
    )
    parent = None if table.parent is None else [table.parent.table, table.parent.label]
    return [table.name, parent, list(table.classes), entries]


def _mean(mean: ShownMean) -> list[str | None]:
    values = (getattr(mean, each) for each in ShownMean.__slots__)
    return [None if each is None else str(each) for each in values]


def _shown(stored: Iterable[str | None] | None) -> ShownMean | None:
    if stored is None:
        return None
    return ShownMean(*(None if each is None else Decimal(each) for each in stored))  # type: ignore[arg-type] # the first is never None


def _read_group(stored: list[Any] | None) -> Group | None:
    return None if stored is None else Group(Axis(stored[0]), tuple(stored[1]))


def _read_table(stored: list[Any]) -> RawTable:
    name, parent, classes, entries = stored
    counts = {
        (Box(Commissioner(owner), Quarter.parse(quarter), AgeBand(age), Strand(strand)), label): n
        for owner, quarter, age, strand, label, n in entries
    }
    return RawTable(name, None if parent is None else Part(*parent), classes, counts)


def _raw(content: Mapping[str, Any], measures: list[Measure]) -> RawTables:
    return RawTables(
        parse_period(content["period"]),
        measures,
        tables=[_read_table(each) for each in content["tables"]],
        rows=[
            Row(key, table, frozenset(classes), _read_group(group))
            for key, table, classes, group in content["rows"]
        ],
        rates=[
            Rate(measures[which], numerator, denominator, _read_group(group))
            for which, numerator, denominator, group in content["rates"]
        ],
        means=[
            Mean(measures[which], n, table, {k: (a, b) for k, (a, b) in scores.items()}, level)
            for which, n, table, scores, level in content["means"]
        ],
    )
