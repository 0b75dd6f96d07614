"""What people wrote in words of their own: encrypted under their own key, queued to be read.

It must not judge what they wrote, and no figure may ever read from here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import case, select, update

from storage import alert_taking
from storage.casework import AnyRow, Casework
from storage.people import Person
from storage.sequence import new_id
from storage.tables import concerns, notices, participants, words
from storage.vault import Place
from storage.walls import ANYBODY, Reader
from surveys.people import Sharing


class WordsKind(StrEnum):
    """How words came to us."""

    ANSWER = "answer"
    SAID = "said"
    EDIT = "edit"
    CAPTION = "caption"
    GOAL = "goal"
    FIX = "fix"


class NoticeKind(StrEnum):
    """What staff should know and do something about."""

    MEDIA_CAME = "media-came"
    WANTS_PERSON = "wants-person"
    ASKED_FOR_HELP = "asked-for-help"
    STOPPED = "stopped"
    BLOCKED = "blocked"
    UNDELIVERABLE = "undeliverable"
    UNCLEAR_DELIVERY = "unclear-delivery"
    NOT_ASKED = "not-asked"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class NewWords:
    """Words on their way into the read queue; `read_by_at` is when a person must have read them."""

    id: str
    text: str
    kind: WordsKind
    channel: str
    read_by_at: datetime
    run_id: str | None = None
    item: str | None = None


@dataclass(frozen=True, slots=True)
class WordsToRead:
    """Words as staff read them, with the level of concern where there is one."""

    id: str
    participant_id: str | None
    text: str
    kind: str
    received_at: datetime
    read_by_at: datetime
    read_at: datetime | None
    level: str | None
    categories: tuple[str, ...]
    item: str | None
    sharing: Sharing | None = None


def keep(work: Casework, person: Person | None, new: NewWords, now: datetime) -> None:
    """Gather words for the read queue, sealed under the person's own key.

    Until their writer says something else, nobody but the reader for safety reads them.
    """
    key = work.vault.person_key(person.id, person.wrapped_key) if person is not None else None
    work.insert(
        words,
        {
            "id": new.id,
            "participant_id": person.id if person is not None else None,
            "run_id": new.run_id,
            "item": new.item,
            "kind": new.kind.value,
            "channel": new.channel,
            "cipher": work.vault.seal(_place(new.id), new.text.encode(), key),
            "received_at": now,
            "read_by_at": new.read_by_at,
            "read_at": None,
            "read_by": None,
            "sharing": Sharing.KEEP.value if person is not None else None,
            "sharing_at": None,
        },
    )


def raise_concern(  # noqa: PLR0913 (one row, every column named)
    work: Casework,
    person: Person | None,
    words_id: str | None,
    *,
    level: str,
    categories: Sequence[str],
    reasons: Sequence[str],
    now: datetime,
) -> str:
    """Gather a concern: something that a named person must acknowledge; return its id."""
    concern_id = new_id(work.entropy)
    work.insert(
        concerns,
        {
            "id": concern_id,
            "participant_id": person.id if person is not None else None,
            "words_id": words_id,
            "level": level,
            "categories": json.dumps(list(categories)),
            "reasons": json.dumps(list(reasons)),
            "raised_at": now,
            "acknowledged_at": None,
            "acknowledged_by": None,
        },
    )
    return concern_id


def give_notice(work: Casework, person: Person | None, kind: NoticeKind, now: datetime) -> None:
    """Gather a fact that staff should see."""
    work.insert(
        notices,
        {
            "id": new_id(work.entropy),
            "participant_id": person.id if person is not None else None,
            "kind": kind.value,
            "at": now,
            "seen_at": None,
            "seen_by": None,
        },
    )


def to_read(work: Casework, reader: Reader = ANYBODY, most: int = 200) -> list[WordsToRead]:
    """Return what nobody has read yet: the gravest first, then by when it must be read."""
    query = (
        _WORDS.where(words.c.read_at.is_(None), *reader.may_read())
        .order_by(_GRAVEST_FIRST, words.c.read_by_at, words.c.received_at, words.c.id)
        .limit(most)
    )
    return [_opened(work, row) for row in work.connection.execute(query)]


def read_since(
    work: Casework, since: datetime, reader: Reader = ANYBODY, most: int = 200
) -> list[WordsToRead]:
    """Return what somebody read since a moment, the newest first."""
    query = _WORDS.where(words.c.read_at >= since, *reader.may_read())
    ordered = query.order_by(words.c.read_at.desc(), words.c.received_at.desc(), words.c.id)
    return [_opened(work, row) for row in work.connection.execute(ordered.limit(most))]


def of_participant(work: Casework, participant_id: str) -> list[WordsToRead]:
    """Return everything that one person wrote, oldest first."""
    query = _WORDS.where(words.c.participant_id == participant_id)
    ordered = query.order_by(words.c.received_at, words.c.id)
    return [_opened(work, row) for row in work.connection.execute(ordered)]


def mark_read(
    work: Casework, words_id: str, who: str, now: datetime, reader: Reader = ANYBODY
) -> bool:
    """Say that a named person read these words; False when they were read before or are gone."""
    seen = (
        update(words)
        .where(words.c.id == words_id, words.c.read_at.is_(None))
        .values(read_at=now, read_by=who)
    )
    acknowledged = (
        update(concerns)
        .where(concerns.c.words_id == words_id, concerns.c.acknowledged_at.is_(None))
        .values(acknowledged_at=now, acknowledged_by=who)
    )
    alert_taking.acknowledge_for_words(work, words_id, who, now, reader)
    work.connection.execute(acknowledged)
    return work.connection.execute(seen).rowcount == 1


_GRAVEST_FIRST = case(
    (concerns.c.level == "crisis", 0), (concerns.c.level == "concern", 1), else_=2
)
_WORDS = select(
    words, concerns.c.level, concerns.c.categories, participants.c.wrapped_key
).select_from(
    words.outerjoin(concerns, concerns.c.words_id == words.c.id).outerjoin(
        participants, participants.c.id == words.c.participant_id
    )
)


@dataclass(frozen=True, slots=True)
class Raised:
    """A concern as it is kept: how grave, about what, and who took care of it."""

    level: str
    categories: tuple[str, ...]
    raised_at: datetime
    acknowledged_at: datetime | None


def concerns_of(work: Casework, participant_id: str) -> list[Raised]:
    """Return the concerns that one person's words raised, oldest first."""
    query = select(
        concerns.c.level,
        concerns.c.categories,
        concerns.c.raised_at,
        concerns.c.acknowledged_at,
    ).where(concerns.c.participant_id == participant_id)
    return [
        Raised(row.level, tuple(json.loads(row.categories)), row.raised_at, row.acknowledged_at)
        for row in work.connection.execute(query.order_by(concerns.c.raised_at, concerns.c.id))
    ]


@dataclass(frozen=True, slots=True)
class Notice:
    """A fact that staff should see, and about whom."""

    id: str
    participant_id: str | None
    kind: str
    at: datetime


def unseen_notices(work: Casework, reader: Reader = ANYBODY, most: int = 200) -> list[Notice]:
    """Return the facts that nobody has seen yet, the newest first."""
    query = (
        select(notices.c.id, notices.c.participant_id, notices.c.kind, notices.c.at)
        .where(notices.c.seen_at.is_(None), *reader.may_know())
        .order_by(notices.c.at.desc(), notices.c.id)
        .limit(most)
    )
    return [Notice(*row) for row in work.connection.execute(query)]


@dataclass(frozen=True, slots=True)
class GivenNotice:
    """A fact that staff were told about one person, and when somebody saw it."""

    kind: str
    at: datetime
    seen_at: datetime | None


def notices_of(work: Casework, participant_id: str) -> list[GivenNotice]:
    """Return what staff were told about one person, oldest first."""
    query = select(notices.c.kind, notices.c.at, notices.c.seen_at)
    mine = query.where(notices.c.participant_id == participant_id)
    return [
        GivenNotice(*row)
        for row in work.connection.execute(mine.order_by(notices.c.at, notices.c.id))
    ]


def mark_notice_seen(
    work: Casework, notice_id: str, who: str, now: datetime, reader: Reader = ANYBODY
) -> bool:
    """Say that a named person saw this fact; False when it was seen before."""
    seen = (
        update(notices)
        .where(notices.c.id == notice_id, notices.c.seen_at.is_(None))
        .values(seen_at=now, seen_by=who)
    )
    alert_taking.acknowledge_for_notice(work, notice_id, who, now, reader)
    return work.connection.execute(seen).rowcount == 1


def _opened(work: Casework, row: AnyRow) -> WordsToRead:
    key = (
        work.vault.person_key(row.participant_id, row.wrapped_key)
        if row.participant_id is not None
        else None
    )
    return WordsToRead(
        id=row.id,
        participant_id=row.participant_id,
        text=work.vault.open(_place(row.id), row.cipher, key).decode(),
        kind=row.kind,
        received_at=row.received_at,
        read_by_at=row.read_by_at,
        read_at=row.read_at,
        level=row.level,
        categories=tuple(json.loads(row.categories)) if row.categories else (),
        item=row.item,
        sharing=Sharing(row.sharing) if row.sharing else None,
    )


def _place(words_id: str) -> Place:
    return Place("words", "cipher", words_id)
