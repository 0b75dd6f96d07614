"""The real program in a process of its own, which a test may kill at any moment and start again.

The first start of a test run loads everything once into a server process; each program is then a
fork of that, so that a start takes a moment instead of the seconds that imports take.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.support.program_child"])

LONG_ENOUGH = 40
"""Seconds after which a program that should have ended counts as stuck."""


@dataclass
class Program:
    """`starling run` with these settings; what it writes goes into a file."""

    settings: dict[str, str]
    log: Path
    starts: int = 0
    _process: ForkServerProcess | None = field(default=None)

    def start(self) -> None:
        """Start it (again); returns before it is ready."""
        from tests.support.program_child import live  # noqa: PLC0415 - loads the whole program

        self._process = _context.Process(target=live, args=(self.settings, str(self.log)))
        self._process.start()
        self.starts += 1

    @property
    def process(self) -> ForkServerProcess:
        """The process that runs now, or ran last."""
        assert self._process is not None
        return self._process

    async def kill(self) -> None:
        """End it as a power cut would: kill -9."""
        self.process.kill()
        await self._ended()

    async def terminate(self) -> int:
        """Ask it to stop; return its exit code when it has."""
        assert self.process.pid is not None
        os.kill(self.process.pid, signal.SIGTERM)
        await self._ended()
        assert self.process.exitcode is not None
        return self.process.exitcode

    async def _ended(self) -> None:
        await asyncio.to_thread(self.process.join, LONG_ENOUGH)
        assert self.process.exitcode is not None, "the program is stuck"

    def written(self) -> str:
        """Return all that it wrote."""
        return self.log.read_text() if self.log.exists() else ""


def settings_for(folder: Path, token: str, api: str) -> dict[str, str]:
    """Return the settings of a program whose files are all in one folder."""
    return {
        "STARLING_DATABASE_URL": f"sqlite:///{folder / 'starling.db'}",
        "STARLING_TELEGRAM_TOKEN": token,
        "STARLING_TELEGRAM_API": api,
        "STARLING_WEB_PORT": "0",
        "STARLING_PUBLIC_URL": "https://starling.test",
    }


def real_command() -> list[str]:
    """The command as an operator types it."""
    return [sys.executable, "-m", "starling", "run"]
