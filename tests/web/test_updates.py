"""Inputs of browsers: one number for one input, however often it is sent."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from aiogram.types import Update
from hypothesis import given
from hypothesis import strategies as some

from bot.raw_updates import read_raw
from web.updates import Sender, read_message_id, tap_update, text_update

NOW = datetime(2026, 9, 22, 16, tzinfo=UTC)
LATER = datetime(2026, 9, 22, 17, tzinfo=UTC)

visitors = some.integers(1, (1 << 63) - 1)
words = some.text()


@given(visitors, words, words)
def test_the_same_input_is_the_same_update_whenever_it_comes(
    visitor: int, client_id: str, text: str
) -> None:
    numbers = {
        text_update(Sender(visitor, client_id, at), text)["update_id"] for at in (NOW, LATER)
    }
    assert len(numbers) == 1
    assert 0 <= numbers.pop() < 1 << 53  # type: ignore[operator]  # it is an int


@given(some.tuples(visitors, words, words), some.tuples(visitors, words, words))
def test_different_inputs_are_different_updates(
    one: tuple[int, str, str], other: tuple[int, str, str]
) -> None:
    numbers = [
        text_update(Sender(visitor, client_id, NOW), text)["update_id"]
        for visitor, client_id, text in (one, other)
    ]
    assert (numbers[0] == numbers[1]) is (one == other)


@given(visitors, words, words)
def test_the_dispatchers_intake_reads_every_update(visitor: int, client_id: str, text: str) -> None:
    sender = Sender(visitor, client_id, NOW)
    for raw in (
        text_update(sender, text),
        tap_update(sender, text, 7),
        tap_update(sender, text, None),
    ):
        read = read_raw(raw)
        assert read is not None
        assert (read.chat_id, read.private) == (visitor, True)
        Update.model_validate(raw)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("17", 17),
        ("9223372036854775807", 9223372036854775807),
        ("9223372036854775808", None),
        ("0", None),
        ("-1", None),
        ("", None),
        ("１７", None),
        ("1" * 400, None),
        ("seven", None),
    ],
)
def test_a_messages_number_is_a_number_or_nothing(written: str, number: int | None) -> None:
    assert read_message_id(written) == number
