"""You said, we did: tells young people what was done about something that they had said.

It must not ask anything, repeat anybody's words or say who else had said it. Each reply is told
once, in their own time, and nobody hears of more than one in a week.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

from storage import people, reply_tellings, themes
from storage.casework import Casework, Connection
from storage.outbox import Sending
from storage.people import Person
from storage.reply_tellings import Between, Owed
from surveys.conversation import RunStatus
from usecases.desk import Desk, open_desk_for
from usecases.service import Service
from usecases.telling import SaidAndDone, ToldBack
from usecases.theming import REPLIES_SHOWN

T = TypeVar("T")

UNDO_FOR: Final = timedelta(hours=1)
"""How long staff can take back what they wrote before anybody is told: it may hold a mistake."""

NEWS_FOR: Final = timedelta(days=90)
"""After so long it is told to nobody any more; it stays on the page for everybody."""

ONE_IN: Final = timedelta(days=7)
"""At most one such message comes to a person in this time."""

LEFT_ALONE: Final = timedelta(hours=1)
"""How long nothing is told to somebody who is in the middle of questions."""

BATCH: Final = 50
"""How many people one call tells: what they are told is made in one transaction."""

_log = logging.getLogger(__name__)


# --- told to those who said it --------------------------------------------------------------------


async def tell_due(service: Service, now: datetime, *, most: int = BATCH) -> list[Sending]:
    """Tell those for whom now is a good time what was done; return what is to be sent.

    Raises DatabaseAway when nothing was stored.
    """
    when = Between(now - NEWS_FOR, now - UNDO_FOR, now - ONE_IN)
    waiting = await service.lane.read(lambda connection: reply_tellings.owed(connection, when))
    if not waiting:
        return []

    def work(connection: Connection) -> list[Sending]:
        return _tell_some(service, service.open(connection), when, now, most)

    return await service.lane.write(work)


def _tell_some(
    service: Service, work: Casework, when: Between, now: datetime, most: int
) -> list[Sending]:
    found = reply_tellings.owed(work.connection, when)
    whose = people.load_people(work, [each.participant_id for each in found])
    last = reply_tellings.last_unasked_for(work.connection, list(whose))
    good = [
        each
        for each in found
        if _is_good_moment(service, whose[each.participant_id], last.get(each.participant_id), now)
    ]
    sendings: list[Sending] = []
    told = 0
    for each in good:
        if told >= most:
            break
        said = _tell_one(service, work, each, now)
        told += bool(said)
        sendings += said
    work.flush()
    return sendings


def _is_good_moment(service: Service, person: Person, last: datetime | None, now: datetime) -> bool:
    """Whether somebody may hear from us now: by their hours, their rest and their own pace."""
    if person.resting_until is not None and now < person.resting_until:
        return False
    rhythm = service.rhythm
    if rhythm.allowed(person.own_time, now) > now:
        return False
    if last is None:
        return True
    free = rhythm.local(last).date() + timedelta(days=person.at_most_days)
    return rhythm.local(now).date() >= free


def _tell_one(service: Service, work: Casework, each: Owed, now: datetime) -> list[Sending]:
    """Tell one person one thing; nothing where they cannot be reached or are answering just now.

    Somebody whose chat cannot be opened must not keep the others from hearing.
    """
    try:
        desk = open_desk_for(service, work, each.participant_id, now)
    except Exception as error:  # noqa: BLE001 (whatever it is, the others go on)
        _log.error("somebody cannot be told what was done: %s", type(error).__name__)
        return []
    if desk is None or _is_answering(desk):
        return []
    desk.say(ToldBack(each.title, each.did, others=each.others))
    reply_tellings.note_told(work, each.reply_id, each.participant_id, now)
    return desk.close()


def _is_answering(desk: Desk) -> bool:
    run = desk.standing_run
    if run is None:
        return False
    return run.run.status is RunStatus.HELD or desk.now - run.run.moved_at < LEFT_ALONE


# --- shown to everybody ---------------------------------------------------------------------------


async def said_and_done(service: Service, now: datetime) -> Sequence[SaidAndDone]:
    """Return what was done in the last year, the newest first; not what may yet be taken back."""
    return await _read(service, lambda work: said_and_done_in(service, work, now))


def said_and_done_in(service: Service, work: Casework, now: datetime) -> list[SaidAndDone]:
    """Return the same inside a transaction."""
    after = service.rhythm.local(now).date() - REPLIES_SHOWN
    titles = {each.id: each.title for each in themes.list_all(work.connection)}
    return [
        SaidAndDone(titles[each.theme_id], each.did, each.day)
        for each in reversed(themes.standing_replies(work.connection))
        if each.at <= now - UNDO_FOR and each.day > after
    ]


async def count_told(service: Service) -> Mapping[str, int]:
    """Return how many young people were told each reply, by its id."""
    return await _read(service, lambda work: reply_tellings.count_told(work.connection))


async def _read(service: Service, work: Callable[[Casework], T]) -> T:
    return await service.lane.read(lambda connection: work(service.open(connection)))
