"""Shows less finely what cannot be protected otherwise, and says so; it judges nothing itself.

Neighbouring ages are put together first, then a measure is not broken down, then it is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from outcomes.episode import AgeBand, Axis, Commissioner
from outcomes.measures.measure import Measure
from outcomes.observation import Role
from outcomes.protection.joint import CASELOAD
from outcomes.protection.lines import root_of
from outcomes.protection.parts import CLOSED_EARLIER, quarters_in
from outcomes.raw import Count, Group, Mean, Median, Rate, RawTables, Row
from outcomes.scenario import Target

Figured: TypeAlias = Count | Rate | Mean | Median
"""What a measure may show."""

_BANDS = tuple(each.value for each in AgeBand)
_LEAST_LINES = 3
"""With fewer lines, putting two together leaves one, which is the total."""
_BECAUSE = "because more would tell something about a few people"
_AXES = {Axis.AGE: "age", Axis.STRAND: "the kind of support"}
_FLOW = "Who answered and who is missing"
_ROLES = {Role.YOUNG_PERSON.value: "young people", Role.CARER.value: "carers"}
_POPULATIONS = {
    "accepted": "support that was accepted",
    "closed": "support that ended",
    "open": "support that was going on",
    "heard": "young people who raised something",
    **dict.fromkeys(CLOSED_EARLIER, "support that ended earlier"),
}
"""What is counted in a population, for tables of which no figure is shown."""


@dataclass(frozen=True, slots=True, repr=False)
class Coarser:
    """Raw tables that say less than before. `said` has, for some titles, what was done, in words.

    What is said later about the same titles takes the place of what was said before. Nothing is
    said of counts that no figure and no line of the flow shows: no reader misses them.
    """

    raw: RawTables
    said: Mapping[str, str]


def coarsened(raw: RawTables, targets: Iterable[Target]) -> Coarser | None:
    """Show less of what some protected counts are about, each table once, and say so.

    `targets` are counts for which no withholding was enough. None where there is no less to show.
    """
    said: dict[str, str] = {}
    is_less = False
    for target in {each.table: each for each in targets}.values():
        found = _coarser(raw, target)
        if found is not None:
            raw, is_less = found.raw, True
            said.update(found.said)
    return Coarser(raw, said) if is_less else None


def titles_about(raw: RawTables, table: str) -> str:
    """Name what counts in a table, for readers: measures, the flow, or whom it is about."""
    keys = {row.key for row in raw.rows.values() if row.table == table}
    root = root_of(raw, table) if table in raw.tables else table
    about = _POPULATIONS.get(root, "people who were asked or answered")
    return _shown_by(raw, keys) or f"How many there are: {about}"


def _shown_by(raw: RawTables, keys: Collection[str]) -> str:
    """Name the measures and the flows that show some rows; empty where nothing shows them."""
    names = {_name(each.measure) for each in _figures(raw) if _rows_of(each) & set(keys)}
    flows = dict.fromkeys(each.flow for each in raw.steps if each.row in keys)
    lines = (_flow_title(raw, each, keys) for each in flows)
    return "; ".join(filter(None, (_titles(raw, names), *lines)))


def _flow_title(raw: RawTables, flow: str, keys: Collection[str]) -> str:
    role = flow.rpartition("/")[2]
    is_whole = all(each.row in keys for each in raw.steps if each.flow == flow)
    return f"{_FLOW} ({_ROLES.get(role, role)}{'' if is_whole else ', some lines'})"


def _coarser(raw: RawTables, target: Target) -> Coarser | None:
    """Show less of the nearest thing that says anything; None where nothing is shown any more."""
    near, far = _circles(raw, target)
    for tables in near:
        found = _less_finely(raw, tables, target) or _left_out(raw, tables)
        if found is not None:
            return found
    for tables in far:
        found = _less_finely(raw, tables, target) or _least_left_out(raw, tables)
        if found is not None:
            return found
    return None


def _circles(raw: RawTables, target: Target) -> tuple[list[list[str]], list[list[str]]]:
    """Give where to look: the table and its population, what hangs together with it, everything.

    A count of an earlier release may be about a population, or quarters, that this one has not: the
    number of open pieces of support follows from those accepted and ended since.
    """
    is_here = target.table in raw.tables and _is_about(raw, target.table, target)
    root = root_of(raw, target.table) if target.table in raw.tables else target.table
    roots = {each: root_of(raw, each) for each in raw.tables}
    own = [each for each in roots if roots[each] == root]
    linked = [each for each in roots if root in CASELOAD and roots[each] in CASELOAD]
    same = [each for each in linked if _is_about(raw, each, target)]
    return [[target.table], own] if is_here else [], [same, linked, list(roots)]


def _is_about(raw: RawTables, table: str, target: Target) -> bool:
    """Say whether a table is about some of the quarters of a count."""
    return bool(quarters_in(raw, root_of(raw, table)) & target.quarters)


def _less_finely(raw: RawTables, tables: Sequence[str], target: Target) -> Coarser | None:
    """Put lines of a breakdown together, or drop it; None where nothing is broken down."""
    rows = [row for row in raw.rows.values() if row.table in tables]
    grouped = [row for row in rows if row.group is not None]
    if target.group is not None:
        same = [row for row in grouped if row.group and row.group.axis is target.group.axis]
        grouped = same or grouped
    if not grouped or not grouped[0].group:
        return None
    axis = grouped[0].group.axis
    names, keys = _closure(raw, [row for row in grouped if row.group and row.group.axis is axis])
    return _merged_ages(raw, names, keys) or _not_broken_down(raw, names, keys, axis)


def _least_left_out(raw: RawTables, tables: Sequence[str]) -> Coarser | None:
    """Leave out the population that says least of those that some tables sort."""
    rows = Counter(root_of(raw, row.table) for row in raw.rows.values() if row.table in tables)
    if not rows:
        return None
    least = min(rows, key=lambda root: (rows[root], root))
    return _left_out(raw, [each for each in tables if root_of(raw, each) == least])


def _closure(
    raw: RawTables, rows: Collection[Row]
) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
    """Give all measures and broken-down rows that hang together with some rows.

    Two figures that share a row must be broken down alike, or one could be subtracted from the
    other.
    """
    keys = {row.key for row in rows}
    names: set[tuple[str, str]] = set()
    while True:
        figures: tuple[Count | Rate, ...] = (*raw.counts, *raw.rates)
        using = [each for each in figures if each.group and keys & _rows_of(each)]
        found = keys.union(*map(_rows_of, using))
        names |= {_name(each.measure) for each in using}
        if found == keys:
            return frozenset(names), frozenset(keys)
        keys = found


def _merged_ages(
    raw: RawTables, names: Collection[tuple[str, str]], keys: Collection[str]
) -> Coarser | None:
    """Put the ages with the fewest people together with their neighbours."""
    groups = {
        row.group
        for row in raw.rows.values()
        if row.key in keys and row.group and row.group.axis is Axis.AGE
    }
    ordered = sorted(groups, key=lambda each: min(map(_BANDS.index, each.values)))
    if len(ordered) < _LEAST_LINES:
        return None
    people = [_people(raw, keys, group) for group in ordered]
    pairs = range(len(ordered) - 1)
    at = min(pairs, key=lambda each: (people[each] + people[each + 1], each))
    pair = (ordered[at], ordered[at + 1])
    whole = Group(Axis.AGE, (*pair[0].values, *pair[1].values))
    renamed = {
        key: f"{key.split('|', maxsplit=1)[0]}|{Axis.AGE.value}={'+'.join(whole.values)}"
        for key in keys
        if raw.rows[key].group in pair
    }
    how = f"ages {_ages(whole)} are shown together, {_BECAUSE}"
    return Coarser(_with_group(raw, renamed, whole), {_titles(raw, names): how})


def _people(raw: RawTables, keys: Collection[str], group: Group) -> int:
    everybody = frozenset(Commissioner)
    return max(raw.count(key, everybody) for key in keys if raw.rows[key].group == group)


def _ages(group: Group) -> str:
    return " and ".join(each.replace("not-known", "not known") for each in group.values)


def _with_group(raw: RawTables, renamed: dict[str, str], whole: Group) -> RawTables:
    """Replace rows of two lines of a breakdown by rows of both together."""

    def moved(key: str | None) -> str | None:
        return None if key is None else renamed.get(key, key)

    rows = {
        renamed.get(row.key, row.key): replace(row, key=renamed[row.key], group=whole)
        if row.key in renamed
        else row
        for row in raw.rows.values()
    }
    counts = dict.fromkeys(
        replace(each, row=renamed[each.row], group=whole) if each.row in renamed else each
        for each in raw.counts
    )
    rates = dict.fromkeys(
        replace(
            each,
            numerator=renamed[each.numerator],
            denominator=renamed.get(each.denominator, each.denominator),
            group=whole,
            eligible=moved(each.eligible),
            paired=moved(each.paired),
        )
        if each.numerator in renamed
        else each
        for each in raw.rates
    )
    return _made(raw, rows=rows.values(), counts=counts, rates=rates)


def _not_broken_down(
    raw: RawTables, names: Collection[tuple[str, str]], keys: Collection[str], axis: Axis
) -> Coarser:
    how = f"not broken down by {_AXES[axis]}, {_BECAUSE}"
    kept = _without(raw, lambda rows: bool(rows & set(keys)), keys)
    return Coarser(kept, {_titles(raw, names): how})


def _left_out(raw: RawTables, tables: Collection[str]) -> Coarser | None:
    """Leave out every measure that counts in these tables, and the lines of the flow."""
    keys = {row.key for row in raw.rows.values() if row.table in tables}
    if not keys:
        return None
    kept = _without(raw, lambda some: bool(some & keys), keys)
    what = _shown_by(raw, keys)
    return Coarser(kept, {what: f"left out, {_BECAUSE}"} if what else {})


def _without(
    raw: RawTables, is_out: Callable[[set[str]], bool], keys: Collection[str]
) -> RawTables:
    """Drop figures by the rows they use, those rows, and measures of which nothing is left."""
    kept = _made(
        raw,
        rows=[each for each in raw.rows.values() if each.key not in keys],
        counts=[each for each in raw.counts if not is_out(_rows_of(each))],
        rates=[each for each in raw.rates if not is_out(_rows_of(each))],
    )
    kept.means = tuple(each for each in raw.means if not is_out(_rows_of(each)))
    kept.medians = tuple(each for each in raw.medians if not is_out(_rows_of(each)))
    kept.steps = tuple(each for each in raw.steps if not is_out({each.row}))
    had, has = ({_name(each.measure) for each in _figures(some)} for some in (raw, kept))
    kept.measures = tuple(each for each in raw.measures if _name(each) not in had - has)
    return kept


def _made(
    raw: RawTables, *, rows: Iterable[Row], counts: Iterable[Count], rates: Iterable[Rate]
) -> RawTables:
    return RawTables(
        raw.period,
        raw.measures,
        tables=raw.tables.values(),
        rows=rows,
        counts=counts,
        rates=rates,
        means=raw.means,
        medians=raw.medians,
        steps=raw.steps,
    )


def _figures(raw: RawTables) -> tuple[Figured, ...]:
    return (*raw.counts, *raw.rates, *raw.means, *raw.medians)


def _rows_of(figure: Figured) -> set[str]:
    names = ("row", "numerator", "denominator", "eligible", "paired", "n")
    found = {getattr(figure, name, None) for name in names}
    return {each for each in found if isinstance(each, str)}


def _name(measure: Measure) -> tuple[str, str]:
    return measure.id, measure.area


def _titles(raw: RawTables, names: Collection[tuple[str, str]]) -> str:
    titles = {
        each.title if each.area == "Total" else f"{each.title} ({each.area})": None
        for each in raw.measures
        if _name(each) in names
    }
    return "; ".join(titles)
