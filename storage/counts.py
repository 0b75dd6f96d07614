"""Numbers that show whether the service works: how much of everything there is, about nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select

from storage.tables import (
    concerns,
    inbox,
    notices,
    occasions,
    outbox,
    runs,
    support_episodes,
    words,
)
from storage.walls import ANYBODY, Reader, is_own

STUCK_AFTER: Final = timedelta(minutes=2)
"""How long an update or a due moment may wait before somebody should look."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of everything there is now.

    `late_occasions` should have been looked at by the clock and were not.
    """

    runs: dict[str, int]
    messages: dict[str, int]
    waiting_updates: int
    stuck_updates: int
    late_occasions: int
    unread_words: int
    overdue_words: int
    open_concerns: dict[str, int]
    unseen_notices: int


def count(connection: Connection, now: datetime, reader: Reader = ANYBODY) -> Counts:
    """Count everything that a person or a monitor should be able to see.

    Words, notices, concerns and follow-ups are counted as far as `reader` may know of them.
    """
    readable, known = reader.may_read(), reader.may_know()
    by_run = select(runs.c.status, func.count()).group_by(runs.c.status)
    by_message = select(outbox.c.state, func.count()).group_by(outbox.c.state)
    by_concern = (
        select(concerns.c.level, func.count())
        .where(concerns.c.acknowledged_at.is_(None), *_concerns_of(reader))
        .group_by(concerns.c.level)
    )
    unread = words.c.read_at.is_(None)

    def how_many(*conditions: ColumnElement[bool]) -> int:
        return connection.execute(select(func.count()).where(*conditions)).scalar_one()

    waiting = inbox.c.handled_at.is_(None)
    return Counts(
        runs={row[0]: row[1] for row in connection.execute(by_run)},
        messages={row[0]: row[1] for row in connection.execute(by_message)},
        waiting_updates=how_many(waiting),
        stuck_updates=how_many(waiting, inbox.c.received_at < now - STUCK_AFTER),
        late_occasions=how_many(occasions.c.next_at < now - STUCK_AFTER, *_askings_of(reader)),
        unread_words=how_many(unread, *readable),
        overdue_words=how_many(unread, words.c.read_by_at < now, *readable),
        open_concerns={row[0]: row[1] for row in connection.execute(by_concern)},
        unseen_notices=how_many(notices.c.seen_at.is_(None), *known),
    )


def _concerns_of(reader: Reader) -> list[ColumnElement[bool]]:
    readable = reader.may_read()
    return [concerns.c.words_id.in_(select(words.c.id).where(*readable))] if readable else []


def _askings_of(reader: Reader) -> list[ColumnElement[bool]]:
    if reader.within is None:
        return []
    own = select(support_episodes.c.id).where(is_own(reader.within))
    return [occasions.c.episode_id.in_(own)]
