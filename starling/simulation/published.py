"""Gives a made-up service the published indicators of a real city, moved to its own years.

It must not pass them off as true: their source says that they were moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from outcomes.indicators import derby_moved
from outcomes.quarter import Quarter
from starling.simulation.orders import Report
from usecases import indicators
from usecases.import_faults import Fault
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service


async def take_published(service: Service, now: datetime) -> None:
    """Import the indicators up to the last quarter that has ended; again it changes nothing.

    Raises Refusal where the packaged file is not as it should be.
    """
    today = service.rhythm.local(now).date()
    last = Quarter.containing(Quarter.containing(today).first_day - timedelta(days=1))
    faults: list[Fault] = []
    by = By("made-up staff", now)
    await indicators.import_text(service, derby_moved(last), by, faults.append)
    if faults:
        raise Refusal(str(faults[0]))


@dataclass(frozen=True, slots=True)
class TakePublished:
    """Import the published indicators."""

    now: datetime
    reports: tuple[Report, ...] = ()

    async def carry_out(self, service: Service, *, again: bool) -> None:
        """Do it; done twice it changes nothing the second time."""
        del again
        await take_published(service, self.now)
