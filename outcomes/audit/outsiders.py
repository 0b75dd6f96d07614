"""Names who is tried in an audit and what is hidden well enough from them; it tries nobody."""

from __future__ import annotations

from outcomes.episode import Commissioner
from outcomes.scenario import Scenario, Target

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


def may_be_alone(target: Target) -> bool:
    """Say whether one or two people are counted: each of them knows the others' number."""
    few = 2 if target.width > 1 else 1
    return len(target.commissioners) == 1 and 0 < target.truth <= few


def is_open(target: Target, scenario: Scenario, low: int, high: int) -> bool:
    """Say whether a count that can lie from truth + low to truth + high is hidden well enough."""
    if scenario.shared is not None or scenario.told or target.width == 1:
        return high - low >= 1
    width = target.insider_width if scenario.known else target.width
    return high - low >= width and (low < 0 or target.truth == 0) and high > 0


def bits_of(scenario: Scenario) -> int:
    """Give the commissioners whose children an outsider knows, as bits of a number."""
    return sum(1 << tuple(Commissioner).index(each) for each in scenario.known)
