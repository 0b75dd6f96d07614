"""Accounts of the staff: roles, a hashed password, a sealed second factor, wrong tries.

It must not check a password or decide who may come in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import or_, select, update

from storage.casework import AnyRow, Casework
from storage.sequence import new_id
from storage.tables import accounts
from storage.vault import Place

TRIES: Final = 5
"""Wrong tries in a row after which an account is locked for a while."""

LOCKED_FOR: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. `step` is the last step of the second factor that was used.

    `has_factor`: a second factor was made; it counts once `step` is set, as it was shown then.
    `from_outside`: signs in through their organisation.
    """

    id: str
    who: str
    roles: str
    password_hash: str | None
    has_factor: bool
    step: int | None
    from_outside: bool
    tries: int
    locked_until: datetime | None
    made_at: datetime
    made_by: str
    ended_at: datetime | None

    @property
    def is_ready(self) -> bool:
        """Whether its owner has set it up: password and second factor, or their organisation."""
        return self.from_outside or (self.password_hash is not None and self.step is not None)

    def is_locked(self, now: datetime) -> bool:
        """Whether too many wrong tries came a short while ago."""
        return self.locked_until is not None and self.locked_until > now


def add(work: Casework, who: str, roles: str, made_by: str, now: datetime) -> str:
    """Gather a new account without any way in; return its id."""
    account_id = new_id(work.entropy)
    work.insert(
        accounts,
        {
            "id": account_id,
            "who": who,
            "roles": roles,
            "password_hash": None,
            "totp_cipher": None,
            "totp_step": None,
            "outside_index": None,
            "mail_cipher": None,
            "tries": 0,
            "locked_until": None,
            "made_at": now,
            "made_by": made_by,
            "ended_at": None,
            "ended_by": None,
        },
    )
    return account_id


def find(work: Casework, who: str) -> Account | None:
    """Return the account of this name, ended ones as well."""
    return _one(work, accounts.c.who == who)


def load(work: Casework, account_id: str) -> Account | None:
    """Return an account by its id."""
    return _one(work, accounts.c.id == account_id)


def find_from_outside(work: Casework, subject: str) -> Account | None:
    """Return the account of whom an organisation knows by this subject.

    After the keys were changed it is indexed anew now, as the subject is stored nowhere.
    """
    newest, *older = work.vault.indexes("outside", subject)
    if older:
        moved = update(accounts).where(accounts.c.outside_index.in_(older))
        work.connection.execute(moved.values(outside_index=newest))
    return _one(work, accounts.c.outside_index == newest)


def list_all(work: Casework) -> list[Account]:
    """Return every account by name, ended ones as well."""
    query = select(accounts).order_by(accounts.c.ended_at.is_not(None), accounts.c.who)
    return [_from(row) for row in work.connection.execute(query)]


def begin_setup(work: Casework, account_id: str, password_hash: str, secret: str) -> None:
    """Store a password and a second factor, which counts only once it was shown to work."""
    sealed = work.vault.seal(_place(account_id), secret.encode())
    _set(work, account_id, password_hash=password_hash, totp_cipher=sealed, totp_step=None)


def secret_of(work: Casework, account_id: str) -> str | None:
    """Return the secret of the second factor, None where there is none."""
    query = select(accounts.c.totp_cipher).where(accounts.c.id == account_id)
    cipher = work.connection.scalar(query)
    return None if cipher is None else work.vault.open(_place(account_id), cipher).decode()


def use_step(work: Casework, account_id: str, step: int) -> bool:
    """Take one step of the second factor; False when it, or a later one, was used before."""
    fresh = or_(accounts.c.totp_step.is_(None), accounts.c.totp_step < step)
    taken = update(accounts).where(accounts.c.id == account_id, fresh).values(totp_step=step)
    return work.connection.execute(taken).rowcount == 1


def count_wrong(work: Casework, account_id: str, now: datetime) -> None:
    """Remember a wrong try; the last of too many in a row locks the account for a while."""
    mine = update(accounts).where(accounts.c.id == account_id)
    work.connection.execute(mine.values(tries=accounts.c.tries + 1))
    full = mine.where(accounts.c.tries >= TRIES)
    work.connection.execute(full.values(tries=0, locked_until=now + LOCKED_FOR))


def forget_wrong(work: Casework, account_id: str) -> None:
    """Begin to count anew: they came in."""
    _set(work, account_id, tries=0, locked_until=None)


def take_ways(work: Casework, account_id: str) -> None:
    """Take password, second factor and organisation away, and every lock."""
    _set(
        work,
        account_id,
        password_hash=None,
        totp_cipher=None,
        totp_step=None,
        outside_index=None,
        tries=0,
        locked_until=None,
    )


def link_outside(work: Casework, account_id: str, subject: str) -> None:
    """Let the one whom an organisation knows by this subject sign in as this account."""
    _set(work, account_id, outside_index=work.vault.index("outside", subject))


def set_roles(work: Casework, account_id: str, roles: str) -> None:
    """Give an account these roles, and no other."""
    _set(work, account_id, roles=roles)


def end(work: Casework, account_id: str, who: str, now: datetime) -> None:
    """End an account: its name stays taken, because records name it."""
    _set(work, account_id, ended_at=now, ended_by=who)


def bring_back(work: Casework, account_id: str, roles: str) -> None:
    """Let an account that had ended be set up again."""
    _set(work, account_id, ended_at=None, ended_by=None, roles=roles)


def _set(work: Casework, account_id: str, **values: Any) -> None:
    work.connection.execute(update(accounts).where(accounts.c.id == account_id).values(**values))


def _one(work: Casework, condition: Any) -> Account | None:
    row = work.connection.execute(select(accounts).where(condition)).one_or_none()
    return None if row is None else _from(row)


def _from(row: AnyRow) -> Account:
    return Account(
        id=row.id,
        who=row.who,
        roles=row.roles,
        password_hash=row.password_hash,
        has_factor=row.totp_cipher is not None,
        step=row.totp_step,
        from_outside=row.outside_index is not None,
        tries=row.tries,
        locked_until=row.locked_until,
        made_at=row.made_at,
        made_by=row.made_by,
        ended_at=row.ended_at,
    )


def _place(account_id: str) -> Place:
    return Place("accounts", "totp_cipher", account_id)
