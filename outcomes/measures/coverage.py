"""Tells which outcomes of the contract have evidence, from shown figures only; it counts nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from outcomes.episode import Audience
from outcomes.figures import TOTAL, Figure, Symbol
from outcomes.measures.contract import OUTCOMES

LEAST_PEOPLE = 10
"""About how many people a figure has to be to count as evidence, as its shown count says."""


def outcomes_with_evidence(
    figures: Iterable[Figure],
    codes_of: Callable[[Figure], Iterable[str]],
    footprint: Audience,
) -> tuple[str, ...]:
    """Give the codes of the outcomes with evidence for a footprint, in the contract's order.

    Evidence is a figure for the whole footprint that is shown and about ten people or more. It says
    nothing about how good the figure is. `codes_of` gives the outcomes that a figure belongs to, as
    its own definition has them: in a stored release those of that time.
    """
    found = {
        code
        for each in figures
        if each.footprint is footprint and each.breakdown == TOTAL and _is_evidence(each)
        for code in codes_of(each)
    }
    return tuple(each.code for each in OUTCOMES if each.code in found)


def _is_evidence(figure: Figure) -> bool:
    is_count = figure.denominator is Symbol.NOT_APPLICABLE
    people = figure.numerator if is_count else figure.denominator
    values = (figure.numerator,) if is_count else (figure.percent, figure.change_mean)
    is_shown = any(not isinstance(each, Symbol) for each in values)
    return is_shown and isinstance(people, int) and people >= LEAST_PEOPLE
