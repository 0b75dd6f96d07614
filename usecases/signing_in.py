"""How staff and commissioners come in: a code that is handed over once, then a cookie."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from outcomes.episode import Audience
from storage import access, audit
from storage.access import SignedIn
from storage.casework import Casework
from usecases.refusal import Refusal
from usecases.service import Service

STAFF: Final = "staff"
COMMISSIONER_ROLES: Final = {f"commissioner:{audience.value}": audience for audience in Audience}
ROLES: Final = (STAFF, *COMMISSIONER_ROLES)


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


async def leave(service: Service, token: str) -> None:
    """Sign a browser out."""
    await service.lane.write(lambda connection: access.sign_out(service.open(connection), token))


def audience_of(someone: SignedIn) -> Audience | None:
    """Return whose figures somebody may see, or None when they are no commissioner."""
    return COMMISSIONER_ROLES.get(someone.role)
