"""That people went quiet and came back: facts with a kind and a time, and what they are told from.

It must not read an answer or any words, and no figure may take silence for wellbeing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, ScalarSelect, Select, func, or_, select, update

from storage.casework import Casework
from storage.occasions import OccasionState
from storage.sequence import new_id, number_at
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


class SilenceKind(StrEnum):
    """How somebody went quiet; `re-engaged` is that they came back.

    `blocked`: every chat of theirs is blocked. `undeliverable`: an asking could not be delivered.
    `unanswered-twice`: two askings in a row ran out without any sign of life. `disengaged`: asked,
    and no sign of life for as long as the service has set.
    """

    BLOCKED = "blocked"
    UNDELIVERABLE = "undeliverable"
    UNANSWERED_TWICE = "unanswered-twice"
    DISENGAGED = "disengaged"
    RE_ENGAGED = "re-engaged"


GONE_QUIET: Final = (
    SilenceKind.BLOCKED.value,
    SilenceKind.UNDELIVERABLE.value,
    SilenceKind.DISENGAGED.value,
)
"""The kinds in which nobody is there to answer: figures say so, rather than `no reply`."""

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
class OpenFact:
    """A silence that has not ended."""

    id: str
    kind: SilenceKind
    at: datetime
    handled_at: datetime | None
    episode_id: str | None
    episode_key: str | None


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


# --- reading --------------------------------------------------------------------------


def ids_after(connection: Connection, after: str, most: int) -> list[str]:
    """Return the next people whose silence could be news, in a fixed order."""
    has_fact = participants.c.id.in_(
        select(silences.c.participant_id).where(silences.c.over_at.is_(None))
    )
    query = (
        select(participants.c.id)
        .where(participants.c.id > after, or_(participants.c.status == "joined", has_fact))
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
            later.c.state == "sent",
        )
        .exists()
    )
    query = (
        select(addresses.c.participant_id, func.max(outbox.c.made_at))
        .join(addresses, addresses.c.id == outbox.c.address_id)
        .where(
            outbox.c.id >= number_at(now - FAILED_SINCE),
            outbox.c.state == "failed",
            outbox.c.urgency == "asking",
            outbox.c.kind == "send",
            addresses.c.participant_id.is_not(None),
            ~reached,
        )
        .group_by(addresses.c.participant_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def traces(
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


# --- writing --------------------------------------------------------------------------


def hold(work: Casework, ids: Iterable[str]) -> list[str]:
    """Keep these people for this transaction; return those whom nobody else holds.

    So two processes that look at the same time never write the same fact twice.
    """
    query = select(participants.c.id).where(participants.c.id.in_(list(ids)))
    query = query.order_by(participants.c.id)
    if work.connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True, key_share=True)
    return list(work.connection.execute(query).scalars())


def add(
    work: Casework,
    trace: Trace,
    support: tuple[str | None, str | None],
    kind: SilenceKind,
    at: datetime,
) -> None:
    """Gather one fact; `support` is the id and the key of the support episode, where there is one.

    That somebody came back is over as soon as it is written down.
    """
    work.insert(
        silences,
        {
            "id": new_id(work.entropy),
            "participant_id": trace.participant_id,
            "participant_key": trace.participant_key,
            "episode_id": support[0],
            "episode_key": support[1],
            "kind": kind.value,
            "at": at,
            "over_at": at if kind is SilenceKind.RE_ENGAGED else None,
            "handled_at": None,
            "handled_by": None,
        },
    )


def end(work: Casework, fact_ids: Sequence[str], over_at: datetime) -> None:
    """Say that these silences are over."""
    work.connection.execute(
        update(silences)
        .where(silences.c.id.in_(fact_ids), silences.c.over_at.is_(None))
        .values(over_at=over_at)
    )


def bring_back(work: Casework, fact_ids: Sequence[str]) -> None:
    """Put facts back on the list of staff: what they took care of happened anew."""
    anew = {"handled_at": None, "handled_by": None}
    work.connection.execute(update(silences).where(silences.c.id.in_(fact_ids)).values(anew))


def mark_handled(work: Casework, fact_id: str, who: str, now: datetime) -> bool:
    """Say that a named person takes care of it; False when somebody does already, or it is over."""
    waits = (silences.c.over_at.is_(None), silences.c.handled_at.is_(None))
    done = update(silences).where(silences.c.id == fact_id, *waits)
    values = {"handled_at": now, "handled_by": who}
    return work.connection.execute(done.values(values)).rowcount == 1


def take_back_handled(work: Casework, fact_id: str) -> bool:
    """Undo that; False where there is nothing to undo."""
    done = update(silences).where(silences.c.id == fact_id, silences.c.handled_at.is_not(None))
    values = {"handled_at": None, "handled_by": None}
    return work.connection.execute(done.values(values)).rowcount == 1


@dataclass(frozen=True, slots=True)
class KeptSilence:
    """A fact as it is kept about one person: for their own export."""

    kind: str
    at: datetime
    over_at: datetime | None
    handled_at: datetime | None


def of_participant(connection: Connection, participant_id: str) -> list[KeptSilence]:
    """Return every such fact about one person, oldest first."""
    query = select(silences.c.kind, silences.c.at, silences.c.over_at, silences.c.handled_at).where(
        silences.c.participant_id == participant_id
    )
    ordered = query.order_by(silences.c.at, silences.c.id)
    return [KeptSilence(*row) for row in connection.execute(ordered)]
