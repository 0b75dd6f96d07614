"""Who did what, and when: appended, never changed; it must hold no free text."""

from __future__ import annotations

from datetime import datetime

from storage.casework import Casework
from storage.tables import audit


def note(work: Casework, who: str, did: str, target: str, now: datetime) -> None:
    """Gather one line: who (a sign-in name), what (fixed words), on what (an id)."""
    work.insert(
        audit,
        {"id": work.numbers.next(now), "at": now, "who": who, "did": did, "target": target},
    )
