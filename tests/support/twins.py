"""Several real programs on one database, by one clock that a test moves; and the post between them.

The post does what Telegram does with a webhook: it brings an update to whichever program answers,
again and again until one says that it is stored.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerProcess
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from random import Random

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.support.telegram_server import TelegramServer

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.support.twin_child"])

SECRET = "a-made-up-webhook-secret-of-forty-letters"
LONG_ENOUGH = 40
"""Seconds after which a program that should have ended counts as stuck."""


@dataclass
class Wall:
    """The clock on the wall that every program of a test reads: the real one, moved ahead."""

    ahead: Synchronized[float] = field(default_factory=lambda: _context.Value("d", 0.0))

    def __call__(self) -> datetime:
        """Return what it shows."""
        return datetime.now(UTC) + timedelta(seconds=self.ahead.value)

    def move_to(self, moment: datetime) -> None:
        """Let it show this moment now, before or after the one that it showed."""
        self.ahead.value += (moment - self()).total_seconds()


@dataclass
class Twin:
    """One `starling run`, with a port and a folder of its own."""

    settings: dict[str, str]
    folder: Path
    wall: Wall
    port: int = 0
    starts: int = 0
    _process: ForkServerProcess | None = None

    def start(self) -> None:
        """Start it (again); returns before it is ready."""
        from tests.support.twin_child import live  # noqa: PLC0415 - loads the whole program

        self.port = self.port or _free_port()
        settings = {**self.settings, "STARLING_WEB_PORT": str(self.port)}
        arguments = (settings, str(self.folder), str(self.log), self.wall.ahead)
        self._process = _context.Process(target=live, args=arguments, daemon=True)
        self._process.start()
        self.starts += 1

    @property
    def log(self) -> Path:
        """Where everything is that it wrote."""
        return self.folder / "log"

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.exitcode is None

    async def kill(self) -> None:
        """End it as a power cut would: kill -9."""
        assert self._process is not None
        self._process.kill()
        await self._ended()

    async def terminate(self) -> int:
        """Ask it to stop; return its exit code when it has."""
        self._signal(signal.SIGTERM)
        await self._ended()
        assert self._process is not None
        assert self._process.exitcode is not None
        return self._process.exitcode

    def hang(self) -> None:
        """Let it stand still with whatever it holds in its hands."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on as if nothing had been."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        assert self._process.pid is not None
        os.kill(self._process.pid, number)

    async def _ended(self) -> None:
        assert self._process is not None
        await asyncio.to_thread(self._process.join, LONG_ENOUGH)
        assert self._process.exitcode is not None, "the program is stuck"


@dataclass
class Post:
    """Brings what people send to one of the programs, one update of a chat after the other."""

    server: TelegramServer
    twins: list[Twin]
    chance: Random
    brought: int = 0
    refused: int = 0
    _busy: set[int] = field(default_factory=set)

    async def run(self) -> None:
        """Bring updates until cancelled."""
        timeout = ClientTimeout(total=8)
        async with ClientSession(timeout=timeout) as session, asyncio.TaskGroup() as tasks:
            while True:
                for number in self.server.waiting:
                    raw = self.server._pending[number]
                    chat = _chat_of(raw)
                    if chat not in self._busy:
                        self._busy.add(chat)
                        tasks.create_task(self._bring(session, chat, number))
                await asyncio.sleep(0.02)

    async def _bring(self, session: ClientSession, chat: int, number: int) -> None:
        """Bring one update; where nobody takes it, it is brought again."""
        try:
            twin = self.chance.choice(self.twins)
            url = f"http://127.0.0.1:{twin.port}/telegram/webhook"
            header = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
            stored = False
            with suppress(ClientError, TimeoutError):
                raw = self.server._pending[number]
                async with session.post(url, json=raw, headers=header) as answer:
                    stored = answer.status == 200
            if stored:
                self.server.take(number)
                self.brought += 1
            else:
                self.refused += 1
                await asyncio.sleep(0.1)
        finally:
            self._busy.discard(chat)


def _chat_of(raw: dict[str, dict[str, dict[str, int]]]) -> int:
    about = raw.get("message") or raw["callback_query"]
    return about["chat"]["id"] if "chat" in about else about["from"]["id"]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
