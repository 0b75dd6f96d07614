"""Gathers what became of messages, so that neighbours are written down together.

It must not decide what became of any.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Final

from storage.outbox import Delivery, Sent
from usecases import sending as desk
from usecases.service import Service

_AFTER: Final = 0.02

_log = logging.getLogger(__name__)


class Ledger:
    """Takes one result at a time and reports several at once, a moment later."""

    def __init__(self, service: Service, clock: Callable[[], datetime]) -> None:
        """Take where results are reported, and a clock (aware UTC)."""
        self.counts: Counter[Delivery] = Counter()
        self._service = service
        self._clock = clock
        self._results: list[Sent] = []

    def add(self, result: Sent) -> None:
        """Take one result."""
        self.counts[result.state] += 1
        if not self._results:
            asyncio.get_running_loop().call_later(_AFTER, self.flush)
        self._results.append(result)

    def flush(self) -> None:
        """Report what was gathered, now."""
        results, self._results = self._results, []
        if not results:
            return
        try:
            desk.record(self._service, results, self._clock())
        except Exception as error:  # noqa: BLE001 - then their leases run out and tell the truth
            _log.warning("results could not be recorded: %s", type(error).__name__)
