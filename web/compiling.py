"""Compiles figures beside the pages, one period at a time; it shows nothing and stores nothing."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from outcomes.quarter import Period
from usecases import publishing
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service

_log = logging.getLogger(__name__)
_PATIENCE = 2.0
"""Seconds that a page waits for figures that are quickly made."""
_FAULT = (
    "Something went wrong while these figures were compiled. Nothing was stored and nothing went "
    "out. Try it once more; if it goes wrong again, tell whoever runs Starling here."
)


@dataclass(frozen=True, slots=True)
class Going:
    """A period that is being compiled, and what is being done for it just now."""

    period: str
    doing: str


@dataclass(frozen=True, slots=True)
class Ended:
    """How compiling ended: with a draft, or why not."""

    period: str
    release_id: str | None
    why_not: str = ""


class Compiling:
    """The one period that this process compiles, if any, and how the last one ended.

    Where the process dies meanwhile nothing is stored: a draft is written in one transaction.
    """

    def __init__(self) -> None:
        """Begin with nothing going on."""
        self._task: asyncio.Task[Ended] | None = None
        self._period = self._doing = ""
        self.ended: Ended | None = None

    @property
    def going(self) -> Going | None:
        """Say what is going on."""
        if self._task is None or self._task.done():
            return None
        return Going(self._period, self._doing)

    async def start(self, service: Service, period: Period, by: By) -> None:
        """Begin to compile a period; return when it has ended or takes longer than a page waits.

        Whoever asks has made sure that nothing is going on.
        """
        self._period, self._doing, self.ended = str(period), "", None
        # It keeps every error as how it ended, so none is swallowed.
        self._task = asyncio.create_task(  # noqa: TID251 - outlives the request, ends by itself
            self._compile(service, period, by)
        )
        await asyncio.wait({self._task}, timeout=_PATIENCE)

    async def _compile(self, service: Service, period: Period, by: By) -> Ended:
        try:
            made = await publishing.compile_period(service, period, by, progress=self._tell)
            self.ended = Ended(str(period), made.id)
        except Refusal as refusal:
            self.ended = Ended(str(period), None, str(refusal))
        except Exception as error:  # noqa: BLE001 - nobody else would ever hear of it
            _log.error("figures could not be compiled: %s", type(error).__name__)
            self.ended = Ended(str(period), None, _FAULT)
        return self.ended

    def _tell(self, doing: str) -> None:
        """Take what is being done, from the thread that does it."""
        self._doing = doing
