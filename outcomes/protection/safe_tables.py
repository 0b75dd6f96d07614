"""Holds protected figures behind a seal that only `protect()` has; it works nothing out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NoReturn

from outcomes.errors import NotProtectedError
from outcomes.figures import Figure, FlowFigure
from outcomes.measures.measure import Measure
from outcomes.protection.policy import DisclosurePolicy
from outcomes.quarter import Period


class Seal:
    """Proof that `protect()` is building something. Only protection.py may use the one there is."""

    __slots__ = ()


SEAL: Final = Seal()


class SafeTables:
    """Everything that was protected for one period, with the policy and the definitions behind it.

    `coarsened` says in plain sentences what was shown more coarsely than it was meant to be, and
    `left_out` names the measures (id and area) of which nothing is shown for that reason.
    `scenarios` names the outsiders the audit tried to be, `audited_with` the earlier releases that
    it held against this one.
    """

    __slots__ = ("audited_with", "coarsened", "figures", "flow", "left_out", "measures", "period",
                 "policy", "scenarios")  # fmt: skip

    def __init__(  # noqa: PLR0913 - one value made of its parts, all by name
        self,
        period: Period,
        measures: Iterable[Measure],
        policy: DisclosurePolicy,
        *,
        figures: Iterable[Figure],
        flow: Iterable[FlowFigure],
        coarsened: Iterable[str],
        left_out: Iterable[tuple[str, str]] = (),
        scenarios: Iterable[str],
        audited_with: Iterable[str],
        seal: object,
    ) -> None:
        """Refuse to be built by anything but `protect()`."""
        if seal is not SEAL:
            raise NotProtectedError(_ONLY_PROTECT)
        self.period = period
        self.measures = tuple(measures)
        self.policy = policy
        self.figures = tuple(figures)
        self.flow = tuple(flow)
        self.coarsened = tuple(coarsened)
        self.left_out = frozenset(left_out)
        self.scenarios = tuple(scenarios)
        self.audited_with = tuple(audited_with)

    def __reduce__(self) -> NoReturn:
        """Refuse to be rebuilt from stored bytes: that would be a way around the seal."""
        raise NotProtectedError(_ONLY_PROTECT)


_ONLY_PROTECT = "protected tables are built by protect() only; pass the raw tables through it"
