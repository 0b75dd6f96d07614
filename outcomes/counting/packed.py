"""Packs what somebody answered, at each time, into a few bytes and back; it compares nothing.

One entry stands for one answered instrument. Entries of one person on one version of an instrument
are as long as each other and simply follow one another, in the order in which they came: adding one
is appending its bytes. An entry of format 1 is

    byte 0      the format (1) in the upper half, the wave's place in `Wave` in the lower half
    bytes 1-2   the local day, as days since 1 January 2000, the higher byte first
    then        a byte for each scored item in the order of the definition: its value, or 255 where
                it was skipped

What is kept depends on no date of the support episode: nothing is rewritten when it closes, opens
again or turns out to have begun on another day: which entry is the first and which the last is said
when figures are made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from outcomes.errors import BadFactsError
from outcomes.observation import Wave

FORMAT: Final = 1
DAY_ZERO: Final = date(2000, 1, 1)
SKIPPED: Final = 255
HEAD: Final = 3
"""Bytes before the values of the items."""

_LAST_DAY: Final = 0xFFFF
_WAVES: Final = tuple(each.value for each in Wave)
_LOWER_HALF: Final = 0x0F


class Said(NamedTuple):
    """What one entry holds: the local day, the wave, and the values of the items answered."""

    on: date
    wave: str
    scores: Mapping[str, int]


def width(items: Sequence[str]) -> int:
    """Return how many bytes an entry takes for an instrument with these scored items."""
    return HEAD + len(items)


def pack(said: Said, items: Sequence[str]) -> bytes:
    """Return one entry; `items` are the scored items of that version, in the definition's order.

    Raises BadFactsError for an unknown wave or item, a value outside 0 to 254 or a day that is not
    between 2000 and 2179.
    """
    days = (said.on - DAY_ZERO).days
    values = [said.scores.get(item, SKIPPED) for item in items]
    in_range = all(0 <= value < SKIPPED for value in said.scores.values())
    if said.wave not in _WAVES or not 0 <= days <= _LAST_DAY:
        problem = "its wave or its day is none that figures know"
    elif not in_range or not said.scores.keys() <= set(items):
        problem = "it holds an item that its instrument does not score, or a value beyond 0 to 254"
    else:
        return bytes((FORMAT << 4 | _WAVES.index(said.wave), *divmod(days, 256), *values))
    message = f"an answer cannot be kept for figures: {problem}; correct the instrument"
    raise BadFactsError(message)


def unpack(entries: bytes, items: Sequence[str]) -> Iterator[Said]:
    """Give every entry, in the order in which they came.

    Raises BadFactsError where the bytes are no entries of an instrument with these items.
    """
    size = width(items)
    if len(entries) % size:
        message = "kept answers do not fit their instrument; work them out anew from what was said"
        raise BadFactsError(message)
    for start in range(0, len(entries), size):
        head, *values = entries[start], *entries[start + HEAD : start + size]
        if head >> 4 != FORMAT or head & _LOWER_HALF >= len(_WAVES):
            message = f"kept answers of format {head >> 4} are unknown; install the newer version"
            raise BadFactsError(message)
        days = int.from_bytes(entries[start + 1 : start + HEAD], "big")
        scores = {
            item: value for item, value in zip(items, values, strict=True) if value != SKIPPED
        }
        yield Said(DAY_ZERO + timedelta(days=days), _WAVES[head & _LOWER_HALF], scores)
