"""Wakes the open pages of a browser when its chat changes; knows nothing of what changed.

It works within one process. Pages look by themselves every two seconds as well, so that several
processes can share one database.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Bell:
    """One open page that listens."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        """Begin silent."""
        self._event = asyncio.Event()

    @property
    def rang(self) -> bool:
        """Whether it rang since it was last hushed."""
        return self._event.is_set()

    def ring(self) -> None:
        """Wake the page."""
        self._event.set()

    def hush(self) -> None:
        """Forget earlier rings: call it before looking, so that none in between is missed."""
        self._event.clear()

    async def wait(self, seconds: float) -> None:
        """Return when it rings, or after so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()


class Bells:
    """All pages that listen, by the visitor whose chat they show."""

    def __init__(self) -> None:
        """Begin with nobody listening."""
        self.closed = False
        self._listening: dict[int, set[Bell]] = {}

    def __len__(self) -> int:
        """Return how many visitors listen."""
        return len(self._listening)

    @contextmanager
    def listen(self, visitor: int) -> Iterator[Bell]:
        """Hand out a bell that rings when this visitor's chat changes."""
        bell = Bell()
        self._listening.setdefault(visitor, set()).add(bell)
        try:
            yield bell
        finally:
            pages = self._listening[visitor]
            pages.discard(bell)
            if not pages:
                del self._listening[visitor]

    def ring(self, visitor: int) -> None:
        """Wake every page that shows this visitor's chat."""
        for bell in self._listening.get(visitor, ()):
            bell.ring()

    def close(self) -> None:
        """Let every waiting page go, so that the server can stop at once."""
        self.closed = True
        for visitor in self._listening:
            self.ring(visitor)
