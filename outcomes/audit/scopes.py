"""Chooses which unknowns a question may change, from few to many; it asks nothing itself.

To let fewer change only takes ways of hiding away, and a small question is answered soon.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from outcomes.audit.puzzle import System
from outcomes.quarter import Quarter
from outcomes.scenario import Target

Flags = NDArray[np.bool_]

_LARGE = 400
_QUARTERS_AFTER = 2


class Scopes:
    """The unknowns of one puzzle, by what they have to do with a count."""

    def __init__(self, system: System) -> None:
        """Take the puzzle."""
        self.system = system
        self.table = np.array([each.table for each in system.atoms], np.str_)
        self.untold = np.diff(system.rows.tocsc().indptr) == 0
        self.is_large = len(system.atoms) > _LARGE

    def of_one(self, target: Target, names: set[str], *, anchored: bool) -> list[Flags | None]:
        """Give what may change to hide one count of these tables, one after another.

        None is everything. `anchored` where the number of people everywhere stays as it is.
        """
        if not self.is_large:
            return [None] if anchored else [self._settled, None]
        if anchored:
            own, below = self._of(names), self._of(self._with_all_below(names))
            above = names | self._above(names)
            beside, chain = self._of(self._with_all_below(above)), self._of(above)
            scopes = [own, chain | (beside & self.untold), own | below, beside]
        else:
            near, pays, settled = self._near(target), self._pays(target), self._settled
            wide = self._near(target, together=True)
            scopes = [near & pays & settled, wide & pays & settled, near & settled, near, wide]
        return [*scopes, None]

    def group_of(self, target: Target, *, anchored: bool, alone: bool) -> object:
        """Say which counts are moved at once: those of which this is equal.

        `alone` for a respondent who knows a count.
        """
        if not self.is_large:
            return ""
        if anchored:
            return target.table
        return (target.quarters, target.commissioners) if alone else ""

    def of_many(self, target: Target, *, anchored: bool, alone: bool) -> Flags | None:
        """Give what may change for the counts of a group, of which this is one."""
        if anchored:
            return self.table == target.table if self.is_large else None
        if not self.is_large or not alone:
            return self._settled
        return self._settled & self._near(target, together=True) & self._pays(target)

    # --- tables -----------------------------------------------------------------------

    def _of(self, names: set[str]) -> Flags:
        return np.isin(self.table, sorted(names))

    def _above(self, names: set[str]) -> set[str]:
        """Give the tables that these sort people of, but for the populations themselves."""
        return {each for name in names for each in self.system.path_up(name)[1:-1]}

    def _with_all_below(self, names: set[str]) -> set[str]:
        path_up = self.system.path_up
        return names | {each for each in self.system.parents if not names.isdisjoint(path_up(each))}

    # --- people and quarters ------------------------------------------------------------

    def _pays(self, target: Target) -> Flags:
        """Mark the unknowns of the commissioners whose people a count is about."""
        owners = target.commissioners
        return np.array([each.place.commissioner in owners for each in self.system.atoms], np.bool_)

    def _near(self, target: Target, *, together: bool = False) -> Flags:
        """Mark the unknowns of the same quarters, and what follows from them.

        Those are the caseloads, and who was accepted in the next quarters: that makes up for it.
        Quarters that the newest release adds up are near to one another if taken `together`.
        """
        there = set(target.quarters)
        if together and there & self._newest:
            there |= self._newest
        soon = set(there)
        for _ in range(_QUARTERS_AFTER):
            soon |= {each.following for each in soon}
        return np.array(
            [
                each.place.quarter in there
                or each.table == "open"
                or (each.place.quarter in soon and each.table in self._accepted)
                for each in self.system.atoms
            ],
            np.bool_,
        )

    @cached_property
    def _accepted(self) -> frozenset[str]:
        """Name the tables that sort those who were accepted, and the one that counts them."""
        tables = {each.table for each in self.system.atoms}
        return frozenset(each for each in tables if self.system.path_up(each)[-1] == "accepted")

    @cached_property
    def _newest(self) -> frozenset[Quarter]:
        """Give the quarters that the newest release is about: of a year all four."""
        atoms = self.system.atoms
        newest = max(each.entry for each in atoms)
        return frozenset(each.place.quarter for each in atoms if each.entry == newest)

    @cached_property
    def _settled(self) -> Flags:
        """Mark all but the newest caseloads: what leaves them alone, no later release can undo."""
        opened = [each.place.quarter for each in self.system.atoms if each.table == "open"]
        newest = max(opened, default=None)
        return np.array(
            [each.table != "open" or each.place.quarter != newest for each in self.system.atoms],
            np.bool_,
        )
