"""Proves that an audit was passed, so that anybody can check it by arithmetic; it solves nothing.

A certificate holds true counts. Whoever stores it must lock it; only its hash is published.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Self

from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from outcomes.audit.puzzle import System
    from outcomes.scenario import Scenario

_FORMAT = 1


class CertificateRefusedError(OutcomesError):
    """A certificate does not prove what it says: it was changed, or something is wrong with it."""


Sums = tuple[tuple[tuple[int, int], ...], ...]
"""Rows of weighted sums: pairs of an unknown's number and its weight."""


@dataclass(frozen=True, slots=True, repr=False)
class Claim:
    """That one outsider cannot narrow down some counts.

    `pairs` has, for each count (its number among the aims): two differences, and the least width
    between them. `shared` is a count the outsider knows, `known` the commissioners.
    """

    scenario: str
    known: tuple[int, ...]
    told: bool
    shared: int | None
    pairs: tuple[tuple[int, int, int, int, bool], ...]


@dataclass(frozen=True, slots=True, repr=False)
class _Moved:
    """What a difference moves: whose people, how many there are, small counts, and each aim."""

    owners: frozenset[int]
    anchors: bool
    large: bool
    aims: Mapping[int, int]


@dataclass(frozen=True, slots=True, repr=False)
class Proof:
    """One system of unknown counts, differences that fit it, and what they show."""

    name: str
    truth: tuple[int, ...]
    owners: tuple[int, ...]
    rows: Sums
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    links: Sums
    anchors: Sums
    small: Sums
    small_high: tuple[float, ...]
    aims: Sums
    free: tuple[bool, ...]
    differences: tuple[tuple[tuple[int, int], ...], ...]
    claims: tuple[Claim, ...]

    @classmethod
    def of(
        cls,
        system: System,
        changes: Sequence[Mapping[int, int]],
        held: Sequence[tuple[Scenario, NDArray[Any], NDArray[Any], NDArray[Any]]],
    ) -> Self:
        """Write a system and what was found about it down; only differences in use are kept."""
        from outcomes.episode import Commissioner  # noqa: PLC0415 - only here

        order = tuple(Commissioner)
        used = sorted({int(each) for _, _, lows, highs in held for each in (*lows, *highs)})
        number = {old: new for new, old in enumerate(used)}
        numbers = {id(target): index for index, target in enumerate(system.targets)}
        claims = []
        for scenario, wanted, lows, highs in held:
            pairs = tuple(
                (int(index), number[int(low)], number[int(high)], *_least(system, index, scenario))
                for index, low, high in zip(wanted, lows, highs, strict=True)
            )
            shared = None if scenario.shared is None else numbers[id(scenario.shared)]
            known = tuple(sorted(order.index(each) for each in scenario.known))
            claims.append(Claim(scenario.name, known, scenario.told, shared, pairs))
        return cls(
            name=system.name,
            truth=tuple(map(int, system.truth)),
            owners=tuple(order.index(each.place.commissioner) for each in system.atoms),
            rows=_sums(system.rows),
            low=_limits(system.low),
            high=_limits(system.high),
            links=_sums(system.links),
            anchors=_sums(system.anchors),
            small=_sums(system.small),
            small_high=tuple(map(float, system.small_high)),
            aims=_sums(system.aims),
            free=tuple(map(bool, system.free)),
            differences=tuple(tuple(sorted(changes[each].items())) for each in used),
            claims=tuple(claims),
        )

    def check(self) -> None:
        """Check every claim by integer arithmetic. Raises `CertificateRefusedError`."""
        moved = self._checked()
        for claim in self.claims:
            for pair in claim.pairs:
                self._check_pair(claim, pair, moved)

    def _checked(self) -> list[_Moved]:
        """Check that each difference fits, and add up what it moves, once for all claims."""
        links, rows, anchors, small, aims = map(
            _by_unknown, (self.links, self.rows, self.anchors, self.small, self.aims)
        )
        found = []
        for difference in self.differences:
            change = dict(difference)
            if any(self.truth[index] + value < 0 for index, value in change.items()):
                self._refuse("a witness has fewer than no people in a class")
            if any(_add_up(links, change).values()):
                self._refuse("a witness breaks what is always true")
            sums = _add_up(rows, change)
            limits = zip(self.rows, self.low, self.high, strict=True)
            for row, (_, low, high) in enumerate(limits):
                least, most = -inf if low is None else low, inf if high is None else high
                if not least <= sums.get(row, 0) <= most:
                    self._refuse("a witness does not fit what is shown")
            sums = _add_up(small, change)
            tops = zip(self.small, self.small_high, strict=True)
            found.append(
                _Moved(
                    owners=frozenset(self.owners[each] for each in change),
                    anchors=any(_add_up(anchors, change).values()),
                    large=any(sums.get(row, 0) > top for row, (_, top) in enumerate(tops)),
                    aims=_add_up(aims, change),
                )
            )
        return found

    def _check_pair(
        self, claim: Claim, pair: tuple[int, int, int, int, bool], moved: Sequence[_Moved]
    ) -> None:
        index, low, high, width, both = pair
        ends = (moved[low], moved[high])
        for each in ends:
            if not each.owners.isdisjoint(claim.known):
                self._refuse("a witness changes what an outsider knows")
            if claim.shared is not None and each.aims.get(claim.shared, 0):
                self._refuse("a witness changes what a respondent knows")
            if not self.free[index] and each.anchors:
                self._refuse("a witness changes how many people there are")
            if claim.told and each.large:
                self._refuse("a witness makes a small count large")
        lowest, highest = (each.aims.get(index, 0) for each in ends)
        if highest - lowest < width:
            self._refuse("two witnesses lie too near to one another")
        if both and not (highest > 0 and (lowest < 0 or not self._true(index))):
            self._refuse("the truth is at the end of what is possible")

    def _true(self, index: int) -> int:
        return sum(weight * self.truth[each] for each, weight in self.aims[index])

    def _refuse(self, problem: str) -> None:
        message = f"the certificate about {self.name} proves nothing: {problem}"
        raise CertificateRefusedError(message)


@dataclass(frozen=True, slots=True, repr=False)
class Certificate:
    """The proof that every protected count of a release stays hidden."""

    proofs: tuple[Proof, ...]

    def check(self) -> None:
        """Check every claim by integer arithmetic. Raises `CertificateRefusedError`."""
        for each in self.proofs:
            each.check()

    def to_bytes(self) -> bytes:
        """Write it: the same certificate is always the same bytes."""
        content = {"format": _FORMAT, "proofs": [asdict(each) for each in self.proofs]}
        return zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 6)

    @property
    def digest(self) -> str:
        """Give its SHA-256, which the release names."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @classmethod
    def from_bytes(cls, stored: bytes) -> Self:
        """Read what `to_bytes` wrote. Raises `CertificateRefusedError`."""
        try:
            content = json.loads(zlib.decompress(stored))
            return cls(tuple(_read(each) for each in content["proofs"]))
        except (ValueError, KeyError, TypeError, zlib.error) as error:
            message = "the stored bytes are no certificate; take them from a backup"
            raise CertificateRefusedError(message) from error


def _least(system: System, index: int, scenario: Scenario) -> tuple[int, bool]:
    """Give how wide the range must be, and whether the truth may not be at its end."""
    target = system.targets[int(index)]
    if scenario.told or scenario.shared is not None or target.width == 1:
        return 1, False
    return (target.insider_width if scenario.known else target.width), True


def _sums(matrix: csr_array) -> Sums:
    ends = matrix.indptr
    return tuple(
        tuple(
            zip(
                map(int, matrix.indices[ends[row] : ends[row + 1]]),
                map(int, matrix.data[ends[row] : ends[row + 1]]),
                strict=True,
            )
        )
        for row in range(matrix.shape[0])
    )


def _limits(values: NDArray[Any]) -> tuple[float | None, ...]:
    return tuple(None if abs(each) == inf else float(each) for each in values)


def _by_unknown(rows: Sums) -> dict[int, list[tuple[int, int]]]:
    """Give the same weights by unknown: pairs of a row's number and its weight."""
    found: dict[int, list[tuple[int, int]]] = {}
    for row, weights in enumerate(rows):
        for index, weight in weights:
            found.setdefault(index, []).append((row, weight))
    return found


def _add_up(
    by_unknown: Mapping[int, Sequence[tuple[int, int]]], change: Mapping[int, int]
) -> dict[int, int]:
    """Give how far a difference moves the sum of each row that has one of its unknowns."""
    found: dict[int, int] = {}
    for index, people in change.items():
        for row, weight in by_unknown.get(index, ()):
            found[row] = found.get(row, 0) + weight * people
    return found


def _read(stored: Mapping[str, Any]) -> Proof:
    def sums(name: str) -> Sums:
        return tuple(tuple((int(a), int(b)) for a, b in row) for row in stored[name])

    return Proof(
        name=stored["name"],
        truth=tuple(stored["truth"]),
        owners=tuple(stored["owners"]),
        rows=sums("rows"),
        low=tuple(stored["low"]),
        high=tuple(stored["high"]),
        links=sums("links"),
        anchors=sums("anchors"),
        small=sums("small"),
        small_high=tuple(stored["small_high"]),
        aims=sums("aims"),
        free=tuple(stored["free"]),
        differences=sums("differences"),
        claims=tuple(
            Claim(
                scenario=each["scenario"],
                known=tuple(each["known"]),
                told=each["told"],
                shared=each["shared"],
                pairs=tuple((a, b, c, d, e) for a, b, c, d, e in each["pairs"]),
            )
            for each in stored["claims"]
        ),
    )
