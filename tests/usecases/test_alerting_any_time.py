"""At any hour, however the clock rings: words of danger have an alert, no rung fires twice."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from storage import tables
from storage.alerts import PAGE
from tests.support.callers import Place, joined, rows
from tests.support.ladders import Bin, open_reached, ring
from usecases.ladder import Rung
from usecases.service import Service

A_YEAR = timedelta(days=365)
TEXTS = ("i want to kill myself", "i am being bullied", "we had chips", "my worker hits me")

moments = st.datetimes(datetime(2026, 9, 1), datetime(2027, 9, 1), timezones=st.just(UTC))  # noqa: DTZ001
waits = st.lists(st.timedeltas(timedelta(seconds=1), timedelta(days=3)), max_size=6)


@settings(max_examples=20)
@given(start=moments, texts=st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3), waits=waits)
def test_words_of_danger_climb_once_to_the_top_whenever_the_clock_rings(
    sqlite_template: Path,
    start: datetime,
    texts: list[str],
    waits: list[timedelta],
) -> None:
    folder = sqlite_template.parent / "any-time"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for part in sqlite_template.parent.glob(f"{sqlite_template.name}*"):
        shutil.copy(part, folder)
    place = Place(f"sqlite:///{folder / sqlite_template.name}", now=start)
    asyncio.run(_live(place, texts, waits))


async def _live(place: Place, texts: list[str], waits: list[timedelta]) -> None:
    bin_ = Bin()
    async with open_reached(place) as service:
        caller, _ = await joined(place, service)
        for text in texts:
            await caller.types(text)
        await _expect_timers(service)
        for wait in waits:
            await ring(service, bin_, place.forward(wait))
            await _expect_each_once(service)
        for _ in Rung:  # a holiday lies between any two moments at most
            await ring(service, bin_, place.forward(timedelta(days=7)))
        await _expect_each_once(service)
        assert all(row.next_at is None for row in await rows(service, tables.alerts))


async def _expect_timers(service: Service) -> None:
    concerns = {row.id for row in await rows(service, tables.concerns)}
    alerts = {row.concern_id: row for row in await rows(service, tables.alerts)}
    assert set(alerts) == concerns
    assert all(row.next_at is not None for row in alerts.values())


async def _expect_each_once(service: Service) -> None:
    steps = await rows(service, tables.alert_steps)
    shown = Counter((row.alert_id, row.rung) for row in steps if row.channel == PAGE)
    assert set(shown.values()) <= {1}
    sent = Counter((row.alert_id, row.rung, row.channel) for row in steps)
    assert set(sent.values()) <= {1}
