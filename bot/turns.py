"""Lets the updates of one chat through one after the other, and different chats side by side.

It holds nothing about a chat in which nothing is going on, and it looks at no update.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Hashable


class Turns:
    """Who holds the turn of a chat and who waits for it, first come first served."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._waiting: dict[Hashable, deque[asyncio.Future[None]]] = {}
        self.queued = 0
        """How many wait for a turn now."""

    def __len__(self) -> int:
        """Return in how many chats something is going on."""
        return len(self._waiting)

    async def take(self, chat: Hashable) -> None:
        """Return when it is this caller's turn; `give_back` must follow."""
        waiting = self._waiting.get(chat)
        if waiting is None:
            self._waiting[chat] = deque()
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        self.queued += 1
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the turn had come already: pass it on
                self.give_back(chat)
            raise
        finally:
            self.queued -= 1

    def give_back(self, chat: Hashable) -> None:
        """Let the next one have the turn."""
        waiting = self._waiting[chat]
        while waiting:
            turn = waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        del self._waiting[chat]
