"""Sums up rounds: medians, percentiles, ratios, shares, memory; it measures no time itself."""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

_STATUS: Final = Path("/proc/self/status")
_FORGET: Final = Path("/proc/self/clear_refs")
_MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Round:
    """One round: how many, in how many seconds, and with how much processor time.

    `latencies` are the seconds of each, from coming in to the last method that left.
    """

    many: int
    seconds: float
    cpu_seconds: float
    latencies: Sequence[float]

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of processor time for each."""
        return self.cpu_seconds / self.many * 1000


def summed_up(rounds: Sequence[Round], name: str) -> dict[str, float]:
    """Return the medians over the rounds, and the percentiles over everything; `name` counts it."""
    waits = sorted(wait for each in rounds for wait in each.latencies)
    return {
        f"{name}s_per_second": round(median(each.many / each.seconds for each in rounds), 1),
        f"cpu_ms_per_{name}": round(median(each.cpu_ms for each in rounds), 3),
        "p50_ms": round(percentile(waits, 50) * 1000, 3),
        "p99_ms": round(percentile(waits, 99) * 1000, 3),
    }


def ratio(over: Sequence[Round], under: Sequence[Round]) -> float:
    """Return the median over the rounds of processor time for each, as a multiple of the other's.

    Rounds are compared with their neighbours only, as the machine gets faster and slower.
    """
    pairs = zip(over, under, strict=True)
    return round(median(one.cpu_ms / other.cpu_ms for one, other in pairs), 2)


def percentile(ordered: Sequence[float], percent: int) -> float:
    """Return the smallest value that at least so many percent do not exceed."""
    place = -(-len(ordered) * percent // 100) - 1
    return ordered[max(0, place)]


def shares(parts: dict[str, int], whole: float, stages: Iterable[str]) -> dict[str, float]:
    """Return each stage's share of a whole, in that order, and what belongs to none as `other`."""
    found = {stage: round(parts.get(stage, 0) / whole, 3) for stage in stages}
    return {**found, "other": round(max(0.0, 1 - sum(parts.values()) / whole), 3)}


def forget_peak() -> None:
    """Let the peak of memory count from now, where the system can do that (Linux)."""
    with suppress(OSError):
        _FORGET.write_text("5")


def peak_megabytes() -> float:
    """Return the most memory that this process held since `forget_peak`, or ever."""
    with suppress(OSError):
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) * 1024 / _MEGABYTE, 1)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most * (1 if sys.platform == "darwin" else 1024) / _MEGABYTE, 1)
