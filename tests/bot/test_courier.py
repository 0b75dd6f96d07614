"""Every message goes out after its commit, in order, and its state says honestly what is known."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import (
    AnswerCallbackQuery,
    EditMessageText,
    SendMessage,
    SendPhoto,
)
from aiogram.methods.base import TelegramMethod
from sqlalchemy import Connection, select, update

from bot.carrier import Draw
from bot.courier import HOLD
from bot.pace import Pace
from storage import outbox as outbox_of
from storage import people
from storage.outbox import Button, Delivery, Outgoing, OutgoingKind, Sending, Urgency
from storage.tables import outbox, participants
from tests.support.chatter import Chatter, Phones
from tests.support.house import House, Wiring, World, until
from tests.support.recording_session import RecordingSession
from usecases import reading, sending
from usecases.arrival import Channel
from usecases.inviting import By

Before = Callable[[TelegramMethod[Any]], Awaitable[None]]

A_SECOND = timedelta(seconds=1)
WEEK = timedelta(days=7)


def fails(
    kind: type[TelegramMethod[Any]], error: Callable[[Any], Exception], times: int = 1
) -> Before:
    """Let the next calls of a method fail."""
    left = [times]

    async def before(method: TelegramMethod[Any]) -> None:
        if isinstance(method, kind) and left[0]:
            left[0] -= 1
            raise error(method)

    return before


def too_fast(method: TelegramMethod[Any]) -> TelegramAPIError:
    return TelegramRetryAfter(method, "Too Many Requests", retry_after=30)


def blocked(method: TelegramMethod[Any]) -> TelegramAPIError:
    return TelegramForbiddenError(method, "Forbidden: bot was blocked by the user")


def no_answer(method: TelegramMethod[Any]) -> TelegramAPIError:
    return TelegramNetworkError(method, "Request timeout error")


def server_error(method: TelegramMethod[Any]) -> TelegramAPIError:
    return TelegramServerError(method, "Internal Server Error")


async def states(house: House) -> list[str]:
    """The state of every message, in the order in which they were stored."""
    await house.service.lane.settled()
    query = select(outbox.c.state).order_by(outbox.c.id)
    return await house.service.lane.read(lambda rows: list(rows.execute(query).scalars()))


async def later(house: House, by: timedelta) -> None:
    """Let time pass, and the courier look at what is due."""
    await house.service.lane.settled()
    house.world.clock.forward(by)
    await house.courier.look()
    await house.courier.settled()


async def test_what_was_sent_is_recorded_with_its_number(database_url: str) -> None:
    phones = Phones()
    async with World(database_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.begins()
        assert {"sent"} == set(await states(house))
        query = select(outbox.c.message_id).where(outbox.c.step == 1, outbox.c.kind == "send")
        asked = await house.service.lane.read(lambda rows: rows.execute(query).scalar_one())
        assert young.last.number == asked


async def test_an_answered_question_shows_the_choice_also_after_a_restart(
    database_url: str,
) -> None:
    """Which message asked which step is remembered in the database, not only in the process."""
    phones = Phones()
    world = World(database_url)
    async with world.open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.begins()
        question = young.last
    async with world.open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.types("3")
        assert young.last.text.startswith("2 of 8")
        assert "😐" in young.window.bubbles[question.number].text


@pytest.mark.parametrize("error", [too_fast, server_error])
async def test_what_was_certainly_not_sent_is_sent_later(
    database_url: str, error: Callable[[Any], Exception]
) -> None:
    phones = Phones()
    async with World(database_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        phones.session.before = fails(SendMessage, error)
        await young.types("hello")
        assert [] == young.window.ours
        assert ["pending"] == await states(house)
        await later(house, timedelta(milliseconds=500))
        assert [] == young.window.ours
        await later(house, timedelta(seconds=30))
        assert 1 == len(young.window.ours)
        assert ["sent"] == await states(house)


async def test_a_chat_that_was_told_to_wait_keeps_its_order(sqlite_url: str) -> None:
    phones = Phones()
    async with World(sqlite_url).open(phones.bots) as house:
        young, other = Chatter(house, phones), Chatter(house, phones, 5)
        await young.joins()
        phones.session.before = fails(SendMessage, too_fast)
        await young.types("/help")
        await young.types("/menu")
        said = len(young.window.ours)
        await other.types("hello")
        assert 1 == len(other.window.ours)
        await later(house, timedelta(seconds=31))
        assert said + 2 == len(young.window.ours)
        assert "999" in young.window.ours[-2].text


async def test_a_blocked_chat_is_left_alone_and_staff_hear_of_it(database_url: str) -> None:
    phones = Phones()
    async with World(database_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.joins()
        phones.session.before = fails(SendMessage, blocked, times=9)
        await young.taps("Start")
        assert "blocked" in await states(house)
        waits = await reading.what_waits(house.service, By("a worker", house.world.clock.now))
        assert ["blocked"] == [notice.kind for notice in waits.notices]
        calls = len(phones.session.calls)
        await later(house, timedelta(hours=1))
        assert calls == len(phones.session.calls)
        phones.session.before = None
        await young.types("here i am again")
        assert young.window.ours


async def test_a_question_that_may_be_lost_is_put_again_once_as_a_new_step(
    database_url: str,
) -> None:
    phones = Phones()
    async with World(database_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.begins()
        phones.session.before = fails(SendMessage, no_answer)
        await young.taps(young.middle())
        assert "unknown" in await states(house)
        said = len(young.window.ours)
        await later(house, timedelta(seconds=10))
        assert said == len(young.window.ours)
        await later(house, timedelta(seconds=30))
        assert "2 of 8" in young.last.text
        said = len(young.window.ours)
        await later(house, timedelta(hours=1))
        assert said == len(young.window.ours)
        for _ in range(7):
            await young.taps(young.middle())
        assert young.last.picture is not None


async def test_a_question_that_had_arrived_is_not_put_again(sqlite_url: str) -> None:
    """The person answers it, so it had arrived, whatever the network said."""
    phones = Phones()
    async with World(sqlite_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.begins()
        session = phones.session

        async def after(method: TelegramMethod[Any]) -> None:
            if isinstance(method, SendMessage):
                session.before = None
                await session.make_request(phones.bot, method)
                raise no_answer(method)

        session.before = after
        await young.taps(young.middle())
        await young.taps(young.middle())
        assert young.last.text.startswith("3 of 8")
        said = len(young.window.ours)
        await later(house, timedelta(seconds=31))
        assert said == len(young.window.ours)


async def test_help_is_sent_until_it_certainly_arrived(database_url: str) -> None:
    phones = Phones()
    async with World(database_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.joins()
        phones.session.before = fails(SendMessage, no_answer, times=5)
        await young.types("/help")
        for _ in range(6):
            await later(house, timedelta(minutes=1))
        assert "999" in young.last.text
        assert {"sent"} == set(await states(house))


@pytest.mark.parametrize("words", ["message to edit not found", "message can't be edited"])
async def test_an_edit_that_comes_too_late_is_no_error(sqlite_url: str, words: str) -> None:
    phones = Phones()
    async with World(sqlite_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.begins()
        phones.session.before = fails(
            EditMessageText, lambda method: TelegramBadRequest(method, f"Bad Request: {words}")
        )
        await young.taps(young.middle())
        assert young.last.text.startswith("2 of 8")
        assert {"sent"} == set(await states(house))


async def test_a_message_that_telegram_refuses_has_failed_and_is_not_repeated(
    sqlite_url: str,
) -> None:
    phones = Phones()
    async with World(sqlite_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        phones.session.before = fails(
            SendMessage, lambda method: TelegramBadRequest(method, "Bad Request: chat not found")
        )
        await young.types("hello")
        assert ["failed"] == await states(house)
        await later(house, timedelta(hours=1))
        assert [] == young.window.ours


# --- pictures ---------------------------------------------------------------------------------


async def finish_star(young: Chatter) -> None:
    await young.begins()
    for _ in range(8):
        await young.taps(young.middle())


async def test_the_picture_carries_the_same_in_words(sqlite_url: str) -> None:
    phones = Phones()
    async with World(sqlite_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        await finish_star(young)
        assert young.last.picture is not None
        assert young.last.picture.startswith(b"\x89PNG")
        assert "3 of 5" in young.last.text


async def test_words_that_are_too_long_for_a_picture_follow_it(sqlite_url: str) -> None:
    phones = Phones()

    async def draw(run: str) -> bytes:
        return run.encode()

    outgoing = Outgoing(OutgoingKind.PICTURE, "w" * 1025, ((Button("Menu", "m:menu"),),), run="r")
    async with World(sqlite_url).open(phones.bots, Wiring(draw=draw)) as house:
        house.courier.deliver([Sending(1, "telegram", 5, outgoing, None, 1)])
        await house.courier.settled()
        picture, words = phones.session.window(5).ours
        assert (b"r", "", []) == (picture.picture, picture.text, picture.labels)
        assert (None, 1025, ["Menu"]) == (words.picture, len(words.text), words.labels)


async def cannot_draw(run: str) -> bytes:
    raise ZeroDivisionError(run)


async def test_where_no_picture_can_be_drawn_its_words_are_sent(sqlite_url: str) -> None:
    phones = Phones()
    draw: Draw = cannot_draw
    async with World(sqlite_url).open(phones.bots, Wiring(draw=draw)) as house:
        young = Chatter(house, phones)
        await finish_star(young)
        assert young.last.picture is None
        assert "3 of 5" in young.last.text


async def test_the_buttons_of_a_picture_can_be_taken_away(sqlite_url: str) -> None:
    """A picture holds no text that could be changed, so only its buttons are."""
    phones = Phones()
    async with World(sqlite_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        await finish_star(young)
        edit = Outgoing(OutgoingKind.EDIT_TAPPED, "other words")
        number = young.last.number
        house.courier.deliver([Sending(1, "telegram", young.chat_id, edit, number, 1)])
        await house.courier.settled()
        assert [] == young.window.bubbles[number].labels
        assert "3 of 5" in young.window.bubbles[number].text


async def test_an_edit_without_words_changes_the_buttons_only(sqlite_url: str) -> None:
    phones = Phones()
    async with World(sqlite_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.joins()
        edit = Outgoing(OutgoingKind.EDIT_TAPPED, "", ((Button("Menu", "m:menu"),),))
        house.courier.deliver([Sending(1, "telegram", young.chat_id, edit, young.last.number, 1)])
        await house.courier.settled()
        assert ["Menu"] == young.last.labels
        assert not phones.session.of(EditMessageText)


@pytest.mark.parametrize("kind", [OutgoingKind.EDIT_TAPPED, OutgoingKind.EDIT_STEP])
async def test_an_edit_of_nothing_known_is_done_without_a_call(
    sqlite_url: str, kind: OutgoingKind
) -> None:
    phones = Phones()
    async with World(sqlite_url).open(phones.bots) as house:
        edit = Outgoing(kind, "words", run="nobody", step=1)
        house.courier.deliver([Sending(1, "telegram", 5, edit, None, 1)])
        await house.courier.settled()
        assert 1 == house.courier.counts[Delivery.SENT]
        assert [] == phones.session.calls


# --- order, pace and patience --------------------------------------------------------------------


def say(number: int, chat_id: int, urgency: Urgency = Urgency.REPLY) -> Sending:
    outgoing = Outgoing(OutgoingKind.SEND, f"message {number}", urgency=urgency)
    return Sending(number, "telegram", chat_id, outgoing, None, 1)


async def test_one_slow_chat_holds_up_no_other(sqlite_url: str) -> None:
    phones = Phones()
    stuck = asyncio.Event()

    async def before(method: TelegramMethod[Any]) -> None:
        if isinstance(method, SendMessage) and method.chat_id == 1:
            await stuck.wait()

    phones.session.before = before
    async with World(sqlite_url).open(phones.bots) as house:
        house.courier.deliver([say(1, 1), say(2, 1), say(3, 2), say(4, 2)])
        await until(lambda: len(phones.session.window(2).ours) == 2)
        assert [] == phones.session.window(1).ours
        stuck.set()
        await house.courier.settled()
        texts = [bubble.text for bubble in phones.session.window(1).ours]
        assert ["message 1", "message 2"] == texts


async def stored(young: Chatter, *urgencies: Urgency) -> list[Sending]:
    """Put messages for somebody into the outbox, under way, without handing them over."""
    messages = [
        Outgoing(OutgoingKind.SEND, f"{urgency} {number}", urgency=urgency)
        for number, urgency in enumerate(urgencies)
    ]
    chat, now = ("telegram", young.chat_id), young.house.world.clock.now

    def work(connection: Connection) -> list[Sending]:
        casework = young.house.service.open(connection)
        door = people.who_is_at_the_door(casework, [chat], now)[chat]
        sendings = outbox_of.queue(casework, door.address, messages, now)
        casework.flush()
        return sendings

    return await young.house.service.lane.write(work)


async def test_within_a_chat_safety_goes_first_and_askings_last(sqlite_url: str) -> None:
    phones = Phones()
    async with World(sqlite_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.joins()
        house.courier.deliver(
            await stored(young, Urgency.ASKING, Urgency.REPLY, Urgency.SAFETY, Urgency.REPLY)
        )
        await house.courier.settled()
        texts = [bubble.text for bubble in young.window.ours[-4:]]
        assert ["safety 2", "reply 1", "reply 3", "asking 0"] == texts


SLOW = Pace(overall_rate=2, overall_burst=1, chat_rate=1e6, chat_burst=10**6)


async def test_safety_does_not_wait_behind_an_asking_that_waits_at_the_gate(
    sqlite_url: str,
) -> None:
    phones = Phones()
    async with World(sqlite_url).open(phones.bots, Wiring(pace=SLOW)) as house:
        house.courier.deliver([say(1, 1)])
        await until(lambda: phones.session.window(1).ours)
        house.courier.deliver([say(2, 2), say(3, 3, Urgency.ASKING)])
        await until(lambda: house.courier.waiting == 2)
        house.courier.deliver([say(4, 3, Urgency.SAFETY)])
        await until(lambda: phones.session.window(3).ours)
        assert phones.session.window(3).ours[0].text == "message 4"
        assert [] == phones.session.window(2).ours


async def test_safety_does_not_wait_until_its_chat_may_be_spoken_to_again(sqlite_url: str) -> None:
    phones = Phones()
    pace = Pace(overall_rate=1e6, overall_burst=10**6, chat_rate=0.01, chat_burst=1)
    async with World(sqlite_url).open(phones.bots, Wiring(pace=pace)) as house:
        house.courier.deliver([say(1, 1), say(2, 1)])
        await until(lambda: phones.session.window(1).ours)
        house.courier.deliver([say(3, 1, Urgency.SAFETY)])
        await until(lambda: len(phones.session.window(1).ours) == 2)
        texts = [bubble.text for bubble in phones.session.window(1).ours]
        assert ["message 1", "message 3"] == texts
        await house.courier.drain(0.01)


async def test_when_several_chats_are_too_fast_all_of_them_are_left_alone(sqlite_url: str) -> None:
    """Telegram does not say whether it means one chat or the bot: two at once mean the bot."""
    phones = Phones()
    pace = Pace(overall_rate=1000, overall_burst=5, chat_rate=1e6, chat_burst=10**6)
    async with World(sqlite_url).open(phones.bots, Wiring(pace=pace)) as house:
        phones.session.before = fails(SendMessage, too_fast, times=2)
        house.courier.deliver([say(1, 1)])
        await house.courier.settled()
        house.courier.deliver([say(2, 2)])
        await house.courier.settled()
        house.courier.deliver([say(3, 3)])
        for _ in range(50):
            await asyncio.sleep(0)
        assert [] == phones.session.window(3).ours
        assert 1 == house.courier.waiting
        await house.courier.drain(0.01)


async def test_calls_that_hang_leave_room_for_what_somebody_waits_for(sqlite_url: str) -> None:
    phones = Phones()
    stuck = asyncio.Event()

    async def before(method: TelegramMethod[Any]) -> None:
        if isinstance(method, SendMessage) and method.chat_id != 7:
            await stuck.wait()

    async with World(sqlite_url).open(phones.bots) as house:
        phones.session.before = before
        house.courier.deliver(say(number, 1000 + number, Urgency.ASKING) for number in range(100))
        house.courier.deliver([say(200, 7)])
        await until(lambda: phones.session.window(7).ours)
        stuck.set()
        await house.courier.settled()


# --- askings that had to wait ---------------------------------------------------------------------


async def test_an_asking_that_waited_is_looked_at_again_and_a_pause_takes_it_back(
    sqlite_url: str,
) -> None:
    """It is already in our hands when they ask for quiet, maybe at another door."""
    phones = Phones()
    async with World(sqlite_url).open(phones.bots, Wiring(pace=SLOW)) as house:
        young = Chatter(house, phones)
        await young.joins()
        said = len(young.window.ours)
        house.courier.deliver([say(1, 1)])
        house.courier.deliver(await stored(young, Urgency.ASKING))
        await until(lambda: house.courier.waiting == 1)
        rests = update(participants).values(resting_until=house.world.clock.now + WEEK)
        await house.service.lane.write(lambda connection: connection.execute(rests))
        house.world.clock.forward(A_SECOND)
        await house.courier.settled()
        assert house.courier.counts[Delivery.CANCELLED] == 1
        assert said == len(young.window.ours)
        assert (await states(house))[-1] == "cancelled"


async def test_a_message_that_others_have_taken_over_is_not_sent_by_us(sqlite_url: str) -> None:
    """Our process stood still, the lease ended: whoever looked meanwhile wrote down the truth."""
    phones = Phones()
    world = World(sqlite_url)
    async with world.open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.joins()
        said = len(young.window.ours)
        house.courier.deliver(await stored(young, Urgency.ASKING))
        world.clock.forward(HOLD)
        await sending.repair(house.service, world.clock.now + timedelta(seconds=61))
        await house.courier.settled()
        assert said == len(young.window.ours)
        assert (await states(house))[-1] == "unknown"


async def test_askings_are_taken_over_only_for_the_next_two_seconds(sqlite_url: str) -> None:
    phones = Phones()
    async with World(sqlite_url).open(phones.bots, Wiring(pace=SLOW)) as house:
        assert await house.courier.room() == 4
        house.courier.deliver(say(number, number, Urgency.ASKING) for number in range(5))
        waits = house.tasks.create_task(house.courier.room())
        await until(lambda: house.courier.waiting == 4)
        assert not waits.done()
        await house.courier.drain(0.01)
        assert await waits == 0


async def test_the_limits_of_telegram_are_kept(sqlite_url: str) -> None:
    """Fifty messages at 500 a second after a burst of ten take at least 80 milliseconds."""
    phones = Phones()
    pace = Pace(overall_rate=500, overall_burst=10, chat_rate=1e6, chat_burst=10**6)
    async with World(sqlite_url).open(phones.bots, Wiring(pace=pace)) as house:
        loop = asyncio.get_running_loop()
        began = loop.time()
        house.courier.deliver(say(number, number) for number in range(50))
        await house.courier.settled()
        assert loop.time() - began >= 0.079


async def test_one_chat_has_its_own_limit_which_safety_does_not_wait_for(sqlite_url: str) -> None:
    phones = Phones()
    pace = Pace(overall_rate=1e6, overall_burst=10**6, chat_rate=20, chat_burst=1)
    async with World(sqlite_url).open(phones.bots, Wiring(pace=pace)) as house:
        loop = asyncio.get_running_loop()
        began = loop.time()
        house.courier.deliver([say(number, 1, Urgency.SAFETY) for number in range(5)])
        await house.courier.settled()
        assert loop.time() - began < 0.15
        house.courier.deliver([say(number, 2) for number in range(5)])
        began = loop.time()
        await house.courier.settled()
        assert loop.time() - began >= 0.19


async def test_what_waited_too_long_here_goes_back_before_its_lease_ends(sqlite_url: str) -> None:
    """Otherwise somebody else could take it up while we send it."""
    phones = Phones()
    stuck = asyncio.Event()

    async def before(method: TelegramMethod[Any]) -> None:
        del method
        await stuck.wait()

    async with World(sqlite_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.joins()
        phones.session.before = before
        for words in ("/menu", "/who"):
            raw = house.tasks.create_task(young.types(words))
            await until(lambda: house.courier.waiting or phones.session.before is None)
            del raw
            if words == "/menu":
                await until(lambda: house.courier.waiting == 0)
        house.world.clock.forward(HOLD + A_SECOND)
        stuck.set()
        await house.courier.settled()
        assert 1 == house.courier.counts[Delivery.PENDING]


async def test_draining_puts_back_what_could_not_be_sent_in_time(sqlite_url: str) -> None:
    phones = Phones()
    stuck = asyncio.Event()

    async def before(method: TelegramMethod[Any]) -> None:
        del method
        await stuck.wait()

    async with World(sqlite_url).open(phones.bots) as house:
        phones.session.before = before
        house.courier.deliver([say(1, 1), say(2, 1), say(3, 1)])
        await house.courier.drain(0.01)
        assert 2 == house.courier.counts[Delivery.PENDING]
        stuck.set()


async def test_a_small_call_that_fails_hurts_nobody(sqlite_url: str) -> None:
    phones = Phones()
    async with World(sqlite_url).open(phones.bots) as house:
        young = Chatter(house, phones)
        await young.begins()
        phones.session.before = fails(
            AnswerCallbackQuery,
            lambda method: TelegramBadRequest(method, "Bad Request: query is too old"),
        )
        await young.taps(young.middle())
        assert young.last.text.startswith("2 of 8")
        assert {"sent"} == set(await states(house))


async def test_the_outbox_is_looked_at_when_somebody_rings(sqlite_url: str) -> None:
    phones = Phones()
    world = World(sqlite_url)
    async with world.open(phones.bots) as house:
        young = Chatter(house, phones)
        phones.session.before = fails(SendMessage, server_error)
        await young.types("hello")
        await house.service.lane.settled()
        world.clock.forward(timedelta(minutes=1))
        loop = house.tasks.create_task(house.courier.run())
        house.courier.wake()
        await until(lambda: young.window.ours)
        await house.courier.drain(1)
        await loop


async def test_a_picture_for_a_browser_is_not_drawn_here(sqlite_url: str) -> None:
    """The browser's page asks for it when it is seen; its file is named after the run."""
    browser = RecordingSession()
    bots = {Channel.WEB: Bot("2:web", session=browser)}
    async with World(sqlite_url).open(bots, Wiring(draw=cannot_draw)) as house:
        outgoing = Outgoing(OutgoingKind.PICTURE, "words", run="run-1")
        house.courier.deliver([Sending(1, "web", 5, outgoing, None, 1)])
        await house.courier.settled()
        photo = browser.of(SendPhoto)[0].photo
        assert not isinstance(photo, str)
        assert photo.filename == "run-1.png"
