"""Writes releases down as an outsider sees them: unknown counts, and what each figure says of them.

It solves nothing, and it must not read how figures were protected: only what was shown in the end.

Everything is written as a difference from the truth, so that "nothing is different" always fits.
Tables of several releases about the same people meet in links: between a quarter and its year the
outsider is taken to know exactly how many answers came in late and how many were taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from outcomes.audit.backwards import Weighing, count_behind, weighings_behind, weight
from outcomes.episode import AgeBand, Axis, Commissioner, Strand
from outcomes.ledger import Entry, Kept
from outcomes.measures.measure import Sensitivity
from outcomes.quarter import Quarter, Year
from outcomes.raw import Box, Group, Mean, Part, Rate, RawTable, Row
from outcomes.scenario import Target

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

GROUPS = tuple(
    frozenset(group) for size in (1, 2, 3) for group in combinations(tuple(Commissioner), size)
)
"""Every set of commissioners: what is left when one subtracts a footprint from another."""

CLOSED_BEFORE = ("closed-1-quarter-ago", "closed-3-quarters-ago")
"""Populations that are the same people as `closed` in the release of an earlier quarter."""

_QUARTERS_BACK = {"closed-1-quarter-ago": 1, "closed-3-quarters-ago": 3}

CHAIN = ("open", "accepted", "closed", *CLOSED_BEFORE)
"""The populations that meet in one identity: open then = open before + accepted - closed."""

HOW_MANY = "how many there are"
"""The system in which numbers of whole populations are looked at, of all releases together."""


_SOMEWHERE = Box(Commissioner.OTHER, Quarter(2000, 1), AgeBand.NOT_KNOWN, Strand.DIRECT)


class Place(NamedTuple):
    """A box as far as the figures of a release tell boxes apart; None where they do not."""

    commissioner: Commissioner
    quarter: Quarter
    age: str | None
    strand: str | None


class Atom(NamedTuple):
    """One unknown: the people of some classes of a table, in one place, as one release has them.

    `kind` is "" for people; "late" and "back" are those who came in after an earlier release, and
    those who were taken back.
    """

    entry: int
    table: str
    place: Place
    classes: frozenset[str]
    kind: str = ""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class System:
    """Unknown counts and everything that was ever published about them, as differences.

    `rows` times a difference must lie between `low` and `high`; `links` times it must be 0;
    `anchors` (how many people there are by commissioner and quarter) must be 0 unless a target is
    `free`. `small` and `small_high` are what somebody knows who was told which
    withheld counts are small. `aims` adds a difference up to the change of each target. `parents`
    names, for each table, the one whose people it sorts further. `kept` are differences that hid a
    count of an earlier release when it was published, with the number of that release.
    """

    name: str
    atoms: tuple[Atom, ...]
    truth: Integers
    rows: csr_array
    low: Floats
    high: Floats
    links: csr_array
    anchors: csr_array
    small: csr_array
    small_high: Floats
    targets: tuple[Target, ...]
    free: NDArray[np.bool_]
    aims: csr_array
    parents: Mapping[str, str]
    kept: tuple[tuple[int, Kept], ...]
    ceiling: int


def systems(new: Entry, earlier: Sequence[Entry]) -> Iterator[System]:
    """Give the puzzles of a release: one for each population, and one for how many there are.

    Earlier releases take part where they have the same table about the same quarters.
    """
    for root in _roots(new):
        related = [each for each in earlier if _overlaps(each, new, root)]
        yield _Builder(root, [*related, new], (root,)).system()
    entries = (*earlier, new)
    quarters = frozenset(quarter for each in entries for quarter in _telling(each))
    if quarters:
        yield _Builder(HOW_MANY, entries, CHAIN, quarters).system()


def _telling(entry: Entry) -> Iterator[Quarter]:
    """Give the quarters for which a release could tell that a population is small."""
    for name in _roots(entry):
        if name in CHAIN and _small_numbers(entry, name):
            yield from _quarters(entry, name)
    for row in entry.raw.rows.values():
        table = entry.raw.tables[row.table]
        if table.parent is None and row.group is None and table.name in CHAIN:
            counts = (table.count(row.classes, group) for group in GROUPS)
            if any(0 < each < entry.rules.threshold for each in counts):
                yield from _quarters(entry, table.name)


def _small_numbers(entry: Entry, root: str) -> frozenset[tuple[Commissioner, Quarter]]:
    """Give where a population has so few people that knowing their number says much of them."""
    found: dict[tuple[Commissioner, Quarter], int] = {}
    for box, _, count in entry.raw.tables[root].entries():
        spot = (box.commissioner, box.quarter)
        found[spot] = found.get(spot, 0) + count
    few = 2 * entry.rules.threshold
    return frozenset(spot for spot, count in found.items() if count < few)


def _roots(entry: Entry) -> tuple[str, ...]:
    return tuple(name for name, table in entry.raw.tables.items() if table.parent is None)


def _quarters(entry: Entry, root: str) -> frozenset[Quarter]:
    """Give the quarters of a population, those it is about even where nobody is in them."""
    found = {box.quarter for box, _, _ in entry.raw.tables[root].entries()}
    period = entry.raw.period
    meant = set(period.quarters if isinstance(period, Year) else (period,))
    for _ in range(_QUARTERS_BACK.get(root, 0)):
        meant = {_before(each) for each in meant}
    return frozenset(found or meant)


def _overlaps(entry: Entry, new: Entry, root: str) -> bool:
    if root not in entry.raw.tables:
        return False
    return bool(_quarters(entry, root) & _quarters(new, root))


class _Row(NamedTuple):
    """What a figure says: weights of unknowns, and the range of their weighted sum."""

    weights: dict[int, int]
    low: float
    high: float


class _Builder:
    """Builds one system from the releases that take part in it."""

    def __init__(
        self,
        name: str,
        entries: Sequence[Entry],
        roots: Collection[str],
        quarters: frozenset[Quarter] | None = None,
    ) -> None:
        """Take the releases, the populations and, for some of them only, the quarters."""
        self.name = name
        self.entries = entries
        self.quarters = quarters
        self.tables = [
            {
                label: table
                for label, table in entry.raw.tables.items()
                if _root_of(entry, label) in roots
            }
            for entry in entries
        ]
        self.axes = [self._axes(number) for number in range(len(entries))]
        self.atoms: list[Atom] = []
        self.truth: list[int] = []
        self.at: dict[tuple[int, str], dict[Place, dict[frozenset[str], int]]] = {}
        self.merged = self._merge_classes()
        self._add_atoms()
        self.links: list[dict[int, int]] = []
        self._link_tables()
        self._link_releases()
        if name == HOW_MANY:
            self._link_caseloads()
            self._link_closed()

    # --- unknowns ---------------------------------------------------------------------

    def _axes(self, number: int) -> dict[str, frozenset[Axis]]:
        """Give by what the figures tell the people of each table apart, beside who pays and when.

        A table is split as finely as it, or any table that sorts its people further, is shown.
        """
        rows = self.entries[number].raw.rows.values()
        found: dict[str, set[Axis]] = {label: set() for label in self.tables[number]}
        for row in rows:
            label: str | None = row.table if row.group and row.table in found else None
            while label is not None and row.group is not None:
                found[label].add(row.group.axis)
                parent = self.tables[number][label].parent
                label = None if parent is None else parent.table
        return {label: frozenset(axes) for label, axes in found.items()}

    def _place(self, number: int, label: str, box: Box) -> Place:
        axes = self.axes[number][label]
        return Place(
            box.commissioner,
            box.quarter,
            box.age.value if Axis.AGE in axes else None,
            box.strand.value if Axis.STRAND in axes else None,
        )

    def _merge_classes(self) -> list[dict[str, tuple[frozenset[str], ...]]]:
        """Merge the classes of each table that no figure of any release here tells apart.

        Where a release shows means of a table, its classes are kept apart by their scores as well.
        """
        signs = self._signs()
        found = []
        for tables, entry in zip(self.tables, self.entries, strict=True):
            shown = {cell.row for cell, mean in entry.published.means.items() if mean is not None}
            merged = {}
            for label, table in tables.items():
                means = [
                    each for each in entry.raw.means if each.table == label and each.key in shown
                ]
                groups: dict[object, set[str]] = {}
                for each in table.classes:
                    scores = tuple(mean.scores.get(each) for mean in means)
                    groups.setdefault((tuple(signs[label][each]), scores), set()).add(each)
                merged[label] = tuple(frozenset(classes) for classes in groups.values())
            found.append(merged)
        return found

    def _signs(self) -> dict[str, dict[str, list[object]]]:
        """Give, for each class of each table, in which of the rows of any release it is."""
        signs: dict[str, dict[str, list[object]]] = {}
        for tables, entry in zip(self.tables, self.entries, strict=True):
            parents = {each.parent for each in tables.values()}
            for label, table in tables.items():
                known = signs.setdefault(label, {})
                rows = [row for row in entry.raw.rows.values() if row.table == label]
                for each in table.classes:
                    sign = known.setdefault(each, [])
                    sign.extend(each in row.classes for row in rows)
                    sign.append(Part(label, each) in parents)
        return signs

    def _add_atoms(self) -> None:
        for number, tables in enumerate(self.tables):
            for label, table in tables.items():
                counts = self._counts(number, table)
                for place in self._places(number, label):
                    here = self.at.setdefault((number, label), {}).setdefault(place, {})
                    for classes in self.merged[number][label]:
                        truth = sum(counts.get((place, each), 0) for each in classes)
                        here[classes] = self._new(Atom(number, label, place, classes), truth)

    def _new(self, atom: Atom, truth: int) -> int:
        self.atoms.append(atom)
        self.truth.append(truth)
        return len(self.atoms) - 1

    def _counts(self, number: int, table: RawTable) -> dict[tuple[Place, str], int]:
        found: dict[tuple[Place, str], int] = {}
        for box, label, count in table.entries():
            place = (self._place(number, table.name, box), label)
            found[place] = found.get(place, 0) + count
        return found

    def _places(self, number: int, label: str) -> list[Place]:
        """List the places of a population, whether or not anybody is there.

        Of ages and kinds of support those that anybody in the release has: to leave one out gives
        the outsider more to go on, never less.
        """
        entry = self.entries[number]
        root = _root_of(entry, label)
        boxes = {box for table in self.tables[number].values() for box, _, _ in table.entries()}
        used = {
            self._place(number, label, Box(owner, quarter, box.age, box.strand))
            for owner in Commissioner
            for quarter in _quarters(entry, root)
            for box in boxes or {_SOMEWHERE}
        }
        return sorted((each for each in used if self._matters(root, each)), key=str)

    def _matters(self, root: str, place: Place) -> bool:
        """Say whether numbers of a place may differ; all others are taken to be known."""
        if self.quarters is None:
            return True
        return place.quarter in self.quarters or (
            root == "open" and place.quarter >= min(self.quarters)
        )

    # --- what is always true ----------------------------------------------------------

    def _link_tables(self) -> None:
        """Say that each further table is about exactly the people of its parent class."""
        for number, label, place, here in self._everywhere():
            parent = self.tables[number][label].parent
            if parent is None:
                continue
            link = dict.fromkeys(here.values(), 1)
            for finer, above in self.at[number, parent.table].items():
                if _is_within(finer, place):
                    link.update(
                        (index, -1) for classes, index in above.items() if parent.label in classes
                    )
            self.links.append(link)

    def _everywhere(self) -> Iterator[tuple[int, str, Place, dict[frozenset[str], int]]]:
        for (number, label), places in self.at.items():
            for place, here in places.items():
                yield number, label, place, here

    def _link_releases(self) -> None:
        """Say how a table of one release and the same table of a later one hang together."""
        for later in range(len(self.entries)):
            for sooner in range(later):
                for label in self.tables[later]:
                    if label in self.tables[sooner] and self._same(sooner, later, label):
                        self._link_table(sooner, later, label)

    def _same(self, sooner: int, later: int, label: str) -> bool:
        tables = (self.tables[each][label] for each in (sooner, later))
        return len({each.classes for each in tables}) == 1

    def _link_table(self, sooner: int, later: int, label: str) -> None:
        spots = {(place.commissioner, place.quarter) for place in self.at.get((sooner, label), {})}
        for owner, quarter in sorted(spots, key=str):
            before = self._in(sooner, label, owner, quarter)
            after = self._in(later, label, owner, quarter)
            if before and after:
                self._link_spot(before, after)

    def _in(
        self, number: int, label: str, owner: Commissioner, quarter: Quarter
    ) -> list[tuple[frozenset[str], int]]:
        return [
            (classes, index)
            for place, here in self.at.get((number, label), {}).items()
            if (place.commissioner, place.quarter) == (owner, quarter)
            for classes, index in here.items()
        ]

    def _link_spot(
        self,
        before: list[tuple[frozenset[str], int]],
        after: list[tuple[frozenset[str], int]],
    ) -> None:
        coarse = _coarser([each for each, _ in before], [each for each, _ in after])
        nets: list[tuple[dict[int, int], int]] = []
        for classes in coarse:
            link = {index: 1 for each, index in after if each <= classes}
            link.update({index: -1 for each, index in before if each <= classes})
            nets.append((link, sum(sign * self.truth[index] for index, sign in link.items())))
        if len(coarse) > 1 and any(net for _, net in nets):
            template = self.atoms[before[0][1]]
            for kind, sign in (("late", -1), ("back", 1)):
                total: dict[int, int] = {}
                for classes, (link, net) in zip(coarse, nets, strict=True):
                    changed = max(0, -sign * net)
                    index = self._new(template._replace(classes=classes, kind=kind), changed)
                    link[index] = sign
                    total[index] = 1
                self.links.append(total)
        self.links.extend(link for link, _ in nets)

    def _link_caseloads(self) -> None:
        """Say that open then = open before + accepted - closed, quarter after quarter.

        What was open before an earlier release, and every number that is not looked at here, is
        taken to be known.
        """
        opened = {
            (place.commissioner, place.quarter): index
            for _, label, place, here in self._everywhere()
            if label == "open"
            for index in here.values()
        }
        for (owner, quarter), index in opened.items():
            link = {index: 1}
            if (owner, _before(quarter)) in opened:
                link[opened[owner, _before(quarter)]] = -1
            for label, sign in (("accepted", -1), ("closed", 1)):
                link.update(self._latest(label, owner, quarter, sign))
            self.links.append(link)

    def _link_closed(self) -> None:
        """Say that those who are looked at again later are those who were counted as closed."""
        for (number, label), places in self.at.items():
            if label not in CLOSED_BEFORE:
                continue
            for owner, quarter in sorted({(each[0], each[1]) for each in places}, key=str):
                link = {index: 1 for _, index in self._in(number, label, owner, quarter)}
                before = self._latest("closed", owner, quarter, -1)
                if before:
                    self.links.append(link | before)

    def _latest(
        self, label: str, owner: Commissioner, quarter: Quarter, sign: int
    ) -> dict[int, int]:
        """Give the people of a population as the quarter's own release had them."""
        for number, entry in enumerate(self.entries):
            if not isinstance(entry.raw.period, Year):
                found = self._in(number, label, owner, quarter)
                if found:
                    return {index: sign for _, index in found}
        return {}

    # --- what was published -----------------------------------------------------------

    def _weights(
        self,
        number: int,
        label: str,
        owners: Collection[Commissioner],
        group: Group | None,
        weigh: Callable[[frozenset[str]], int],
        quarters: Collection[Quarter] | None = None,
    ) -> dict[int, int]:
        found = {}
        for place, here in self.at.get((number, label), {}).items():
            if place.commissioner not in owners or not _inside(place, group):
                continue
            if quarters is not None and place.quarter not in quarters:
                continue
            for classes, index in here.items():
                value = weigh(classes)
                if value:
                    found[index] = value
        return found

    def _of(self, number: int, row: Row, owners: Collection[Commissioner]) -> dict[int, int]:
        return self._weights(number, row.table, owners, row.group, partial(_whether, row.classes))

    def _shown(self) -> Iterator[_Row]:
        for number, entry in enumerate(self.entries):
            for cell, count in sorted(entry.published.counts.items()):
                row = entry.raw.rows[cell.row]
                if row.table not in self.tables[number]:
                    continue
                span = count_behind(count, entry.rules)
                if span.low <= 0 and span.high == inf:
                    continue
                weights = self._of(number, row, cell.footprint.commissioners)
                truth = entry.raw.count(cell.row, cell.footprint.commissioners)
                yield _Row(weights, span.low - truth, span.high - truth)
            yield from self._shown_means(number, entry)

    def _shown_means(self, number: int, entry: Entry) -> Iterator[_Row]:
        for mean in entry.raw.means:
            if mean.table not in self.tables[number]:
                continue
            for cell, shown in sorted(entry.published.means.items()):
                if cell.row != mean.key or shown is None:
                    continue
                n = entry.published.counts[type(cell)(mean.n, cell.footprint)]
                if n is None:
                    continue
                scale = mean.measure.scale
                for weighing, span in weighings_behind(shown, n, scale):
                    weights = self._weights(
                        number,
                        mean.table,
                        cell.footprint.commissioners,
                        None,
                        partial(_weighed, mean, weighing),
                    )
                    truth = sum(value * self.truth[index] for index, value in weights.items())
                    yield _Row(weights, span.low - truth, span.high - truth)

    def _small(self) -> Iterator[_Row]:
        for number, entry in enumerate(self.entries):
            for cell, count in sorted(entry.published.counts.items()):
                row = entry.raw.rows[cell.row]
                if count is not None or row.table not in self.tables[number]:
                    continue
                truth = entry.raw.count(cell.row, cell.footprint.commissioners)
                if truth < entry.rules.threshold:
                    weights = self._of(number, row, cell.footprint.commissioners)
                    yield _Row(weights, -np.inf, entry.rules.threshold - 1 - truth)

    # --- what must stay hidden --------------------------------------------------------

    def _targets(self) -> Iterator[tuple[Target, dict[int, int], bool]]:
        seen: dict[tuple[object, ...], tuple[Target, dict[int, int], bool]] = {}
        for number, entry in enumerate(self.entries):
            name = "" if entry is self.entries[-1] else entry.name
            for target in _Candidates(entry, self.tables[number], name):
                weights = self._weights(
                    number,
                    target.table,
                    target.commissioners,
                    target.group,
                    partial(_whether, target.classes),
                    target.quarters,
                )
                place = (number, target.table, target.classes, target.commissioners, target.group)
                known = seen.get(place)
                if weights and (known is None or known[0].width < target.width):
                    seen[place] = (target, weights, self._is_free(number, target))
        yield from seen.values()
        yield from self._late()

    def _late(self) -> Iterator[tuple[Target, dict[int, int], bool]]:
        """Give the few answers that came in late, or were taken back, between two releases."""
        for index, atom in enumerate(self.atoms):
            threshold = self.entries[atom.entry].rules.threshold
            if atom.kind and 0 < self.truth[index] < threshold:
                target = Target(
                    f"{atom.kind} answers",
                    atom.table,
                    atom.classes,
                    frozenset({atom.place.commissioner}),
                    frozenset({atom.place.quarter}),
                    None,
                    self.truth[index],
                    1,
                    1,
                )
                yield target, {index: 1}, self.name not in CHAIN

    # --- all together -----------------------------------------------------------------

    def system(self) -> System:
        shown = [each for each in self._shown() if each.weights]
        small = [each for each in self._small() if each.weights]
        targets = list(self._targets())
        anchors: dict[tuple[int, str, Commissioner, Quarter], dict[int, int]] = {}
        for number, label, place, here in self._everywhere():
            if self.tables[number][label].parent is None:
                spot = (number, label, place.commissioner, place.quarter)
                anchors.setdefault(spot, {}).update(dict.fromkeys(here.values(), 1))
        size = len(self.atoms)
        return System(
            name=self.name,
            atoms=tuple(self.atoms),
            truth=np.array(self.truth, np.int64),
            rows=_matrix([each.weights for each in shown], size),
            low=np.array([each.low for each in shown], np.float64),
            high=np.array([each.high for each in shown], np.float64),
            links=_matrix(self.links, size),
            anchors=_matrix(list(anchors.values()), size),
            small=_matrix([each.weights for each in small], size),
            small_high=np.array([each.high for each in small], np.float64),
            targets=tuple(target for target, _, _ in targets),
            free=np.array([free for _, _, free in targets], np.bool_),
            aims=_matrix([weights for _, weights, _ in targets], size),
            parents={
                label: table.parent.table
                for tables in self.tables
                for label, table in tables.items()
                if table.parent is not None
            },
            kept=tuple(
                (number, each)
                for number, entry in enumerate(self.entries[:-1])
                for each in entry.witnesses
            ),
            ceiling=2 * sum(self.truth) + 50,
        )

    def _is_free(self, number: int, target: Target) -> bool:
        """Say whether how many people there are may differ in what hides a target.

        So it is where a target is about such a number, or about so few people that the number says
        much; these are looked at over all releases together. Populations that no later release says
        anything about are free as well.
        """
        root = _root_of(self.entries[number], target.table)
        if root not in CHAIN or (target.table == root and target.group is None):
            return True
        small = _small_numbers(self.entries[number], root)
        return any(
            owner in target.commissioners and quarter in target.quarters for owner, quarter in small
        )


def _whether(wanted: frozenset[str], classes: frozenset[str]) -> int:
    return int(classes <= wanted)


def _weighed(mean: Mean, weighing: Weighing, classes: frozenset[str]) -> int:
    scores = mean.scores.get(next(iter(classes)))
    return 0 if scores is None else weight(weighing, scores, mean.measure.scale)


def _root_of(entry: Entry, label: str) -> str:
    table = entry.raw.tables[label]
    while table.parent is not None:
        table = entry.raw.tables[table.parent.table]
    return table.name


def _before(quarter: Quarter) -> Quarter:
    years, number = divmod(quarter.number - 2, 4)
    return Quarter(quarter.starts + years, number + 1)


def _is_within(finer: Place, coarser: Place) -> bool:
    return all(mine == other or other is None for mine, other in zip(finer, coarser, strict=True))


def _inside(place: Place, group: Group | None) -> bool:
    if group is None:
        return True
    return (place.age if group.axis is Axis.AGE else place.strand) in group.values


def _coarser(
    one: Sequence[frozenset[str]], other: Sequence[frozenset[str]]
) -> list[frozenset[str]]:
    """Give the finest sorting that both sortings are refinements of."""
    found: list[frozenset[str]] = []
    for each in sorted({*one, *other}, key=lambda classes: (-len(classes), sorted(classes))):
        if not any(each <= known for known in found):
            found.append(each)
    return found


class _Candidates:
    """Lists every count of one release that must not become known."""

    def __init__(self, entry: Entry, tables: Mapping[str, RawTable], name: str) -> None:
        self.entry = entry
        self.tables = tables
        self.name = name
        self.quarters = {label: _quarters(entry, _root_of(entry, label)) for label in tables}

    def __iter__(self) -> Iterator[Target]:
        raw, rules = self.entry.raw, self.entry.rules
        rows = [row for row in raw.rows.values() if row.table in self.tables]
        keys = {row.key for row in rows}
        rates = [each for each in raw.rates if {each.numerator, each.denominator} <= keys]
        for owners in GROUPS:
            for row in rows:
                yield from self._small(row.table, row.classes, owners, row.group, rules.width)
            for rate in rates:
                yield from self._told_about_each(rate, owners)
            for label, classes in _steps(self.entry, self.tables):
                yield from self._small(label, classes, owners, None, rules.answer_width)

    def _target(
        self,
        label: str,
        classes: frozenset[str],
        owners: frozenset[Commissioner],
        group: Group | None,
        width: int,
    ) -> Target:
        truth = self.tables[label].count(classes, owners, group)
        inside = min(width, self.entry.rules.insider_width)
        quarters = self.quarters[label]
        return Target(self.name, label, classes, owners, quarters, group, truth, width, inside)

    def _small(
        self,
        label: str,
        classes: frozenset[str],
        owners: frozenset[Commissioner],
        group: Group | None,
        width: int,
    ) -> Iterator[Target]:
        found = self._target(label, classes, owners, group, width)
        if 0 < found.truth < self.entry.rules.threshold:
            yield found

    def _told_about_each(self, rate: Rate, owners: frozenset[Commissioner]) -> Iterator[Target]:
        """Give what a rate would tell: the few not counted, and "none" or "all" of a group."""
        rules = self.entry.rules
        of, counted = (self.entry.raw.rows[each] for each in (rate.denominator, rate.numerator))
        if of.table != counted.table:
            return
        others = of.classes - counted.classes
        yield from self._small(of.table, others, owners, of.group, rules.width)
        everybody = self.tables[of.table].count(of.classes, owners, of.group)
        private = rate.measure.sensitivity is Sensitivity.SENSITIVE
        if not private or not 0 < everybody < rules.class_size:
            return
        for classes in (counted.classes, others):
            none = self._target(of.table, classes, owners, of.group, rules.width)
            if none.truth == 0:
                yield none


def _steps(entry: Entry, tables: Mapping[str, RawTable]) -> Iterable[tuple[str, frozenset[str]]]:
    """Give the people at one step of a scale, and those who rose or fell, where means are shown."""
    shown = {cell.row for cell, mean in entry.published.means.items() if mean is not None}
    for mean in entry.raw.means:
        if mean.table not in tables or mean.key not in shown:
            continue
        found: dict[tuple[str, int], set[str]] = {}
        for each, (first, last) in mean.scores.items():
            moved = (last > first) - (last < first)
            for place in (("first", first), ("last", last), ("moved", moved)):
                found.setdefault(place, set()).add(each)
        for classes in found.values():
            yield mean.table, frozenset(classes)


def _matrix(rows: Sequence[Mapping[int, int]], size: int) -> csr_array:
    from scipy.sparse import csr_array  # noqa: PLC0415 - slow to import

    indptr = np.cumsum([0, *(len(each) for each in rows)])
    indices = np.fromiter((index for each in rows for index in each), np.int64)
    data = np.fromiter((value for each in rows for value in each.values()), np.int64)
    return csr_array((data, indices, indptr), shape=(len(rows), size))
