"""Keeps every difference from the truth that was found to fit, and what it changes.

It checks by integer arithmetic and asks no solver.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.audit.moves import parts_of
from outcomes.audit.outsiders import COUNCILS, PUBLIC, TOLD, bits_of
from outcomes.audit.puzzle import HOW_MANY, Atom, System, columns_of
from outcomes.episode import Commissioner
from outcomes.errors import OutcomesError
from outcomes.ledger import Kept, KeptCount
from outcomes.scenario import Finding, Scenario

if TYPE_CHECKING:
    from scipy.sparse import csc_array

Integers = NDArray[np.int64]
Counts = NDArray[np.int32]
Flags = NDArray[np.bool_]

_BATCH = 4_000
_PAIRED = 40


class ReadWronglyError(OutcomesError):
    """The true counts do not fit what was shown: the audit reads a figure wrongly."""


class Pool:
    """One system, and every difference found so far that fits it."""

    def __init__(self, system: System) -> None:
        """Check that the truth fits, and begin with the truth itself."""
        self.system = system
        if (system.low > 0).any() or (system.high < 0).any():
            message = f"the figures of {system.name} do not fit what was counted; nothing goes out"
            raise ReadWronglyError(message)
        self.owner = np.array(
            [tuple(Commissioner).index(each.place.commissioner) for each in system.atoms], np.int64
        )
        self.changes: list[dict[int, int]] = []
        # A row for each count: how far it can go is looked up more often than anything is added.
        self.values: Counts = np.zeros((len(system.targets), 0), np.int32)
        self.owners: Integers = np.zeros(0, np.int64)
        self.told: Flags = np.zeros(0, np.bool_)
        self.anchored: Flags = np.zeros(0, np.bool_)
        self.findings: list[Finding] = []
        self.found: set[int] = set()
        self.held: list[tuple[Scenario, Integers, Integers, Integers]] = []
        self.questions = self.solved = 0
        self.add([{}])

    # --- differences that fit ---------------------------------------------------------

    def add_each(self, changes: Iterable[dict[int, int]]) -> list[dict[int, int]]:
        """Keep each difference once that fits, and give back those that do not."""
        once = list({tuple(sorted(each.items())): each for each in changes}.values())
        misfits = []
        for batch in _batched(once, _BATCH):
            kept = set(self.add(batch).tolist())
            misfits += [each for number, each in enumerate(batch) if number not in kept]
        return misfits

    def add(self, changes: Sequence[dict[int, int]], *, best_only: bool = False) -> Integers:
        """Keep those differences that fit everything, by integer arithmetic; give their numbers.

        With `best_only` only those that move some count further than any that is kept already.
        """
        deltas, kept = self._fitting(changes)
        system = self.system
        small = (system.small @ deltas).toarray() <= system.small_high[:, None]
        owners = np.zeros(len(kept), np.int64)
        for number in range(len(Commissioner)):
            touched = abs(deltas[self.owner == number]).sum(axis=0) > 0
            owners += (1 << number) * touched
        found = (
            (system.aims @ deltas).toarray(order="C").astype(np.int32),
            owners,
            small.all(axis=0),
            abs(system.anchors @ deltas).sum(axis=0) == 0,
        )
        if best_only:
            chosen = self._best(*found)
            found = (
                np.take(found[0], chosen, axis=1),
                found[1][chosen],
                found[2][chosen],
                found[3][chosen],
            )
            kept = kept[chosen]
        self.changes.extend(changes[each] for each in kept)
        self.values = np.hstack([self.values, found[0]])
        self.owners = np.concatenate([self.owners, found[1]])
        self.told = np.concatenate([self.told, found[2]])
        self.anchored = np.concatenate([self.anchored, found[3]])
        return kept

    def _fitting(self, changes: Sequence[dict[int, int]]) -> tuple[csc_array, Integers]:
        """Give those differences that fit, as columns, and their numbers."""
        system = self.system
        deltas = columns_of(changes, len(system.atoms))
        fits = ~_columns_with(deltas, system.truth[deltas.indices] + deltas.data < 0)
        fits &= abs(system.links @ deltas).sum(axis=0) == 0
        deltas, kept = deltas[:, fits], np.flatnonzero(fits)
        # What does not change fits, as the truth does: only what changes is looked at.
        shown = (system.rows @ deltas).tocsc()
        least, most = system.low[shown.indices], system.high[shown.indices]
        fits = ~_columns_with(shown, (shown.data < least) | (shown.data > most))
        return deltas[:, fits], kept[fits]

    def _best(self, values: Counts, owners: Integers, told: Flags, anchored: Flags) -> Integers:
        """Give the differences that move a count further, for some outsider, than any before."""
        best: set[int] = set()
        for scenario in (*COUNCILS, PUBLIC, *TOLD):
            for by_anchor in (True, False):
                fits = (owners & bits_of(scenario)) == 0
                fits &= told if scenario.told else True
                fits &= anchored if by_anchor else True
                among = np.flatnonzero(fits)
                if not len(among):
                    continue
                open_to = self.open_to(scenario, anchored=by_anchor)
                before = np.take(self.values, np.flatnonzero(open_to), axis=1)
                here = np.take(values, among, axis=1)
                more = here.max(axis=1) > before.max(axis=1)
                less = here.min(axis=1) < before.min(axis=1)
                best.update(among[here.argmax(axis=1)[more]].tolist())
                best.update(among[here.argmin(axis=1)[less]].tolist())
        return np.array(sorted(best), np.int64)

    def add_in_batches(self, changes: Iterable[dict[int, int]]) -> None:
        """Begin with what is easily found: it opens most counts and spares the solver."""
        for batch in _batched(changes, _BATCH):
            self.add(batch, best_only=True)

    def open_to(self, scenario: Scenario, *, anchored: bool) -> Flags:
        """Mark the differences that agree with what this outsider knows."""
        fits = (self.owners & bits_of(scenario)) == 0
        if scenario.told:
            fits &= self.told
        if anchored:
            fits &= self.anchored
        return np.asarray(fits, np.bool_)

    def balanced(
        self, shared: int, scenario: Scenario, *, anchored: bool
    ) -> Iterator[dict[int, int]]:
        """Give pairs of known differences that together leave a count as it is: the shortest."""
        fits = np.flatnonzero(self.open_to(scenario, anchored=anchored))
        values = self.values[shared, fits]
        by_length = sorted(range(len(fits)), key=lambda each: len(self.changes[fits[each]]))
        for size in sorted({int(each) for each in abs(values)} - {0}):
            more = [fits[each] for each in by_length if values[each] == size][:_PAIRED]
            less = [fits[each] for each in by_length if values[each] == -size][:_PAIRED]
            for one, other in product(more, less):
                change = Counter(self.changes[one])
                change.update(self.changes[other])
                yield {index: value for index, value in change.items() if value}

    def named(self) -> list[dict[Atom, int]]:
        """Give the differences found, by what they are about rather than by number."""
        atoms = self.system.atoms
        return [{atoms[index]: value for index, value in each.items()} for each in self.changes]

    def kept(self) -> Iterator[Kept]:
        """Give the differences that claims rest on.

        Of how many there are, whole: what was made good in another quarter belongs to it. Else as
        far as they are about the newest release, apart where they have nothing to do with another.
        """
        system = self.system
        used = {int(each) for _, _, lows, highs in self.held for each in (*lows, *highs)}
        newest = max((each.entry for each in system.atoms), default=0)
        for number in sorted(used):
            change = self.changes[number]
            whole = system.name == HOW_MANY
            for part in [change] if whole else parts_of(system, change):
                found = tuple(
                    self._kept_count(system.atoms[index], people, newest)
                    for index, people in part.items()
                    if whole
                    or (system.atoms[index].entry == newest and not system.atoms[index].kind)
                )
                if found:
                    yield found

    def _kept_count(self, atom: Atom, people: int, newest: int) -> KeptCount:
        place = atom.place
        return KeptCount(
            atom.table,
            place.commissioner,
            place.quarter,
            atom.classes,
            people,
            "" if atom.entry == newest else self.system.releases[atom.entry],
            place.age,
            place.strand,
            atom.kind,
        )

    def recall(self, known: Sequence[dict[Atom, int]]) -> None:
        """Take differences of an earlier audit up; classes may have been merged since."""
        at: dict[tuple[object, ...], list[tuple[frozenset[str], int]]] = {}
        for index, atom in enumerate(self.system.atoms):
            place = (atom.entry, atom.table, atom.place, atom.kind)
            at.setdefault(place, []).append((atom.classes, index))
        changes = []
        for each in known:
            change: dict[int, int] = {}
            for atom, value in each.items():
                place = (atom.entry, atom.table, atom.place, atom.kind)
                for classes, index in at.get(place, []):
                    if atom.classes <= classes:
                        change[index] = change.get(index, 0) + value
            changes.append({index: value for index, value in change.items() if value})
        self.add_each(changes)


def _columns_with(matrix: csc_array, marked: Flags) -> Flags:
    """Mark the columns in which an entry is marked; `marked` is in the order of `matrix.data`."""
    columns = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
    found = np.zeros(matrix.shape[1], np.bool_)
    found[columns[marked]] = True
    return found


def _batched(changes: Iterable[dict[int, int]], size: int) -> Iterator[list[dict[int, int]]]:
    each = iter(changes)
    while batch := list(islice(each, size)):
        yield batch
