"""`starling access ...`: lets staff, commissioners and the case system in, and out again."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from outcomes.episode import Audience
from starling.commands.speaking import AsJson, print_json, with_service

if TYPE_CHECKING:
    from storage.access import Way
    from usecases.service import Service

app = typer.Typer(help="Let staff, commissioners and the case system in.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Let staff, commissioners and the case system in."""


@app.command()
def grant(
    who: Annotated[str, typer.Option(help="The name that the audit shows, such as a.worker.")],
    role: Annotated[
        str,
        typer.Option(
            help="staff, worker, duty, safeguarding-lead, on-call-manager, analyst, auditor, "
            "administrator (several with commas), or commissioner:derby-city|derbyshire-county|icb."
        ),
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


@app.command()
def key(
    who: Annotated[str, typer.Option(help="The name of the program that the audit shows.")],
    role: Annotated[
        str, typer.Option(help="What it may do: case-system, monitor, or see --commissioner.")
    ] = "case-system",
    commissioner: Annotated[
        Audience | None, typer.Option(help="Let it pull the figures of this commissioner only.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=730, help="How long the key works.")] = 365,
    as_json: AsJson = False,
) -> None:
    """Print a key with which a program calls us; it is shown once, and stored nowhere.

    Examples: starling access key --who case.system;
    starling access key --who prometheus --role monitor;
    starling access key --who derby.analyst --commissioner derby-city --days 90
    """
    from starling.compose import clock
    from usecases import signing_in

    now = clock()
    lives = timedelta(days=days)
    may = role if commissioner is None else f"commissioner-program:{commissioner.value}"

    async def work(service: Service) -> str:
        return await signing_in.hand_out_token(service, who, may, lives, now)

    token = with_service(work)
    if as_json:
        expires_at = now + lives
        print_json({"who": who, "role": may, "key": token, "expires_at": expires_at})
    else:
        typer.echo(f"Put this into the settings of {who}. It works for {days} days:\n{token}")
        typer.echo(f"To take it back: starling access revoke --who {who}")


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List every way in that works now: links, signed-in browsers and keys, never their secrets."""
    from starling.compose import clock
    from usecases import signing_in

    async def work(service: Service) -> list[Way]:
        return await signing_in.list_access(service, clock())

    found = with_service(work)
    if as_json:
        print_json([asdict(each) for each in found])
        return
    if not found:
        typer.echo("Nobody can come in. Let somebody in: starling access grant --help")
    for each in found:
        kind = "link" if each.is_link else "browser or key"
        typer.echo(f"{each.who}  {each.role}  {kind}  until {each.expires_at:%d %B %Y, %H:%M} UTC")


@app.command()
def revoke(
    who: Annotated[str, typer.Option(help="The name for which it was handed out.")],
    as_json: AsJson = False,
) -> None:
    """End at once every link, sign-in and key of this name."""
    from starling.compose import clock
    from usecases import signing_in

    async def work(service: Service) -> int:
        return await signing_in.revoke(service, who, clock())

    ended = with_service(work)
    if as_json:
        print_json({"who": who, "ended": ended})
    else:
        typer.echo(f"{who} cannot come in any more.")
