"""Brings what hid counts of earlier releases into the puzzle of a new one; it checks nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from outcomes.audit.puzzle import Place, System
from outcomes.episode import Commissioner
from outcomes.ledger import Kept
from outcomes.quarter import Quarter

_Change: TypeAlias = dict[int, int]
_Wanted: TypeAlias = list[tuple[frozenset[str], int]]
_Spot: TypeAlias = tuple[str, Commissioner, Quarter]
_OPEN = "open"


def carried_over(system: System) -> Iterator[_Change]:
    """Give what hid counts of earlier releases, as it would be in every release that is here now.

    What a newer release says again of the same people changes there as well, and whoever was open
    more or fewer stays so. Whether it still fits is for the caller to check.
    """
    carrier = _Carrier(system)
    for number, kept in system.kept:
        yield carrier.carry(number, kept)


class _Carrier:
    """The unknowns of one puzzle, by where they stand."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.number = {name: number for number, name in enumerate(system.releases)}
        self.entries = sorted({atom.entry for atom in system.atoms})
        self.exact: dict[tuple[int, str, Place, str], list[int]] = {}
        self.spots: dict[tuple[int, _Spot], list[int]] = {}
        for index, atom in enumerate(system.atoms):
            where = (atom.entry, atom.table, atom.place, atom.kind)
            self.exact.setdefault(where, []).append(index)
            if not atom.kind:
                spot = (atom.table, atom.place.commissioner, atom.place.quarter)
                self.spots.setdefault((atom.entry, spot), []).append(index)

    def carry(self, number: int, kept: Kept) -> _Change:
        """Give a kept difference of the release with this number in the unknowns of this puzzle."""
        change: _Change = {}
        said: dict[_Spot, dict[int, _Wanted]] = {}
        places: dict[tuple[int, str, Place, str], _Wanted] = {}
        for count in kept:
            entry = self.number.get(count.release, number)
            place = Place(count.commissioner, count.quarter, count.age, count.strand)
            places.setdefault((entry, count.table, place, count.kind), []).append(count[3:5])
            if not count.kind:
                spot = (count.table, count.commissioner, count.quarter)
                said.setdefault(spot, {}).setdefault(entry, []).append(count[3:5])
        for where, wanted in places.items():
            here = self.exact.get(where) or self.spots.get((where[0], _spot_of(where)), [])
            self._move(change, here, wanted)
        for spot, by_entry in said.items():
            newest = by_entry[max(by_entry)]
            for entry in self.entries:
                if entry > number:
                    self._move(change, self.spots.get((entry, spot), []), newest)
        self._keep_open(change, kept)
        return change

    def _keep_open(self, change: _Change, kept: Kept) -> None:
        """Let whoever is open more or fewer be so in each later quarter that is not spoken of."""
        shifts: dict[Commissioner, dict[Quarter, int]] = {}
        for count in kept:
            if count.table == _OPEN and not count.kind:
                quarters = shifts.setdefault(count.commissioner, {})
                quarters[count.quarter] = quarters.get(count.quarter, 0) + count.people
        for (_, (table, owner, quarter)), here in self.spots.items():
            spoken = shifts.get(owner, {})
            if table == _OPEN and spoken and quarter > max(spoken):
                change[here[0]] = change.get(here[0], 0) + spoken[max(spoken)]

    def _move(self, change: _Change, here: Sequence[int], wanted: _Wanted) -> None:
        """Take people out of classes and put them into others, in the same places if that goes."""
        system, taken = self.system, list[int]()
        for classes, people in wanted:
            left = -people
            for index in here:
                there = int(system.truth[index]) + change.get(index, 0)
                if left > 0 and there > 0 and classes <= system.atoms[index].classes:
                    out = min(there, left)
                    change[index] = change.get(index, 0) - out
                    left -= out
                    taken.extend([index] * out)
        for classes, people in wanted:
            for _ in range(people):
                near = taken.pop() if taken else None
                into = self._class_at(here, classes, near)
                if into is not None:
                    change[into] = change.get(into, 0) + 1

    def _class_at(
        self, here: Sequence[int], classes: frozenset[str], near: int | None
    ) -> int | None:
        atoms = self.system.atoms
        fits = [index for index in here if classes <= atoms[index].classes]
        for index in fits:
            if near is not None and atoms[index].place == atoms[near].place:
                return index
        return fits[0] if fits else None


def _spot_of(where: tuple[int, str, Place, str]) -> _Spot:
    _, table, place, _ = where
    return table, place.commissioner, place.quarter
