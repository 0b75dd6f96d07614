"""Raw updates: what can be told of them, and what is taken away before anybody parses them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.raw_updates import pruned, read_raw
from tests.support import telegram_updates as updates
from tests.support.chat_window import Bubble, Key

NAMES = "update_id message callback_query edited_message chat from id type message_id text new"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(NAMES.split()),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)

BUBBLE = Bubble(8, ours=True, text="our question", keyboard=((Key("Yes", "m:menu"),),))


def test_a_message_tells_its_number_its_chat_and_that_one_person_is_there() -> None:
    found = read_raw(updates.message(7, 42, 9, text="hello"))
    assert found is not None
    assert (7, "message", 42, True) == (
        found.update_id,
        found.kind,
        found.chat_id,
        found.private,
    )


def test_a_tap_tells_the_chat_and_the_message_under_which_the_button_stood() -> None:
    found = read_raw(updates.tap(7, 42, BUBBLE, "m:menu"))
    assert found is not None
    assert (42, True, 8) == (found.chat_id, found.private, found.message_id)


def test_a_tap_without_its_message_is_answered_in_the_chat_with_the_person() -> None:
    raw = updates.tap(7, 42, BUBBLE, "m:menu")
    del raw["callback_query"]["message"]
    found = read_raw(raw)
    assert found is not None
    assert (42, True, None) == (found.chat_id, found.private, found.message_id)


def test_a_group_is_not_a_chat_with_one_person() -> None:
    raw = updates.message(7, -100, 9, text="hello") | {}
    raw["message"]["chat"] = {"id": -100, "type": "supergroup", "title": "somebody's group"}
    found = read_raw(raw)
    assert found is not None
    assert (-100, False) == (found.chat_id, found.private)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        3,
        "text",
        [],
        {},
        {"update_id": "7"},
        {"update_id": True},
        {"update_id": -1},
        {"update_id": 1 << 63},
        {"update_id": 1.0},
    ],
)
def test_what_carries_no_usable_number_is_not_an_update(raw: object) -> None:
    assert read_raw(raw) is None


def test_an_unknown_kind_still_tells_its_number() -> None:
    found = read_raw({"update_id": 7, "telepathy": {"thought": "hm"}})
    assert found is not None
    assert (7, "telepathy", None) == (found.update_id, found.kind, found.chat_id)


@given(raw=json_values)
def test_nothing_that_comes_in_makes_it_raise(raw: object) -> None:
    found = read_raw(raw)
    if found is not None:
        pruned(found)


@pytest.mark.parametrize(
    "raw",
    [
        updates.message(1, 42, 9, text="hello", forward_origin={"name": "Nobody"}),
        updates.edited(1, 42, 9, text="hello", via_bot=updates.user(5)),
        updates.tap(1, 42, BUBBLE, "m:menu"),
        updates.membership(1, updates.private_chat(42), "kicked"),
    ],
)
def test_names_never_get_past_the_door(raw: updates.Raw) -> None:
    found = read_raw(raw)
    assert found is not None
    kept = json.dumps(pruned(found))
    for name in ("Nobody", "Atall", "nobody_at_all", "our question"):
        assert name not in kept


def test_words_and_things_are_kept() -> None:
    found = read_raw(updates.message(1, 42, 9, photo=updates.PHOTO, caption="my room"))
    assert found is not None
    body = pruned(found)["message"]
    assert isinstance(body, dict)
    assert ("my room", updates.PHOTO) == (body["caption"], body["photo"])
