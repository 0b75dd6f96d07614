"""Nothing in the clone looks like a real secret: made-up ones in tests keep another shape."""

from __future__ import annotations

import re

import pytest

from tests.support.tracked import lines_of, tracked_files

# Shapes as their makers give them out; "Telegram bot" is what @BotFather hands over today.
SHAPES = {
    "Telegram bot token": re.compile(r"\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b"),
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
    "GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,})"),
    "AWS key": re.compile(r"\bA(?:KI|SI)A[A-Z0-9]{16}\b"),
    "Slack token": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    "password in an address": re.compile(r"postgres\w*(?:\+\w+)?://\w+:(\w{16,})@"),
    "secret setting": re.compile(
        r"STARLING_(?:SECRET_KEYS|TELEGRAM_TOKEN|TELEGRAM_WEBHOOK_SECRET)=[A-Za-z0-9_:-]{32,}"
    ),
}


def find_secrets(line: str) -> list[str]:
    return [name for name, shape in SHAPES.items() if shape.search(line)]


def test_no_file_holds_a_secret() -> None:
    found = [
        (place, secrets)
        for place, line in lines_of(tracked_files())
        if (secrets := find_secrets(line))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Telegram bot token", "token = '1234567890:AA" + "b" * 33 + "'"),
        ("private key", "-----BEGIN RSA PRIVATE " + "KEY-----"),
        ("private key", "-----BEGIN PRIVATE " + "KEY-----"),
        ("GitHub token", "ghp_" + "a1" * 18),
        ("AWS key", "AKIA" + "A1" * 8),
        ("Slack token", "xoxb-" + "1234567890-abc"),
        ("password in an address", "postgresql+psycopg://starling:" + "a1" * 10 + "@db/x"),
        ("secret setting", "STARLING_SECRET_KEYS=" + "a1" * 20),
    ],
)
def test_a_planted_secret_is_found(name: str, line: str) -> None:
    assert find_secrets(line) == [name]
