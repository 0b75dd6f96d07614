"""Whom to call is said also while nothing can be stored; to nobody who wants anything else."""

from __future__ import annotations

import pytest

from bot.intake_help import is_call_for_help, numbers_for
from bot.raw_updates import read_raw
from tests.support import telegram_updates as updates


def calls(raw: updates.Raw) -> bool:
    found = read_raw(raw)
    assert found is not None
    return is_call_for_help(found)


@pytest.mark.parametrize("text", ["help", "/help", "/help me he has a knife", "999", "/start 999"])
def test_help_typed_is_a_call(text: str) -> None:
    assert calls(updates.message(1, 42, 9, text=text))
    assert calls(updates.message(1, 42, 9, photo=updates.PHOTO, caption="help"))


@pytest.mark.parametrize("text", ["hello", "/stop", "help my mum with the cat", "/start"])
def test_anything_else_is_none(text: str) -> None:
    assert not calls(updates.message(1, 42, 9, text=text))


@pytest.mark.parametrize(("data", "wanted"), [("m:help", True), ("m:menu", False), (7, False)])
def test_only_the_button_for_help_is_a_call(data: object, *, wanted: bool) -> None:
    raw = {"update_id": 1, "callback_query": {"id": "1", "from": {"id": 42}, "data": data}}
    assert calls(raw) is wanted


def test_the_numbers_need_nothing_but_the_chat() -> None:
    message = numbers_for(42)
    assert message.chat_id == 42
    assert "999" in message.text
    assert "0800 1111" in message.text
