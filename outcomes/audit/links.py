"""Writes the unknown counts of releases down, and what is always true of them; solves nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from outcomes.audit.puzzle import (
    CLOSED_BEFORE,
    HOW_MANY,
    SOMEWHERE,
    Atom,
    Place,
    coarser,
    is_within,
    quarters_about,
    root_of,
)
from outcomes.episode import Axis, Commissioner
from outcomes.ledger import Entry
from outcomes.quarter import Quarter, Year
from outcomes.raw import Box, Part, RawTable

_FOLLOWING = ("open", "accepted")
"""The populations that are looked at in every quarter after one in which few people are."""

Changed: TypeAlias = dict[tuple[str, Commissioner, Quarter], dict[frozenset[str], dict[str, int]]]
"""By table and where, the unknowns for those who came in late or were taken back, by class."""


class Unknowns:
    """The unknown counts of the releases that take part in one puzzle, and their links."""

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
                if root_of(entry, label) in roots
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
        root = root_of(entry, label)
        boxes = {box for table in self.tables[number].values() for box, _, _ in table.entries()}
        used = {
            self._place(number, label, Box(owner, quarter, box.age, box.strand))
            for owner in Commissioner
            for quarter in quarters_about(entry, root)
            for box in boxes or {SOMEWHERE}
        }
        return sorted((each for each in used if self._matters(root, each)), key=str)

    def _matters(self, root: str, place: Place) -> bool:
        """Say whether numbers of a place may differ; all others are taken to be known.

        That is more than an outsider knows. Of the quarters that follow, how many were accepted may
        differ with everything that is shown of them, as whoever is open more or fewer is made up
        for there. To let totals alone differ would be less than an outsider knows: what is shown of
        their parts narrows them, too.
        """
        if self.quarters is None:
            return True
        return place.quarter in self.quarters or (
            root in _FOLLOWING and place.quarter >= min(self.quarters)
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
                if is_within(finer, place):
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
            labels = sorted(self.tables[later], key=partial(self._depth, later))
            for sooner in range(later):
                changed: Changed = {}
                for label in labels:
                    if label in self.tables[sooner] and self._same(sooner, later, label):
                        self._link_table(sooner, later, label, changed)

    def _depth(self, number: int, label: str) -> int:
        """Say how many tables are above one: who is in it follows from them."""
        parent = self.tables[number][label].parent
        return 0 if parent is None else 1 + self._depth(number, parent.table)

    def _same(self, sooner: int, later: int, label: str) -> bool:
        tables = (self.tables[each][label] for each in (sooner, later))
        return len({each.classes for each in tables}) == 1

    def _link_table(self, sooner: int, later: int, label: str, changed: Changed) -> None:
        parent = self.tables[later][label].parent
        spots = {(place.commissioner, place.quarter) for place in self.at.get((sooner, label), {})}
        for owner, quarter in sorted(spots, key=str):
            before = self._in(sooner, label, owner, quarter)
            after = self._in(later, label, owner, quarter)
            above: dict[str, list[int]] = {}
            if parent is not None:
                for classes, kinds in changed.get((parent.table, owner, quarter), {}).items():
                    if parent.label in classes:
                        for kind, index in kinds.items():
                            above.setdefault(kind, []).append(index)
            if before and after:
                changed[label, owner, quarter] = self._link_spot(before, after, above)

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
        above: Mapping[str, Sequence[int]],
    ) -> dict[frozenset[str], dict[str, int]]:
        """Say that only late answers, and those taken back, make two releases differ.

        How many there are of the whole population is taken to be known, and in a further table as
        many more or fewer as in the class that it sorts (`above`); what they said is not. Gives the
        unknowns that were made, by class.
        """
        coarse = coarser([each for each, _ in before], [each for each, _ in after])
        nets: list[tuple[dict[int, int], int]] = []
        for classes in coarse:
            link = {index: 1 for each, index in after if each <= classes}
            link.update({index: -1 for each, index in before if each <= classes})
            nets.append((link, sum(sign * self.truth[index] for index, sign in link.items())))
        found: dict[frozenset[str], dict[str, int]] = {}
        if above or (len(coarse) > 1 and any(net for _, net in nets)):
            template = self.atoms[before[0][1]]
            for kind, sign in (("late", -1), ("back", 1)):
                total = dict.fromkeys(above.get(kind, ()), -1)
                for classes, (link, net) in zip(coarse, nets, strict=True):
                    changed = max(0, -sign * net)
                    index = self._new(template._replace(classes=classes, kind=kind), changed)
                    link[index] = sign
                    total[index] = 1
                    found.setdefault(classes, {})[kind] = index
                self.links.append(total)
        self.links.extend(link for link, _ in nets)
        return found

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
            if (owner, quarter.preceding) in opened:
                link[opened[owner, quarter.preceding]] = -1
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
