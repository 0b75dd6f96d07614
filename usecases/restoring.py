"""After a backup was restored: its old messages wait until somebody has looked at them.

A copy of the database cannot tell that it is one. Somebody outside it remembers until when it was
in use; where the database itself remembers less, it is an older copy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

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


async def begin(service: Service, seen: Seen | None, now: datetime) -> int:
    """Set aside the messages of an older copy; return how many there were.

    Called once at start-up, before anything is sent. Nothing happens where nothing is remembered
    (`seen` is None) or where that was another database: then nobody can know.
    """

    def work(casework: Casework) -> int:
        known = marks.identity(casework)
        alive = marks.alive_at(casework.connection)
        if seen is None or seen.identity != known:
            return 0
        if alive is not None and seen.alive_at <= alive:
            return 0
        number = quarantine.set_aside(casework.connection)
        unseen.pass_over(casework.connection, now)
        words.give_notice(casework, None, NoticeKind.RESTORED, now)
        audit.note(casework, "starling", "set messages aside after a restore", str(number), now)
        casework.flush()
        return number

    return await service.lane.write(lambda connection: work(service.open(connection)))


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
