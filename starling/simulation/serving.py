"""The service in a process of its own: takes orders over a pipe until it is killed or let go.

It must not know why it is killed, and keeps nothing that the database does not keep.
"""

from __future__ import annotations

import asyncio
import signal
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection as Pipe
from random import Random
from typing import Any

from starling.compose import Sources, open_service
from starling.settings import Settings
from starling.simulation.orders import Order, carry_out
from storage.database import SoleOwner, sqlite_file
from storage.sequence import NODES
from usecases import sending


@dataclass(frozen=True, slots=True)
class Start:
    """How a process begins: the settings, the seed, how many were there before it, and when."""

    settings: Settings
    seed: int
    number: int
    now: datetime

    @property
    def sources(self) -> Sources:
        """Chance of this process alone: no two processes ever make the same id."""
        return Sources(Random(f"{self.seed}:{self.number}").randbytes, self.number % NODES)


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order on its way; `again` says that it was on its way before."""

    order: Order[Any]
    again: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of an order: its answer, or the error that it met."""

    answer: Any = None
    error: Exception | None = None


def serve(pipe: Pipe, start: Start) -> None:
    """Open the database, say so, and take orders until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever began us ends us
    asyncio.run(_serve(pipe, start))


async def _serve(pipe: Pipe, start: Start) -> None:
    with ExitStack() as stack:
        file = sqlite_file(start.settings.database_url)
        if file is not None:
            stack.enter_context(SoleOwner(file))
        async with open_service(start.settings, start.sources) as service:
            if file is not None:
                await sending.begin_alone(service, start.now)
            pipe.send(Answered())
            while True:
                try:
                    ordered: Ordered = await asyncio.to_thread(pipe.recv)
                except EOFError:
                    return
                try:
                    answer = await carry_out(service, ordered.order, again=ordered.again)
                    answered = Answered(answer)
                except Exception as error:  # noqa: BLE001 (the other side raises it)
                    answered = Answered(error=error)
                pipe.send(answered)
