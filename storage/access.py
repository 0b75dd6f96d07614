"""Who of the staff and the commissioners may come in: one-time codes and signed-in browsers.

Only keyed hashes of the secrets are stored. A name is one person however it is written: capital
letters make no difference here, as they make none in accounts and caseloads.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Table, delete, select, update

from storage.casework import Casework
from storage.sequence import new_id
from storage.tables import keycards, sign_ins

SIGNED_IN_FOR: Final = timedelta(hours=12)
"""How long a browser stays signed in at most, whatever is done in it."""

IDLE_FOR: Final = timedelta(hours=1)
"""How long a browser stays signed in in which nobody does anything."""

_PROGRAM: Final = "program"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is signed in: the name staff know them by, and their roles.

    `role` holds several with spaces between them. `strong`: they showed a second factor, too.
    """

    who: str
    role: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A way in that works: a link that was handed out, or else a signed-in browser or a key."""

    who: str
    role: str
    expires_at: datetime
    is_link: bool


def tidy_name(who: str) -> str:
    """Return the one way in which a name is written down, and compared."""
    return who.strip().casefold()


def add_keycard(
    work: Casework, someone: SignedIn, expires_at: datetime, now: datetime, *, reusable: bool
) -> str:
    """Gather a code that lets this person in, once unless `reusable`; return it."""
    code = new_id(work.entropy) + new_id(work.entropy)[:10]
    work.insert(
        keycards,
        {
            "id": new_id(work.entropy),
            "code_index": work.vault.index("keycard", code),
            "who": tidy_name(someone.who),
            "role": someone.role,
            "made_at": now,
            "expires_at": expires_at,
            "used_at": None,
            "reusable": reusable,
        },
    )
    return code


def look_at_keycard(work: Casework, code: str, now: datetime) -> SignedIn | None:
    """Return whom an unused code is for, without using it up; None when it does not work."""
    query = select(keycards.c.who, keycards.c.role).where(
        keycards.c.code_index.in_(work.vault.indexes("keycard", code.strip().lower()[:64])),
        keycards.c.expires_at > now,
        keycards.c.used_at.is_(None),
    )
    row = work.connection.execute(query).one_or_none()
    return SignedIn(row.who, row.role) if row is not None else None


def drop_keycards(work: Casework, who: str, *, role: str = "", but_not_for: str = "") -> int:
    """Let codes of this name end, all but those for one role or only those for one; how many."""
    theirs = delete(keycards).where(keycards.c.who.in_(_written(work, keycards, who)))
    if role:
        theirs = theirs.where(keycards.c.role == role)
    return work.connection.execute(theirs.where(keycards.c.role != but_not_for)).rowcount


def use_keycard(
    work: Casework, code: str, now: datetime, *, but_not_for: str = ""
) -> SignedIn | None:
    """Return whom this code lets in, or None when it is wrong, expired or used.

    `but_not_for`: a role whose codes are none here, and stay unused.
    """
    query = select(keycards).where(
        keycards.c.code_index.in_(work.vault.indexes("keycard", code.strip().lower()[:64])),
        keycards.c.expires_at > now,
        keycards.c.role != but_not_for,
    )
    card = work.connection.execute(query).one_or_none()
    if card is None:
        return None
    fresh = update(keycards).where(keycards.c.id == card.id)
    if not card.reusable:
        fresh = fresh.where(keycards.c.used_at.is_(None))
    if work.connection.execute(fresh.values(used_at=now)).rowcount != 1:
        return None
    return SignedIn(card.who, card.role)


def sign_in(work: Casework, someone: SignedIn, now: datetime) -> str:
    """Remember a signed-in browser; return the secret for its cookie."""
    token = new_id(work.entropy) + new_id(work.entropy)
    work.connection.execute(
        sign_ins.insert(),
        {
            "token_index": work.vault.index("sign-in", token),
            "who": tidy_name(someone.who),
            "role": someone.role,
            "made_at": now,
            "expires_at": now + SIGNED_IN_FOR,
            "seen_at": now,
            "strong": someone.strong,
        },
    )
    return token


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in: as whom, and when something was last done in it."""

    someone: SignedIn
    seen_at: datetime


def session_of(work: Casework, token: str, now: datetime) -> Session | None:
    """Return who is signed in with this cookie, or None: nobody, too long ago, or too long idle."""
    query = select(sign_ins.c.who, sign_ins.c.role, sign_ins.c.strong, sign_ins.c.seen_at).where(
        sign_ins.c.token_index.in_(work.vault.indexes("sign-in", token)),
        sign_ins.c.expires_at > now,
        sign_ins.c.seen_at > now - IDLE_FOR,
    )
    row = work.connection.execute(query).one_or_none()
    if row is None:
        return None
    return Session(SignedIn(row.who, row.role, row.strong), row.seen_at)


def note_seen(work: Casework, token: str, now: datetime) -> None:
    """Remember that something is done in a browser, so that it does not count as idle."""
    indexes = work.vault.indexes("sign-in", token)
    seen = update(sign_ins).where(sign_ins.c.token_index.in_(indexes), sign_ins.c.seen_at < now)
    work.connection.execute(seen.values(seen_at=now))


def sign_out(work: Casework, token: str) -> None:
    """Forget a signed-in browser."""
    indexes = work.vault.indexes("sign-in", token)
    work.connection.execute(delete(sign_ins).where(sign_ins.c.token_index.in_(indexes)))


def sign_out_everywhere(work: Casework, who: str) -> int:
    """Forget every browser in which this name is signed in, keys of programs aside; how many."""
    names = _written(work, sign_ins, who)
    theirs = delete(sign_ins).where(sign_ins.c.who.in_(names), sign_ins.c.seen_at.is_not(None))
    return work.connection.execute(theirs).rowcount


def add_token(work: Casework, someone: SignedIn, expires_at: datetime, now: datetime) -> str:
    """Remember a program that may call us until then; return the secret that it shows each time.

    No browser is signed in with it, and what browsers hold does not open what it opens.
    """
    token = new_id(work.entropy) + new_id(work.entropy)
    work.connection.execute(
        sign_ins.insert(),
        {
            "token_index": work.vault.index(_PROGRAM, token),
            "who": someone.who,
            "role": someone.role,
            "made_at": now,
            "expires_at": expires_at,
        },
    )
    return token


def holder_of(work: Casework, token: str, now: datetime) -> SignedIn | None:
    """Return which program calls with this secret, or None."""
    query = select(sign_ins.c.who, sign_ins.c.role).where(
        sign_ins.c.token_index.in_(work.vault.indexes(_PROGRAM, token)),
        sign_ins.c.expires_at > now,
    )
    row = work.connection.execute(query).one_or_none()
    return SignedIn(*row) if row is not None else None


def revoke(work: Casework, who: str) -> int:
    """End every sign-in, token and unused code of this name; return how many."""
    ended = 0
    for table in (sign_ins, keycards):
        theirs = delete(table).where(table.c.who.in_(_written(work, table, who)))
        ended += work.connection.execute(theirs).rowcount
    return ended


def _written(work: Casework, table: Table, who: str) -> list[str]:
    """Return how a name is written in a table: programs' names are kept as somebody typed them.

    Compared here, as databases differ in which capital letters they know.
    """
    names = work.connection.scalars(select(table.c.who).distinct())
    return [name for name in names if tidy_name(name) == tidy_name(who)]


def ways_in(work: Casework, now: datetime) -> list[Way]:
    """Return every way in that works now, by name; a secret is not among what is stored."""
    unused = (keycards.c.expires_at > now) & (keycards.c.reusable | keycards.c.used_at.is_(None))
    links = select(keycards.c.who, keycards.c.role, keycards.c.expires_at).where(unused)
    others = select(sign_ins.c.who, sign_ins.c.role, sign_ins.c.expires_at).where(
        sign_ins.c.expires_at > now
    )
    found = [Way(*row, is_link=True) for row in work.connection.execute(links)]
    found += [Way(*row, is_link=False) for row in work.connection.execute(others)]
    return sorted(found, key=lambda each: (each.who, each.role, each.expires_at))


def forget_expired(work: Casework, now: datetime) -> None:
    """Drop sign-ins and codes that no longer let anybody in."""
    work.connection.execute(delete(sign_ins).where(sign_ins.c.expires_at <= now))
    work.connection.execute(delete(keycards).where(keycards.c.expires_at <= now))
