"""Turns raw tables into figures in which nobody can be found, or refuses; the only way out of them.

Counts are withheld and rounded, everything else is worked out from what is shown, and then the
audit in `attack` tries to undo it. It writes no file and knows no format.
"""

from __future__ import annotations

from typing import Final

from outcomes.attack import SCENARIOS, Audit, Witnesses, audit
from outcomes.derivation import show_figures, show_flow
from outcomes.episode import Audience
from outcomes.errors import PolicyRefusedError, ReleaseRefusedError
from outcomes.policy import DFE_C, NHS5, POLICIES, DisclosurePolicy
from outcomes.primary import first_pass
from outcomes.puzzle import Published, Rules
from outcomes.safe import SEAL, SafeTable, SafeTables
from outcomes.tables import Cell, RawFamily, RawTables
from outcomes.withholding import fewest_to_withhold

__all__ = ["DFE_C", "NHS5", "POLICIES", "DisclosurePolicy", "SafeTable", "SafeTables", "protect"]


_BUILT: Final = (NHS5,)
"""The policies whose whole protection exists. Any other is refused, however it is called."""


def protect(raw: RawTables, policy: DisclosurePolicy) -> SafeTables:
    """Withhold, round and audit; give the only tables that a release can be compiled from.

    Where the audit gets through, the fewest further figures are withheld and the audit is repeated.
    Deterministic: the same counts give the same figures. Raises `PolicyRefusedError` for a policy
    that is not built and `ReleaseRefusedError` when the audit is not satisfied in the end.
    """
    if policy not in _BUILT:
        message = (
            f"the disclosure policy {policy.name!r} cannot be used: exact counts need secondary "
            f"suppression, which is not built yet; use {' or '.join(each.name for each in _BUILT)}"
        )
        raise PolicyRefusedError(message)
    tables = [_protect_family(family, policy) for family in raw.families]
    return SafeTables(raw.quarter, raw.measures, policy, tables, scenarios=SCENARIOS, seal=SEAL)


def _protect_family(family: RawFamily, policy: DisclosurePolicy) -> SafeTable:
    """Protect the figures about one set of people; no figure is about two of these sets at once."""
    published = _audited(family, first_pass(family, policy), policy)
    return SafeTable(
        family.name,
        show_figures(family, published, policy),
        show_flow(family, published),
        seal=SEAL,
    )


def _audited(family: RawFamily, published: Published, policy: DisclosurePolicy) -> Published:
    """Withhold what the audit asks for: first as if there were counts only, then with the means."""
    rules = Rules(
        threshold=policy.threshold,
        base=policy.base,
        width=policy.width,
        insider_width=policy.insider_width,
        class_size=policy.class_size,
    )
    witnesses: Witnesses = {}
    found = audit(family, Published(published.counts, {}), rules, witnesses)
    published = _without(family, published, _needed(family, found))
    found = audit(family, published, rules, witnesses)
    if not found.verdict.allows_release:
        published = _without(family, published, _needed(family, found))
        found = audit(family, published, rules, witnesses)
    if not found.verdict.allows_release:
        message = (
            f"the audit of {family.name} is still {found.verdict} after further figures were "
            "withheld; nothing goes out: publish fewer measures or a longer period"
        )
        raise ReleaseRefusedError(message)
    return published


def _needed(family: RawFamily, found: Audit) -> frozenset[Cell]:
    """Give the fewest figures to withhold so that nothing of what was found stays exposed."""
    order = [row.key for row in family.rows]

    def rank(cell: Cell) -> int:
        """Rank figures by how much they would be missed: means least, then the flow's reasons."""
        place = len(order) - order.index(cell.row) if cell.row in order else 0
        return len(Audience) * place + len(Audience) - tuple(Audience).index(cell.footprint)

    return fewest_to_withhold(found.findings, rank)


def _without(family: RawFamily, published: Published, withheld: frozenset[Cell]) -> Published:
    counts = {cell: None if cell in withheld else count for cell, count in published.counts.items()}
    n_of = {mean.key: mean.n for mean in family.means}
    means = {
        cell: None
        if cell in withheld or counts[Cell(n_of[cell.row], cell.footprint)] is None
        else mean
        for cell, mean in published.means.items()
    }
    return Published(counts, means)
