"""Finds the smallest safe pattern of withheld figures by exact search, for small tables only.

The greedy choice is improved by it where tables are small, and held against it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np

from outcomes.protection.suppression import Pattern, Suppressor
from outcomes.protection.witness import Asked
from outcomes.scenario import Finding


def smallest_pattern(
    suppressor: Suppressor,
    findings_of: Callable[[Pattern], Sequence[Finding]],
) -> Pattern | None:
    """Give the lightest safe pattern; None if none was found in time.

    `findings_of` audits a pattern; whatever the suppressor knows already is asked first. Each round
    takes the lightest pattern that breaks every conflict known so far: a conflict is a set of lines
    that, all shown, give a count away whatever else is withheld, so every safe pattern withholds
    one of them. Hence the first pattern that the audit passes is a lightest one.
    """
    conflicts: list[frozenset[int]] = []
    known = suppressor.asked()
    while suppressor.may_try():
        chosen = _smallest_cover(conflicts, suppressor)
        exposed = _first_exposed(suppressor, known, chosen)
        if exposed is None:
            found = suppressor.learn(findings_of(Pattern(lines=chosen)))
            if not found:
                return Pattern(lines=chosen)
            known.extend(found)
            exposed = _first_exposed(suppressor, found, chosen)
        if exposed is None or not suppressor.is_hidden(exposed, suppressor.shown):
            return None  # more than counts gives it away, or nothing withheld is enough
        # As many conflicts as there are beside one another: fewer covers to solve.
        while suppressor.may_try() and not suppressor.is_hidden(exposed, chosen):
            conflicts.append(_conflict(suppressor, exposed, chosen))
            chosen |= conflicts[-1]
    return None


def _first_exposed(
    suppressor: Suppressor, among: Sequence[Asked], withheld: Collection[int]
) -> Asked | None:
    return next((each for each in among if not suppressor.is_hidden(each, withheld)), None)


def _conflict(suppressor: Suppressor, exposed: Asked, withheld: Collection[int]) -> frozenset[int]:
    """Find lines that give a count away by themselves, leaving out whatever can be left out.

    Halves what is left out as long as that works, so that few questions are asked.
    """
    everything = frozenset(suppressor.shown)
    candidates = suppressor.in_order(everything - frozenset(withheld))
    needed: frozenset[int] = frozenset()
    while suppressor.is_hidden(exposed, everything - needed):
        # The shortest beginning of the candidates that, with those already needed, gives it away:
        # its last line is needed.
        low, high = 0, len(candidates)
        while low + 1 < high:
            middle = (low + high) // 2
            if suppressor.is_hidden(exposed, everything - needed - set(candidates[:middle])):
                low = middle
            else:
                high = middle
        needed |= {candidates[high - 1]}
        candidates = candidates[: high - 1]
    return needed


def _smallest_cover(conflicts: Sequence[frozenset[int]], suppressor: Suppressor) -> frozenset[int]:
    """Give the lightest lines that have at least one of every conflict."""
    lines = suppressor.in_order({line for each in conflicts for line in each})
    if not lines:
        return frozenset()
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - slow to import

    answer = milp(
        np.array([suppressor.weights[each] for each in lines], np.float64),
        integrality=np.ones(len(lines)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(
            np.array([[line in each for line in lines] for each in conflicts], np.float64), 1
        ),
        options={"mip_rel_gap": 0.0},
    )
    taken = np.rint(answer.x).astype(np.bool_)
    return frozenset(line for line, take in zip(lines, taken, strict=True) if take)
