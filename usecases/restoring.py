"""After a backup was restored: its old messages wait until somebody has looked at them.

A copy of the database cannot tell that it is one. Somebody outside it remembers which one it was,
and until when it was in use; where the database itself remembers less, it is an older copy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage import audit, marks, quarantine, unseen, words
from storage.casework import Casework, Connection
from storage.quarantine import SetAside
from storage.words import NoticeKind
from usecases.inviting import By
from usecases.service import Service


@dataclass(frozen=True, slots=True)
class Seen:
    """What is remembered outside the database: which one it was, and until when it was in use."""

    identity: str
    alive_at: datetime


class Standing(StrEnum):
    """What a database is beside the one that was remembered outside it."""

    NEWEST = "newest"
    OLDER = "older"
    ANOTHER = "another"


async def begin(service: Service, seen: Seen | None, now: datetime) -> int:
    """Set aside the messages of an older copy; return how many there were.

    Called once at start-up, before anything is sent. Nothing happens where nothing is remembered
    (`seen` is None): then nobody can know. Where another database was remembered, this one was put
    in its place or its name was changed: what it wants to send waits, too.
    """

    def work(casework: Casework) -> int:
        standing = _standing_of(casework, seen)
        if standing is None or standing is Standing.NEWEST:
            return 0
        number = quarantine.set_aside(casework.connection)
        if standing is Standing.ANOTHER and not number:
            return 0
        unseen.pass_over(casework.connection, now)
        words.give_notice(casework, None, NoticeKind.RESTORED, now)
        audit.note(casework, "starling", "set messages aside after a restore", str(number), now)
        casework.flush()
        return number

    return await service.lane.write(lambda connection: work(service.open(connection)))


async def is_newest(service: Service, seen: Seen | None) -> bool:
    """Tell whether this is known to be the newest state of the database that was remembered."""

    def work(casework: Casework) -> bool:
        return _standing_of(casework, seen) is Standing.NEWEST

    return await service.lane.write(lambda connection: work(service.open(connection)))


def _standing_of(work: Casework, seen: Seen | None) -> Standing | None:
    """Return what a database is beside what was remembered; None where nothing was."""
    if seen is None:
        return None
    if seen.identity != marks.identity(work):
        return Standing.ANOTHER
    alive = marks.alive_at(work.connection)
    is_older = alive is None or seen.alive_at > alive
    return Standing.OLDER if is_older else Standing.NEWEST


async def note_alive(service: Service, now: datetime) -> Seen:
    """Write down that the database is in use; return what to remember outside it, after that."""

    def work(casework: Casework) -> Seen:
        known = marks.identity(casework)
        marks.note_alive(casework.connection, now)
        return Seen(known, now)

    return await service.lane.write(lambda connection: work(service.open(connection)))


async def list_set_aside(service: Service) -> list[SetAside]:
    """Return the messages that wait for somebody's decision, oldest first."""
    return await service.lane.read(lambda connection: quarantine.waiting(service.open(connection)))


async def count_set_aside(service: Service) -> int:
    """Return how many messages wait for somebody's decision."""
    return await service.lane.read(quarantine.count)


async def release(service: Service, numbers: Sequence[int] | None, by: By) -> int:
    """Let these messages go, or all (None); return how many. Askings are looked at anew."""
    return await _settle(service, "let go", by, lambda c: quarantine.release(c, numbers, by.now))


async def drop(service: Service, numbers: Sequence[int] | None, by: By) -> int:
    """Never send these messages, or any (None); return how many."""
    return await _settle(service, "dropped", by, lambda c: quarantine.drop(c, numbers))


async def _settle(service: Service, did: str, by: By, settle: Callable[[Connection], int]) -> int:
    def work(casework: Casework) -> int:
        number = settle(casework.connection)
        audit.note(casework, by.who, f"{did} messages that were set aside", str(number), by.now)
        casework.flush()
        return number

    return await service.lane.write(lambda connection: work(service.open(connection)))
