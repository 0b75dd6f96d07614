"""What the other process does: it runs the program by a clock that the tests hold in their hand."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from multiprocessing.sharedctypes import Synchronized

from starling import program
from starling.logs import set_up_logs
from starling.settings import load_settings
from usecases.service import Service


def live(settings: dict[str, str], folder: str, log: str, ahead: Synchronized[float]) -> None:
    """Run the program until a signal comes; `ahead` is by how many seconds its clock is ahead."""
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(written, 1)
    os.dup2(written, 2)
    os.chdir(folder)

    def clock() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=ahead.value)

    for module in list(sys.modules.values()):  # wherever the one clock of the program is known
        if module.__name__.startswith("starling.") and hasattr(module, "clock"):
            vars(module)["clock"] = clock
    set_up_logs()
    asyncio.run(program.run(load_settings(settings, None), program.Occurrences(_say_nothing)))


async def _say_nothing(service: Service) -> None:
    del service
