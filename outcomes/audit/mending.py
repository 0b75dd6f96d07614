"""Mends differences that nearly fit; it judges none of them, and asks no solver.

What hid somebody in an earlier release rarely fits a year's figures as it is: a table that only
the year has must follow, and some sums move past a rounding. Small moves elsewhere make up for
that: they never touch what the difference itself moves, as that would only take it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.audit.moves import small_moves
from outcomes.audit.puzzle import System, columns_of
from outcomes.episode import Commissioner
from outcomes.quarter import Quarter

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Change = dict[int, int]

_MOST_STEPS = 30
_MOST_TRIED = 300
_MOST_FOLLOWERS = 400


class Mender:
    """One puzzle, and the small moves that may make up for something in it."""

    def __init__(self, system: System) -> None:
        """Take the puzzle."""
        self.system = system

    # --- what is always true ----------------------------------------------------------

    def completed(self, change: Change) -> Change:
        """Let tables follow that a difference says nothing of, so that what is always true holds.

        Whoever is more or fewer in a class is so in each table that sorts its people further, and
        in each later release that is about them: in the class that leaves the least to follow, and
        among equals in the largest.
        """
        found = dict(change)
        gaps: dict[int, int] = {}
        for index, people in change.items():
            self._follow(gaps, index, people)
        for _ in range(_MOST_FOLLOWERS):
            if not gaps:
                break
            row = min(gaps, key=self._place_of)
            index, weight = self._follower(row, gaps)
            people = -gaps[row] * weight
            found[index] = found.get(index, 0) + people
            self._follow(gaps, index, people)
        return {index: people for index, people in found.items() if people}

    def _follow(self, gaps: dict[int, int], index: int, people: int) -> None:
        for row, weight in self._links_by_unknown[index]:
            gaps[row] = gaps.get(row, 0) + weight * people
            if not gaps[row]:
                del gaps[row]

    def _follower(self, row: int, gaps: Mapping[int, int]) -> tuple[int, int]:
        """Give the unknown of the newest and deepest table that closes a gap best."""

        def left(each: tuple[int, int]) -> tuple[int, int]:
            index, weight = each
            people = -gaps[row] * weight
            more = sum(
                abs(gaps.get(other, 0) + theirs * people) - abs(gaps.get(other, 0))
                for other, theirs in self._links_by_unknown[index]
            )
            return more, -int(self.system.truth[index])

        return min(self._followers[row], key=left)

    def _place_of(self, row: int) -> tuple[int, int, int]:
        """Say when it is a link's turn: older releases and what is sorted first come first."""
        atom = self.system.atoms[self._followers[row][0][0]]
        return atom.entry, self._depth(atom.table), row

    @cached_property
    def _followers(self) -> list[list[tuple[int, int]]]:
        """Give for each link the unknowns that may follow the others of it."""
        found = []
        for row in range(self.system.links.shape[0]):
            weights = self._weights_of(self.system.links, row)
            newest = max(self._turn(index) for index, _ in weights)
            found.append([each for each in weights if self._turn(each[0]) == newest])
        return found

    def _turn(self, index: int) -> tuple[bool, int, int]:
        atom = self.system.atoms[index]
        return not atom.kind, atom.entry, self._depth(atom.table)

    @cached_property
    def _links_by_unknown(self) -> list[list[tuple[int, int]]]:
        turned = self.system.links.T.tocsr()
        return [self._weights_of(turned, index) for index in range(turned.shape[0])]

    @staticmethod
    def _weights_of(matrix: csr_array, row: int) -> list[tuple[int, int]]:
        ends = slice(matrix.indptr[row], matrix.indptr[row + 1])
        return list(zip(matrix.indices[ends].tolist(), matrix.data[ends].tolist(), strict=True))

    def _depth(self, table: str) -> int:
        return len(self.system.path_up(table))

    @cached_property
    def one_more_or_fewer(self) -> list[Change]:
        """By who pays and quarter: one more was accepted and ended there, or one fewer.

        Nobody is open who was not, so no later number speaks of it.
        """
        first: dict[tuple[str, Commissioner, Quarter], int] = {}
        for index, atom in enumerate(self.system.atoms):
            if atom.kind:
                continue
            spot = (atom.table, atom.place.commissioner, atom.place.quarter)
            largest = first.setdefault(spot, index)
            same = self.system.atoms[largest].entry == atom.entry
            if same and self.system.truth[index] > self.system.truth[largest]:
                first[spot] = index
        found = []
        for (table, owner, quarter), index in first.items():
            other = first.get(("closed", owner, quarter))
            if table == "accepted" and other is not None:
                found += [self.completed({index: more, other: more}) for more in (1, -1)]
        return found

    # --- what is shown ----------------------------------------------------------------

    def mended(self, changes: Iterable[Change]) -> Iterator[Change]:
        """Give those differences that small moves can make fit what is shown, with these moves."""
        everybody = {each.value for each in Commissioner}
        for change in changes:
            own = {self._owner(index) for index in change}
            found = self._mend(change, own) or self._mend(change, everybody)
            if found is not None:
                yield found

    def _mend(self, change: Change, whose: set[str]) -> Change | None:
        """Add moves of people of some commissioners; None where that is not enough."""
        system, found = self.system, dict(change)
        if any(system.truth[index] + people < 0 for index, people in found.items()):
            return None
        moved = self._effect(found)
        over = self._over(moved)
        for _ in range(_MOST_STEPS):
            if not over.any():
                return found
            step = self._best_step(found, moved, over, change, whose)
            if step is None:
                return None
            for index, people in self._moves[step].items():
                found[index] = found.get(index, 0) + people
            moved = self._effect(found)
            over = self._over(moved)
        return None

    def _best_step(
        self, change: Change, moved: Floats, over: Floats, fixed: Change, whose: set[str]
    ) -> int | None:
        """Give the move after which the sums are least wrong; None where none helps."""
        for row in np.argsort(-over, kind="stable")[: np.count_nonzero(over)]:
            tried = self._towards(int(row), -1 if moved[row] > self.system.high[row] else 1)
            tried = [
                each
                for each in tried
                if self._owners[each] <= whose and fixed.keys().isdisjoint(self._moves[each])
            ][:_MOST_TRIED]
            if not tried:
                continue
            after = self._over(moved[:, None] + self._effects[0][:, tried].toarray()).sum(axis=0)
            for place in np.argsort(after, kind="stable"):
                if after[place] >= over.sum():
                    break
                if self._leaves_nobody_short(change, self._moves[tried[place]]):
                    return int(tried[place])
        return None

    def _towards(self, row: int, sign: int) -> list[int]:
        """Give the moves that bring a sum down or up."""
        by_row = self._effects[1]
        ends = slice(by_row.indptr[row], by_row.indptr[row + 1])
        return [int(each) for each in by_row.indices[ends][by_row.data[ends] * sign > 0]]

    def _leaves_nobody_short(self, change: Change, move: Mapping[int, int]) -> bool:
        truth = self.system.truth
        return all(truth[each] + change.get(each, 0) + more >= 0 for each, more in move.items())

    def _effect(self, change: Change) -> Floats:
        rows = self.system.rows
        return np.asarray((rows @ columns_of([change], rows.shape[1])).toarray()).ravel()

    def _over(self, moved: Floats) -> Floats:
        """Give how far sums lie outside of what is shown."""
        low, high = self.system.low, self.system.high
        if moved.ndim > 1:
            low, high = low[:, None], high[:, None]
        return np.maximum(moved - high, 0) + np.maximum(low - moved, 0)

    def _owner(self, index: int) -> str:
        return self.system.atoms[index].place.commissioner.value

    @cached_property
    def _moves(self) -> list[Mapping[int, int]]:
        moves = [*small_moves(self.system, most=1), *self.one_more_or_fewer]
        links = self.system.links
        gaps = abs(links @ columns_of(moves, links.shape[1])).sum(axis=0)
        fits = np.asarray(gaps).ravel() == 0
        return [each for each, whole in zip(moves, fits, strict=True) if whole]

    @cached_property
    def _owners(self) -> list[set[str]]:
        return [{self._owner(index) for index in each} for each in self._moves]

    @cached_property
    def _effects(self) -> tuple[csr_array, csr_array]:
        """Give what each move does to each shown sum, by move and by sum."""
        rows = self.system.rows
        effects = (rows @ columns_of(self._moves, rows.shape[1])).tocsc()
        return effects, effects.tocsr()
