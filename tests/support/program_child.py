"""What the other process does: it runs the program as `starling run` does."""

from __future__ import annotations

import asyncio
import os

from starling import program
from starling.logs import set_up_logs
from starling.settings import load_settings
from usecases.service import Service


def live(settings: dict[str, str], log: str) -> None:
    """Run the program until a signal comes; everything it writes goes into a file."""
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(written, 1)
    os.dup2(written, 2)
    set_up_logs()
    asyncio.run(program.run(load_settings(settings, None), program.Occurrences(_say_nothing)))


async def _say_nothing(service: Service) -> None:
    del service
