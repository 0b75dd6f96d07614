"""`starling accounts ...`: accounts of the staff with a password and a second factor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from starling.commands.speaking import AsJson, print_json, with_service

if TYPE_CHECKING:
    from storage.accounts import Account
    from usecases.service import Service

app = typer.Typer(help="Accounts of the staff: made here, set up by their owners.")

WHO = "the command line"

Who = Annotated[str, typer.Argument(help="The name that support episodes know them by.")]
Roles = Annotated[
    str,
    typer.Option(
        "--role",
        help="worker, duty, safeguarding-lead, on-call-manager, analyst, auditor, administrator "
        "or staff; several with commas between them.",
    ),
]


@app.callback()
def _group() -> None:
    """Accounts of the staff: made here, set up by their owners."""


@app.command()
def add(who: Who, role: Roles, as_json: AsJson = False) -> None:
    """Make an account and print a link, with which its owner sets a password; never a default one.

    Example: starling accounts add a.worker --role worker
    """
    from starling.compose import clock
    from usecases import accounts
    from usecases.inviting import By

    async def work(service: Service) -> str:
        code = await accounts.add(service, who, role, By(WHO, clock()))
        return f"{service.public_url}/account/{code}"

    _print_link(who, with_service(work), as_json=as_json)


@app.command()
def reset(who: Who, as_json: AsJson = False) -> None:
    """Print a new link for somebody who lost their password or phone; the old ones end at once."""
    from starling.compose import clock
    from usecases import accounts
    from usecases.inviting import By

    async def work(service: Service) -> str:
        code = await accounts.reset(service, who, By(WHO, clock()))
        return f"{service.public_url}/account/{code}"

    _print_link(who, with_service(work), as_json=as_json)


@app.command()
def end(who: Who) -> None:
    """End an account: every browser in which it is signed in is signed out at once."""
    from starling.compose import clock
    from usecases import accounts
    from usecases.inviting import By

    with_service(lambda service: accounts.end(service, who, By(WHO, clock())))
    typer.echo(f"{who} cannot come in any more.")


@app.command()
def roles(who: Who, role: Roles) -> None:
    """Give an account these roles and no other; it has to sign in again."""
    from starling.compose import clock
    from usecases import accounts
    from usecases.inviting import By

    with_service(lambda service: accounts.set_roles(service, who, role, By(WHO, clock())))
    typer.echo(f"{who} has these roles from now on: {role}.")


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List every account with its roles and how it stands, never a secret."""
    from usecases import accounts

    found = with_service(accounts.list_accounts)
    if as_json:
        print_json([_told(each) for each in found])
        return
    if not found:
        typer.echo("There is no account yet. Make one: starling accounts add --help")
    for each in found:
        typer.echo(f"{each.who}  {each.roles}  {_standing(each)}")


def _told(account: Account) -> dict[str, object]:
    return {
        "who": account.who,
        "roles": account.roles.split(),
        "standing": _standing(account),
        "made_at": account.made_at,
        "made_by": account.made_by,
    }


def _standing(account: Account) -> str:
    if account.ended_at is not None:
        return "ended"
    if not account.is_ready:
        return "not set up yet"
    return "signs in through the organisation" if account.from_outside else "set up"


def _print_link(who: str, link: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"who": who, "link": link})
        return
    typer.echo(f"Hand this to {who} and nobody else. It works for 24 hours, until it was used:")
    typer.echo(link)
