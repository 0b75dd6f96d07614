"""Hunts, as each outsider, for counts that can be narrowed down too far; a solver proposes.

It never trusts the solver: what it proposes is checked before it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from outcomes.audit.carrying import carried_over
from outcomes.audit.certificate import Proof
from outcomes.audit.mending import Mender
from outcomes.audit.moves import parts_of, small_moves
from outcomes.audit.outsiders import COUNCILS, LONE_RESPONDENT, PUBLIC, TOLD, is_open, may_be_alone
from outcomes.audit.puzzle import CHAIN, HOW_MANY, Atom
from outcomes.audit.respondents import Respondents
from outcomes.audit.scopes import Scopes
from outcomes.audit.witnesses import Counts, Pool
from outcomes.episode import Commissioner
from outcomes.scenario import Finding, Scenario, Verdict

if TYPE_CHECKING:
    from scipy.sparse import csc_array

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

# Numbers of steps, not seconds, so that the same release is judged the same on a slow machine.
_STEPS = 2_000
_STEPS_FOR_MANY = 20
_MANY = 5
_MOST_ROUNDS = 5
_WORTH_IT = 0.8
_FURTHEST = 6


@dataclass(frozen=True, slots=True, repr=False)
class _Question:
    """What is asked of the solver: as whom, about which counts, and how much may change.

    `aim` is what should grow, `capped` the counts that need not move further than `width`,
    `scope` the unknowns that may change (all when None), `steps` how long to look.
    """

    scenario: Scenario
    shared: int | None
    anchored: bool
    aim: Integers
    capped: tuple[int, ...]
    width: int
    scope: Flags | None
    steps: int


class Hunt(Pool):
    """One system, tried by every outsider."""

    @cached_property
    def scopes(self) -> Scopes:
        """What may change in a question."""
        return Scopes(self.system)

    @cached_property
    def respondents(self) -> Respondents:
        """Who is the same as whom."""
        return Respondents(self.system)

    def go(self, known: Sequence[dict[Atom, int]] = ()) -> None:
        """Try every outsider on every count."""
        if not self.system.targets:
            return
        if known:
            self.recall(known)
        else:
            self._remember()
            self.add_in_batches(small_moves(self.system))
        free = self.system.free
        chosen = np.arange(len(free))
        if self.system.name == HOW_MANY:
            chosen = np.flatnonzero(free)
        elif self.system.name in CHAIN:  # the system about how many there are has the others
            chosen = np.flatnonzero(~free)
        for scenario in (*COUNCILS, PUBLIC, *TOLD):
            self._try(scenario, chosen, None)
        for index, target in enumerate(self.system.targets):
            if may_be_alone(target):
                self._try(Scenario(LONE_RESPONDENT, shared=target), chosen, index)

    def _remember(self) -> None:
        """Take up what hid counts of earlier releases, mended where it does not fit this one."""
        mender = Mender(self.system)
        carried = [mender.completed(each) for each in carried_over(self.system)]
        misfits = self.add_each([*carried, *mender.one_more_or_fewer])
        self.add_each(list(mender.mended(misfits)))

    def _try(self, scenario: Scenario, chosen: Integers, shared: int | None) -> None:
        # What is found out already must be withheld better: then everybody is asked about it again.
        later = self.found if scenario.told or shared is not None else set()
        same = set() if shared is None else self.respondents.same_people(shared)
        wanted = np.array(
            [
                index
                for index in chosen
                if index not in later and index not in same and self._protects(scenario, index)
            ],
            np.int64,
        )
        if not len(wanted):
            return
        self.questions += len(wanted)
        ask = _Question(
            scenario,
            shared,
            anchored=not self.system.free[wanted[0]],
            aim=np.zeros(0, np.int64),
            capped=(),
            width=0,
            scope=None,
            steps=_STEPS,
        )
        closed = self._closed(ask, wanted)
        if len(closed) and shared is not None:
            self.add_in_batches(self.balanced(shared, scenario, anchored=ask.anchored))
            closed = self._closed(ask, closed)
        if len(closed) > _MANY:
            self._push_many(ask, closed)
            closed = self._closed(ask, closed)
        for index in closed:
            self._push(ask, int(index))
        _, _, at_low, at_high = self._reach(ask, wanted)
        self.held.append((scenario, wanted, at_low, at_high))

    def _closed(self, ask: _Question, among: Integers) -> Integers:
        """Give those of some counts that are not yet known to be hidden well enough."""
        low, high, _, _ = self._reach(ask, among)
        targets = self.system.targets
        return np.array(
            [
                each
                for each, least, most in zip(among, low, high, strict=True)
                if not is_open(targets[each], ask.scenario, int(least), int(most))
            ],
            np.int64,
        )

    def _protects(self, scenario: Scenario, index: int) -> bool:
        """Say whether this outsider must not work out a count: one about people they do not know.

        Somebody told that a whole is small, with as many children of their own as that allows,
        knows that there is no other. Nothing can be withheld against that.
        """
        target = self.system.targets[index]
        if scenario.told and target.truth == 0:
            return False
        return not target.commissioners & scenario.known

    def _reach(self, ask: _Question, among: Integers) -> tuple[Counts, Counts, Integers, Integers]:
        """Give how far some counts can be from the truth, and which differences show it."""
        fits = self.open_to(ask.scenario, anchored=ask.anchored)
        if ask.shared is not None:
            fits &= self.values[ask.shared] == 0
        kept = np.flatnonzero(fits)
        values = self.values[np.ix_(among, kept)]
        at_low, at_high = values.argmin(axis=1), values.argmax(axis=1)
        rows = np.arange(len(among))
        return values[rows, at_low], values[rows, at_high], kept[at_low], kept[at_high]

    # --- the solver proposes ----------------------------------------------------------

    def _push(self, ask: _Question, index: int) -> None:
        """Look for differences that hide one count; it is found out where there are none.

        Where there are many unknowns, those of its own table and the tables below come first.
        """
        target = self.system.targets[index]
        weights = self.system.aims[[index]]
        names = {self.system.atoms[each].table for each in weights.indices}
        scopes = self.scopes.of_one(target, names, anchored=ask.anchored)
        aim = weights.toarray()[0]
        proved = False
        for scope in scopes:
            ask = replace(ask, capped=(index,), width=target.width, scope=scope)
            proved = all(self._solve(replace(ask, aim=sign * aim)) for sign in (1, -1))
            if not len(self._closed(ask, np.array([index]))):
                return
        low, high, _, _ = self._reach(ask, np.array([index]))
        verdict = Verdict.UNSAFE if proved else Verdict.UNKNOWN
        bounds = (target.truth + int(low[0]), target.truth + int(high[0]))
        self.found.add(index)
        self.findings.append(Finding(target, ask.scenario, verdict, *bounds))

    def _push_many(self, ask: _Question, closed: Integers) -> None:
        """Move many counts at once: it often opens most, and then each needs no question.

        Where there are many unknowns, the counts of one table at a time, or of the same people.
        """
        alone, anchored = ask.shared is not None, ask.anchored
        for _ in range(_MOST_ROUNDS):
            before = len(closed)
            groups: dict[object, list[int]] = {}
            for each in closed:
                name = self.scopes.group_of(
                    self.system.targets[each], anchored=anchored, alone=alone
                )
                groups.setdefault(name, []).append(int(each))
            for members in groups.values():
                first = self.system.targets[members[0]]
                scope = self.scopes.of_many(first, anchored=anchored, alone=alone)
                self._push_group(ask, members, scope)
            closed = self._closed(ask, closed)
            if len(closed) <= _MANY or len(closed) > _WORTH_IT * before:
                return

    def _push_group(self, ask: _Question, members: list[int], scope: Flags | None) -> None:
        aim = np.asarray(self.system.aims[members].sum(axis=0)).ravel()
        width = max(self.system.targets[each].width for each in members)
        many = replace(ask, capped=tuple(members), width=width, scope=scope, steps=_STEPS_FOR_MANY)
        for sign in (1, -1):
            self._solve(replace(many, aim=sign * aim))

    def _solve(self, ask: _Question) -> bool:
        """Ask the solver for a difference and keep it if it fits; say if none goes further."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - slow to import

        self.solved += 1
        system = self.system
        known = [tuple(Commissioner).index(each) for each in ask.scenario.known]
        free = ~np.isin(self.owner, known)
        columns = np.flatnonzero(free if ask.scope is None else free & ask.scope)
        # Whoever is hidden at all is hidden among few people: no class need change by many.
        reach = min(system.ceiling, _FURTHEST * ask.width)
        matrix, low, high = self._constraints(ask)
        matrix = matrix[:, columns].tocsr()
        busy = np.diff(matrix.indptr) > 0
        answer = milp(
            -ask.aim[columns].astype(np.float64),
            integrality=np.ones(len(columns)),
            bounds=Bounds(np.maximum(-system.truth[columns], -reach), np.full(len(columns), reach)),
            constraints=LinearConstraint(matrix[busy].astype(np.float64), low[busy], high[busy]),
            options={"node_limit": ask.steps, "mip_rel_gap": 0.0},
        )
        if answer.x is None:
            return False
        found = np.rint(answer.x).astype(np.int64)
        moved = np.flatnonzero(found)
        change = {int(columns[each]): int(found[each]) for each in moved}
        self.add([change, *self._parts(change)])
        return bool(answer.status == 0)

    def _parts(self, change: dict[int, int]) -> list[dict[int, int]]:
        parts = parts_of(self.system, change)
        return parts if len(parts) > 1 else []

    def _constraints(self, ask: _Question) -> tuple[csc_array, Floats, Floats]:
        """Give everything a difference must fit as one matrix with lower and upper limits."""
        from scipy.sparse import vstack  # noqa: PLC0415 - slow to import

        system = self.system
        parts = [(system.rows, system.low, system.high)]
        zeros = [system.links, *([system.anchors] if ask.anchored else [])]
        if ask.shared is not None:
            zeros.append(system.aims[[ask.shared]])
        parts.extend((each, np.zeros(each.shape[0]), np.zeros(each.shape[0])) for each in zeros)
        if ask.scenario.told:
            below = np.full(len(system.small_high), -np.inf)
            parts.append((system.small, below, system.small_high))
        reach = np.full(len(ask.capped), float(ask.width))
        parts.append((system.aims[list(ask.capped)], -reach, reach))
        return (
            vstack([each for each, _, _ in parts], format="csc"),
            np.concatenate([each for _, each, _ in parts]),
            np.concatenate([each for _, _, each in parts]),
        )

    # --- proof ------------------------------------------------------------------------

    def proof(self) -> Proof:
        """Give everything that somebody needs to check this by plain arithmetic."""
        return Proof.of(self.system, self.changes, self.held)
