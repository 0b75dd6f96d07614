"""Who is to be forgotten, and which rows are theirs, by the rules of `storage.ownership`.

It changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, or_, select

from storage import tables
from storage.casework import Casework
from storage.ownership import (
    OWNERS,
    Nobody,
    OfChat,
    OfChild,
    OfEpisode,
    OfEpisodeKey,
    OfParticipant,
    OfParticipantKey,
    Rule,
    Sealed,
    Through,
)
from storage.vault import Place

_WEB: Final = "web"


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is forgotten, with all by which their rows are found.

    `child` is set for a young person. `child_goes_too` says that nobody else answers about the
    child and no support goes on, so that even the case reference can go. `visitors` are the
    numbers of their browsers, `stray_words` what they typed there before we knew them.
    """

    id: str
    key: str
    child: str | None
    episodes: frozenset[str]
    child_goes_too: bool
    visitors: frozenset[int]
    chats: frozenset[tuple[str, int]]
    stray_words: frozenset[str]


def find(work: Casework, participant_id: str) -> Subject | None:
    """Return who is to be forgotten, or None; their row and chats are held until the commit."""
    people = tables.participants
    query = select(people.c.key, people.c.child_id).where(people.c.id == participant_id)
    held = work.connection.dialect.name == "postgresql"
    chats = _chats(work, participant_id, held=held)
    row = work.connection.execute(query.with_for_update() if held else query).one_or_none()
    if row is None:
        return None
    visitors = frozenset(number for channel, number in chats if channel == _WEB)
    episodes = _episodes_of(work.connection, row.child_id)
    return Subject(
        id=participant_id,
        key=row.key,
        child=row.child_id,
        episodes=episodes,
        child_goes_too=_stands_alone(work.connection, participant_id, row.child_id, episodes),
        visitors=visitors,
        chats=chats,
        stray_words=_stray_words(work.connection, visitors),
    )


def rows_of(table: Table, subject: Subject) -> ColumnElement[bool]:
    """Return the condition that is true of somebody's rows in a table, by its rule.

    Raises KeyError for a table that has none, and ValueError for one that is nobody's.
    """
    theirs = _by_rule(table, OWNERS[table.name], subject)
    if table is tables.words:
        return or_(theirs, table.c.id.in_(subject.stray_words))
    return theirs


def _by_rule(table: Table, rule: Rule, subject: Subject) -> ColumnElement[bool]:
    match rule:
        case OfParticipant(column):
            return table.c[column] == subject.id
        case OfParticipantKey(column):
            return table.c[column] == subject.key
        case OfChild(column):
            return table.c[column] == subject.child
        case OfEpisode(column):
            return table.c[column].in_(subject.episodes)
        case OfChat(column):
            return table.c[column].in_(subject.visitors)
        case Through(other, column):
            over = tables.metadata.tables[other]
            return table.c[column].in_(select(over.c.id).where(rows_of(over, subject)))
        case OfEpisodeKey() | Sealed() | Nobody():
            msg = f"nobody's rows in {table.name} are told by a condition"
            raise ValueError(msg)


# --- what is found first --------------------------------------------------------------------------


def _chats(work: Casework, participant_id: str, *, held: bool) -> frozenset[tuple[str, int]]:
    there = tables.addresses
    query = (
        select(there).where(there.c.participant_id == participant_id).order_by(there.c.chat_index)
    )
    found = work.connection.execute(query.with_for_update() if held else query)
    return frozenset((row.channel, _number(work, row.id, row.chat_cipher)) for row in found)


def _number(work: Casework, address_id: str, cipher: bytes) -> int:
    return int(work.vault.open(Place("addresses", "chat_cipher", address_id), cipher))


def _episodes_of(connection: Connection, child: str | None) -> frozenset[str]:
    there = tables.support_episodes
    query = select(there.c.id).where(there.c.child_id == child)
    return frozenset(connection.execute(query).scalars()) if child is not None else frozenset()


def _stands_alone(
    connection: Connection, participant_id: str, child: str | None, episodes: frozenset[str]
) -> bool:
    """Whether all support of a child is over and nobody else is left who answered about it."""
    if child is None:
        return False
    support, takes_part = tables.support_episodes, tables.participations
    goes_on = select(support.c.id).where(support.c.child_id == child, support.c.closed_on.is_(None))
    others = select(takes_part.c.participant_id).where(
        takes_part.c.episode_id.in_(episodes), takes_part.c.participant_id != participant_id
    )
    return not any(connection.execute(query.limit(1)).first() for query in (goes_on, others))


def _stray_words(connection: Connection, visitors: frozenset[int]) -> frozenset[str]:
    """Return what was typed in these browsers before anybody knew whose they are."""
    lines, words = tables.transcripts, tables.words
    query = (
        select(words.c.id)
        .join(lines, lines.c.words_id == words.c.id)
        .where(lines.c.visitor_id.in_(visitors), words.c.participant_id.is_(None))
    )
    return frozenset(connection.execute(query).scalars())
