"""Which young people staff listened to, and which themes they saw in what these wrote: for figures.

It must reach neither who people are nor what they wrote; what it returns names nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, select

from outcomes.episode import Commissioner, Strand
from outcomes.facts import Heard
from outcomes.quarter import Quarter
from storage.casework import AnyRow
from storage.reach import AgeOf
from storage.tables import (
    participants,
    participations,
    runs,
    support_episodes,
    themes,
    word_themes,
    words,
)
from storage.themes import YOUNG_PERSON

Span = tuple[datetime, datetime]
"""From an instant up to another one, which does not belong to it."""


class _Read(NamedTuple):
    """Something of a young person that staff read, without its words."""

    words: str
    participant: str
    person: str
    received_at: datetime
    read_at: datetime
    episode: str | None


def heard_between(
    connection: Connection, span: Span, zone: ZoneInfo, age_of: AgeOf
) -> tuple[Heard, ...]:
    """Return the young people whose words staff read in a time: one record a person and quarter.

    Only people who said yes count. The quarter is that of the local day on which a person read the
    words: nobody is heard before. Somebody stands in the box of the support that the first words
    read in the quarter belong to: those of a check-in to its support, all others to the newest one
    in which they took part when they wrote. The order is that of pseudonyms and quarters.
    """
    seen = _themes_of(connection, span)
    supports = _supports_of(connection, span)
    found: dict[tuple[str, Quarter], Heard] = {}
    for read in _read_between(connection, span):
        support = _support_of(read, supports.get(read.participant, ()))
        if support is None:
            continue
        day = read.read_at.astimezone(zone).date()
        key = read.person, Quarter.containing(day)
        first = found.get(key)
        found[key] = Heard(
            person=read.person,
            commissioner=first.commissioner if first else Commissioner(support.commissioner),
            strand=first.strand if first else Strand(support.strand),
            age=first.age if first else age_of(support),
            on=first.on if first else day,
            themes=(first.themes if first else frozenset()) | seen.get(read.words, frozenset()),
        )
    return tuple(found[key] for key in sorted(found))


def _within(span: Span) -> tuple[ColumnElement[bool], ...]:
    return (
        words.c.read_at >= span[0],
        words.c.read_at < span[1],
        participants.c.role == YOUNG_PERSON,
        participants.c.joined_at.is_not(None),
    )


def _read_between(connection: Connection, span: Span) -> Iterable[_Read]:
    query = (
        select(
            words.c.id,
            participants.c.id,
            participants.c.key,
            words.c.received_at,
            words.c.read_at,
            runs.c.episode_id,
        )
        .join(participants, participants.c.id == words.c.participant_id)
        .outerjoin(runs, runs.c.id == words.c.run_id)
        .where(*_within(span))
        .order_by(words.c.read_at, words.c.received_at, words.c.id)
    )
    return (_Read(*row) for row in connection.execute(query))


def _themes_of(connection: Connection, span: Span) -> Mapping[str, frozenset[str]]:
    query = (
        select(word_themes.c.words_id, themes.c.slug)
        .join(themes, themes.c.id == word_themes.c.theme_id)
        .join(words, words.c.id == word_themes.c.words_id)
        .join(participants, participants.c.id == words.c.participant_id)
        .where(*_within(span))
    )
    found: dict[str, frozenset[str]] = {}
    for words_id, slug in connection.execute(query):
        found[words_id] = found.get(words_id, frozenset()) | {slug}
    return found


_BOX: Final = (
    support_episodes.c.id,
    support_episodes.c.commissioner,
    support_episodes.c.strand,
    support_episodes.c.child_age,
    support_episodes.c.child_id,
    participations.c.participant_id,
    participations.c.since,
    participations.c.until,
)


def _supports_of(connection: Connection, span: Span) -> Mapping[str, Sequence[AnyRow]]:
    """Return by participant where they take part or did, the newest support first."""
    people: Select[Any] = (
        select(words.c.participant_id)
        .join(participants, participants.c.id == words.c.participant_id)
        .where(*_within(span))
    )
    query = (
        select(*_BOX)
        .join(participations, participations.c.episode_id == support_episodes.c.id)
        .where(participations.c.participant_id.in_(people))
        .order_by(support_episodes.c.opened_on.desc(), support_episodes.c.key.desc())
    )
    found: dict[str, list[AnyRow]] = {}
    for row in connection.execute(query):
        found.setdefault(row.participant_id, []).append(row)
    return found


def _support_of(read: _Read, supports: Sequence[AnyRow]) -> AnyRow | None:
    """Return the support that words belong to; None where somebody never took part in any."""
    of_run = (each for each in supports if each.id == read.episode)
    then = (
        each
        for each in supports
        if each.since <= read.received_at and (each.until is None or each.until > read.received_at)
    )
    return next(of_run, None) or next(then, None) or next(iter(supports), None)
