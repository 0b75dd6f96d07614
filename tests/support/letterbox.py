"""A mail server on this machine that keeps what it is given, or behaves as a test wants it to."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

# It tells of every address: the log of a server that is not ours.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)


@dataclass
class Letterbox:
    """What came in. `refusals` are answers to an address, `rejects` one to every letter."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    rejects: str = ""
    stalls: bool = False
    encrypted: list[bool] = field(default_factory=list)
    greeted_by: list[str] = field(default_factory=list)
    _free: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def everything(self) -> str:
        """All letters as they were read, headers too."""
        return "\n".join(f"{letter.items()}\n{letter.get_content()}" for letter in self.letters)

    def to(self, address: str) -> list[EmailMessage]:
        """Return the letters for one address."""
        return [letter for letter in self.letters if letter["To"] == address]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's own name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take an address, or refuse it."""
        del server, session, options
        if self.stalls:
            await self._free.wait()
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a letter, or refuse it."""
        if self.rejects:
            return self.rejects
        content = cast("bytes", envelope.content)
        self.letters.append(message_from_bytes(content, policy=default))
        self.envelopes.append(envelope)
        by_request = session.ssl is not None
        self.encrypted.append(by_request or _is_encrypted(server))
        self.greeted_by.append(str(session.host_name))
        return "250 OK"

    def let_go(self) -> None:
        """End what stalls."""
        self._free.set()


def _is_encrypted(server: SMTP) -> bool:
    transport = server.transport
    return transport is not None and transport.get_extra_info("ssl_object") is not None


def _check_password(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object
) -> AuthResult:
    del server, session, envelope, mechanism
    right = isinstance(given, LoginPassword) and given == LoginPassword(b"bot@example.org", b"open")
    return AuthResult(success=right, handled=False)


@asynccontextmanager
async def open_letterbox(
    *, at_once: ssl.SSLContext | None = None, asked_for: ssl.SSLContext | None = None,
    login: bool = False,
) -> AsyncIterator[Letterbox]:  # fmt: skip
    """Run a mail server for as long as the block lasts: plain, encrypted at once or when asked."""
    box = Letterbox()
    connections: list[asyncio.BaseTransport] = []

    class Counted(SMTP):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            connections.append(transport)
            super().connection_made(transport)

    def make() -> SMTP:
        return Counted(
            box,
            hostname="letterbox.test",
            enable_SMTPUTF8=False,
            tls_context=asked_for,
            require_starttls=asked_for is not None,
            authenticator=_check_password if login else None,
            auth_required=login,
        )

    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0, ssl=at_once)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        box.let_go()
        server.close()
        for each in connections:
            each.close()
        await server.wait_closed()
