"""What the clock has to know before it asks somebody: read for many people with few queries.

It must not decide anything, and it reads no answers.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, Connection, Select, bindparam, func, select

from storage import episodes, people, runs
from storage.among import Among, ForMany
from storage.casework import Casework
from storage.episodes import SupportEpisode
from storage.occasions import Occasion
from storage.outbox import Delivery, OutgoingKind, Urgency
from storage.people import Address, Person
from storage.runs import StoredRun
from storage.sequence import number_at
from storage.tables import Instant, addresses, concerns, occasions, outbox, suppressions


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
    it. `asked` maps participants to the occasions on which they were asked lately, and when last:
    for as many days as they themselves want between two askings.
    `worried` are those with a concern that nobody has acknowledged. `held_until` says since when
    those whom staff had held back may be asked again.
    """

    people: Mapping[str, Person]
    chats: Mapping[str, Chats]
    runs: Mapping[str, StoredRun]
    taking_part: Mapping[tuple[str, str], SupportEpisode]
    asked: Mapping[str, Mapping[str, datetime]]
    worried: frozenset[str]
    held_until: Mapping[str, datetime]


def look_around(work: Casework, claimed: Sequence[Occasion], today: datetime) -> Scene:
    """Read what decides about these due moments; `today` is when the local day began.

    On PostgreSQL the chats of these people are locked as the reception locks them, without waiting
    for anybody: what is read after that stays true until the commit.
    """
    whose = sorted({each.participant_id for each in claimed})
    held = _hold_chats(work, whose)
    chats = _chats_of_each(work, whose, held)
    persons = people.load_people(work, whose)
    current = [each.current_run for each in persons.values() if each.current_run]
    begun = [each.run_id for each in claimed if each.run_id]
    return Scene(
        people=persons,
        chats=chats,
        runs=runs.load_runs(work, {*current, *begun}),
        taking_part=episodes.taking_part(work, whose, {each.episode_id for each in claimed}),
        asked=_asked_since(work, held, whose, _first_day(persons.values(), today)),
        worried=_worried(work, whose),
        held_until=_held_until(work, whose),
    )


def asked_last(connection: Connection, address_id: str) -> str | None:
    """Return the occasion that the newest message in a chat asks about, or None."""
    query = select(outbox.c.occasion_id).where(
        outbox.c.address_id == address_id,
        outbox.c.kind.in_([OutgoingKind.SEND.value, OutgoingKind.PICTURE.value]),
    )
    newest = query.order_by(outbox.c.id.desc()).limit(1)
    return connection.execute(newest).scalar_one_or_none()


def awaited(connection: Connection, address_id: str) -> str | None:
    """Return what words the newest message in a chat asks for, outside the questions; or None."""
    query = select(outbox.c.body).where(
        outbox.c.address_id == address_id,
        outbox.c.kind.in_([OutgoingKind.SEND.value, OutgoingKind.PICTURE.value]),
    )
    newest = query.order_by(outbox.c.id.desc()).limit(1)
    body = connection.execute(newest).scalar_one_or_none()
    found: str | None = json.loads(body).get("awaits") if body else None
    return found


def _chats_of(among: Among) -> Select[*tuple[Any, ...]]:
    columns = [addresses.c[name] for name in _ChatRow._fields]
    query = select(*columns).where(among(addresses.c.participant_id))
    return query.order_by(addresses.c.used_at.desc(), addresses.c.id)


def _number_of_chats(among: Among) -> Select[*tuple[Any, ...]]:
    counted = select(addresses.c.participant_id, func.count())
    return counted.where(among(addresses.c.participant_id)).group_by(addresses.c.participant_id)


class _ChatRow(NamedTuple):
    id: str
    participant_id: str
    channel: str
    chat_cipher: bytes
    blocked_at: datetime | None


_CHATS: Final = ForMany(_chats_of, lambda among: _chats_of(among).with_for_update(skip_locked=True))
_NUMBERS: Final = ForMany(_number_of_chats)


_Held = Mapping[str, Sequence[_ChatRow]]


def _hold_chats(work: Casework, whose: Sequence[str]) -> _Held:
    """Return everybody's chats but those that another process serves, the one used last first."""
    held: dict[str, list[_ChatRow]] = defaultdict(list)
    for values in _CHATS.fetch(work.connection, whose):
        row = _ChatRow(*values)
        held[row.participant_id].append(row)
    return held


def _chats_of_each(work: Casework, whose: Sequence[str], held: _Held) -> dict[str, Chats]:
    """Open everybody's chats; where one of them is served by another process, they are busy."""
    if work.connection.dialect.name != "postgresql":  # nobody else can hold any
        return {each: _chats(work, rows, len(rows)) for each, rows in held.items()}
    numbers = _NUMBERS.fetch(work.connection, whose)
    return {each: _chats(work, held.get(each, ()), number) for each, number in numbers}


def _chats(work: Casework, rows: Sequence[_ChatRow], number: int) -> Chats:
    """Return somebody's chats: those that we hold, of so many that there are."""
    is_open = next((row for row in rows if row.blocked_at is None), None)
    first = rows[0] if rows else None
    reach = people.open_address(work, is_open) if is_open is not None else None
    same = first is is_open
    return Chats(
        reach=reach,
        any=reach if same or first is None else people.open_address(work, first),
        busy=len(rows) < number,
    )


def _first_day(persons: Iterable[Person], today: datetime) -> datetime:
    """Return since when it matters that somebody was asked; a clock change makes days longer."""
    days = max((each.at_most_days for each in persons), default=1) - 1
    return today - timedelta(days=days, hours=2 if days else 0)


_UNTOLD: Final = (Delivery.CANCELLED.value, Delivery.FAILED.value, Delivery.BLOCKED.value)
_SINCE: Final = bindparam("since", type_=Instant)
_OFFERED: Final = ForMany(
    lambda among: select(occasions.c.participant_id, occasions.c.id, occasions.c.offered_at).where(
        among(occasions.c.participant_id), occasions.c.offered_at >= _SINCE
    )
)
_TOLD: Final = ForMany(
    lambda among: select(outbox.c.address_id, outbox.c.occasion_id, outbox.c.made_at).where(
        among(outbox.c.address_id),
        outbox.c.id >= bindparam("first", type_=BigInteger),
        outbox.c.urgency == Urgency.ASKING.value,
        outbox.c.occasion_id.is_not(None),
        outbox.c.made_at >= _SINCE,
        *(outbox.c.state != untold for untold in _UNTOLD),
    )
)
"""By their chats, and by number as the index holds them: years of messages are not looked at."""


def _asked_since(
    work: Casework, held: _Held, whose: Sequence[str], since: datetime
) -> dict[str, dict[str, datetime]]:
    """Return on which occasions people were asked, and when: offered, or reminded by the clock.

    Of somebody whom another process serves it may leave some out: they are not asked now.
    """
    asked: dict[str, dict[str, datetime]] = defaultdict(dict)
    for participant_id, occasion_id, at in _OFFERED.fetch(work.connection, whose, since=since):
        asked[participant_id][occasion_id] = at
    owners = {row.id: row.participant_id for rows in held.values() for row in rows}
    told = _TOLD.fetch(work.connection, owners, since=since, first=number_at(since))
    for address_id, occasion_id, at in told:
        theirs = asked[owners[address_id]]
        theirs[occasion_id] = max(theirs.get(occasion_id, at), at)
    return asked


_WORRIED: Final = ForMany(
    lambda among: select(concerns.c.participant_id).where(
        among(concerns.c.participant_id), concerns.c.acknowledged_at.is_(None)
    )
)
_HELD: Final = ForMany(
    lambda among: (
        select(suppressions.c.participant_id, suppressions.c.lifted_at)
        .where(among(suppressions.c.participant_id), suppressions.c.lifted_at.is_not(None))
        .order_by(suppressions.c.lifted_at)
    )
)


def _worried(work: Casework, whose: Sequence[str]) -> frozenset[str]:
    return frozenset(row[0] for row in _WORRIED.fetch(work.connection, whose))


def _held_until(work: Casework, whose: Sequence[str]) -> dict[str, datetime]:
    return {row[0]: row[1] for row in _HELD.fetch(work.connection, whose)}
