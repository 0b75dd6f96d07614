"""What somebody's silence is told from: when they spoke, what they were asked, what became of it.

It must not judge, and it reads no answer and no words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Row,
    ScalarSelect,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
)

from storage.casework import Casework
from storage.occasions import OccasionState
from storage.outbox import Delivery, OutgoingKind, Urgency
from storage.sequence import number_at
from storage.silences import OpenFact, SilenceKind
from storage.tables import (
    addresses,
    occasions,
    outbox,
    participants,
    participations,
    silences,
    support_episodes,
    suppressions,
)

LOOK_BACK: Final = timedelta(days=400)
"""How far back askings are read that are over: a year, and the longest window."""

FAILED_SINCE: Final = timedelta(days=3)
"""How far back messages are read: sweeps come every few minutes while messages are sent at all."""


@dataclass(frozen=True, slots=True)
class Support:
    """A support episode in which somebody answers now."""

    episode_id: str
    episode_key: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class PastAsking:
    """What became of one asking: nothing that was answered in it."""

    episode_id: str
    state: OccasionState
    offered_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Trace:
    """What somebody's silence is told from.

    `may_be_asked`: joined, and staff let them be asked. `used_at`: when they spoke to us last, at
    most an hour early (see people.USED_AGAIN_AFTER). `blocked_at`: set where every chat of theirs
    is blocked. `failed_at`: set where an asking failed for good and nothing arrived since.
    `held_until`: when staff let them be asked again, if they ever held them.
    """

    participant_id: str
    participant_key: str
    may_be_asked: bool
    resting_until: datetime | None
    held_until: datetime | None
    used_at: datetime | None
    blocked_at: datetime | None
    failed_at: datetime | None
    supports: tuple[Support, ...]
    askings: tuple[PastAsking, ...]
    facts: tuple[OpenFact, ...]


def ids_after(connection: Connection, after: str, failed: Collection[str], most: int) -> list[str]:
    """Return the next people of whom there may be news, in a fixed order.

    Those of whom a silence stands, and those who joined and of whom something came to nothing since
    they spoke last: an asking ran out or could not be delivered, a message failed, or a chat was
    blocked. Of everybody else there is nothing to tell, and they are most.
    """
    has_fact = exists().where(
        silences.c.participant_id == participants.c.id, silences.c.over_at.is_(None)
    )
    theirs = addresses.c.participant_id == participants.c.id
    last_word = (
        select(func.max(addresses.c.used_at))
        .where(theirs)
        .correlate(participants)
        .scalar_subquery()
    )
    to_nothing = exists().where(
        occasions.c.participant_id == participants.c.id,
        occasions.c.state.in_([OccasionState.LAPSED.value, OccasionState.UNDELIVERABLE.value]),
        occasions.c.ended_at > func.coalesce(last_word, 0),
    )
    blocked = exists().where(theirs, addresses.c.blocked_at.is_not(None))
    may_be_silent = or_(to_nothing, blocked, participants.c.id.in_(list(failed)))
    query = (
        select(participants.c.id)
        .where(
            participants.c.id > after,
            or_(has_fact, and_(participants.c.status == "joined", may_be_silent)),
        )
        .order_by(participants.c.id)
        .limit(most)
    )
    return list(connection.execute(query).scalars())


def failures(connection: Connection, now: datetime) -> dict[str, datetime]:
    """Return whose last asking of these days failed for good, and when it was made."""
    later = outbox.alias("later")
    reached = (
        select(later.c.id)
        .where(
            later.c.address_id == outbox.c.address_id,
            later.c.id > outbox.c.id,
            later.c.state == Delivery.SENT.value,
        )
        .exists()
    )
    query = (
        select(addresses.c.participant_id, func.max(outbox.c.made_at))
        .join(addresses, addresses.c.id == outbox.c.address_id)
        .where(
            outbox.c.id >= number_at(now - FAILED_SINCE),
            outbox.c.state == Delivery.FAILED.value,
            outbox.c.urgency == Urgency.ASKING.value,
            outbox.c.kind == OutgoingKind.SEND.value,
            addresses.c.participant_id.is_not(None),
            ~reached,
        )
        .group_by(addresses.c.participant_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def load(
    connection: Connection, ids: Sequence[str], failed: Mapping[str, datetime], now: datetime
) -> list[Trace]:
    """Return what the silence of these people is told from: five queries, however many they are."""
    chats = {row.participant_id: row for row in connection.execute(_chats(ids))}
    supports = _gather(connection, _supports(ids))
    askings = _gather(connection, _askings(ids, now))
    facts = _gather(connection, _facts(ids))
    people = select(
        participants.c.id,
        participants.c.key,
        participants.c.status,
        participants.c.suppressed_at,
        participants.c.resting_until,
        _held_until().label("held_until"),
    ).where(participants.c.id.in_(ids))
    found = []
    for row in connection.execute(people.order_by(participants.c.id)):
        chat = chats.get(row.id)
        is_blocked = chat is not None and chat.blocked == chat.every
        found.append(
            Trace(
                participant_id=row.id,
                participant_key=row.key,
                may_be_asked=row.status == "joined" and row.suppressed_at is None,
                resting_until=row.resting_until,
                held_until=row.held_until,
                used_at=chat.used_at if chat is not None else None,
                blocked_at=chat.blocked_at if chat is not None and is_blocked else None,
                failed_at=failed.get(row.id),
                supports=tuple(
                    Support(each.id, each.key, each.closed_on is None) for each in supports[row.id]
                ),
                askings=tuple(
                    PastAsking(
                        each.episode_id, OccasionState(each.state), each.offered_at, each.ended_at
                    )
                    for each in askings[row.id]
                ),
                facts=tuple(_fact(each) for each in facts[row.id]),
            )
        )
    return found


def _gather(
    connection: Connection, query: Select[Any]
) -> defaultdict[str, list[Row[*tuple[Any, ...]]]]:
    """Return rows by the participant whom they are about."""
    found: defaultdict[str, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.participant_id].append(row)
    return found


def _held_until() -> ScalarSelect[datetime | None]:
    lifted = select(func.max(suppressions.c.lifted_at))
    return lifted.where(suppressions.c.participant_id == participants.c.id).scalar_subquery()


def _chats(ids: Sequence[str]) -> Select[Any]:
    return (
        select(
            addresses.c.participant_id,
            func.max(addresses.c.used_at).label("used_at"),
            func.max(addresses.c.blocked_at).label("blocked_at"),
            func.count(addresses.c.blocked_at).label("blocked"),
            func.count().label("every"),
        )
        .where(addresses.c.participant_id.in_(ids))
        .group_by(addresses.c.participant_id)
    )


def _supports(ids: Sequence[str]) -> Select[Any]:
    return (
        select(
            participations.c.participant_id,
            support_episodes.c.id,
            support_episodes.c.key,
            support_episodes.c.closed_on,
        )
        .join(support_episodes, support_episodes.c.id == participations.c.episode_id)
        .where(participations.c.participant_id.in_(ids), participations.c.until.is_(None))
        .order_by(support_episodes.c.opened_on, support_episodes.c.id)
    )


def _askings(ids: Sequence[str], now: datetime) -> Select[Any]:
    lately = or_(occasions.c.ended_at.is_(None), occasions.c.ended_at > now - LOOK_BACK)
    return select(
        occasions.c.participant_id,
        occasions.c.episode_id,
        occasions.c.state,
        occasions.c.offered_at,
        occasions.c.ended_at,
    ).where(occasions.c.participant_id.in_(ids), lately)


def _facts(ids: Sequence[str]) -> Select[Any]:
    return (
        select(silences)
        .where(silences.c.participant_id.in_(ids), silences.c.over_at.is_(None))
        .order_by(silences.c.at, silences.c.id)
    )


def _fact(row: Row[*tuple[Any, ...]]) -> OpenFact:
    return OpenFact(
        row.id, SilenceKind(row.kind), row.at, row.handled_at, row.episode_id, row.episode_key
    )


def hold(work: Casework, ids: Iterable[str]) -> list[str]:
    """Keep these people for this transaction; return those whom nobody else holds.

    So two processes that look at the same time never write the same fact twice.
    """
    query = select(participants.c.id).where(participants.c.id.in_(list(ids)))
    query = query.order_by(participants.c.id)
    if work.connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True, key_share=True)
    return list(work.connection.execute(query).scalars())
