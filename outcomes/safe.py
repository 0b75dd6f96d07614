"""Holds protected tables behind a seal that only `protect()` has; it works nothing out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from outcomes.definitions import Measure
from outcomes.errors import NotProtectedError
from outcomes.figures import Figure, FlowFigure
from outcomes.policy import DisclosurePolicy
from outcomes.quarter import Quarter


class Seal:
    """Proof that `protect()` is building something. Only disclosure.py may use the one there is."""

    __slots__ = ()


SEAL: Final = Seal()


class SafeTable:
    """The protected figures of one population: what it shows may be seen by anybody."""

    __slots__ = ("figures", "flow", "name")

    def __init__(
        self, name: str, figures: Iterable[Figure], flow: Iterable[FlowFigure], *, seal: object
    ) -> None:
        """Refuse to be built by anything but `protect()`."""
        _check(seal)
        self.name = name
        self.figures = tuple(figures)
        self.flow = tuple(flow)


class SafeTables:
    """Everything that was protected for one quarter, with the policy and the definitions behind it.

    `scenarios` names the outsiders the audit tried to be.
    """

    __slots__ = ("measures", "policy", "quarter", "scenarios", "tables")

    def __init__(
        self,
        quarter: Quarter,
        measures: Iterable[Measure],
        policy: DisclosurePolicy,
        tables: Iterable[SafeTable],
        *,
        scenarios: Iterable[str],
        seal: object,
    ) -> None:
        """Refuse to be built by anything but `protect()`."""
        _check(seal)
        self.quarter = quarter
        self.measures = tuple(measures)
        self.policy = policy
        self.tables = tuple(tables)
        self.scenarios = tuple(scenarios)


def _check(seal: object) -> None:
    if seal is not SEAL:
        message = "protected tables are built by protect() only; pass the raw tables through it"
        raise NotProtectedError(message)
