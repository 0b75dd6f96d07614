"""What a message means in our own words."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.types import Message
from hypothesis import given
from hypothesis import strategies as st

from bot.raw_updates import read_raw
from bot.reading import COMMANDS, read_edit, read_message, read_text, salvage
from tests.support import telegram_updates as updates
from usecases.arrival import (
    CodeInput,
    Media,
    MediaInput,
    MenuInput,
    MenuWish,
    TextInput,
    UnknownInput,
    What,
)


def message(**content: Any) -> Message:
    return Message.model_validate(updates.message(1, 42, 9, **content)["message"])


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("/start r6z336enms83", CodeInput("r6z336enms83")),
        ("/start  8184V-67V9A ", CodeInput("8184V-67V9A")),
        ("/start@MadeUpBot code", CodeInput("code")),
        ("/start", MenuInput(MenuWish.MENU)),
        ("/START", MenuInput(MenuWish.MENU)),
        ("/help", MenuInput(MenuWish.HELP)),
        ("/Help please", TextInput("/Help please")),
        ("/stop he is hurting me", TextInput("/stop he is hurting me")),
        ("/me\ni want to die", TextInput("/me\ni want to die")),
        ("/help\n", MenuInput(MenuWish.HELP)),
        ("/start i want to die", CodeInput("i want to die")),
        ("/stop", MenuInput(MenuWish.STOP_ALL)),
        ("/pause@MadeUpBot", MenuInput(MenuWish.PAUSE)),
        ("/menu", MenuInput(MenuWish.MENU)),
        ("/who", MenuInput(MenuWish.WHO_SEES)),
        ("/settings", TextInput("/settings")),
        ("/", TextInput("/")),
        ("hello /help", TextInput("hello /help")),
        ("", TextInput("")),
    ],
)
def test_text_is_a_command_a_code_or_words(text: str, what: What) -> None:
    assert what == read_text(text)


@given(text=st.text())
def test_every_text_means_something(text: str) -> None:
    assert read_text(text) is not None


def test_help_is_among_the_commands() -> None:
    assert MenuWish.HELP is COMMANDS["help"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ({"sticker": updates.STICKER}, MediaInput(Media.STICKER)),
        ({"photo": updates.PHOTO, "caption": "me"}, MediaInput(Media.PHOTO, "me")),
        ({"voice": updates.VOICE}, MediaInput(Media.VOICE)),
        ({"contact": updates.CONTACT}, MediaInput(Media.PHONE_NUMBER)),
        ({"location": updates.PLACE}, MediaInput(Media.PLACE)),
        ({"dice": {"emoji": "🎲", "value": 3}}, MediaInput(Media.OTHER)),
        ({"poll": updates.POLL}, MediaInput(Media.OTHER, "a question\none")),
        ({"something_new": {"x": 1}}, MediaInput(Media.OTHER)),
        ({"pinned_message": None, "write_access_allowed": {}}, None),
    ],
)
def test_things_are_named_and_their_words_are_heard(
    content: dict[str, Any], what: What | None
) -> None:
    assert what == read_message(message(**content))


def test_words_inside_a_formatted_message_are_words() -> None:
    rich = {"blocks": [{"type": "paragraph", "text": "please help"}]}
    assert TextInput("please help") == read_message(message(rich_message=rich))


def test_changed_words_are_marked_as_changed() -> None:
    assert TextInput("/stop", edited=True) == read_edit(message(text="/stop"))
    assert TextInput("me", edited=True) == read_edit(message(photo=updates.PHOTO, caption="me"))


def test_a_place_on_the_move_is_not_answered_again_and_again() -> None:
    assert read_edit(message(location=updates.PLACE)) is None


def salvaged(raw: updates.Raw) -> What | None:
    found = read_raw(raw)
    assert found is not None
    return salvage(found)


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (updates.message(1, 42, 9, text="help me", date="soon"), TextInput("help me")),
        (updates.message(1, 42, 9, text="/help"), MenuInput(MenuWish.HELP)),
        (updates.message(1, 42, 9, text=["no text"]), MediaInput(Media.OTHER)),
        (updates.message(1, 42, 9, photo="broken", caption="me"), MediaInput(Media.PHOTO, "me")),
        (updates.message(1, 42, 9, poll={"question": "hm"}), MediaInput(Media.OTHER, "hm")),
        (updates.message(1, 42, 9, pinned_message={}), None),
        (updates.edited(1, 42, 9, text="changed"), TextInput("changed", edited=True)),
        (updates.edited(1, 42, 9, location={}), None),
        ({"update_id": 1, "callback_query": {"data": 7}}, UnknownInput()),
        ({"update_id": 1, "telepathy": {}}, MediaInput(Media.OTHER)),
        ({"update_id": 1, "letter": updates.message(1, 42, 9, text="hm")["message"]}, "hm"),
        ({"update_id": 1, "letter": {"note": "hm", "from": {"note": "x"}, "chat": {}}}, "hm"),
        ({"update_id": 1, "letter": {"poll": {"question": "a", "options": ["b"]}}}, "a\nb"),
        ({"update_id": 1, "letter": {"photo": [], "caption": "hm"}}, "hm"),
        (
            {"update_id": 1, "letter": {"quote": {"text": "somebody else's"}}},
            MediaInput(Media.OTHER),
        ),
        ({"update_id": 1, "edited_letter": {"text": "hm"}}, TextInput("hm", edited=True)),
    ],
)
def test_what_nobody_can_parse_still_yields_its_words(
    raw: updates.Raw, what: What | str | None
) -> None:
    assert salvaged(raw) == (TextInput(what) if isinstance(what, str) else what)


def test_half_a_character_does_not_get_through() -> None:
    """A lone surrogate can be written in JSON, but no database can hold it."""
    assert TextInput("help ? me") == salvaged(updates.message(1, 42, 9, text="help \ud83d me"))
