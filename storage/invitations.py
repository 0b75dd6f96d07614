"""Invitations: codes that let one person in once; only keyed hashes of them are stored.

It must not say anything to anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.casework import Casework
from storage.sequence import new_id
from storage.tables import code_tries, invitations

LIVES: Final = timedelta(hours=72)
"""How long an invitation can be used."""

TRY_WINDOW: Final = timedelta(minutes=15)
TRIES_IN_ONE_CHAT: Final = 6
TRIES_IN_ALL: Final = 300
"""Wrong codes within a quarter of an hour: from one chat, and from everywhere together."""

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_LOOKALIKES: Final = str.maketrans({"o": "0", "i": "1", "l": "1", "u": "v"})
_PLAIN_DIGITS: Final = frozenset("23456789")
_CODE_LENGTH: Final = 10
_EVERYWHERE: Final = b"everywhere"


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """The two secrets of an invitation, shown once: for a link, and short enough to type."""

    link_token: str
    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """A usable invitation."""

    id: str
    participant_id: str


def make(work: Casework, participant_id: str, now: datetime) -> NewInvitation:
    """Gather a new invitation and return its secrets, which are stored nowhere."""
    token = new_id(work.entropy) + new_id(work.entropy)[:10]
    code = _new_code(work)
    new = NewInvitation(token, f"{code[:5]}-{code[5:]}".upper(), now + LIVES)
    work.insert(
        invitations,
        {
            "id": new_id(work.entropy),
            "participant_id": participant_id,
            "link_index": work.vault.index("invitation", token),
            "code_index": work.vault.index("invitation", code),
            "made_at": now,
            "expires_at": new.expires_at,
            "redeemed_at": None,
        },
    )
    return new


def _new_code(work: Casework) -> str:
    """Return a code that is known as one however it is spelled: a digit in it is like no letter."""
    while True:
        code = "".join(_ALPHABET[byte & 31] for byte in work.entropy(_CODE_LENGTH))
        if not _PLAIN_DIGITS.isdisjoint(code):
            return code


def tidy_code(typed: str) -> str:
    """Return a code as it was made: one case, no spaces or dashes, look-alikes put right."""
    kept = "".join(char for char in typed.strip().lower() if char.isalnum())
    return kept if set(kept) <= set(_ALPHABET) else kept.translate(_LOOKALIKES)


def looks_like_code(typed: str) -> bool:
    """Tell whether typed words have the shape of a code: short or from a link.

    A short one may be typed in two halves. Without any digit it counts only with the dash that we
    print, because two words of five letters are words.
    """
    stripped = typed.strip()
    parts = stripped.split()
    printed = stripped.count("-") == 1 and [len(half) for half in stripped.split("-")] == [5, 5]
    return (
        (len(parts) == 1 or [len(part) for part in parts] == [5, 5])
        and (printed or any(char.isdigit() for char in stripped))
        and len(tidy_code(stripped)) in (_CODE_LENGTH, 26)
        and set(tidy_code(stripped)) <= set(_ALPHABET)
    )


def can_be_guessed(typed: str) -> bool:
    """Tell whether this may be one of the short codes: what comes with a link is beyond guessing.

    So nobody who guesses keeps out those who have a link, and words are no tries at all.
    """
    return len(tidy_code(typed)) == _CODE_LENGTH


def find(work: Casework, typed: str, now: datetime) -> Invitation | None:
    """Return the invitation of this code when it can still be used."""
    query = select(invitations.c.id, invitations.c.participant_id).where(
        _is_of_code(work, typed),
        invitations.c.redeemed_at.is_(None),
        invitations.c.expires_at > now,
    )
    row = work.connection.execute(query).first()
    return Invitation(*row) if row is not None else None


def whose(work: Casework, typed: str) -> str | None:
    """Return who was invited with this code, used and expired ones too, or None."""
    query = select(invitations.c.participant_id).where(_is_of_code(work, typed))
    return work.connection.execute(query).scalars().first()


def _is_of_code(work: Casework, typed: str) -> ColumnElement[bool]:
    indexes = work.vault.indexes("invitation", tidy_code(typed)[:64])
    return invitations.c.link_index.in_(indexes) | invitations.c.code_index.in_(indexes)


def pass_on(work: Casework, was: str, participant_id: str) -> None:
    """Let the invitations of one participant be those of another, who turned out to be the same."""
    theirs = update(invitations).where(invitations.c.participant_id == was)
    work.connection.execute(theirs.values(participant_id=participant_id))


@dataclass(frozen=True, slots=True)
class MadeInvitation:
    """An invitation as it stands: when it was made, until when it works, and when it was used."""

    made_at: datetime
    expires_at: datetime
    redeemed_at: datetime | None


def of_participant(work: Casework, participant_id: str) -> list[MadeInvitation]:
    """Return the invitations of one person, oldest first."""
    query = select(
        invitations.c.made_at, invitations.c.expires_at, invitations.c.redeemed_at
    ).where(invitations.c.participant_id == participant_id)
    rows = work.connection.execute(query.order_by(invitations.c.made_at, invitations.c.id))
    return [MadeInvitation(*row) for row in rows]


def redeem(work: Casework, invitation: Invitation, now: datetime) -> bool:
    """Use an invitation up; False when somebody else was quicker."""
    used = (
        update(invitations)
        .where(invitations.c.id == invitation.id, invitations.c.redeemed_at.is_(None))
        .values(redeemed_at=now)
    )
    return work.connection.execute(used).rowcount == 1


def may_try(work: Casework, chat: bytes | Sequence[bytes], now: datetime) -> bool:
    """Tell whether this chat may try a code now; chat: its index, or one for each key."""
    chats = [chat] if isinstance(chat, bytes) else chat
    limits = {**dict.fromkeys(chats, TRIES_IN_ONE_CHAT), _EVERYWHERE: TRIES_IN_ALL}
    query = select(code_tries.c.scope, code_tries.c.tries).where(
        code_tries.c.scope.in_(list(limits)), code_tries.c.since > now - TRY_WINDOW
    )
    return all(row.tries < limits[row.scope] for row in work.connection.execute(query))


def count_wrong_try(work: Casework, chat: bytes, now: datetime) -> None:
    """Remember a wrong code from this chat."""
    build = postgresql.insert if work.connection.dialect.name == "postgresql" else sqlite.insert
    for scope in (chat, _EVERYWHERE):
        stale = code_tries.c.since <= now - TRY_WINDOW
        statement = build(code_tries).values(scope=scope, since=now, tries=1)
        work.connection.execute(
            update(code_tries).where(code_tries.c.scope == scope, stale).values(since=now, tries=0)
        )
        work.connection.execute(
            statement.on_conflict_do_update(
                index_elements=[code_tries.c.scope], set_={"tries": code_tries.c.tries + 1}
            )
        )
