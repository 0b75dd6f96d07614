"""A made-up ladder on which everybody can be reached, and what they are sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.resources import files

from storage import tables
from storage.alerts import PAGE
from tests.support.callers import Place, rows
from usecases import alerting, alerting_notices
from usecases.alerting_notices import Notice
from usecases.ladder import RUNGS, Ladder, Way, read_ladder
from usecases.service import Service

WORKER, DUTY, LEAD, MANAGER = "mo.worker", "dee.duty", "lee.lead", "may.manager"

_REACHED = """
  worker:
    people:
      mo.worker: [{email: mo.worker@example.org}]
      jo.worker: [{email: jo.worker@example.org}]
  duty:
    ways: [{chat: "https://chat.example.org/hooks/made-up"}]
    people:
      dee.duty: [{email: dee.duty@example.org}]
  safeguarding-lead:
    people:
      lee.lead: [{email: lee.lead@example.org}]
  on-call-manager:
    ways: [{webhook: "https://pager.example.org/starling"}]
"""


def packaged_text() -> str:
    """Return the ladder that comes with the program, as text."""
    return files("usecases").joinpath("ladder.yaml").read_text(encoding="utf-8")


def with_rungs(rungs: str) -> Ladder:
    """Return the packaged ladder with other people on it."""
    text = packaged_text()
    start, end = text.index("\nrungs:") + len("\nrungs:"), text.index("# Minutes.")
    return read_ladder("made-up.yaml", f"{text[:start]}{rungs}{text[end:]}")


def reached_ladder() -> Ladder:
    """Return a ladder on which everybody can be reached."""
    return with_rungs(_REACHED)


@asynccontextmanager
async def open_reached(place: Place, node: int = 1) -> AsyncIterator[Service]:
    """Open one process's service with a ladder on which everybody can be reached."""
    async with place.open(node) as service:
        yield replace(service, ladder=reached_ladder())


@dataclass
class Bin:
    """Takes notices, or refuses them while it is `full`."""

    full: bool = False
    sent: list[tuple[Way, Notice]] = field(default_factory=list)

    async def __call__(self, way: Way, notice: Notice) -> bool:
        """Take a notice."""
        if not self.full:
            self.sent.append((way, notice))
        return not self.full

    @property
    def addresses(self) -> list[str]:
        """To whom notices went, in order."""
        return [way.address for way, _ in self.sent]


async def ring(service: Service, bin_: Bin, now: datetime) -> None:
    """Ring both bells of alerts, as the clock does."""
    await alerting.sweep(service, now)
    await alerting_notices.send_due(service, bin_, now)


async def fired(service: Service) -> list[str]:
    """Return the rungs on which the staff page showed the alert, as often as it did."""
    shown: Sequence[int] = [
        row.rung for row in await rows(service, tables.alert_steps) if row.channel == PAGE
    ]
    return [RUNGS[rung].value for rung in sorted(shown)]
