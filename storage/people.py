"""Who people are to us, and in which chats they speak with us: who is at the door, whom we reach.

It must not read answers or figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple, Protocol

from sqlalchemy import bindparam, select, update

from storage.among import ForMany
from storage.casework import LINK_ADDRESS, SET_CURRENT_RUN, USE_ADDRESS, AnyRow, Casework
from storage.prepared import Prepared
from storage.runs import COLUMNS, RunRow, StoredRun, run_from
from storage.sequence import new_id
from storage.tables import addresses, participants, runs
from storage.vault import INDEX_BYTES, Place
from surveys.people import AgeBand, OwnTime, Role, Suits, Voice, voice_for


class Standing(StrEnum):
    """How somebody stands with us."""

    INVITED = "invited"
    READING = "reading"
    NOT_NOW = "not-now"
    JOINED = "joined"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Person:
    """A participant: the pseudonym, the part they play and how they stand; no name anywhere."""

    id: str
    key: str
    role: Role
    age_band: AgeBand
    standing: Standing
    resting_until: datetime | None
    wrapped_key: bytes
    current_run: str | None
    suppressed_at: datetime | None = None
    council: str | None = None
    suits: Suits | None = None
    at_most_days: int = 1

    @property
    def own_time(self) -> OwnTime:
        """What decides at which times they may be asked."""
        return OwnTime(self.age_band, self.council, self.suits, self.at_most_days)

    @property
    def voice(self) -> Voice:
        """The voice in which we speak to them."""
        return voice_for(self.role, self.age_band)


@dataclass(frozen=True, slots=True)
class Address:
    """A chat: its channel and its number there, decrypted."""

    id: str
    channel: str
    chat_id: int


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """What we know of a chat that speaks to us now, with the run that its person is in."""

    address: Address
    person: Person | None
    run: StoredRun | None


USED_AGAIN_AFTER: Final = timedelta(hours=1)
"""How long a chat may be in use before that is written down again: where somebody has two, the one
used last is where they are asked, and an hour is exact enough for askings weeks apart."""


class PersonRow(NamedTuple):
    """The columns of a person, in the order in which they are read."""

    person_id: str
    key: str
    role: str
    age_band: str
    standing: str
    resting_until: datetime | None
    wrapped_key: bytes
    current_run: str | None
    suppressed_at: datetime | None
    council: str | None
    suits: str | None
    at_most_days: int


_PERSON_COLUMNS: Final = (
    participants.c.id.label("person_id"),
    participants.c.key,
    participants.c.role,
    participants.c.age_band,
    participants.c.status.label("standing"),
    participants.c.resting_until,
    participants.c.wrapped_key,
    participants.c.current_run,
    participants.c.suppressed_at,
    participants.c.council,
    participants.c.suits,
    participants.c.at_most_days,
)

_PERSON: Final = Prepared(
    select(*_PERSON_COLUMNS).where(participants.c.id == bindparam("participant"))
)
_PEOPLE: Final = ForMany(lambda among: select(*_PERSON_COLUMNS).where(among(participants.c.id)))
_AT_THE_DOOR: Final = (
    select(
        addresses.c.id.label("address_id"),
        addresses.c.chat_index,
        addresses.c.used_at,
        addresses.c.blocked_at,
        *_PERSON_COLUMNS,
        *COLUMNS,
    )
    .select_from(
        addresses.outerjoin(
            participants, participants.c.id == addresses.c.participant_id
        ).outerjoin(runs, runs.c.id == participants.c.current_run)
    )
    .where(addresses.c.chat_index == bindparam("chat"))
)
_OPEN_THE_DOOR: Final = Prepared(_AT_THE_DOOR, _AT_THE_DOOR.with_for_update(of=addresses))
_PERSON_AT: Final = 4
_RUN_AT: Final = _PERSON_AT + len(_PERSON_COLUMNS)


def chat_index(work: Casework, channel: str, chat_id: int) -> bytes:
    """Return the keyed hash under which a chat is stored."""
    return work.vault.index("chat", f"{channel}:{chat_id}")


def chat_indexes(work: Casework, channel: str, chat_id: int) -> list[bytes]:
    """Return the keyed hashes under which a chat may be found, also one from before a new key."""
    return work.vault.indexes("chat", f"{channel}:{chat_id}")


def who_is_at_the_door(
    work: Casework, chats: Iterable[tuple[str, int]], now: datetime
) -> dict[tuple[str, int], AtTheDoor]:
    """Load everybody who speaks now, with their current run.

    A chat that we have never seen gets an address without a person, so that it can be answered.
    On PostgreSQL the addresses are locked in order, so that one chat is served by one process.
    What stands beside them may be older than the lock: whoever changes a person or a run says what
    was read (see casework), and is told when that is not true any more.
    """
    wanted = sorted((index, chat) for chat in chats for index in chat_indexes(work, *chat))
    rows = _OPEN_THE_DOOR.fetch(work.connection, [{"chat": index} for index, _ in wanted])
    found: dict[tuple[str, int], AtTheDoor] = {}
    for (_, chat), known in zip(wanted, rows, strict=True):
        for row in known:
            address_id, used_at, blocked_at = row[0], row[2], row[3]
            found[chat] = _meet(Address(address_id, *chat), row)
            if blocked_at is not None or now - used_at > USED_AGAIN_AFTER:
                seen = {"row_id": address_id, "used_at": now, "blocked_at": None}
                work.change(USE_ADDRESS, seen)
    for _, chat in wanted:
        if chat not in found:
            found[chat] = AtTheDoor(_add_address(work, chat, now), None, None)
    return found


def _meet(address: Address, row: Sequence[Any]) -> AtTheDoor:
    """Build who is there from a row of the query above."""
    person, run = PersonRow(*row[_PERSON_AT:_RUN_AT]), RunRow(*row[_RUN_AT:])
    return AtTheDoor(
        address,
        person_from(person) if person.person_id is not None else None,
        run_from(run) if run.run_id is not None else None,
    )


def person_from(row: PersonRow | AnyRow) -> Person:
    """Build a person from a row that carries the person's columns."""
    return Person(
        id=row.person_id,
        key=row.key,
        role=Role(row.role),
        age_band=AgeBand(row.age_band),
        standing=Standing(row.standing),
        resting_until=row.resting_until,
        wrapped_key=row.wrapped_key,
        current_run=row.current_run,
        suppressed_at=row.suppressed_at,
        council=row.council,
        suits=Suits(row.suits) if row.suits is not None else None,
        at_most_days=row.at_most_days,
    )


def load_person(work: Casework, participant_id: str) -> Person | None:
    """Return one participant, or None."""
    (found,) = _PERSON.fetch(work.connection, [{"participant": participant_id}])
    return person_from(PersonRow(*found[0])) if found else None


def load_people(work: Casework, participant_ids: Iterable[str]) -> dict[str, Person]:
    """Return these participants by their ids; those who do not exist are left out."""
    found = _PEOPLE.fetch(work.connection, participant_ids)
    return {row[0]: person_from(PersonRow(*row)) for row in found}


def reach(work: Casework, participant_id: str) -> Address | None:
    """Return the chat in which somebody can be reached now: used last and not blocked."""
    query = (
        select(addresses)
        .where(addresses.c.participant_id == participant_id, addresses.c.blocked_at.is_(None))
        .order_by(addresses.c.used_at.desc(), addresses.c.id)
        .limit(1)
    )
    row = work.connection.execute(query).one_or_none()
    return open_address(work, row) if row is not None else None


class ChatRow(Protocol):
    """What an address row must carry to be opened."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def channel(self) -> str:
        """Its channel."""
        ...

    @property
    def chat_cipher(self) -> bytes:
        """Its number there, locked."""
        ...


def open_address(work: Casework, row: ChatRow | AnyRow) -> Address:
    """Decrypt the chat number of an address row (columns id, channel, chat_cipher)."""
    place = Place("addresses", "chat_cipher", row.id)
    return Address(row.id, row.channel, int(work.vault.open(place, row.chat_cipher)))


def link(
    work: Casework, address: Address, before: Person | None, person: Person, now: datetime
) -> Address:
    """Make this chat the one of this person; return its address.

    A chat that was somebody else's before gets a new address: what was said in it stays with them.
    """
    if before is not None and before.id != person.id:
        _retire(work, address, now)
        address = _add_address(work, (address.channel, address.chat_id), now)
    linked = {
        "row_id": address.id,
        "participant_id": person.id,
        "linked_at": now,
        "used_at": now,
    }
    work.change(LINK_ADDRESS, linked)
    return address


def _retire(work: Casework, address: Address, now: datetime) -> None:
    """Keep the address for what was said there, but never find or use it again."""
    work.connection.execute(
        update(addresses)
        .where(addresses.c.id == address.id)
        .values(chat_index=work.entropy(INDEX_BYTES), blocked_at=now)
    )


def set_current_run(work: Casework, person: Person, run_id: str) -> None:
    """Remember which run this person is in."""
    work.change(SET_CURRENT_RUN, {**as_read(person), "current_run": run_id})


def as_read(person: Person) -> dict[str, str | None]:
    """Return what must still be true of somebody when their row is changed."""
    return {
        "row_id": person.id,
        "seen_status": person.standing.value,
        "seen_run": person.current_run,
    }


def _add_address(work: Casework, chat: tuple[str, int], now: datetime) -> Address:
    address = Address(new_id(work.entropy), chat[0], chat[1])
    work.insert(
        addresses,
        {
            "id": address.id,
            "participant_id": None,
            "channel": address.channel,
            "chat_index": chat_index(work, *chat),
            "chat_cipher": work.vault.seal(
                Place("addresses", "chat_cipher", address.id), str(address.chat_id).encode()
            ),
            "linked_at": now,
            "used_at": now,
            "blocked_at": None,
        },
    )
    return address


def set_blocked(
    work: Casework, channel: str, chat_id: int, blocked_at: datetime | None
) -> str | None:
    """Mark a chat as blocked or open again; return whose it is."""
    here = addresses.c.chat_index.in_(chat_indexes(work, channel, chat_id))
    work.connection.execute(update(addresses).where(here).values(blocked_at=blocked_at))
    query = select(addresses.c.participant_id).where(here)
    return work.connection.execute(query).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Reach:
    """One chat of somebody, without its number: the channel and when it was linked."""

    channel: str
    linked_at: datetime
    blocked_at: datetime | None


def chats_of(work: Casework, participant_id: str) -> list[Reach]:
    """Return through which chats somebody speaks with us."""
    query = select(addresses.c.channel, addresses.c.linked_at, addresses.c.blocked_at).where(
        addresses.c.participant_id == participant_id
    )
    return [Reach(*row) for row in work.connection.execute(query.order_by(addresses.c.linked_at))]
