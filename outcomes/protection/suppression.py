"""Chooses which further figures to withhold for what an audit found; it never judges the result.

For each count that an outsider narrowed too far it looks for two tables that differ in it and are
everywhere else as near as possible to what is shown: the lines in which they are not are withheld
(disclosure.md, section 5.6). Afterwards those that are not needed any more are shown again,
heaviest first. It shares no code with the audit, which must pass in the end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log2

from outcomes.episode import Audience, Commissioner
from outcomes.ledger import Entry
from outcomes.protection.joining import joint_of
from outcomes.protection.joint import CASELOAD, order_of, place_of
from outcomes.protection.lines import Line, lines_of, root_of
from outcomes.protection.rounding import behind
from outcomes.protection.witness import Asked, Seeker
from outcomes.published import Published
from outcomes.raw import Cell, RawTables
from outcomes.scenario import Finding, Target

_PATIENT = 2
"""How often one line more is tried where nobody knows what gives a count away."""
_IMPORTANCE = 0.02
"""How much the size of a count weighs beside the number of cells that are withheld."""


@dataclass(frozen=True, slots=True, repr=False)
class Pattern:
    """What is withheld beyond the first pass: lines by number, and means by cell."""

    lines: frozenset[int] = frozenset()
    means: frozenset[Cell] = frozenset()


class Suppressor:
    """Chooses for one release what to withhold; it remembers everything an audit found."""

    def __init__(self, new: Entry, earlier: Sequence[Entry]) -> None:
        """Begin with a release as the first pass left it."""
        self.new = new
        self.earlier = earlier
        self.order = order_of(new)
        self.lines = lines_of(new.raw)
        self.shown = {
            line.number: _span(line, new.published, new.rules.threshold, new.rules.base)
            for line in self.lines
            if new.published.counts[line.cells[0]] is not None
        }
        self.weights = {
            line.number: weigh(line, new.raw) for line in self._sorted(self.lines)
            if line.number in self.shown
        }  # fmt: skip
        self._rank_of = {each: place for place, each in enumerate(self.weights)}
        self.known: dict[tuple[str, bool], list[Asked]] = {}
        self.seekers: dict[tuple[str, bool], Seeker] = {}
        self.pattern = Pattern()
        self._most = self._done = 0
        self.times: dict[object, int] = {}

    def published(self, pattern: Pattern) -> Published:
        """Give what is shown with a pattern withheld."""
        out = {cell for line in self.lines if line.number in pattern.lines for cell in line.cells}
        before = self.new.published
        counts = {cell: None if cell in out else count for cell, count in before.counts.items()}
        n_of = {mean.key: mean.n for mean in self.new.raw.means}
        means = {
            cell: None
            if cell in pattern.means or counts[Cell(n_of[cell.row], cell.footprint)] is None
            else mean
            for cell, mean in before.means.items()
        }
        return Published(counts, means)

    def suppress(self, findings: Iterable[Finding]) -> tuple[Target, ...]:
        """Withhold for each finding what is needed; give those for which nothing helps.

        Changes `pattern`. Deterministic.
        """
        before = self.pattern
        hopeless: list[Target] = []
        beyond: list[Asked] = []
        for asked in self._in_order(findings):
            seeker = self._seeker(asked)
            if seeker.is_hidden(asked, before.lines):
                beyond.append(asked)
                continue
            further = seeker.fewest(asked, self.pattern.lines, self.weights)
            if further is None:
                hopeless.append(asked.target)
            else:
                self._withhold(further)
        # One count may be found out by several outsiders; what helps against one helps at all.
        targets = {_spot(each.target): each.target for each in beyond}
        hopeless.extend(each for each in targets.values() if not self._withhold_near(each))
        return tuple(hopeless)

    def begin_trying(self, most: int) -> None:
        """Allow so much work from here on: unknowns times questions."""
        self._most = self._work() + most

    def may_try(self) -> bool:
        """Say whether there is any work left to be done."""
        return self._work() < self._most

    def tidied(self) -> Pattern:
        """Give a lighter pattern that hides everything found so far, if one is near.

        Lines that nothing asks for are shown again, heaviest first; then each line in turn is shown
        and what that gives away is hidden by other lines, if these are lighter.
        """
        best = self._without_needless(self.pattern.lines)
        is_better = True
        while is_better:
            is_better = False
            for number in self._heaviest_first(best):
                other = self._without_needless(self._instead_of(number, best))
                if number in best and self.weight(other) < self.weight(best):
                    best, is_better = other, True
        return replace(self.pattern, lines=best)

    def asked(self) -> list[Asked]:
        """Give everything that was found so far."""
        return [each for some in self.known.values() for each in some]

    def in_order(self, lines: Iterable[int]) -> list[int]:
        """Sort lines in the order that does not know the councils' names."""
        return sorted(lines, key=self._rank_of.__getitem__)

    def _without_needless(self, lines: frozenset[int]) -> frozenset[int]:
        for number in self._heaviest_first(lines):
            if self.may_try() and self.is_enough(lines - {number}):
                lines -= {number}
        return lines

    def _instead_of(self, number: int, lines: frozenset[int]) -> frozenset[int]:
        """Show one line and hide what that gives away by others, unless that is worse."""
        found = lines - {number}
        others = {each: weight for each, weight in self.weights.items() if each != number}
        for place, some in self.known.items():
            for asked in some:
                if not self.may_try():
                    return lines
                further = self.seekers[place].fewest(asked, found, others)
                if further is None or self.weight(found | further) >= self.weight(lines):
                    return lines
                found |= further
        return found

    def _heaviest_first(self, lines: Collection[int]) -> list[int]:
        return sorted(lines, key=lambda each: (-self.weights[each], self._rank_of[each]))

    def weight(self, lines: Collection[int]) -> float:
        """Say how much some lines are missed together."""
        return sum(sorted(self.weights[each] for each in lines))

    def _work(self) -> int:
        return self._done + sum(each.work for each in self.seekers.values())

    def is_enough(self, lines: Collection[int]) -> bool:
        """Say whether everything found so far is hidden with these lines withheld."""
        return all(
            self.seekers[place].is_hidden(asked, lines)
            for place, some in self.known.items()
            for asked in some
        )

    def is_hidden(self, asked: Asked, lines: Collection[int]) -> bool:
        """Say whether one count is hidden with these lines withheld."""
        return self._seeker(asked).is_hidden(asked, lines)

    def learn(self, findings: Iterable[Finding]) -> list[Asked]:
        """Remember findings without withholding anything for them; give them in a fixed order."""
        return list(self._in_order(findings))

    def _in_order(self, findings: Iterable[Finding]) -> Iterator[Asked]:
        """Give the questions behind findings, those about the most people first."""
        asked_about = {
            (_spot(target), each.scenario): Asked(target, each.scenario)
            for each in findings
            for target in [self._root_of(each.target)]
        }
        found = sorted(asked_about.values(), key=self._rank)
        places: dict[tuple[str, bool], list[Asked]] = {}
        for asked in found:
            place = place_of(asked.target, self.new, self.earlier)
            places.setdefault(place, []).append(asked)
        for place, some in places.items():
            self.known.setdefault(place, []).extend(some)
            self._write(place)
        return iter(found)

    def _root_of(self, target: Target) -> Target:
        """Give what is asked about instead of a count that only shows by how many people there are.

        Of earlier releases nothing else can be changed any more: that number is hidden better.
        """
        root, says_how_many = place_of(target, self.new, self.earlier)
        entry = next((each for each in self.earlier if each.name == target.release), None)
        if entry is None or not says_how_many or root not in CASELOAD or target.table == root:
            return target
        table = entry.raw.tables[root]
        everybody = frozenset(table.classes)
        truth = table.count(everybody, target.commissioners)
        return replace(target, table=root, classes=everybody, group=None, truth=truth)

    def _write(self, place: tuple[str, bool]) -> None:
        """Write a place down anew, so that all that is asked about it can be told apart."""
        targets = {
            id(target): target
            for each in self.known[place]
            for target in (each.target, each.scenario.shared)
            if target is not None
        }
        lines = self._sorted(self.lines)
        if place in self.seekers:
            self._done += self.seekers[place].work
        joint = joint_of(place, self.new, self.earlier, lines, tuple(targets.values()))
        self.seekers[place] = Seeker(joint, self.shown, self.new.rules)

    def _seeker(self, asked: Asked) -> Seeker:
        return self.seekers[place_of(asked.target, self.new, self.earlier)]

    def _withhold(self, lines: Collection[int]) -> None:
        self.pattern = replace(self.pattern, lines=self.pattern.lines | frozenset(lines))

    def _withhold_near(self, target: Target) -> bool:
        """Withhold what is nearest to a count that the audit finds by more than counts.

        First the mean of the people it is about, then every mean that counts some of them, then the
        lightest line that holds some of them, then all such lines of its table. Says whether there
        was anything left to withhold.
        """
        times = self.times[_spot(target)] = self.times.get(_spot(target), 0) + 1
        means = self._means_about(target)
        if means:
            chosen = means[:1] if times == 1 else means
            self.pattern = replace(self.pattern, means=self.pattern.means | frozenset(chosen))
            return True
        lines = self._lines_about(target)
        self._withhold(lines[:1] if times <= _PATIENT else lines)
        return bool(lines)

    def _means_about(self, target: Target) -> list[Cell]:
        """List the shown means about people of a target, those about just them first."""
        shown = self.published(self.pattern).means
        family = _family(self.new.raw, target.table)
        found = [
            (mean.table != target.table, cell.footprint.commissioners != target.commissioners,
             cell.footprint is not Audience.ICB, place, cell)
            for place, mean in enumerate(self.new.raw.means)
            if mean.table in family
            for cell, value in shown.items()
            if cell.row == mean.key
            and value is not None
            and cell.footprint.commissioners & target.commissioners
        ]  # fmt: skip
        return [
            cell for *_, cell in sorted(found, key=lambda each: (*each[:4], self._place(each[4])))
        ]

    def _lines_about(self, target: Target) -> list[int]:
        """List the shown lines of a table that hold people of a target, the lightest first."""
        found = [
            line
            for line in self._sorted(self.lines)
            if line.number in self.shown.keys() - self.pattern.lines
            and line.counted.table == target.table
            and line.counted.classes & target.classes
            and any(each.footprint.commissioners & target.commissioners for each in line.cells)
        ]
        return [each.number for each in sorted(found, key=lambda each: self.weights[each.number])]

    def _sorted(self, lines: Sequence[Line]) -> list[Line]:
        """Sort lines by row and then by council, in the order that does not know their names."""
        rows = {key: place for place, key in enumerate(self.new.raw.rows)}
        return sorted(lines, key=lambda line: (rows[line.cells[0].row], self._place(line.cells[0])))

    def _place(self, cell: Cell) -> tuple[int, ...]:
        return tuple(sorted(map(self.order.index, cell.footprint.commissioners)))

    def _rank(self, asked: Asked) -> tuple[object, ...]:
        def places(owners: Collection[Commissioner]) -> tuple[int, ...]:
            return tuple(sorted(map(self.order.index, owners)))

        target, scenario = asked
        return (
            -target.truth,
            scenario.told,
            scenario.shared is not None,
            places(scenario.known),
            target.release,
            target.table,
            sorted(target.classes),
            places(target.commissioners),
            "" if target.group is None else f"{target.group.axis}{target.group.values}",
        )


def _spot(target: Target) -> tuple[object, ...]:
    return target.release, target.table, target.classes, target.commissioners, target.group


def weigh(line: Line, raw: RawTables) -> float:
    """Say how much a line is missed: first how many cells it has, then how much they matter.

    Larger counts and totals matter more (disclosure.md, section 5.6).
    """
    people = line.counted
    is_whole = any(cell.footprint is Audience.ICB for cell in line.cells)
    is_broken_down = any(
        row.group and (row.table, row.classes) == (people.table, people.classes)
        for row in raw.rows.values()
    )
    margins = is_whole + (is_broken_down and people.group is None)
    importance = (1, 2, 6)[margins] * log2(1 + line.truth)
    return len(line.cells) * (1 + _IMPORTANCE * importance)


def _span(line: Line, published: Published, threshold: int, base: int) -> tuple[int, int]:
    shown = published.counts[line.cells[0]]
    low, high = behind(shown or 0, threshold, base)
    return low - line.truth, high - line.truth


def _family(raw: RawTables, table: str) -> Mapping[str, object]:
    """Give the tables of the same population as one of them."""
    if table not in raw.tables:
        return {}
    root = root_of(raw, table)
    return {name: each for name, each in raw.tables.items() if root_of(raw, name) == root}
