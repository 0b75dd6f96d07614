"""Plays the outsider who tries to work out a withheld count from everything ever published.

It shares no code with the protection of figures: it reads the shown figures its own way. It never
decides what to publish, and what it cannot prove to be safe is not safe.

A count passes only when two complete sets of tables were found, checked by plain integer
arithmetic against everything shown, that differ in it by the required width: witnesses. A solver
proposes them and is never trusted. Unless a count is itself about how many people there are in a
population, its witnesses leave the number of people of each commissioner and quarter as it is, so
that they stand whatever is published about other people later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from outcomes.audit.certificate import Certificate, Proof
from outcomes.audit.moves import carried_over, parts_of, small_moves
from outcomes.audit.unknowns import CHAIN, HOW_MANY, Atom, System, systems
from outcomes.episode import Commissioner
from outcomes.errors import OutcomesError
from outcomes.ledger import Entry, Kept
from outcomes.scenario import Finding, Scenario, Target, Verdict

if TYPE_CHECKING:
    from scipy.sparse import csc_array

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

# Numbers of steps, not seconds, so that the same release is judged the same on a slow machine.
_STEPS = 2_000
_STEPS_FOR_MANY = 20
_MANY = 5
_LARGE = 400
_TOO_LARGE = 3_500
_BATCH = 4_000
_MOST_ROUNDS = 5
_WORTH_IT = 0.8
_FURTHEST = 6


class ReadWronglyError(OutcomesError):
    """The true counts do not fit what was shown: the audit reads a figure wrongly."""


@dataclass(frozen=True, slots=True, repr=False)
class Audit:
    """The outcome of one audit.

    `findings` are the counts that an outsider can narrow down too far; `certificate` is there when
    there are none. `questions` says how many (count, outsider) pairs were looked at and `solved`
    how many questions the solver was asked.
    """

    verdict: Verdict
    findings: tuple[Finding, ...]
    certificate: Certificate | None
    questions: int
    solved: int
    witnesses: tuple[Kept, ...] = ()


PUBLIC = Scenario("public")
COUNCILS = (
    Scenario("derby-city", frozenset({Commissioner.DERBY_CITY})),
    Scenario("derbyshire-county", frozenset({Commissioner.DERBYSHIRE_COUNTY})),
)
TOLD = tuple(
    Scenario(f"{each.name}-told-what-is-small", each.known, told=True)
    for each in (*COUNCILS, PUBLIC)
)
LONE_RESPONDENT = "lone-respondent"
SCENARIOS = (*(each.name for each in (*COUNCILS, PUBLIC, *TOLD)), LONE_RESPONDENT)
"""Every outsider that is tried, by name."""


Witnesses: TypeAlias = dict[str, list[dict[Atom, int]]]
"""Differences that fitted in an earlier audit of the same release, by the system's name."""


def audit(
    new: Entry,
    earlier: Sequence[Entry] = (),
    progress: Callable[[str], None] | None = None,
    witnesses: Witnesses | None = None,
) -> Audit:
    """Try to work out every protected count of a release, and of earlier ones, as each outsider.

    `new.published` is what would be shown. `witnesses` is read and added to: what fitted once still
    fits when less is shown, and is looked at first. The same release, shown in the same steps,
    always gives the same answer. Raises `ReadWronglyError` when the truth itself does not fit what
    is shown.
    """
    hunts: list[Hunt] = []
    for system in systems(new, earlier):
        if progress is not None:
            progress(f"trying to find out: {system.name}")
        hunt = Hunt(system)
        hunt.go((witnesses or {}).get(system.name, []))
        if witnesses is not None:
            witnesses[system.name] = hunt.named()
        hunts.append(hunt)
    findings = [finding for hunt in hunts for finding in hunt.findings]
    certificate = None if findings else Certificate(tuple(hunt.proof() for hunt in hunts))
    questions = sum(hunt.questions for hunt in hunts)
    solved = sum(hunt.solved for hunt in hunts)
    kept = () if findings else tuple(each for hunt in hunts for each in hunt.kept(len(earlier)))
    return Audit(overall(findings), tuple(findings), certificate, questions, solved, kept)


def overall(findings: Sequence[Finding]) -> Verdict:
    """Give the verdict on a whole audit: one count that nobody could judge makes it unknown."""
    if not findings:
        return Verdict.SAFE
    certain = all(each.verdict is Verdict.UNSAFE for each in findings)
    return Verdict.UNSAFE if certain else Verdict.UNKNOWN


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


class Hunt:
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
        self.table = np.array([each.table for each in system.atoms], np.str_)
        self.untold = np.diff(system.rows.tocsc().indptr) == 0
        self.changes: list[dict[int, int]] = []
        self.values: Integers = np.zeros((0, len(system.targets)), np.int64)
        self.owners: Integers = np.zeros(0, np.int64)
        self.told: Flags = np.zeros(0, np.bool_)
        self.anchored: Flags = np.zeros(0, np.bool_)
        self.findings: list[Finding] = []
        self.found: set[int] = set()
        self.held: list[tuple[Scenario, Integers, Integers, Integers]] = []
        self.questions = self.solved = 0
        self._add([{}])

    # --- differences that fit ---------------------------------------------------------

    def _add(self, changes: Sequence[dict[int, int]], *, best_only: bool = False) -> None:
        """Keep those differences that fit everything, by integer arithmetic.

        With `best_only` only those that move some count further than any that is kept already.
        """
        from scipy.sparse import csc_array  # noqa: PLC0415 - slow to import

        system = self.system
        ends = np.cumsum([0, *map(len, changes)])
        where = np.fromiter((index for each in changes for index in each), np.int64)
        what = np.fromiter((value for each in changes for value in each.values()), np.int64)
        deltas = csc_array((what, where, ends), shape=(len(system.atoms), len(changes)))
        whose = np.repeat(np.arange(len(changes)), np.diff(ends))
        fits = np.ones(len(changes), np.bool_)
        fits[whose[system.truth[where] + what < 0]] = False
        fits &= abs(system.links @ deltas).sum(axis=0) == 0
        deltas, kept = deltas[:, fits], np.flatnonzero(fits)
        shown = (system.rows @ deltas).toarray()
        inside = (shown >= system.low[:, None]) & (shown <= system.high[:, None])
        deltas, kept = deltas[:, inside.all(axis=0)], kept[inside.all(axis=0)]
        small = (system.small @ deltas).toarray() <= system.small_high[:, None]
        owners = np.zeros(len(kept), np.int64)
        for number in range(len(Commissioner)):
            touched = abs(deltas[self.owner == number]).sum(axis=0) > 0
            owners += (1 << number) * touched
        found = (
            (system.aims @ deltas).toarray().T.astype(np.int64),
            owners,
            small.all(axis=0),
            abs(system.anchors @ deltas).sum(axis=0) == 0,
        )
        if best_only:
            chosen = self._best(*found)
            found = (found[0][chosen], found[1][chosen], found[2][chosen], found[3][chosen])
            kept = kept[chosen]
        self.changes.extend(changes[each] for each in kept)
        self.values = np.vstack([self.values, found[0]])
        self.owners = np.concatenate([self.owners, found[1]])
        self.told = np.concatenate([self.told, found[2]])
        self.anchored = np.concatenate([self.anchored, found[3]])

    def _best(self, values: Integers, owners: Integers, told: Flags, anchored: Flags) -> Integers:
        """Give the differences that move a count further, for some outsider, than any before."""
        best: set[int] = set()
        for scenario in (*COUNCILS, PUBLIC, *TOLD):
            for by_anchor in (True, False):
                before = self.values[self._open_to(scenario, anchored=by_anchor)]
                fits = (owners & _bits(scenario)) == 0
                fits &= told if scenario.told else True
                fits &= anchored if by_anchor else True
                among = np.flatnonzero(fits)
                if not len(among):
                    continue
                here = values[among]
                for sign in (1, -1):
                    further = (sign * here).max(axis=0) > (sign * before).max(axis=0)
                    best.update(among[(sign * here).argmax(axis=0)[further]].tolist())
        return np.array(sorted(best), np.int64)

    def _add_in_batches(self, changes: Iterable[dict[int, int]]) -> None:
        """Begin with what is easily found: it opens most counts and spares the solver."""
        for batch in _batched(changes, _BATCH):
            self._add(batch, best_only=True)

    def _open_to(self, scenario: Scenario, *, anchored: bool) -> Flags:
        """Mark the differences that agree with what this outsider knows."""
        fits = (self.owners & _bits(scenario)) == 0
        if scenario.told:
            fits &= self.told
        if anchored:
            fits &= self.anchored
        return np.asarray(fits, np.bool_)

    # --- the hunt ---------------------------------------------------------------------

    def named(self) -> list[dict[Atom, int]]:
        """Give the differences found, by what they are about rather than by number."""
        atoms = self.system.atoms
        return [{atoms[index]: value for index, value in each.items()} for each in self.changes]

    def kept(self, earlier: int) -> Iterator[Kept]:
        """Give the differences that claims rest on, as far as they are about the new release."""
        used = {int(each) for _, _, lows, highs in self.held for each in (*lows, *highs)}
        newest = max((each.entry for each in self.system.atoms), default=earlier)
        for number in sorted(used):
            for part in parts_of(self.system, self.changes[number]):
                atoms = [(self.system.atoms[index], value) for index, value in part.items()]
                found = [
                    (atom.table, atom.place.commissioner, atom.place.quarter, atom.classes, value)
                    for atom, value in atoms
                    if atom.entry == newest and not atom.kind
                ]
                if found:
                    yield tuple(found)

    def _recall(self, known: Sequence[dict[Atom, int]]) -> None:
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
        if changes:
            self._add(changes, best_only=True)

    def go(self, known: Sequence[dict[Atom, int]] = ()) -> None:
        """Try every outsider on every count."""
        if not self.system.targets:
            return
        if known:
            self._recall(known)
        else:
            self._add_in_batches(carried_over(self.system))
            self._add_in_batches(small_moves(self.system))
        free = self.system.free
        chosen = np.arange(len(free))
        if self.system.name == HOW_MANY:
            chosen = np.flatnonzero(free)
        elif self.system.name in CHAIN:  # the system about how many there are has the others
            chosen = np.flatnonzero(~free)
        for scenario in (*COUNCILS, PUBLIC, *TOLD):
            self._try(scenario, chosen, None)
        for index, target in enumerate(self.system.targets):
            if _may_be_alone(target):
                self._try(Scenario(LONE_RESPONDENT, shared=target), chosen, index)

    def _try(self, scenario: Scenario, chosen: Integers, shared: int | None) -> None:
        # What is found out already must be withheld better: then everybody is asked about it again.
        later = self.found if scenario.told or shared is not None else set()
        same = set() if shared is None else self._same_people(shared)
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
        if len(closed) > _MANY:
            self._push_many(ask, closed)
            closed = self._closed(ask, closed)
        for index in closed:
            self._push(ask, int(index))
        _, _, at_low, at_high = self._reach(ask)
        self.held.append((scenario, wanted, at_low[wanted], at_high[wanted]))

    def _closed(self, ask: _Question, among: Integers) -> Integers:
        """Give those of some counts that are not yet known to be hidden well enough."""
        low, high, _, _ = self._reach(ask)
        targets = self.system.targets
        return np.array(
            [
                each
                for each in among
                if not is_open(targets[each], ask.scenario, int(low[each]), int(high[each]))
            ],
            np.int64,
        )

    def _same_people(self, shared: int) -> set[int]:
        """Give the counts of the very people that a respondent knows, by whatever name."""
        aims = self.system.aims
        gaps = abs(aims - aims[[shared] * aims.shape[0]]).sum(axis=1)
        return set(np.flatnonzero(np.asarray(gaps).ravel() == 0).tolist())

    def _protects(self, scenario: Scenario, index: int) -> bool:
        """Say whether this outsider must not work out a count: one about people they do not know.

        Somebody told that a whole is small, with as many children of their own as that allows,
        knows that there is no other. Nothing can be withheld against that.
        """
        target = self.system.targets[index]
        if scenario.told and target.truth == 0:
            return False
        return not target.commissioners & scenario.known

    def _reach(self, ask: _Question) -> tuple[Integers, Integers, Integers, Integers]:
        """Give how far each count can be from the truth, and which differences show it."""
        fits = self._open_to(ask.scenario, anchored=ask.anchored)
        if ask.shared is not None:
            fits &= self.values[:, ask.shared] == 0
        kept = np.flatnonzero(fits)
        among = self.values[kept]
        at_low, at_high = among.argmin(axis=0), among.argmax(axis=0)
        columns = np.arange(among.shape[1])
        return among[at_low, columns], among[at_high, columns], kept[at_low], kept[at_high]

    # --- the solver proposes ----------------------------------------------------------

    def _push(self, ask: _Question, index: int) -> None:
        """Look for differences that hide one count; it is found out where there are none.

        Where there are many unknowns, those of its own table and the tables below come first.
        """
        target = self.system.targets[index]
        weights = self.system.aims[[index]]
        scopes = self._scopes(ask, target, weights.indices)
        aim = weights.toarray()[0]
        proved = False
        for scope in scopes:
            ask = replace(ask, capped=(index,), width=target.width, scope=scope)
            proved = all(self._solve(replace(ask, aim=sign * aim)) for sign in (1, -1))
            if not len(self._closed(ask, np.array([index]))):
                return
        low, high, _, _ = self._reach(ask)
        proved = proved and bool(scopes) and scopes[-1] is None
        verdict = Verdict.UNSAFE if proved else Verdict.UNKNOWN
        bounds = (target.truth + int(low[index]), target.truth + int(high[index]))
        self.found.add(index)
        self.findings.append(Finding(target, ask.scenario, verdict, *bounds))

    def _scopes(self, ask: _Question, target: Target, indices: Integers) -> list[Flags | None]:
        """Give what may change, from little to much; None is everything."""
        if len(self.system.atoms) <= _LARGE:
            return [None]
        if not ask.anchored:
            scopes: list[Flags | None] = [self._near(target)]
        else:
            names = {self.system.atoms[each].table for each in indices}
            own = np.isin(self.table, sorted(names))
            below = np.isin(self.table, sorted(self._with_all_below(names)))
            above = names | self._above(names)
            beside = np.isin(self.table, sorted(self._with_all_below(above)))
            chain = np.isin(self.table, sorted(above))
            scopes = [own, chain | (beside & self.untold), own | below, beside]
        scopes = [each for each in scopes if each is not None and each.sum() <= _TOO_LARGE]
        return [*scopes, *([None] if len(self.system.atoms) <= _TOO_LARGE else [])]

    def _above(self, names: set[str]) -> set[str]:
        """Give the tables that these sort people of, but for the populations themselves."""
        found = set()
        for name in names:
            parent = self.system.parents.get(name)
            while parent in self.system.parents and parent is not None:
                found.add(parent)
                parent = self.system.parents[parent]
        return found

    def _with_all_below(self, names: set[str]) -> set[str]:
        found = set(names)
        for label in self.system.parents:
            above = label
            while above in self.system.parents and above not in names:
                above = self.system.parents[above]
            if above in names:
                found.add(label)
        return found

    def _near(self, target: Target) -> Flags:
        """Mark the unknowns about the same people, and the caseloads that follow from them."""
        return np.array(
            [
                each.place.commissioner in target.commissioners
                and (each.place.quarter in target.quarters or each.table == "open")
                for each in self.system.atoms
            ],
            np.bool_,
        )

    def _push_many(self, ask: _Question, closed: Integers) -> None:
        """Move many counts at once: it often opens most, and then each needs no question.

        Where there are many unknowns, the counts of one table at a time.
        """
        large = len(self.system.atoms) > _LARGE
        for _ in range(_MOST_ROUNDS):
            before = len(closed)
            groups: dict[str, list[int]] = {}
            for each in closed:
                name = self.system.targets[each].table if large and ask.anchored else ""
                groups.setdefault(name, []).append(int(each))
            for name, members in groups.items():
                self._push_group(ask, members, self.table == name if name else None)
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
        self._add([change, *self._parts(change)])
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


def _may_be_alone(target: Target) -> bool:
    """Say whether one or two people are counted: each of them knows the others' number."""
    few = 2 if target.width > 1 else 1
    return len(target.commissioners) == 1 and 0 < target.truth <= few


def is_open(target: Target, scenario: Scenario, low: int, high: int) -> bool:
    """Say whether a count that can lie from truth + low to truth + high is hidden well enough."""
    if scenario.shared is not None or scenario.told or target.width == 1:
        return high - low >= 1
    width = target.insider_width if scenario.known else target.width
    return high - low >= width and (low < 0 or target.truth == 0) and high > 0


def _bits(scenario: Scenario) -> int:
    return sum(1 << tuple(Commissioner).index(each) for each in scenario.known)


def _batched(changes: Iterable[dict[int, int]], size: int) -> Iterator[list[dict[int, int]]]:
    each = iter(changes)
    while batch := list(islice(each, size)):
        yield batch
