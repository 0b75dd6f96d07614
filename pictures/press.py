"""The gate to the printing machinery: loads it when first needed and lets one drawing in at a time.

matplotlib brings 60 MB and half a second of import; a bot that waits for people must not carry
it. matplotlib promises nothing about threads, so the lock makes drawing safe from any of them.
Must not decide what is drawn.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Final

from pictures.sheet import Lettering, Sheet

_ONE_AT_A_TIME: Final = threading.RLock()


def print_png(sheet: Sheet) -> bytes:
    """Print a sheet as PNG; the same sheet gives the same bytes with the same matplotlib."""
    with _ONE_AT_A_TIME:
        from pictures import engraver  # noqa: PLC0415  60 MB, only once a picture is wanted

        return engraver.print_png(sheet)


@lru_cache(maxsize=1024)
def measure(text: str, lettering: Lettering) -> float:
    """Measure the width of one line of words, in pixels."""
    with _ONE_AT_A_TIME:
        from pictures import engraver  # noqa: PLC0415  60 MB, only once a picture is wanted

        return engraver.measure(text, lettering)


@lru_cache(maxsize=256)
def has_shape(character: str) -> bool:
    """Tell whether the font carried by matplotlib can draw a character."""
    with _ONE_AT_A_TIME:
        from pictures import engraver  # noqa: PLC0415  60 MB, only once a picture is wanted

        return engraver.has_shape(character)
