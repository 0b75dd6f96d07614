"""Holds all counts of a release as sums of the same unknowns; for choosing what to withhold.

It shares no code with the audit, and it neither chooses nor solves anything. Everything is written
as a difference from the truth, so that no difference at all always fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from outcomes.episode import Commissioner
from outcomes.ledger import Entry
from outcomes.protection.lines import Line, root_of
from outcomes.protection.parts import CLOSED_EARLIER, Spot
from outcomes.quarter import Quarter
from outcomes.scenario import Target

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Integers = NDArray[np.int64]

CASELOAD = ("open", "closed", "accepted", *CLOSED_EARLIER)
"""Populations that hang together: open then = open before + accepted - closed."""
LATE, BACK = "late answers", "back answers"
"""What the audit calls those who came in, or were taken back, between two releases."""
_FEW = 2
"""Below so many thresholds, the number of people in a population says much of each of them."""


class Unknown(NamedTuple):
    """People of some classes of a table in one spot, as one release has them.

    `kind` is "" for people, otherwise `LATE` or `BACK`.
    """

    entry: int
    table: str
    spot: Spot
    classes: frozenset[str]
    kind: str = ""


class Face(NamedTuple):
    """A shown or withheld sum of unknowns: one footprint of a line."""

    line: Line
    commissioners: frozenset[Commissioner]


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Joint:
    """The unknowns of one or more populations, and every count of them as a weighted sum.

    A difference fits if `links` times it is 0 and `earlier` times it lies between `earlier_low` and
    `earlier_high`; `anchors` times it is 0 for whoever knows how many people there are; `told`
    times it may not go above `told_high` for somebody who was told what is small. `sums` adds it up
    to the change of each of the `faces` of the new release. `names` are those of the releases, ""
    for the new one.
    """

    unknowns: tuple[Unknown, ...]
    truth: Integers
    owners: Integers
    links: csr_array
    anchors: csr_array
    earlier: csr_array
    earlier_low: Integers
    earlier_high: Integers
    told: csr_array
    told_high: Integers
    faces: tuple[Face, ...]
    sums: csr_array
    names: tuple[str, ...]

    def aim(self, target: Target) -> Integers:
        """Give the weights of the unknowns that make up a protected count."""
        return np.array([self._is_of(target, each) for each in self.unknowns], np.int64)

    def _is_of(self, target: Target, each: Unknown) -> bool:
        if target.release in (LATE, BACK):
            is_named = each.kind == target.release
        else:
            is_named = not each.kind and self.names[each.entry] == target.release
        return (
            is_named
            and each.table == target.table
            and each.classes <= target.classes
            and each.spot.commissioner in target.commissioners
            and each.spot.inside(target.group)
            and (each.spot.quarter is None or each.spot.quarter in target.quarters)
        )


def place_of(target: Target, new: Entry, earlier: Sequence[Entry]) -> tuple[str, bool]:
    """Say where a count is asked about: its population, and whether it says how many there are.

    Where so few people are in a population that their number says much of them, every count of
    theirs does. Counts with the same place are asked about together.
    """
    entry = next(
        (each for each in earlier if each.name == target.release),
        next(each for each in (new, *earlier) if target.table in each.raw.tables),
    )
    root = root_of(entry.raw, target.table)
    if root not in CASELOAD or (target.table == root and target.group is None):
        return root, True
    people: dict[tuple[Commissioner, Quarter], int] = {}
    for box, _, count in entry.raw.tables[root].entries():
        if box.commissioner in target.commissioners and box.quarter in target.quarters:
            spot = (box.commissioner, box.quarter)
            people[spot] = people.get(spot, 0) + count
    return root, any(count < _FEW * entry.rules.threshold for count in people.values())


def order_of(new: Entry) -> tuple[Commissioner, ...]:
    """Put the commissioners in an order that follows from their counts, not from their names.

    So what is withheld does not depend on who is called what.
    """
    found: dict[Commissioner, list[tuple[str, ...]]] = {each: [] for each in Commissioner}
    for name, table in new.raw.tables.items():
        for box, label, count in table.entries():
            found[box.commissioner].append(
                (name, label, str(box.quarter), box.age, box.strand, f"{count:06}")
            )
    councils = [each for each in Commissioner if each is not Commissioner.OTHER]
    return (*sorted(councils, key=lambda each: sorted(found[each])), Commissioner.OTHER)
