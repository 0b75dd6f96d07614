"""`starling release ...`: figures for commissioners, in which nobody can be found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from outcomes.episode import Audience
from starling.commands.speaking import AsJson, fail, print_json, with_service

if TYPE_CHECKING:
    from outcomes.release import Release
    from storage.releases import ReleaseOnList
    from usecases.service import Service

app = typer.Typer(help="Compile, list and export safe figures.", no_args_is_help=True)


@app.command("compile")
def compile_(
    quarter: Annotated[str, typer.Option(help="The financial quarter, such as 2026/27-Q3.")],
    as_json: AsJson = False,
) -> None:
    """Compile a quarter: count, protect, audit, freeze. Asking again changes nothing."""
    from outcomes.errors import OutcomesError
    from outcomes.quarter import Quarter
    from starling.compose import clock
    from usecases import publishing

    try:
        wanted = Quarter.parse(quarter)
    except OutcomesError as error:
        fail(str(error))

    async def work(service: Service) -> Release:
        return await publishing.compile_quarter(service, wanted, clock())

    release = with_service(work)
    if as_json:
        print_json(
            {
                "release": release.id,
                "id": release.id,
                "quarter": str(release.period),
                "status": release.status.value,
                "figures": len(release.figures),
            }
        )
    else:
        typer.echo(f"Release {release.id} of {release.period} is {release.status.value}.")
        typer.echo(f"Next: starling release export --release {release.id} --audience icb --out .")


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """List the releases, the newest quarter first."""
    from usecases import publishing

    async def work(service: Service) -> list[ReleaseOnList]:
        return await publishing.list_releases(service)

    found = with_service(work)
    if as_json:
        print_json(
            [
                {
                    "id": each.id,
                    "quarter": each.quarter,
                    "status": each.status,
                    "compiled_at": each.compiled_at,
                }
                for each in found
            ]
        )
        return
    if not found:
        typer.echo("There are no releases yet. Compile one: starling release compile --help")
    for each in found:
        typer.echo(f"{each.id}  {each.quarter}  {each.status}  {each.compiled_at:%d %B %Y}")


@app.command()
def export(
    release: Annotated[str, typer.Option(help="The id of the release.")],
    audience: Annotated[Audience, typer.Option(help="For whom the files are.")],
    out: Annotated[Path, typer.Option(help="The folder to write into; it is made if needed.")],
    format_: Annotated[str, typer.Option("--format", help="The kind of file: csv.")] = "csv",
    as_json: AsJson = False,
) -> None:
    """Write one audience's files of a release. The same release always gives the same bytes."""
    from outcomes.formats.tidy import to_csv
    from usecases import publishing

    if format_ != "csv":
        fail(f"There is no format {format_!r}. Use: --format csv")

    async def work(service: Service) -> Release | None:
        return await publishing.load_release(service, release)

    found = with_service(work)
    if found is None:
        fail(f"There is no release {release!r}. See: starling release list")
    try:
        out.mkdir(parents=True, exist_ok=True)
        files = to_csv(found, audience)
        for name, content in files.items():
            (out / name).write_bytes(content)
    except OSError as error:
        fail(f"{out} cannot be written to ({error.strerror}). Give another folder with --out.")
    if as_json:
        print_json({"release": release, "audience": audience, "files": sorted(files)})
    else:
        for name in sorted(files):
            typer.echo(str(out / name))
