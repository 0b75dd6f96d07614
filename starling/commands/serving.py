"""`starling run`, `migrate` and `doctor`: the program itself, its tables, and its health."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from starling.commands.speaking import AsJson, fail, print_json, run_async

if TYPE_CHECKING:
    from usecases.service import Service


def run(
    *,
    demo: Annotated[
        bool, typer.Option("--demo", help="Load a small made-up service where nobody is yet.")
    ] = False,
) -> None:
    """Serve everything in one process until Ctrl-C: chats, staff pages, figures and follow-ups."""
    from starling.compose import read_settings
    from starling.settings import SettingsRefused

    try:
        settings = read_settings()
    except SettingsRefused as refused:
        fail(str(refused))
    typer.echo("Starling is starting.", err=True)

    from starling import program
    from starling.logs import set_up_logs

    set_up_logs()
    doing = program.Occurrences(_show_demo, _load_demo) if demo else program.Occurrences(_show)
    try:
        run_async(program.run(settings, doing))
    except OSError as error:
        fail(f"The pages cannot be served ({error.strerror}). See STARLING_WEB_PORT.")
    typer.echo("Starling has stopped. Everything that came in is stored.", err=True)


async def _show(service: Service) -> None:
    typer.echo(f"Starling is at {service.public_url}  (Ctrl-C stops it)")


async def _show_demo(service: Service) -> None:
    """Print the links into the made-up service."""
    from starling.compose import clock
    from starling.demonstration import make_links

    links = await make_links(service, clock())
    await _show(service)
    typer.echo(f"  A young person's chat:   {links.young_person}")
    typer.echo(f"  A carer's chat:          {links.carer}")
    typer.echo(f"  The staff page:          {links.staff}")
    typer.echo(f"  What one worker sees:    {links.worker}")
    typer.echo(f"  The commissioner's page: {links.commissioner}")


async def _load_demo(service: Service) -> None:
    """Live the made-up service where nobody is yet, and say how far it has got."""
    from itertools import count

    from starling.compose import clock
    from starling.demonstration import DAYS, load_demo

    days = count(1)

    def on_day() -> None:
        day = next(days)
        if day % 100 == 0:
            typer.echo(f"  The made-up service has lived {day} of {DAYS} days.", err=True)

    if await load_demo(service, clock(), on_day):
        typer.echo("  The made-up service is ready, with its figures.", err=True)


def migrate() -> None:
    """Bring the tables of the database up to date."""
    from starling.compose import read_settings
    from storage.database import current_revision
    from storage.database import migrate as bring_up_to_date

    async def work() -> str | None:
        url = read_settings().database_url
        bring_up_to_date(url)
        return current_revision(url)

    typer.echo(f"The tables are up to date ({run_async(work())}).")


def doctor(*, as_json: AsJson = False) -> None:
    """Look whether everything that a running service needs is there; exit 1 where it is not."""
    from starling.checkup import check_up
    from starling.compose import clock, read_settings

    async def work() -> list[tuple[str, bool, str]]:
        return await check_up(read_settings(), clock())

    found = run_async(work())
    if as_json:
        print_json([{"check": name, "fine": fine, "note": note} for name, fine, note in found])
    else:
        for name, fine, note in found:
            typer.echo(f"{'ok  ' if fine else 'LOOK'}  {name}: {note}")
    if not all(fine for _, fine, _ in found):
        raise typer.Exit(1)
