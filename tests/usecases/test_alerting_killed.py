"""Whoever takes in words of danger may die at any moment: never words without concern and alert."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess

import pytest

from storage import tables
from tests.support import alarm_child
from tests.support.callers import Place, joined, rows
from tests.support.ladders import Bin, fired, open_reached, ring
from usecases.ladder import Rung
from usecases.service import Service

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.support.alarm_child"])

CRISIS = "i want to kill myself"


async def dies(process: BaseProcess) -> None:
    process.start()
    await asyncio.to_thread(process.join, 60)
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.parametrize("moment", alarm_child.MOMENTS)
async def test_no_words_of_danger_are_stored_without_concern_alert_and_timer(
    place: Place, moment: str
) -> None:
    async with open_reached(place) as service:
        caller, _ = await joined(place, service)
    arguments = (place.url, caller.chat, CRISIS, place.now, moment)
    await dies(_context.Process(target=alarm_child.hear, args=arguments))
    async with open_reached(place, 5) as service:
        kept = await _kept(service)
        assert kept in [(0, 0, 0, 0), (1, 1, 1, 1)]
        caller.service = service
        await caller.types(CRISIS)  # what was not confirmed comes again
        words, concerns, alerts, timers = await _kept(service)
        assert words == concerns == alerts == timers == kept[0] + 1


async def _kept(service: Service) -> tuple[int, int, int, int]:
    alerts = await rows(service, tables.alerts)
    steps = {row.alert_id for row in await rows(service, tables.alert_steps)}
    return (
        len(await rows(service, tables.words)),
        len(await rows(service, tables.concerns)),
        len(alerts),
        sum(row.next_at is not None and row.id in steps for row in alerts),
    )


@pytest.mark.parametrize("moment", alarm_child.CLIMBING)
async def test_a_death_while_it_climbs_loses_no_rung_and_doubles_none(
    place: Place, moment: str
) -> None:
    async with open_reached(place) as service:
        caller, _ = await joined(place, service)
        await caller.types(CRISIS)
        raised = place.now
    await dies(_at(place, raised + timedelta(minutes=10), moment))
    bin_ = Bin()
    async with open_reached(place, 5) as service:
        now = raised + timedelta(minutes=10)
        for _ in range(8):
            now += timedelta(minutes=10)
            await ring(service, bin_, now)
        assert await fired(service) == [rung.value for rung in Rung]
        steps = await rows(service, tables.alert_steps)
        assert {row.state for row in steps} == {"shown", "sent"}
    assert len(bin_.addresses) == len(set(bin_.addresses))


def _at(place: Place, now: datetime, moment: str) -> BaseProcess:
    return _context.Process(target=alarm_child.climb, args=(place.url, now, moment))
