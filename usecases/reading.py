"""What staff have to read and know today: words, the gravest first, and facts to act on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from storage import audit, walls, words
from storage.casework import Casework
from storage.counts import Counts, count
from storage.words import Notice, WordsToRead
from usecases.inviting import By
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.walls import may_see_words, reader_of

_NOT_THERE: Final = "There are no such words."

LATELY: Final = timedelta(days=7)
"""How long staff can look again at what was read."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for staff now."""

    unread: tuple[WordsToRead, ...]
    notices: tuple[Notice, ...]


async def what_waits(service: Service, by: By) -> Desk:
    """Return unread words and unseen notices. Reading a child's words is noted in the audit."""

    def work(casework: Casework) -> Desk:
        reader = reader_of(by.sight, by.who)
        unread = words.to_read(casework, reader)
        for each in unread:
            audit.note(casework, by.who, "saw words", each.id, by.now)
        casework.flush()
        return Desk(tuple(unread), tuple(words.unseen_notices(casework, reader)))

    return await service.lane.write(lambda connection: work(service.open(connection)))


async def read_lately(service: Service, by: By) -> list[WordsToRead]:
    """Return what staff read in the last days, the newest first. This look is noted, too."""

    def work(casework: Casework) -> list[WordsToRead]:
        found = words.read_since(casework, by.now - LATELY, reader_of(by.sight, by.who))
        for each in found:
            audit.note(casework, by.who, "saw words", each.id, by.now)
        casework.flush()
        return found

    return await service.lane.write(lambda connection: work(service.open(connection)))


async def mark_read(service: Service, words_id: str, by: By) -> bool:
    """Say that a named person read these words and takes care of them; False when done before.

    Raises Refusal where they are not theirs to read.
    """

    def work(casework: Casework) -> bool:
        done = read_in(casework, words_id, by)
        casework.flush()
        return done

    return await service.lane.write(lambda connection: work(service.open(connection)))


def read_in(work: Casework, words_id: str, by: By) -> bool:
    """Do the same inside a transaction."""
    if not may_see_words(work, by.sight, by.who, words_id):
        raise Refusal(_NOT_THERE)
    done = words.mark_read(work, words_id, by.who, by.now, reader_of(by.sight, by.who))
    if done:
        audit.note(work, by.who, "read words", words_id, by.now)
    return done


async def mark_seen(service: Service, notice_id: str, by: By) -> bool:
    """Say that a named person saw this notice.

    False when it was seen before, or is not theirs to know of.
    """
    reader = reader_of(by.sight, by.who)

    def work(casework: Casework) -> bool:
        if walls.is_notice_hidden(casework, reader, notice_id):
            return False
        done = words.mark_notice_seen(casework, notice_id, by.who, by.now, reader)
        if done:
            audit.note(casework, by.who, "saw notice", notice_id, by.now)
        casework.flush()
        return done

    return await service.lane.write(lambda connection: work(service.open(connection)))


async def counts(service: Service, now: datetime) -> Counts:
    """Return the numbers that show whether the service works: for metrics and for staff."""
    return await service.lane.read(lambda connection: count(connection, now))


async def own_counts(service: Service, by: By) -> Counts:
    """Return the numbers of what waits within somebody's sight."""
    reader = reader_of(by.sight, by.who)
    return await service.lane.read(lambda connection: count(connection, by.now, reader))
