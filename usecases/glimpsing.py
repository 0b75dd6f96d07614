"""Breaking the glass: somebody opens a child outside their caseload for a while, for a reason.

It must not be quiet: it stands in the audit, and before the safeguarding lead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from storage import caseload, episodes, glimpses
from storage.audit import note as note_in_audit
from storage.casework import Casework
from storage.glimpses import Glimpse
from usecases.inviting import By
from usecases.overview import Wanted
from usecases.refusal import Refusal
from usecases.service import Service

OPEN_FOR: Final = timedelta(hours=4)
SHOWN_FOR: Final = timedelta(days=30)
"""How long the safeguarding lead is shown that somebody looked."""

LATELY: Final = timedelta(days=7)

_NO_CASE: Final = "There is no support episode with this case reference. Is it spelled in full?"


class Why(StrEnum):
    """Why somebody opens a child that is not theirs; a list, so that nothing private is typed."""

    WORRIED = "worried-about-safety"
    COVERING = "covering-for-a-colleague"
    THEY_RANG = "they-asked-for-somebody"
    HANDING_OVER = "taking-over-or-handing-over"
    SUPERVISION = "supervision"


@dataclass(frozen=True, slots=True)
class Opened:
    """What was opened by whom, with the child's case reference."""

    glimpse: Glimpse
    case: str


async def open_child(service: Service, case: str, why: Why, by: By) -> str:
    """Open the child of a case to somebody; return one support episode of it. Raises Refusal."""

    def work(casework: Casework) -> str:
        wanted = Wanted(case=case.strip().replace("\0", ""), most=1)
        found = caseload.list_some(casework, wanted) if wanted.case else []
        if not found:
            raise Refusal(_NO_CASE)
        child = found[0].child_id
        glimpses.add(casework, Glimpse(by.who, child, why.value, by.now, by.now + OPEN_FOR))
        note_in_audit(
            casework, by.who, f"opened outside their caseload: {why.value}", child, by.now
        )
        casework.flush()
        return found[0].id

    return await service.lane.write(lambda connection: work(service.open(connection)))


async def list_opened(service: Service, by: By) -> list[Opened]:
    """Return what was opened lately, the newest first."""

    def work(casework: Casework) -> list[Opened]:
        found = glimpses.since(casework, by.now - SHOWN_FOR)
        cases: Mapping[str, str] = episodes.case_references(
            casework, sorted({each.child_id for each in found})
        )
        return [Opened(each, cases.get(each.child_id, "")) for each in found]

    return await service.lane.read(lambda connection: work(service.open(connection)))


async def count_opened(service: Service, by: By) -> int:
    """Return how often somebody looked beyond their caseload in the last days."""
    return await service.lane.read(
        lambda connection: glimpses.count_since(service.open(connection), by.now - LATELY)
    )
