"""Lets a running program learn of keys that are added or taken away, and tell which it knows.

It must not make a key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from starling.secret_keys import decode_keys, read_keys
from starling.settings import Settings
from usecases import rotating
from usecases.service import Service

SAY_EVERY: Final = timedelta(seconds=15)


class KeyWatch:
    """One program's look at the key file; it says at once which keys it knows when they change."""

    def __init__(
        self, settings: Settings, service: Service, program: str, clock: Callable[[], datetime]
    ) -> None:
        """Name the program, differently from every other one on this database."""
        self._settings = settings
        self._service = service
        self._program = program
        self._clock = clock
        self._said: tuple[tuple[str, ...], datetime] | None = None

    async def look(self) -> None:
        """Read the key file again, and say which keys are known where that is due.

        Raises SettingsRefused where the file is gone or spoilt: the program goes on with the keys
        that it has.
        """
        try:
            if not self._settings.secret_keys:
                keys = await asyncio.to_thread(read_keys, self._settings.keys_file)
                self._service.open.vault.take(decode_keys(keys))
        finally:
            await self._say()

    async def _say(self) -> None:
        now, keys = self._clock(), self._service.open.vault.key_names
        if self._said is None or self._said[0] != keys or now - self._said[1] >= SAY_EVERY:
            await rotating.say_keys(self._service, self._program, now)
            self._said = keys, now
