"""Signing in through one's organisation: whom it vouches for, and which account that is.

It must not speak with the organisation, and lets nobody in whom it does not know.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage import access, accounts, audit
from storage.access import SignedIn
from storage.accounts import Account
from storage.casework import Casework
from usecases.accounts import end_old_roles, tidy_name
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.signing_in import let_in


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom an organisation vouches for.

    `subject` never changes there, `name` may; it is empty where it does not count, as others could
    have chosen it. `roles` are those of this service that their groups
    there stand for, empty for none, and None where groups are not looked at: then roles are what
    the account says. `strong`: they showed a second factor there.
    """

    subject: str
    name: str
    roles: str | None
    strong: bool


async def enter(
    service: Service, known: Vouched, now: datetime, before: str = ""
) -> tuple[SignedIn, str] | None:
    """Let somebody in: who it is and the secret for their cookie; None for somebody unknown.

    Whoever has other roles now than here, or none any more, is signed out of every other browser.
    """

    def work(casework: Casework) -> tuple[SignedIn, str] | None:
        account = _account_of(casework, known, now)
        if account is None or account.ended_at is not None:
            return None
        roles = account.roles if known.roles is None else known.roles
        if roles != account.roles or not roles:
            end_old_roles(casework, account.who)
        if roles != account.roles:
            accounts.set_roles(casework, account.id, roles)
            told = f"has these roles outside: {roles}" if roles else "has no role outside any more"
            audit.note(casework, account.who, told, account.id, now)
        access.forget_expired(casework, now)
        someone = SignedIn(account.who, roles, known.strong)
        token = let_in(casework, someone, now, before) if roles else ""
        casework.flush()
        return (someone, token) if roles else None

    return await service.lane.write(lambda connection: work(service.open(connection)))


def _account_of(work: Casework, known: Vouched, now: datetime) -> Account | None:
    """Return the account of somebody, linked or made where that is safe; None otherwise.

    An account with a password of its own is never taken over, nor one of somebody else there.
    """
    linked = accounts.find_from_outside(work, known.subject)
    if linked is not None:
        # Found by whatever key it was looked up with; from now on under the newest.
        accounts.link_outside(work, linked.id, known.subject)
        return linked
    who = _name_of(known)
    if who is None or known.roles == "":
        return None
    account = accounts.find(work, who)
    if account is None and known.roles:
        accounts.add(work, who, known.roles, "the organisation", now)
        work.flush()
        account = accounts.find(work, who)
    if account is None or account.is_ready or account.ended_at is not None:
        return None
    accounts.take_ways(work, account.id)
    accounts.link_outside(work, account.id, known.subject)
    audit.note(work, who, "was linked to the organisation", account.id, now)
    return account


def _name_of(known: Vouched) -> str | None:
    """Return the name of an account for somebody, None where there is none that counts."""
    try:
        return tidy_name(known.name)
    except Refusal:
        return None
