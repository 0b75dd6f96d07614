"""`starling people ...`: lets nobody ask somebody for a while; two people undo it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from starling.commands.speaking import AsJson, fail, print_json, with_service
from storage.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from usecases.service import Service
    from usecases.suppressing import Held, HeldAction, Suppressed

app = typer.Typer(help="Hold people back, and let them be asked again.", no_args_is_help=True)

Participant = Annotated[
    str, typer.Argument(help="The id of the participant: `starling episode list --json` shows it.")
]
Action = Annotated[str, typer.Argument(help="The id of the action: `starling people held`.")]
Who = Annotated[str, typer.Option(help="Your own name, as the audit shows it, such as a.worker.")]


@app.callback()
def _group() -> None:
    """Hold people back, and let them be asked again."""


@app.command()
def suppress(
    participant: Participant,
    reason: Annotated[Reason, typer.Option(help="Why nobody asks them.")],
    *,
    household: Annotated[
        bool, typer.Option("--household", help="Everybody around the child, too.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking first.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let nobody ask somebody from this moment on; shows first whom that holds.

    They still get answers and help, and what they write is read. After the death of a child the
    whole household is held, and nobody answers about this child any more.

    Examples: starling people suppress 2b4d6f8h1j3k5m7n --reason court;
    starling people suppress 2b4d6f8h1j3k5m7n --reason bereavement --household --yes
    """
    from starling.commands.episodes import WHO
    from starling.compose import clock
    from usecases import suppressing
    from usecases.inviting import By

    async def look(service: Service) -> tuple[Held, ...]:
        return await suppressing.whom_it_would_hold(
            service, participant, reason, household=household
        )

    async def work(service: Service) -> Suppressed:
        by = By(WHO, clock())
        return await suppressing.suppress(service, participant, reason, by, household=household)

    if not yes:
        _ask(with_service(look))
    held = with_service(work)
    if as_json:
        told = {"action": held.action_id, "around": held.around_id, "reason": reason}
        print_json({**told, "people": _people(held.people)})
        return
    typer.echo(f"Nobody asks these {len(held.people)} any more (action {held.action_id}):")
    _list(held.people)
    if held.around_id:
        typer.echo(f"Those around the child are held for their bereavement ({held.around_id}).")
    typer.echo(f"Undo it: starling people ask-to-lift {held.action_id} --who YOUR.NAME")


def _ask(would: Sequence[Held]) -> None:
    """Show on standard error whom it holds, and end the command unless somebody says yes."""
    typer.echo("This takes back what is on its way, and nobody asks them any more:", err=True)
    _list(would, err=True)
    typer.confirm("Do it?", abort=True, err=True)


@app.command()
def held(as_json: AsJson = False) -> None:
    """List who is held back and why, those whose lifting was asked for first.

    Example: starling people held --json
    """
    from usecases import suppressing

    async def work(service: Service) -> list[HeldAction]:
        return await suppressing.list_held(service)

    found = with_service(work)
    if as_json:
        print_json([_as_json(each) for each in found])
        return
    if not found:
        typer.echo("Nobody is held back.")
    for each in found:
        action = each.action
        asked = f", {action.lift_asked_by} asked to lift it" if action.lift_asked_by else ""
        since = f"since {action.since:%Y-%m-%d} by {action.since_by}"
        typer.echo(f"{action.action_id}  {action.reason}  {since}{asked}")
        _list(each.people)


@app.command("ask-to-lift")
def ask_to_lift(action: Action, who: Who, as_json: AsJson = False) -> None:
    """Take the first look: ask that these people may be asked again.

    Example: starling people ask-to-lift 9p3r5t7v1x3z5b7d --who a.worker
    """
    from starling.compose import clock
    from usecases import suppressing
    from usecases.inviting import By

    async def work(service: Service) -> None:
        await suppressing.ask_to_lift(service, action, By(_name(who), clock()))

    with_service(work)
    if as_json:
        print_json({"action": action, "lift_asked_by": who})
    else:
        typer.echo("Now somebody else looks: starling people lift", nl=False)
        typer.echo(f" {action} --who THEIR.NAME")


@app.command()
def lift(
    action: Action,
    who: Who,
    confirm: Annotated[
        str, typer.Option(help="After a death: the words 'ask again', to say you are sure.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Take the second look: these people may be asked again, where nothing else holds them.

    Whoever asked for it cannot be the one who lifts it.

    Example: starling people lift 9p3r5t7v1x3z5b7d --who b.worker
    """
    from starling.compose import clock
    from usecases import suppressing
    from usecases.inviting import By

    async def work(service: Service) -> tuple[Held, ...]:
        by = By(_name(who), clock())
        return await suppressing.lift(service, action, by, confirmation=confirm)

    free = with_service(work)
    if as_json:
        print_json({"action": action, "lifted_by": who, "people": _people(free)})
        return
    typer.echo(f"May be asked again ({len(free)}):" if free else "Others still hold them all.")
    _list(free)


def _name(who: str) -> str:
    """Return the name of whoever acts; ends the command where it is empty."""
    tidy = " ".join(who.split())
    if not tidy:
        fail("Say who you are: --who a.worker.")
    return tidy


def _list(people: Sequence[Held], *, err: bool = False) -> None:
    for each in people:
        age = "" if each.age_band == "adult" else f" {each.age_band}"
        typer.echo(f"  {each.participant_id}  {each.role}{age}  {each.case}", err=err)


def _people(people: Sequence[Held]) -> list[dict[str, str]]:
    return [
        {
            "participant": each.participant_id,
            "role": each.role,
            "age_band": each.age_band,
            "case": each.case,
        }
        for each in people
    ]


def _as_json(each: HeldAction) -> dict[str, object]:
    action = each.action
    return {
        "action": action.action_id,
        "reason": action.reason,
        "since": action.since,
        "since_by": action.since_by,
        "lift_asked_at": action.lift_asked_at,
        "lift_asked_by": action.lift_asked_by,
        "people": _people(each.people),
    }
