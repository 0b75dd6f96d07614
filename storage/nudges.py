"""E-mail addresses to which we may say that something waits: sealed, and gone with one tap.

It must not send anything. No address is ever looked up by what it says, and of the secret in a
link only a keyed hash is stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, case, delete, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.casework import AnyRow, Casework
from storage.people import Person, Standing, chat_indexes
from storage.sequence import new_id
from storage.tables import addresses, code_tries, nudges, participants
from storage.vault import Place

ANSWER_WITHIN: Final = timedelta(hours=48)
"""How long the link in the first e-mail works; without a yes the address is forgotten then."""

ASKS_A_DAY: Final = 3
"""How often one person may have an address asked in a day: this fills nobody's letterbox."""

_WEB: Final = "web"
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Nudge:
    """Somebody's address and how it stands with it."""

    id: str
    mail: str = field(repr=False)
    asked_at: datetime | None
    confirmed_at: datetime | None
    nudged_at: datetime | None
    failed_at: datetime | None


# --- somebody's address ---------------------------------------------------------------------------


def whose_browser(work: Casework, visitor_id: int) -> str | None:
    """Return who speaks with us in this browser, or None."""
    here = addresses.c.chat_index.in_(chat_indexes(work, _WEB, visitor_id))
    return work.connection.execute(select(addresses.c.participant_id).where(here)).scalars().first()


def of_person(work: Casework, person: Person) -> Nudge | None:
    """Return the address that somebody gave us, or None."""
    query = select(nudges).where(nudges.c.participant_id == person.id)
    row = work.connection.execute(query).one_or_none()
    return _nudge(work, person, row) if row is not None else None


def put(work: Casework, person: Person, mail: str, now: datetime) -> tuple[str, str]:
    """Gather a new address in the place of any other; return the row and the secret for its link.

    When somebody was nudged last stays known: another address brings no second e-mail.
    """
    before = of_person(work, person)
    take_away(work, person.id)
    row_id, token = new_id(work.entropy), new_id(work.entropy) + new_id(work.entropy)
    key = work.vault.person_key(person.id, person.wrapped_key)
    work.insert(
        nudges,
        {
            "id": row_id,
            "participant_id": person.id,
            "mail_cipher": work.vault.seal(_place(row_id), mail.encode(), key),
            "confirm_index": work.vault.index("nudge", token),
            "made_at": now,
            "asked_at": now,
            "confirmed_at": None,
            "nudged_at": before.nudged_at if before is not None else None,
            "failed_at": None,
        },
    )
    return row_id, token


def take_away(work: Casework, participant_id: str) -> bool:
    """Delete somebody's address; tell whether there was one."""
    gone = delete(nudges).where(nudges.c.participant_id == participant_id)
    return work.connection.execute(gone).rowcount > 0


def drop(work: Casework, nudge_id: str) -> None:
    """Delete an address to which nothing was sent."""
    work.connection.execute(delete(nudges).where(nudges.c.id == nudge_id))


def mark_failed(work: Casework, nudge_id: str, now: datetime) -> None:
    """Remember that a mail server knows no such address: nothing is sent there any more."""
    work.connection.execute(update(nudges).where(nudges.c.id == nudge_id).values(failed_at=now))


def may_ask(work: Casework, participant_id: str, now: datetime) -> bool:
    """Count that one more address is to be asked for this person; False where that is too many.

    Taking an address away does not make it undone. Each one that was allowed begins the day anew.
    """
    scope = work.vault.index("nudge asks", participant_id)
    build = postgresql.insert if work.connection.dialect.name == "postgresql" else sqlite.insert
    stale, full = code_tries.c.since <= now - _DAY, code_tries.c.tries >= ASKS_A_DAY
    moment = literal(now, code_tries.c.since.type)
    counted = (
        build(code_tries)
        .values(scope=scope, since=now, tries=1)
        .on_conflict_do_update(
            index_elements=[code_tries.c.scope],
            set_={
                "tries": case((stale, 1), else_=code_tries.c.tries + 1),
                "since": case((stale | ~full, moment), else_=code_tries.c.since),
            },
        )
        .returning(code_tries.c.tries)
    )
    return bool(work.connection.execute(counted).scalar_one() <= ASKS_A_DAY)


# --- the link in the first e-mail -----------------------------------------------------------------


def is_open(work: Casework, token: str, now: datetime) -> bool:
    """Tell whether the link with this secret can still be said yes to."""
    query = select(nudges.c.id).where(_has_token(work, token), _is_open(now))
    return work.connection.execute(query).first() is not None


def confirm(work: Casework, token: str, now: datetime) -> bool:
    """Say yes by the link with this secret, once; False where it does not work any more."""
    said = update(nudges).where(_has_token(work, token), _is_open(now)).values(confirmed_at=now)
    return work.connection.execute(said).rowcount == 1


def forget(work: Casework, now: datetime) -> None:
    """Delete addresses that nobody said yes to in time, and those of people who have stopped."""
    stopped = select(participants.c.id).where(participants.c.status == Standing.STOPPED.value)
    unanswered = nudges.c.confirmed_at.is_(None) & (nudges.c.made_at <= now - ANSWER_WITHIN)
    gone = delete(nudges).where(or_(unanswered, nudges.c.participant_id.in_(stopped)))
    work.connection.execute(gone)


# --- rows -----------------------------------------------------------------------------------------


def _nudge(work: Casework, person: Person, row: AnyRow) -> Nudge:
    key = work.vault.person_key(person.id, person.wrapped_key)
    mail = work.vault.open(_place(row.id), row.mail_cipher, key).decode()
    return Nudge(row.id, mail, row.asked_at, row.confirmed_at, row.nudged_at, row.failed_at)


def _place(row_id: str) -> Place:
    return Place("nudges", "mail_cipher", row_id)


def _has_token(work: Casework, token: str) -> ColumnElement[bool]:
    return nudges.c.confirm_index.in_(work.vault.indexes("nudge", token[:64]))


def _is_open(now: datetime) -> ColumnElement[bool]:
    return and_(
        nudges.c.confirmed_at.is_(None),
        nudges.c.failed_at.is_(None),
        nudges.c.asked_at > now - ANSWER_WITHIN,
    )
