"""Who was in these rows: the people whose data were added or changed since a moment.

For the 72 hours after a breach (UK GDPR, article 33). It opens nobody's words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storage import audit, breach
from storage.casework import Casework
from usecases.inviting import By
from usecases.service import Service
from usecases.suppressing import describe


@dataclass(frozen=True, slots=True)
class Touched:
    """One person: how staff know them, and how many rows of which table."""

    participant_id: str
    case: str
    rows: Mapping[str, int]


async def who_was_touched(service: Service, since: datetime, by: By) -> list[Touched]:
    """Return everybody whose rows were added or changed since a moment; the audit notes it."""

    def work(casework: Casework) -> list[Touched]:
        found = breach.rows_since(casework, since)
        known = {each.participant_id: each for each in describe(casework, found)}
        audit.note(casework, by.who, "asked who was touched by a breach", "everybody", by.now)
        casework.flush()
        return [
            Touched(each, known[each].case if each in known else "", dict(rows))
            for each, rows in sorted(found.items())
        ]

    return await service.lane.write(lambda connection: work(service.open(connection)))
