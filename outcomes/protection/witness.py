"""Finds pairs of tables that leave a protected count open, and what must be withheld for them.

A solver proposes, integer arithmetic decides. It shares no code with the audit, which has the last
word: what is found here is only what to withhold.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from outcomes.protection.joint import Integers, Joint
from outcomes.scenario import Rules, Scenario, Target

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_STEPS = 3_000
_NEAR = 4
"""How many widths away from the truth is looked first: near tables are quickly found."""


class Asked(NamedTuple):
    """A protected count and the outsider from whom it must be hidden."""

    target: Target
    scenario: Scenario

    @property
    def is_about_certainty(self) -> bool:
        """Say whether it is enough that the count is not certain."""
        return self.scenario.told or self.scenario.shared is not None or self.target.width == 1

    @property
    def width(self) -> int:
        """Say how wide the range must stay."""
        if self.is_about_certainty:
            return 1
        return self.target.insider_width if self.scenario.known else self.target.width

    def is_open(self, low: int, high: int) -> bool:
        """Say whether a count that may be `low` to `high` away from the truth is hidden."""
        if self.is_about_certainty:
            return high - low >= 1
        return high - low >= self.width and high > 0 and (low < 0 or not self.target.truth)


class Seeker:
    """One joint puzzle with what is shown of each line, and every table found so far.

    `shown` gives, by a line's number, how far the shown figure lets it be from the truth. What is
    not in it is never shown.
    """

    def __init__(self, joint: Joint, shown: Mapping[int, tuple[int, int]], rules: Rules) -> None:
        """Begin with the truth itself."""
        self.joint = joint
        faces = [face.line for face in joint.faces]
        self.lines = np.array([line.number for line in faces], np.int64)
        self.low = np.array([shown.get(line.number, (0, 0))[0] for line in faces], np.int64)
        self.high = np.array([shown.get(line.number, (0, 0))[1] for line in faces], np.int64)
        self.is_shown = np.array([line.number in shown for line in faces], np.bool_)
        truths = np.array([line.truth for line in faces], np.int64)
        # How far a count can go for somebody who was told that it is small.
        self.small = np.where(truths < rules.threshold, rules.threshold - 1 - truths, _FAR)
        self.found = np.zeros((1, len(joint.unknowns)), np.int64)
        self.reach = np.zeros((1, len(faces)), np.int64)
        self.aims: dict[int, Integers] = {}
        self.work = 0

    def is_hidden(self, asked: Asked, withheld: Collection[int]) -> bool:
        """Say whether a count is hidden well enough once these lines are withheld too."""
        if self._is_hidden_already(asked, withheld):
            return True
        return self._solve(asked, withheld, {}) is not None

    def fewest(
        self, asked: Asked, withheld: Collection[int], weights: Mapping[int, float]
    ) -> frozenset[int] | None:
        """Give the lightest further lines whose withholding hides a count; None if none do.

        Only lines with a weight may be withheld.
        """
        if self._is_hidden_already(asked, withheld):
            return frozenset()
        return self._solve(asked, withheld, weights)

    def _aim(self, target: Target) -> Integers:
        if id(target) not in self.aims:
            self.aims[id(target)] = self.joint.aim(target)
        return self.aims[id(target)]

    def _is_hidden_already(self, asked: Asked, withheld: Collection[int]) -> bool:
        scenario, joint = asked.scenario, self.joint
        is_out = ~self.is_shown | np.isin(self.lines, list(withheld))
        fits = (is_out | ((self.reach >= self.low) & (self.reach <= self.high))).all(axis=1)
        fits &= ~(self.found[:, self._known(scenario)] != 0).any(axis=1)
        fits &= ~(joint.anchors @ self.found.T).any(axis=0)
        if scenario.shared is not None:
            fits &= self.found @ self._aim(scenario.shared) == 0
        if scenario.told:
            fits &= (~is_out | (self.reach <= self.small)).all(axis=1)
            fits &= (joint.told_high >= (joint.told @ self.found.T).T).all(axis=1)
        values = self.found[fits] @ self._aim(asked.target)
        return asked.is_open(int(values.min(initial=0)), int(values.max(initial=0)))

    def _known(self, scenario: Scenario) -> NDArray[np.bool_]:
        return np.array(
            [each.spot.commissioner in scenario.known for each in self.joint.unknowns], np.bool_
        )

    def _solve(
        self, asked: Asked, withheld: Collection[int], weights: Mapping[int, float]
    ) -> frozenset[int] | None:
        """Look for a pair of tables, near the truth first where lines have a price."""
        near = [_NEAR * max(asked.width, 1)] if weights else []
        for limit in (*near, _FAR):
            found = self._solve_within(asked, withheld, weights, limit)
            if found is not None:
                return found
        return None

    def _solve_within(
        self,
        asked: Asked,
        withheld: Collection[int],
        weights: Mapping[int, float],
        limit: int,
    ) -> frozenset[int] | None:
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - slow to import

        self.work += len(self.joint.unknowns)
        columns = np.flatnonzero(~self._known(asked.scenario))
        payable = sorted(set(self.lines[self.is_shown]) & set(weights) - set(withheld))
        matrix, low, high = self._constraints(asked, withheld, payable, columns, limit)
        n = len(columns)
        least = -np.minimum(self.joint.truth[columns], limit)
        answer = milp(
            np.concatenate([np.zeros(2 * n), [weights[each] for each in payable]]),
            integrality=np.ones(2 * n + len(payable)),
            bounds=Bounds(
                np.concatenate([least, least, np.zeros(len(payable))]),
                np.concatenate([np.full(2 * n, limit), np.ones(len(payable))]),
            ),
            constraints=LinearConstraint(matrix, low, high),
            options={"node_limit": _STEPS, "mip_rel_gap": 0.0},
        )
        if answer.x is None:
            return None
        pair = np.zeros((2, len(self.joint.unknowns)), np.int64)
        pair[:, columns] = np.rint(answer.x[: 2 * n]).astype(np.int64).reshape(2, n)
        paid = frozenset(
            line for line, x in zip(payable, answer.x[2 * n :], strict=True) if round(x)
        )
        self._keep(pair)
        # What the solver says is never taken on trust.
        return paid if self._is_hidden_already(asked, {*withheld, *paid}) else None

    def _keep(self, pair: Integers) -> None:
        joint = self.joint
        fits = ((joint.truth + pair) >= 0).all(axis=1)
        fits &= ~(joint.links @ pair.T).any(axis=0)
        earlier = (joint.earlier @ pair.T).T
        fits &= ((earlier >= joint.earlier_low) & (earlier <= joint.earlier_high)).all(axis=1)
        self.found = np.vstack([self.found, pair[fits]])
        self.reach = np.vstack([self.reach, (joint.sums @ pair[fits].T).T])

    def _constraints(
        self,
        asked: Asked,
        withheld: Collection[int],
        payable: list[int],
        columns: Integers,
        limit: int,
    ) -> tuple[csr_array, NDArray[np.float64], NDArray[np.float64]]:
        """Give what both tables must fit, then what holds between them, as one matrix.

        The unknowns are those of the upper table, those of the lower, and one for each line that
        may be withheld at its price.
        """
        from scipy.sparse import block_diag, csr_array, hstack, vstack  # noqa: PLC0415

        joint = self.joint
        single: list[tuple[csr_array, float | Integers, float | Integers]] = [
            (joint.links, 0.0, 0.0),
            (joint.anchors, 0.0, 0.0),
            (joint.earlier, joint.earlier_low, joint.earlier_high),
        ]
        if asked.scenario.shared is not None:
            shared = csr_array(self._aim(asked.scenario.shared)[np.newaxis, :])
            single.append((shared, 0.0, 0.0))
        is_out = ~self.is_shown | np.isin(self.lines, list(withheld))
        if asked.scenario.told:
            is_small = is_out & (self.small < _FAR)
            single.append((joint.told, -np.inf, joint.told_high))
            single.append((joint.sums[is_small], -np.inf, self.small[is_small]))
        fixed = ~is_out & ~np.isin(self.lines, payable)
        single.append((joint.sums[fixed], self.low[fixed], self.high[fixed]))
        rows = vstack([each for each, _, _ in single], format="csc")[:, columns]
        low = np.concatenate([np.broadcast_to(each, m.shape[0]) for m, each, _ in single])
        high = np.concatenate([np.broadcast_to(each, m.shape[0]) for m, _, each in single])
        busy = np.diff(rows.tocsr().indptr) > 0
        rows = rows.tocsr()[busy]
        both = hstack(
            [block_diag([rows, rows]), csr_array((2 * rows.shape[0], len(payable)))], format="csr"
        )
        priced = self._priced(asked, payable, columns, limit)
        apart = self._apart(asked, columns, len(payable))
        parts = [(both, np.tile(low[busy], 2), np.tile(high[busy], 2)), *priced, apart]
        return (
            vstack([each for each, _, _ in parts], format="csr"),
            np.concatenate([each for _, each, _ in parts]),
            np.concatenate([each for _, _, each in parts]),
        )

    def _priced(
        self, asked: Asked, payable: list[int], columns: Integers, limit: int
    ) -> list[tuple[csr_array, NDArray[np.float64], NDArray[np.float64]]]:
        """Let a line leave what is shown of it, for its price."""
        from scipy.sparse import csr_array, hstack  # noqa: PLC0415 - slow to import

        if not payable:
            return []
        faces = np.flatnonzero(np.isin(self.lines, payable))
        sums = self.joint.sums[faces].tocsc()[:, columns]
        further = np.full(len(faces), float(limit))
        upward = np.minimum(further, self.small[faces] - self.high[faces]) if (
            asked.scenario.told
        ) else further  # fmt: skip
        which = np.searchsorted(payable, self.lines[faces])
        shape = (len(faces), len(payable))
        none = csr_array(sums.shape)
        found = []
        for sign, room in ((1, upward), (-1, further)):
            price = csr_array((-sign * room, (np.arange(len(faces)), which)), shape=shape)
            for sides in ((sums, none), (none, sums)):
                matrix = hstack([*sides, price], format="csr")
                low = np.full(len(faces), -np.inf) if sign > 0 else self.low[faces]
                high = self.high[faces] if sign > 0 else np.full(len(faces), np.inf)
                found.append((matrix, low.astype(np.float64), high.astype(np.float64)))
        return found

    def _apart(
        self, asked: Asked, columns: Integers, payable: int
    ) -> tuple[csr_array, NDArray[np.float64], NDArray[np.float64]]:
        """Say how far apart the two tables must be in the protected count."""
        from scipy.sparse import csr_array  # noqa: PLC0415 - slow to import

        aim = self._aim(asked.target)[columns]
        none, tail = np.zeros_like(aim), np.zeros(payable)
        rows = [np.concatenate([aim, -aim, tail])]
        low = [float(asked.width)]
        if not asked.is_about_certainty:
            rows.append(np.concatenate([aim, none, tail]))
            low.append(1.0)
            if asked.target.truth:
                rows.append(np.concatenate([none, -aim, tail]))
                low.append(1.0)
        return csr_array(np.array(rows)), np.array(low), np.full(len(rows), np.inf)


_FAR = 1_000
