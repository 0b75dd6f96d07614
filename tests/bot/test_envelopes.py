"""The methods that carry a message: what goes out is plain, closed and well formed."""

from __future__ import annotations

from aiogram import Bot
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from hypothesis import given
from hypothesis import strategies as st

from bot import envelopes
from storage.outbox import Button
from tests.support.canary import CANARY_TOKEN
from tests.support.recording_session import RecordingSession

ROWS = (
    (Button("Yes", "m:menu"), Button("No", "j:not-now")),
    (Button("Open the chat", url="https://starling.test/join/x"),),
)
VALIDATED = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text="Yes", callback_data="m:menu"),
            InlineKeyboardButton(text="No", callback_data="j:not-now"),
        ],
        [InlineKeyboardButton(text="Open the chat", url="https://starling.test/join/x")],
    ]
)


def test_copied_templates_are_the_same_as_validated_methods() -> None:
    preview = LinkPreviewOptions(is_disabled=True)
    sent = SendMessage(
        chat_id=42,
        text="hello",
        parse_mode=None,
        protect_content=True,
        link_preview_options=preview,
        reply_markup=VALIDATED,
    )
    changed = EditMessageText(
        chat_id=42,
        message_id=9,
        text="hello",
        parse_mode=None,
        link_preview_options=preview,
        reply_markup=VALIDATED,
    )
    assert sent == envelopes.new_message(42, "hello", ROWS)
    assert changed == envelopes.changed_message(42, 9, "hello", ROWS)


def test_two_messages_share_nothing_that_could_change() -> None:
    first = envelopes.new_message(1, "one", ROWS)
    second = envelopes.new_message(2, "two", ())
    assert (1, "one", 2, "two") == (first.chat_id, first.text, second.chat_id, second.text)
    assert first.reply_markup == VALIDATED
    assert second.reply_markup is None


async def test_what_goes_over_the_wire_is_plain_protected_and_without_previews() -> None:
    bot = Bot(CANARY_TOKEN, session=RecordingSession())
    for method in (
        envelopes.new_message(42, "<b>5 > 3</b> *a* https://starling.test", ROWS),
        envelopes.new_picture(42, "run", b"png", "words", ROWS),
    ):
        files: dict[str, object] = {}
        wire = {
            name: bot.session.prepare_value(value, bot=bot, files=files)
            for name, value in method.model_dump(warnings=False).items()
        }
        assert wire["protect_content"] == "true"
        assert not wire.get("parse_mode")
        assert wire["reply_markup"] == (
            '{"inline_keyboard": [[{"text": "Yes", "callback_data": "m:menu"}, '
            '{"text": "No", "callback_data": "j:not-now"}], '
            '[{"text": "Open the chat", "url": "https://starling.test/join/x"}]]}'
        )


def test_no_buttons_take_old_buttons_away() -> None:
    assert envelopes.keyboard(()) is None


def test_the_picture_is_named_after_its_run() -> None:
    picture = envelopes.new_picture(42, "run-1", b"png", "", ())
    assert not isinstance(picture.photo, str)
    assert picture.photo.filename == "run-1.png"
    assert picture.caption is None


@given(text=st.text(alphabet="a🌟", max_size=1100))
def test_words_stand_beside_a_picture_only_where_telegram_lets_them(text: str) -> None:
    units = sum(2 if char == "🌟" else 1 for char in text)
    assert (units <= 1024) is envelopes.fits_beside_picture(text)
