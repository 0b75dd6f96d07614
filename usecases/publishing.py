"""Figures: compiled once for a quarter, frozen, and given out to each audience as a projection.

It knows no participant: it works on pseudonyms, and its own unit of work has no people in it.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from outcomes.disclosure import protect
from outcomes.measures import MEASURES, tabulate
from outcomes.policy import NHS5
from outcomes.quarter import Quarter
from outcomes.release import Release, Status, compile_release, read_release
from storage import observations, releases
from storage.casework import Connection
from storage.releases import ReleaseOnList, StoredRelease
from usecases.refusal import Refusal
from usecases.service import Service


async def compile_quarter(service: Service, quarter: Quarter, now: datetime) -> Release:
    """Compile, protect, audit and freeze the figures of a quarter; return the release.

    A quarter is compiled once, or once before its freeze date and once after: asking again gives
    what was frozen, because two sets of figures could be held against each other. Raises Refusal
    for a quarter that has not begun.
    """
    return await service.lane.write(
        lambda connection: compile_in(connection, service.zone, quarter, now)
    )


def compile_in(connection: Connection, zone: str, quarter: Quarter, now: datetime) -> Release:
    """Compile a quarter inside a transaction."""
    place = ZoneInfo(zone)
    today = now.astimezone(place).date()
    if today < quarter.first_day:
        msg = f"{quarter} begins on {quarter.first_day:%d %B %Y}: there is nothing to compile yet."
        raise Refusal(msg)
    status = Status.PROVISIONAL if today < quarter.freeze_date else Status.FINAL
    for known in releases.list_all(connection):
        if known.quarter == str(quarter) and known.status == status.value:
            stored = releases.load(connection, known.id)
            assert stored is not None  # noqa: S101 (it was on the list in this transaction)
            return read_release(stored.body)
    facts = observations.read_facts(connection, quarter.first_day, quarter.last_day, place)
    raw = tabulate(MEASURES, facts.episodes, facts.observations, facts.askings, quarter)
    release = compile_release(quarter, protect(raw, NHS5), compiled_on=today)
    on_list = ReleaseOnList(release.id, str(quarter), release.status.value, now)
    releases.store(connection, StoredRelease(on_list, release.to_json()))
    return release


async def list_releases(service: Service) -> list[ReleaseOnList]:
    """Return all releases, the newest quarter first."""
    return await service.lane.read(releases.list_all)


async def load_release(service: Service, release_id: str) -> Release | None:
    """Return one release as it was frozen, or None."""

    def work(connection: Connection) -> Release | None:
        stored = releases.load(connection, release_id)
        return read_release(stored.body) if stored is not None else None

    return await service.lane.read(work)
