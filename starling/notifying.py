"""Sends the notices of alerts: by e-mail, into a staff chat, or to a webhook of the service's own.

What leaves is fixed words and a link. It never raises, and never logs or shows an address: a
webhook's may hold a secret.
"""

from __future__ import annotations

import logging
from typing import Final, assert_never

import aiohttp

from usecases.alerting_notices import Notice
from usecases.ladder import Way, WayKind
from usecases.letters import Fate, Letter, Post

PATIENCE: Final = 10.0
"""Seconds that one notice may take altogether."""

EVENT: Final = "message-needs-reading"
"""What a webhook is told."""

_WELL: Final = range(200, 300)

_log = logging.getLogger(__name__)


class Notifier:
    """Sends one notice by one way; `post` is None where no mail server is set."""

    def __init__(self, post: Post | None) -> None:
        """Take what sends e-mails."""
        self._post = post

    async def __call__(self, way: Way, notice: Notice) -> bool:
        """Send it; tell whether it was taken."""
        match way.kind:
            case WayKind.EMAIL:
                return await self._mail(way, notice)
            case WayKind.CHAT:
                return await _call(way, notice, {"text": f"{notice.sentence} {notice.link}"})
            case WayKind.WEBHOOK:
                return await _call(way, notice, {"event": EVENT, "link": notice.link})
            case _:
                assert_never(way.kind)

    async def _mail(self, way: Way, notice: Notice) -> bool:
        if self._post is None:
            return False
        body = f"{notice.sentence}\n\n{notice.link}\n"
        letter = Letter(to=way.address, subject=notice.sentence.rstrip("."), body=body)
        return await self._post(letter) is Fate.SENT


async def _call(way: Way, notice: Notice, payload: dict[str, str]) -> bool:
    """Hand a notice to a web address; every try of one notice carries the same key."""
    try:
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(
                way.address,
                json=payload,
                headers={"Idempotency-Key": notice.key},
                allow_redirects=False,
            ) as answer,
        ):
            if answer.status in _WELL:
                return True
            _log.warning("a notice by %s was answered with %d", way.kind.value, answer.status)
    except Exception as error:  # noqa: BLE001 - whatever it is, its words may hold the address
        _log.warning("a notice by %s was not sent: %s", way.kind.value, type(error).__name__)
    return False
