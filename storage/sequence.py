"""Makes the numbers and names under which rows are kept: unique, and numbers ascend with time.

It must not read a clock or a source of randomness: both are handed in.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from storage.errors import StorageFault

_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_COUNT_BITS: Final = 12
_NODE_BITS: Final = 10
_END: Final = 1 << 63

NODES: Final = 1 << _NODE_BITS
"""How many processes can number rows of one database at the same time."""

_ID_BYTES: Final = 10
_CROCKFORD: Final = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789abcdefghjkmnpqrstvwxyz"
)


class NumberRefused(StorageFault):
    """A number cannot be made: the node is not one of ours or the clock is wrong by decades."""


class Sequence:
    """Numbers rows of one process: 63 bits, strictly ascending, never shared with another node.

    From the top: milliseconds since 2020 (41 bits, to 2089), a count within the millisecond
    (12 bits), the node (10 bits). Where the clock stands still, goes back or more than 4,096
    numbers are wanted in a millisecond, the numbers go on from the last one. A process that starts
    again is told the highest number there is (`go_on_after`), as its clock may have gone back.
    """

    def __init__(self, node: int = 0) -> None:
        """Number rows as one of 1,024 nodes; two processes on one database need two nodes."""
        if not 0 <= node < NODES:
            msg = f"node {node} is not between 0 and {NODES - 1}: give each process its own"
            raise NumberRefused(msg)
        self._node = node
        self._last = -1
        self._lock = threading.Lock()

    def go_on_after(self, number: int) -> None:
        """Make only numbers above this one, which stands in the database already."""
        with self._lock:
            self._last = max(self._last, number >> _NODE_BITS)

    def next(self, now: datetime) -> int:
        """Return the next number at `now` (aware); TypeError when it is naive."""
        moment = _count_at(now)
        with self._lock:
            self._last = last = max(self._last + 1, moment)
        number = last << _NODE_BITS | self._node
        if number >= _END:
            msg = f"the clock says {now.year}: set it right and start again"
            raise NumberRefused(msg)
        return number


def number_at(moment: datetime) -> int:
    """Return the lowest number that can be made at a moment (aware): older rows are below it.

    Only as far as the clocks of all processes agree.
    """
    return _count_at(moment) << _NODE_BITS


def _count_at(moment: datetime) -> int:
    return ((moment - _EPOCH) // _MILLISECOND) << _COUNT_BITS


def new_id(entropy: Callable[[int], bytes]) -> str:
    """Return a name for a row: 80 random bits as 16 characters of Crockford's base 32, lower case.

    entropy: returns that many random bytes. Crockford's alphabet has no i, l, o or u, so that a
    name can be read out (www.crockford.com/base32.html).
    """
    return base64.b32encode(entropy(_ID_BYTES)).translate(_CROCKFORD).decode()
