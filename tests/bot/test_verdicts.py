"""What each error of the Bot API honestly says about a message, and what we do about it."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from aiogram.exceptions import (
    ClientDecodeError,
    RestartingTelegram,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import SendMessage
from aiohttp import (
    ClientConnectorError,
    ClientOSError,
    ConnectionTimeoutError,
    ServerDisconnectedError,
)
from aiohttp.client_reqrep import ConnectionKey

from bot.verdicts import LAST_TRY, Fate, Verdict, judge, rest_after, settle
from storage.errors import DatabaseAway, TookTooLong
from storage.outbox import Delivery, Outgoing, OutgoingKind, Sending, Sent, Urgency

NOW: Final = datetime(2026, 9, 22, 16, tzinfo=UTC)
METHOD: Final = SendMessage(chat_id=1, text="-")
HOST: Final = ConnectionKey("bot-api.test", 443, True, True, None, None, None)


def broken(cause: Exception | None) -> TelegramNetworkError:
    error = TelegramNetworkError(METHOD, "a network error")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (TelegramForbiddenError(METHOD, "Forbidden: bot was blocked by the user"), Fate.BLOCKED),
        (TelegramForbiddenError(METHOD, "Forbidden: user is deactivated"), Fate.BLOCKED),
        (TelegramBadRequest(METHOD, "Bad Request: message is not modified: ..."), Fate.DONE),
        (
            TelegramBadRequest(METHOD, "Bad Request: message to edit not found"),
            Fate.NOTHING_TO_EDIT,
        ),
        (TelegramBadRequest(METHOD, "Bad Request: message can't be edited"), Fate.NOTHING_TO_EDIT),
        (TelegramBadRequest(METHOD, "Bad Request: MESSAGE_ID_INVALID"), Fate.NOTHING_TO_EDIT),
        (
            TelegramBadRequest(METHOD, "Bad Request: there is no text in the message to edit"),
            Fate.NO_TEXT_TO_EDIT,
        ),
        (TelegramBadRequest(METHOD, "Bad Request: chat not found"), Fate.REFUSED),
        (TelegramServerError(METHOD, "Internal Server Error"), Fate.NOT_DONE),
        (RestartingTelegram(METHOD, "restart"), Fate.NOT_DONE),
        (TelegramUnauthorizedError(METHOD, "Unauthorized"), Fate.NOT_DONE),
        (TelegramNotFound(METHOD, "Not Found"), Fate.NOT_DONE),
        (DatabaseAway(), Fate.NOT_DONE),
        (TookTooLong(), Fate.NOT_DONE),
        (broken(ClientConnectorError(HOST, OSError(111, "refused"))), Fate.NOT_DONE),
        (broken(ConnectionTimeoutError()), Fate.NOT_DONE),
        (broken(TimeoutError()), Fate.UNCLEAR),
        (broken(ServerDisconnectedError()), Fate.UNCLEAR),
        (broken(ClientOSError(104, os.strerror(104))), Fate.UNCLEAR),
        (broken(None), Fate.UNCLEAR),
        (ClientDecodeError("no JSON", ValueError(), "<html>"), Fate.UNCLEAR),
        (RuntimeError(), Fate.UNCLEAR),
    ],
)
def test_an_error_says_whether_the_message_went_out(error: Exception, fate: Fate) -> None:
    assert fate is judge(error).fate


def test_a_server_that_wants_quiet_says_for_how_long() -> None:
    error = TelegramRetryAfter(METHOD, "Too Many Requests", retry_after=17)
    assert Verdict(Fate.TOO_FAST, timedelta(seconds=17)) == judge(error)


def sending(
    kind: OutgoingKind = OutgoingKind.SEND, urgency: Urgency = Urgency.REPLY, attempts: int = 1
) -> Sending:
    return Sending(5, "telegram", 1, Outgoing(kind, "-", urgency=urgency), None, attempts)


@pytest.mark.parametrize(
    ("fate", "state"),
    [
        (Fate.DONE, Delivery.SENT),
        (Fate.NOTHING_TO_EDIT, Delivery.SENT),
        (Fate.NO_TEXT_TO_EDIT, Delivery.SENT),
        (Fate.NOT_DONE, Delivery.PENDING),
        (Fate.TOO_FAST, Delivery.PENDING),
        (Fate.BLOCKED, Delivery.BLOCKED),
        (Fate.REFUSED, Delivery.FAILED),
        (Fate.UNCLEAR, Delivery.UNKNOWN),
    ],
)
def test_each_fate_has_its_honest_state(fate: Fate, state: Delivery) -> None:
    assert state is settle(sending(), Verdict(fate), None, NOW).state


def test_a_message_that_was_sent_keeps_its_number() -> None:
    done = settle(sending(), Verdict(Fate.DONE), 77, NOW)
    assert done == Sent(5, Delivery.SENT, 77, attempts=sending().attempts)


def test_what_is_about_safety_is_sent_again_until_it_certainly_arrived() -> None:
    urgent = sending(urgency=Urgency.SAFETY, attempts=LAST_TRY + 100)
    for fate in (Fate.UNCLEAR, Fate.NOT_DONE, Fate.TOO_FAST):
        assert settle(urgent, Verdict(fate), None, NOW).state is Delivery.PENDING


@pytest.mark.parametrize("kind", [OutgoingKind.EDIT_STEP, OutgoingKind.EDIT_TAPPED])
def test_an_edit_may_be_made_twice_so_it_is_tried_again(kind: OutgoingKind) -> None:
    assert settle(sending(kind), Verdict(Fate.UNCLEAR), None, NOW).state is Delivery.PENDING


@pytest.mark.parametrize("urgency", [Urgency.REPLY, Urgency.ASKING])
@pytest.mark.parametrize("kind", [OutgoingKind.SEND, OutgoingKind.PICTURE])
def test_what_may_have_arrived_is_never_sent_twice(kind: OutgoingKind, urgency: Urgency) -> None:
    unclear = settle(sending(kind, urgency), Verdict(Fate.UNCLEAR), None, NOW)
    assert unclear.state is Delivery.UNKNOWN


def test_the_server_decides_how_long_we_wait() -> None:
    told = settle(sending(), Verdict(Fate.TOO_FAST, timedelta(seconds=17)), None, NOW)
    assert told.try_again_at == NOW + timedelta(seconds=17)


def test_being_told_to_wait_is_no_reason_to_give_up() -> None:
    told = settle(sending(attempts=LAST_TRY), Verdict(Fate.TOO_FAST), None, NOW)
    assert told.state is Delivery.PENDING


def test_rests_grow_up_to_five_minutes_and_the_last_try_comes_after_more_than_an_hour() -> None:
    rests = [rest_after(attempts) for attempts in range(1, LAST_TRY)]
    assert sorted(rests) == rests
    assert (timedelta(seconds=1), timedelta(minutes=5)) == (rests[0], rests[-1])
    assert timedelta(hours=1) < sum(rests, timedelta()) < timedelta(hours=2)


def test_after_the_last_try_it_has_failed() -> None:
    given_up = settle(sending(attempts=LAST_TRY), Verdict(Fate.NOT_DONE), None, NOW)
    assert given_up.state is Delivery.FAILED
