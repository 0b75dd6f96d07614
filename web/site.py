"""What the web is made of and that lives as long as the process; made by the composition root."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from usecases.auditing import Anchor
from usecases.letters import Post
from usecases.service import Service
from web.bells import Bells
from web.ports import Check, Feed, Organisation, Webhook

Network = IPv4Network | IPv6Network

NEUTRAL_PAGE: Final = "https://www.bbc.co.uk/weather"
"""Where somebody lands who leaves the chat in a hurry: a page that anybody might look at."""


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that pages need.

    `clock` returns the present moment (aware UTC), `entropy(n)` n random bytes. `checks` are what
    /readyz asks, by name. `webhook` is None where Telegram does not call us, `post` where no
    e-mails leave: then nobody is offered any. `organisation` is None where nobody signs in through
    one. `audit_heads` reads the heads of the audit that were written outside the database.
    `proxies` are those that we believe who called them; `pause(seconds)` lets somebody wait.
    """

    service: Service
    clock: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    bells: Bells
    feed: Feed
    webhook: Webhook | None = None
    post: Post | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)
    quick_exit: str = NEUTRAL_PAGE
    organisation: Organisation | None = None
    audit_heads: Callable[[], Sequence[Anchor]] = tuple
    proxies: Sequence[Network] = ()
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    @property
    def is_secure(self) -> bool:
        """Whether people reach us over https, so that cookies may insist on it."""
        return self.service.public_url.startswith("https://")
