"""Puts an outgoing message into the Bot API methods that carry it; plain text, nothing else.

It must not send anything. Templates are copied instead of validated anew: what goes in is our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageReplyMarkup,
    EditMessageText,
    SendMessage,
    SendPhoto,
)
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
)

from bot.copies import copied
from storage.outbox import Button

LONGEST_CAPTION: Final = 1024
"""How many UTF-16 units the words beside a picture may have; longer ones go on their own."""

Rows = Sequence[Sequence[Button]]

_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
_TAP: Final = InlineKeyboardButton(text="-", callback_data="-")
_LINK: Final = InlineKeyboardButton(text="-", url="https://example.org")
_KEYBOARD: Final = InlineKeyboardMarkup(inline_keyboard=[])
_SEND: Final = SendMessage(
    chat_id=0,
    text="-",
    parse_mode=None,
    protect_content=True,
    link_preview_options=_NO_PREVIEW,
    reply_markup=_KEYBOARD,
)
_EDIT: Final = EditMessageText(
    chat_id=0,
    message_id=0,
    text="-",
    parse_mode=None,
    link_preview_options=_NO_PREVIEW,
    reply_markup=_KEYBOARD,
)
_EDIT_BUTTONS: Final = EditMessageReplyMarkup(chat_id=0, message_id=0, reply_markup=_KEYBOARD)
_ANSWER: Final = AnswerCallbackQuery(callback_query_id="-", text="-")


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """Return the buttons under a message; None where there are none, which takes old ones away."""
    if not rows:
        return None
    lines = [[_button(*each) for each in row] for row in rows]
    return copied(_KEYBOARD, inline_keyboard=lines)


def _button(label: str, data: str, url: str) -> InlineKeyboardButton:
    if url:
        return copied(_LINK, text=label, url=url)
    return copied(_TAP, text=label, callback_data=data)


def new_message(chat_id: int, text: str, rows: Rows) -> SendMessage:
    """Return the method that sends a message; it cannot be forwarded or saved from the chat."""
    return copied(_SEND, chat_id=chat_id, text=text, reply_markup=keyboard(rows))


def changed_message(chat_id: int, message_id: int, text: str, rows: Rows) -> EditMessageText:
    """Return the method that changes a message of ours."""
    buttons = keyboard(rows)
    return copied(_EDIT, chat_id=chat_id, message_id=message_id, text=text, reply_markup=buttons)


def changed_buttons(chat_id: int, message_id: int, rows: Rows) -> EditMessageReplyMarkup:
    """Return the method that changes only the buttons: for a picture, which holds no text."""
    buttons = keyboard(rows)
    return copied(_EDIT_BUTTONS, chat_id=chat_id, message_id=message_id, reply_markup=buttons)


def tap_answer(query_id: str, note: str | None) -> AnswerCallbackQuery:
    """Return the method that ends the waiting of somebody who tapped, with a small note or none."""
    return copied(_ANSWER, callback_query_id=query_id, text=note)


def fits_beside_picture(text: str) -> bool:
    """Tell whether these words may stand beside a picture in one message."""
    return len(text.encode("utf-16-le")) // 2 <= LONGEST_CAPTION


def new_picture(chat_id: int, run: str, png: bytes, caption: str, rows: Rows) -> SendPhoto:
    """Return the method that sends the picture of a run; its file is named after the run."""
    return SendPhoto(
        chat_id=chat_id,
        photo=BufferedInputFile(png, filename=f"{run}.png"),
        caption=caption or None,
        parse_mode=None,
        protect_content=True,
        reply_markup=keyboard(rows),
    )
