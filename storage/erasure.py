"""Takes one person out of every table: their key and words go, figures are cut from them.

What becomes of each table is written down below, beside whose rows it holds; a table that is
somebody's and has no fate is a fault. It must not decide who may be forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, delete, or_, select, update

from storage import tables
from storage.casework import Casework
from storage.changes import CONTRACT
from storage.sequence import new_id
from storage.subjects import Subject, rows_of
from storage.vault import INDEX_BYTES, Place

_NOBODYS_CASE: Final = "forgotten"


class Fate(StrEnum):
    """What becomes of somebody's rows in one table when they are forgotten."""

    GONE = "gone"
    """The rows are deleted."""
    EMPTIED = "emptied"
    """The rows stay, without content and without pointing at anybody: that something was done."""
    CUT = "cut"
    """The rows stay under a new pseudonym that belongs to nobody."""
    OF_CHILD = "child's"
    """Gone or emptied only when the child is forgotten; a carer's wish does not touch them."""
    STAYS = "stays"
    """The rows say nothing about the person once everything else is done."""


FATES: Final[Mapping[str, Fate]] = {
    "children": Fate.OF_CHILD,
    "participants": Fate.GONE,
    "invitations": Fate.GONE,
    "addresses": Fate.GONE,
    "visitors": Fate.GONE,
    "nudges": Fate.GONE,
    "glimpses": Fate.OF_CHILD,
    "support_episodes": Fate.OF_CHILD,
    "characteristics": Fate.OF_CHILD,
    "sdq_totals": Fate.OF_CHILD,
    "episode_changes": Fate.OF_CHILD,
    "participations": Fate.GONE,
    "occasions": Fate.GONE,
    "suppressions": Fate.GONE,
    "silences": Fate.GONE,
    "runs": Fate.GONE,
    "words": Fate.GONE,
    "concerns": Fate.EMPTIED,
    "alerts": Fate.EMPTIED,
    "alert_steps": Fate.STAYS,
    "notices": Fate.GONE,
    "inbox": Fate.EMPTIED,
    "outbox": Fate.GONE,
    "transcripts": Fate.GONE,
    "goals": Fate.GONE,
    "goal_ratings": Fate.GONE,
    "agreements": Fate.GONE,
    "wishes": Fate.GONE,
    "legal_holds": Fate.GONE,
    "filings": Fate.STAYS,
    "observations": Fate.CUT,
    "pairs": Fate.CUT,
    "word_themes": Fate.GONE,
    "reply_tellings": Fate.GONE,
}
"""What becomes of every table that is somebody's; what is nobody's stays as it is."""


def forget(work: Casework, subject: Subject, now: datetime) -> None:
    """Take somebody out of every table, inside a transaction."""
    _empty_inbox(work, subject, now)
    _empty_safety(work.connection, subject)
    _cut_figures(work, subject)
    for table in reversed(tables.metadata.sorted_tables):
        if FATES.get(table.name) is Fate.GONE:
            theirs = rows_of(table, subject)
            work.connection.execute(delete(table).where(theirs))
    if subject.child is not None:
        _forget_child(work, subject.child, subject)


# --- what stays without content -------------------------------------------------------------------


def _empty_inbox(work: Casework, subject: Subject, now: datetime) -> None:
    """Drop what waits to be handled from these chats; its number stays, so it counts only once."""
    inbox = tables.inbox
    waiting = work.connection.execute(select(inbox).where(inbox.c.payload_cipher.is_not(None)))
    for row in waiting.all():
        place = Place("inbox", "payload_cipher", f"{row.channel}:{row.update_id}")
        payload = work.vault.open(place, row.payload_cipher)
        if any(
            _names(payload, number) for channel, number in subject.chats if channel == row.channel
        ):
            done = update(inbox).where(inbox.c.id == row.id)
            work.connection.execute(done.values(payload_cipher=None, handled_at=now))


def _names(payload: bytes, number: int) -> bool:
    """Whether a chat's number stands in an update, wherever that is."""
    return re.search(rb"(?<!\d)%d(?!\d)" % number, payload) is not None


def _empty_safety(connection: Connection, subject: Subject) -> None:
    """Keep that something was raised and handled, when and by whom; nothing about what or whose."""
    concerns, alerts = tables.concerns, tables.alerts
    theirs = or_(
        concerns.c.participant_id == subject.id,
        concerns.c.words_id.in_(select(tables.words.c.id).where(rows_of(tables.words, subject))),
    )
    empty = {"participant_id": None, "words_id": None, "categories": "[]", "reasons": "[]"}
    connection.execute(update(concerns).where(theirs).values(empty))
    raised = update(alerts).where(alerts.c.participant_id == subject.id)
    connection.execute(raised.values(participant_id=None))


def _cut_figures(work: Casework, subject: Subject) -> None:
    """Put a pseudonym that nobody has in place of theirs: what was counted stays counted.

    Also whoever kept an old copy, which knows whose the old pseudonym was, finds nothing by it.
    """
    nobody = new_id(work.entropy)
    for table in (tables.observations, tables.pairs):
        theirs = update(table).where(table.c.participant_key == subject.key)
        work.connection.execute(theirs.values(participant_key=nobody))


# --- what is about the child ----------------------------------------------------------------------


def _forget_child(work: Casework, child: str, subject: Subject) -> None:
    """Take away what staff noted about a child; the case reference too, where nobody is left."""
    for table in (tables.characteristics, tables.sdq_totals):
        work.connection.execute(delete(table).where(rows_of(table, subject)))
    noted = tables.episode_changes
    contract = noted.c.what.in_([each.value for each in CONTRACT])
    work.connection.execute(delete(noted).where(noted.c.episode_id.in_(subject.episodes), contract))
    looked = update(tables.glimpses).where(tables.glimpses.c.child_id == child)
    work.connection.execute(looked.values(reason=_NOBODYS_CASE))
    support = update(tables.support_episodes).where(tables.support_episodes.c.child_id == child)
    work.connection.execute(support.values(dict.fromkeys(_FACTS)))
    if subject.child_goes_too:
        work.connection.execute(support.values(ref_index=None, ref_cipher=None))
        _forget_case(work, child)


_FACTS: Final = (
    "child_age",
    "unplanned_moves",
    "away_at_start",
    "away_at_end",
    "plan_on",
    "disengaged_on",
    "back_on",
)
"""What staff noted of a child's support for the contract."""


def _forget_case(work: Casework, child: str) -> None:
    """Put a reference that no case system has in place of the child's."""
    place = Place("children", "ref_cipher", child)
    nobodys = f"{_NOBODYS_CASE}-{new_id(work.entropy)[:6]}"
    work.connection.execute(
        update(tables.children)
        .where(tables.children.c.id == child)
        .values(
            ref_cipher=work.vault.seal(place, nobodys.encode()),
            ref_index=work.entropy(INDEX_BYTES),
        )
    )
