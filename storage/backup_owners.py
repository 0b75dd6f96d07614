"""Tells under whose key a row is locked in a backup, so that whoever is forgotten is unreadable.

It stands on `storage.ownership` and decides nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final, assert_never

from sqlalchemy import select

from storage import tables
from storage.casework import Casework
from storage.ownership import (
    OWNERS,
    Nobody,
    OfChat,
    OfChild,
    OfEpisode,
    OfEpisodeKey,
    OfParticipant,
    OfParticipantKey,
    Rule,
    Sealed,
    Through,
)
from storage.people import open_address

LEFT_OUT: Final = frozenset({"sign_ins", "keycards", "code_tries"})
"""Tables that are in no backup: a restored one must let nobody in who was let out since."""

_GO_WITH_THE_CHILD: Final = frozenset({"characteristics", "sdq_totals"})
"""What is deleted when a young person is forgotten, although support may go on."""

_PARENTS: Final = frozenset(rule.table for rule in OWNERS.values() if isinstance(rule, Through))
_PERSON: Final = "person "
_CHILD: Final = "child "


def of_person(participant_id: str) -> str:
    """Return how the key of somebody who answers is called in a backup."""
    return _PERSON + participant_id


def of_child(child_id: str) -> str:
    """Return how the key of a child's case is called in a backup."""
    return _CHILD + child_id


class Owners:
    """Whose key locks which row; tables must be asked for in the order of their references."""

    def __init__(self, work: Casework) -> None:
        """Look up who belongs to whom, in the moment that the transaction sees."""
        people, support = tables.participants, tables.support_episodes
        rows = work.connection.execute(select(people.c.id, people.c.child_id))
        self._young = {row.child_id: row.id for row in rows if row.child_id is not None}
        episodes = work.connection.execute(select(support.c.id, support.c.child_id))
        self._child_in = {row.id: row.child_id for row in episodes}
        self._chats = _web_chats(work)
        self._of_rows: dict[str, dict[object, str | None]] = defaultdict(dict)

    def of(self, table: str, row: Mapping[str, Any]) -> str | None:
        """Return the name of the key for a row, None where only the backup key locks it."""
        owner = self._by(table, OWNERS[table], row)
        if table in _PARENTS:
            self._of_rows[table][row["id"]] = owner
        return owner

    def _by(self, table: str, rule: Rule, row: Mapping[str, Any]) -> str | None:
        match rule:
            case OfParticipant(column):
                return of_person(row[column]) if row[column] is not None else None
            case OfChild(column):
                return self._about_child(table, row[column])
            case OfEpisode(column):
                return self._about_child(table, self._child_in[row[column]])
            case OfChat(column):
                return self._chats.get(row[column])
            case Through(parent, column):
                return self._of_rows[parent].get(row[column])
            case OfEpisodeKey() | OfParticipantKey() | Sealed() | Nobody():
                # Pseudonyms: whose they are is told by rows that are locked. Sealed: stays so.
                return None
            case _ as never:
                assert_never(never)

    def _about_child(self, table: str, child: str) -> str:
        young = self._young.get(child)
        if table in _GO_WITH_THE_CHILD and young is not None:
            return of_person(young)
        return of_child(child)


def _web_chats(work: Casework) -> dict[object, str]:
    """Return whose browser has which number, for chats that belong to somebody."""
    addresses = tables.addresses
    query = select(addresses).where(
        addresses.c.channel == "web", addresses.c.participant_id.is_not(None)
    )
    return {
        open_address(work, row).chat_id: of_person(row.participant_id)
        for row in work.connection.execute(query)
    }
