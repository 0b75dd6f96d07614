"""Figures: compiled once for a quarter, frozen, and given out to each audience as a projection.

It knows no participant: it works on pseudonyms, and its own unit of work has no people in it.
"""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from zoneinfo import ZoneInfo

from outcomes.measures import MEASURES, tabulate
from outcomes.policy import NHS5
from outcomes.quarter import Quarter
from outcomes.release import Release, compile_release, read_release
from storage import observations, releases
from storage.casework import Connection
from storage.observations import Facts
from storage.releases import ReleaseOnList, StoredRelease
from usecases.refusal import Refusal
from usecases.service import Service


async def compile_quarter(service: Service, quarter: Quarter, now: datetime) -> Release:
    """Compile, protect, audit and freeze the figures of a quarter; return the release.

    A quarter is compiled once: asking again gives what was frozen, because two sets of figures
    about the same children could be held against each other. Counting and protecting happen
    beside the lane, so that no answer waits. Raises Refusal for a quarter that has not begun, and
    outcomes.errors.OutcomesError where no safe figures can be made.
    """
    zone = ZoneInfo(service.zone)
    today = now.astimezone(zone).date()
    if today < quarter.first_day:
        msg = f"{quarter} begins on {quarter.first_day:%d %B %Y}: there is nothing to compile yet."
        raise Refusal(msg)
    known = await service.lane.read(lambda connection: _compiled(connection, quarter))
    if known is not None:
        return known
    facts = await service.lane.read(
        lambda connection: observations.read_facts(
            connection, quarter.first_day, quarter.last_day, zone
        )
    )
    release = await asyncio.to_thread(_make, quarter, facts, today)
    return await service.lane.write(lambda connection: _freeze(connection, release, now))


def _make(quarter: Quarter, facts: Facts, today: date) -> Release:
    """Count, protect and audit: seconds of work that touch no database."""
    # Loads numpy and scipy: a program that only talks with people carries neither.
    from outcomes.disclosure import protect  # noqa: PLC0415

    raw = tabulate(MEASURES, facts.episodes, facts.observations, facts.askings, quarter)
    return compile_release(protect(raw, NHS5), compiled_on=today)


def _freeze(connection: Connection, release: Release, now: datetime) -> Release:
    """Store a release, unless somebody else compiled this quarter meanwhile: then theirs stands."""
    releases.take_turns(connection)
    known = _compiled(connection, release.period)
    if known is not None:
        return known
    on_list = ReleaseOnList(release.id, str(release.period), release.status.value, now)
    releases.store(connection, StoredRelease(on_list, release.to_json()))
    return release


def _compiled(connection: Connection, quarter: Quarter) -> Release | None:
    """Return the release of this quarter, where there is one."""
    for each in releases.list_all(connection):
        stored = releases.load(connection, each.id) if each.quarter == str(quarter) else None
        if stored is not None:
            return read_release(stored.body)
    return None


async def list_releases(service: Service) -> list[ReleaseOnList]:
    """Return all releases, the newest quarter first."""
    return await service.lane.read(releases.list_all)


async def load_release(service: Service, release_id: str) -> Release | None:
    """Return one release as it was frozen, or None."""

    def work(connection: Connection) -> Release | None:
        stored = releases.load(connection, release_id)
        return read_release(stored.body) if stored is not None else None

    return await service.lane.read(work)
