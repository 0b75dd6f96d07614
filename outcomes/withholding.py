"""Finds the fewest further figures to withhold so that no outsider gets through; sets no rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from outcomes.attack import Finding, Hunt
from outcomes.errors import ReleaseRefusedError
from outcomes.tables import Cell

_MOST_ROUNDS = 200


@dataclass(frozen=True, slots=True, repr=False)
class Conflict:
    """Figures that together give a protected count away, none of which can be left out of it."""

    cells: frozenset[Cell]


def fewest_to_withhold(findings: Sequence[Finding], rank: Callable[[Cell], int]) -> frozenset[Cell]:
    """Give the smallest set of shown figures without which every finding is hidden well enough.

    Exact: each round finds a conflict of which at least one figure must go, then takes the smallest
    set that breaks every conflict known so far, until that set is enough. Among sets of the same
    size the one with the lower sum of `rank` is taken, so that the answer is always the same.
    Raises `ReleaseRefusedError` when withholding everything would not be enough.
    """
    conflicts: list[Conflict] = []
    for _ in range(_MOST_ROUNDS):
        chosen = _smallest_cover(conflicts, rank)
        exposed = next((each for each in findings if not _is_hidden(each, chosen)), None)
        if exposed is None:
            return chosen
        conflicts.append(_conflict(exposed, chosen, rank))
    message = "no small set of withheld figures was found that is enough; nothing goes out"
    raise ReleaseRefusedError(message)


def _is_hidden(finding: Finding, withheld: frozenset[Cell]) -> bool:
    """Say whether a finding is hidden well enough once these figures are withheld."""
    using = np.array([each not in withheld for each in finding.block.cells], np.bool_)
    hunt = Hunt(finding.block, using, told=finding.scenario.told)
    return not list(hunt.hunt(finding.scenario, [finding.target]))


def _conflict(finding: Finding, withheld: frozenset[Cell], rank: Callable[[Cell], int]) -> Conflict:
    """Find figures that give the count away by themselves, leaving out whatever can be left out.

    Halves what is left out as long as that works, so that few questions are asked.
    """
    shown = sorted(set(finding.block.cells) - withheld, key=lambda cell: (-rank(cell), cell))
    everything = frozenset(finding.block.cells)
    needed: list[Cell] = []
    if _is_hidden(finding, everything) is False:
        message = "a protected count is certain even with every figure withheld; nothing goes out"
        raise ReleaseRefusedError(message)
    candidates = shown
    while _is_hidden(finding, everything - set(needed)):
        # The shortest beginning of the candidates that, with those already needed, gives it away:
        # its last figure is needed.
        low, high = 0, len(candidates)
        while low + 1 < high:
            middle = (low + high) // 2
            if _is_hidden(finding, everything - set(needed) - set(candidates[:middle])):
                low = middle
            else:
                high = middle
        needed.append(candidates[high - 1])
        candidates = candidates[: high - 1]
    return Conflict(frozenset(needed))


def _smallest_cover(conflicts: Sequence[Conflict], rank: Callable[[Cell], int]) -> frozenset[Cell]:
    """Give the smallest set of figures that has at least one of every conflict."""
    cells = sorted({cell for each in conflicts for cell in each.cells})
    if not cells:
        return frozenset()
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - slow to import

    hits = np.array([[cell in each.cells for cell in cells] for each in conflicts], np.float64)
    ranks = np.array([rank(cell) for cell in cells], np.float64)
    answer = milp(
        # One figure more always costs more than the best of ranks can save.
        ranks + ranks.sum() + 1,
        integrality=np.ones(len(cells)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(hits, 1, np.inf),
        options={"mip_rel_gap": 0.0},
    )
    taken = np.rint(answer.x).astype(np.bool_)
    return frozenset(cell for cell, take in zip(cells, taken, strict=True) if take)
