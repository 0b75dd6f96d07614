"""Themes that staff see in what young people write, and what was done about them; never the words.

It must reach neither who people are nor what they wrote: only that staff saw a theme in it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.casework import Casework
from storage.sequence import new_id
from storage.tables import participants, theme_replies, themes, word_themes, words
from surveys.people import Sharing

YOUNG_PERSON = "young-person"
"""The role whose words are sorted by themes; those of adults are not."""


@dataclass(frozen=True, slots=True)
class Theme:
    """What young people talk about; `slug` stays whatever becomes of the title."""

    id: str
    slug: str
    title: str
    made_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredReply:
    """What was done about a theme, on which day, and who wrote so."""

    id: str
    theme_id: str
    did: str
    day: date
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class Raised:
    """How many young people raised a theme, in words that staff have read.

    `lately`: since a given moment, `ever`: since the beginning. `last_at`: when the newest of these
    words came. `waiting_since`: when the oldest of them came after which nothing was done.
    """

    lately: int
    ever: int
    last_at: datetime | None
    waiting_since: datetime | None


NEVER_RAISED = Raised(0, 0, None, None)


# --- themes ---------------------------------------------------------------------------------------


def list_all(connection: Connection) -> list[Theme]:
    """Return every theme, retired ones too, in the order in which they were made."""
    query = select(
        themes.c.id, themes.c.slug, themes.c.title, themes.c.made_at, themes.c.retired_at
    )
    ordered = query.order_by(themes.c.made_at, themes.c.slug)
    return [Theme(*row) for row in connection.execute(ordered)]


def add(work: Casework, slug: str, title: str, who: str, now: datetime) -> str:
    """Add a theme and return its id; where another process was as quick, that of theirs."""
    build = postgresql.insert if work.connection.dialect.name == "postgresql" else sqlite.insert
    row = {"id": new_id(work.entropy), "slug": slug, "title": title, "made_at": now}
    new = build(themes).values({**row, "made_by": who, "retired_at": None})
    work.connection.execute(new.on_conflict_do_nothing())
    known = select(themes.c.id).where(themes.c.slug == slug)
    return str(work.connection.execute(known).scalar_one())


def rename(work: Casework, theme_id: str, title: str) -> None:
    """Write another title; the theme stays the same one."""
    changed = update(themes).where(themes.c.id == theme_id)
    work.connection.execute(changed.values(title=title))


def set_retired(work: Casework, theme_id: str, at: datetime | None) -> bool:
    """Retire a theme, or take it up again (None); False where it stood so before."""
    stood = themes.c.retired_at.is_not(None) if at is None else themes.c.retired_at.is_(None)
    changed = update(themes).where(themes.c.id == theme_id, stood).values(retired_at=at)
    return work.connection.execute(changed).rowcount == 1


# --- words and their themes -----------------------------------------------------------------------


def from_young_people(connection: Connection, words_ids: Collection[str]) -> set[str]:
    """Return which of these words a young person wrote."""
    query = (
        select(words.c.id)
        .join(participants, participants.c.id == words.c.participant_id)
        .where(words.c.id.in_(list(words_ids)), participants.c.role == YOUNG_PERSON)
    )
    return set(connection.execute(query).scalars())


def may_be_told_on(connection: Connection, words_ids: Collection[str]) -> set[str]:
    """Return which of these words a young person wrote who lets them be told without a name.

    Words from before anybody was asked were written under that very notice, and count, too.
    """
    told = words.c.sharing.is_(None) | (words.c.sharing == Sharing.WITHOUT_NAME.value)
    query = select(words.c.id).where(words.c.id.in_(from_young_people(connection, words_ids)), told)
    return set(connection.execute(query).scalars())


def untag_all(connection: Connection, words_id: str) -> None:
    """Take every theme off words: their writer does not want them told on any more."""
    connection.execute(delete(word_themes).where(word_themes.c.words_id == words_id))


def seen_in(connection: Connection, words_ids: Collection[str]) -> dict[str, set[str]]:
    """Return the slugs of the themes that staff saw in these words, by the words' ids."""
    query = (
        select(word_themes.c.words_id, themes.c.slug)
        .join(themes, themes.c.id == word_themes.c.theme_id)
        .where(word_themes.c.words_id.in_(list(words_ids)))
    )
    found: dict[str, set[str]] = {}
    for words_id, slug in connection.execute(query):
        found.setdefault(words_id, set()).add(slug)
    return found


def titles_seen_in(connection: Connection, words_ids: Collection[str]) -> dict[str, list[str]]:
    """Return the titles of the themes that staff saw in these words, by the words' ids."""
    titles = {each.slug: each.title for each in list_all(connection)}
    seen = seen_in(connection, words_ids)
    return {each: sorted(titles[slug] for slug in slugs) for each, slugs in seen.items()}


def tag(work: Casework, words_id: str, theme_id: str, who: str, now: datetime) -> bool:
    """Write that somebody saw a theme in words; False where it was seen before."""
    build = postgresql.insert if work.connection.dialect.name == "postgresql" else sqlite.insert
    row = {"words_id": words_id, "theme_id": theme_id, "at": now, "who": who}
    new = build(word_themes).values(row).on_conflict_do_nothing()
    return work.connection.execute(new.returning(word_themes.c.words_id)).first() is not None


def untag(work: Casework, words_id: str, theme_id: str) -> bool:
    """Take a theme off words again; False where it was not on them."""
    gone = delete(word_themes).where(
        word_themes.c.words_id == words_id, word_themes.c.theme_id == theme_id
    )
    return work.connection.execute(gone).rowcount == 1


# --- what was done --------------------------------------------------------------------------------


def add_reply(work: Casework, theme_id: str, did: str, day: date, who: str, now: datetime) -> str:
    """Write what was done about a theme; return the id, and of the same words again the first."""
    same = select(theme_replies.c.id).where(
        theme_replies.c.theme_id == theme_id,
        theme_replies.c.did == did,
        theme_replies.c.day == day,
        theme_replies.c.taken_back_at.is_(None),
    )
    known = work.connection.execute(same.order_by(theme_replies.c.id)).scalars().first()
    if known is not None:
        return str(known)
    reply_id = new_id(work.entropy)
    row = {"id": reply_id, "theme_id": theme_id, "did": did, "day": day, "at": now, "who": who}
    work.connection.execute(theme_replies.insert().values({**row, "taken_back_at": None}))
    return reply_id


def take_back(work: Casework, reply_id: str, now: datetime) -> bool:
    """Take back what was said to be done; False where there is no such reply any more."""
    standing = update(theme_replies).where(
        theme_replies.c.id == reply_id, theme_replies.c.taken_back_at.is_(None)
    )
    return work.connection.execute(standing.values(taken_back_at=now)).rowcount == 1


def standing_replies(connection: Connection) -> list[StoredReply]:
    """Return everything that was done and not taken back, the oldest day first."""
    query = select(
        theme_replies.c.id,
        theme_replies.c.theme_id,
        theme_replies.c.did,
        theme_replies.c.day,
        theme_replies.c.at,
        theme_replies.c.who,
    ).where(theme_replies.c.taken_back_at.is_(None))
    ordered = query.order_by(theme_replies.c.day, theme_replies.c.at, theme_replies.c.id)
    return [StoredReply(*row) for row in connection.execute(ordered)]


# --- how many -------------------------------------------------------------------------------------


def count_raised(connection: Connection, lately: datetime) -> dict[str, Raised]:
    """Return how many young people raised each theme, by its id; those never raised are absent.

    Exact numbers: only for staff who have these words in front of them anyway. lately: the moment
    from which words count as lately read.
    """
    answered = (
        select(theme_replies.c.theme_id, func.max(theme_replies.c.at).label("at"))
        .where(theme_replies.c.taken_back_at.is_(None))
        .group_by(theme_replies.c.theme_id)
        .subquery()
    )
    person = words.c.participant_id
    waits = or_(answered.c.at.is_(None), words.c.received_at > answered.c.at)
    query = (
        select(
            word_themes.c.theme_id,
            func.count(person.distinct()).filter(words.c.read_at >= lately),
            func.count(person.distinct()),
            func.max(words.c.received_at),
            func.min(words.c.received_at).filter(waits),
        )
        .join(words, words.c.id == word_themes.c.words_id)
        .join(participants, participants.c.id == person)
        .outerjoin(answered, answered.c.theme_id == word_themes.c.theme_id)
        .where(words.c.read_at.is_not(None), participants.c.role == YOUNG_PERSON)
        .group_by(word_themes.c.theme_id)
    )
    return {theme: Raised(*numbers) for theme, *numbers in connection.execute(query)}
