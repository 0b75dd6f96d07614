"""How staff and commissioners come in: a code that is handed over once, then a cookie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from outcomes.episode import Audience
from storage import access, audit, glimpses
from storage.access import SignedIn, Way
from storage.casework import Casework
from usecases.refusal import Refusal
from usecases.service import Service
from usecases.walls import STAFF as STAFF  # noqa: PLC0414 (the oldest of the roles)
from usecases.walls import Sight, StaffRole, sight_of

COMMISSIONER_ROLES: Final = {f"commissioner:{audience.value}": audience for audience in Audience}
ROLES: Final = (STAFF, *(each.value for each in StaffRole), *COMMISSIONER_ROLES)
_SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly it is remembered when something was last done in a browser."""

SETTING_UP: Final = "setting-up"
"""What a code is for with which somebody sets a password: it opens no page."""
CASE_SYSTEM: Final = "case-system"
"""A program that tells us of support episodes, and may do nothing else."""
MONITOR: Final = "monitor"
"""A program that watches how the service does, numbers without names, and may do nothing else."""
PROGRAM_ROLES: Final = {f"commissioner-program:{audience.value}": audience for audience in Audience}
"""Programs that pull one commissioner's figures, and may do nothing else."""


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody whose browser is signed in: who, and what they see."""

    someone: SignedIn
    sight: Sight


def check_roles(written: str) -> str:
    """Return roles as they are stored. Raises Refusal for one that there is not, or a mixture."""
    named = list(dict.fromkeys(written.replace(",", " ").split()))
    unknown = [each for each in named if each not in ROLES]
    if not named or unknown:
        msg = f"There is no such role. Use one of: {', '.join(ROLES)}."
        raise Refusal(msg)
    if len(named) > 1 and any(each in COMMISSIONER_ROLES for each in named):
        msg = "A commissioner has no other role: use a sign-in of its own for each."
        raise Refusal(msg)
    return " ".join(named)


async def hand_out_code(
    service: Service, someone: SignedIn, lives: timedelta, now: datetime, *, reusable: bool = False
) -> str:
    """Return a code that lets this person in once. Raises Refusal."""
    roles = check_roles(someone.role)
    card = SignedIn(someone.who, roles)

    def work(casework: Casework) -> str:
        code = access.add_keycard(casework, card, now + lives, now, reusable=reusable)
        audit.note(casework, "starling", f"handed out a code for {roles}", someone.who, now)
        casework.flush()
        return code

    return await service.lane.write(lambda connection: work(service.open(connection)))


async def enter(
    service: Service, code: str, now: datetime, before: str = ""
) -> tuple[SignedIn, str] | None:
    """Let somebody in by their code: who it is and the secret for their cookie, or None.

    `before` is the secret that the browser came with: it ends, so that nobody who planted it there
    is signed in with it.
    """

    def work(casework: Casework) -> tuple[SignedIn, str] | None:
        access.forget_expired(casework, now)
        someone = access.use_keycard(casework, code, now, but_not_for=SETTING_UP)
        if someone is None:
            return None
        token = let_in(casework, someone, now, before)
        casework.flush()
        return someone, token

    return await service.lane.write(lambda connection: work(service.open(connection)))


def let_in(work: Casework, someone: SignedIn, now: datetime, before: str) -> str:
    """Sign somebody in inside a transaction; return the new secret for their cookie."""
    if before:
        access.sign_out(work, before)
    audit.note(work, someone.who, "signed in", someone.role, now)
    return access.sign_in(work, someone, now)


async def who_is(service: Service, token: str, now: datetime) -> Present | None:
    """Return who is signed in with this cookie and what they see now, or None."""

    def work(casework: Casework) -> tuple[Present, bool] | None:
        session = access.session_of(casework, token, now)
        if session is None:
            return None
        someone = session.someone
        opened = glimpses.opened_to(casework, someone.who, now)
        sight = sight_of(someone.who, someone.role, opened)
        return Present(someone, sight), session.seen_at <= now - _SEEN_EVERY

    found = await service.lane.read(lambda connection: work(service.open(connection)))
    if found is None:
        return None
    present, was_long_ago = found
    if was_long_ago:
        await service.lane.write(
            lambda connection: access.note_seen(service.open(connection), token, now)
        )
    return present


async def hand_out_token(
    service: Service, who: str, role: str, lives: timedelta, now: datetime
) -> str:
    """Return a secret with which a program calls us until it expires. Raises Refusal."""
    if role not in (CASE_SYSTEM, MONITOR, *PROGRAM_ROLES):
        known = ", ".join((CASE_SYSTEM, MONITOR, *PROGRAM_ROLES))
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


async def leave_everywhere(service: Service, who: str, now: datetime) -> None:
    """Sign somebody out of every browser."""

    def work(casework: Casework) -> None:
        access.sign_out_everywhere(casework, who)
        audit.note(casework, who, "signed out everywhere", who, now)
        casework.flush()

    await service.lane.write(lambda connection: work(service.open(connection)))


async def list_access(service: Service, now: datetime) -> list[Way]:
    """Return every way in that works now, by name, without its secret."""
    return await service.lane.read(lambda connection: access.ways_in(service.open(connection), now))


def audience_of(someone: SignedIn) -> Audience | None:
    """Return whose figures somebody, or a program, may see; None when they are no commissioner."""
    return COMMISSIONER_ROLES.get(someone.role) or PROGRAM_ROLES.get(someone.role)
