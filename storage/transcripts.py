"""What a browser shows of a chat: written first, shown second, so that nothing said can vanish.

It must not decide what is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select, update

from storage.casework import AnyRow, Casework
from storage.quoting import whose_chat
from storage.sequence import new_id
from storage.tables import participants, transcripts, visitors, words
from storage.vault import Place

_WEB: Final = "web"
SHOWN: Final = 200
"""Lines of a conversation that a browser loads at most; older ones stay stored."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a conversation: our message as JSON, or the person's own words."""

    id: int
    ours: bool
    body: str
    at: datetime
    changed_at: datetime


def add_visitor(work: Casework, token: str, now: datetime) -> int:
    """Add a browser that opened the web chat; return its number there."""
    visitor_id = work.numbers.next(now)
    work.connection.execute(
        visitors.insert(),
        {
            "id": visitor_id,
            "token_index": work.vault.index("visitor", token),
            "made_at": now,
            "seen_at": now,
        },
    )
    return visitor_id


def new_token(work: Casework) -> str:
    """Return a fresh secret of 160 bits for a cookie."""
    return new_id(work.entropy) + new_id(work.entropy)


def visitor_of(work: Casework, token: str) -> int | None:
    """Return the number of the browser with this cookie, or None."""
    query = select(visitors.c.id).where(
        visitors.c.token_index.in_(work.vault.indexes("visitor", token))
    )
    return work.connection.execute(query).scalar_one_or_none()


def is_found_by_an_older_key(work: Casework, token: str) -> bool:
    """Whether the browser with this cookie stands under the index of an older key."""
    older = work.vault.indexes("visitor", token)[1:]
    query = select(visitors.c.id).where(visitors.c.token_index.in_(older))
    return bool(older) and work.connection.execute(query).first() is not None


def index_anew(work: Casework, token: str) -> None:
    """Put a browser that came back under the index of the newest key: only it knows its secret."""
    newest, *older = work.vault.indexes("visitor", token)
    moved = update(visitors).where(visitors.c.token_index.in_(older))
    work.connection.execute(moved.values(token_index=newest))


def write(work: Casework, visitor_id: int, body: str, now: datetime) -> int:
    """Add one of our messages; return its number."""
    number = work.numbers.next(now)
    _add(work, number, visitor_id, now, body=body)
    return number


def write_own(work: Casework, visitor_id: int, words_id: str, now: datetime) -> int:
    """Add a pointer to the person's own words."""
    number = work.numbers.next(now)
    _add(work, number, visitor_id, now, words_id=words_id)
    return number


def change(work: Casework, visitor_id: int, number: int, body: str, now: datetime) -> bool:
    """Change one of our messages; False when there is none of this number."""
    changed = (
        update(transcripts)
        .where(transcripts.c.id == number, transcripts.c.visitor_id == visitor_id)
        .values(body=body, changed_at=now)
    )
    return work.connection.execute(changed).rowcount == 1


def since(work: Casework, visitor_id: int, changed_after: datetime | None) -> list[Line]:
    """Return the newest lines of a conversation, oldest first; or only what has changed since.

    Words that somebody else wrote are not shown, whatever points to them: of an unknown browser
    only what nobody known to us wrote, otherwise that and what its person wrote.
    """
    query = (
        select(transcripts, words.c.cipher, words.c.participant_id, participants.c.wrapped_key)
        .select_from(
            transcripts.outerjoin(words, words.c.id == transcripts.c.words_id).outerjoin(
                participants, participants.c.id == words.c.participant_id
            )
        )
        .where(transcripts.c.visitor_id == visitor_id)
        .order_by(transcripts.c.id.desc())
        .limit(SHOWN)
    )
    if changed_after is not None:
        query = query.where(transcripts.c.changed_at > changed_after)
    rows = work.connection.execute(query).all()
    quotes = any(row.words_id is not None for row in rows)
    whose = whose_chat(work, _WEB, visitor_id) if quotes else None
    return [_line(work, row, whose) for row in reversed(rows)]


def body_of(work: Casework, visitor_id: int, number: int) -> str | None:
    """Return one of our messages as JSON, or None."""
    query = select(transcripts.c.body).where(
        transcripts.c.id == number, transcripts.c.visitor_id == visitor_id
    )
    return work.connection.execute(query).scalar_one_or_none()


def _line(work: Casework, row: AnyRow, whose: str | None) -> Line:
    body = row.body
    if row.words_id is not None:
        body = _own_words(work, row, whose)
    return Line(row.id, row.ours, body, row.at, row.changed_at)


def _own_words(work: Casework, row: AnyRow, whose: str | None) -> str:
    if row.cipher is None or row.participant_id not in (None, whose):
        return ""
    key = (
        work.vault.person_key(row.participant_id, row.wrapped_key)
        if row.participant_id is not None
        else None
    )
    return work.vault.open(Place("words", "cipher", row.words_id), row.cipher, key).decode()


def _add(
    work: Casework,
    number: int,
    visitor_id: int,
    now: datetime,
    *,
    body: str = "",
    words_id: str | None = None,
) -> None:
    work.insert(
        transcripts,
        {
            "id": number,
            "visitor_id": visitor_id,
            "ours": words_id is None,
            "body": body,
            "words_id": words_id,
            "at": now,
            "changed_at": now,
        },
    )
