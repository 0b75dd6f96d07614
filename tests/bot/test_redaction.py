"""Whatever a library logs, no token, number of a chat or word of a person gets through."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import redaction

# Made up for this file alone: the canaries of the whole suite are watched before any handler.
TOKEN = "1234567890:AAE-made-up-token_for-this-file-only"
CHAT = "998877665544"
WORDS = "words that somebody wrote"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a service writes that has installed the filters, and everything as it was after it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    root.addHandler(handler)
    levels = {name: logging.getLogger(name).level for name in redaction.LIBRARIES}
    redaction.install()
    redaction.install()
    for name in redaction.LIBRARIES:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield written
    logging.captureWarnings(False)
    root.removeHandler(handler)
    for name, level in levels.items():
        logger = logging.getLogger(name)
        logger.setLevel(level)
        logger.filters.clear()
    for each in root.handlers:
        each.filters.clear()


@pytest.mark.parametrize("name", redaction.LIBRARIES)
def test_a_library_s_record_keeps_its_fixed_words_only(log: io.StringIO, name: str) -> None:
    logger = logging.getLogger(name)
    logger.error("Failed to fetch updates - %s: %s", "KeyError", f"{WORDS} {CHAT}")
    logger.error("ready-made: " + WORDS)  # noqa: G003 - as libraries do
    try:
        int(WORDS)
    except ValueError:
        logger.exception("Cause exception while process update id=%d", 5)
    said = log.getvalue()
    assert WORDS not in said
    assert CHAT not in said
    assert "Failed to fetch updates" in said
    assert "ValueError" in said


def test_a_token_is_hidden_in_our_own_records_and_in_tracebacks(log: io.StringIO) -> None:
    logger = logging.getLogger("bot.something")
    logger.warning("asked %s", f"https://api.telegram.org/bot{TOKEN}/getMe")
    try:
        raise ConnectionError(f"https://api.telegram.org/bot{TOKEN}/getMe")  # noqa: EM102, TRY301
    except ConnectionError:
        logger.exception("failed")
    said = log.getvalue()
    assert "made-up-token" not in said
    assert "ConnectionError" in said


def test_our_own_records_stay_readable(log: io.StringIO) -> None:
    logging.getLogger("bot.intake").error("update %d is kept for later: %s", 500, "KeyError")
    assert "update 500 is kept for later: KeyError" in log.getvalue()


def test_warnings_do_not_show_what_they_warn_about(log: io.StringIO) -> None:
    """Aiogram warns of an unknown kind of update with the whole update in the text."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(f"Detected unknown update type. Update: {WORDS}", RuntimeWarning, 1)
    assert WORDS not in log.getvalue()


@given(before=st.text(max_size=9), number=st.integers(min_value=10**6), after=st.text(max_size=9))
def test_long_numbers_are_always_hidden(before: str, number: int, after: str) -> None:
    assert str(number) not in redaction.hide_secrets(f"{before} {number} {after}")
