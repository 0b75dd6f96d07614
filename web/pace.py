"""How fast one browser may send: far above what a person can tap, far below what a program can.

It counts in this process only and remembers nobody for longer than a moment.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

BURST: Final = 100
"""Inputs that may come at once."""

RATE: Final = 10.0
"""Inputs a second that may go on and on."""

_REMEMBERED: Final = 10_000


class Pace:
    """Inputs of each visitor that may still come, and when that was last worked out."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._left: OrderedDict[int, tuple[float, float]] = OrderedDict()

    def allows(self, visitor: int, at: float) -> bool:
        """Tell whether one more input may come; `at` is seconds of any one clock."""
        left, before = self._left.pop(visitor, (float(BURST), at))
        left = min(BURST, left + (at - before) * RATE)
        allowed = left >= 1
        self._left[visitor] = (left - 1 if allowed else left, at)
        if len(self._left) > _REMEMBERED:
            self._left.popitem(last=False)
        return allowed
