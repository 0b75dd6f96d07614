"""Hands letters to the operator's mail server, encrypted, each once and within ten seconds.

It must not decide who gets one, and never shows or logs an address, a link or a server's words.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib

from starling.setting_rules import is_loopback
from starling.settings import Settings
from usecases.letters import Fate, Letter

PATIENCE: Final = 10.0
"""Seconds that one letter may take altogether."""

_SUBMISSION: Final = {"smtp": 587, "smtps": 465}  # RFC 6409 and RFC 8314
_PERMANENT: Final = 500
_POLICY: Final = "5.7."  # RFC 3463: the server's own rules are at fault, not the address

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Server:
    """Where letters are handed in. `encrypted` is "at-once", "asked-for" or "no"."""

    host: str
    port: int
    encrypted: str
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


def read_server(address: str, password: str | None = None) -> Server:
    """Return the server that a setting names: see starling.mail_rules.check_mail_server.

    smtps:// is encrypted from the first byte; smtp:// asks for it and goes no further without,
    unless the server is this very machine.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    encrypted = "at-once" if parts.scheme == "smtps" else "asked-for"
    if parts.scheme == "smtp" and is_loopback(host):
        encrypted = "no"
    user = unquote(parts.username) if parts.username else None
    return Server(host, parts.port or _SUBMISSION[parts.scheme], encrypted, user, password)


class Mailer:
    """The post of usecases.letters; `counts` says what became of letters since the start."""

    def __init__(
        self,
        server: Server,
        sender: str,
        clock: Callable[[], datetime],
        entropy: Callable[[int], bytes],
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """Take where letters go in, whom they come from, and whose certificates are trusted."""
        self.counts: Counter[Fate] = Counter()
        self._server = server
        self._sender = sender
        self._clock = clock
        self._entropy = entropy
        # Made once: it reads every certificate that this machine trusts.
        self._trust = trust or _default_trust(server)

    async def __call__(self, letter: Letter) -> Fate:
        """Send one letter; whatever goes wrong, it is said and not raised."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._hand_in(letter)
            fate = Fate.SENT
        except aiosmtplib.SMTPRecipientsRefused as refused:
            fate = _judge(refused)
            _log.warning("a mail server refused an address (%s)", fate.value)
        except Exception as error:  # noqa: BLE001 - whatever it is, its words may hold an address
            fate = Fate.NOT_SENT
            _log.warning("an e-mail was not sent: %s", _kind_of(error))
        self.counts[fate] += 1
        return fate

    async def _hand_in(self, letter: Letter) -> None:
        server = self._server
        await aiosmtplib.send(
            self._write(letter),
            sender=self._sender,
            recipients=[letter.to],
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            local_hostname=_domain(self._sender),  # not the name of this machine
            timeout=PATIENCE,
            use_tls=server.encrypted == "at-once",
            start_tls=server.encrypted == "asked-for",
            tls_context=self._trust,
        )

    def _write(self, letter: Letter) -> EmailMessage:
        """Return the letter as it travels: plain text, nothing that tells who reads it and when."""
        message = EmailMessage(policy=SMTP)
        message["From"] = self._sender
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(self._clock())
        message["Message-ID"] = f"<{self._entropy(16).hex()}@{_domain(self._sender)}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine answers it
        message.set_content(letter.body)
        return message


def open_post(
    settings: Settings, clock: Callable[[], datetime], entropy: Callable[[int], bytes]
) -> Mailer | None:
    """Return what sends letters, or None where no mail server is set: then there are no e-mails."""
    if settings.mail_server is None or settings.mail_from is None:
        return None
    secret = settings.mail_password
    password = secret.get_secret_value() if secret is not None else None
    return Mailer(read_server(settings.mail_server, password), settings.mail_from, clock, entropy)


def _default_trust(server: Server) -> ssl.SSLContext | None:
    return None if server.encrypted == "no" else ssl.create_default_context()


def _judge(refused: aiosmtplib.SMTPRecipientsRefused) -> Fate:
    """Tell whether the address is at fault, for good, and not the server's rules or this moment."""
    at_fault = all(
        each.code >= _PERMANENT and not each.message.startswith(_POLICY)
        for each in refused.recipients
    )
    return Fate.REFUSED if at_fault else Fate.NOT_SENT


def _kind_of(error: Exception) -> str:
    code = f" {error.code}" if isinstance(error, aiosmtplib.SMTPResponseException) else ""
    return f"{type(error).__name__}{code}"


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
