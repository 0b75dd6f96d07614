"""Who is still to be told what was done about something they said, and who was told.

It must not decide when, and it reads nobody's words: only that staff saw a theme in them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Subquery, delete, exists, func, select, update

from storage.among import ForMany
from storage.casework import Casework
from storage.outbox import Delivery, Urgency, outgoing_from
from storage.people import Standing
from storage.tables import (
    addresses,
    concerns,
    outbox,
    participants,
    reply_tellings,
    theme_replies,
    themes,
    word_themes,
    words,
)
from storage.themes import YOUNG_PERSON


@dataclass(frozen=True, slots=True)
class Owed:
    """What one person has not been told yet; `others`: somebody else had said the same."""

    reply_id: str
    participant_id: str
    title: str
    did: str
    others: bool


@dataclass(frozen=True, slots=True)
class Between:
    """When a reply must have been written, and since when nobody is told a second thing.

    `until` leaves staff time to take it back; what was written before `since` is no news any more.
    """

    since: datetime
    until: datetime
    told_since: datetime


_TOLD: Final = exists().where(
    reply_tellings.c.reply_id == theme_replies.c.id,
    reply_tellings.c.participant_id == participants.c.id,
)
_LATELY: Final = reply_tellings.alias("lately")


def owed(connection: Connection, when: Between) -> list[Owed]:
    """Return what people are still to be told, the oldest first; at most one thing a person.

    Those who stopped, rest for good, are held back, have an unread concern or were told something
    since `told_since` are left out. Only words count that a person has read and that came before
    the reply was written.
    """
    voices = _voices()
    query = (
        select(
            theme_replies.c.id,
            participants.c.id,
            themes.c.title,
            theme_replies.c.did,
            voices.c.number > 1,
        )
        .join(themes, themes.c.id == theme_replies.c.theme_id)
        .join(voices, voices.c.reply_id == theme_replies.c.id)
        .join(word_themes, word_themes.c.theme_id == theme_replies.c.theme_id)
        .join(words, words.c.id == word_themes.c.words_id)
        .join(participants, participants.c.id == words.c.participant_id)
        .where(
            theme_replies.c.taken_back_at.is_(None),
            theme_replies.c.at.between(when.since, when.until),
            words.c.read_at.is_not(None),
            words.c.received_at <= theme_replies.c.at,
            participants.c.role == YOUNG_PERSON,
            participants.c.status == Standing.JOINED.value,
            participants.c.suppressed_at.is_(None),
            ~_TOLD,
            ~exists().where(
                _LATELY.c.participant_id == participants.c.id, _LATELY.c.at > when.told_since
            ),
            ~exists().where(
                concerns.c.participant_id == participants.c.id,
                concerns.c.acknowledged_at.is_(None),
            ),
        )
        .order_by(theme_replies.c.at, theme_replies.c.id)
        .distinct()
        .add_columns(theme_replies.c.at)
    )
    first: dict[str, Owed] = {}
    for reply_id, person, title, did, others, _ in connection.execute(query):
        first.setdefault(person, Owed(reply_id, person, title, did, bool(others)))
    return list(first.values())


def _voices() -> Subquery:
    """Return by reply how many young people had raised its theme when it was written."""
    query = (
        select(
            theme_replies.c.id.label("reply_id"),
            func.count(words.c.participant_id.distinct()).label("number"),
        )
        .join(word_themes, word_themes.c.theme_id == theme_replies.c.theme_id)
        .join(words, words.c.id == word_themes.c.words_id)
        .join(participants, participants.c.id == words.c.participant_id)
        .where(
            words.c.read_at.is_not(None),
            words.c.received_at <= theme_replies.c.at,
            participants.c.role == YOUNG_PERSON,
        )
        .group_by(theme_replies.c.id)
    )
    return query.subquery("voices")


_LAST_ASKED: Final = ForMany(
    lambda among: (
        select(addresses.c.participant_id, func.max(outbox.c.made_at))
        .join(outbox, outbox.c.address_id == addresses.c.id)
        .where(among(addresses.c.participant_id), outbox.c.urgency == Urgency.ASKING.value)
        .group_by(addresses.c.participant_id)
    )
)


def last_unasked_for(connection: Connection, whose: Collection[str]) -> dict[str, datetime]:
    """Return when we last wrote to these people without being asked; those never so are absent."""
    found = _LAST_ASKED.fetch(connection, whose)
    # An aggregate of instants comes back as one on every database.
    return {row[0]: row[1] for row in found if row[1] is not None}


def note_told(work: Casework, reply_id: str, participant_id: str, now: datetime) -> None:
    """Write that somebody is told this, with the message that tells it."""
    row = {"reply_id": reply_id, "participant_id": participant_id, "at": now}
    work.insert(reply_tellings, row)


def count_told(connection: Connection) -> dict[str, int]:
    """Return how many people were told each reply, by its id."""
    query = select(reply_tellings.c.reply_id, func.count()).group_by(reply_tellings.c.reply_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def unsay(connection: Connection, reply_id: str) -> int:
    """Take back messages about a reply that still wait to be sent; return how many.

    Those whose message went out already stay told.
    """
    did = select(theme_replies.c.did).where(theme_replies.c.id == reply_id)
    words_of_it = connection.execute(did).scalar_one_or_none()
    if words_of_it is None:
        return 0
    waiting = (
        select(outbox, addresses.c.participant_id)
        .join(addresses, addresses.c.id == outbox.c.address_id)
        .join(reply_tellings, reply_tellings.c.participant_id == addresses.c.participant_id)
        .where(
            reply_tellings.c.reply_id == reply_id,
            outbox.c.made_at == reply_tellings.c.at,
            outbox.c.urgency == Urgency.ASKING.value,
            outbox.c.occasion_id.is_(None),
            outbox.c.state.in_([Delivery.PENDING.value, Delivery.QUARANTINED.value]),
        )
    )
    gone = {
        row.id: row.participant_id
        for row in connection.execute(waiting)
        if words_of_it in outgoing_from(row).text
    }
    if gone:
        cancelled = {"state": Delivery.CANCELLED.value, "due_at": None}
        connection.execute(update(outbox).where(outbox.c.id.in_(list(gone))).values(cancelled))
        connection.execute(
            delete(reply_tellings).where(
                reply_tellings.c.reply_id == reply_id,
                reply_tellings.c.participant_id.in_(list(gone.values())),
            )
        )
    return len(gone)
