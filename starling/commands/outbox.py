"""`starling outbox ...`: messages that were set aside after a backup was restored."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from starling.commands.speaking import AsJson, fail, print_json, with_service

if TYPE_CHECKING:
    from storage.quarantine import SetAside
    from usecases.service import Service

app = typer.Typer(
    help="Look at messages that were set aside after a restore, and let them go or drop them.",
    no_args_is_help=True,
)

Which = Annotated[
    list[int] | None, typer.Argument(help="Numbers of messages; without any, all of them.")
]
Who = Annotated[str, typer.Option(help="Who decides: the audit shows it.")]


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List what is set aside, oldest first."""
    from usecases import restoring

    async def work(service: Service) -> list[SetAside]:
        return await restoring.list_set_aside(service)

    found = with_service(work)
    if as_json:
        print_json([asdict(each) for each in found])
        return
    if not found:
        typer.echo("Nothing is set aside.")
    for each in found:
        text = " ".join(each.text.split())[:60] or "(changes the buttons of another message)"
        typer.echo(f"{each.id}  {each.made_at:%Y-%m-%d %H:%M} UTC  {each.urgency}  {text}")


@app.command()
def release(numbers: Which = None, who: Who = "command line", *, as_json: AsJson = False) -> None:
    """Let messages go. Questions and reminders are looked at anew, never sent as they stand."""
    from starling.compose import clock
    from usecases import restoring
    from usecases.inviting import By

    async def work(service: Service) -> int:
        return await restoring.release(service, numbers or None, By(who, clock()))

    _tell(with_service(work), numbers, "go", as_json=as_json)


@app.command()
def drop(numbers: Which = None, who: Who = "command line", *, as_json: AsJson = False) -> None:
    """Never send messages. They stay on record as taken back."""
    from starling.compose import clock
    from usecases import restoring
    from usecases.inviting import By

    async def work(service: Service) -> int:
        return await restoring.drop(service, numbers or None, By(who, clock()))

    _tell(with_service(work), numbers, "are dropped", as_json=as_json)


def _tell(done: int, numbers: list[int] | None, what: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"messages": done})
    else:
        typer.echo(f"Messages that {what}: {done}.")
    if numbers and done < len(set(numbers)):
        fail("Not all of these numbers are set aside: see `starling outbox list`.")
