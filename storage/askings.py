"""What the clock has to know before it asks somebody: read for many people with few queries.

It must not decide anything, and it reads no answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from storage import episodes, people, runs
from storage.casework import Casework
from storage.episodes import SupportEpisode
from storage.occasions import Occasion
from storage.outbox import Delivery, OutgoingKind, Urgency
from storage.people import Address, Person
from storage.runs import StoredRun
from storage.tables import addresses, concerns, occasions, outbox


@dataclass(frozen=True, slots=True)
class Chats:
    """The chats of one person: where we write now, None where every chat is blocked.

    `any` is a chat even where it is blocked. `busy` says that somebody else serves them just now.
    """

    reach: Address | None
    any: Address | None
    busy: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """All that is known of those whose due moments were claimed together.

    `taking_part` maps participant and support episode to the episode, where they still answer in
    it. `asked` maps participants to the occasions on which they were asked since a moment.
    `worried` are those with a concern that nobody has acknowledged.
    """

    people: Mapping[str, Person]
    chats: Mapping[str, Chats]
    runs: Mapping[str, StoredRun]
    taking_part: Mapping[tuple[str, str], SupportEpisode]
    asked: Mapping[str, set[str]]
    worried: frozenset[str]


def look_around(work: Casework, claimed: Sequence[Occasion], since: datetime) -> Scene:
    """Read what decides about these due moments; `since` is when the local day began.

    On PostgreSQL the chats of these people are locked as the reception locks them, without waiting
    for anybody: what is read after that stays true until the commit.
    """
    whose = sorted({each.participant_id for each in claimed})
    chats = _hold_chats(work, whose)
    persons = people.load_people(work, whose)
    current = [each.current_run for each in persons.values() if each.current_run]
    begun = [each.run_id for each in claimed if each.run_id]
    return Scene(
        people=persons,
        chats=chats,
        runs=runs.load_runs(work, {*current, *begun}),
        taking_part=episodes.taking_part(work, whose, {each.episode_id for each in claimed}),
        asked=_asked_since(work, whose, since),
        worried=_worried(work, whose),
    )


def asked_last(connection: Connection, address_id: str) -> str | None:
    """Return the occasion that the newest message in a chat asks about, or None."""
    query = select(outbox.c.occasion_id).where(
        outbox.c.address_id == address_id,
        outbox.c.kind.in_([OutgoingKind.SEND.value, OutgoingKind.PICTURE.value]),
    )
    newest = query.order_by(outbox.c.id.desc()).limit(1)
    return connection.execute(newest).scalar_one_or_none()


def _hold_chats(work: Casework, whose: Sequence[str]) -> dict[str, Chats]:
    """Return everybody's chats; where one of them is served by another process, they are busy."""
    theirs = addresses.c.participant_id.in_(whose)
    query = select(addresses).where(theirs).order_by(addresses.c.used_at.desc(), addresses.c.id)
    if work.connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    held = defaultdict(list)
    for row in work.connection.execute(query):
        held[row.participant_id].append(row)
    counted = select(addresses.c.participant_id, func.count()).where(theirs)
    grouped = counted.group_by(addresses.c.participant_id)
    found = {}
    for participant_id, number in work.connection.execute(grouped):
        rows = held[participant_id]
        open_rows = [row for row in rows if row.blocked_at is None]
        found[participant_id] = Chats(
            reach=people.open_address(work, open_rows[0]) if open_rows else None,
            any=people.open_address(work, rows[0]) if rows else None,
            busy=len(rows) < number,
        )
    return found


def _asked_since(work: Casework, whose: Sequence[str], since: datetime) -> dict[str, set[str]]:
    """Return on which occasions people were asked: offered first, or reminded by the clock."""
    offered = select(occasions.c.participant_id, occasions.c.id).where(
        occasions.c.participant_id.in_(whose), occasions.c.offered_at >= since
    )
    untold = (Delivery.CANCELLED.value, Delivery.FAILED.value, Delivery.BLOCKED.value)
    told = (
        select(addresses.c.participant_id, outbox.c.occasion_id)
        .join(outbox, outbox.c.address_id == addresses.c.id)
        .where(
            addresses.c.participant_id.in_(whose),
            outbox.c.urgency == Urgency.ASKING.value,
            outbox.c.occasion_id.is_not(None),
            outbox.c.made_at >= since,
            outbox.c.state.not_in(untold),
        )
    )
    asked: dict[str, set[str]] = defaultdict(set)
    for query in (offered, told):
        for participant_id, occasion_id in work.connection.execute(query):
            asked[participant_id].add(occasion_id)
    return asked


def _worried(work: Casework, whose: Sequence[str]) -> frozenset[str]:
    query = select(concerns.c.participant_id).where(
        concerns.c.participant_id.in_(whose), concerns.c.acknowledged_at.is_(None)
    )
    return frozenset(work.connection.execute(query).scalars())
