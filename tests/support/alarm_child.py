"""What the other process does: it takes in words of a crisis and dies at a named moment."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from storage import alert_notices, alerts, casework, outbox, words
from tests.support.callers import Place
from tests.support.ladders import Bin, reached_ladder, ring
from usecases.arrival import Arrival, Channel, Knock, TextInput
from usecases.receiving import Reception

MOMENTS: dict[str, tuple[Any, str]] = {
    "words kept": (words, "keep"),
    "concern raised": (words, "raise_concern"),
    "alert raised": (alerts, "add"),
    "first rung told": (alerts, "add_step"),
    "reply queued": (outbox, "queue"),
    "rows written": (casework.Casework, "flush"),
    "committed": (Reception, "receive"),  # a coroutine: it dies once that has returned
}
"""Where a process can die while words come in: after this function has done its work."""

CLIMBING: dict[str, tuple[Any, str]] = {
    "climbers claimed": (alerts, "claim_climbers"),
    "moved up": (alerts, "climb"),
    "next rung told": (alerts, "add_step"),
    "notices claimed": (alert_notices, "claim_steps"),
    "notice settled": (alert_notices, "settle_steps"),
}
"""Where a process can die while an alert climbs."""


def _dying_after(real: Callable[..., Any]) -> Callable[..., Any]:
    def dying(*given: Any, **named: Any) -> None:
        real(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    return dying


def _plant(moments: dict[str, tuple[Any, str]], moment: str) -> None:
    module, name = moments[moment]
    setattr(module, name, _dying_after(getattr(module, name)))


def hear(url: str, chat: int, text: str, now: datetime, moment: str) -> None:
    """Take in what somebody typed, and die by kill -9 at a moment."""

    async def work() -> None:
        async with Place(url).open(3) as service:
            if moment != "committed":
                _plant(MOMENTS, moment)
            knock = Knock(Channel.TELEGRAM, chat, 99_001, None)
            await Reception(service).receive(Arrival(knock, TextInput(text), now))
            os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(work())


def climb(url: str, now: datetime, moment: str) -> None:
    """Let what is due climb, and die by kill -9 at a moment."""

    async def work() -> None:
        async with Place(url).open(3) as service:
            _plant(CLIMBING, moment)
            await ring(replace(service, ladder=reached_ladder()), Bin(), now)

    asyncio.run(work())
