"""Makes a release from facts: count, protect, audit, freeze; it stores and reads nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from outcomes.counting.tally import count_period
from outcomes.facts import Facts
from outcomes.indicators import Indicator, Reply
from outcomes.ledger import Entry
from outcomes.measures.catalogue import MEASURES, theme_measures
from outcomes.protection.policy import DisclosurePolicy
from outcomes.quarter import Period
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
    from outcomes.protection.gate import protect  # noqa: PLC0415 - loads numpy and scipy

    if progress is not None:
        progress("counting")
    measures = (*MEASURES, *theme_measures(themes))
    raw = count_period(measures, facts, period)
    earlier = [Entry.from_bytes(each) for each in ledger]
    protected = protect(raw, policy, earlier, progress)
    release = compile_release(
        protected.safe,
        compiled_on=compiled_on,
        certificate=protected.certificate.digest,
        indicators=indicators,
        replies=replies,
    )
    return Made(release, protected.certificate.to_bytes(), protected.entry.to_bytes())
