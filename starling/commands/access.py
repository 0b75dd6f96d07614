"""`starling access ...`: lets staff and commissioners in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from starling.commands.speaking import AsJson, print_json, with_service

if TYPE_CHECKING:
    from usecases.service import Service

app = typer.Typer(help="Let staff and commissioners in.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Let staff and commissioners in."""


@app.command()
def grant(
    who: Annotated[str, typer.Option(help="The name that the audit shows, such as a.worker.")],
    role: Annotated[
        str, typer.Option(help="staff, or commissioner:derby-city|derbyshire-county|icb.")
    ],
    hours: Annotated[int, typer.Option(min=1, max=168, help="How long the link works.")] = 24,
    as_json: AsJson = False,
) -> None:
    """Print a link that lets this person in once."""
    from starling.compose import clock
    from storage.access import SignedIn
    from usecases import signing_in

    async def work(service: Service) -> str:
        someone = SignedIn(who, role)
        code = await signing_in.hand_out_code(service, someone, timedelta(hours=hours), clock())
        return f"{service.public_url}/enter/{code}"

    link = with_service(work)
    if as_json:
        print_json({"who": who, "role": role, "link": link})
    else:
        typer.echo(f"Hand this to {who}. It works once, for {hours} hours:\n{link}")
