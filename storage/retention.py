"""What is old enough to go, class by class, and taking it away; receipts say how much went.

It must not decide how long anything is kept, and shows nobody's words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, or_, select, update

from storage import tables
from storage.casework import Casework
from storage.people import chat_indexes
from storage.sequence import new_id

_WEB: Final = "web"


@dataclass(frozen=True, slots=True)
class OldRecord:
    """Somebody whose support is all over: since when, and which of it no case system took over."""

    participant_id: str
    over_since: datetime
    unfiled: tuple[str, ...]


def hold_support(work: Casework, participant_id: str) -> None:
    """Let nobody change somebody's support, or add to it, before this transaction ends.

    On SQLite nobody can anyway.
    """
    if work.connection.dialect.name != "postgresql":
        return
    people, takes_part, support = (
        tables.participants,
        tables.participations,
        tables.support_episodes,
    )
    theirs = select(takes_part.c.episode_id).where(takes_part.c.participant_id == participant_id)
    person = select(people.c.id).where(people.c.id == participant_id)
    episodes = select(support.c.id).where(support.c.id.in_(theirs)).order_by(support.c.id)
    for query in (episodes, person):
        work.connection.execute(query.with_for_update()).all()


def records_over_before(
    work: Casework, before: date, zone: tzinfo, only: str | None = None
) -> list[OldRecord]:
    """Return everybody whose support ended before a day, and who is asked nothing any more.

    only: look at this participant alone.

    A support episode is over on the day on which it closed; for somebody who was taken out of it,
    on the day of that, if it came first. It is filed when the case system took it over after that.
    """
    people, takes_part, support = (
        tables.participants,
        tables.participations,
        tables.support_episodes,
    )
    waits = exists().where(
        tables.occasions.c.participant_id == people.c.id, tables.occasions.c.ended_at.is_(None)
    )
    query = (
        select(people.c.id, takes_part.c.until, support.c.id.label("episode"), support.c.closed_on)
        .select_from(
            people.join(takes_part, takes_part.c.participant_id == people.c.id).join(
                support, support.c.id == takes_part.c.episode_id
            )
        )
        .where(~waits)
        .order_by(people.c.id, support.c.id)
    )
    if only is not None:
        query = query.where(people.c.id == only)
    filed = _filed(work)
    ends: dict[str, list[tuple[str, datetime | None]]] = {}
    for row in work.connection.execute(query):
        closed = None if row.closed_on is None else _midnight(row.closed_on, zone)
        known = [each for each in (closed, row.until) if each is not None]
        ends.setdefault(row.id, []).append((row.episode, min(known, default=None)))
    limit = _midnight(before, zone)
    found = []
    for participant_id, those in ends.items():
        days = [end for _, end in those]
        over = max((each for each in days if each is not None), default=None)
        if over is None or None in days or over >= limit:
            continue
        unfiled = tuple(
            episode for episode, end in those if end is None or filed.get(episode, _NEVER) < end
        )
        found.append(OldRecord(participant_id, over, unfiled))
    return sorted(found, key=lambda each: (each.over_since, each.participant_id))


_NEVER: Final = tables.from_milliseconds(0)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _filed(work: Casework) -> dict[str, datetime]:
    """Return when each support episode was filed last."""
    there = tables.filings
    query = select(there.c.episode_id, there.c.at).order_by(there.c.at)
    return {row.episode_id: row.at for row in work.connection.execute(query)}


# --- what goes by itself --------------------------------------------------------------------------


class Old(StrEnum):
    """What goes when it is old, without anybody looking at each of it."""

    STRANGERS = "strangers"
    STRAY_WORDS = "stray-words"
    INVITATIONS = "invitations"
    NOTICES = "notices"
    GLIMPSES = "glimpses"
    HANDLED = "handled-concerns"


def count(work: Casework, old: Old, before: datetime) -> int:
    """Return how many rows of a kind are older than a moment."""
    if old is Old.STRANGERS:
        return len(_phones(work, before)) + len(_browsers(work, before))
    table, which = _of(old, before)
    query = select(func.count()).select_from(table).where(which)
    return work.connection.execute(query).scalar_one()


def purge(work: Casework, old: Old, before: datetime) -> int:
    """Take away what is older than a moment; return how many rows it were."""
    if old is Old.STRANGERS:
        return _purge_strangers(work, before)
    table, which = _of(old, before)
    if old is Old.STRAY_WORDS:
        these = select(table.c.id).where(which)
        raised = tables.concerns.c.words_id.in_(these)
        empty = {"words_id": None, "categories": "[]", "reasons": "[]"}
        work.connection.execute(update(tables.concerns).where(raised).values(empty))
        sorted_in = tables.word_themes.c.words_id.in_(these)
        work.connection.execute(delete(tables.word_themes).where(sorted_in))
    if old is Old.HANDLED:
        these = select(table.c.id).where(which)
        work.connection.execute(
            delete(tables.alert_steps).where(tables.alert_steps.c.alert_id.in_(these))
        )
    gone = work.connection.execute(delete(table).where(which)).rowcount
    if old is Old.HANDLED:
        work.connection.execute(delete(tables.concerns).where(_handled_concerns(before)))
    return gone


def _of(old: Old, before: datetime) -> tuple[Table, ColumnElement[bool]]:
    """Return the table of a kind, and what is true of its old rows."""
    return {
        Old.STRAY_WORDS: (tables.words, _stray_words(before)),
        Old.INVITATIONS: (tables.invitations, tables.invitations.c.expires_at < before),
        Old.NOTICES: (tables.notices, tables.notices.c.seen_at < before),
        Old.GLIMPSES: (tables.glimpses, tables.glimpses.c.until < before),
        Old.HANDLED: (tables.alerts, _handled_alerts(before)),
    }[old]


def _stray_words(before: datetime) -> ColumnElement[bool]:
    """Words of nobody we know, read since; not those about which something is still open."""
    words, concerns, alerts = tables.words, tables.concerns, tables.alerts
    is_open = (
        select(concerns.c.words_id)
        .select_from(concerns.outerjoin(alerts, alerts.c.concern_id == concerns.c.id))
        .where(
            concerns.c.words_id.is_not(None),
            or_(
                concerns.c.acknowledged_at.is_(None),
                and_(alerts.c.id.is_not(None), alerts.c.closed_at.is_(None)),
            ),
        )
    )
    return and_(
        words.c.participant_id.is_(None), words.c.read_at < before, words.c.id.not_in(is_open)
    )


def _handled_alerts(before: datetime) -> ColumnElement[bool]:
    """Alerts about nobody any more that were closed: of people who were forgotten, and drills."""
    return and_(tables.alerts.c.participant_id.is_(None), tables.alerts.c.closed_at < before)


def _handled_concerns(before: datetime) -> ColumnElement[bool]:
    there = tables.concerns
    points = select(tables.alerts.c.concern_id).where(tables.alerts.c.concern_id.is_not(None))
    return and_(
        there.c.participant_id.is_(None),
        there.c.words_id.is_(None),
        there.c.acknowledged_at < before,
        there.c.id.not_in(points),
    )


# --- chats of nobody we know ----------------------------------------------------------------------


def _phones(work: Casework, before: datetime) -> list[str]:
    """Return the chats elsewhere of nobody we know, silent since."""
    there = tables.addresses
    query = select(there.c.id).where(
        there.c.participant_id.is_(None), there.c.used_at < before, there.c.channel != _WEB
    )
    return list(work.connection.execute(query).scalars())


def _browsers(work: Casework, before: datetime) -> dict[int, str | None]:
    """Return the browsers that were not here since and in which nobody known to us speaks.

    Each with its address, where somebody ever said something there.
    """
    query = select(tables.visitors.c.id).where(tables.visitors.c.seen_at < before)
    found: dict[int, str | None] = {}
    there = tables.addresses
    for number in work.connection.execute(query).scalars().all():
        here = there.c.chat_index.in_(chat_indexes(work, _WEB, number))
        row = work.connection.execute(
            select(there.c.id, there.c.participant_id, there.c.used_at).where(here)
        ).first()
        if row is None:
            found[number] = None
        elif row.participant_id is None and row.used_at < before:
            found[number] = row.id
    return found


def _purge_strangers(work: Casework, before: datetime) -> int:
    browsers, phones = _browsers(work, before), _phones(work, before)
    chats = [*phones, *(each for each in browsers.values() if each is not None)]
    for table, column, those in (
        (tables.outbox, "address_id", chats),
        (tables.addresses, "id", chats),
        (tables.transcripts, "visitor_id", list(browsers)),
        (tables.visitors, "id", list(browsers)),
    ):
        work.connection.execute(delete(table).where(table.c[column].in_(those)))
    return len(phones) + len(browsers)


# --- receipts -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Purge:
    """The receipt of what was deleted because its time was over."""

    retention_class: str
    number: int
    who: str
    at: datetime


def note_purge(work: Casework, receipt: Purge) -> None:
    """Gather a receipt."""
    work.insert(
        tables.purges,
        {
            "id": new_id(work.entropy),
            "retention_class": receipt.retention_class,
            "at": receipt.at,
            "number": receipt.number,
            "who": receipt.who,
        },
    )


def purges_since(work: Casework, since: datetime) -> list[Purge]:
    """Return the receipts since a moment, the newest first."""
    there = tables.purges
    query = select(there).where(there.c.at >= since).order_by(there.c.at.desc(), there.c.id)
    return [
        Purge(row.retention_class, row.number, row.who, row.at)
        for row in work.connection.execute(query)
    ]
