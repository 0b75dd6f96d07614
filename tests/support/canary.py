"""Watches every log record and stray line of output for words that must never get into a log.

Tests use the canaries below wherever they need a person's words, a bot token or a chat id. A test
during which one of them turns up in a log, or in output that the test itself did not collect,
fails. The watch forgives nothing: a filter on a handler comes too late for it.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Generator

import pytest

CANARY_SENTENCE = "canary sentence that only my worker may read"
CANARY_TOKEN = "7700112233:canary-token-that-no-log-may-hold"
CANARY_CHAT_ID = 770099887766

# What is looked for is a piece of each, as a log may shorten or escape the rest.
_MARKS = {
    "a person's words": "canary sentence",
    "a bot token": "canary-token",
    "a chat id": str(CANARY_CHAT_ID),
}


def find_canaries(text: str) -> list[str]:
    """Return which kinds of canary a text holds."""
    return [kind for kind, mark in _MARKS.items() if mark in text]


def spell_out(record: logging.LogRecord) -> str:
    """Return everything that any formatter could write of a record: message, extras, traceback."""
    error = record.exc_info[1] if record.exc_info else None
    trace = "".join(traceback.format_exception(error)) if error else ""
    return f"{record.getMessage()}\n{record.__dict__!r}\n{trace}"


class CanaryWatch:
    """A pytest plugin that fails the test during which a canary was logged or printed."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.leaks: list[str] = []
        self._handle: Callable[[logging.Logger, logging.LogRecord], None] | None = None

    def pytest_configure(self) -> None:
        """Look at every record that passes a logger, whoever set up which handlers."""
        handle = logging.Logger.callHandlers
        leaks = self.leaks

        def look_and_handle(logger: logging.Logger, record: logging.LogRecord) -> None:
            for kind in find_canaries(spell_out(record)):
                place = f"{record.name} {record.levelname} ({record.pathname}:{record.lineno})"
                leaks.append(f"{kind} in a log record of {place}")
            handle(logger, record)

        self._handle = handle
        setattr(logging.Logger, "callHandlers", look_and_handle)  # noqa: B010 - mypy refuses the plain form

    def pytest_unconfigure(self) -> None:
        """Leave logging as it was."""
        if self._handle is not None:
            setattr(logging.Logger, "callHandlers", self._handle)  # noqa: B010 - as above

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what leaked during a test into its failure."""
        report = yield
        for name, output in (("stdout", report.capstdout), ("stderr", report.capstderr)):
            self.leaks += [f"{kind} in {name}" for kind in find_canaries(output)]
        if report.when == "teardown" and self.leaks:
            report.outcome = "failed"
            report.longrepr = "A canary leaked:\n" + "\n".join(dict.fromkeys(self.leaks))
            self.leaks.clear()
        return report


def pytest_configure(config: pytest.Config) -> None:
    """Begin the watch: this module is itself the plugin that tests/conftest.py names."""
    config.pluginmanager.register(CanaryWatch(), "canary-watch")
