"""Numbers for a monitor: how much of everything there is, and nothing about anybody.

Each application has a registry of its own. It must not hold an id, a name or a word.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from storage.alert_list import Counted
from storage.counts import Counts
from storage.sweeps import Sweep

_METHODS: Final = frozenset({"GET", "HEAD", "POST"})


class Metrics:
    """What /metrics tells."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "starling_http_requests",
            "Requests by method, route and class of status",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._runs = self._by("runs", "Runs by status", "status")
        self._messages = self._by("messages", "Messages on their way out by state", "state")
        self._concerns = self._by("concerns_open", "Concerns that nobody acknowledged", "level")
        self._inbox = self._by("inbox", "Updates that are not dealt with", "state")
        self._late = self._gauge("occasions_late", "Due moments that the clock has not looked at")
        self._unread = self._gauge("words_unread", "Words that nobody has read")
        self._overdue = self._gauge("words_overdue", "Words that should have been read by now")
        self._notices = self._gauge("notices_unseen", "Facts that nobody of the staff has seen")
        self._red = self._by("alerts_red", "Alerts that nobody took in hand", "level")
        self._unanswered = self._gauge(
            "alerts_unanswered", "Alerts that went up the whole ladder and nobody took"
        )
        self._late_alerts = self._gauge("alerts_overdue", "Alerts that nobody took in time")
        self._failing = self._gauge("alert_notices_failing", "Notices of these that do not leave")
        self._unreached = self._gauge(
            "alert_rungs_unreachable", "Rungs of the ladder that only the staff page tells"
        )
        self._matcher = self._gauge(
            "matcher_fails", "1 where the rules for words of concern missed a text of our own"
        )
        self._missing = self._gauge(
            "followups_missing",
            "Askings that should have been sent and were not, by the last sweep",
        )
        self._sweep_age = self._gauge(
            "followups_sweep_age_seconds", "Since when nobody compared; infinite before the first"
        )

    def count_request(self, method: str, route: str, status: int) -> None:
        """Count one request."""
        known = method if method in _METHODS else "other"
        self._requests.labels(known, route, f"{status // 100}xx").inc()

    def note_alerts(self, counted: Counted, unreached: int) -> None:
        """Take how alerts stand, and on how many rungs nobody can be reached."""
        self._red.clear()
        for level, number in counted.red.items():
            self._red.labels(level).set(number)
        self._unanswered.set(counted.unanswered)
        self._late_alerts.set(counted.overdue)
        self._failing.set(counted.failed_notices)
        self._unreached.set(unreached)
        self._matcher.set(int(counted.matcher_fails))

    def note_sweep(self, sweep: Sweep | None, now: datetime) -> None:
        """Take what the last sweep found, and how long ago: an alarm needs both."""
        self._missing.set(sweep.missing_in_all if sweep is not None else 0)
        age = (now - sweep.at).total_seconds() if sweep is not None else math.inf
        self._sweep_age.set(max(age, 0.0))

    def write(self, counts: Counts) -> bytes:
        """Return everything in Prometheus' text format."""
        for gauge, numbers in (
            (self._runs, counts.runs),
            (self._messages, counts.messages),
            (self._concerns, counts.open_concerns),
            (self._inbox, {"waiting": counts.waiting_updates, "stuck": counts.stuck_updates}),
        ):
            gauge.clear()
            for label, number in numbers.items():
                gauge.labels(label).set(number)
        self._late.set(counts.late_occasions)
        self._unread.set(counts.unread_words)
        self._overdue.set(counts.overdue_words)
        self._notices.set(counts.unseen_notices)
        return generate_latest(self._registry)

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(f"starling_{name}", meaning, registry=self._registry)

    def _by(self, name: str, meaning: str, label: str) -> Gauge:
        return Gauge(f"starling_{name}", meaning, (label,), registry=self._registry)
