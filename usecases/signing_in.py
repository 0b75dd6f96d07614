"""How staff and commissioners come in: a code that is handed over once, then a cookie."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from outcomes.episode import Audience
from storage import access, audit
from storage.access import SignedIn, Way
from storage.casework import Casework
from usecases.refusal import Refusal
from usecases.service import Service

STAFF: Final = "staff"
COMMISSIONER_ROLES: Final = {f"commissioner:{audience.value}": audience for audience in Audience}
ROLES: Final = (STAFF, *COMMISSIONER_ROLES)
CASE_SYSTEM: Final = "case-system"
"""A program that tells us of support episodes, and may do nothing else."""
PROGRAM_ROLES: Final = {f"commissioner-program:{audience.value}": audience for audience in Audience}
"""Programs that pull one commissioner's figures, and may do nothing else."""


async def hand_out_code(
    service: Service, someone: SignedIn, lives: timedelta, now: datetime, *, reusable: bool = False
) -> str:
    """Return a code that lets this person in once. Raises Refusal."""
    if someone.role not in ROLES:
        msg = f"There is no such role. Use one of: {', '.join(ROLES)}."
        raise Refusal(msg)

    def work(casework: Casework) -> str:
        code = access.add_keycard(casework, someone, now + lives, now, reusable=reusable)
        audit.note(casework, "starling", f"handed out a code for {someone.role}", someone.who, now)
        casework.flush()
        return code

    return await service.lane.write(lambda connection: work(service.open(connection)))


async def enter(service: Service, code: str, now: datetime) -> tuple[SignedIn, str] | None:
    """Let somebody in by their code: who it is and the secret for their cookie, or None."""

    def work(casework: Casework) -> tuple[SignedIn, str] | None:
        access.forget_expired(casework, now)
        someone = access.use_keycard(casework, code, now)
        if someone is None:
            return None
        audit.note(casework, someone.who, "signed in", someone.role, now)
        casework.flush()
        return someone, access.sign_in(casework, someone, now)

    return await service.lane.write(lambda connection: work(service.open(connection)))


async def who_is(service: Service, token: str, now: datetime) -> SignedIn | None:
    """Return who is signed in with this cookie, or None."""
    return await service.lane.read(
        lambda connection: access.signed_in(service.open(connection), token, now)
    )


async def hand_out_token(
    service: Service, who: str, role: str, lives: timedelta, now: datetime
) -> str:
    """Return a secret with which a program calls us until it expires. Raises Refusal."""
    if role != CASE_SYSTEM and role not in PROGRAM_ROLES:
        known = ", ".join((CASE_SYSTEM, *PROGRAM_ROLES))
        msg = f"There is no such role for a program. Use one of: {known}."
        raise Refusal(msg)
    if not who.strip():
        msg = "Give the program a name, under which the audit shows what it does."
        raise Refusal(msg)

    def work(casework: Casework) -> str:
        access.forget_expired(casework, now)
        token = access.add_token(casework, SignedIn(who.strip(), role), now + lives, now)
        audit.note(casework, "starling", f"handed out a key for {role}", who.strip(), now)
        casework.flush()
        return token

    return await service.lane.write(lambda connection: work(service.open(connection)))


async def who_calls(service: Service, token: str, now: datetime) -> SignedIn | None:
    """Return which program calls with this secret, or None."""
    return await service.lane.read(
        lambda connection: access.holder_of(service.open(connection), token, now)
    )


async def revoke(service: Service, who: str, now: datetime) -> int:
    """End everything with which somebody, or a program, comes in; return how many things.

    Raises Refusal where there is nothing.
    """

    def work(casework: Casework) -> int:
        ended = access.revoke(casework, who.strip())
        if not ended:
            msg = "Nobody of this name can come in. Names are written as they were handed out."
            raise Refusal(msg)
        audit.note(casework, "starling", "took back the access of", who.strip(), now)
        casework.flush()
        return ended

    return await service.lane.write(lambda connection: work(service.open(connection)))


async def leave(service: Service, token: str) -> None:
    """Sign a browser out."""
    await service.lane.write(lambda connection: access.sign_out(service.open(connection), token))


async def list_access(service: Service, now: datetime) -> list[Way]:
    """Return every way in that works now, by name, without its secret."""
    return await service.lane.read(lambda connection: access.ways_in(service.open(connection), now))


def audience_of(someone: SignedIn) -> Audience | None:
    """Return whose figures somebody, or a program, may see; None when they are no commissioner."""
    return COMMISSIONER_ROLES.get(someone.role) or PROGRAM_ROLES.get(someone.role)
