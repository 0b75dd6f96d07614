"""What the dispatcher says to a browser becomes lines of its record, and nothing else does."""

from __future__ import annotations

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    EditMessageReplyMarkup,
    EditMessageText,
    GetMe,
    SendChatAction,
    SendContact,
    SendMessage,
    SendPhoto,
    SendPoll,
    SetMyCommands,
)
from aiogram.methods.base import TelegramMethod
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
)

from storage.outbox import Button
from tests.web.stage import Stage
from usecases import transcribing
from usecases.transcribing import Shown
from web.bridge import UnsupportedOnWeb

KEYBOARD = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Yes", callback_data="j:yes")]]
)
ROWS = ((Button("Yes", "j:yes"),),)


@pytest.fixture
async def visitor(stage: Stage) -> int:
    number, _ = await transcribing.new_visitor(stage.service, stage.world.clock.now)
    return number


async def shown(stage: Stage, visitor: int) -> list[Shown]:
    return [line.shown for line in await transcribing.since(stage.service, visitor)]


async def test_a_message_is_written_and_comes_back_bound_to_the_bot(
    stage: Stage, visitor: int
) -> None:
    message = await stage.bot(SendMessage(chat_id=visitor, text="Hello", reply_markup=KEYBOARD))
    assert isinstance(message, Message)
    assert message.bot is stage.bot
    assert await shown(stage, visitor) == [Shown("Hello", ROWS)]
    await message.answer("And again")  # an unbound message could not do this
    assert [each.text for each in await shown(stage, visitor)] == ["Hello", "And again"]


async def test_text_and_buttons_of_a_message_can_be_changed(stage: Stage, visitor: int) -> None:
    number = (await stage.bot(SendMessage(chat_id=visitor, text="Ask"))).message_id
    await stage.bot(
        EditMessageText(chat_id=visitor, message_id=number, text="Told", reply_markup=KEYBOARD)
    )
    assert await shown(stage, visitor) == [Shown("Told", ROWS)]
    await stage.bot(EditMessageReplyMarkup(chat_id=visitor, message_id=number))
    assert await shown(stage, visitor) == [Shown("Told")]


async def test_a_picture_keeps_its_run_and_has_no_text_to_edit(stage: Stage, visitor: int) -> None:
    photo = BufferedInputFile(b"", filename="abc123.png")
    sent = await stage.bot(SendPhoto(chat_id=visitor, photo=photo, caption="In words"))
    assert await shown(stage, visitor) == [Shown("In words", (), "abc123")]
    with pytest.raises(TelegramBadRequest, match="no text in the message to edit"):
        await stage.bot(
            EditMessageText(chat_id=visitor, message_id=sent.message_id, text="Other words")
        )
    await stage.bot(
        EditMessageReplyMarkup(chat_id=visitor, message_id=sent.message_id, reply_markup=KEYBOARD)
    )
    assert await shown(stage, visitor) == [Shown("In words", ROWS, "abc123")]


async def test_a_message_of_another_chat_cannot_be_changed(stage: Stage, visitor: int) -> None:
    other, _ = await transcribing.new_visitor(stage.service, stage.world.clock.now)
    number = (await stage.bot(SendMessage(chat_id=visitor, text="Mine"))).message_id
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await stage.bot(EditMessageText(chat_id=other, message_id=number, text="Yours"))
    assert await shown(stage, visitor) == [Shown("Mine")]


async def test_small_calls_are_accepted_and_say_nothing(stage: Stage, visitor: int) -> None:
    small: list[TelegramMethod[bool]] = [
        AnswerCallbackQuery(callback_query_id="1"),
        DeleteMessage(chat_id=visitor, message_id=1),
        SendChatAction(chat_id=visitor, action="typing"),
    ]
    assert [await stage.bot(each) for each in small] == [True, True, True]
    assert (await stage.bot(GetMe())).id == stage.bot.id
    assert await shown(stage, visitor) == []


@pytest.mark.parametrize(
    "method",
    [
        SendPoll(chat_id=1, question="?", options=["a", "b"]),
        SendContact(chat_id=1, phone_number="1", first_name="-"),
        SetMyCommands(commands=[]),
        SendPhoto(chat_id=1, photo="a file id"),
        SendMessage(chat_id="@channel", text="-"),
        SendMessage(
            chat_id=1,
            text="-",
            reply_markup=ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="-")]]),
        ),
    ],
    ids=lambda method: type(method).__name__,
)
async def test_what_browsers_are_not_served_with_is_refused(
    stage: Stage, method: TelegramMethod[object]
) -> None:
    with pytest.raises(UnsupportedOnWeb):
        await stage.bot(method)


async def test_a_page_is_woken_by_every_line(stage: Stage, visitor: int) -> None:
    with stage.session.bells.listen(visitor) as bell:
        number = (await stage.bot(SendMessage(chat_id=visitor, text="Hello"))).message_id
        assert bell.rang
        bell.hush()
        await stage.bot(EditMessageReplyMarkup(chat_id=visitor, message_id=number))
        assert bell.rang
    assert len(stage.session.bells) == 0
