"""Rescues what somebody sent and no try could deal with: its words go to a person, with an alert.

It must not know how an update is written, and never gives up on one in silence.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from storage import inbox, invitations, people, words
from storage.alerts import AlertKind
from storage.casework import Casework, Connection
from storage.errors import DatabaseAway
from storage.inbox import GivenUp
from storage.outbox import Sending
from storage.people import AtTheDoor
from storage.sequence import new_id
from storage.words import NewWords, WordsKind
from usecases import alerting, alerting_words, listening
from usecases.arrival import Channel, Knock
from usecases.desk import Desk
from usecases.service import LONGEST_WORDS, Service

TRIES: Final = 5
"""How often an update that fails is tried before it is rescued."""

MOST: Final = 50
"""How many are rescued in one go."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stranded:
    """What can be read of an update: in which chat it came, where that is told, and its words."""

    chat_id: int | None
    text: str


Find = Callable[[bytes], Stranded]
"""Finds in raw bytes what can be read of them; it may raise."""


async def rescue(service: Service, find: Find, now: datetime) -> list[Sending]:
    """Bring what was given up to people; return what to send to those who wrote.

    Each has a transaction of its own. What broke the tries may break this too: so less and less is
    tried, and at last only an alert, which says that something came. Raises DatabaseAway.
    """
    found = await service.lane.read(lambda connection: inbox.given_up(connection, MOST, TRIES))
    return [sending for each in found for sending in await _rescue(service, find, each, now)]


async def _rescue(service: Service, find: Find, found: GivenUp, now: datetime) -> list[Sending]:
    for way in (_answer, _keep, _keep_without_name, _only_alert):
        try:
            return await service.lane.write(partial(_do, service, (find, way), found, now))
        except DatabaseAway:
            raise
        except Exception as error:  # noqa: BLE001 - whatever breaks, the next way does less
            kind = type(error).__name__
            _log.error("update %d: %s failed: %s", found.ticket.update_id, way.__name__, kind)
    return []


@dataclass(frozen=True, slots=True)
class _Found:
    """One update that is rescued now, and what was read of it."""

    given_up: GivenUp
    stranded: Stranded
    now: datetime

    @property
    def chat(self) -> tuple[str, int] | None:
        """In which chat it came."""
        where = self.stranded.chat_id
        return None if where is None else (self.given_up.ticket.channel, where)


_Way = Callable[[Service, Casework, _Found], list[Sending]]


def _do(
    service: Service,
    by: tuple[Find, _Way],
    given_up: GivenUp,
    now: datetime,
    connection: Connection,
) -> list[Sending]:
    find, way = by
    work = service.open(connection)
    if not inbox.begin_rescue(work, given_up, TRIES):
        return []
    alerting.raise_once(work, service, AlertKind.STUCK, now)
    sendings: list[Sending] = []
    if way is not _only_alert:
        stranded = find(inbox.payload_of(work, given_up))
        if stranded.text and not invitations.looks_like_code(stranded.text):
            sendings = way(service, work, _Found(given_up, stranded, now))
            inbox.finish_rescue(work, given_up, now)
    work.flush()
    return sendings


def _answer(service: Service, work: Casework, found: _Found) -> list[Sending]:
    """Hear the words as if they came now, and tell their writer where help is."""
    door = _door(work, found)
    if door is None:
        return _keep_without_name(service, work, found)
    ticket = found.given_up.ticket
    knock = Knock(Channel(ticket.channel), door.address.chat_id, ticket.update_id)
    desk = Desk.open(service, work, door, found.now, knock)
    listening.hear_stranded(desk, found.stranded.text)
    return list(desk.close())


def _keep(service: Service, work: Casework, found: _Found) -> list[Sending]:
    """Keep the words for a person, under their writer's name."""
    door = _door(work, found)
    return _keep_for(service, work, found, door)


def _keep_without_name(service: Service, work: Casework, found: _Found) -> list[Sending]:
    """Keep the words for a person; who wrote them is not known."""
    return _keep_for(service, work, found, None)


def _only_alert(service: Service, work: Casework, found: _Found) -> list[Sending]:
    """Make nothing of the words: that something came is all that can be told."""
    del service, work, found
    return []


def _keep_for(
    service: Service, work: Casework, found: _Found, door: AtTheDoor | None
) -> list[Sending]:
    person, now = door.person if door is not None else None, found.now
    text = found.stranded.text
    judged = alerting_words.judge(work, person, text)
    new = NewWords(
        id=new_id(work.entropy),
        text=text[:LONGEST_WORDS],
        kind=WordsKind.SAID,
        channel=found.given_up.ticket.channel,
        read_by_at=service.rhythm.read_by(now),
    )
    words.keep(work, person, new, now)
    alerting_words.raise_for_words(
        work,
        service,
        person,
        words_id=new.id,
        concern=judged.concern or alerting_words.NOT_UNDERSTOOD,
        route=judged.route,
        now=now,
    )
    return []


def _door(work: Casework, found: _Found) -> AtTheDoor | None:
    chat = found.chat
    return people.who_is_at_the_door(work, [chat], found.now)[chat] if chat is not None else None
