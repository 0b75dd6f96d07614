"""Says which counts are about the very people that a respondent knows; it hides nobody.

Whoever is alone in a count learns nothing from its other names, nor from what else is about them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.audit.puzzle import System, sums_of
from outcomes.episode import Commissioner
from outcomes.quarter import Quarter
from outcomes.scenario import Target

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Integers = NDArray[np.int64]

_CHANGED = ("late answers", "back answers")


class Respondents:
    """The counts of one puzzle, by whom they are about."""

    def __init__(self, system: System) -> None:
        """Take the puzzle."""
        self.system = system

    def same_people(self, shared: int) -> set[int]:
        """Give the counts of the very people that a respondent knows, by whatever name.

        Two names are the same people where something that is always true says just that.
        """
        aims, (marks, nothing) = self.system.aims, self._marks
        alike = np.flatnonzero(np.isin(marks - marks[shared], nothing))
        gaps = sums_of(aims[alike] - aims[[shared] * len(alike)])
        same = {
            int(index)
            for index, gap in zip(alike, gaps, strict=True)
            if not gap or gap in self._nothing
        }
        return same | self._some_of(shared) | self._nobody_else(shared)

    def _some_of(self, shared: int) -> set[int]:
        """Give the counts of some of the people of a count, where that is one person.

        What is always true says who they are: the classes of a table are people of its parent.
        """
        if self.system.targets[shared].truth != 1:
            return set()
        theirs = np.zeros(len(self.system.atoms), np.bool_)
        theirs[self.system.aims[[shared]].indices] = True
        before = 0
        while before != (before := int(theirs.sum())):
            for whole, parts in (self._sides, self._sides[::-1]):
                is_theirs = (whole @ ~theirs) == 0
                theirs |= (parts.T @ is_theirs) > 0
        return {int(each) for each in np.flatnonzero(abs(self.system.aims) @ ~theirs == 0)}

    def _nobody_else(self, shared: int) -> set[int]:
        """Give all that is about the one person who came late, or was taken back.

        How many came or went is known for each table that sorts everybody. Where it was one, all
        tables below are about that one; and where nobody went the other way, so is every other such
        table: who leaves a population leaves all of them. That person learns nothing from it.
        """
        targets, target = self.system.targets, self.system.targets[shared]
        if target.release not in _CHANGED:
            return set()
        tables = self._tables_of_one(target)
        return {
            index
            for index, each in enumerate(targets)
            if (each.release, _spot(each)) == (target.release, _spot(target))
            and each.table in tables
        }

    def _tables_of_one(self, target: Target) -> set[str]:
        """Give the tables in which those who came late, or were taken back, are one person."""
        system = self.system
        changed: dict[str, Counter[str]] = {}
        for atom, truth in zip(system.atoms, system.truth, strict=True):
            place = frozenset({atom.place.commissioner}), frozenset({atom.place.quarter})
            if atom.kind and place == _spot(target):
                changed.setdefault(atom.table, Counter())[f"{atom.kind} answers"] += int(truth)
        top = {each: _last(changed, system.path_up(each)) for each in changed}
        own = changed[top[target.table]]
        if own[target.release] != 1:
            return set()
        if own.total() > 1:
            return {each for each in changed if top[each] == top[target.table]}
        root = system.path_up(target.table)[-1]
        return {
            each
            for each in changed
            if system.path_up(each)[-1] == root and changed[top[each]] == own
        }

    @cached_property
    def _sides(self) -> tuple[csr_array, csr_array]:
        """Give both sides of each sum that is always true and in which nothing else counts."""
        links = self.system.links
        kept = links[links @ self.system.truth == 0]
        sides = (kept > 0).astype(np.int64), (kept < 0).astype(np.int64)
        both = (sides[0].sum(axis=1) > 0) & (sides[1].sum(axis=1) > 0)
        return sides[0][both], sides[1][both]

    @cached_property
    def _marks(self) -> tuple[Integers, Integers]:
        """Give each count a mark, and the gaps between marks of counts that may be the same.

        The mark adds up numbers that were drawn for the unknowns: equal sums have equal marks, so
        only few counts need be compared in full.
        """
        system = self.system
        drawn = np.random.default_rng(0).integers(1, 2**40, len(system.atoms))
        nothing = system.links @ drawn
        return system.aims @ drawn, np.concatenate([[0], nothing, -nothing])

    @cached_property
    def _nothing(self) -> frozenset[frozenset[tuple[int, int]]]:
        """Give the weighted sums that are always 0, whichever way round."""
        links = self.system.links
        return frozenset((*sums_of(links), *sums_of(-links)))


def _last(among: Collection[str], path: Sequence[str]) -> str:
    """Give the last of a path that is among some."""
    return [each for each in path if each in among][-1]


def _spot(target: Target) -> tuple[frozenset[Commissioner], frozenset[Quarter]]:
    return target.commissioners, target.quarters
