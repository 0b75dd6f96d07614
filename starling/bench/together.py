"""Measures two processes that share what is due in one PostgreSQL database, against one alone."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from starling.bench.due import Street
from starling.settings import Settings
from usecases.service import Service

_NOW: Final = datetime(2026, 11, 3, 16, 0, tzinfo=UTC)
_FIRST_NODE: Final = 901

Say = Callable[[str], object]


class WorkersLost(Exception):
    """Workers together did not send everything exactly once, or one of them ended early."""


async def measure_workers(
    settings: Settings, many: int, service: Service, street: Street, say: Say
) -> dict[str, Any]:
    """Let one process dispatch so many, then two processes twice as many."""
    del service
    rates, used = {}, {}
    for workers in (1, 2):
        due = many * workers
        await street.move_in(due, _NOW, _NOW - timedelta(seconds=1), lambda _: None)
        found = await _run(settings, workers)
        await street.rest()
        if sum(each["sent"] for each in found) != due:
            raise WorkersLost
        seconds = max(each["ended"] for each in found) - min(each["began"] for each in found)
        rates[workers] = due / seconds
        used[workers] = sum(each["cpu"] for each in found) / due * 1000
        say(f"{workers} at work: {rates[workers]:.0f} a second")
    return {
        "one_per_second": round(rates[1], 1),
        "two_per_second": round(rates[2], 1),
        "ratio": round(rates[2] / rates[1], 2),
        "one_cpu_ms_each": round(used[1], 3),
        "two_cpu_ms_each": round(used[2], 3),
    }


async def _run(settings: Settings, workers: int) -> list[dict[str, Any]]:
    """Start so many, let them begin together, and return what each did."""
    started = [await _start(settings, _FIRST_NODE + number) for number in range(workers)]
    try:
        for each in started:
            if await _line(each) != "ready":
                raise WorkersLost
        for each in started:
            assert each.stdin is not None
            each.stdin.write(b"go\n")
        return [json.loads(await _line(each)) for each in started]
    finally:
        for each in started:
            if each.returncode is None:
                each.terminate()
            await each.wait()


async def _start(settings: Settings, node: int) -> Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "starling.bench.worker", stdin=PIPE, stdout=PIPE
    )
    told = {
        "database_url": settings.database_url,
        "key": settings.secret_keys[0].get_secret_value(),
        "node": node,
        "now": _NOW.isoformat(),
    }
    assert process.stdin is not None
    process.stdin.write(json.dumps(told).encode() + b"\n")
    return process


async def _line(process: Process) -> str:
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode().strip()
    if not line:
        raise WorkersLost
    return line
