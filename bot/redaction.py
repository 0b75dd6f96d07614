"""Keeps tokens, chat numbers and people's words out of the logs, whoever writes them.

Our own modules log kinds and numbers only. This is the second line of defence, for libraries that
put addresses, raw updates and error texts into theirs. It must not let through what it cannot read.
"""

from __future__ import annotations

import logging
import re
from typing import Final

LIBRARIES: Final = (
    "aiogram",
    "aiogram.dispatcher",
    "aiogram.event",
    "aiogram.middlewares",
    "aiogram.scene",
    "aiogram.webhook",
    "aiohttp.access",
    "aiohttp.client",
    "aiohttp.internal",
    "aiohttp.server",
    "aiohttp.web",
    "aiohttp.websocket",
    "asyncio",
    "httpcore",
    "httpx",
    "py.warnings",
)
"""Loggers that may hold what somebody wrote. A filter counts only where a record is made, so each
is named: one on a parent does not see the records of its children."""

_TOKEN: Final = re.compile(r"\d{3,}:[A-Za-z0-9_-]{8,}")
_LONG_NUMBER: Final = re.compile(r"-?\d{7,}")
_HIDDEN: Final = "[hidden]"


class ForLibraries(logging.Filter):
    """Leaves of a library's record what it says in general: its fixed words and kinds of error."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the details out of a record; never drops it."""
        said = str(record.msg) if record.args else _HIDDEN
        kind = f" ({record.exc_info[0].__name__})" if record.exc_info and record.exc_info[0] else ""
        record.msg = hide_secrets(said) + kind
        record.args = None
        record.exc_info = None
        record.exc_text = None
        record.stack_info = None
        return True


class ForTokens(logging.Filter):
    """Hides bot tokens in whatever else is logged, tracebacks included."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take tokens out of a record; never drops it."""
        said = record.getMessage()
        hidden = _TOKEN.sub(_HIDDEN, said)
        if hidden != said:
            record.msg, record.args = hidden, None
        if record.exc_info and _TOKEN.search(logging.Formatter().formatException(record.exc_info)):
            error = record.exc_info[0]
            record.msg = f"{record.msg} ({error.__name__ if error else _HIDDEN})"
            record.exc_info = None
            record.exc_text = None
        return True


def hide_secrets(text: str) -> str:
    """Return text without bot tokens and long numbers."""
    return _LONG_NUMBER.sub(_HIDDEN, _TOKEN.sub(_HIDDEN, text))


def install() -> None:
    """Put the filters where records are made; doing it twice does no harm."""
    for name in LIBRARIES:
        logger = logging.getLogger(name)
        if not any(isinstance(each, ForLibraries) for each in logger.filters):
            logger.addFilter(ForLibraries())
    for handler in logging.getLogger().handlers:
        if not any(isinstance(each, ForTokens) for each in handler.filters):
            handler.addFilter(ForTokens())
    logging.captureWarnings(True)
    logging.getLogger("aiogram.event").setLevel(logging.WARNING)  # a line for every update
