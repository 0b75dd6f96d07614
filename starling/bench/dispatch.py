"""Measures how askings are claimed, made and handed on, beside the same rows claimed bare.

Everything runs in databases of its own that are taken away afterwards, and nothing is sent. It must
not touch the database of the settings.
"""

from __future__ import annotations

import base64
import gc
import os
import platform
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from starling.bench.askings import Moment, dispatch_all, open_courier
from starling.bench.claiming import claim_in_postgresql, claim_in_sqlite
from starling.bench.due import Street
from starling.bench.figures import Round, forget_peak, peak_megabytes
from starling.bench.grounds import Database, open_database
from starling.bench.on_time import measure_lateness, measure_limited
from starling.bench.own_server import NoServer, own_server
from starling.bench.planning import plan_all
from starling.bench.processes import cpu_of_database
from starling.bench.together import measure_workers
from starling.compose import open_service
from starling.settings import Settings
from usecases.service import Service

NOW: Final = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
"""A Tuesday at four in the afternoon: everybody may be asked."""

TARGETS: Final = {
    "cpu_ratio": 3.0,
    "limited_within": 0.02,
    "lateness_p99_s": 5.0,
    "planning_s": 60.0,
    "workers_ratio": 1.7,
}
_SECOND: Final = timedelta(seconds=1)
_TENTH: Final = 10
_WORKERS_SHARE: Final = 5

_NOTES: Final = (
    """
dispatch: rows due in one table, one asking a person, claimed 50 to a transaction, each looked at by
  all the rules, rendered, stored as a message, committed durably, brought as a Bot API method to a
  session without a network, and its end stored; each review's first asking plans the next review
floor: the same rows of the same table claimed with SELECT ... FOR UPDATE SKIP LOCKED and updated,
  each with values of its own, 50 to a transaction, durable: through asyncpg, on SQLite by sqlite3
cpu is the process's; with_server adds the database server's own processes for this database
limited: the pace of the settings' default, each call taking 50 ms, rung once a second
lateness: everybody of one service whose review falls on the busiest moment of a quarter, at that
  moment and that pace: the last of so many cannot leave sooner than their number over the rate
""".strip()
    .replace("\n  ", " ")
    .split("\n")
)

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Load:
    """What is measured; `server` is the address of a PostgreSQL server to use.

    Without one a server is started where PostgreSQL is installed; `only_sqlite` leaves that out.
    """

    occasions: int = 100_000
    episodes: int = 50_000
    limited_seconds: float = 10.0
    children: int = 1_655
    server: str | None = None
    only_sqlite: bool = False


class AskingsLost(Exception):
    """Not everything that was due was sent exactly once: a figure would be worth nothing."""


async def measure(load: Load, say: Say) -> dict[str, Any]:
    """Measure and return everything that the command prints; `say` is told how far it is.

    Raises SettingsRefused for a server that cannot be used, and AskingsLost.
    """
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    report: dict[str, Any] = {"load": asdict(load) | {"server": None}, "machine": machine}
    async with open_database(None) as database:
        bench = Bench(database, say)
        report["sqlite"] = await bench.dispatch(load.occasions)
        report["limited"] = await bench.on_its_own(partial(measure_limited, load.limited_seconds))
        report["lateness"] = await bench.on_its_own(partial(measure_lateness, load.children))
        report["planning"] = await bench.plan(load.episodes)
    with _server(load, say) as server:
        if server is not None:
            report |= await _measure_on_server(server, load, say)
    return {**report, "targets": TARGETS, "notes": _NOTES}


async def _measure_on_server(server: str, load: Load, say: Say) -> dict[str, Any]:
    async with open_database(server) as database:
        report = {"postgresql": await Bench(database, say).dispatch(load.occasions)}
    async with open_database(server) as database:
        bench = Bench(database, say)
        many = max(2, load.occasions // _WORKERS_SHARE)
        report["workers"] = await bench.on_its_own(partial(measure_workers, bench.settings, many))
    return report


@contextmanager
def _server(load: Load, say: Say) -> Iterator[str | None]:
    """Yield the address of the given server, or of one that we start, or None."""
    if load.only_sqlite or load.server is not None:
        yield load.server
        return
    try:
        with own_server() as address:
            yield address
    except NoServer as reason:
        say(f"nothing is measured on PostgreSQL: {reason}")
        yield None


class Bench:
    """One database and what is measured in it, one thing after the other."""

    def __init__(self, database: Database, say: Say) -> None:
        """Take the empty database and whom to tell how far it is."""
        key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        self.settings = Settings.model_validate({"database_url": database.url, "secret_keys": key})
        self._database = database
        self._say = say
        self._streets = 0

    async def on_its_own(self, measured: Callable[..., Any]) -> Any:
        """Measure one thing with nothing due from before."""
        async with open_service(self.settings) as service:
            street = self._street(service)
            found = await measured(service, street, self._say)
            await street.rest()
            return found

    async def dispatch(self, many: int) -> dict[str, Any]:
        """Dispatch a tenth of so many first, to compare the memory, then all; then the floor."""
        async with open_service(self.settings) as service:
            street = self._street(service)
            tenth, _, peak_of_tenth = await self._dispatch(service, street, max(1, many // _TENTH))
            await street.rest()
            ours, server, peak = await self._dispatch(service, street, many)
            self._say(f"{self._database.kind}: dispatched {many}")
        floor, floor_server = await self._claim(many)
        self._say(f"{self._database.kind}: claimed {many} bare")
        report = {
            "dispatch": _summed_up(ours, server),
            "floor": _summed_up(floor, floor_server),
            "cpu_ratio": round(ours.cpu_ms / floor.cpu_ms, 2),
            "a_tenth": _summed_up(tenth, 0.0),
            "peak_memory_mb": {"a_tenth": peak_of_tenth, "all": peak},
        }
        if server:
            both = (ours.cpu_seconds + server) / (floor.cpu_seconds + floor_server)
            report["cpu_ratio_with_server"] = round(both, 2)
        return report

    async def plan(self, many: int) -> dict[str, Any]:
        """Plan what follows joining and the end of so many support episodes."""
        async with open_service(self.settings) as service:
            tell = partial(self._tell, many, "people")
            joined = await self._street(service).move_in(many, NOW, None, tell)
            found = await plan_all(service, joined, NOW)
        self._say(f"planned {many} episodes")
        return {
            "seconds": round(found.seconds, 1),
            "cpu_ms_per_episode": round(found.cpu_ms, 3),
        }

    def _street(self, service: Service) -> Street:
        self._streets += 1
        return Street(service, self._streets)

    async def _dispatch(
        self, service: Service, street: Street, many: int
    ) -> tuple[Round, float, float]:
        """Return what it took, the server's processor seconds, and the peak of memory."""
        await street.move_in(many, NOW, NOW - _SECOND, partial(self._tell, many, "people"))
        clock = Moment(NOW)
        async with open_courier(service, clock) as (courier, box):
            gc.collect()
            forget_peak()
            server = self._cpu_of_server()
            cpu, began = time.process_time(), time.perf_counter()
            await dispatch_all(service, courier, clock)
            seconds, used = time.perf_counter() - began, time.process_time() - cpu
            if len(box.left_at) != many:
                raise AskingsLost
            found = Round(many, seconds, used, ())
            return found, self._cpu_of_server() - server, peak_megabytes()

    async def _claim(self, many: int) -> tuple[Round, float]:
        if self._database.kind == "sqlite":
            return claim_in_sqlite(self._database.plain, many), 0.0
        return await claim_in_postgresql(self._database.plain, many)

    def _cpu_of_server(self) -> float:
        is_server = self._database.kind == "postgresql"
        return cpu_of_database(self._database.plain) if is_server else 0.0

    def _tell(self, many: int, what: str, there: int) -> None:
        self._say(f"{self._database.kind}: {there} {what} of {many}")


def _summed_up(found: Round, server: float) -> dict[str, float]:
    summed = {
        "per_second": round(found.many / found.seconds, 1),
        "cpu_ms_each": round(found.cpu_ms, 4),
    }
    if server:
        summed["server_cpu_ms_each"] = round(server / found.many * 1000, 4)
    return summed
