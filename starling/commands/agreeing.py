"""Who agreed, as `starling invite` takes it: noted where it is said, and missed where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from starling.commands.speaking import fail
from storage.reasons import AgreedBy, Understands

if TYPE_CHECKING:
    from usecases.inviting import By, Invited, Invitee
    from usecases.service import Service


async def invite_agreed(
    service: Service,
    invitee: Invitee,
    agreed_by: AgreedBy | None,
    understands: Understands | None,
    by: By,
) -> Invited:
    """Invite somebody and note who agreed; says so on standard error where nobody said it."""
    from usecases import agreeing, inviting

    if agreed_by is None and understands is None:
        typer.echo(
            "Nobody is noted to have agreed. Say it with --agreed-by and --understands, or ask "
            "before you hand this over.",
            err=True,
        )
        return await inviting.invite(service, invitee, by)
    if agreed_by is AgreedBy.THEMSELVES:
        understands = Understands.GROWN_UP
    if agreed_by is None or understands is None:
        fail("Say both: --agreed-by, and --understands for a young person.")
    today = service.rhythm.local(by.now).date()
    agreed = agreeing.Agreed(agreed_by, understands, today)
    return await agreeing.invite(service, invitee, agreed, by)
