"""Adds what is shown to the unknowns of one or more releases: the joint puzzle of a place.

It reads true counts, so nothing it gives leaves memory. It shares no code with the audit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from outcomes.episode import Commissioner
from outcomes.ledger import Entry
from outcomes.protection.joint import CASELOAD, Face, Joint
from outcomes.protection.lines import Line
from outcomes.protection.links import Linked, Weights
from outcomes.protection.parts import quarters_in
from outcomes.protection.rounding import behind
from outcomes.quarter import Quarter
from outcomes.raw import Group
from outcomes.scenario import Target

if TYPE_CHECKING:
    from scipy.sparse import csr_array


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
    writer = _Writer(chain, (*related, new), targets)
    lines = [each for each in lines if each.counted.table in writer.tables[-1]]
    return writer.joint(lines, writer.anchors() if not says_how_many else [])


def _meets(entry: Entry, new: Entry, root: str) -> bool:
    """Say whether an earlier release has the same population about the same quarters.

    Caseloads meet from quarter to quarter.
    """
    if root not in entry.raw.tables:
        return False
    if root == "open":
        return True
    return root in new.raw.tables and bool(
        quarters_in(entry.raw, root) & quarters_in(new.raw, root)
    )


class _Writer(Linked):
    """Writes down some populations of several releases; the new release is the last."""

    def joint(self, lines: Sequence[Line], anchors: Sequence[Weights]) -> Joint:
        """Give the puzzle; what `anchors` add up may not differ."""
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
            anchors=_matrix(anchors, len(self.unknowns)),
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

    def anchors(self) -> list[Weights]:
        """Add up how many people each commissioner has in a population and quarter."""
        found: dict[tuple[int, str, Commissioner, Quarter | None], Weights] = {}
        for (number, name), spots in self.at.items():
            if self.tables[number][name].parent is None:
                for spot, here in spots.items():
                    place = (number, name, spot.commissioner, spot.quarter)
                    found.setdefault(place, {}).update(dict.fromkeys(here.values(), 1))
        return list(found.values())


def _matrix(rows: Sequence[Mapping[int, int]], size: int) -> csr_array:
    from scipy.sparse import csr_array  # noqa: PLC0415 - slow to import

    ends = np.cumsum([0, *(len(each) for each in rows)])
    where = np.fromiter((index for each in rows for index in each), np.int64)
    what = np.fromiter((value for each in rows for value in each.values()), np.int64)
    return csr_array((what, where, ends), shape=(len(rows), size))
