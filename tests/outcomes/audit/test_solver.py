"""A solver that lies, tires or breaks lets no figure out: what it says is checked by arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import scipy.optimize
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outcomes.attack import audit
from outcomes.audit import hunt
from outcomes.audit.certificate import CertificateRefusedError
from outcomes.audit.witnesses import Pool
from outcomes.episode import Commissioner
from outcomes.errors import ReleaseRefusedError
from outcomes.ledger import Entry
from outcomes.protection import gate
from outcomes.protection.policy import DFE_C, NHS5
from outcomes.scenario import Verdict
from tests.outcomes.audit.everything import COUNTY, DERBY, OTHER, RULES, entry_of
from tests.outcomes.protection.small import NO, YES, said_yes_or_no

OPTIMAL, TIRED = 0, 1
HIDDEN = entry_of({DERBY: (2, 8, 9), COUNTY: (2, 9, 4), OTHER: (9, 9, 9)})
"""Small counts of which none can be found out, once somebody looks far enough."""
EXPOSED = entry_of(
    {DERBY: (6, 6, 2), COUNTY: (5, 5, 5), OTHER: (4, 4, 4)},
    replace(RULES, base=1, zero_is_shown=True),
)
"""Exact figures from which small counts follow."""


@dataclass
class Answer:
    """What a solver gives back."""

    x: np.ndarray[Any, Any] | None
    status: int = OPTIMAL


Solver = Callable[..., Answer]


def far_off(c: Sequence[float], **_: object) -> Answer:
    """Claims that everybody stands wherever it helps most."""
    return Answer(-np.sign(np.asarray(c)) * 9.0)


def in_halves(c: Sequence[float], **_: object) -> Answer:
    """Claims parts of people."""
    return Answer(-np.sign(np.asarray(c)) * 0.6)


def too_near(c: Sequence[float], **_: object) -> Answer:
    """Claims that nothing but the truth is possible."""
    return Answer(np.zeros(len(c)))


def everywhere_one(c: Sequence[float], **_: object) -> Answer:
    """Puts one more into every class, whatever is known."""
    return Answer(np.ones(len(c)))


def out_of_time(*_: object, **__: object) -> Answer:
    """Gives up with nothing in its hands."""
    return Answer(None, TIRED)


def nothing_fits(*_: object, **__: object) -> Answer:
    """Claims that not even the truth fits."""
    return Answer(None, 2)


BAD = (far_off, in_halves, too_near, everywhere_one, out_of_time, nothing_fits)
bad_solvers = pytest.mark.parametrize("solver", BAD, ids=lambda each: each.__name__)


@pytest.fixture
def only_solver(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """What is found without a solver is not looked for: everything hangs on what it says."""
    monkeypatch.setattr(hunt, "small_moves", lambda _: ())
    monkeypatch.setattr(hunt.Hunt, "_remember", lambda _: None)
    return monkeypatch


def test_a_solver_that_works_finds_what_hides_everybody(only_solver: pytest.MonkeyPatch) -> None:
    """Otherwise what follows would say nothing."""
    del only_solver
    result = audit(HIDDEN)
    assert result.verdict is Verdict.SAFE
    assert result.solved > 0
    assert result.certificate is not None
    result.certificate.check()
    assert audit(EXPOSED).verdict is Verdict.UNSAFE


@bad_solvers
@pytest.mark.parametrize("entry", [HIDDEN, EXPOSED], ids=["hidden", "exposed"])
def test_a_bad_solver_is_not_believed(
    only_solver: pytest.MonkeyPatch, solver: Solver, entry: Entry
) -> None:
    only_solver.setattr(scipy.optimize, "milp", solver)
    result = audit(entry)
    assert result.solved > 0
    assert not result.verdict.allows_release
    assert result.certificate is None
    assert result.witnesses == ()


@pytest.mark.parametrize("solver", [out_of_time, nothing_fits])
def test_what_a_solver_gives_up_on_is_unknown(
    only_solver: pytest.MonkeyPatch, solver: Solver
) -> None:
    only_solver.setattr(scipy.optimize, "milp", solver)
    assert audit(HIDDEN).verdict is Verdict.UNKNOWN


@bad_solvers
def test_what_was_found_without_a_solver_stands_whatever_it_says(
    monkeypatch: pytest.MonkeyPatch, solver: Solver
) -> None:
    monkeypatch.setattr(scipy.optimize, "milp", solver)
    assert audit(EXPOSED).verdict is not Verdict.SAFE
    certificate = audit(HIDDEN).certificate
    if certificate is not None:
        certificate.check()


class SolverFellOverError(Exception):
    """A solver broke off."""


def falls_over(*_: object, **__: object) -> Answer:
    raise SolverFellOverError


def test_a_solver_that_breaks_off_leaves_nothing_behind(only_solver: pytest.MonkeyPatch) -> None:
    only_solver.setattr(scipy.optimize, "milp", falls_over)
    with pytest.raises(SolverFellOverError):
        audit(HIDDEN)
    with pytest.raises(SolverFellOverError):
        gate.protect(said_yes_or_no({(DERBY, YES): 12, (DERBY, NO): 9, (OTHER, YES): 2}), NHS5)


COUNTS = st.fixed_dictionaries(
    {(owner, label): st.integers(0, 15) for owner in Commissioner for label in (YES, NO)}
)


@bad_solvers
@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(COUNTS)
def test_whatever_comes_out_in_spite_of_a_bad_solver_is_safe(
    only_solver: pytest.MonkeyPatch, solver: Solver, counts: dict[tuple[Commissioner, str], int]
) -> None:
    """Protection itself asks it too: what it then lets out is judged by a solver that works."""
    with only_solver.context() as patched:
        patched.setattr(scipy.optimize, "milp", solver)
        try:
            protected = gate.protect(said_yes_or_no(counts), NHS5)
        except ReleaseRefusedError:
            return
    protected.certificate.check()
    assert audit(protected.entry).verdict is Verdict.SAFE


def test_a_proof_that_does_not_hold_stops_the_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if the audit took every proposal on trust, its proof would be seen to be none."""

    def trusting(
        self: Pool, changes: Sequence[dict[int, int]]
    ) -> tuple[object, np.ndarray[Any, Any]]:
        from scipy.sparse import csc_array  # noqa: PLC0415 - slow to import

        atoms = len(self.system.atoms)
        columns = [[change.get(row, 0) for row in range(atoms)] for change in changes]
        return csc_array(np.array(columns, np.int64).T), np.arange(len(changes))

    monkeypatch.setattr(Pool, "_fitting", trusting)
    few_others = {
        (DERBY, YES): 24, (DERBY, NO): 17, (COUNTY, YES): 31, (COUNTY, NO): 22,
        (OTHER, YES): 2, (OTHER, NO): 9,
    }  # fmt: skip
    with pytest.raises(CertificateRefusedError):
        gate.protect(said_yes_or_no(few_others), DFE_C)
