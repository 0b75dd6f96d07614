"""Writes populations of one or more releases down as unknowns and what always holds between them.

It reads true counts, so nothing it gives leaves memory. It shares no code with the audit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from outcomes.episode import Commissioner
from outcomes.ledger import Entry
from outcomes.protection.joint import BACK, CASELOAD, LATE, Face, Joint, Unknown, order_of
from outcomes.protection.lines import Line, root_of
from outcomes.protection.parts import Spot, Telling, quarters_in
from outcomes.protection.rounding import behind
from outcomes.quarter import Quarter, Year
from outcomes.raw import Group
from outcomes.scenario import Target

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Weights = dict[int, int]


def joint_of(
    place: tuple[str, bool],
    new: Entry,
    earlier: Sequence[Entry],
    lines: Sequence[Line],
    targets: Collection[Target],
) -> Joint:
    """Write down a place. `targets` are the counts that will be asked about.

    Unless they say how many there are, the outsider is taken to know how many people each
    commissioner has in the population and quarter.
    """
    root, says_how_many = place
    chain = CASELOAD if says_how_many and root in CASELOAD else (root,)
    related = [each for each in earlier if any(_meets(each, new, name) for name in chain)]
    writer = _Writer(chain, (*related, new), targets, is_anchored=not says_how_many)
    return writer.joint([each for each in lines if each.counted.table in writer.tables[-1]])


def _meets(entry: Entry, new: Entry, root: str) -> bool:
    """Say whether an earlier release has the same population about the same quarters.

    Caseloads meet from quarter to quarter.
    """
    if root not in entry.raw.tables:
        return False
    if root == "open":
        return True
    return root in new.raw.tables and bool(quarters_in(entry, root) & quarters_in(new, root))


class _Writer:
    """Writes down some populations of several releases; the new release is the last."""

    def __init__(
        self,
        roots: Sequence[str],
        entries: Sequence[Entry],
        targets: Collection[Target],
        *,
        is_anchored: bool,
    ) -> None:
        self.entries = entries
        self.is_anchored = is_anchored
        self.order = order_of(entries[-1])
        self.tables = [
            {
                name: table
                for name, table in entry.raw.tables.items()
                if root_of(entry.raw, name) in roots
                # Of earlier releases only the caseload itself matters for how many there are.
                and (len(roots) == 1 or entry is entries[-1] or table.parent is None)
            }
            for entry in entries
        ]
        self.telling = Telling(entries, self.tables, targets)
        self.unknowns: list[Unknown] = []
        self.truth: list[int] = []
        self.at: dict[tuple[int, str], dict[Spot, dict[frozenset[str], int]]] = {}
        self.links: list[Weights] = []
        self._add_unknowns()
        self._link_tables()
        self._link_releases()
        if len(roots) > 1:
            self._link_caseloads()

    def _add_unknowns(self) -> None:
        for number, tables in enumerate(self.tables):
            for name, table in tables.items():
                counts: dict[tuple[Spot, str], int] = {}
                for box, label, count in table.entries():
                    spot = (self.telling.spot(name, box), label)
                    counts[spot] = counts.get(spot, 0) + count
                here = self.at.setdefault((number, name), {})
                for spot_ in self.telling.spots(number, name, self.order):
                    here[spot_] = {
                        classes: self._new(
                            Unknown(number, name, spot_, classes),
                            sum(counts.get((spot_, each), 0) for each in classes),
                        )
                        for classes in self.telling.classes(table)
                    }

    def _new(self, unknown: Unknown, truth: int) -> int:
        self.unknowns.append(unknown)
        self.truth.append(truth)
        return len(self.unknowns) - 1

    def _link_tables(self) -> None:
        """Say that each further table is about exactly the people of its parent class."""
        for (number, name), spots in self.at.items():
            parent = self.tables[number][name].parent
            for spot, here in spots.items():
                if parent is not None:
                    link = dict.fromkeys(here.values(), 1)
                    for above, classes in self.at[number, parent.table].items():
                        if above.lies_in(spot):
                            link.update(
                                {classes[each]: -1 for each in classes if parent.label in each}
                            )
                    self.links.append(link)

    def _anchors(self) -> list[Weights]:
        """Say how many people each commissioner has, unless that is what is asked about."""
        found: dict[tuple[int, str, Commissioner, Quarter | None], Weights] = {}
        for (number, name), spots in self.at.items():
            if self.is_anchored and self.tables[number][name].parent is None:
                for spot, here in spots.items():
                    place = (number, name, spot.commissioner, spot.quarter)
                    found.setdefault(place, {}).update(dict.fromkeys(here.values(), 1))
        return list(found.values())

    def _link_releases(self) -> None:
        """Hold a table against the same table of an earlier release, quarter by quarter."""
        for later in range(len(self.entries)):
            for sooner in range(later):
                for name, table in self.tables[later].items():
                    before = self.tables[sooner].get(name)
                    if before is not None and before.classes == table.classes:
                        for owner, quarter in self._shared(sooner, later, name):
                            self._link_spot((sooner, later), name, owner, quarter)

    def _shared(
        self, sooner: int, later: int, name: str
    ) -> list[tuple[Commissioner, Quarter | None]]:
        both = [
            {(spot.commissioner, spot.quarter) for spot in self.at[number, name]}
            for number in (sooner, later)
        ]
        return sorted(both[0] & both[1], key=lambda each: (self.order.index(each[0]), str(each[1])))

    def _link_spot(
        self,
        releases: tuple[int, int],
        name: str,
        owner: Commissioner,
        quarter: Quarter | None,
    ) -> None:
        """Say that only late answers, and those taken back, make the two releases differ.

        How many these are together is taken to be known; what they said is not.
        """
        links: dict[frozenset[str], Weights] = {}
        for number, sign in zip(releases, (-1, 1), strict=True):
            for spot, here in self.at[number, name].items():
                if (spot.commissioner, spot.quarter) == (owner, quarter):
                    for classes, index in here.items():
                        links.setdefault(classes, {})[index] = sign
        changes = {
            classes: sum(sign * self.truth[index] for index, sign in link.items())
            for classes, link in links.items()
        }
        if any(changes.values()):
            spot = next(each for each in self.at[releases[1], name]
                        if (each.commissioner, each.quarter) == (owner, quarter))  # fmt: skip
            for kind, sign in ((LATE, -1), (BACK, 1)):
                new = {
                    classes: self._new(
                        Unknown(releases[1], name, spot, classes, kind), max(0, -sign * change)
                    )
                    for classes, change in changes.items()
                }
                for classes, index in new.items():
                    links[classes][index] = sign
                self.links.append(dict.fromkeys(new.values(), 1))
        self.links.extend(links.values())

    def _link_caseloads(self) -> None:
        """Say that open then = open before + accepted - closed, where these are in releases."""
        opened = {
            (spot.commissioner, spot.quarter): index
            for (_, name), spots in self.at.items()
            if name == "open"
            for spot, here in spots.items()
            for index in here.values()
        }
        for (owner, quarter), index in opened.items():
            link = {index: 1}
            before = opened.get((owner, None if quarter is None else _before(quarter)))
            if before is not None and before != index:
                link[before] = -1
            for number, entry in enumerate(self.entries):
                for name, sign in () if isinstance(entry.raw.period, Year) else _MOVES:
                    for spot, here in self.at.get((number, name), {}).items():
                        if (spot.commissioner, spot.quarter) == (owner, quarter):
                            link.update(dict.fromkeys(here.values(), sign))
            self.links.append(link)

    def joint(self, lines: Sequence[Line]) -> Joint:
        faces = tuple(
            Face(line, owners)
            for line in lines
            for owners in dict.fromkeys(each.footprint.commissioners for each in line.cells)
        )
        last = len(self.entries) - 1
        sums = [
            self._weights(last, face.line.counted.table, face.line.counted.classes,
                          face.commissioners, face.line.counted.group)
            for face in faces
        ]  # fmt: skip
        earlier = list(self._earlier())
        shown = [each for each in earlier if each[1] is not None]
        told = [each for each in earlier if each[1] is None]
        return Joint(
            unknowns=tuple(self.unknowns),
            truth=np.array(self.truth, np.int64),
            owners=np.array([self.order.index(each.spot.commissioner) for each in self.unknowns]),
            links=_matrix(self.links, len(self.unknowns)),
            anchors=_matrix(self._anchors(), len(self.unknowns)),
            earlier=_matrix([each for each, _, _ in shown], len(self.unknowns)),
            earlier_low=np.array([low for _, low, _ in shown], np.int64),
            earlier_high=np.array([high for _, _, high in shown], np.int64),
            told=_matrix([each for each, _, _ in told], len(self.unknowns)),
            told_high=np.array([high for _, _, high in told], np.int64),
            faces=faces,
            sums=_matrix(sums, len(self.unknowns)),
            names=(*(each.name for each in self.entries[:-1]), ""),
        )

    def _weights(
        self,
        number: int,
        table: str,
        classes: frozenset[str],
        owners: Collection[Commissioner],
        group: Group | None,
    ) -> Weights:
        return {
            index: 1
            for spot, here in self.at[number, table].items()
            if spot.commissioner in owners and spot.inside(group)
            for each, index in here.items()
            if each <= classes
        }

    def _earlier(self) -> Iterator[tuple[Weights, int | None, int]]:
        """Give what earlier releases show, as differences; without a lower limit where withheld."""
        for number, entry in enumerate(self.entries[:-1]):
            rules = entry.rules
            for cell, count in entry.published.counts.items():
                row, owners = entry.raw.rows[cell.row], cell.footprint.commissioners
                if row.table not in self.tables[number]:
                    continue
                weights = self._weights(number, row.table, row.classes, owners, row.group)
                truth = entry.raw.count(cell.row, owners)
                if count is not None:
                    low, high = behind(count, rules.threshold, rules.base)
                    yield weights, low - truth, high - truth
                elif truth < rules.threshold:
                    yield weights, None, rules.threshold - 1 - truth


_MOVES = (("accepted", -1), ("closed", 1))


def _before(quarter: Quarter) -> Quarter:
    years, number = divmod(quarter.number - 2, 4)
    return Quarter(quarter.starts + years, number + 1)


def _matrix(rows: Sequence[Mapping[int, int]], size: int) -> csr_array:
    from scipy.sparse import csr_array  # noqa: PLC0415 - slow to import

    ends = np.cumsum([0, *(len(each) for each in rows)])
    where = np.fromiter((index for each in rows for index in each), np.int64)
    what = np.fromiter((value for each in rows for value in each.values()), np.int64)
    return csr_array((what, where, ends), shape=(len(rows), size))
