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
from usecases.accounts import tidy_name
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.signing_in import let_in


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom an organisation vouches for.

    `subject` never changes there, `name` may. `roles` are those of this service that their groups
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
    """Let somebody in: who it is and the secret for their cookie; None for somebody unknown."""

    def work(casework: Casework) -> tuple[SignedIn, str] | None:
        account = _account_of(casework, known, now)
        roles = known.roles if known.roles is not None else account.roles if account else ""
        if account is None or account.ended_at is not None or not roles:
            return None
        if roles != account.roles:
            accounts.set_roles(casework, account.id, roles)
            audit.note(casework, account.who, f"has these roles outside: {roles}", account.id, now)
        access.forget_expired(casework, now)
        someone = SignedIn(account.who, roles, known.strong)
        token = let_in(casework, someone, now, before)
        casework.flush()
        return someone, token

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
    if who is None:
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
    """Return the name of an account for somebody: of a mail address what stands before the @."""
    try:
        return tidy_name(known.name.partition("@")[0])
    except Refusal:
        return None
