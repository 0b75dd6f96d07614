"""Accounts of the staff of a small service: made by an administrator, set up by their owner.

There is never a default password: an account begins with a link that works once. Unknown names,
wrong passwords, wrong digits and locked accounts get one answer, after the same work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from storage import access, accounts, audit, tries
from storage.access import SignedIn
from storage.accounts import Account
from storage.casework import Casework
from usecases import proofs
from usecases.inviting import By, check_worker
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.signing_in import SETTING_UP, check_roles, let_in

T = TypeVar("T")

LINK_LIVES: Final = timedelta(hours=24)
_SECRET_BYTES: Final = 20
_NO_ACCOUNT: Final = "There is no such account. See `starling accounts list`."
_LINK_OVER: Final = "This link does not work any more. Ask whoever gave it to you for a new one."


class Pace(StrEnum):
    """How somebody may try to sign in, after what was tried from where they are."""

    FREELY = "freely"
    SLOWLY = "slowly"
    NOT_NOW = "not-now"


@dataclass(frozen=True, slots=True)
class Try:
    """What somebody entered to sign in.

    `place` is the network address, empty where it is not known; `before` an old cookie.
    """

    who: str
    password: str
    digits: str
    place: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Factor:
    """A new second factor, shown once: the secret to type, and the address to scan."""

    who: str
    secret: str
    address: str


# --- what administrators do -----------------------------------------------------------------------


async def add(service: Service, who: str, roles: str, by: By) -> str:
    """Make an account; return the code of the link with which its owner sets it up.

    An account that had ended is brought back, without its old password. Raises Refusal.
    """
    tidy, named = tidy_name(who), check_roles(roles)

    def work(casework: Casework) -> str:
        known = accounts.find(casework, tidy)
        if known is not None and known.ended_at is None:
            msg = "There is an account of this name. To give it a new link: starling accounts reset"
            raise Refusal(msg)
        if known is None:
            account_id = accounts.add(casework, tidy, named, by.who, by.now)
            casework.flush()
        else:
            account_id = known.id
            accounts.bring_back(casework, account_id, named)
            accounts.take_ways(casework, account_id)
        audit.note(casework, by.who, f"made an account: {named}", account_id, by.now)
        return _make_link(casework, tidy, by.now)

    return await _write(service, work)


async def reset(service: Service, account: str, by: By) -> str:
    """Take every way in from an account and end its sign-ins; return a new link's code.

    For whoever lost their password or their phone. `account`: name or id. Raises Refusal.
    """

    def work(casework: Casework) -> str:
        known = _standing(casework, account)
        accounts.take_ways(casework, known.id)
        access.revoke(casework, known.who)
        audit.note(casework, by.who, "reset the account", known.id, by.now)
        return _make_link(casework, known.who, by.now)

    return await _write(service, work)


async def end(service: Service, account: str, by: By) -> None:
    """End an account and every sign-in of it, at once. Raises Refusal."""

    def work(casework: Casework) -> None:
        known = _standing(casework, account)
        if known.who == by.who.casefold():
            msg = "Nobody ends their own account: ask another administrator."
            raise Refusal(msg)
        accounts.end(casework, known.id, by.who, by.now)
        accounts.take_ways(casework, known.id)
        access.revoke(casework, known.who)
        audit.note(casework, by.who, "ended the account", known.id, by.now)

    await _write(service, work)


async def set_roles(service: Service, account: str, roles: str, by: By) -> None:
    """Give an account these roles and no other; it has to sign in again. Raises Refusal.

    Links that were handed out for the old roles end too; the one that sets up the account stays.
    """
    named = check_roles(roles)

    def work(casework: Casework) -> None:
        known = _standing(casework, account)
        accounts.set_roles(casework, known.id, named)
        end_old_roles(casework, known.who)
        audit.note(casework, by.who, f"gave the roles: {named}", known.id, by.now)

    await _write(service, work)


async def list_accounts(service: Service) -> list[Account]:
    """Return every account, those that ended last."""
    return await service.lane.read(lambda connection: accounts.list_all(service.open(connection)))


# --- what its owner does --------------------------------------------------------------------------


async def whose_link(service: Service, code: str, now: datetime) -> str | None:
    """Return whose account this link sets up, None when it does not work any more."""

    def work(casework: Casework) -> str | None:
        card = access.look_at_keycard(casework, code, now)
        return card.who if card is not None and card.role == SETTING_UP else None

    return await service.lane.read(lambda connection: work(service.open(connection)))


async def choose_password(service: Service, code: str, password: str, now: datetime) -> Factor:
    """Set the password and make the second factor. Raises Refusal.

    The link goes on working until the factor was shown to work: whoever slips begins again.
    """
    who = await whose_link(service, code, now)
    if who is None:
        raise Refusal(_LINK_OVER)
    hashed = await asyncio.to_thread(proofs.hash_password, proofs.check_password(password, who))

    def work(casework: Casework) -> Factor:
        account = accounts.find(casework, who)
        if account is None or account.ended_at is not None or account.is_ready:
            raise Refusal(_LINK_OVER)
        secret = proofs.make_secret(casework.entropy(_SECRET_BYTES))
        accounts.begin_setup(casework, account.id, hashed, secret)
        return Factor(who, secret, proofs.app_link(secret, who))

    return await _write(service, work)


async def confirm(service: Service, code: str, digits: str, now: datetime) -> bool:
    """Show that the second factor works, which ends the link; False for wrong digits.

    Raises Refusal where the link is over.
    """

    def work(casework: Casework) -> bool:
        card = access.look_at_keycard(casework, code, now)
        account = accounts.find(casework, card.who) if card is not None else None
        if card is None or card.role != SETTING_UP or account is None or account.ended_at:
            raise Refusal(_LINK_OVER)
        step = proofs.step_of(accounts.secret_of(casework, account.id), digits, now)
        used = step is not None and access.use_keycard(casework, code, now) is not None
        if step is None or not used:
            return False
        accounts.use_step(casework, account.id, step)
        audit.note(casework, account.who, "set up the account", account.id, now)
        return True

    return await _write(service, work)


async def pace_of(service: Service, place: str, now: datetime) -> Pace:
    """Tell how somebody at this network address may try to sign in now.

    `place` is empty where nobody knows the address: then everybody may go on, but slowly, as a
    stranger must not shut out all who stand behind the same proxy. Accounts lock by themselves.
    """
    few = await service.lane.read(
        lambda connection: tries.may_try(service.open(connection), place, now)
    )
    if few:
        return Pace.FREELY
    return Pace.NOT_NOW if place else Pace.SLOWLY


async def sign_in(service: Service, attempt: Try, now: datetime) -> tuple[SignedIn, str] | None:
    """Let somebody in by password and digits: who it is and the secret for their cookie, or None.

    Whatever was wrong, the answer and the work are the same.
    """
    name = attempt.who.strip().casefold()[:80].replace("\0", "")

    def look(casework: Casework) -> Account | None:
        return accounts.find(casework, name)

    seen = await service.lane.read(lambda connection: look(service.open(connection)))
    stored = seen.password_hash if seen is not None else None
    fits = await asyncio.to_thread(proofs.is_right, stored, attempt.password)

    def work(casework: Casework) -> tuple[SignedIn, str] | None:
        account = accounts.find(casework, name)
        secret = accounts.secret_of(casework, account.id) if account is not None else None
        step = proofs.step_of(secret, attempt.digits, now)
        unchanged = account is not None and account.password_hash == stored
        if account is None or not (fits and unchanged and step and _may_enter(account, now)):
            _note_wrong(casework, account, attempt, now)
            return None
        if not accounts.use_step(casework, account.id, step):
            _note_wrong(casework, account, attempt, now)
            return None
        accounts.forget_wrong(casework, account.id)
        access.forget_expired(casework, now)
        someone = SignedIn(account.who, account.roles, strong=True)
        return someone, let_in(casework, someone, now, attempt.before)

    return await _write(service, work)


def _may_enter(account: Account, now: datetime) -> bool:
    set_up = account.step is not None  # the second factor was shown to work once
    return set_up and account.ended_at is None and not account.is_locked(now)


def _note_wrong(casework: Casework, account: Account | None, attempt: Try, now: datetime) -> None:
    tries.count_wrong(casework, attempt.place, now)
    if account is not None and not account.is_locked(now):
        accounts.count_wrong(casework, account.id, now)
        audit.note(casework, account.who, "did not get in", account.id, now)


# --- names and links ------------------------------------------------------------------------------


def tidy_name(who: str) -> str:
    """Return a name as accounts have it: the one that support episodes know a worker by."""
    return check_worker(who).casefold()


def end_old_roles(casework: Casework, who: str) -> None:
    """End every browser and unused link that holds the roles somebody had, inside a transaction.

    The link with which an account is set up opens nothing, and stays. Keys of programs stay.
    """
    access.sign_out_everywhere(casework, who)
    access.drop_keycards(casework, who, but_not_for=SETTING_UP)


def _make_link(casework: Casework, who: str, now: datetime) -> str:
    access.drop_keycards(casework, who, role=SETTING_UP)
    card = SignedIn(who, SETTING_UP)
    return access.add_keycard(casework, card, now + LINK_LIVES, now, reusable=False)


def _standing(casework: Casework, account: str) -> Account:
    """Return an account that has not ended, by name or id. Raises Refusal."""
    written = account.strip().replace("\0", "")
    known = accounts.load(casework, written) or accounts.find(casework, written.casefold())
    if known is None or known.ended_at is not None:
        raise Refusal(_NO_ACCOUNT)
    return known


async def _write(service: Service, work: Callable[[Casework], T]) -> T:
    def done(casework: Casework) -> T:
        result = work(casework)
        casework.flush()
        return result

    return await service.lane.write(lambda connection: done(service.open(connection)))
