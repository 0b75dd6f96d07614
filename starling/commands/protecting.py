"""`starling rights hold|lift|holds|share|breach`: what protects people, beside what they ask."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from starling.commands.speaking import AsJson, fail, print_json, with_service
from storage.reasons import HoldReason
from usecases.recipients import Recipient, SharingReason

if TYPE_CHECKING:
    from storage.legal_holds import LegalHold
    from usecases.breach import Touched
    from usecases.handing_over import HandedOver
    from usecases.holding_legally import HeldRecord
    from usecases.inviting import By
    from usecases.service import Service

Participant = Annotated[
    str, typer.Argument(help="The id of the participant: `starling episode list --json` shows it.")
]
Who = Annotated[str, typer.Option(help="Your own name, as the audit shows it, such as a.worker.")]


def hold(
    participant: Participant,
    who: Who,
    reason: Annotated[HoldReason, typer.Option(help="Why the record must stay as it is.")],
    as_json: AsJson = False,
) -> None:
    """Set a legal hold: nothing of this person is erased or purged until two people lift it."""
    from usecases import holding_legally

    async def work(service: Service) -> LegalHold:
        return await holding_legally.hold(service, participant, reason, by(who))

    held = with_service(work)
    if as_json:
        print_json({"hold": held.id, "participant": participant, "reason": reason})
    else:
        typer.echo(f"Legal hold {held.id}: nothing of {participant} is erased or purged.")


def lift(
    hold: Annotated[str, typer.Argument(help="The id of the hold: `starling rights holds`.")],
    who: Who,
    as_json: AsJson = False,
) -> None:
    """Lift a legal hold: the first person asks for it, a second one lifts it."""
    from usecases import holding_legally

    async def work(service: Service) -> bool:
        standing = await holding_legally.list_held(service)
        asked = any(each.hold.id == hold and each.hold.asked_by for each in standing)
        act = holding_legally.lift if asked else holding_legally.ask_to_lift
        await act(service, hold, by(who))
        return asked

    lifted = with_service(work)
    if as_json:
        print_json({"hold": hold, "lifted": lifted})
    else:
        typer.echo("The hold is lifted." if lifted else "Noted: now a second person lifts it.")


def holds(as_json: AsJson = False) -> None:
    """List the legal holds that stand."""
    from usecases import holding_legally

    async def work(service: Service) -> list[HeldRecord]:
        return await holding_legally.list_held(service)

    found = with_service(work)
    if as_json:
        print_json(
            [
                {
                    "hold": each.hold.id,
                    "participant": each.hold.participant_id,
                    "reason": each.hold.reason,
                    "since": each.hold.since,
                    "since_by": each.hold.since_by,
                    "asked_to_lift_by": each.hold.asked_by,
                }
                for each in found
            ]
        )
        return
    if not found:
        typer.echo("No legal hold stands.")
    for each in found:
        asked = f", {each.hold.asked_by} asked to lift it" if each.hold.asked_by else ""
        since = f"since {each.hold.since:%Y-%m-%d} by {each.hold.since_by}"
        typer.echo(f"{each.hold.id}  {each.hold.reason}  {each.whose.case}  {since}{asked}")


def share(
    participant: Participant,
    recipient: Annotated[Recipient, typer.Option("--with", help="Who is given it.")],
    reason: Annotated[SharingReason, typer.Option(help="Why: to protect somebody.")],
    who: Who,
) -> None:
    """Print everything about somebody for whoever must protect them; the audit notes it.

    Example: starling rights share 2b4d6f8h1j3k5m7n --with police --reason missing --who a.worker
    """
    from usecases import handing_over

    async def work(service: Service) -> HandedOver:
        return await handing_over.share(service, participant, recipient, reason, by(who))

    typer.echo(with_service(work).model_dump_json(indent=2))


def breach(
    since: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="From when on (UTC).")
    ],
    as_json: AsJson = False,
) -> None:
    """List whose rows were added or changed since a moment: who may have to be told of a breach.

    Example: starling rights breach --since 2026-10-01
    """
    from datetime import UTC

    from starling.commands.episodes import WHO
    from usecases import breach

    async def work(service: Service) -> list[Touched]:
        return await breach.who_was_touched(service, since.replace(tzinfo=UTC), by(WHO))

    found = with_service(work)
    if as_json:
        print_json(
            [
                {"participant": each.participant_id, "case": each.case, "rows": each.rows}
                for each in found
            ]
        )
        return
    if not found:
        typer.echo("Nobody's rows were added or changed since then.")
    for each in found:
        rows = ", ".join(f"{name} {number}" for name, number in sorted(each.rows.items()))
        typer.echo(f"{each.participant_id}  {each.case}  {rows}")
    typer.echo(f"{len(found)} people.", err=True)


def by(who: str) -> By:
    """Return who acts, now; ends the command where the name is empty."""
    from starling.compose import clock
    from usecases.inviting import By

    tidy = " ".join(who.split())
    if not tidy:
        fail("Say who you are: --who a.worker.")
    return By(tidy, clock())
