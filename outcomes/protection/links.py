"""Writes the unknowns of releases down and what always holds between them; it reads no figure.

It holds true counts, so nothing it gives leaves memory. It shares no code with the audit.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from outcomes.episode import Commissioner
from outcomes.ledger import Entry
from outcomes.protection.joint import BACK, LATE, Unknown, order_of
from outcomes.protection.lines import root_of
from outcomes.protection.parts import CLOSED_EARLIER, Spot, Telling
from outcomes.quarter import Quarter, Year
from outcomes.scenario import Target

Weights = dict[int, int]
"""Numbers of unknowns with what each counts in a sum."""

_MOVES = (("accepted", -1), ("closed", 1))


class Linked:
    """The unknowns of some populations of several releases; the new release is the last."""

    def __init__(
        self,
        roots: Sequence[str],
        entries: Sequence[Entry],
        targets: Collection[Target],
    ) -> None:
        """Write every unknown and every link down; `targets` are the counts asked about."""
        self.entries = entries
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
        self.changed: dict[
            tuple[tuple[int, int], str, Commissioner, Quarter | None, str],
            dict[frozenset[str], int],
        ] = {}
        self._add_unknowns()
        self._link_tables()
        self._link_releases()
        if len(roots) > 1:
            self._link_caseloads()
            self._link_closed()

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

    def _link_releases(self) -> None:
        """Hold a table against the same table of an earlier release, quarter by quarter."""
        for later in range(len(self.entries)):
            for sooner in range(later):
                for name in sorted(self.tables[later], key=partial(self._depth, later)):
                    table = self.tables[later][name]
                    before = self.tables[sooner].get(name)
                    if before is not None and before.classes == table.classes:
                        for owner, quarter in self._shared(sooner, later, name):
                            self._link_spot((sooner, later), name, owner, quarter)

    def _depth(self, number: int, name: str) -> int:
        """Say how many tables are above one: who is in it follows from them."""
        parent = self.tables[number][name].parent
        return 0 if parent is None else 1 + self._depth(number, parent.table)

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

        How many these are of a population is taken to be known, and in a further table as many more
        or fewer as in the class that it sorts; what they said is not.
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
        above = self._changed_above(releases, name, owner, quarter)
        if above or any(changes.values()):
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
                self.changed[releases, name, owner, quarter, kind] = new
                self.links.append(dict.fromkeys(new.values(), 1) | above.get(kind, {}))
        self.links.extend(links.values())

    def _changed_above(
        self,
        releases: tuple[int, int],
        name: str,
        owner: Commissioner,
        quarter: Quarter | None,
    ) -> dict[str, Weights]:
        """Give those who came in late, or were taken back, of the class that a table sorts."""
        parent = self.tables[releases[1]][name].parent
        found: dict[str, Weights] = {}
        if parent is None:
            return found
        for kind in (LATE, BACK):
            new = self.changed.get((releases, parent.table, owner, quarter, kind), {})
            weights = {new[each]: -1 for each in new if parent.label in each}
            if weights:
                found[kind] = weights
        return found

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
            before = opened.get((owner, None if quarter is None else quarter.preceding))
            if before is not None and before != index:
                link[before] = -1
            for name, sign in _MOVES:
                link.update(self._in_its_quarter(name, owner, quarter, sign))
            self.links.append(link)

    def _link_closed(self) -> None:
        """Say that those who are looked at again later are those who were counted as closed."""
        for (number, name), spots in self.at.items():
            if name not in CLOSED_EARLIER:
                continue
            for owner, quarter in {(each.commissioner, each.quarter): None for each in spots}:
                closed = self._in_its_quarter("closed", owner, quarter, -1)
                if quarter is not None and closed:
                    self.links.append(self._of_spot(number, name, owner, quarter, 1) | closed)

    def _in_its_quarter(
        self, name: str, owner: Commissioner, quarter: Quarter | None, sign: int
    ) -> Weights:
        """Give the people of a population as the releases of single quarters have them."""
        found: Weights = {}
        for number, entry in enumerate(self.entries):
            if not isinstance(entry.raw.period, Year):
                found |= self._of_spot(number, name, owner, quarter, sign)
        return found

    def _of_spot(
        self, number: int, name: str, owner: Commissioner, quarter: Quarter | None, sign: int
    ) -> Weights:
        return {
            index: sign
            for spot, here in self.at.get((number, name), {}).items()
            if (spot.commissioner, spot.quarter) == (owner, quarter)
            for index in here.values()
        }
