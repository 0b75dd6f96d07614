"""What an error of the Bot API honestly says about a message, and what to do about it.

Pure: it sends nothing and reads no clock. The rule is: only what certainly did not happen is tried
again, because the Bot API has no way to recognise a repeated message (tdlib/telegram-bot-api#482).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never

from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiohttp import ClientConnectorError, ConnectionTimeoutError

from storage.errors import DatabaseAway
from storage.outbox import Delivery, OutgoingKind, Sending, Sent, Urgency


class Fate(StrEnum):
    """What became of a message."""

    DONE = "done"
    NOTHING_TO_EDIT = "nothing-to-edit"
    """The message that was to be changed is gone or too old: nothing is lost by that."""
    NO_TEXT_TO_EDIT = "no-text-to-edit"
    """The message that was to be changed is a picture: only its buttons can be changed."""
    NOT_DONE = "not-done"
    """It certainly did not happen: the server said so, or was never reached."""
    TOO_FAST = "too-fast"
    BLOCKED = "blocked"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    """It may have happened and it may not have: nobody can know."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a message, and for how long the server wants us to wait."""

    fate: Fate
    wait: timedelta = timedelta(0)


LAST_TRY: Final = 24
"""After so many tries we give up on what is not about safety: more than an hour has passed."""

_FIRST_REST: Final = timedelta(seconds=1)
_LONGEST_REST: Final = timedelta(minutes=5)
_MOST_DOUBLINGS: Final = 9

_BAD_REQUESTS: Final = (
    ("message is not modified", Fate.DONE),
    ("message to edit not found", Fate.NOTHING_TO_EDIT),
    ("message can't be edited", Fate.NOTHING_TO_EDIT),
    ("message_id_invalid", Fate.NOTHING_TO_EDIT),
    ("no text in the message to edit", Fate.NO_TEXT_TO_EDIT),
)


def judge(error: Exception) -> Verdict:
    """Return what an error says; anything that we do not know is unclear."""
    match error:
        case TelegramRetryAfter():
            return Verdict(Fate.TOO_FAST, timedelta(seconds=max(1, error.retry_after)))
        case TelegramForbiddenError():
            return Verdict(Fate.BLOCKED)
        case TelegramBadRequest():
            return Verdict(_judge_refusal(error.message))
        case TelegramServerError() | TelegramUnauthorizedError() | TelegramNotFound():
            # A server that answers in its own format says that it did not do it; a wrong token is
            # put right by whoever runs the service.
            return Verdict(Fate.NOT_DONE)
        case DatabaseAway():
            return Verdict(Fate.NOT_DONE)  # the web chat writes into our own database
        case TelegramNetworkError():
            return Verdict(Fate.NOT_DONE if _never_reached(error) else Fate.UNCLEAR)
        case _:
            return Verdict(Fate.UNCLEAR)


def _judge_refusal(description: str) -> Fate:
    found = description.casefold()
    return next((fate for words, fate in _BAD_REQUESTS if words in found), Fate.REFUSED)


def _never_reached(error: TelegramNetworkError) -> bool:
    """Whether no connection came about, so that not one byte of the message was written."""
    return isinstance(error.__cause__, ClientConnectorError | ConnectionTimeoutError)


def settle(sending: Sending, verdict: Verdict, message_id: int | None, now: datetime) -> Sent:
    """Return what to write down about a message after this verdict."""
    match verdict.fate:
        case Fate.DONE | Fate.NOTHING_TO_EDIT | Fate.NO_TEXT_TO_EDIT:
            return sending.came_to(Delivery.SENT, message_id)
        case Fate.TOO_FAST:
            return try_again(sending, now + verdict.wait)
        case Fate.NOT_DONE:
            if sending.attempts >= LAST_TRY and not _must_arrive(sending):
                return sending.came_to(Delivery.FAILED)
            return try_again(sending, now + rest_after(sending.attempts))
        case Fate.BLOCKED:
            return sending.came_to(Delivery.BLOCKED)
        case Fate.REFUSED:
            return sending.came_to(Delivery.FAILED)
        case Fate.UNCLEAR:
            if _must_arrive(sending) or _is_harmless(sending):
                return try_again(sending, now + rest_after(sending.attempts))
            return sending.came_to(Delivery.UNKNOWN)
        case _:
            assert_never(verdict.fate)


def try_again(sending: Sending, at: datetime) -> Sent:
    """Return that a message waits until a moment: it has certainly not arrived, or may twice."""
    return sending.came_to(Delivery.PENDING, try_again_at=at)


def rest_after(attempts: int) -> timedelta:
    """Return how long to rest after this many tries: a second, then twice as long each time."""
    doublings = min(max(attempts - 1, 0), _MOST_DOUBLINGS)
    return min(_LONGEST_REST, _FIRST_REST * (1 << doublings))


def _must_arrive(sending: Sending) -> bool:
    return sending.outgoing.urgency is Urgency.SAFETY


def _is_harmless(sending: Sending) -> bool:
    """Whether doing it twice is the same as doing it once."""
    return sending.outgoing.kind in (OutgoingKind.EDIT_TAPPED, OutgoingKind.EDIT_STEP)
